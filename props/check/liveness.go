package check

import (
	"context"
	"fmt"
	"slices"
)

// liveness decides properties about what happens in the end, on the complete graph of a search.
//
// A run is infinite, and so visits some states again and again: they are strongly connected, or a single state in which
// the run stays. Such a set is fair if a run can visit all of it for ever without breaking a promise. A property is
// violated if a fair set of a certain kind can be reached in a certain way; every violation has such a set.
type liveness[S, T comparable] struct {
	*search[S, T]
	patience   *patience
	promises   promises
	components *components
	cycles     [][]uint32 // the components of the whole graph that have steps inside
	single     []uint32   // the states that are components by themselves
	cores      [][]uint32 // those of both in which a run may be for ever: every fair set lies in one of them

	scale  *weighing // for the promises
	member []uint32  // the stamp of the latest set that the state was marked as a member of
	stamp  uint32
}

func newLiveness[S, T comparable](ctx context.Context, s *search[S, T]) *liveness[S, T] {
	l := &liveness[S, T]{search: s, components: newComponents(&s.graph), member: make([]uint32, s.store.states)}
	l.patience = &patience{ctx: ctx}
	l.components.patience = l.patience
	states := make([]uint32, l.store.states)
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
	for i, s := range l.single {
		if !l.mustLeave(s) {
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
	_, labels := l.graph.edges(state)
	return slices.ContainsFunc(labels, func(label uint16) bool { return label > 0 && l.promises.active[label-1] })
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
// strong promise that the whole breaks is kept by those parts in which no step of the constraint is possible. A weak one
// is broken by every part, and nothing is left, as the step is possible in all states.
func (l *liveness[S, T]) weigh(component []uint32) (rest []uint32, fair bool) {
	w := l.weighing(component)
	broken := func(constraint int) bool { return l.promises.broken(w, constraint, len(component)) }
	if !slices.ContainsFunc(w.possible, broken) {
		return nil, true
	}
	return filter(component, func(s uint32) bool {
		_, labels := l.graph.edges(s)
		return !slices.ContainsFunc(labels, func(label uint16) bool { return label != noLabel && broken(int(label)-1) })
	}), false
}

// weighing looks at each step of the states once. The result is only lent.
func (l *liveness[S, T]) weighing(component []uint32) *weighing {
	l.mark(component)
	l.scale.reset()
	for _, s := range component {
		l.patience.keep()
		targets, labels := l.graph.edges(s)
		l.scale.visit(labels)
		for e, label := range labels {
			if l.marked(targets[e]) {
				l.scale.take(label)
			}
		}
	}
	return l.scale
}

// decide looks for a run that violates the property in one of its cases, with the shortest stem.
func (l *liveness[S, T]) decide(p *Property[S]) *lasso {
	var best *lasso
	for i := range max(p.Cases, 1) {
		if found := l.decideCase(p, i); found != nil && (best == nil || len(found.stem) < len(best.stem)) {
			best = found
		}
	}
	return best
}

func (l *liveness[S, T]) decideCase(p *Property[S], i int) *lasso {
	reached := l.memo(func(s *S) bool { return p.To(s, i) })
	not := func(state uint32) bool { return !reached(state) }
	all := func(uint32) bool { return true }
	keep, wanted := not, all
	if p.Kind == KindEventuallyAlways {
		keep, wanted = all, not
	}
	sets := l.fairSets(keep, wanted)
	if len(sets) == 0 {
		return nil
	}
	in := l.numbered(sets)
	goal := func(state uint32) bool { return in[state] > 0 }
	var found *lasso
	switch p.Kind {
	case KindLeadsTo:
		from := l.memo(func(s *S) bool { return p.From(s, i) })
		begins := func(state uint32) bool { return from(state) && not(state) }
		if found = l.stem(l.beginsIn(sets, in, begins), not, goal); found != nil && !found.leaves(begins, not) {
			wanted = begins
		}
	case KindEventually:
		initial := func(state uint32) bool { return l.store.parent(int64(state)) == noParent }
		found = l.stem(initial, not, goal)
	default:
		found = l.stem(goal, all, goal)
	}
	if found != nil {
		found.instance = i
		l.close(found, sets[in[found.last]-1], wanted)
	}
	return found
}

// numbered says which of the sets each state is in, from 1; 0 is none.
func (l *liveness[S, T]) numbered(sets [][]uint32) []uint32 {
	in := make([]uint32, l.store.states)
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

// memo is a function of states, asked once for each.
func (l *liveness[S, T]) memo(of func(s *S) bool) func(state uint32) bool {
	const unknown, no, yes = 0, 1, 2
	known := make([]uint8, l.store.states)
	reader := newReader(l.codec, l.store)
	var s S
	return func(state uint32) bool {
		if known[state] == unknown {
			l.patience.keep()
			reader.load(int64(state), &s)
			known[state] = no
			if l.ask(of, &s, state) {
				known[state] = yes
			}
		}
		return known[state] == yes
	}
}

// ask abandons the decision if the property panics.
func (l *liveness[S, T]) ask(of func(s *S) bool, s *S, state uint32) bool {
	defer func() {
		if value := recover(); value != nil {
			panic(abandoned{panicked(value, fmt.Sprintf("of a property in state %d, %+v", state, *s))})
		}
	}()
	return of(s)
}

// proven is a lasso with the trace that it stands for.
type proven[S, T comparable] struct {
	*lasso
	trace *Trace[S, T]
}

// livenessBytes is what the decisions take for each state, besides the graph: the numbers with which components are found,
// and sets of states, several of which may hold nearly all.
const livenessBytes = 128

// decideInTheEnd judges the properties about what happens in the end, if the whole graph is known. Those that a limit
// leaves without a judgement are undecided, and that is no error.
func (s *search[S, T]) decideInTheEnd(ctx context.Context) error {
	s.lassos = make(map[int]*proven[S, T])
	if !s.inTheEnd || s.stopped != "" {
		return nil
	}
	if limit := s.opt.MaxMemory; limit > 0 && s.memory()+livenessBytes*s.store.states > limit {
		s.undecided, s.decided = limitOfMemory(limit).Error(), 0
		return nil
	}
	err := patiently(func() error { return s.decideEach(ctx) })
	if reason := interruption(err); reason != "" {
		s.undecided = reason
		return nil
	}
	return err
}

// decideEach counts the properties that are done with.
func (s *search[S, T]) decideEach(ctx context.Context) error {
	l := newLiveness(ctx, s)
	for s.decided = 0; s.decided < len(s.properties); s.decided++ {
		p, j := &s.properties[s.decided], &s.verdicts[s.decided]
		if !p.Kind.InTheEnd() || !j.tested {
			continue
		}
		if found := l.decide(p); found != nil {
			trace, err := l.prove(p, found)
			if err != nil {
				return err
			}
			j.decided = true
			s.lassos[s.decided] = &proven[S, T]{found, trace}
		}
	}
	return nil
}

// prove turns a lasso into a trace and validates it.
func (l *liveness[S, T]) prove(p *Property[S], found *lasso) (*Trace[S, T], error) {
	trace, err := l.run(found)
	if err != nil {
		return nil, err
	}
	return trace, l.validate(p, found.instance, trace, len(found.stem))
}
