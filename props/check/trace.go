package check

import (
	"errors"
	"fmt"
	"slices"
)

// Trace is a run of the model: len(States) is len(Steps)+1, and step i leads from state i to state i+1.
type Trace[S any, T comparable] struct {
	States []S
	Steps  []T
}

// then is the trace one step longer.
func (t *Trace[S, T]) then(step T, next S) {
	t.Steps = append(t.Steps, step)
	t.States = append(t.States, next)
}

var errFickle = errors.New("check: the model gave other steps when it was asked again about the same state; expected it to be a function of the state (a Go map is ranged over in another order each time)")

// chain is the states that lead to what decided the property.
func (s *search[S, T]) chain(property int) (states []S) {
	for i := s.verdicts[property].at; i != noParent; i = int64(s.store.Parent(i)) {
		var state S
		s.load(i, &state)
		states = append(states, state)
	}
	slices.Reverse(states)
	return states
}

// trace goes through the states of a chain to what decides the property. The steps are asked of the model: of several that
// lead to the same state, the first is taken.
func (s *search[S, T]) trace(chain []S, p *Property[S]) (*Trace[S, T], error) {
	if s.opt.Symmetry {
		t, err := s.runThrough(chain, p)
		if err != nil {
			return nil, err
		}
		return t, s.checkTrace(p, t)
	}
	t := &Trace[S, T]{States: chain[:1:1]}
	scratch := s.codec.scratch()
	for i := range chain[1:] {
		if err := s.extend(t, func(step T, before, next *S) bool {
			return s.codec.equal(next, &chain[i+1], scratch) && !s.avoids(before, step, next)
		}); err != nil {
			return nil, err
		}
	}
	if err := s.extendByDeciding(t, p); err != nil {
		return nil, err
	}
	return t, s.checkTrace(p, t)
}

// extendByDeciding takes the step that decides a property about steps.
func (s *search[S, T]) extendByDeciding(t *Trace[S, T], p *Property[S]) error {
	if !p.aboutSteps() {
		return nil
	}
	scratch := s.codec.scratch()
	return s.extend(t, func(step T, before, next *S) bool {
		_, decided := p.decidedBy(before, next)
		return decided && !s.codec.equal(before, next, scratch) && !s.avoids(before, step, next)
	})
}

func (s *search[S, T]) avoids(before *S, step T, next *S) bool {
	return s.avoid != nil && s.avoid(before, step, next)
}

// extend takes the first step out of the last state for which match is true.
func (m *machine[S, T]) extend(t *Trace[S, T], match func(step T, before, next *S) bool) error {
	before := &t.States[len(t.States)-1]
	scratch := m.codec.scratch()
	var step T
	var next S
	found, several := false, false
	newStepper(m, func(other T, to *S) {
		switch {
		case found:
			several = several || other == step && !m.codec.equal(to, &next, scratch)
		case match(other, before, to):
			found, step = true, other
			m.codec.clone(to, &next, scratch)
		}
	}).steps(before)
	if several {
		return ambiguous(step, before)
	}
	if !found {
		return errFickle
	}
	t.then(step, next)
	return nil
}

// checkTrace checks a trace before anybody sees it, with nothing but the model and the property: it is a run of the model,
// and its end decides the property.
func (m *machine[S, T]) checkTrace(p *Property[S], t *Trace[S, T]) error {
	flaw := m.flawOfTrace(t)
	if flaw == "" {
		flaw = m.flawOfEnd(p, t)
	}
	if flaw != "" {
		return fmt.Errorf("check: the trace for %q is wrong, which is a bug in the checker, or the model is no function of its state: %s", p.name, flaw)
	}
	return nil
}

// flawOfEnd says why the end of a trace does not decide the property, or nothing.
func (m *machine[S, T]) flawOfEnd(p *Property[S], t *Trace[S, T]) string {
	x := newExpansion(m)
	last := len(t.States) - 1
	x.Enter(&t.States[last])
	decided := x.Decides(p)
	if p.aboutSteps() && last > 0 {
		_, decided = p.decidedBy(&t.States[last-1], &t.States[last])
	}
	switch {
	case decided:
		return ""
	case p.atRest && !x.AtRest:
		return "at the end the system is not at rest"
	case p.kind == KindSometimes:
		return "at the end the situation has not occurred"
	}
	return "at the end the property is not violated"
}
