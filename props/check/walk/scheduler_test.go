package walk_test

import (
	"flag"
	"testing"

	"pkgdist/props/check"
	"pkgdist/props/check/walk"
	"pkgdist/props/internal/testmodel"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var table = flag.Int("table", 1, "seeds of rapid for which the schedulers are compared; 20 take a minute")

// sample is the walk of a seed.
func sample[S any, T comparable](seed int, w walk.Walk, m check.Model[S, T], properties ...check.Property[S]) *walk.Found[S, T] {
	return rapid.Custom(func(t *rapid.T) *walk.Found[S, T] {
		rapid.Bool().Draw(t, "something, as a walk that ends at once draws nothing")
		return walk.Draw(t, w, m, properties)
	}).Example(seed)
}

// The shrinking here is that of rapid, bit by bit; that of Shrink is another matter.
func TestSchedulersCompared(t *testing.T) {
	walks, seeds := 200**table, *table
	all, err := check.Exhaustive(t.Context(), testmodel.DepotModel, testmodel.DepotClaims(), check.Options{})
	require.NoError(t, err)
	found, small := make(map[walk.Scheduler]int), make(map[walk.Scheduler]int)
	t.Logf("%-16s %-12s %8s %9s %8s %8s", "scheduler", "property", "found", "smallest", "steps", "replays")
	for _, scheduler := range []walk.Scheduler{walk.ByRuleMasked, walk.ByRule, walk.AnyStep} {
		w := walk.Walk{Scheduler: scheduler}
		for _, p := range testmodel.DepotClaims() {
			hits := 0
			for seed := range walks {
				if sample(seed, w, testmodel.DepotModel, p) != nil {
					hits++
				}
			}
			found[scheduler] += hits
			if scheduler != walk.ByRuleMasked && *table == 1 {
				continue
			}
			smallest, steps, replays := 0, 0, 0
			for seed := range seeds {
				shrunk := shrunkByRapid(t, seed+1, w, p, &replays)
				steps += shrunk
				if shrunk == len(all.Verdict(p.Name()).Trace.Steps) {
					smallest++
				}
			}
			small[scheduler] += smallest
			t.Logf("%-16v %-12s %7.1f%% %8.0f%% %8.1f %8d", scheduler, p.Name(), 100*float64(hits)/float64(walks),
				100*float64(smallest)/float64(seeds), float64(steps)/float64(seeds), replays/seeds)
		}
	}
	assert.Greater(t, found[walk.ByRuleMasked], found[walk.ByRule]*11/10, "masks help to find")
	assert.Greater(t, small[walk.ByRuleMasked], 2*seeds, "of the four claims most shrink to the smallest")
}

// shrunkByRapid is the length of the trace that rapid itself ends up with.
func shrunkByRapid(t *testing.T, seed int, w walk.Walk, p check.Property[testmodel.Depot], replays *int) int {
	t.Helper()
	var last walk.Found[testmodel.Depot, testmodel.Deed]
	o := observe(t, seed, 10_000, walk.Random(w, of(testmodel.DepotModel, p), func(_ *rapid.T, f walk.Found[testmodel.Depot, testmodel.Deed]) {
		last, *replays = f, *replays+1
	}))
	require.True(t, o.failed, "10,000 walks did not find %s", p.Name())
	return len(last.Trace.Steps)
}

// fired is how often each rule of the depot fired in the walk of a seed.
func fired(seed int, w walk.Walk, m check.Model[testmodel.Depot, testmodel.Deed]) []int64 {
	coverage := walk.Coverage{Fired: make([]int64, len(testmodel.DepotRules))}
	w.Visit = coverage.Note
	sample(seed, w, m)
	return coverage.Fired
}

func TestAMaskSwitchesOffFaultsAndNothingElse(t *testing.T) {
	const walks = 300
	without := make(map[walk.Scheduler][]int) // walks in which the rule did not fire
	for _, scheduler := range []walk.Scheduler{walk.ByRuleMasked, walk.ByRule} {
		without[scheduler] = make([]int, len(testmodel.DepotRules))
		for seed := range walks {
			for rule, times := range fired(seed, walk.Walk{Scheduler: scheduler}, testmodel.DepotModel) {
				if times == 0 {
					without[scheduler][rule]++
				}
			}
		}
	}
	for rule := range testmodel.DepotRules {
		masked, plain := without[walk.ByRuleMasked][rule], without[walk.ByRule][rule]
		if testmodel.DepotModel.Fault(rule) {
			assert.Greater(t, masked, walks*4/10, testmodel.DepotRules[rule])
			assert.Greater(t, masked, plain, testmodel.DepotRules[rule])
		} else {
			assert.Less(t, masked, walks*3/10, testmodel.DepotRules[rule])
		}
	}
}

func TestFaultsAreOnForTheSmallerDraw(t *testing.T) {
	p := check.Never("an hour later", func(s *testmodel.Depot) bool { return s.Sent == 1 && s.Clock == 1 }) // which takes a fault
	for seed := range 10 {
		o := observe(t, seed+1, 100, walk.Random(walk.Walk{}, of(testmodel.DepotModel, p), nil))
		require.True(t, o.failed)
		assert.Contains(t, o.log.String(), "without tick: false")
		assert.NotContains(t, o.log.String(), "without tick: true")
	}
}

func TestWithoutRulesOrFaultsThereIsNothingToMask(t *testing.T) {
	faultless, unruled := testmodel.DepotModel, testmodel.DepotModel
	faultless.Fault = nil
	unruled.Rules, unruled.Rule, unruled.Fault = nil, nil, nil
	p, found := check.Never("two parcels", func(s *testmodel.Depot) bool { return s.Sent == 2 }), 0
	for seed := range 50 { // the same draws give the same walk
		assert.Equal(t, fired(seed, walk.Walk{Scheduler: walk.ByRule}, testmodel.DepotModel), fired(seed, walk.Walk{}, faultless))
		a, b := sample(seed, walk.Walk{}, unruled, p), sample(seed, walk.Walk{Scheduler: walk.AnyStep}, testmodel.DepotModel, p)
		require.Equal(t, b == nil, a == nil)
		if a != nil {
			found++
			assert.Equal(t, b.Trace, a.Trace)
		}
	}
	assert.Positive(t, found)
}
