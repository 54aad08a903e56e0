package check_test

import (
	"context"
	"testing"
	"time"

	"pkgdist/props/check"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAlways(t *testing.T) {
	r := explore(t, way(4).Model(), check.Options{},
		check.Always("small", func(s *int) bool { return *s < 3 }),
		check.Always("smaller than five", func(s *int) bool { return *s < 5 }))
	assert.Equal(t, check.Violated, r.Verdict("small").Outcome)
	assert.Equal(t, []int{0, 1, 2, 3}, r.Verdict("small").Trace.States, "ends in the first state that is not small")
	assert.Equal(t, way(3).Edges, r.Verdict("small").Trace.Steps)
	assert.Equal(t, check.Holds, r.Verdict("smaller than five").Outcome)
	assert.Empty(t, r.Verdict("smaller than five").Reason)
	assert.Nil(t, r.Verdict("smaller than five").Trace)
}

func TestNever(t *testing.T) {
	r := explore(t, way(4).Model(), check.Options{}, check.Never("two", is(2)), check.Never("five", is(5)))
	assert.Equal(t, check.Violated, r.Verdict("two").Outcome)
	assert.Equal(t, []int{0, 1, 2}, r.Verdict("two").Trace.States)
	assert.Equal(t, check.Holds, r.Verdict("five").Outcome)
}

func TestSometimesHoldsWithItsWitness(t *testing.T) {
	r := explore(t, way(4).Model(), check.Options{}, check.Sometimes("two", is(2)), check.Sometimes("five", is(5)))
	assert.Equal(t, check.Holds, r.Verdict("two").Outcome)
	assert.Equal(t, []int{0, 1, 2}, r.Verdict("two").Trace.States)
	assert.Equal(t, check.Inconclusive, r.Verdict("five").Outcome)
	assert.Equal(t, "never occurred in the 5 states of the scope", r.Verdict("five").Reason)
	assert.Nil(t, r.Verdict("five").Trace)
}

func TestStepPropertyIsViolatedByTheLastStepOfItsTrace(t *testing.T) {
	g := way(4)
	g.Edges = append(g.Edges, edge{From: 2, To: 1, Name: "back"}, edge{From: 1, To: 0, Name: "back sooner, but found later"})
	r := explore(t, g.Model(), check.Options{}, check.OnStep("never back", func(before, after *int) bool { return *after > *before }))
	v := r.Verdict("never back")
	assert.Equal(t, check.Violated, v.Outcome)
	assert.Equal(t, []int{0, 1, 0}, v.Trace.States)
	assert.Len(t, v.Trace.Steps, 2)
}

func TestViolationInAnInitialState(t *testing.T) {
	r := explore(t, graph{Initial: []int{7, 8}}.Model(), check.Options{}, check.Never("eight", is(8)))
	assert.Equal(t, &check.Trace[int, edge]{States: []int{8}}, r.Verdict("eight").Trace)
}

func TestOfSeveralStepsToAStateTheTraceHasTheFirst(t *testing.T) {
	g := graph{Initial: []int{0}, Edges: []edge{{From: 0, To: 1, Name: "a"}, {From: 0, To: 1, Name: "b"}}}
	assert.Equal(t, "a", explore(t, g.Model(), check.Options{}, check.Never("one", is(1))).Verdict("one").Trace.Steps[0].Name)
}

func TestStutterChangesNothing(t *testing.T) {
	g := graph{Initial: []int{0, 0}, Edges: []edge{{From: 0, To: 0}}}
	r := explore(t, g.Model(), check.Options{},
		check.OnStep("no step is fine", func(_, _ *int) bool { return false }),
		check.OnStep("nor under a condition", func(_, _ *int) bool { return false }).GivenStep(func(_, _ *int) bool { return true }))
	assert.EqualValues(t, 1, r.States, "the same initial state twice is one")
	assert.EqualValues(t, 1, r.Steps, "a stutter is generated")
	assert.EqualValues(t, 1, r.AtRest, "but does not end the rest")
	assert.Zero(t, r.Depth)
	assert.Equal(t, "never put to the test: none of the 1 steps changes the state", r.Verdict("no step is fine").Reason)
	assert.Equal(t, "never put to the test: none of the 1 steps meets its condition", r.Verdict("nor under a condition").Reason)
}

func TestStepViolationIsNotTracedToAStutter(t *testing.T) {
	g := graph{Initial: []int{0}, Edges: []edge{{From: 0, To: 0}, {From: 0, To: 1}}}
	r := explore(t, g.Model(), check.Options{}, check.OnStep("none", func(_, _ *int) bool { return false }))
	assert.Equal(t, []int{0, 1}, r.Verdict("none").Trace.States)
}

// 0 → 1 by the system, 1 → 2 by a fault, 2 → 3 by the system, 3 → 3: at rest are 1 and 3.
var fault = graph{Initial: []int{0}, Edges: []edge{
	{From: 0, To: 1}, {From: 1, To: 2, Fault: true}, {From: 2, To: 3}, {From: 3, To: 3}}}

func TestAtRestIsWhereTheSystemHasNothingToDo(t *testing.T) {
	r := explore(t, fault.Model(), check.Options{},
		check.Always("odd", func(s *int) bool { return *s%2 == 1 }).OnlyAtRest(),
		check.Never("three", is(3)).OnlyAtRest(),
		check.Sometimes("two", is(2)).OnlyAtRest(),
		check.Always("under a condition", is(3)).OnlyAtRest().Given(is(2)))
	assert.EqualValues(t, 2, r.AtRest)
	assert.Equal(t, check.Holds, r.Verdict("odd").Outcome)
	assert.Equal(t, check.Violated, r.Verdict("three").Outcome)
	assert.Equal(t, []int{0, 1, 2, 3}, r.Verdict("three").Trace.States)
	assert.Equal(t, check.Inconclusive, r.Verdict("two").Outcome, "two is reached, but is not at rest")
	assert.Equal(t, "never put to the test: none of the 2 states at rest meets its condition", r.Verdict("under a condition").Reason)
}

func TestWhatWasNeverPutToTheTestDoesNotHold(t *testing.T) {
	ring := graph{Initial: []int{0}, Edges: []edge{{From: 0, To: 1}, {From: 1, To: 0}}}
	impossible := func(*int) bool { return false }
	r := explore(t, ring.Model(), check.Options{},
		check.Always("always", is(9)).Given(impossible),
		check.Never("never", is(0)).Given(impossible),
		check.Sometimes("sometimes", is(0)).Given(impossible),
		check.OnStep("step", func(_, _ *int) bool { return true }).GivenStep(func(_, _ *int) bool { return false }),
		check.Always("rest", is(0)).OnlyAtRest(),
		check.Always("tested", is(1)).Given(is(1)))
	for name, reason := range map[string]string{
		"always":    "none of the 2 states meets its condition",
		"never":     "none of the 2 states meets its condition",
		"sometimes": "none of the 2 states meets its condition",
		"step":      "none of the 2 steps meets its condition",
		"rest":      "none of the 2 states is at rest",
	} {
		assert.Equal(t, check.Inconclusive, r.Verdict(name).Outcome, name)
		assert.Equal(t, "never put to the test: "+reason, r.Verdict(name).Reason, name)
	}
	assert.Equal(t, check.Holds, r.Verdict("tested").Outcome)
}

func TestNothingHoldsWhereAnExpectationFailed(t *testing.T) {
	properties := []check.Property[int]{check.Never("five", is(5)), check.Never("two", is(2)), check.Sometimes("six", is(6)), check.Sometimes("one", is(1))}
	r := explore(t, way(4).Model(), check.Options{Expect: []string{"one", "six"}}, properties...)
	assert.Equal(t, check.Inconclusive, r.Verdict("five").Outcome)
	assert.Equal(t, "sometimes six, which is expected, never occurred", r.Verdict("five").Reason)
	assert.Equal(t, check.Inconclusive, r.Verdict("one").Outcome)
	assert.Equal(t, check.Violated, r.Verdict("two").Outcome, "violated is violated")

	r = explore(t, way(4).Model(), check.Options{Expect: []string{"one"}}, properties...)
	assert.Equal(t, check.Holds, r.Verdict("five").Outcome)
}

func TestRuleThatIsExpectedAndNeverFired(t *testing.T) {
	top := check.Always("up to top", func(s *count) bool { return s[0] <= 2 })
	r := explore(t, counters{2}.model(), check.Options{Expect: []string{"first", "broken"}}, top)
	assert.Equal(t, check.Inconclusive, r.Verdict("up to top").Outcome)
	assert.Equal(t, "the rule broken, which is expected, never fired", r.Verdict("up to top").Reason)

	r = explore(t, counters{2}.model(), check.Options{Expect: []string{"first", "fault"}}, top)
	assert.Equal(t, check.Holds, r.Verdict("up to top").Outcome)
}

type blocked = struct {
	Guard string
	Times int64
}

func TestCoverage(t *testing.T) {
	const top, states = 9, 10 * 10 * 10 * 10
	broken := []blocked{{Guard: "first has begun", Times: states / 10}, {Guard: "is whole", Times: 2 * states * 9 / 10}}
	for _, workers := range []int{1, 8} {
		r := explore(t, counters{top}.model(), check.Options{Workers: workers})
		assert.Equal(t, check.Coverage{Rule: "second", Fired: states * 9 / 10}, r.Rules[1])
		assert.Equal(t, check.Coverage{Rule: "broken", Blocked: broken}, r.Rules[4])
		assert.EqualValues(t, 10, r.AtRest, "when the first three are at top, whatever the fault's counter is")

		r = explore(t, counters{top}.model(), check.Options{Workers: workers, Coverage: true})
		assert.Equal(t, check.Coverage{Rule: "second", Fired: states * 9 / 10, Blocked: []blocked{{Guard: "below top", Times: states / 10}}}, r.Rules[1])
		assert.Equal(t, check.Coverage{Rule: "broken", Blocked: broken}, r.Rules[4])
	}
}

// relay is a graph with a rule for the steps from 0 and 1, and one for the next two.
func relay(g graph) check.Model[int, edge] {
	m := g.Model()
	m.Rules, m.Rule = []string{"early", "late"}, func(e edge) int { return e.From / 2 }
	m.Blocked = func(s *int, rule int, yield func(string)) {
		if rule == 1 && *s < 2 {
			yield("not yet")
		}
	}
	return m
}

func TestWhatBlockedARuleThatFiredIsAllOrNothing(t *testing.T) {
	r := explore(t, relay(way(3)), check.Options{})
	assert.Equal(t, []check.Coverage{{Rule: "early", Fired: 2}, {Rule: "late", Fired: 1}}, r.Rules)
	r = explore(t, relay(way(3)), check.Options{Coverage: true})
	assert.Equal(t, []check.Coverage{{Rule: "early", Fired: 2}, {Rule: "late", Fired: 1, Blocked: []blocked{{Guard: "not yet", Times: 2}}}}, r.Rules)
}

func TestStepPropertySeesTheStateBeforeAStepInPlace(t *testing.T) {
	sum := func(s *count) int { return int(s[0] + s[1] + s[2] + s[3]) }
	r := explore(t, counters{2}.model(), check.Options{},
		check.OnStep("one up", func(before, after *count) bool { return sum(after) == sum(before)+1 }),
		check.OnStep("second before third", func(before, after *count) bool { return before[2] == after[2] || before[1] > 0 }))
	assert.Equal(t, check.Holds, r.Verdict("one up").Outcome)
	assert.Equal(t, []count{{}, {0, 0, 1}}, r.Verdict("second before third").Trace.States)
}

func TestLimitOfStatesIsExact(t *testing.T) {
	small := check.Always("small", func(s *int) bool { return *s < 9 })
	for limit := range int64(4) {
		r := explore(t, way(4).Model(), check.Options{MaxStates: limit + 1}, small, check.Never("one", is(1)), check.Sometimes("none", is(0)))
		assert.Equal(t, limit+1, r.States)
		assert.Equal(t, limit+1, r.Steps, "all states that were kept were explored")
		assert.EqualValues(t, limit, r.Depth)
		assert.False(t, r.Complete())
		assert.Equal(t, check.Inconclusive, r.Verdict("small").Outcome)
		assert.Equal(t, limit >= 1, r.Verdict("one").Outcome == check.Violated, "violated is violated")
		assert.Equal(t, check.Inconclusive, r.Verdict("none").Outcome)
		assert.Equal(t, []int{0}, r.Verdict("none").Trace.States, "the witness is not thrown away")
	}
	r := explore(t, way(4).Model(), check.Options{MaxStates: 5}, small)
	assert.True(t, r.Complete(), "a limit that takes all states is none")
	assert.Equal(t, check.Holds, r.Verdict("small").Outcome)

	r = explore(t, way(4).Model(), check.Options{MaxStates: 2, Expect: []string{"four"}}, small, check.Sometimes("four", is(4)))
	assert.Equal(t, "limit of 2 states reached", r.Stopped)
	for _, v := range r.Verdicts {
		assert.Equal(t, "the search ended after 2 of the 2 states found so far: limit of 2 states reached", v.Reason, "the limit is to blame, not the expectation")
	}

	r = explore(t, graph{Initial: []int{1, 2, 1, 3}}.Model(), check.Options{MaxStates: 2}, small)
	assert.EqualValues(t, 2, r.States)
	assert.Equal(t, "the search ended after 0 of the 2 states found so far: limit of 2 states reached", r.Verdict("small").Reason)
}

func TestLimitOfMemoryIsKept(t *testing.T) {
	for _, limit := range []int64{1, 1 << 20, 1 << 22} {
		r := explore(t, twoPhase{7}.packed(), check.Options{MaxMemory: limit}, consistent(7))
		assert.False(t, r.Complete())
		assert.Contains(t, r.Verdict("consistent").Reason, "bytes of memory reached")
		if limit > 1 {
			assert.LessOrEqual(t, r.Memory, limit)
			assert.Greater(t, r.Memory, limit/4)
		} else {
			assert.Zero(t, r.States, "not even the first state fits")
		}
	}
}

func TestEndOfTheContextEndsTheSearch(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	m, asked := twoPhase{9}.model(), 0
	steps := m.Steps
	m.Steps = func(s transaction, yield func(action, transaction)) {
		if asked++; s != (transaction{}) {
			cancel()
		}
		steps(s, yield)
	}
	silence := check.OnStep("silence", func(_, after *transaction) bool { return !after.SaysReady[4] })
	r, err := check.Exhaustive(ctx, m, []check.Property[transaction]{consistent(9), silence}, check.Options{Workers: 1})
	require.NoError(t, err)
	assert.Equal(t, "interrupted", r.Stopped)
	assert.EqualValues(t, 19, r.Steps, "those of the initial state; the batch in hand does not count")
	assert.EqualValues(t, 20, r.States)
	assert.Equal(t, 1, r.Depth)
	assert.Equal(t, "the search ended after 1 of the 20 states found so far: interrupted", r.Verdict("consistent").Reason)
	assert.Equal(t, []action{{Name: "RMPrepare", RM: 4}}, r.Verdict("silence").Trace.Steps)

	late, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	r, err = check.Exhaustive(late, m, nil, check.Options{})
	require.NoError(t, err)
	assert.Equal(t, "time limit reached", r.Stopped)
	assert.EqualValues(t, 1, r.States)
}

func TestProgress(t *testing.T) {
	var reports []check.Progress
	opt := check.Options{Workers: 2, Progress: func(p check.Progress) { reports = append(reports, p) }}
	begin := time.Now()
	m := twoPhase{4}.model()
	steps := m.Steps
	m.Steps = func(s transaction, yield func(action, transaction)) {
		time.Sleep(time.Millisecond)
		steps(s, yield)
	}
	r := explore(t, m, opt)
	require.NotEmpty(t, reports)
	assert.LessOrEqual(t, len(reports), int(time.Since(begin)/(250*time.Millisecond)))
	for _, p := range reports {
		assert.LessOrEqual(t, p.States, r.States)
		assert.Less(t, p.Frontier, p.States)
		assert.LessOrEqual(t, p.Depth, r.Depth)
		assert.Positive(t, p.Rate())
		assert.Positive(t, p.Memory)
	}
	assert.Zero(t, check.Progress{States: 1}.Rate())
}

func TestAllAndContains(t *testing.T) {
	r := explore(t, graph{Initial: []int{5, 4}, Edges: []edge{{From: 4, To: 2}, {From: 5, To: 3}, {From: 3, To: 1}}}.Model(), check.Options{})
	var all []int
	for s := range r.All() {
		all = append(all, s)
	}
	assert.Equal(t, []int{5, 4, 3, 2, 1}, all)
	assert.True(t, r.Contains(1))
	assert.False(t, r.Contains(0))
	for range r.All() {
		break
	}
	r, err := check.Exhaustive(t.Context(), way(1).Model(), nil, check.Options{})
	require.NoError(t, err)
	assert.PanicsWithValue(t, "check: the states were not kept; expected Options.Keep", func() { r.Contains(0) })
}

func TestInvalidOptionsAndPropertiesAreErrors(t *testing.T) {
	fine := func(*int) bool { return true }
	step := func(_, _ *int) bool { return true }
	for want, c := range map[string]struct {
		g          graph
		properties []check.Property[int]
		opt        check.Options
	}{
		"the model has no initial state":                                       {},
		"property 0: the property has no name":                                 {g: way(1), properties: []check.Property[int]{check.Always("", fine)}},
		`property 0: the property "p" (never) has no claim`:                    {g: way(1), properties: []check.Property[int]{check.Never[int]("p", nil)}},
		`property 0: the property "s" (step) has no claim`:                     {g: way(1), properties: []check.Property[int]{check.OnStep[int]("s", nil)}},
		`properties 0 and 1 have the same name, "p"`:                           {g: way(1), properties: []check.Property[int]{check.Always("p", fine), check.Never("p", fine)}},
		`"p" (always) is not about steps, and has a condition about steps`:     {g: way(1), properties: []check.Property[int]{check.Always("p", fine).GivenStep(step)}},
		`"p" (step) is not about states, and has a condition about states`:     {g: way(1), properties: []check.Property[int]{check.OnStep("p", step).Given(fine)}},
		`"o" (sometimes) is not about states, and its claim cannot be made o`:  {g: way(1), properties: []check.Property[int]{check.SometimesStep("o", step).OnlyAtRest()}},
		`"w" (sometimes) is not about steps, and has a condition about steps`:  {g: way(1), properties: []check.Property[int]{check.Sometimes("w", fine).GivenStep(step)}},
		`"r" (step) is not about states, and its claim cannot be made only of`: {g: way(1), properties: []check.Property[int]{check.OnStep("r", step).OnlyAtRest()}},
		`property 0: the property was not made by a function of this package`:  {g: way(1), properties: []check.Property[int]{{}}},
		`"p" is expected to occur, and no sometimes property and no rule has`:  {g: way(1), properties: []check.Property[int]{check.Always("p", fine)}, opt: check.Options{Expect: []string{"p"}}},
		"Workers is -1":   {g: way(1), opt: check.Options{Workers: -1}},
		"MaxStates is -2": {g: way(1), opt: check.Options{MaxStates: -2}},
		"MaxMemory is -3": {g: way(1), opt: check.Options{MaxMemory: -3}},
	} {
		r, err := check.Exhaustive(t.Context(), c.g.Model(), c.properties, c.opt)
		assert.ErrorContains(t, err, want)
		assert.Nil(t, r)
	}
}

func TestWords(t *testing.T) {
	assert.Equal(t, check.Inconclusive, *new(check.Outcome), "the zero value promises nothing")
	assert.Equal(t, []string{"inconclusive", "holds", "violated", "Outcome(3)"},
		[]string{check.Inconclusive.String(), check.Holds.String(), check.Violated.String(), check.Outcome(3).String()})
	assert.Equal(t, []string{"always", "never", "step", "sometimes"},
		[]string{check.KindAlways.String(), check.KindNever.String(), check.KindStep.String(), check.KindSometimes.String()})
	assert.Equal(t, `no property is named "x"`, explore(t, way(1).Model(), check.Options{}).Verdict("x").Reason)
}

// A step must cost no allocation, or large searches are spent on collecting garbage: a whole search of 10,000 states with
// everything switched on allocates little more than its store and its workers.
func TestStepsDoNotAllocate(t *testing.T) {
	properties := []check.Property[count]{
		check.Always("up to top", func(s *count) bool { return s[0] <= 9 }),
		check.OnStep("up", func(before, after *count) bool { return *before != *after }),
		check.Sometimes("done", func(s *count) bool { return s[0] == 9 }).OnlyAtRest(),
	}
	for name, m := range map[string]check.Model[count, up]{"in place": counters{9}.model(), "by value": counters{9}.byValue()} {
		t.Run(name, func(t *testing.T) {
			var steps int64
			allocations := testing.AllocsPerRun(1, func() {
				r, err := check.Exhaustive(t.Context(), m, properties, check.Options{Workers: 1, Coverage: true})
				if err != nil {
					t.Fatal(err)
				}
				steps = r.Steps
			})
			assert.EqualValues(t, 36_000, steps)
			if name == "by value" {
				allocations -= 10_000 // its own callback, one for each state
			}
			assert.Less(t, allocations, 2_000.0, "of which the traces, which are checked, take most")
		})
	}
}
