package check_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pkgdist/props/check"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var fairActions = []string{"TMAbort", "TMCommit", "TMRcvPrepared", "RMPrepare", "RMRcvCommitMsg", "RMRcvAbortMsg"}

// fair is two-phase commit in which nobody may put off for ever what they can do, except to change their mind.
func fair(m check.Model[transaction, action], n int) check.Model[transaction, action] {
	for _, name := range fairActions {
		for rm := range n {
			m.Promises = append(m.Promises, check.Promise{Name: fmt.Sprintf("%s(%d)", name, rm)})
		}
	}
	m.Keeps = func(_ *transaction, a action, yield func(int)) {
		if i := slices.Index(fairActions, a.Name); i >= 0 {
			yield(i*n + max(a.RM, 0))
		}
	}
	return m
}

func decided(m managerState) bool { return m == committed || m == aborted }

// cases are n properties.
func cases[S any](n int, of func(i int) check.Property[S]) []check.Property[S] {
	list := make([]check.Property[S], n)
	for i := range list {
		list[i] = of(i)
	}
	return list
}

// ends are what two-phase commit is for, and two claims that go too far.
func ends(n int) []check.Property[transaction] {
	return []check.Property[transaction]{
		check.Eventually("the TM decides", func(s *transaction) bool { return decided(s.TM) }),
		check.Each("the prepared get to know", cases(n, func(rm int) check.Property[transaction] {
			return check.LeadsTo(fmt.Sprint("manager ", rm),
				func(s *transaction) bool { return s.RM[rm] == prepared }, func(s *transaction) bool { return decided(s.RM[rm]) })
		})...),
		check.EventuallyAlways("the first is done", func(s *transaction) bool { return decided(s.RM[0]) }),
		check.Eventually("the last commits", func(s *transaction) bool { return s.RM[n-1] == committed }),
		check.LeadsTo("all prepared, all commit",
			func(s *transaction) bool { return s.TMPrepared[0] && s.SaysReady[n-1] }, func(s *transaction) bool { return s.SaysCommit }),
	}
}

func TestTwoPhaseCommitEnds(t *testing.T) {
	r := explore(t, fair(twoPhase{5}.packed(), 5), check.Options{}, ends(5)...)
	for _, v := range r.Verdicts[:3] {
		assert.Equal(t, check.Holds, v.Outcome, v.Property.Name())
	}
	v := r.Verdict("the last commits")
	assert.Equal(t, check.Violated, v.Outcome)
	assert.Equal(t, 6, v.Loop, "the TM aborts, and all have to be told or to have aborted by themselves")
	assert.Len(t, v.Trace.Steps, v.Loop)
	v = r.Verdict("all prepared, all commit")
	assert.Equal(t, check.Violated, v.Outcome)
	assert.Equal(t, 3+1+5, v.Loop, "two are ready, one is heard, the TM aborts")

	r = explore(t, twoPhase{5}.packed(), check.Options{}, ends(5)...)
	for _, v := range r.Verdicts {
		assert.Equal(t, check.Violated, v.Outcome, v.Property.Name())
		assert.Len(t, v.Trace.Steps, v.Loop, "without fairness the run stops where it likes")
	}
}

// clock has wheels that turn by themselves, each fair, all of their positions in one large component. A reset is
// possible too, so that there is more than one way.
type clock struct{ positions uint8 }

type wheels [4]uint8

var clockSteps = []string{"first", "second", "third", "fourth", "reset"}

func (m clock) model() check.Model[wheels, string] {
	model := check.Model[wheels, string]{
		Init: func() []wheels { return []wheels{{}} }, Steps: m.Steps,
		Keeps: func(_ *wheels, step string, yield func(int)) { yield(slices.Index(clockSteps, step)) },
	}
	for _, name := range clockSteps {
		model.Promises = append(model.Promises, check.Promise{Name: name, Strong: name == "reset"})
	}
	return model
}

