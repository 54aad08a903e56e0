package lattice

import (
	"fmt"
	"iter"
	"slices"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
)

// maxEvidence is how many traces are kept for each claim: enough for the ways in
// which it goes wrong, and few enough to be tried on every set.
const maxEvidence = 24

type evidence struct {
	claim int
	steps []model.Step
	loop  int // where the loop begins, of a claim about what happens eventually
}

// refuted yields the claims that evidence from other sets refutes under this one.
// That is sound whatever the sets have to do with each other: the steps are taken
// under this set, one by one, and what they come to is judged under it. A "sometimes"
// is not settled in this way: that it is reached tells nothing of what the scenario
// expects besides.
func (s *search) refuted(sys *model.System) iter.Seq[int] {
	return func(yield func(int) bool) {
		m := props.Model(sys)
		for i, c := range s.Claims {
			property := c.For(sys)
			if slices.ContainsFunc(s.pool[i], func(e evidence) bool { return refutes(sys, m, c, property, e) }) && !yield(i) {
				return
			}
		}
	}
}

func refutes(sys *model.System, m check.Model[model.State, model.Step], c props.Claim, p check.Property[model.State], e evidence) bool {
	before := sys.Init()[0]
	state := before
	for _, step := range e.steps {
		if sys.WhyNot(&state, step) != "" {
			return false
		}
		before = state
		state = sys.After(state, step)
	}
	switch c.Kind {
	case check.KindLeadsTo, check.KindEventually, check.KindEventuallyAlways, check.KindAlwaysEventually:
		_, err := check.Replay(m, p, sys.Init()[0], e.steps, e.loop)
		return err == nil
	case check.KindAlways, check.KindNever, check.KindStep:
		return (!c.AtRest || sys.AtRest(&state)) && c.Wrong(sys, &before, &state) != ""
	}
	panic(fmt.Sprintf("lattice: no run violates %s, which is of kind %v", c.Name, c.Kind))
}
