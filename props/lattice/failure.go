package lattice

import (
	"context"
	"fmt"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
	"pkgdist/props/run"
	"pkgdist/props/scenario"
)

// A Failure is why a set is not enough: the claim that goes wrong soonest, in the
// scenario in which it does, with a shortest trace.
type Failure struct {
	Set   model.MechanismSet
	Run   *run.Run
	Claim props.Claim
}

// Trace is the shortest counterexample, with the index at which a loop begins.
func (f Failure) Trace() (check.Trace[model.State, model.Step], int) {
	v := f.Run.Result.Verdict(f.Claim.Name)
	return *v.Trace, v.Loop
}

// Wrong says what is wrong at its end.
func (f Failure) Wrong() string {
	v := f.Run.Result.Verdict(f.Claim.Name)
	return v.Wrong()
}

// Fail explores a set that the lattice found insufficient, by itself, for the
// traces by which others were judged need not be the shortest.
func (l *Lattice) Fail(ctx context.Context, scenarios []*scenario.Scenario, set model.MechanismSet, opt Options) (Failure, error) {
	best := Failure{Set: set}
	_, each := run.AtOnce(opt.Check)
	shortest := 0
	for _, sc := range scenarios {
		r, err := run.Explore(ctx, sc, designOf(set), l.Names(l.Sets[set].Violated), each)
		if err != nil {
			return Failure{}, err
		}
		for _, c := range r.Violated() {
			if n := len(r.Result.Verdict(c.Name).Trace.Steps); best.Run == nil || n < shortest {
				best.Run, best.Claim, shortest = r, c, n
			}
		}
	}
	if best.Run == nil {
		return Failure{}, fmt.Errorf("%v violates %v, and exploring it again finds no violation", set, l.Names(l.Sets[set].Violated))
	}
	return best, nil
}
