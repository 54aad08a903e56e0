package check

import (
	"context"
	"math"

	"pkgdist/props/check/internal/store"
)

// contextStates is how many states are expanded between two looks at the context.
const contextStates = 256

// nearest is a breadth-first search for one violation of one property. Unlike Exhaustive it stops at the first, goes no
// further than asked, takes none of the steps to avoid, and judges a state as soon as it is found.
type nearest[S any, T comparable] struct {
	search  *search[S, T]
	at      *Expansion[S, T]
	bound   int             // most steps of the violation
	within  func(s *S) bool // the states that are expanded; nil is all
	found   bool
	image   []uint64
	scratch *scratch
}

// Nearest finds a shortest run from a state, which need not be an initial one, to a state for which the goal is true, in a
// search of no more than limit states. The run is nil if there is none. Then complete says whether that is certain: neither
// the limit nor the end of ctx has cut the search.
func (m Model[S, T]) Nearest(ctx context.Context, from S, goal func(s *S) bool, limit int) (t *Trace[S, T], complete bool, err error) {
	p := Never("nearest", goal)
	compiled, err := compileFor(m, p)
	if err != nil {
		return nil, false, err
	}
	found, err := newNearest(ctx, compiled, p, nil, math.MaxInt, store.Options{MaxStates: int64(limit)}).from([]S{from})
	return found.trace, found.stopped == "", err
}

// searched is the outcome of a search for the nearest violation.
type searched[S any, T comparable] struct {
	trace   *Trace[S, T] // to the nearest violation, nil if none was found
	stopped string       // why there may be one, or a nearer one
}

func newNearest[S any, T comparable](ctx context.Context, m *machine[S, T], p Property[S], avoid func(before *S, step T, next *S) bool, bound int, limits store.Options) *nearest[S, T] {
	s := &search[S, T]{
		machine: m, ctx: ctx, properties: []Property[S]{p}, verdicts: make([]judgement, 1), avoid: avoid,
		store: store.New(len(m.codec.parts), limits),
	}
	return &nearest[S, T]{search: s, at: newExpansion(m), bound: bound, image: make([]uint64, len(m.codec.parts)), scratch: m.codec.scratch()}
}

// from searches from the states given. The end of the context is like the limit: the search is not complete.
func (n *nearest[S, T]) from(initial []S) (searched[S, T], error) {
	elsewhere := *n.search.machine
	elsewhere.Init = func() []S { return initial } // where its trace has to begin
	n.search.machine = &elsewhere
	for i := range initial {
		if done, err := n.find(&initial[i], noParent); done {
			return n.conclude(err)
		}
	}
	for depth, end := 0, n.search.store.Len(); n.search.explored < end && depth <= n.bound; depth, end = depth+1, n.search.store.Len() {
		for ; n.search.explored < end; n.search.explored++ {
			if n.search.explored%contextStates == 0 && n.search.ctx.Err() != nil {
				return searched[S, T]{stopped: Interruption(n.search.ctx.Err())}, nil
			}
			if done, err := n.explore(depth); done {
				return n.conclude(err)
			}
		}
	}
	return searched[S, T]{}, nil
}

// conclude ends a search with what was found, or with the error that ended it.
func (n *nearest[S, T]) conclude(err error) (searched[S, T], error) {
	if err != nil || !n.found {
		return searched[S, T]{stopped: n.search.stopped}, err
	}
	trace, err := n.search.trace(n.search.chain(0), n.property())
	return searched[S, T]{trace: trace}, err
}

func (n *nearest[S, T]) property() *Property[S] { return &n.search.properties[0] }

// violated notes that a state, or a step out of it, shows that the property is false.
func (n *nearest[S, T]) violated(number int64) {
	n.found, n.search.verdicts[0] = true, judgement{decided: true, at: number}
}

// explore looks at the steps out of the next state of the queue, and reports whether they end the search. The states at
// the bound are of interest only if they may be at rest.
func (n *nearest[S, T]) explore(depth int) (done bool, err error) {
	p := n.property()
	if depth == n.bound && !p.atRest {
		return false, nil
	}
	var s S
	n.search.load(n.search.explored, &s)
	if n.within != nil && !n.within(&s) {
		return false, nil
	}
	n.at.Enter(&s)
	if n.at.Err != nil {
		return true, n.at.Err
	}
	if p.atRest && n.at.Decides(p) {
		n.violated(n.search.explored)
		return true, nil
	}
	for i := range n.at.Steps {
		if n.search.avoid != nil && n.search.avoid(&n.at.State, n.at.Steps[i], &n.at.Nexts[i]) {
			continue
		}
		if n.at.StepDecides(p, i) {
			n.violated(n.search.explored)
			return true, nil
		}
		if depth == n.bound {
			continue
		}
		if done, err := n.find(&n.at.Nexts[i], uint32(n.search.explored)); done {
			return true, err
		}
	}
	return false, nil
}

// find stores a state, and reports whether it ends the search: it violates the property, there is no room for it, or the
// encoding is wrong about it.
func (n *nearest[S, T]) find(s *S, parent uint32) (done bool, err error) {
	if !n.search.codec.faithful(s, n.scratch, new(S)) {
		return true, unfaithful(s)
	}
	n.search.codec.image(s, n.scratch, n.image)
	before := n.search.store.Len()
	number, err := n.search.store.Add(n.image, parent)
	if err != nil {
		n.search.stopped = err.Error()
		return true, nil
	}
	if n.search.store.Len() > before && n.shows(s) {
		n.violated(number)
	}
	return n.found, nil
}

// shows reports whether the state alone shows that the property is false. Whether it is at rest is not known yet.
func (n *nearest[S, T]) shows(s *S) bool {
	p := n.property()
	if p.aboutSteps() || p.atRest {
		return false
	}
	_, decided := p.decidedIn(s, false)
	return decided
}
