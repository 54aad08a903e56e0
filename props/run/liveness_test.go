package run_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
	"pkgdist/props"
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

// That every accepted .PKG is served itself, and not a later version in its
// place, is false of every design, though not in every scenario.
func TestTheStrictReadingIsTooStrong(t *testing.T) {
	for name, refuting := range map[string]string{
		"sms20": "article", "workaround-wait": "dp-away", "workaround-twice": "article", "repaired": "article",
	} {
		r := explore(t, load(refuting), design(name), "accepted-served-exactly")
		assert.Equal(t, check.Violated, r.Outcome(), "asked for by name, it counts: %s", name)
		v := r.Result.Verdict(r.Claims[0].Name)
		assert.NotEmpty(t, v.Wrong())
	}
	assert.Equal(t, check.Holds, explore(t, load("article"), design("repaired")).Outcome(), "otherwise it does not")
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

// What the builder of the repaired system has to promise for the article's
// effect to be gone: twelve rules, and no smaller set would do.
func TestWhichFairnessIsNeeded(t *testing.T) {
	sets, v, err := run.ExplainFairness(t.Context(), load("article"), design("repaired"), "", "accepted-reaches-all-dps", check.Options{})
	require.NoError(t, err)
	require.Equal(t, check.Holds, v.Outcome)
	assert.Equal(t, [][]string{{
		"sender.deliver", "despooler.commit", "replication.wake", "replication.delete", "replication.accept", "replication.wait", "timer.rescan",
		"package.decompress", "package.record", "package.done", "dp.copy", "dp.commit",
	}}, sets)

	sets, v, err = run.ExplainFairness(t.Context(), load("article"), model.SMS20, "", "accepted-reaches-all-dps", check.Options{})
	require.NoError(t, err)
	assert.Equal(t, check.Violated, v.Outcome)
	assert.Empty(t, sets)
}

// A limit leaves no liveness claim that holds.
func TestALimitLeavesTheEndOpen(t *testing.T) {
	r, err := run.Explore(t.Context(), load("article"), design("repaired"), nil, check.Options{MaxStates: 2000})
	require.NoError(t, err)
	for _, c := range props.Catalogue() {
		assert.NotEqual(t, check.Holds, r.Result.Verdict(c.Name).Outcome, c.Name)
		assert.True(t, !c.Kind.Liveness() || r.Result.Verdict(c.Name).Outcome == check.Inconclusive, c.Name)
	}
}

// An outcome that nobody knows is no pass.
func TestAnUnknownOutcomeIsNoPass(t *testing.T) {
	r := explore(t, load("cannot-apply"), design("repaired"), "incoming-drains")
	require.Equal(t, check.Holds, r.Outcome())
	r.Result.Verdicts[slices.IndexFunc(r.Result.Verdicts, func(v run.Verdict) bool { return v.Property.Name() == "incoming-drains" })].Outcome = 99
	assert.Panics(t, func() { r.Outcome() })
}
