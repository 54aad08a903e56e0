package check

import "fmt"

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
