package check

import (
	"fmt"
	"slices"
)

// liveness decides properties about infinite runs, on the graph of a search.
//
// An infinite run visits some states infinitely often: they are strongly connected, or a single state in which the run
// stays. Such a set is fair if a run can visit all of it infinitely often without breaking a promise. A property is
// violated if a fair set of a certain kind can be reached in a certain way; every violation has such a set.
type liveness[S any, T comparable] struct {
	search     *search[S, T]
	poller     *poller
	promises   promises
	components *components
	cycles     [][]uint32 // the components of the whole graph that have steps inside
	single     []uint32   // the states that are components by themselves
	cores      [][]uint32 // those of both in which a run may be for ever: every fair set lies in one of them

	scale  *weighing // for the promises
	member []uint32  // the stamp of the latest set that the state was marked as a member of
	stamp  uint32
}

func newLiveness[S any, T comparable](s *search[S, T]) *liveness[S, T] {
	l := &liveness[S, T]{search: s, components: newComponents(&s.graph), member: make([]uint32, s.store.Len())}
	l.poller = &poller{ctx: s.ctx}
	l.components.poller = l.poller
	states := make([]uint32, l.search.store.Len())
	for i := range states {
		states[i] = uint32(i)
	}
	l.components.of(states, func(component []uint32) {
		if len(component) > 1 {
			l.cycles = append(l.cycles, slices.Clone(component))
		} else {
			l.single = append(l.single, component[0])
		}
	})
	l.relyOn(s.promises)
	return l
}

// relyOn chooses the promises for the decisions that follow.
func (l *liveness[S, T]) relyOn(p promises) {
	l.promises, l.scale = p, p.weighing()
	l.cores = slices.Clone(l.cycles)
	for i, s := range l.single { // what follows a state that the constraint cuts is not known
		if !l.mustLeave(s) && !l.search.graph.marked(s, cutColumn) {
			l.cores = append(l.cores, l.single[i:i+1])
		}
	}
}

// mark makes the states the members.
func (l *liveness[S, T]) mark(states []uint32) {
	l.stamp++
	for _, s := range states {
		l.member[s] = l.stamp
	}
}

func (l *liveness[S, T]) marked(state uint32) bool { return l.member[state] == l.stamp }

// mustLeave reports whether a promise forbids to stay in the state for ever.
func (l *liveness[S, T]) mustLeave(state uint32) bool {
	_, labels := l.search.graph.edges(state)
	return slices.ContainsFunc(labels, func(label uint16) bool {
		return slices.ContainsFunc(l.promises.of(label), func(c int) bool { return l.promises.active[c] })
	})
}

// fairSets returns the largest fair sets of states for which keep is true, and of which one state is wanted.
func (l *liveness[S, T]) fairSets(keep, wanted func(state uint32) bool) [][]uint32 {
	var fair, work [][]uint32
	for _, core := range l.cores {
		if part := filter(core, keep); len(part) > 0 {
			work = append(work, part)
		}
	}
	for len(work) > 0 {
		part := work[len(work)-1]
		work = work[:len(work)-1]
		l.components.of(part, func(component []uint32) {
			component = slices.Clone(component)
			switch rest, ok := l.weigh(component); {
			case ok && slices.ContainsFunc(component, wanted):
				fair = append(fair, component)
			case len(rest) > 0:
				work = append(work, rest)
			}
		})
	}
	return fair
}

func filter(states []uint32, keep func(uint32) bool) []uint32 {
	var kept []uint32
	for _, s := range states {
		if keep(s) {
			kept = append(kept, s)
		}
	}
	return kept
}

// weigh reports whether a component is fair. If it is not, rest is the part of it in which fair sets may still lie: a
// strong promise that the whole breaks is kept by those parts in which no step of it is possible. A weak one
// is broken by every part, and nothing is left, as the step is possible in all states.
func (l *liveness[S, T]) weigh(component []uint32) (rest []uint32, fair bool) {
	w := l.weighing(component)
	broken := func(promise int) bool { return l.promises.broken(w, promise, len(component)) }
	if !slices.ContainsFunc(w.possible, broken) {
		return nil, true
	}
	return filter(component, func(s uint32) bool {
		_, labels := l.search.graph.edges(s)
		return !slices.ContainsFunc(labels, func(label uint16) bool { return slices.ContainsFunc(l.promises.of(label), broken) })
	}), false
}

// weighing looks at each step of the states once. The result is valid until the next call.
func (l *liveness[S, T]) weighing(component []uint32) *weighing {
	l.mark(component)
	l.scale.reset()
	for _, s := range component {
		l.poller.poll()
		targets, labels := l.search.graph.edges(s)
		l.scale.visit(labels)
		for e, label := range labels {
			if l.marked(targets[e]) && targets[e] != s {
				l.scale.take(label)
			}
		}
	}
	return l.scale
}

// decide looks for a run that violates a property in one of its cases, with the shortest stem.
func (l *liveness[S, T]) decide(property int) *lasso {
	p := &l.search.properties[property]
	if p.kind == KindEventuallyAlways { // ◇□ of all cases together is the same as of each, and takes one search
		return l.decideCases(property, 0, len(p.cases))
	}
	var best *lasso
	for i := range p.cases {
		if found := l.decideCases(property, i, i+1); found != nil && (best == nil || len(found.stem) < len(best.stem)) {
			best = found
		}
	}
	return best
}

