package check

import "fmt"

// Impossible is the error of Replay for a step that the model cannot take where it comes.
type Impossible[S comparable, T comparable] struct {
	At      int         // the index of the step
	Step    T           // the step
	Reached Trace[S, T] // the way up to it
}

func (e *Impossible[S, T]) Error() string {
	return fmt.Sprintf("check: step %d, %v, is not possible in the state that the steps before it lead to", e.At, e.Step)
}

// Replay takes the steps one after the other, from the initial state given, which need not be one of the model's own.
// The error is an *Impossible if the model has no such step in a state.
func Replay[S comparable, T comparable](m Model[S, T], initial S, steps []T) (Trace[S, T], error) {
	t := Trace[S, T]{States: []S{initial}}
	for i, wanted := range steps {
		var reached []S
		lent := t.States[i]
		newStepper(m, func(step T, next *S) {
			if step == wanted && (len(reached) == 0 || reached[0] != *next) {
				reached = append(reached, *next)
			}
		}).steps(&lent)
		switch len(reached) {
		case 0:
			return t, &Impossible[S, T]{At: i, Step: wanted, Reached: t}
		case 1:
			t.then(wanted, reached[0])
		default:
			return t, fmt.Errorf("check: step %d, %v, leads from one state to several; expected one, as a step is its own name", i, wanted)
		}
	}
	return t, nil
}

// ReplayLasso takes the steps from the initial state and finds out whether the run that repeats those from loop on for
// ever violates p, a property about what happens in the end, under the fairness given. It returns the way that the steps
// took, and the case of p that is violated. The error is an *Impossible if a step cannot be taken, and otherwise says why
// the run is no counterexample: it does not close, breaks a promise, or satisfies the property.
func ReplayLasso[S comparable, T comparable](
	m Model[S, T], p Property[S], initial S, steps []T, loop int, fairness Fairness,
) (Trace[S, T], int, error) {
	if err := p.validate(); err != nil {
		return Trace[S, T]{}, 0, fmt.Errorf("check: %w", err)
	} else if !p.Kind.InTheEnd() {
		const flaw = "check: the property %q is not about what happens in the end (%v), and no loop violates it"
		return Trace[S, T]{}, 0, fmt.Errorf(flaw, p.Name, p.Kind)
	}
	opt := Options{Workers: 1, Fairness: fairness}
	if err := opt.validate(); err != nil {
		return Trace[S, T]{}, 0, err
	}
	t, err := Replay(m, initial, steps)
	if err != nil {
		return t, 0, err
	}
	s, err := newSearch(m, []Property[S]{p}, opt)
	if err != nil {
		return t, 0, err
	}
	l := &liveness[S, T]{search: s, promises: s.promises}
	for i := range max(p.Cases, 1) {
		flaw := l.flaw(&p, i, &t, loop)
		if flaw == "" {
			return t, i, nil
		}
		err = &NoCounterexample{p.Name, flaw}
	}
	return t, 0, err
}

// NoCounterexample is the error of ReplayLasso for a run that does not show what it is kept for.
type NoCounterexample struct {
	Property string
	Flaw     string // a sentence without a full stop
}

func (e *NoCounterexample) Error() string {
	return "check: the run is no counterexample for " + e.Property + ": " + e.Flaw
}
