package check_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"pkgdist/props/check"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	ring = graph{Initial: []int{0}, Edges: []edge{{From: 0, To: 1}, {From: 1, To: 0}}}
	// 0 → 1 by the system, 1 → 2 by a fault, 2 → 3 by the system, 3 → 3: at rest are 1 and 3.
	fault = graph{Initial: []int{0}, Edges: []edge{{From: 0, To: 1}, {From: 1, To: 2, Fault: true}, {From: 2, To: 3}, {From: 3, To: 3}}}
)

func anyState(*int) bool          { return true }
func noState(*int) bool           { return false }
func anyStep(_, _ *int) bool      { return true }
func noStep(_, _ *int) bool       { return false }
func below(n int) func(*int) bool { return func(s *int) bool { return *s < n } }

func TestWhatWasNeverPutToTheTestDoesNotHold(t *testing.T) {
	untested := "never put to the test: none of the 2 "
	still := graph{Initial: []int{0, 0}, Edges: []edge{{From: 0, To: 0}}} // a stutter
	for _, c := range []struct {
		g      graph
		p      check.Property[int]
		reason string
	}{
		{ring, check.Always("p", is(9)).Given(noState), untested + "states meets its condition"},
		{ring, check.Never("p", is(0)).Given(noState), untested + "states meets its condition"},
		{ring, check.Sometimes("p", is(0)).Given(noState), untested + "states meets its condition"},
		{ring, check.OnStep("p", anyStep).GivenStep(noStep), untested + "steps meets its condition"},
		{ring, check.Always("p", is(0)).OnlyAtRest(), untested + "states is at rest"},
		{ring, check.Always("p", is(1)).Given(is(1)), ""},
		{ring, check.LeadsTo("p", is(9), is(1)), untested + "states is one that has to lead to another"},
		{ring, check.LeadsTo("p", is(1), is(1)), ""},
		{ring, check.DeadlockFree[int]("p", nil), ""},
		{fault, check.Always("p", is(3)).OnlyAtRest().Given(is(2)), untested + "states at rest meets its condition"},
		{fault, check.Sometimes("p", is(2)).OnlyAtRest(), "never occurred in the 4 states of the scope"},
		{still, check.OnStep("p", noStep), "never put to the test: none of the 1 steps changes the state"},
		{still, check.OnStep("p", noStep).GivenStep(anyStep), "never put to the test: none of the 1 steps meets its condition"},
	} {
		v := explore(t, c.g.Model(), check.Options{}, c.p).Verdicts[0]
		assert.Equal(t, c.reason, v.Reason)
		assert.Equal(t, c.reason == "", v.Outcome == holds)
		assert.Nil(t, v.Trace)
	}
}

func TestWhatIsMadeOfAPropertyIsAnotherOne(t *testing.T) {
	p := check.Always("p", anyState)
	assert.Equal(t, check.KindAlways, p.Given(noState).Kind())
	says(t, explore(t, ring.Model(), check.Options{}, p), holds)
}

func TestStepViolationIsNotTracedToAStutter(t *testing.T) {
	g := graph{Initial: []int{0}, Edges: []edge{{From: 0, To: 0}, {From: 0, To: 1}}}
	v := explore(t, g.Model(), check.Options{}, check.OnStep("none", noStep)).Verdicts[0]
	assert.Equal(t, []int{0, 1}, v.Trace.States)
}

func TestDeadlockFree(t *testing.T) {
	long := way(4)
	long.Edges = append(long.Edges, edge{From: 0, To: 5}, edge{From: 5, To: 5})
	for _, c := range []struct {
		g    graph
		done func(*int) bool
		way  []int // to the deadlock
	}{
		{ring, nil, nil},
		{long, nil, []int{0, 5}}, // a stutter is no way out
		{long, is(5), []int{0, 1, 2, 3, 4}},
		{way(4), is(4), nil},
		{fault, nil, []int{0, 1}}, // a fault is no way out either
	} {
		v := explore(t, c.g.Model(), check.Options{}, check.DeadlockFree("p", c.done)).Verdicts[0]
		assert.Equal(t, c.way == nil, v.Outcome == holds)
		if c.way != nil {
			assert.Equal(t, c.way, v.Trace.States)
		}
	}
	says(t, explore(t, ring.Model(), check.Options{MaxStates: 1}, check.DeadlockFree[int]("p", nil)), inconclusive)
}

// bounded has steps to the next two numbers, for ever, of which those below 10 are expanded.
func bounded() check.Model[int, int] {
	return check.Model[int, int]{
		Init:       func() []int { return []int{0} },
		Steps:      func(s int, yield func(int, int)) { yield(1, s+1); yield(2, s+2) },
		Constraint: below(10),
		Promises:   []check.Promise{{Name: "up"}},
		Keeps:      func(_ *int, _ int, yield func(int)) { yield(0) },
	}
}

