package check_test

import (
	"testing"

	"pkgdist/props/check"
	"pkgdist/props/check/show"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestStepThatLeadsToSeveralStatesIsRefusedAtOnce(t *testing.T) {
	const want = "the model has a step that leads from one state to several: go, in 0; expected one"
	two := check.Never("two", is(2))
	for _, p := range []check.Property[int]{two, check.Eventually("nine", is(9))} {
		_, err := check.Exhaustive(t.Context(), fork(0), []check.Property[int]{p}, check.Options{})
		assert.ErrorContains(t, err, want, p.Name())
		_, err = check.Replay(fork(0), p, 0, []string{"go"}, 1)
		assert.ErrorContains(t, err, want, p.Name())
	}
	_, err := check.Shrink(t.Context(), fork(0), two, check.Trace[int, string]{States: []int{0, 2}, Steps: []string{"go"}}, 0)
	assert.ErrorContains(t, err, want)
}

// A Go map is ranged over in another order each time.
func TestModelThatRangesOverAMapIsNoticed(t *testing.T) {
	distances := map[string]int{"a": 1, "b": 2, "c": 3, "d": 4}
	m := check.Model[int, string]{
		Init: func() []int { return []int{0} },
		Steps: func(s int, yield func(string, int)) {
			for name, distance := range distances {
				yield(name, min(s+distance, 12))
			}
		},
	}
	for range 50 {
		_, err := check.Exhaustive(t.Context(), m, nil, check.Options{})
		require.ErrorContains(t, err, "the model gave other steps when it was asked again about the same state")
		require.ErrorContains(t, err, "a Go map is ranged over in another order each time")
	}
}

// vandalised explores a model with a property that changes what it is asked about, among others that do not.
func vandalised[S any, T comparable](t *testing.T, m check.Model[S, T], vandal check.Property[S]) {
	t.Helper()
	fine := func(name string) check.Property[S] { return check.Always(name, func(*S) bool { return true }) }
	_, err := check.Exhaustive(t.Context(), m, []check.Property[S]{fine("before"), vandal, fine("after")}, check.Options{})
	assert.ErrorContains(t, err, `the property "vandal" changes the state that it is asked about`)
}

func TestPropertyThatChangesTheStateIsRefused(t *testing.T) {
	change := func(s *transaction) bool { s.SaysAbort = !s.SaysAbort; return true }
	vandalised(t, twoPhase{3}.model(), check.Always("vandal", change))
	vandalised(t, twoPhase{3}.packed(), check.Always("vandal", change))
	vandalised(t, twoPhase{3}.model(), check.Always("vandal", func(*transaction) bool { return true }).Given(change))
	vandalised(t, twoPhase{3}.model(), check.AlwaysEventually("vandal", change))
	vandalised(t, twoPhase{3}.model(), check.OnStep("vandal", func(before, _ *transaction) bool { return change(before) }))
	vandalised(t, counters{2}.model(), check.Always("vandal", func(s *count) bool { s[3] = 7; return true }))
	vandalised(t, check.Model[map[int]int, int]{
		Init: func() []map[int]int { return []map[int]int{{0: 0}} },
		Steps: func(s map[int]int, yield func(int, map[int]int)) {
			if len(s) < 3 {
				yield(len(s), map[int]int{len(s): 0, 0: len(s)})
			}
		},
	}, check.Always("vandal", func(s *map[int]int) bool { (*s)[5] = 5; return true }))
}

// bounded has steps to the next two numbers, for ever, of which those below 10 are expanded.
func bounded() check.Model[int, int] {
	return check.Model[int, int]{
		Init:       func() []int { return []int{0} },
		Steps:      func(s int, yield func(int, int)) { yield(1, s+1); yield(2, s+2) },
		Constraint: func(s *int) bool { return *s < 10 },
		Promises:   []check.Promise{{Name: "up"}},
		Keeps:      func(_ *int, _ int, yield func(int)) { yield(0) },
	}
}

func TestConstraintJudgesAndDoesNotExpand(t *testing.T) {
	below := func(n int) func(*int) bool { return func(s *int) bool { return *s < n } }
	r := explore(t, bounded(), check.Options{},
		check.Always("below 12", below(12)), check.Never("eleven", is(11)), check.Never("rest", func(*int) bool { return true }).OnlyAtRest(),
		check.OnStep("up", func(before, after *int) bool { return *after > *before }), check.DeadlockFree[int]("no deadlock", nil),
		check.Eventually("nine or more", func(s *int) bool { return *s >= 9 }), check.Eventually("a hundred", is(100)))
	assert.Equal(t, []int64{12, 20, 0, 2}, []int64{r.States, r.Steps, r.AtRest, r.Cut})
	assert.True(t, r.Complete())
	for name, outcome := range map[string]check.Outcome{
		"below 12": holds, "eleven": violated, "rest": inconclusive, "up": holds, "no deadlock": holds, "nine or more": inconclusive, "a hundred": inconclusive,
	} {
		assert.Equal(t, outcome.String(), r.Verdict(name).Outcome.String(), name)
	}
	assert.Len(t, r.Verdict("eleven").Trace.Steps, 6)
	assert.Equal(t, "the constraint cuts 2 of the 12 states, and what follows them is unknown", r.Verdict("nine or more").Reason)
	assert.Equal(t, r.Verdict("nine or more").Reason, r.Verdict("a hundred").Reason, "no run ends in a state that is cut")

	loop := read("0-1:a 1-0:b 1-2:c 2-3:c").model()
	loop.Constraint = func(s *uint8) bool { return *s != 2 }
	lr := explore(t, loop, check.Options{}, eventually("two", in(2)), eventually("one", in(1)))
	assert.Equal(t, []any{violated, "(0 1)"}, []any{lr.Verdict("two").Outcome, run(lr.Verdict("two"))}, "a violation inside is one")
	assert.Equal(t, "the constraint cuts 1 of the 3 states, and what follows them is unknown", lr.Verdict("one").Reason)
}

func TestDeadlockFree(t *testing.T) {
	deadlock := func(m check.Model[int, edge], done func(*int) bool) check.Verdict[int, edge] {
		return explore(t, m, check.Options{}, check.DeadlockFree("p", done)).Verdicts[0]
	}
	ring := graph{Initial: []int{0}, Edges: []edge{{From: 0, To: 1}, {From: 1, To: 0}}}
	assert.Equal(t, check.Holds, deadlock(ring.Model(), nil).Outcome, "there is no state at rest")
	long := way(4)
	long.Edges = append(long.Edges, edge{From: 0, To: 5}, edge{From: 5, To: 5})
	v := deadlock(long.Model(), nil)
	assert.Equal(t, check.Violated, v.Outcome)
	assert.Equal(t, []int{0, 5}, v.Trace.States, "a stutter is no way out")
	v = deadlock(long.Model(), is(5))
	assert.Equal(t, []int{0, 1, 2, 3, 4}, v.Trace.States)
	assert.Equal(t, check.Holds, deadlock(way(4).Model(), is(4)).Outcome)
	assert.Equal(t, []int{0, 1}, deadlock(fault.Model(), nil).Trace.States, "a fault is no way out either")
	assert.Equal(t, check.Inconclusive, explore(t, ring.Model(), check.Options{MaxStates: 1}, check.DeadlockFree[int]("p", nil)).Verdicts[0].Outcome)
}

// Termination detection: a machine may become active by a message only while another one is, and all may stop. Staying put
// is fair as soon as all are at rest, and then the loop is empty.
func TestStayingIsTheShortestLoop(t *testing.T) {
	n := read("0-1:a 1-2! 2-1! 2-3! 3-1:b")
	v := explore(t, n.model(), check.Options{}, eventually("p", in(9))).Verdicts[0]
	assert.Equal(t, "0 (1)", run(v))
	assert.Len(t, v.Trace.Steps, v.Loop)
}

func TestPanicInAnEncodingIsBlamedOnTheStateThatWasEncoded(t *testing.T) {
	for _, width := range []int{1, 0} {
		for at, want := range map[string]string{"decode": "while a state was encoded and decoded, 7: odd", "append": "in state 6, 6, at or after its step 1, {6 7 false }: odd"} {
			m := way(9).Model()
			m.Encoding = &check.Encoding[int]{
				Width: width,
				Append: func(b []byte, s *int) []byte {
					if *s == 7 && at == "append" {
						panic("odd")
					}
					return append(b, byte(*s))
				},
				Decode: func(b []byte, s *int) {
					if *s = int(b[0]); *s == 7 && at == "decode" {
						panic("odd")
					}
				},
			}
			_, err := check.Exhaustive(t.Context(), m, nil, check.Options{Workers: 1})
			require.ErrorContains(t, err, want)
		}
	}
}

// What would be ignored in silence, or is no variable of the model, is refused.
func TestDeclarationsThatDoNotFitAreRefused(t *testing.T) {
	m := way(3).Model()
	m.Messages = func(edge) []show.Handover { return nil }
	_, err := check.Exhaustive(t.Context(), m, nil, check.Options{})
	assert.EqualError(t, err, "check: the model has Messages and no Actor; expected both")

	m = way(3).Model()
	m.Encoding = &check.Encoding[int]{Width: 1, Append: func(b []byte, s *int) []byte { return append(b, byte(*s)) }, Decode: func(b []byte, s *int) { *s = int(b[0]) }}
	m.Independence = &check.Independence[int, edge]{
		Universe: func() []edge { return nil }, Conditions: func(edge) [][]int { return nil },
		Effect: func(edge) (reads, writes []int) { return nil, nil }, Obstacle: func(*int, edge) int { return -1 }, Bits: true,
	}
	far := check.Never("far", is(9))
	_, err = check.Exhaustive(t.Context(), m, []check.Property[int]{far.Observing([]int{8}, nil)}, check.Options{})
	assert.EqualError(t, err, `check: the property "far" observes variable 8; expected a bit of the encoded state, 0 to 7`)
	// A claim that observes less than it depends on is noticed.
	odd := check.Never("odd", func(s *int) bool { return *s == 3 }).Observing([]int{0}, nil)
	_, err = check.Exhaustive(t.Context(), m, []check.Property[int]{odd}, check.Options{})
	assert.ErrorContains(t, err, `"odd" does not say all that it observes`)
}