// decideCases looks for a run that violates one of the cases from first up to end.
func (l *liveness[S, T]) decideCases(property, first, end int) *lasso {
	kind := l.search.properties[property].kind
	from, to := l.search.columnsOfCase(property, first)
	_, last := l.search.columnsOfCase(property, end-1)
	not := func(state uint32) bool { // several cases lead from nowhere, so their columns follow each other
		for column := to; column <= last; column++ {
			if !l.search.graph.marked(state, column) {
				return true
			}
		}
		return false
	}
	all := func(uint32) bool { return true }
	keep, wanted := not, all
	if kind == KindEventuallyAlways {
		keep, wanted = all, not
	}
	sets := l.fairSets(keep, wanted)
	if len(sets) == 0 {
		return nil
	}
	in := l.numbered(sets)
	goal := func(state uint32) bool { return in[state] > 0 }
	wants := func(*lasso) func(uint32) bool { return wanted }
	var found []*lasso
	switch kind {
	case KindLeadsTo:
		begins := func(state uint32) bool { return l.search.graph.marked(state, from) && not(state) }
		found = l.stems(l.beginsIn(sets, in, begins), not, goal)
		wants = func(f *lasso) func(uint32) bool {
			if f.leaves(begins, not) {
				return all
			}
			return begins
		}
	case KindEventually:
		initial := func(state uint32) bool { return int64(state) < l.search.levels[0] }
		found = l.stems(initial, not, goal)
	case KindEventuallyAlways, KindAlwaysEventually:
		found = l.stems(goal, all, goal)
	default:
		panic(fmt.Sprintf("check: liveness of a property of kind %v: a bug in the checker", kind))
	}
	best := l.closeShortest(found, func(f *lasso) []uint32 { return sets[in[f.last]-1] }, wants)
	if best != nil {
		best.instance = first
		for column := to; column < last && !l.violatedInLoop(best, column); column++ {
			best.instance++
		}
	}
	return best
}

// violatedInLoop reports whether a condition is false in a state of the loop.
func (l *liveness[S, T]) violatedInLoop(found *lasso, column int) bool {
	return !l.search.graph.marked(found.last, column) ||
		slices.ContainsFunc(found.loop, func(h hop) bool { return !l.search.graph.marked(h.to, column) })
}

// numbered says which of the sets each state is in, from 1; 0 is none.
func (l *liveness[S, T]) numbered(sets [][]uint32) []uint32 {
	in := make([]uint32, l.search.store.Len())
	for n, states := range sets {
		for _, s := range states {
			in[s] = uint32(n) + 1
		}
	}
	return in
}

// beginsIn extends what begins a wait to the whole of each set in which one begins: a run that visits all of the set again
// and again begins to wait there, if it did not before.
func (l *liveness[S, T]) beginsIn(sets [][]uint32, in []uint32, begins func(uint32) bool) func(state uint32) bool {
	inside := make([]bool, len(sets)+1)
	for n, states := range sets {
		inside[n+1] = slices.ContainsFunc(states, begins)
	}
	return func(state uint32) bool { return begins(state) || inside[in[state]] }
}

// proven is a lasso with the trace that it stands for.
type proven[S any, T comparable] struct {
	*lasso
	trace *Trace[S, T]
}

// setBytes is what the decisions take for each state, besides the graph: the numbers by which components are found, and sets
// of states, several of which may hold nearly all. As much again is left for the search for a loop.
const setBytes = 64

// decideLiveness judges the liveness properties, if the whole graph is known. Those that a limit leaves without a judgement
// are undecided, and that is no error.
func (s *search[S, T]) decideLiveness() error {
	s.lassos = make(map[int]*proven[S, T])
	if !s.liveness || s.stopped != "" {
		return nil
	}
	if limit := s.opt.MaxMemory; limit > 0 && s.memory()+2*setBytes*s.store.Len() > limit {
		s.undecided, s.decided = s.outOfMemory(), 0
		return nil
	}
	s.notes = [len(s.notes)]notes{} // which makes room
	err := abandonable(s.decideEach)
	if reason := Interruption(err); reason != "" {
		s.undecided = reason
		return nil
	}
	return err
}

// decideEach counts the properties that are done with.
func (s *search[S, T]) decideEach() error {
	l := newLiveness(s)
	for s.decided = 0; s.decided < len(s.properties); s.decided++ {
		p, j := &s.properties[s.decided], &s.verdicts[s.decided]
		if !p.kind.Liveness() || !j.tested {
			continue
		}
		if found := l.decide(s.decided); found != nil {
			trace, err := l.prove(p, found)
			if err != nil {
				return err
			}
			j.decided, j.instance = true, found.instance
			s.lassos[s.decided] = &proven[S, T]{found, trace}
		}
	}
	return nil
}

// prove turns a lasso into a trace and checks it.
func (l *liveness[S, T]) prove(p *Property[S], found *lasso) (*Trace[S, T], error) {
	trace, err := l.run(found)
	if err != nil {
		return nil, err
	}
	return trace, l.checkLasso(p, found.instance, trace, len(found.stem))
}