func TestConstraintJudgesAndDoesNotExpand(t *testing.T) {
	r := explore(t, bounded(), check.Options{},
		check.Always("below 12", below(12)), check.OnStep("up", func(before, after *int) bool { return *after > *before }),
		check.Never("eleven", is(11)), check.Never("rest", anyState).OnlyAtRest(), check.DeadlockFree[int]("no deadlock", nil),
		check.Eventually("nine or more", func(s *int) bool { return *s >= 9 }), check.Eventually("a hundred", is(100)))
	says(t, r, holds, holds, violated, inconclusive, holds, inconclusive, inconclusive)
	assert.Equal(t, []int64{12, 20, 0, 2}, []int64{r.States, r.Steps, r.AtRest, r.Cut})
	assert.True(t, r.Complete())
	assert.Len(t, r.Verdicts[2].Trace.Steps, 6)
	for _, v := range r.Verdicts[5:] { // no run ends in a state that is cut
		assert.Equal(t, "the constraint cuts 2 of the 12 states, and what follows them is unknown", v.Reason)
	}
	says(t, explore(t, func() check.Model[int, int] { m := bounded(); m.Constraint = noState; return m }(), check.Options{},
		check.DeadlockFree[int]("no deadlock", nil)), inconclusive)

	loop := read("0-1:a 1-0:b 1-2:c 2-3:c").model()
	loop.Constraint = func(s *uint8) bool { return *s != 2 }
	lr := explore(t, loop, check.Options{}, eventually("two", in(2)), eventually("one", in(1)))
	says(t, lr, violated, inconclusive)
	assert.Equal(t, "(0 1)", run(lr.Verdict("two")), "a violation inside is one")
}

func TestNothingHoldsWhereAnExpectationFailed(t *testing.T) {
	properties := []check.Property[int]{
		check.Never("five", is(5)), check.Sometimes("one", is(1)), check.Never("two", is(2)), check.Sometimes("six", is(6)),
		check.Eventually("none", below(9)), check.Eventually("end", is(4)),
	}
	says(t, explore(t, way(4).Model(), check.Options{Expect: []string{"one"}}, properties...), holds, holds, violated, inconclusive, holds, violated)
	r := explore(t, way(4).Model(), check.Options{Expect: []string{"one", "six"}}, properties...)
	says(t, r, inconclusive, inconclusive, violated, inconclusive, inconclusive, violated)
	assert.Equal(t, "sometimes six, which is expected, never occurred", r.Verdict("five").Reason)

	top := check.Always("up to top", func(s *count) bool { return s[0] <= 2 })
	says(t, explore(t, counters{2}.model(), check.Options{Expect: []string{"first", "fault"}}, top), holds)
	cr := explore(t, counters{2}.model(), check.Options{Expect: []string{"first", "broken"}}, top)
	assert.Equal(t, "the rule broken, which is expected, never fired", cr.Verdict("up to top").Reason)
}

type blocked = struct {
	Guard string
	Times int64
}

func TestCoverage(t *testing.T) {
	const top, states = 9, 10 * 10 * 10 * 10
	for _, all := range []bool{false, true} {
		r := explore(t, counters{top}.model(), check.Options{Coverage: all})
		second := check.Coverage{Rule: "second", Fired: states * 9 / 10}
		if all {
			second.Blocked = []blocked{{Guard: "below top", Times: states / 10}}
		}
		assert.Equal(t, second, r.Rules[1])
		broken := []blocked{{Guard: "first has begun", Times: states / 10}, {Guard: "is whole", Times: 2 * states * 9 / 10}}
		assert.Equal(t, check.Coverage{Rule: "broken", Blocked: broken}, r.Rules[4])
		assert.EqualValues(t, 10, r.AtRest, "when the first three are at top, whatever the fault's counter is")

		// What blocked a rule that fired is all or nothing: here it is blocked in the states before.
		m := way(3).Model()
		m.Rules, m.Rule = []string{"early", "late"}, func(e edge) int { return e.From / 2 }
		m.Blocked = func(s *int, rule int, yield func(string)) {
			if rule == 1 && *s < 2 {
				yield("not yet")
			}
		}
		late := check.Coverage{Rule: "late", Fired: 1}
		if all {
			late.Blocked = []blocked{{Guard: "not yet", Times: 2}}
		}
		assert.Equal(t, []check.Coverage{{Rule: "early", Fired: 2}, late}, explore(t, m, check.Options{Coverage: all}).Rules)
	}
}

