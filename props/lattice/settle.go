package lattice

import (
	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
)

// maxEvidence is how many traces are kept for each claim: enough for the ways in
// which it goes wrong, and few enough to be tried on every set.
const maxEvidence = 24

// evidence is a run that violates a claim under some set, or reaches a
// "sometimes".
type evidence struct {
	claim int
	steps []model.Step
	loop  int // where the loop begins, of a claim about what happens in the end
}

// settle finds out which claims the evidence from other sets settles under this
// one. That is sound whatever the sets have to do with each other: the steps are
// taken under this set, one by one, and what they come to is judged under it. A
// violation that a limit or a failed expectation would leave open stays one.
func (s *search) settle(sys *model.System, j *job) ClaimSet {
	var settled ClaimSet
	for i, c := range s.Claims {
		for _, e := range s.pool[i] {
			if !s.settles(sys, c, e) {
				continue
			}
			settled |= 1 << i
			if c.Kind != check.KindSometimes {
				j.verdicts.Violated |= 1 << i
			}
			break
		}
	}
	return settled
}

func (s *search) settles(sys *model.System, c props.Claim, e evidence) bool {
	before := sys.Init()[0]
	state := before
	for _, step := range e.steps {
		if sys.WhyNot(&state, step) != "" {
			return false
		}
		before = state
		state = sys.After(state, step)
	}
	switch {
	case c.Kind.Liveness():
		_, err := check.Replay(props.Model(sys), c.For(sys), sys.Init()[0], e.steps, e.loop)
		return err == nil
	case c.Kind == check.KindSometimes:
		return c.ComesAbout(sys, &before, &state)
	case c.AtRest && !sys.AtRest(&state):
		return false
	}
	return c.Wrong(sys, &before, &state) != ""
}
