package lattice

import (
	"context"
	"fmt"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check/show"
	"pkgdist/props/run"
	"pkgdist/props/scenario"
)

// A Failure is why a set is not enough: the claim that goes wrong soonest, in the
// scenario in which it does, with a shortest trace.
type Failure struct {
	Set model.MechanismSet
	// Cut says why the set was not explored to its end, so that there is no story;
	// empty if it was.
	Cut      string
	Scenario string
	Claim    props.Claim
	Story    *show.Document
}

// Fail explores a set that the lattice found insufficient, by itself, for the
// traces by which others were judged need not be the shortest.
func (l *Lattice) Fail(ctx context.Context, scenarios []*scenario.Scenario, set model.MechanismSet, opt Options) (Failure, error) {
	best := Failure{Set: set}
	claims := l.Names(l.Sets[set].Violated | l.Sets[set].Inconclusive)
	_, each := run.AtOnce(opt.Check)
	for _, sc := range scenarios {
		r, err := run.Explore(ctx, sc, designOf(set), claims, each)
		if err != nil {
			return Failure{}, err
		}
		if !r.Result.Complete() { // what was not seen may go wrong sooner
			return Failure{Set: set, Cut: r.Result.Stopped}, nil
		}
		for _, c := range r.Violated() {
			v := r.Result.Verdict(c.Name)
			if best.Story == nil || len(v.Trace.Steps) < len(best.Story.Steps) {
				best = Failure{Set: set, Scenario: sc.Name, Claim: c, Story: v.Document()}
			}
		}
	}
	if best.Story == nil {
		return Failure{}, fmt.Errorf("%v violates %v, and exploring it again finds no violation", set, l.Names(l.Sets[set].Violated))
	}
	return best, nil
}
