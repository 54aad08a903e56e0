package mutant_test

import (
	"context"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
	"pkgdist/props/check"
	"pkgdist/props/internal/testmodel"
	"pkgdist/props/mutant"
	"pkgdist/props/run"
	"pkgdist/props/scenario"
)

var (
	update = flag.Bool("update", false, "explore every mutant in every small scenario, and keep what becomes of it")
	big    = flag.Bool("big", false, "explore every mutant in every small scenario, and survivors in the large ones too (an hour and more)")
)

// smallest is how many scenarios, the first ones, the plain test explores the
// survivors in.
const smallest = 4

func repaired() model.Design { return testmodel.Must(model.ParseDesign("repaired")) }

func load(names ...string) (list []*scenario.Scenario) {
	for _, name := range names {
		list = append(list, testmodel.Must(scenario.Load(name)))
	}
	return list
}

func explore(t testing.TB, mutations []model.Mutation, scenarios ...string) *mutant.Report {
	t.Helper()
	r, err := mutant.Explore(t.Context(), repaired(), mutations, load(scenarios...), mutant.Options{})
	require.NoError(t, err)
	return r
}

// What kills each mutant is kept, and so is what survives. The plain test
// explores each mutant where it is kept that it is killed, and survivors in the
// smallest scenarios; -big explores everything.
func TestWhatIsKeptIsCurrent(t *testing.T) {
	var r *mutant.Report
	if *update || *big {
		r = explore(t, model.Mutations(repaired()), mutant.Scenarios()...)
	} else {
		r = asKept(t)
	}
	if *update {
		text, err := r.Keep()
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(mutant.KeptFile, text, 0o666))
	} else {
		want, err := mutant.Kept()
		require.NoError(t, err)
		require.Equal(t, want.Scenarios, r.Scenarios)
		for i, m := range r.Results {
			assert.Equal(t, want.Results[i], m)
		}
	}
	exactlyTheListSurvives(t, r)
	everyPropertyKills(t, r)
}

// asKept explores each mutant only where it is kept that it is killed.
func asKept(t *testing.T) *mutant.Report {
	kept, err := mutant.Kept()
	require.NoError(t, err)
	r := &mutant.Report{Design: kept.Design, Scenarios: kept.Scenarios, Results: make([]mutant.Result, len(kept.Results))}
	where := map[string][]int{}
	for i, m := range kept.Results {
		where[m.Scenario] = append(where[m.Scenario], i)
	}
	for name, list := range where {
		scenarios := []string{name}
		if name == "" { // it survives
			scenarios = mutant.Scenarios()[:smallest]
		}
		var mutations []model.Mutation
		for _, i := range list {
			mutations = append(mutations, kept.Results[i].Mutation)
		}
		for k, m := range explore(t, mutations, scenarios...).Results {
			r.Results[list[k]] = m
		}
	}
	return r
}

// exactlyTheListSurvives: whatever survives stands on the list, with a reason,
// and whatever stands there survives.
func exactlyTheListSurvives(t *testing.T, r *mutant.Report) {
	var survivors, listed []string
	for _, m := range r.Results {
		assert.NotEqual(t, mutant.Undecided, m.Outcome, m.Mutation)
		if m.Outcome == mutant.Survived {
			survivors = append(survivors, m.Mutation.String())
		}
	}
	for _, m := range equivalents(t) {
		listed = append(listed, m.String())
	}
	assert.Equal(t, listed, survivors)
	assert.Equal(t, check.Holds, r.Outcome())
}

func equivalents(t *testing.T) []model.Mutation {
	all := model.Mutations(repaired())
	var list []model.Mutation
	for _, e := range mutant.Equivalences() {
		assert.Regexp(t, `^[A-Z].*\.$`, e.Why)
		i := slices.IndexFunc(all, func(m model.Mutation) bool { return m.Rule == e.Rule && m.Part == e.Part && m.Name == e.Name })
		require.GreaterOrEqual(t, i, 0, "%s, %v %s, is no mutation of the design", e.Rule, e.Part, e.Name)
		list = append(list, all[i])
	}
	return list
}

// everyPropertyKills: a property that no mutant violates might as well not be
// there. What is too strong is violated by the design itself, and a situation
// that must be reachable is none to violate.
func everyPropertyKills(t *testing.T, r *mutant.Report) {
	for _, k := range r.Killers() {
		assert.Positive(t, k.Kills, "no mutant violates %s", k.Property)
	}
}

// What is listed as equivalent survives in the large scenarios too.
func TestTheEquivalentSurviveInLargeScenarios(t *testing.T) {
	if !*big {
		t.Skip("the large scenarios take an hour and more: they are left to -big")
	}
	for _, name := range mutant.LargeScenarios() {
		t.Run(name, func(t *testing.T) {
			r, err := mutant.Explore(t.Context(), repaired(), equivalents(t), load(name), mutant.Options{Check: check.Options{MaxStates: 8_000_000}})
			require.NoError(t, err)
			for _, m := range r.Results {
				assert.Equal(t, mutant.Survived, m.Outcome, "%v: %v, %s", m.Mutation, m.Kills, m.Why)
			}
		})
	}
}

