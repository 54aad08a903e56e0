package check

import (
	"fmt"
	"slices"
)

// The first states, and then one in a few, are inspected: what the model says of them in one way is compared with what it
// says in others.
const (
	verifiedStates  = 256
	verifiedOneIn   = 1024
	wrongPackedStep = "check: PackedSteps does not agree with Steps: in a state it has %v as step %d, and Steps has %v there, or that step leads to another state"
)

// packedSteps is what an explorer needs to take packed steps.
type packedSteps[S any, T comparable] struct {
	take  func(packed []uint64, yield func(step T, next []uint64)) // nil: the model cannot
	yield func(step T, next []uint64)

	lister    *stepper[S, T]
	verifying bool
	steps     []T // what Steps has, while verifying
	states    []uint64
	taken     int
}

func (e *explorer[S, T]) usePackedSteps() {
	if e.search.PackedSteps == nil {
		return
	}
	e.packedSteps = packedSteps[S, T]{take: e.search.PackedSteps(), yield: e.packedStep, lister: newStepper(e.search.machine, e.listStep)}
}

// takePackedSteps takes the steps out of the state whose image is there. The state itself is there if anybody looks at it.
func (e *explorer[S, T]) takePackedSteps() {
	p := &e.packedSteps
	p.verifying = e.inspector.due(e.number)
	if p.verifying {
		e.listSteps()
	}
	p.take(e.image, p.yield)
	if p.verifying && p.taken != len(p.steps) {
		e.fail(fmt.Errorf("check: PackedSteps does not agree with Steps: in a state it has %d steps, and Steps has %d", p.taken, len(p.steps)))
	}
}

func (e *explorer[S, T]) packedStep(step T, next []uint64) {
	p := &e.packedSteps
	e.count()
	if p.verifying {
		e.verifyPacked(step, next)
	}
	if !e.finder.Differs(next) {
		return
	}
	if !e.search.onStep {
		e.take(step, nil)
		return
	}
	e.memo.judgeStep(step, next)
	if !e.memo.allSteps {
		e.search.codec.restore(next, e.scratch, &e.next)
		e.take(step, &e.next)
		return
	}
	e.take(step, nil)
}

// listSteps lists what Steps has, and verifies the encoding on the way.
func (e *explorer[S, T]) listSteps() {
	p := &e.packedSteps
	p.steps, p.states, p.taken = p.steps[:0], p.states[:0], 0
	e.search.codec.restore(e.image, e.scratch, &e.next)
	p.lister.steps(&e.next)
}

func (e *explorer[S, T]) listStep(step T, next *S) {
	if !e.search.codec.faithful(next, e.scratch, &e.decoded) {
		e.fail(unfaithful(next))
	}
	e.packedSteps.steps = append(e.packedSteps.steps, step)
	e.search.codec.image(next, e.scratch, e.words)
	e.packedSteps.states = append(e.packedSteps.states, e.words...)
}

func (e *explorer[S, T]) verifyPacked(step T, next []uint64) {
	p, w := &e.packedSteps, len(e.search.codec.parts)
	i := p.taken
	p.taken++
	switch {
	case i >= len(p.steps): // counted below
	case step != p.steps[i] || !slices.Equal(next, p.states[i*w:(i+1)*w]):
		e.fail(fmt.Errorf(wrongPackedStep, step, i, p.steps[i]))
	}
}
