package check

import (
	"fmt"
	"math/bits"
	"slices"
)

// stubborn is what an explorer needs to find out which steps out of a state suffice.
type stubborn[S any, T comparable] struct {
	reduction *reduction[S, T]
	out       *outgoing[S, T]
	obstacles []int16  // what stops each step of the universe
	known     []uint32 // in which state that is known to be so
	state     uint32
	set, best bitset
	pending   []int
	after     *outgoing[S, T] // for verification
}

func newStubborn[S any, T comparable](m *machine[S, T], r *reduction[S, T]) *stubborn[S, T] {
	n := len(r.universe)
	return &stubborn[S, T]{reduction: r, out: newOutgoing(m, r), after: newOutgoing(m, r), set: newBitset(n), best: newBitset(n),
		obstacles: make([]int16, n), known: make([]uint32, n)}
}

// outgoing are the steps out of a state.
type outgoing[S any, T comparable] struct {
	reduction *reduction[S, T]
	from      S
	steps     []T
	numbers   []int // in the universe
	nexts     []S
	possible  bitset // of the universe
	lister    *stepper[S, T]
	err       error
}

func newOutgoing[S any, T comparable](m *machine[S, T], r *reduction[S, T]) *outgoing[S, T] {
	o := &outgoing[S, T]{reduction: r, possible: newBitset(len(r.universe))}
	o.lister = newStepper(m, o.take)
	return o
}

// list lists the steps out of s.
func (o *outgoing[S, T]) list(s *S) {
	o.steps, o.numbers, o.nexts = o.steps[:0], o.numbers[:0], o.nexts[:0]
	clear(o.possible)
	o.lister.machine.codec.clone(s, &o.from, o.lister.scratch)
	o.lister.steps(&o.from)
}

func (o *outgoing[S, T]) take(step T, next *S) {
	number, known := o.reduction.number[step]
	if !known {
		o.err = fmt.Errorf("check: the step %v is possible, and is not in the Universe of the model", step)
		return
	}
	o.possible.add(number)
	o.steps, o.numbers = append(o.steps, step), append(o.numbers, number)
	var kept S
	o.lister.machine.codec.clone(next, &kept, o.lister.scratch)
	o.nexts = append(o.nexts, kept)
}

// next is where the step with a number in the universe leads, or nil if it is not possible.
func (o *outgoing[S, T]) next(number int) *S {
	if i := slices.Index(o.numbers, number); i >= 0 {
		return &o.nexts[i]
	}
	return nil
}

// changes tells whether the step with that index changes the state.
func (o *outgoing[S, T]) changes(i int) bool {
	return !o.lister.machine.codec.equal(&o.nexts[i], &o.from, o.lister.scratch)
}

// takeStubbornSteps takes those steps out of the state that suffice.
func (e *explorer[S, T]) takeStubbornSteps() {
	a := e.stubborn
	a.out.list(&e.state)
	a.state++
	if e.inspector.due(e.number) {
		a.verify()
	}
	chosen := e.choose()
	if a.out.err != nil {
		e.fail(a.out.err)
		return
	}
	for i, step := range a.out.steps {
		if chosen == nil || chosen.has(a.out.numbers[i]) {
			e.step(step, &a.out.nexts[i])
		}
	}
}

// choose returns which steps suffice: of the stubborn sets of the system's own steps the one with the fewest steps that are
// possible, or nil if all are needed.
func (e *explorer[S, T]) choose() bitset {
	a := e.stubborn
	fewest := len(a.out.steps)
	var chosen bitset
	for i, seed := range a.out.numbers {
		if fewest == 1 || !a.reduction.own.has(seed) || !a.out.changes(i) {
			continue
		}
		if n := a.grow(seed, fewest); n < fewest && e.goesOn(a.set) {
			fewest = n
			a.set, a.best = a.best, a.set
			chosen = a.best
		}
	}
	return chosen
}

