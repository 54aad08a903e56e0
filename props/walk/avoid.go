package walk

import (
	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
)

// A Passing is the run nearest to a counterexample that does not violate the
// claim: it goes the same way for as long as any such run does.
type Passing struct {
	// At is the index of the step that is taken differently.
	At int
	// Instead is the step taken in its place.
	Instead model.Step
	Trace   check.Trace[model.State, model.Step]
}

// Avoid finds the last place of a counterexample where another choice would
// have avoided what follows. After the other choice the system does what it has
// to do until it is at rest, and nobody else does anything. There is no such
// place for a claim of liveness, which no single choice breaks.
func Avoid(sys *model.System, claim props.Claim, t check.Trace[model.State, model.Step]) (Passing, bool) {
	if !claim.Kind.Finite() {
		return Passing{}, false
	}
	for at := len(t.Steps) - 1; at >= 0; at-- {
		var found *Passing
		sys.Steps(t.States[at], func(step model.Step, _ model.State) {
			if found != nil || step == t.Steps[at] || model.Rules()[step.Rule].Kind == model.ByFault {
				return
			}
			steps := append(append([]model.Step{}, t.Steps[:at]...), step)
			if trace, violated := retell(sys, claim, steps, same, true); !violated && sys.AtRest(&trace.States[len(trace.States)-1]) {
				found = &Passing{at, step, trace}
			}
		})
		if found != nil {
			return *found, true
		}
	}
	return Passing{}, false
}
