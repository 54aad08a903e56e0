package run_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
	"pkgdist/props/run"
	"pkgdist/props/scenario"
)

// underSymmetry are the claims that are judged under symmetry.
func underSymmetry() []string {
	var names []string
	for _, c := range props.Catalogue() {
		if !c.Kind.Liveness() {
			names = append(names, c.Name)
		}
	}
	return names
}

// exploreKeeping judges them, and keeps the states.
func exploreKeeping(t testing.TB, sc *scenario.Scenario, d model.Design, opt check.Options) *run.Run {
	t.Helper()
	opt.Keep = true
	r, err := run.Explore(t.Context(), sc, d, underSymmetry(), opt)
	require.NoError(t, err)
	return r
}

// interchangeable are scopes that have something to exchange: the scenarios that
// do, and made-up ones. Those that take seconds are medium, those that take
// minutes large.
func interchangeable(t testing.TB) (small, medium, large []*scenario.Scenario) {
	for _, name := range scenario.Names() {
		sc := load(name)
		sys, err := model.NewSystem(sc.Scope, model.SMS20)
		require.NoError(t, err)
		switch {
		case name == tooLarge || !sys.Interchangeable():
		case name == "two-packages" || name == "two-sites":
			large = append(large, sc)
		case name == "dp-away":
			medium = append(medium, sc)
		default:
			small = append(small, sc)
		}
	}
	source := model.Site{Name: "A", Parent: model.NoParent}
	site := func(name string, parent int, kind model.SiteKind, dps int) model.Site {
		return model.Site{Name: name, Parent: parent, Kind: kind, DPs: dps}
	}
	scope := func(name string, packages, updates int, faults []model.Fault, sites ...model.Site) *scenario.Scenario {
		sc := &scenario.Scenario{Name: name, Scope: model.Scope{
			Sites: append([]model.Site{source}, sites...), Packages: []string{"P", "Q", "R"}[:packages],
			Updates: updates, Threads: packages, Copies: 2,
		}}
		for _, f := range faults {
			sc.Scope.Faults[f] = 1
		}
		return sc
	}
	b, c := site("B", 0, model.Secondary, 1), site("C", 0, model.Secondary, 1)
	small = append(small,
		scope("three-dps", 1, 1, []model.Fault{model.DPAway, model.SharingViolation}, site("B", 0, model.Secondary, 3)),
		scope("two-sites", 1, 1, []model.Fault{model.DespoolerCrash}, b, c),
	)
	medium = append(medium,
		scope("two-packages-and-a-crash", 2, 1, []model.Fault{model.DespoolerCrash}, b),
		scope("two-dps-and-a-crash", 1, 2, []model.Fault{model.ManagerCrash}, site("B", 0, model.Secondary, 2)),
	)
	large = append(large,
		scope("three-sites", 1, 1, nil, b, c, site("D", 0, model.Secondary, 1)),
		scope("two-subtrees", 1, 1, nil, site("B", 0, model.Primary, 1), site("C", 0, model.Primary, 1),
			site("D", 1, model.Secondary, 0), site("E", 2, model.Secondary, 0)),
		scope("two-sites-and-two-packages", 2, 1, nil, site("B", 0, model.Secondary, 1), site("C", 0, model.Secondary, 1)),
	)
	return small, medium, large
}

// randomDesigns are sets of mechanisms, always the same ones.
func randomDesigns(n int) []model.Design {
	random := rand.New(rand.NewPCG(1, 2))
	var designs []model.Design
	for range n {
		set := model.MechanismSet(random.IntN(1 << model.NumMechanisms))
		designs = append(designs, design(set.String()))
	}
	return designs
}