func (m clock) Steps(s wheels, yield func(step string, next wheels)) {
	for i, name := range clockSteps[:4] {
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

// ticks are a claim of each kind that holds, and one that does not.
func ticks(m clock) []check.Property[wheels] {
	top := m.positions - 1
	return []check.Property[wheels]{
		check.AlwaysEventually("the fourth is at top", func(s *wheels) bool { return s[3] == top }),
		check.Each("each leaves its place", cases(4, func(i int) check.Property[wheels] {
			return check.LeadsTo(clockSteps[i], func(s *wheels) bool { return s[i] == top }, func(s *wheels) bool { return s[i] != top })
		})...),
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
	r := explore(t, m.model(), check.Options{}, ticks(m)...)
	assert.EqualValues(t, int64(m.positions)*int64(m.positions)*int64(m.positions)*int64(m.positions), r.States)
	for i, v := range r.Verdicts {
		want := check.Holds
		if i >= 3 {
			want = check.Violated
			assert.NotEmpty(t, v.Trace.Steps[v.Loop:], "no wheel may stop")
		}
		assert.Equal(t, want, v.Outcome, v.Property.Name())
	}
	assert.Equal(t, []int{0, 0, 0}, []int{r.Verdicts[3].Loop, r.Verdicts[4].Loop, r.Verdicts[5].Loop})
}

func TestLassosDoNotDependOnWorkersOrRun(t *testing.T) {
	m := clock{positions: 11}
	for _, f := range []fairness{asModelled, unfair, strongly} {
		var first any
		for _, workers := range []int{1, 2, 8, 2} {
			r := explore(t, under(m.model(), f), check.Options{Workers: workers}, ticks(m)...)
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
		r := explore(t, fair(twoPhase{6}.packed(), 6), check.Options{Workers: workers}, ends(6)...)
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

// street has houses in a row, with steps to both neighbours. Out of each of the first houses a step of a strong promise
// leads away. So a run must not visit the first house infinitely often, hence not the second one, and so on: each cut
// takes one house off the rest.
type street struct{ houses, cuts int }

type walk struct{ from, to int }

func (m street) model() check.Model[int, walk] {
	model := check.Model[int, walk]{
		Init: func() []int { return []int{0} }, Steps: m.Steps,
		Promises: slices.Repeat([]check.Promise{{Strong: true}}, m.cuts),
	}
	model.Keeps = func(_ *int, w walk, yield func(int)) {
		if w.to < 0 {
			yield(w.from)
		}
	}
	return model
}

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

func TestManyCutsOfALongStreet(t *testing.T) {
	away := check.Eventually("away", is(-1))
	r := explore(t, street{30_000, 300}.model(), check.Options{}, away)
	assert.Equal(t, check.Violated, r.Verdicts[0].Outcome)
	assert.Equal(t, 300, r.Verdicts[0].Loop, "the first house that may be visited for ever")
	r = explore(t, street{300, 300}.model(), check.Options{}, away)
	assert.Equal(t, check.Holds, r.Verdicts[0].Outcome)
}

// ring is a ring of states, from each to the next by a step of no promise, and by one of a strong promise of its own. The
// promises are numbered against the direction of the ring.
func ring(states int) check.Model[int, int] {
	return check.Model[int, int]{
		Init: func() []int { return []int{0} },
		Steps: func(s int, yield func(int, int)) {
			yield(-1, (s+1)%states)
			yield(states-1-s, (s+1)%states)
		},
		Promises: slices.Repeat([]check.Promise{{Strong: true}}, states),
		Keeps: func(_ *int, step int, yield func(int)) {
			if step >= 0 {
				yield(step)
			}
		},
	}
}

func TestLoopGoesFromOneThingThatIsMissingToTheNearest(t *testing.T) {
	const n = 4_000
	r := explore(t, ring(n), check.Options{}, check.AlwaysEventually("away", is(-1)))
	v := r.Verdicts[0]
	assert.Equal(t, check.Violated, v.Outcome)
	assert.Equal(t, n, len(v.Trace.Steps), "once round: each step is taken where it is possible")
}

// pairs are very many small components, and as many promises: two states that lead to each other, by steps of a promise of
// their own, and on to the next pair.
func pairs(n int) check.Model[int, walk] {
	return check.Model[int, walk]{
		Init: func() []int { return []int{0} },
		Steps: func(s int, yield func(walk, int)) {
			yield(walk{s, s ^ 1}, s^1)
			if s+2 < 2*n {
				yield(walk{s, s + 2}, s+2)
			}
		},
		Promises: slices.Repeat([]check.Promise{{Strong: true}, {}}, n/2),
		Keeps:    func(_ *int, w walk, yield func(int)) { yield(w.from / 2) },
	}
}

func TestManyComponentsAndManyPromises(t *testing.T) {
	const n = 50_000
	r := explore(t, pairs(n), check.Options{}, check.Eventually("the last but one", is(2*n-3)), check.AlwaysEventually("odd", func(s *int) bool { return *s%2 == 1 }))
	assert.Equal(t, check.Violated, r.Verdicts[0].Outcome)
	assert.Equal(t, []int{0, 2}, []int{r.Verdicts[0].Loop, len(r.Verdicts[0].Trace.Steps)})
	assert.Equal(t, check.Holds, r.Verdicts[1].Outcome)
}

func TestLimitOfMemoryCountsTheSteps(t *testing.T) {
	m := fair(twoPhase{6}.packed(), 6)
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

// BenchmarkLiveness shows what liveness costs: the same space with properties of states alone, and with liveness
// properties besides.
func BenchmarkLiveness(b *testing.B) {
	m := fair(twoPhase{7}.packed(), 7)
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
		_, err := check.Exhaustive(b.Context(), m.model(), ticks(m), check.Options{})
		require.NoError(b, err)
	}
}
