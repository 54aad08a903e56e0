package check

import (
	"fmt"
)

// ImpossibleError is the error of a replay for a step that the model cannot take at its place.
type ImpossibleError[S any, T comparable] struct {
	At      int         // the index of the step
	Step    T           // the step
	Guard   string      // what stops it, if the model can say
	Reached Trace[S, T] // the trace up to it
}

func (e *ImpossibleError[S, T]) Error() string {
	text := fmt.Sprintf("check: step %d, %v, is not possible in the state that the steps before it lead to", e.At, e.Step)
	if e.Guard != "" {
		text += ": it needs that " + e.Guard
	}
	return text
}

// NoCounterexampleError is the error of Replay for a run that does not decide its property.
type NoCounterexampleError struct {
	Property string
	Flaw     string // a sentence without a full stop
}

func (e *NoCounterexampleError) Error() string {
	return "check: the run is no counterexample for " + e.Property + ": " + e.Flaw
}

// Replay takes the steps from an initial state and finds out whether the run violates p, or shows it if p is a sometimes. A
// liveness property is violated by the run that repeats the steps from loop on for ever, and stays in its last state if there
// are none. The verdict is Violated, or for a sometimes Holds. The error is an *ImpossibleError if a step cannot be taken, a
// *NoCounterexampleError if the run decides nothing; the verdict has the trace as far as it went.
func Replay[S any, T comparable](m Model[S, T], p Property[S], initial S, steps []T, loop int) (Verdict[S, T], error) {
	v := Verdict[S, T]{Property: p, Loop: loop, model: &m}
	if err := p.validate(); err != nil {
		return v, fmt.Errorf("check: %w", err)
	}
	compiled, err := compile(m)
	if err != nil {
		return v, err
	}
	t, err := compiled.replay(initial, steps)
	v.Trace = &t
	if err != nil {
		return v, err
	}
	flaw := ""
	if p.kind.Liveness() {
		v.Case, flaw, err = compiled.flawOfRun(&p, &t, loop)
		if err != nil {
			return v, err
		}
	} else {
		v.Loop = len(steps)
		flaw = compiled.flawOfEnd(&p, &t)
		v.Case = compiled.caseAtEnd(&p, &t)
	}
	if flaw != "" {
		return v, &NoCounterexampleError{p.name, flaw}
	}
	v.Outcome = Violated
	if p.kind == KindSometimes {
		v.Outcome = Holds
	}
	return v, nil
}

// flawOfRun says why a run violates no case of a liveness property, or which it does.
func (m *machine[S, T]) flawOfRun(p *Property[S], t *Trace[S, T], loop int) (instance int, flaw string, err error) {
	promises, labels, err := promisesOf(m.Promises)
	if err != nil {
		return 0, "", err
	}
	l := &liveness[S, T]{search: &search[S, T]{machine: m, labels: labels}, promises: promises}
	for i := range p.cases {
		if flaw = l.flaw(p, i, t, loop); flaw == "" {
			return i, "", nil
		}
	}
	return 0, flaw, nil
}

// caseAtEnd is the case of a property that the end of a trace decides.
func (m *machine[S, T]) caseAtEnd(p *Property[S], t *Trace[S, T]) int {
	last := len(t.States) - 1
	if p.aboutSteps() {
		instance, _ := p.decidedBy(&t.States[max(last-1, 0)], &t.States[last])
		return instance
	}
	instance, _ := p.decidedIn(&t.States[last], true)
	return instance
}

// replay takes the steps from a state, which need not be an initial one.
func (m *machine[S, T]) replay(initial S, steps []T) (Trace[S, T], error) {
	t := Trace[S, T]{States: []S{initial}}
	for i, wanted := range steps {
		err := m.extend(&t, func(step T, _, _ *S) bool { return step == wanted })
		if err == errFickle { // there is no such step
			impossible := &ImpossibleError[S, T]{At: i, Step: wanted, Reached: t}
			if m.WhyNot != nil {
				impossible.Guard = m.WhyNot(&t.States[i], wanted)
			}
			return t, impossible
		}
		if err != nil {
			return t, err
		}
	}
	return t, nil
}