// Every verdict that is given with symmetry is the one that is given without,
// and every counterexample is as short, and is a run of the model.
func TestSymmetryChangesNoVerdict(t *testing.T) {
	small, medium, large := interchangeable(t)
	require.Len(t, small, 6, "the scenarios with something to exchange, and the made-up scopes")
	violated := map[string]bool{}
	compare := func(scopes []*scenario.Scenario, designs []model.Design) {
		for _, sc := range scopes {
			for _, d := range designs {
				if d.Policy == model.Twice && len(sc.Scope.Sites) > 2 && !*big {
					continue // one version more, and ten times the states
				}
				t.Run(sc.Name+"/"+d.Name, func(t *testing.T) { requireSameUnderSymmetry(t, sc, d, violated) })
			}
		}
	}
	named := slices.Concat(model.Designs(), model.OtherDesigns())
	compare(small, slices.Concat(named, randomDesigns(6)))
	compare(medium, []model.Design{model.SMS20, design("repaired")})
	if *big {
		compare(medium, slices.Concat(named, randomDesigns(12)))
		compare(large, slices.Concat([]model.Design{model.SMS20, design("repaired")}, randomDesigns(1)))
	}
	for _, name := range []string{
		"one-version-among-writers", "dp-serves-whole-version", "accepted-not-lost", "accepted-served-at-rest", "incoming-empty-at-rest",
	} {
		assert.True(t, violated[name], "%s is violated nowhere", name)
	}
}

func requireSameUnderSymmetry(t *testing.T, sc *scenario.Scenario, d model.Design, violated map[string]bool) {
	plain := exploreKeeping(t, sc, d, check.Options{})
	r := requireSame(t, plain, underSymmetry(), check.Options{Symmetry: true}, violated)
	assert.Equal(t, plain.Result.Depth, r.Result.Depth)
	assert.Less(t, r.Result.States, plain.Result.States)
	classes, packed := map[string]bool{}, make([]byte, r.System.Width())
	for s := range plain.Result.All() {
		r.System.Canonical(&s)
		clear(packed)
		r.System.Pack(&s, packed)
		classes[string(packed)] = true
	}
	assert.EqualValues(t, len(classes), r.Result.States)
}

// requireReplayed keeps the trace as a file would, and runs it again. What is wrong is said of the place that it leads to.
func requireReplayed(t *testing.T, r *run.Run, c props.Claim, v run.Verdict) {
	again, err := run.Again(run.Counterexample(r.Scenario, r.System, c, &v), "")
	require.NoError(t, err)
	require.True(t, again.Reproduced, "%s: %v", c.Name, again.Stopped)
	require.Equal(t, c.Kind == check.KindSometimes, v.Wrong() == "", c.Name)
	require.Equal(t, again.CaseName(), v.CaseName(), c.Name)
	require.Equal(t, len(v.Trace.Steps), v.Loop, c.Name)
}

// What is not judged is said, and is no promise.
func TestWhatIsNotJudgedIsSaid(t *testing.T) {
	for how, opt := range map[string]check.Options{"under symmetry": {Symmetry: true}, "under reduction": {Reduction: true}} {
		r, err := run.Explore(t.Context(), load("article"), design("repaired"), nil, opt)
		require.NoError(t, err)
		for _, c := range props.Catalogue() {
			v := r.Result.Verdict(c.Name)
			if c.Kind.Liveness() {
				assert.Equal(t, check.Inconclusive, v.Outcome, c.Name)
				assert.Contains(t, v.Reason, "liveness is not judged "+how, c.Name)
			} else if c.Kind != check.KindSometimes && !c.TooStrong {
				assert.Equal(t, check.Holds, v.Outcome, c.Name)
			}
		}
		assert.Equal(t, check.Inconclusive, r.Outcome())
		_, err = run.Explore(t.Context(), load("article"), design("repaired"), []string{"sites-converge", "copy-matches-record"}, opt)
		assert.ErrorContains(t, err, `the property "sites-converge" is a liveness property`)
		r, err = run.Explore(t.Context(), load("article"), design("repaired"), []string{"copy-matches-record"}, opt)
		require.NoError(t, err)
		assert.Equal(t, check.Holds, r.Outcome())
	}
}
