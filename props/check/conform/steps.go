package conform

import (
	"fmt"
	"slices"

	"pkgdist/props/check"
)

// expansion is a state with all steps out of it, those that change nothing too: a call that is refused is a step of the
// subject, and may write a line in a log.
type expansion[S any, T comparable] struct {
	*check.Expansion[S, T]
	model check.Model[S, T]
	steps []T // without those that are yielded twice
	nexts []S // where they lead: valid until enter is called again
}

func newExpansion[S any, T comparable](m check.Model[S, T]) (*expansion[S, T], error) {
	x, err := m.Expansion()
	return &expansion[S, T]{Expansion: x, model: m}, err
}

// enter expands s, which may be one of the nexts. A state that the model's constraint cuts has no steps.
func (x *expansion[S, T]) enter(s *S) error {
	x.Enter(s)
	x.steps, x.nexts = x.steps[:0], x.nexts[:0]
	if x.Err != nil || x.model.Constraint != nil && !x.model.Constraint(&x.State) {
		return x.Err
	}
	for i, step := range x.Steps {
		if !slices.Contains(x.steps, step) {
			x.steps, x.nexts = append(x.steps, step), append(x.nexts, x.Nexts[i])
		}
	}
	here, state := "", x.Clone(&x.State)
	stutter := func(step T, next *S) {
		if slices.Contains(x.steps, step) {
			return
		}
		if here == "" {
			here = x.Identity(&x.State)
		}
		if x.Identity(next) == here {
			x.steps, x.nexts = append(x.steps, step), append(x.nexts, x.State)
		}
	}
	if x.model.StepsInPlace != nil {
		x.model.StepsInPlace(&state, stutter)
	} else {
		x.model.Steps(state, func(step T, next S) { stutter(step, &next) })
	}
	return nil
}

// text is a step as it is printed.
func printed[S any, T comparable](m *check.Model[S, T], step T) string {
	if m.Format != nil {
		return m.Format(step)
	}
	return fmt.Sprint(step)
}