// Every scenario that can be explored is one of the small or of the large ones,
// and the small ones stand in the order of their states.
func TestScenariosAreInOrder(t *testing.T) {
	const nobodyCanExplore = "company"
	assert.ElementsMatch(t, scenario.Names(), slices.Concat(mutant.Scenarios(), mutant.Stories(), mutant.LargeScenarios(), []string{nobodyCanExplore}))
	var last int64
	for _, sc := range load(mutant.Scenarios()...) {
		r, err := run.Explore(t.Context(), sc, repaired(), []string{"one-version-among-writers"}, check.Options{})
		require.NoError(t, err)
		assert.GreaterOrEqual(t, r.Result.States, last, sc.Name)
		last = r.Result.States
	}
}

func find(t *testing.T, text string) []model.Mutation {
	t.Helper()
	all := model.Mutations(repaired())
	i := slices.IndexFunc(all, func(m model.Mutation) bool { return m.String() == text })
	require.GreaterOrEqual(t, i, 0, text)
	return all[i : i+1]
}

// A violation in a later scenario counts for more than what an earlier one only
// notices. What is only noticed is reported with its reason.
func TestAViolationCountsForMoreThanAnExpectation(t *testing.T) {
	late := find(t, "without status.report-late")
	r := explore(t, late, "late-status").Results[0]
	assert.Equal(t, mutant.Killed, r.Outcome)
	assert.Equal(t, "status-arrives", r.Kills[0].Property)

	memory := find(t, "fault.despooler-crash without the effect: its memory is lost")
	r = explore(t, memory, "crash-and-duplicate", "cannot-apply").Results[0]
	assert.Equal(t, mutant.Noticed, r.Outcome)
	assert.Equal(t, "crash-and-duplicate", r.Scenario)
	assert.Contains(t, r.Why, "sometimes crash-while-writing, which is expected, never occurred")

	silent := find(t, "package.done without the effect: its status is on its way up")
	assert.Equal(t, mutant.Noticed, explore(t, silent, "late-status").Results[0].Outcome, "the design itself breaks there what this one breaks")
	r = explore(t, silent, "late-status", "early-read").Results[0]
	assert.Equal(t, mutant.Killed, r.Outcome)
	assert.Equal(t, "early-read", r.Scenario)

	skip := find(t, "replication.skip without the effect: the file is judged")
	noExpectation := load("early-read", "version-ahead")
	noExpectation[0].Expect = scenario.Expect{Rules: []string{"status.report-late"}}
	report, err := mutant.Explore(t.Context(), repaired(), skip, noExpectation, mutant.Options{})
	require.NoError(t, err)
	assert.Equal(t, "version-ahead", report.Results[0].Scenario, "what never held without the mutation notices nothing")
}

// What a limit or the end of the context has cut is undecided, and never
// survives; what was seen to be violated is killed all the same.
func TestWhatIsCutIsUndecided(t *testing.T) {
	all := model.Mutations(repaired())
	cut, err := mutant.Explore(t.Context(), repaired(), all, load("article"), mutant.Options{Check: check.Options{MaxStates: 60}})
	require.NoError(t, err)
	for _, m := range cut.Results {
		assert.NotEqual(t, mutant.Survived, m.Outcome, m.Mutation)
		assert.NotEqual(t, mutant.Killed, m.Outcome, "nothing holds without the mutation, as that was cut too: %v", m.Mutation)
		assert.NotEmpty(t, m.Why, m.Mutation)
	}
	assert.Equal(t, check.Inconclusive, cut.Outcome())

	// The design itself has 116 states here, and some mutants have more.
	cut, err = mutant.Explore(t.Context(), repaired(), all, load("cannot-apply"), mutant.Options{Check: check.Options{MaxStates: 117}})
	require.NoError(t, err)
	outcomes := map[mutant.Outcome]int{}
	for _, m := range cut.Results {
		outcomes[m.Outcome]++
		assert.Equal(t, m.Outcome == mutant.Undecided, strings.Contains(m.Why, "limit"), m.Mutation)
	}
	assert.Positive(t, outcomes[mutant.Killed])
	assert.Positive(t, outcomes[mutant.Undecided])

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	cut, err = mutant.Explore(ctx, repaired(), all[:3], load("article"), mutant.Options{})
	require.NoError(t, err)
	for _, m := range cut.Results {
		assert.Equal(t, mutant.Undecided, m.Outcome)
	}
}

// The result is the same for any number of workers, and progress reaches the
// end.
func TestTheResultDoesNotDependOnTheWorkers(t *testing.T) {
	all := model.Mutations(repaired())
	var last mutant.Progress
	of := func(workers int) *mutant.Report {
		r, err := mutant.Explore(t.Context(), repaired(), all, load("cannot-apply"),
			mutant.Options{Check: check.Options{Workers: workers, MaxStates: 1000}, Progress: func(p mutant.Progress) { last = p }})
		require.NoError(t, err)
		return r
	}
	assert.Equal(t, of(1), of(3))
	assert.Equal(t, mutant.Progress{Decided: len(all), Of: len(all)}, last)
}

// The list is of the repaired design. Another has its own survivors, and nothing
// excuses them.
func TestOtherDesignsHaveNoList(t *testing.T) {
	r, err := mutant.Explore(t.Context(), model.SMS20, model.Mutations(model.SMS20), load("early-read"), mutant.Options{Check: check.Options{MaxStates: 1000}})
	require.NoError(t, err)
	assert.Equal(t, check.Violated, r.Outcome())
	for _, m := range r.Results {
		assert.Empty(t, m.Equivalent)
	}
	_, err = mutant.Explore(t.Context(), model.SMS20, []model.Mutation{{Rule: "timer.rescan"}}, load("early-read"), mutant.Options{})
	assert.EqualError(t, err, "design sms20 has nothing to change in: without timer.rescan")
}