func TestLimitOfStates(t *testing.T) {
	small, four := check.Always("small", below(9)), check.Sometimes("four", is(4))
	properties := []check.Property[int]{
		small, check.Never("one", is(1)), check.Sometimes("zero", is(0)), four, check.Eventually("ten", is(10)), check.Eventually("begun", is(0)),
	}
	says(t, explore(t, way(4).Model(), check.Options{MaxStates: 5}, properties...), holds, violated, holds, holds, violated, holds)
	r := explore(t, way(4).Model(), check.Options{MaxStates: 2, Expect: []string{"four"}}, properties...)
	says(t, r, inconclusive, violated, inconclusive, inconclusive, inconclusive, inconclusive)
	assert.Equal(t, []int{0}, r.Verdict("zero").Trace.States, "the witness is not thrown away")
	for _, i := range []int{0, 2, 3, 4, 5} {
		assert.Equal(t, "the search ended after 2 of the 2 states found so far: limit of 2 states reached", r.Verdicts[i].Reason, "the limit is to blame, not the expectation")
	}
	r = explore(t, graph{Initial: []int{1, 2, 1, 3}}.Model(), check.Options{MaxStates: 2}, small)
	assert.EqualValues(t, 2, r.States)
	assert.Equal(t, "the search ended after 0 of the 2 states found so far: limit of 2 states reached", r.Verdict("small").Reason)
}

func TestLimitOfMemoryIsKept(t *testing.T) {
	m := fair(twoPhase{6}.packed(), 6)
	states := explore(t, m, check.Options{}, consistent(6))
	whole := explore(t, m, check.Options{}, ends(6)...)
	assert.Greater(t, whole.Memory, states.Memory+whole.Steps, "the steps are kept")
	for limit, properties := range map[int64][]check.Property[transaction]{
		1: {consistent(6)}, states.Memory / 3: {consistent(6)}, states.Memory / 2: {consistent(6)}, states.Memory: ends(6), whole.Memory / 2: ends(6),
	} {
		r := explore(t, m, check.Options{MaxMemory: limit}, properties...)
		assert.False(t, r.Complete())
		assert.Equal(t, limit == 1, r.States == 0, "not even the first state fits")
		for _, v := range r.Verdicts {
			assert.Equal(t, inconclusive, v.Outcome)
			assert.Contains(t, v.Reason, "bytes of memory reached")
		}
		if limit > 1 {
			assert.LessOrEqual(t, r.Memory, limit)
			assert.Greater(t, r.Memory, limit/3)
		}
	}
}

func TestLimitOfMemoryIsOfWhatIsInternedToo(t *testing.T) {
	growing := stepping("", func(s string, yield func(string, string)) {
		if len(s) < 1<<20 {
			yield("on", s+strings.Repeat("a", 1<<14))
		}
	})
	assert.EqualValues(t, 65, explore(t, growing, check.Options{}).States)
	r := explore(t, growing, check.Options{MaxMemory: 1 << 20})
	assert.Equal(t, "limit of 1048576 bytes of memory reached", r.Stopped)
	assert.Less(t, r.States, int64(20))
}

func TestEndOfTheContextEndsTheSearch(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	m := twoPhase{9}.model()
	steps := m.Steps
	m.Steps = func(s transaction, yield func(action, transaction)) {
		if s != (transaction{}) {
			cancel()
		}
		steps(s, yield)
	}
	silence := check.OnStep("silence", func(_, after *transaction) bool { return !after.SaysReady[4] })
	r, err := check.Exhaustive(ctx, m, []check.Property[transaction]{consistent(9), silence}, check.Options{Workers: 1})
	require.NoError(t, err)
	assert.Equal(t, "interrupted", r.Stopped)
	assert.Equal(t, []int64{20, 19, 1}, []int64{r.States, r.Steps, int64(r.Depth)}, "those of the initial state; the batch in hand does not count")
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
	m := way(9).Model()
	steps := m.Steps
	m.Steps = func(s int, yield func(edge, int)) {
		if s == 4 { // which is asked more than once
			time.Sleep(130 * time.Millisecond)
		}
		steps(s, yield)
	}
	begin := time.Now()
	r := explore(t, m, check.Options{Workers: 2, Progress: func(p check.Progress) { reports = append(reports, p) }})
	require.NotEmpty(t, reports)
	assert.LessOrEqual(t, len(reports), int(time.Since(begin)/(250*time.Millisecond)))
	p := reports[0]
	assert.Equal(t, check.Progress{States: 6, Steps: 5, Frontier: 1, Depth: 5, Memory: r.Memory, Level: 1, Before: 1, Levels: []int64{1, 1, 1, 1, 1, 1}, Elapsed: p.Elapsed}, p)
	assert.InEpsilon(t, 6/p.Elapsed.Seconds(), p.Rate(), 1e-9)
	assert.Zero(t, check.Progress{States: 1}.Rate())
}

