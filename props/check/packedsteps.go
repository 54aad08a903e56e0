package check

import (
	"fmt"
	"slices"
)

// PackedSteps is a Packed model that takes steps from packed state to packed state, where that is faster than by way of
// the state itself. The search uses it in place of Steps for what it does most; a state is then unpacked only for who
// wants to see it.
type PackedSteps[T any] interface {
	// PackedSteps returns a function for one goroutine, or nil if the model cannot do it. The function yields the steps of
	// Steps, in their order. A packed state is in words here, as many as hold its bytes, the lowest byte first, and zero
	// beyond them. Both states are lent: the first must not be changed, and the next one is its own.
	PackedSteps() func(packed []uint64, yield func(step T, next []uint64))
}

// The first states, and then one in a few, are held against the model's Steps, which is what counts.
const (
	verifiedStates  = 256
	verifiedOneIn   = 1024
	wrongPackedStep = "check: PackedSteps does not agree with Steps: in a state it has %v as step %d, and Steps has %v there, or that step leads to another state"
)

// packedSteps is what an explorer needs to take packed steps.
type packedSteps[T comparable] struct {
	take  func(packed []uint64, yield func(step T, next []uint64)) // nil: the model cannot
	yield func(step T, next []uint64)
	bytes []byte // of a state

	verifying bool
	steps     []T // what Steps has, while verifying
	states    []uint64
	taken     int
}

func (e *explorer[S, T]) usePackedSteps() {
	m, ok := any(e.model).(PackedSteps[T])
	if !ok || e.codec.packing == nil {
		return
	}
	e.packedSteps = packedSteps[T]{take: m.PackedSteps(), bytes: e.codec.buffer()}
	e.packedSteps.yield = e.packedStep
	if e.packedSteps.take != nil {
		e.waiting.states = nil // nothing to verify: see below
	}
}

// takePackedSteps takes the steps out of the state whose image is there. The state itself is there if anybody looks at it.
func (e *explorer[S, T]) takePackedSteps() {
	p := &e.packedSteps
	p.verifying = e.number < verifiedStates || e.number%verifiedOneIn == 0
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
	e.notes.steps++
	if p.verifying {
		e.verify(step, next)
	}
	if !e.differsInWords(next) {
		return
	}
	if e.onStep {
		e.codec.restore(next, p.bytes, &e.next)
	}
	e.take(step, &e.next)
}

// listSteps lists what Steps has, and verifies the packing on the way.
func (e *explorer[S, T]) listSteps() {
	p := &e.packedSteps
	p.steps, p.states, p.taken = p.steps[:0], p.states[:0], 0
	var s S
	e.codec.restore(e.image, p.bytes, &s)
	newStepper(e.model, func(step T, next *S) {
		if !e.codec.faithful(next, e.buffer, &e.scratch) {
			e.fail(unfaithful(next))
		}
		p.steps = append(p.steps, step)
		memory := e.codec.memory(next, e.buffer)
		for _, part := range e.parts {
			p.states = append(p.states, part.load(memory))
		}
	}).steps(&s)
}

func (e *explorer[S, T]) verify(step T, next []uint64) {
	p, w := &e.packedSteps, len(e.parts)
	i := p.taken
	p.taken++
	switch {
	case i >= len(p.steps): // counted below
	case step != p.steps[i] || !slices.Equal(next, p.states[i*w:(i+1)*w]):
		e.fail(fmt.Errorf(wrongPackedStep, step, i, p.steps[i]))
	}
}