// grow makes the set the stubborn set of a step, and returns how many steps of it are possible. It gives up at the limit.
func (a *stubborn[S, T]) grow(seed, limit int) int {
	clear(a.set)
	a.set.add(seed)
	a.pending = append(a.pending[:0], seed)
	n := 0
	for len(a.pending) > 0 && n < limit {
		last := len(a.pending) - 1
		i := a.pending[last]
		a.pending = a.pending[:last]
		if a.out.possible.has(i) {
			n++
			a.include(a.reduction.dependents[i])
		} else if condition := a.obstacle(i); condition >= 0 {
			a.include(a.reduction.enablers[i][condition])
		} else {
			a.out.err = fmt.Errorf("check: the model has no Obstacle to the step %v, and does not yield it, in %+v", a.reduction.universe[i], a.out.from)
			return limit
		}
	}
	return n
}

func (a *stubborn[S, T]) include(more bitset) {
	for w, word := range more {
		for fresh := word &^ a.set[w]; fresh != 0; fresh &= fresh - 1 {
			a.pending = append(a.pending, w<<6+bits.TrailingZeros64(fresh))
		}
		a.set[w] |= word
	}
}

// obstacle is what stops a step in the state.
func (a *stubborn[S, T]) obstacle(i int) int {
	if a.known[i] != a.state {
		a.known[i], a.obstacles[i] = a.state, int16(a.reduction.Obstacle(&a.out.from, a.reduction.universe[i]))
	}
	return int(a.obstacles[i])
}

// goesOn tells whether a step of the set leads to a state that is explored later than this one.
func (e *explorer[S, T]) goesOn(set bitset) bool {
	out := e.stubborn.out
	for i, number := range out.numbers {
		if !set.has(number) || !out.changes(i) {
			continue
		}
		next := &out.nexts[i]
		if e.search.opt.Symmetry {
			next = e.search.machine.representative(next)
		}
		if number, known := e.search.codec.find(e.search.store, next); !known || number > e.number {
			return true
		}
	}
	return false
}

// verify compares what the model declares with what it does in the state: two steps that are independent commute, and none
// makes another one possible that waits for something else. At rest there is nothing to choose.
func (a *stubborn[S, T]) verify() {
	rests := true
	for i, number := range a.out.numbers {
		rests = rests && !(a.reduction.own.has(number) && a.out.changes(i))
	}
	for i := range a.out.steps {
		if !rests && a.out.err == nil && a.out.changes(i) {
			a.verifyAfter(i)
		}
	}
}

// verifyAfter does so for the step with that index, and all others.
func (a *stubborn[S, T]) verifyAfter(i int) {
	first := a.out.numbers[i]
	a.after.list(&a.out.nexts[i])
	for other := range a.reduction.universe {
		before, after := a.out.possible.has(other), a.after.possible.has(other)
		switch {
		case before && a.reduction.dependents[first].has(other):
		case before != after && (before || !a.mayEnable(first, other)):
			a.out.err = a.wrong(first, other)
		case before && !a.commute(i, other):
			a.out.err = a.wrong(first, other)
		}
	}
	if a.out.err == nil {
		a.out.err = a.after.err
	}
}

// mayEnable tells whether a step may make another one possible that is not. Rest, a condition of no variables, may come of
// any step: that does no harm, as it does not come as long as the step of the system that is in the set is possible.
func (a *stubborn[S, T]) mayEnable(step, other int) bool {
	condition := a.obstacle(other)
	return condition < 0 || a.reduction.enablers[other][condition].has(step) || a.reduction.ofRest[other].has(condition)
}

// commute tells whether the step with that index and another one lead to the same state in either order.
func (a *stubborn[S, T]) commute(i, other int) bool {
	second := newOutgoing(a.after.lister.machine, a.reduction)
	second.list(a.out.next(other))
	one, two := a.after.next(other), second.next(a.out.numbers[i])
	return one != nil && two != nil && a.out.lister.machine.codec.equal(one, two, a.out.lister.scratch)
}

func (a *stubborn[S, T]) wrong(first, other int) error {
	return fmt.Errorf("check: by what the model says, the steps %v and %v are independent, and neither makes the other possible; that is not so in %+v", a.reduction.universe[first], a.reduction.universe[other], a.out.from)
}
