package check_test

import (
	"fmt"
	"testing"
	"time"

	"pkgdist/props/check"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fairTwoPhase is two-phase commit in which nobody may put off for ever what they can do, except to change their mind.
type fairTwoPhase struct{ packedTwoPhase }

var fairActions = []string{"TMAbort", "TMCommit", "TMRcvPrepared", "RMPrepare", "RMRcvCommitMsg", "RMRcvAbortMsg"}

func (m fairTwoPhase) Constraints() []string {
	var names []string
	for _, name := range fairActions {
		for rm := range m.n {
			names = append(names, fmt.Sprintf("%s(%d)", name, rm))
		}
	}
	return names
}

func (m fairTwoPhase) Constraint(a action) int {
	for i, name := range fairActions {
		if a.name == name {
			return i*m.n + max(a.rm, 0)
		}
	}
	return -1
}

func (fairTwoPhase) Strong(int) bool { return false }

func decided(m managerState) bool { return m == committed || m == aborted }

// ends are what two-phase commit is for, and two claims that go too far.
func ends(n int) []check.Property[transaction] {
	return []check.Property[transaction]{
		check.Eventually("the TM decides", func(s *transaction) bool { return decided(s.tm) }),
		check.LeadsToEach("the prepared get to know", n,
			func(s *transaction, rm int) bool { return s.rm[rm] == prepared }, func(s *transaction, rm int) bool { return decided(s.rm[rm]) }),
		check.EventuallyAlways("the first is done", func(s *transaction) bool { return decided(s.rm[0]) }),
		check.Eventually("the last commits", func(s *transaction) bool { return s.rm[n-1] == committed }),
		check.LeadsTo("all prepared, all commit",
			func(s *transaction) bool { return s.tmPrepared[0] && s.saysReady[n-1] }, func(s *transaction) bool { return s.saysCommit }),
	}
}

func TestTwoPhaseCommitEnds(t *testing.T) {
	r := explore(t, fairTwoPhase{packedTwoPhase{twoPhase{5}}}, check.Options{}, ends(5)...)
	for _, v := range r.Verdicts[:3] {
		assert.Equal(t, check.Holds, v.Outcome, v.Property.Name)
	}
	v := r.Verdict("the last commits")
	assert.Equal(t, check.Violated, v.Outcome)
	assert.Equal(t, 6, v.Loop, "the TM aborts, and all have to be told or to have aborted by themselves")
	assert.Len(t, v.Trace.Steps, v.Loop)
	v = r.Verdict("all prepared, all commit")
	assert.Equal(t, check.Violated, v.Outcome)
	assert.Equal(t, 3+1+5, v.Loop, "two are ready, one is heard, the TM aborts")

	r = explore(t, fairTwoPhase{packedTwoPhase{twoPhase{5}}}, check.Options{Fairness: check.Unfair}, ends(5)...)
	for _, v := range r.Verdicts {
		assert.Equal(t, check.Violated, v.Outcome, v.Property.Name)
		assert.Len(t, v.Trace.Steps, v.Loop, "without fairness the run stops where it likes")
	}
}

// clock has wheels that turn by themselves, each fair, all of their positions in one large component. Some wheels turn the
// wheel before them back to nought, for the sake of more than one way.
type clock struct {
	positions uint8
	strong    bool
}

type wheels [4]uint8

func (clock) Init() []wheels { return []wheels{{}} }

func (m clock) Steps(s wheels, yield func(step string, next wheels)) {
	for i, name := range clockConstraints[:4] {
		next := s
		next[i] = (s[i] + 1) % m.positions
		yield(name, next)
	}
	if s[0] == s[1] && s[0] > 0 {
		next := s
		next[0] = 0
		yield("reset", next)
	}
}

var clockConstraints = []string{"first", "second", "third", "fourth", "reset"}

func (clock) Constraints() []string { return clockConstraints }

func (clock) Constraint(step string) int {
	for i, name := range clockConstraints {
		if step == name {
			return i
		}
	}
	return -1
}

func (m clock) Strong(c int) bool { return m.strong || c == 4 }

// ticks are a claim of each kind that holds, and one that does not.
func ticks(m clock) []check.Property[wheels] {
	top := m.positions - 1
	return []check.Property[wheels]{
		check.AlwaysEventually("the fourth is at top", func(s *wheels) bool { return s[3] == top }),
		check.LeadsToEach("each leaves its place", 4,
			func(s *wheels, i int) bool { return s[i] == top }, func(s *wheels, i int) bool { return s[i] != top }),
		check.Eventually("the third is at top", func(s *wheels) bool { return s[2] == top }),
		check.AlwaysEventually("all at top", func(s *wheels) bool { return *s == wheels{top, top, top, top} }),
		check.EventuallyAlways("the third is not at top", func(s *wheels) bool { return s[2] != top }),
		check.LeadsTo("in step", func(s *wheels) bool { return *s == wheels{1, 1, 1, 1} }, func(s *wheels) bool { return *s == wheels{3, 3, 3, 3} }),
	}
}

func TestOneLargeComponent(t *testing.T) {
	m := clock{positions: 18}
	if testing.Short() {
		m.positions = 11
	}
	r := explore(t, m, check.Options{}, ticks(m)...)
	assert.EqualValues(t, int64(m.positions)*int64(m.positions)*int64(m.positions)*int64(m.positions), r.States)
	for i, v := range r.Verdicts {
		want := check.Holds
		if i >= 3 {
			want = check.Violated
			assert.NotEmpty(t, v.Trace.Steps[v.Loop:], "no wheel may stop")
		}
		assert.Equal(t, want, v.Outcome, v.Property.Name)
	}
	assert.Equal(t, []int{0, 0, 0}, []int{r.Verdicts[3].Loop, r.Verdicts[4].Loop, r.Verdicts[5].Loop})
}

func TestLassosDoNotDependOnWorkersOrRun(t *testing.T) {
	m := clock{positions: 11}
	for _, f := range []check.Fairness{check.FairAsModelled, check.Unfair, check.FairStrongly} {
		var first any
		for _, workers := range []int{1, 2, 8, 2} {
			r := explore(t, m, check.Options{Workers: workers, Fairness: f}, ticks(m)...)
			all := []any{r.States, r.Steps, r.Depth, r.Memory}
			for _, v := range r.Verdicts {
				all = append(all, v.Outcome, v.Reason, v.Loop, v.Case, v.Trace)
			}
			if first == nil {
				first = all
			}
			require.Equal(t, first, all, "%d workers, fairness %v", workers, f)
		}
	}
	var first any
	for _, workers := range []int{1, 8, 2} {
		r := explore(t, fairTwoPhase{packedTwoPhase{twoPhase{6}}}, check.Options{Workers: workers}, ends(6)...)
		all := []any{everything(r)}
		for _, v := range r.Verdicts {
			all = append(all, v.Loop, v.Case)
		}
		if first == nil {
			first = all
		}
		require.Equal(t, first, all, "%d workers", workers)
	}
}

// street has houses in a row, with steps to both neighbours. Out of each of the first houses a step of a strong constraint
// leads away. So a run must not visit the first house again and again, hence not the second one, and so on: each cut
// takes one house off the rest.
type street struct{ houses, cuts int }

type walk struct{ from, to int }

func (street) Init() []int { return []int{0} }

func (m street) Steps(s int, yield func(walk, int)) {
	for _, next := range []int{s - 1, s + 1} {
		if s >= 0 && next >= 0 && next < m.houses {
			yield(walk{s, next}, next)
		}
	}
	if s >= 0 && s < m.cuts {
		yield(walk{s, -1}, -1)
	}
}

func (m street) Constraints() []string { return make([]string, m.cuts) }
func (m street) Strong(int) bool       { return true }

func (m street) Constraint(w walk) int {
	if w.to < 0 {
		return w.from
	}
	return -1
}

func TestManyCutsOfALongStreet(t *testing.T) {
	away := check.Eventually("away", is(-1))
	r := explore(t, street{30_000, 300}, check.Options{}, away)
	assert.Equal(t, check.Violated, r.Verdicts[0].Outcome)
	assert.Equal(t, 300, r.Verdicts[0].Loop, "the first house that may be visited for ever")
	r = explore(t, street{300, 300}, check.Options{}, away)
	assert.Equal(t, check.Holds, r.Verdicts[0].Outcome)
}

// ring is a ring of states, from each to the next by a step of no constraint, and by one of a strong constraint of its own.
// The constraints are numbered against the direction of the ring.
type ring struct{ states int }

func (ring) Init() []int { return []int{0} }

func (m ring) Steps(s int, yield func(int, int)) {
	yield(-1, (s+1)%m.states)
	yield(m.states-1-s, (s+1)%m.states)
}

func (m ring) Constraints() []string { return make([]string, m.states) }
func (ring) Constraint(step int) int { return step }
func (ring) Strong(int) bool         { return true }

func TestLoopGoesFromOneThingThatIsMissingToTheNearest(t *testing.T) {
	const n = 4_000
	r := explore[int, int](t, ring{n}, check.Options{}, check.AlwaysEventually("away", is(-1)))
	v := r.Verdicts[0]
	assert.Equal(t, check.Violated, v.Outcome)
	assert.Equal(t, n, len(v.Trace.Steps), "once round: each step is taken where it is possible")
}

// pairs are very many small components, and as many constraints: two states that lead to each other, by steps of their own
// constraint, and on to the next pair.
type pairs struct{ n int }

func (pairs) Init() []int { return []int{0} }

func (m pairs) Steps(s int, yield func(walk, int)) {
	yield(walk{s, s ^ 1}, s^1)
	if s+2 < 2*m.n {
		yield(walk{s, s + 2}, s+2)
	}
}

func (m pairs) Constraints() []string { return make([]string, m.n) }
func (pairs) Constraint(w walk) int   { return w.from / 2 }
func (pairs) Strong(c int) bool       { return c%2 == 0 }

func TestManyComponentsAndManyConstraints(t *testing.T) {
	m := pairs{50_000}
	r := explore(t, m, check.Options{}, check.Eventually("the last but one", is(2*m.n-3)), check.AlwaysEventually("odd", func(s *int) bool { return *s%2 == 1 }))
	assert.Equal(t, check.Violated, r.Verdicts[0].Outcome)
	assert.Equal(t, []int{0, 2}, []int{r.Verdicts[0].Loop, len(r.Verdicts[0].Trace.Steps)})
	assert.Equal(t, check.Holds, r.Verdicts[1].Outcome)
}

func TestLimitOfMemoryCountsTheSteps(t *testing.T) {
	m := fairTwoPhase{packedTwoPhase{twoPhase{6}}}
	states := explore(t, m, check.Options{}, consistent(6)).Memory
	whole := explore(t, m, check.Options{}, ends(6)...)
	assert.Greater(t, whole.Memory, states+whole.Steps, "the steps are kept")
	for _, limit := range []int64{1, states, whole.Memory - 1} {
		for _, workers := range []int{1, 2} {
			r := explore(t, m, check.Options{Workers: workers, MaxMemory: limit}, ends(6)...)
			assert.False(t, r.Complete())
			if limit > 1 {
				assert.LessOrEqual(t, r.Memory, limit)
				assert.Greater(t, r.Memory, limit/4)
			}
			for _, v := range r.Verdicts {
				assert.Equal(t, check.Inconclusive, v.Outcome)
				assert.Contains(t, v.Reason, fmt.Sprintf("limit of %d bytes of memory reached", limit))
			}
		}
	}
}

// BenchmarkLiveness shows what liveness costs: the same space with properties of states alone, and with those about what
// happens in the end besides.
func BenchmarkLiveness(b *testing.B) {
	m := fairTwoPhase{packedTwoPhase{twoPhase{7}}}
	measure := func(b *testing.B, properties []check.Property[transaction]) time.Duration {
		begin := time.Now()
		_, err := check.Exhaustive(b.Context(), m, properties, check.Options{})
		require.NoError(b, err)
		return time.Since(begin)
	}
	safety := []check.Property[transaction]{consistent(7)}
	for name, more := range map[string][]check.Property[transaction]{"hold": ends(7)[:3], "all": ends(7)} {
		b.Run(name, func(b *testing.B) {
			var alone, both time.Duration
			for b.Loop() {
				alone += measure(b, safety)
				both += measure(b, append(safety[:1:1], more...))
			}
			b.ReportMetric(alone.Seconds()*1000/float64(b.N), "ms/safety")
			b.ReportMetric(both.Seconds()*1000/float64(b.N), "ms/both")
			b.ReportMetric(both.Seconds()/alone.Seconds(), "ratio")
		})
	}
}

func BenchmarkOneLargeComponent(b *testing.B) {
	m := clock{positions: 32} // a million states
	for b.Loop() {
		_, err := check.Exhaustive(b.Context(), m, ticks(m), check.Options{})
		require.NoError(b, err)
	}
}
