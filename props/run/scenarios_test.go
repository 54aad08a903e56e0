package run_test

import (
	"flag"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
	"pkgdist/props/internal/testmodel"
	"pkgdist/props/run"
	"pkgdist/props/scenario"
)

var (
	update = flag.Bool("update", false, "write the expected results and the kept counterexamples again")
	big    = flag.Bool("big", false, "compare ways in all scopes, and measure large ones (an hour)")
	// The smaller scenarios are enough for every situation to be reached and for every rule to fire.
	states = flag.Int("states", 60_000, "explore scenarios under each design under which they have at most so many states (6000000 is all of them: minutes)")
)

// tooLarge is a scenario that is walked, for nobody can explore it.
const tooLarge = "company"

func load(name string) *scenario.Scenario { return testmodel.Must(scenario.Load(name)) }

func design(text string) model.Design { return testmodel.Must(model.ParseDesign(text)) }

func explore(t testing.TB, sc *scenario.Scenario, d model.Design, properties ...string) *run.Run {
	t.Helper()
	r, err := run.Explore(t.Context(), sc, d, properties, check.Options{})
	require.NoError(t, err)
	return r
}

// What each scenario comes to under each design is written down: states, steps,
// depth, and every verdict with the length of its trace.
func TestScenariosComeToWhatIsWrittenDown(t *testing.T) {
	reached, fired := map[string]bool{}, map[string]bool{}
	for _, name := range scenario.Names() {
		if name == tooLarge {
			continue
		}
		written := readResults(t, name)
		for _, d := range model.Designs() {
			if written.states(t, d.Name) > *states {
				continue
			}
			t.Run(name+"/"+d.Name, func(t *testing.T) {
				r := explore(t, load(name), d)
				note(r, reached, fired)
				restAgreesWithLiveness(t, r)
				if got := column(r); *update {
					written[d.Name] = got
				} else {
					assert.Equal(t, written[d.Name], got)
				}
			})
		}
		written.keep(t, name)
	}
	for _, situation := range props.SometimesNames() {
		assert.True(t, reached[situation], "no scenario reaches %s under sms20", situation)
	}
	for _, r := range model.Rules() {
		assert.True(t, fired[r.Name], "%s fires in no scenario", r.Name)
	}
}

// restAgreesWithLiveness: what is stuck at rest may stay stuck for ever, since
// neither the administrator nor a fault has to come. (Not the other way round:
// a run that never rests can go wrong too.)
func restAgreesWithLiveness(t *testing.T, r *run.Run) {
	for atRest, liveness := range map[string]string{
		"accepted-served-at-rest": "accepted-reaches-all-dps",
		"incoming-empty-at-rest":  "incoming-drains",
		"sites-converged-at-rest": "sites-converge",
		"no-writer-waits-at-rest": "writers-take-turns",
	} {
		if r.Result.Verdict(atRest).Outcome == check.Violated {
			assert.Equal(t, check.Violated, r.Result.Verdict(liveness).Outcome, "%s is violated, and %s is not", atRest, liveness)
		}
	}
}

// note notes what occurs under the shipped product, and which rules fire:
// those that need a mechanism under a design that has it.
func note(r *run.Run, reached, fired map[string]bool) {
	shipped := r.Design.Name == model.SMS20.Name
	for _, c := range r.Claims {
		if v := r.Result.Verdict(c.Name); shipped && c.Kind == check.KindSometimes && v.Outcome == check.Holds {
			reached[c.Name] = true
		}
	}
	for i, c := range r.Result.Rules {
		if c.Fired > 0 && (shipped || model.Rules()[i].If.With != 0) {
			fired[c.Rule] = true
		}
	}
}

// Nothing holds where what the scenario expects did not occur.
func TestAnExpectationThatFailsLeavesNothingThatHolds(t *testing.T) {
	article := load("article")
	article.Expect.Sometimes = []string{"crash-while-writing"}
	for _, d := range []string{"sms20", "repaired"} {
		r := explore(t, article, design(d))
		for _, c := range r.Claims {
			v := r.Result.Verdict(c.Name)
			assert.NotEqual(t, check.Holds, v.Outcome, c.Name)
			if v.Outcome == check.Inconclusive && v.Trace != nil {
				assert.Equal(t, "sometimes crash-while-writing, which is expected, never occurred", v.Reason)
			}
		}
	}
	assert.Equal(t, check.Inconclusive, explore(t, article, design("repaired")).Outcome())

	article.Expect = scenario.Expect{Rules: []string{"fault.dp-away"}}
	r := explore(t, article, design("repaired"), "one-version-among-writers")
	assert.Equal(t, check.Inconclusive, r.Outcome())
	assert.Equal(t, "the rule fault.dp-away, which is expected, never fired", r.Result.Verdict("one-version-among-writers").Reason)
}

// The administrator who waits is not blamed for what he avoids on purpose, and
// nobody else is excused.
func TestWhatTheAdministratorAvoidsIsNotExpected(t *testing.T) {
	article := load("article")
	assert.Equal(t, check.Holds, explore(t, article, design("workaround-wait")).Outcome())
	r := explore(t, article, design("workaround-wait"), "update-while-decompressing")
	assert.Equal(t, check.Inconclusive, r.Outcome(), "asked for by name, it counts")
	r = explore(t, article, design("repaired"), "accepted-served-exactly")
	assert.Equal(t, check.Violated, r.Outcome(), "and so does what is too strong")
	article.Expect.Sometimes = []string{"metadata-first"}
	assert.Equal(t, check.Inconclusive, explore(t, article, design("workaround-wait")).Outcome())
}

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
