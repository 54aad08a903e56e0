package props

import (
	"pkgdist/model"
	"pkgdist/props/check"
)

// Sides computes both sides of a "leads to" at each place, in the order of its
// cases.
func (c Claim) Sides(sys *model.System, s *model.State) (sides []bool) {
	c.places(sys, s, s, func(at place) bool {
		sides = append(sides, c.when(at), c.holds(at))
		return true
	})
	return sides
}

// AboutSteps tells whether the claim is about steps.
func (c Claim) AboutSteps() bool { return c.Kind == check.KindStep || c.perStep }

// Occurs tells whether a "sometimes" occurs in a state, or in the step that led to
// it.
func (c Claim) Occurs(sys *model.System, before, after *model.State) bool {
	return !c.places(sys, before, after, func(at place) bool { return !c.applies(at) || !c.holds(at) })
}
