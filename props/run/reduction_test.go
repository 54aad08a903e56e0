package run_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
	"pkgdist/props/check"
	"pkgdist/props/run"
	"pkgdist/props/scenario"
)

// Every verdict that is given with reduction is the one that is given without, in
// every scenario and design; every state at rest is found, every rule fires that
// does without, and every counterexample is a run of the model, and as short.
func TestReductionChangesNoVerdict(t *testing.T) {
	violated, most, random := map[string]bool{}, 2_500, 1
	if *big {
		most, random = math.MaxInt, 3
	}
	for _, name := range scenario.Names() {
		if name == tooLarge {
			continue
		}
		sc := load(name)
		for _, d := range slices.Concat(model.Designs(), model.OtherDesigns(), randomDesigns(random)) {
			if statesUnder(t, name, d) > most {
				continue
			}
			t.Run(name+"/"+d.Name, func(t *testing.T) {
				plain := exploreKeeping(t, sc, d, check.Options{})
				requireSame(t, plain, underSymmetry(), check.Options{Reduction: true}, violated)
				requireSame(t, plain, underSymmetry(), check.Options{Reduction: true, Symmetry: true}, violated)
			})
		}
	}
	for _, name := range []string{
		"one-version-among-writers", "dp-serves-whole-version", "record-never-goes-back", "accepted-not-lost", "accepted-served-at-rest", "sites-converged-at-rest",
	} {
		assert.True(t, violated[name], "%s is violated nowhere", name)
	}
}

// statesUnder is how many states a scenario has under a design, or under the
// largest that is written down if that one is not.
func statesUnder(t *testing.T, name string, d model.Design) (n int) {
	written := readResults(t, name)
	if n := written.states(t, d.Name); n > 0 {
		return n
	}
	for _, other := range model.Designs() {
		n = max(n, written.states(t, other.Name))
	}
	return n
}

// What one property needs to be judged is less than what all need, so each is
// judged by itself too.
func TestReductionForOneProperty(t *testing.T) {
	names := []string{"article", "version-ahead"}
	if *big {
		names = append(names, "one-thread", "late-status", "crash", "dp-away", "duplicates", "file-in-use")
	}
	for _, name := range names {
		for _, d := range []model.Design{model.SMS20, design("repaired"), design("rescan-timer")} {
			t.Run(name+"/"+d.Name, func(t *testing.T) {
				plain := exploreKeeping(t, load(name), d, check.Options{})
				for _, property := range underSymmetry() {
					requireSame(t, plain, []string{property}, check.Options{Reduction: true}, map[string]bool{})
				}
			})
		}
	}
}

// requireSame explores as opt says, and compares the result with that of the whole space.
func requireSame(t *testing.T, plain *run.Run, properties []string, opt check.Options, violated map[string]bool) *run.Run {
	opt.Keep = true
	r, err := run.Explore(t.Context(), plain.Scenario, plain.Design, properties, opt)
	require.NoError(t, err)
	require.True(t, plain.Result.Complete())
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
		violated[c.Name] = violated[c.Name] || got.Outcome == check.Violated
	}
	return r
}

// Three sites and two packages: what is left of the states.
func TestBothReductionsLeaveAFewPercent(t *testing.T) {
	sc := load("two-sites")
	plain := readResults(t, "two-sites").states(t, model.SMS20.Name)
	r, err := run.Explore(t.Context(), sc, model.SMS20, underSymmetry(), check.Options{Reduction: true, Symmetry: true})
	require.NoError(t, err)
	assert.Less(t, 20*r.Result.States, int64(plain), "under 5 %%")
}
