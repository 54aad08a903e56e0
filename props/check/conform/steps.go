package conform

import (
	"errors"
	"fmt"
	"slices"

	"pkgdist/props/check"
)

// expansion is a state with all steps out of it, those that change nothing too: a call that is refused is a step of the
// subject, and may write a line in a log.
type expansion[S any, T comparable] struct {
	*check.Expansion[S, T]
	model check.Model[S, T]
	steps []T   // without those that are yielded twice
	nexts []S   // where they lead: valid until enter is called again
	index []int // of each in Steps, or -1 if it changes nothing
}

func newExpansion[S any, T comparable](m check.Model[S, T]) (*expansion[S, T], error) {
	x, err := m.Expansion()
	if err == nil && len(m.Init()) == 0 {
		err = errors.New("conform: the model has no initial state; expected Init to return at least one")
	}
	return &expansion[S, T]{Expansion: x, model: m}, err
}

// enter expands s, which may be one of the nexts. A state that the model's constraint cuts has no steps.
func (x *expansion[S, T]) enter(s *S) error {
	x.Enter(s)
	x.steps, x.nexts, x.index = x.steps[:0], x.nexts[:0], x.index[:0]
	if x.Err != nil || x.model.Constraint != nil && !x.model.Constraint(&x.State) {
		return x.Err
	}
	for i, step := range x.Steps {
		if !slices.Contains(x.steps, step) {
			x.add(step, x.Nexts[i], i)
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
			x.add(step, x.State, -1)
		}
	}
	if x.model.StepsInPlace != nil {
		x.model.StepsInPlace(&state, stutter)
	} else {
		x.model.Steps(state, func(step T, next S) { stutter(step, &next) })
	}
	return nil
}

func (x *expansion[S, T]) add(step T, next S, index int) {
	x.steps, x.nexts, x.index = append(x.steps, step), append(x.nexts, next), append(x.index, index)
}

// printed is a step as it is printed.
func printed[S any, T comparable](m *check.Model[S, T], step T) string {
	if m.Format != nil {
		return m.Format(step)
	}
	return fmt.Sprint(step)
}
