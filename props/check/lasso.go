package check

import (
	"math"
	"slices"
)

// lasso is a run as numbers of states: a stem, then a loop that is repeated for ever. A loop without steps is to stay in
// the last state of the stem.
type lasso struct {
	first      uint32 // an initial state
	stem, loop []hop
	last       uint32 // the state at the end of the stem, at which the loop begins and ends
	instance   int    // the case of the property that is violated
}

// hop is a step to a state, with its label, as the graph has it. A label of anyLabel is any step.
type hop struct {
	to    uint32
	label uint32
}

const anyLabel = 1 << 16

// mostStems is how many stems of the shortest length are considered, for the loop of one may be shorter.
const mostStems = 64

// stems finds shortest ways from an initial state over an entry to a goal that, from the entry on, go through states for
// which keep is true: one to each of the nearest goals.
//
// States stand in the order of their distance, so the way to an entry is known: its parents. From there on it is a search
// of its own, in which the entries take part when it comes to their distance.
func (l *liveness[S, T]) stems(entry, keep, goal func(uint32) bool) []*lasso {
	const none = noParent
	from := make([]uint32, l.search.store.Len()) // the state before, in the search from the entries; an entry's own number
	for i := range from {
		from[i] = none
	}
	var layer, next []uint32
	visit := func(s, before uint32) {
		if from[s] == none && keep(s) {
			from[s] = before
			next = append(next, s)
		}
	}
	for depth := 0; depth < len(l.search.levels) || len(next) > 0; depth++ {
		if depth < len(l.search.levels) {
			for s := l.levelStart(depth); s < l.search.levels[depth]; s++ {
				if entry(uint32(s)) {
					visit(uint32(s), uint32(s))
				}
			}
		}
		layer, next = next, layer[:0]
		slices.Sort(layer) // the result must not depend on the order of the visits
		var found []*lasso
		for _, s := range layer {
			if goal(s) && len(found) < mostStems {
				found = append(found, l.stemTo(s, from))
			}
		}
		if len(found) > 0 {
			return found
		}
		for _, s := range layer {
			l.poller.poll()
			targets, _ := l.search.graph.edges(s)
			for _, t := range targets {
				visit(t, s)
			}
		}
	}
	return nil
}

func (l *liveness[S, T]) levelStart(depth int) int64 {
	if depth == 0 {
		return 0
	}
	return l.search.levels[depth-1]
}

// stemTo follows the way back: from the goal to the entry, and from there by the parents.
func (l *liveness[S, T]) stemTo(goal uint32, from []uint32) *lasso {
	found := &lasso{last: goal}
	s := goal
	for ; from[s] != s; s = from[s] {
		found.stem = append(found.stem, hop{s, anyLabel})
	}
	for ; l.search.store.Parent(int64(s)) != noParent; s = l.search.store.Parent(int64(s)) {
		found.stem = append(found.stem, hop{s, anyLabel})
	}
	slices.Reverse(found.stem)
	found.first = s
	return found
}

// leaves reports whether the stem leaves something to wait for: a state in which a wait begins, and none after it in which
// it ends.
func (found *lasso) leaves(begins, goesOn func(uint32) bool) bool {
	waits := begins(found.first)
	for _, h := range found.stem {
		waits = begins(h.to) || waits && goesOn(h.to)
	}
	return waits
}

// close gives the lasso a loop through states of the fair set that breaks no promise and visits a wanted state. It goes
// from one thing that is missing to the nearest next one, and back: short, but not always shortest.
func (l *liveness[S, T]) close(found *lasso, set []uint32, wanted func(uint32) bool) {
	l.mark(set)
	w := l.promises.weighing()
	at, satisfied, loop := found.last, false, []hop(nil)
	nothing := func(uint64, hop) uint64 { return 0 }
	visit := func(s uint32) {
		_, labels := l.search.graph.edges(s)
		w.visit(labels)
		at, satisfied = s, satisfied || wanted(s)
	}
	visit(at)
	follow := func(goal func(h hop) bool) {
		left := math.MaxInt
		way, found := l.way(place{state: at}, nothing, func(_ uint64, h hop) bool { return goal(h) }, math.MaxInt, &left)
		if !found {
			panic("check: a fair set does not have what makes it fair: a bug in the checker")
		}
		for _, h := range way {
			loop = append(loop, h)
			w.take(uint16(h.label))
			visit(h.to)
		}
	}
	for {
		broken := l.promises.brokenBy(w)
		switch {
		case !satisfied:
			follow(func(h hop) bool { return wanted(h.to) })
		case len(broken) > 0:
			follow(func(h hop) bool { return l.mends(h, broken) })
		case at != found.last:
			follow(func(h hop) bool { return h.to == found.last })
		default:
			found.loop = loop
			return
		}
	}
}

// mends reports whether a hop keeps one of the promises that were broken up to it.
func (l *liveness[S, T]) mends(h hop, broken []int) bool {
	return slices.ContainsFunc(broken, func(c int) bool {
		return slices.Contains(l.promises.of(uint16(h.label)), c) || !l.promises.strong[c] && !l.possible(h.to, c)
	})
}

// possible reports whether a step of the promise leads out of the state.
func (l *liveness[S, T]) possible(state uint32, promise int) bool {
	_, labels := l.search.graph.edges(state)
	return slices.ContainsFunc(labels, func(label uint16) bool { return slices.Contains(l.promises.of(label), promise) })
}

// run turns a lasso into a trace, by asking the model for the steps again.
func (l *liveness[S, T]) run(found *lasso) (*Trace[S, T], error) {
	t := &Trace[S, T]{States: make([]S, 1)}
	l.search.load(int64(found.first), &t.States[0])
	for _, h := range slices.Concat(found.stem, found.loop) {
		if err := l.search.extend(t, func(step T, before, next *S) bool {
			number, known := l.search.codec.find(l.search.store, next)
			return known && uint32(number) == h.to && (h.label == anyLabel || uint32(l.labelAgain(before, step)) == h.label) && !l.search.avoids(before, step, next)
		}); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// labelAgain is the label of a step that has one.
func (l *liveness[S, T]) labelAgain(before *S, step T) uint16 {
	label, err := l.search.labelOf(l.search.labels, before, step)
	if err != nil {
		panic(abandoned{err})
	}
	return label
}
