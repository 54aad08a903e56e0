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

// scenarios are those that can be explored. Nothing is expected in them, so that no verdict hides behind an expectation.
func scenarios() (list []*scenario.Scenario) {
	for _, name := range scenario.Names() {
		if name != tooLarge {
			sc := load(name)
			sc.Expect = scenario.Expect{}
			list = append(list, sc)
		}
	}
	return list
}

func interchangeable() (list []*scenario.Scenario) {
	site := func(parent, dps int, kind model.SiteKind) model.Site {
		return model.Site{Parent: parent, DPs: dps, Kind: kind}
	}
	add := func(name string, packages int, fault model.Fault, below ...model.Site) {
		sites := append([]model.Site{{Parent: model.NoParent}}, below...)
		for i := range sites {
			sites[i].Name = string(rune('A' + i))
		}
		sc := &scenario.Scenario{Name: name, Scope: model.Scope{
			Sites: sites, Packages: []string{"P", "Q"}[:packages], Updates: 1, Threads: packages, Copies: 2,
		}}
		sc.Scope.Faults[fault] = 1
		list = append(list, sc)
	}
	leaf := site(0, 1, model.Secondary)
	add("three DPs", 1, model.DPAway, site(0, 3, model.Secondary))
	add("two sites", 1, model.DespoolerCrash, leaf, leaf)
	add("two packages", 2, model.DespoolerCrash, leaf)
	if *big {
		add("two subtrees", 1, model.SharingViolation, site(0, 1, model.Primary), site(0, 1, model.Primary), site(1, 0, model.Secondary), site(2, 0, model.Secondary))
		add("two of each", 2, model.ManagerCrash, leaf, leaf)
	}
	return list
}

// designs are those that have a name, and random ones, always the same.
func designs(random int) []model.Design {
	list := slices.Concat(model.Designs(), model.OtherDesigns())
	source := rand.New(rand.NewPCG(1, 2))
	for range random {
		list = append(list, design(model.MechanismSet(source.IntN(1<<model.NumMechanisms)).String()))
	}
	return list
}

// Every verdict that is given with less work is the one that is given without: by answers that are remembered, under
// symmetry, under reduction, and under both. Every state at rest is found, every rule fires that does without, and every
// counterexample is a run of the model, and as short.
func TestNoWayChangesAVerdict(t *testing.T) {
	w := ways{violated: map[string]bool{}}
	if *big {
		w.compare(t, scenarios(), designs(3), 0)
		w.compare(t, interchangeable(), designs(1), 0)
	} else {
		w.compare(t, scenarios(), designs(1), 1_000)
		w.compare(t, interchangeable(), []model.Design{model.SMS20, design("repaired")}, 0)
	}
	for _, name := range []string{
		"one-version-among-writers", "dp-serves-whole-version", "record-never-goes-back", "accepted-not-lost", "accepted-served-at-rest",
		"incoming-empty-at-rest", "sites-converged-at-rest",
	} {
		assert.True(t, w.violated[name], "%s is violated nowhere", name)
	}
	assert.Less(t, 5*w.left, w.all, "symmetry and reduction together leave under a fifth")
}

// ways is what the comparisons came to.
type ways struct {
	compared  int
	violated  map[string]bool
	all, left int64 // states without symmetry and reduction, and with both
}

// compare compares the ways in scopes under designs, where there are no more states than that; 0 is no limit.
func (w *ways) compare(t *testing.T, scopes []*scenario.Scenario, designs []model.Design, most int64) {
	named := underSymmetry()
	for _, sc := range scopes {
		for _, d := range designs {
			plain, err := run.Explore(t.Context(), sc, d, nil, check.Options{Keep: true, MaxStates: most})
			require.NoError(t, err)
			if !plain.Result.Complete() {
				continue
			}
			t.Run(sc.Name+"/"+d.Name, func(t *testing.T) {
				requireEvaluated(t, plain)
				w.requireSame(t, plain, nil, check.Options{Reduction: true})
				// What one property needs to be judged is less than what all need.
				w.requireSame(t, plain, []string{named[w.compared%len(named)]}, check.Options{Reduction: true})
				w.compared++
				if plain.System.Interchangeable() {
					requireClasses(t, plain, w.requireSame(t, plain, nil, check.Options{Symmetry: true}))
					both := w.requireSame(t, plain, nil, check.Options{Symmetry: true, Reduction: true})
					w.all, w.left = w.all+plain.Result.States, w.left+both.Result.States
				}
			})
		}
	}
}

// underSymmetry are the claims that are judged under symmetry and reduction.
func underSymmetry() (names []string) {
	for _, c := range props.Catalogue() {
		if !c.Kind.Liveness() {
			names = append(names, c.Name)
		}
	}
	return names
}

// requireEvaluated explores once more, evaluating every claim in every state and step, and remembering no answer.
func requireEvaluated(t *testing.T, plain *run.Run) {
	m := plain.Model()
	independence := *m.Independence
	independence.Bits = false
	m.Independence = &independence
	var properties []check.Property[model.State]
	for _, c := range plain.Claims {
		properties = append(properties, c.For(plain.System))
	}
	evaluated, err := check.Exhaustive(t.Context(), m, properties, check.Options{})
	require.NoError(t, err)
	require.Equal(t, evaluated.States, plain.Result.States)
	for _, want := range evaluated.Verdicts {
		got := plain.Result.Verdict(want.Property.Name())
		assert.Equal(t, []any{want.Outcome, want.Reason, want.Loop, want.Case, want.Trace}, []any{got.Outcome, got.Reason, got.Loop, got.Case, got.Trace}, want.Property.Name())
	}
}

// requireSame explores as opt says, and compares the result with that of the whole space.
func (w *ways) requireSame(t *testing.T, plain *run.Run, properties []string, opt check.Options) *run.Run {
	opt.Keep = true
	r, err := run.Explore(t.Context(), plain.Scenario, plain.Design, properties, opt)
	require.NoError(t, err)
	require.True(t, r.Result.Complete())
	assert.LessOrEqual(t, r.Result.States, plain.Result.States)
	for i, c := range plain.Result.Rules {
		assert.Equal(t, c.Fired > 0, r.Result.Rules[i].Fired > 0, c.Rule)
	}
	if !opt.Symmetry {
		assert.Equal(t, plain.Result.AtRest, r.Result.AtRest)
	}
	for s := range r.Result.All() {
		require.True(t, plain.Result.Contains(s))
	}
	for _, c := range r.Claims {
		if c.Kind.Liveness() {
			continue
		}
		want, got := plain.Result.Verdict(c.Name), r.Result.Verdict(c.Name)
		require.Equal(t, []any{want.Outcome, want.Trace == nil}, []any{got.Outcome, got.Trace == nil}, "%s: %s, %s", c.Name, want.Reason, got.Reason)
		if want.Trace == nil {
			continue
		}
		if r.Shortest(c) {
			require.Len(t, got.Trace.Steps, len(want.Trace.Steps), c.Name)
		} else {
			require.GreaterOrEqual(t, len(got.Trace.Steps), len(want.Trace.Steps), c.Name)
		}
		requireReplayed(t, r, c, got)
		w.violated[c.Name] = w.violated[c.Name] || got.Outcome == check.Violated
	}
	return r
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

// requireClasses: of the states that differ by an exchange exactly one was explored.
func requireClasses(t *testing.T, plain, r *run.Run) {
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
