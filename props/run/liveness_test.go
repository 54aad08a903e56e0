package run_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
	"pkgdist/props/check"
	"pkgdist/props/run"
)

// A timer alone looks at the stuck file infinitely often, and skips it each time:
// no state at rest is bad, for there is none, and the file is stuck all the same.
func TestATimerAloneGoesRoundInALoop(t *testing.T) {
	r := explore(t, load("article"), design("rescan-timer"))
	for _, name := range []string{"accepted-served-at-rest", "incoming-empty-at-rest", "sites-converged-at-rest"} {
		assert.Equal(t, check.Holds, r.Result.Verdict(name).Outcome, name)
	}
	for _, name := range []string{"accepted-reaches-all-dps", "incoming-drains", "sites-converge"} {
		v := r.Result.Verdict(name)
		require.Equal(t, check.Violated, v.Outcome, name)
		var loop []string
		for _, step := range v.Trace.Steps[v.Loop:] {
			loop = append(loop, r.System.Format(step))
		}
		assert.ElementsMatch(t, []string{
			"timer.rescan(site=B)", "replication.wake(site=B)", "replication.skip(site=B package=P version=2)", "replication.wait(site=B)",
		}, loop, name)
	}
}

// Without fairness a component may put off for ever what it could do, so that
// nothing is sure to happen; more fairness than the model has mends nothing.
func TestFairnessMatters(t *testing.T) {
	article := load("article")
	for fairness, want := range map[string]check.Outcome{
		"none": check.Violated, "": check.Holds, "weak": check.Holds, "strong": check.Holds,
	} {
		r, err := run.ExploreUnder(t.Context(), article, design("repaired"), fairness, []string{"accepted-reaches-all-dps", "sites-converge"}, check.Options{})
		require.NoError(t, err)
		assert.Equal(t, want, r.Outcome(), fairness)
	}
	r, err := run.ExploreUnder(t.Context(), article, model.SMS20, "strong", []string{"accepted-reaches-all-dps"}, check.Options{})
	require.NoError(t, err)
	assert.Equal(t, check.Violated, r.Outcome())
}

// An outcome that nobody knows is no pass.
func TestAnUnknownOutcomeIsNoPass(t *testing.T) {
	r := explore(t, load("cannot-apply"), design("repaired"), "incoming-drains")
	require.Equal(t, check.Holds, r.Outcome())
	r.Result.Verdicts[slices.IndexFunc(r.Result.Verdicts, func(v run.Verdict) bool { return v.Property.Name() == "incoming-drains" })].Outcome = 99
	assert.Panics(t, func() { r.Outcome() })
}