func TestInvalidOptionsAndPropertiesAreErrors(t *testing.T) {
	for want, properties := range map[string][]check.Property[int]{
		"property 0: the property has no name":                                   {check.Always("", anyState)},
		"property 0: the property was not made by a function of this package":    {{}},
		`properties 0 and 1 have the same name, "p"`:                             {check.Always("p", anyState), check.Never("p", anyState)},
		`property 0: the property "p" (never) has no claim`:                      {check.Never[int]("p", nil)},
		`the property "p" (step) has no claim`:                                   {check.OnStep[int]("p", nil)},
		`the property "p" (leads to) has no claim`:                               {check.LeadsTo("p", anyState, nil)},
		`the property "p" (leads to) has no condition from which it leads`:       {check.LeadsTo("p", nil, anyState)},
		`"p" (always) is not about steps, and has a condition about steps`:       {check.Always("p", anyState).GivenStep(anyStep)},
		`"p" (eventually) is not about steps, and has a condition about steps`:   {check.Eventually("p", anyState).GivenStep(anyStep)},
		`"p" (step) is not about states, and has a condition about states`:       {check.OnStep("p", anyStep).Given(anyState)},
		`"p" (eventually) is not about states, and has a condition about states`: {check.Eventually("p", anyState).Given(anyState)},
		`"p" (sometimes) is not about states, and its claim cannot be made o`:    {check.SometimesStep("p", anyStep).OnlyAtRest()},
		`"p" (always eventually) is not about states, and its claim cannot be`:   {check.AlwaysEventually("p", anyState).OnlyAtRest()},
		`the property "p" (always) has no cases`:                                 {check.Each[int]("p")},
		`the property "p" (eventually) has a case, "a", that has no claim`:       {check.Each("p", check.Eventually[int]("a", nil))},
		`the property "p" (never) has cases of different kinds: "a" and "b"`:     {check.Each("p", check.Never("a", noState), check.Always("b", noState))},
		`the property "q" (never) has cases of different kinds: "a" and "b"`:     {check.Each("q", check.Never("a", noState), check.Never("b", noState).OnlyAtRest())},
		`the property "p" (sometimes) has cases of different kinds: "a" and "b"`: {check.Each("p", check.Sometimes("a", noState), check.SometimesStep("b", anyStep))},
		`the property "p" (always) has cases of different kinds: "a" and "b"`:    {check.Each("p", check.Always("a", noState).OnlyAtRest(), check.DeadlockFree("b", noState))},
	} {
		refused(t, want, way(1).Model(), check.Options{}, properties...)
	}
	for want, opt := range map[string]check.Options{
		`"p" is expected to occur, and no sometimes property and no rule has`: {Expect: []string{"p"}},
		"Workers is -1": {Workers: -1}, "MaxStates is -2": {MaxStates: -2}, "MaxMemory is -3": {MaxMemory: -3},
	} {
		refused(t, want, way(1).Model(), opt, check.Always("p", anyState))
	}
	refused(t, "the model has no initial state", graph{}.Model(), check.Options{})
}

func TestWords(t *testing.T) {
	var words []string
	for o := range check.Outcome(4) {
		words = append(words, o.String())
	}
	for k := range check.KindAlwaysEventually + 2 {
		words = append(words, k.String())
		assert.Equal(t, k >= check.KindLeadsTo && k <= check.KindAlwaysEventually, k.Liveness())
	}
	assert.Equal(t, []string{"inconclusive", "holds", "violated", "Outcome(3)",
		"always", "never", "step", "sometimes", "leads to", "eventually", "eventually always", "always eventually", "Kind(8)"}, words)
	r, err := check.Exhaustive(t.Context(), way(1).Model(), nil, check.Options{})
	require.NoError(t, err)
	assert.Equal(t, `no property is named "x"`, r.Verdict("x").Reason)
	assert.PanicsWithValue(t, "check: the states were not kept; expected Options.Keep", func() { r.Contains(0) })
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
		allocations := testing.AllocsPerRun(1, func() {
			r, err := check.Exhaustive(t.Context(), m, properties, check.Options{Workers: 1, Coverage: true})
			require.NoError(t, err)
			require.EqualValues(t, 36_000, r.Steps)
		})
		if name == "by value" {
			allocations -= 10_000 // its own callback, one for each state
		}
		assert.Less(t, allocations, 2_000.0, "of which the traces, which are checked, take most")
	}
}
