package check

import (
	"fmt"
	"slices"
)

// machine is a model that is well-formed, with the codec of its states. It does not change.
type machine[S any, T comparable] struct {
	Model[S, T]
	codec *codec[S]
}

func compile[S any, T comparable](m Model[S, T]) (*machine[S, T], error) {
	if err := m.validate(); err != nil {
		return nil, err
	}
	codec, err := newCodec(m.Encoding)
	if err != nil {
		return nil, err
	}
	return &machine[S, T]{m, codec}, nil
}

// systems reports whether the step is one of the system.
func (m *machine[S, T]) systems(step T) bool { return m.Environment == nil || !m.Environment(step) }

// initial are the initial states. There is at least one.
func (m *machine[S, T]) initial() ([]S, error) {
	initial := m.Init()
	if len(initial) == 0 {
		return nil, fmt.Errorf("check: the model has no initial state; expected Init to return at least one")
	}
	return initial, nil
}

// stepper asks a model for steps, in place if it can. It owns the memory of the next state, as a pointer to the argument
// of a callback would cost an allocation a step.
type stepper[S any, T comparable] struct {
	machine *machine[S, T]
	scratch *scratch
	state   S // given to the model, which may change it
	next    S
	yield   func(step T, next *S)
	copied  func(step T, next S)
}

func newStepper[S any, T comparable](m *machine[S, T], yield func(step T, next *S)) *stepper[S, T] {
	w := &stepper[S, T]{machine: m, scratch: m.codec.scratch(), yield: yield}
	w.copied = func(step T, next S) {
		w.next = next
		w.yield(step, &w.next)
	}
	return w
}

// steps yields the steps out of *s, which stays as it is.
func (w *stepper[S, T]) steps(s *S) {
	w.machine.codec.clone(s, &w.state, w.scratch)
	if w.machine.StepsInPlace != nil {
		w.machine.StepsInPlace(&w.state, w.yield)
		return
	}
	w.machine.Steps(w.state, w.copied)
}

// Expansion is a state and the steps out of it that change it. It is moved from state to state, so that it allocates
// nothing once its slices have grown. It is for one goroutine.
type Expansion[S any, T comparable] struct {
	State  S
	Steps  []T
	Nexts  []S // where they lead: valid until Enter is called again
	AtRest bool
	Err    error // the model has one step that leads to several states

	machine *machine[S, T]
	stepper *stepper[S, T]
	scratch *scratch
	first   map[T]int // where a step stands, if there are many
}

// Expansion returns an expansion for the model, which has not entered a state yet.
func (m Model[S, T]) Expansion() (*Expansion[S, T], error) {
	compiled, err := compile(m)
	if err != nil {
		return nil, err
	}
	return newExpansion(compiled), nil
}

func newExpansion[S any, T comparable](m *machine[S, T]) *Expansion[S, T] {
	x := &Expansion[S, T]{machine: m, scratch: m.codec.scratch()}
	x.stepper = newStepper(m, x.add)
	return x
}

// Enter expands s, which may be one of the Nexts.
func (x *Expansion[S, T]) Enter(s *S) {
	x.machine.codec.clone(s, &x.State, x.scratch)
	x.Steps, x.Nexts, x.AtRest = x.Steps[:0], x.Nexts[:0], true
	x.stepper.steps(&x.State)
}

func (x *Expansion[S, T]) add(step T, next *S) {
	if x.machine.codec.equal(next, &x.State, x.scratch) {
		return // a stutter
	}
	x.compare(step, next)
	x.Steps = append(x.Steps, step)
	if len(x.Nexts) < cap(x.Nexts) {
		x.Nexts = x.Nexts[:len(x.Nexts)+1]
	} else {
		x.Nexts = append(x.Nexts, *next)
	}
	x.machine.codec.clone(next, &x.Nexts[len(x.Nexts)-1], x.scratch)
	x.AtRest = x.AtRest && !x.machine.systems(step)
}

// fewSteps is up to how many steps it is faster to look at each than in a map.
const fewSteps = 64

// compare notes if the step was there already, and led elsewhere. The first of equal steps stands for all.
func (x *Expansion[S, T]) compare(step T, next *S) {
	first, twice := 0, false
	if len(x.Steps) < fewSteps {
		first = slices.Index(x.Steps, step)
		twice = first >= 0
	} else {
		if len(x.Steps) == fewSteps {
			x.first = map[T]int{}
			for i := len(x.Steps) - 1; i >= 0; i-- {
				x.first[x.Steps[i]] = i
			}
		}
		if first, twice = x.first[step]; !twice {
			x.first[step] = len(x.Steps)
		}
	}
	if twice && !x.machine.codec.equal(&x.Nexts[first], next, x.scratch) {
		x.Err = ambiguous(step, &x.State)
	}
}

func ambiguous[S, T any](step T, s *S) error {
	return fmt.Errorf("check: the model has a step that leads from one state to several: %v, in %+v; expected one, as a trace names its steps", step, *s)
}

// Decides reports whether the state shows that a claim about states is false or, for a sometimes, true.
func (x *Expansion[S, T]) Decides(p *Property[S]) bool {
	_, decided := p.decidedIn(&x.State, x.AtRest)
	return decided
}

// Tests reports whether the state meets a condition of a claim about states, and so puts it to the test.
func (x *Expansion[S, T]) Tests(p *Property[S]) bool {
	if p.aboutSteps() || p.kind.Liveness() || p.atRest && !x.AtRest {
		return false
	}
	return slices.ContainsFunc(p.cases, func(c claim[S]) bool { return c.when == nil || c.when(&x.State) })
}

// StepDecides is Decides for a claim about steps, and the step with that index.
func (x *Expansion[S, T]) StepDecides(p *Property[S], step int) bool {
	_, decided := p.decidedBy(&x.State, &x.Nexts[step])
	return decided
}

// Identity is the same for equal states and for no others.
func (x *Expansion[S, T]) Identity(s *S) string { return string(x.machine.codec.identity(nil, s)) }

// Clone is a state that is equal to s and shares nothing with it.
func (x *Expansion[S, T]) Clone(s *S) (clone S) {
	x.machine.codec.clone(s, &clone, x.scratch)
	return clone
}

// Systems reports whether the step is one of the system.
func (x *Expansion[S, T]) Systems(step T) bool { return x.machine.systems(step) }
