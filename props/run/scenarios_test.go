package run_test

import (
	"flag"
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
	big    = flag.Bool("big", false, "explore the largest scenarios under every design too (minutes)")
)

// bigStates is how many states a run has that is left to -big. The smaller ones
// are enough for every situation to be reached and for every rule to fire.
const bigStates = 400_000

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
			if !*big && written.states(t, d.Name) > bigStates {
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

// The article's claims, in the article's scenario.
func TestTheArticle(t *testing.T) {
	article := load("article")
	symptoms := []string{"one-version-among-writers", "accepted-served-at-rest", "incoming-empty-at-rest"}
	outcome := func(name string) []check.Outcome {
		r := explore(t, article, design(name), symptoms...)
		var list []check.Outcome
		for _, c := range symptoms {
			list = append(list, r.Result.Verdict(c).Outcome)
		}
		return list
	}
	violated, holds := check.Violated, check.Holds
	assert.Equal(t, []check.Outcome{violated, violated, violated}, outcome("sms20"))
	assert.Equal(t, []check.Outcome{holds, holds, holds}, outcome("workaround-wait"))
	assert.Equal(t, []check.Outcome{holds, holds, holds}, outcome("repaired"))
	// A lock against the race leaves the file where it is, for the notification is still lost.
	assert.Equal(t, []check.Outcome{holds, violated, violated}, outcome("exclusive-source"))
	// Updating a second time comes too late for either, and helps all the same: the last version arrives.
	assert.Equal(t, []check.Outcome{violated, violated, violated}, outcome("workaround-twice"))
	r := explore(t, article, design("workaround-twice"), "sites-converged-at-rest")
	assert.Equal(t, holds, r.Outcome())
}

// A single update always arrives in the article's scenario, as it did in
// practice.
func TestASingleUpdateArrives(t *testing.T) {
	article := load("article")
	article.Scope.Updates = 1
	article.Expect = scenario.Expect{}
	r := explore(t, article, model.SMS20)
	for _, c := range r.Claims {
		if c.Kind != check.KindSometimes && c.Name != "record-never-goes-back" {
			assert.Equal(t, check.Holds, r.Result.Verdict(c.Name).Outcome, c.Name)
		}
	}
}

// The repair is enough in every scenario (what is written down says so), and
// none of its mechanisms can be left out.
func TestNoPartOfTheRepairCanBeLeftOut(t *testing.T) {
	needed := map[model.Mechanism]string{
		model.ExclusiveSource:  "article",
		model.RescanTimer:      "article",
		model.StagedWrite:      "crash",
		model.DropOlderContent: "duplicates",
		model.Journal:          "crash",
		model.RetryDP:          "dp-away",
	}
	require.Len(t, needed, len(model.Repair.List()))
	for m, name := range needed {
		require.True(t, model.Repair.Has(m))
		r := explore(t, load(name), design((model.Repair &^ model.Mechanisms(m)).String()))
		assert.Equal(t, check.Violated, r.Outcome(), "%s without %s", name, m)
	}
}

// No mechanism at the site keeps a status that was held up from being taken for
// the truth, for good; a check where the report arrives does.
func TestALateStatusNeedsACheckWhereItArrives(t *testing.T) {
	late := load("late-status")
	for _, claim := range []string{"status-never-goes-back", "status-agrees-at-rest"} {
		assert.Equal(t, check.Violated, explore(t, late, design("repaired"), claim).Outcome(), claim)
	}
	assert.Equal(t, check.Holds, explore(t, late, design("repaired+status-check")).Outcome())
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
	article.Expect.Sometimes = []string{"metadata-first"}
	assert.Equal(t, check.Inconclusive, explore(t, article, design("workaround-wait")).Outcome())
}
