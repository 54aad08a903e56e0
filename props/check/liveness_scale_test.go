package check_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

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
	says(t, r, holds, holds, holds, violated, violated)
	v := r.Verdict("the last commits")
	assert.Equal(t, 6, v.Loop, "the TM aborts, and all have to be told or to have aborted by themselves")
	assert.Len(t, v.Trace.Steps, v.Loop)
	assert.Equal(t, 3+1+5, r.Verdict("all prepared, all commit").Loop, "two are ready, one is heard, the TM aborts")

	r = explore(t, twoPhase{5}.packed(), check.Options{}, ends(5)...)
	says(t, r, violated, violated, violated, violated, violated)
	for _, v := range r.Verdicts {
		assert.Len(t, v.Trace.Steps, v.Loop, "without fairness the run stops where it likes")
	}
}

// clock has wheels that turn by themselves, each fair, all of their positions in one large component. A reset is
// possible too, so that there is more than one way.
type clock struct{ positions uint8 }

type wheels [4]uint8

var clockSteps = []string{"first", "second", "third", "fourth", "reset"}

func (m clock) model() check.Model[wheels, string] {
	model := stepping(wheels{}, m.steps)
	model.Keeps = func(_ *wheels, step string, yield func(int)) { yield(slices.Index(clockSteps, step)) }
	for _, name := range clockSteps {
		model.Promises = append(model.Promises, check.Promise{Name: name, Strong: name == "reset"})
	}
	return model
}

func (m clock) steps(s wheels, yield func(step string, next wheels)) {
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
	m := clock{positions: 11}
	if *big {
		m.positions = 18
	}
	r := explore(t, m.model(), check.Options{}, ticks(m)...)
	says(t, r, holds, holds, holds, violated, violated, violated)
	for _, v := range r.Verdicts[3:] {
		assert.NotEmpty(t, v.Trace.Steps, "no wheel may stop")
		assert.Zero(t, v.Loop)
	}
}

// hop is a step of a promise, or of none, to a number.
type hop struct{ promise, to int }

const free = -1 // of no promise

// promising is a model of numbers, from 0 on.
func promising(promises []check.Promise, hops func(s int) []hop) check.Model[int, hop] {
	m := stepping(0, func(s int, yield func(hop, int)) {
		for _, h := range hops(s) {
			yield(h, h.to)
		}
	})
	m.Promises = promises
	m.Keeps = func(_ *int, h hop, yield func(int)) {
		if h.promise != free {
			yield(h.promise)
		}
	}
	return m
}

func strongPromises(n int) []check.Promise { return slices.Repeat([]check.Promise{{Strong: true}}, n) }

// street has houses in a row, with steps to both neighbours. Out of each of the first houses a step of a strong promise
// leads away. So a run must not visit the first house infinitely often, hence not the second one, and so on: each cut
// takes one house off the rest.
func street(houses, cuts int) check.Model[int, hop] {
	return promising(strongPromises(cuts), func(s int) (hops []hop) {
		for _, next := range []int{s - 1, s + 1} {
			if s >= 0 && next >= 0 && next < houses {
				hops = append(hops, hop{free, next})
			}
		}
		if s >= 0 && s < cuts {
			hops = append(hops, hop{s, -1})
		}
		return hops
	})
}

// circle is a ring of states, from each to the next by a step of no promise, and by one of a strong promise of its own. The
// promises are numbered against the direction of the ring.
func circle(n int) check.Model[int, hop] {
	return promising(strongPromises(n), func(s int) []hop {
		return []hop{{free, (s + 1) % n}, {n - 1 - s, (s + 1) % n}}
	})
}

// exits is a ring out of which many weak promises lead, but for each of them there is a state in which none of its steps is
// possible.
func exits(n int) check.Model[int, hop] {
	return promising(make([]check.Promise, n), func(s int) (hops []hop) {
		for promise := range n {
			if s >= 0 && promise != s {
				hops = append(hops, hop{promise, -1})
			}
		}
		if s >= 0 {
			hops = append(hops, hop{free, (s + 1) % n})
		}
		return hops
	})
}

// pairs are very many small components, and as many promises: two states that lead to each other, by steps of a promise of
// their own, and on to the next pair.
func pairs(n int) check.Model[int, hop] {
	return promising(slices.Repeat([]check.Promise{{Strong: true}, {}}, n/2), func(s int) []hop {
		hops := []hop{{s / 2, s ^ 1}}
		if s+2 < 2*n {
			hops = append(hops, hop{s / 2, s + 2})
		}
		return hops
	})
}

// crowd has very many promises, and one step, of the last of them.
func crowd(promises int) check.Model[int, hop] {
	return promising(make([]check.Promise, promises), func(s int) []hop { return []hop{{promises - 1, 1}}[s:] })
}

// These take for ever if the work for a promise, a component or a cut is in proportion to all of the graph.
func TestVeryManyPromisesComponentsAndCuts(t *testing.T) {
	for name, c := range map[string]struct {
		m       check.Model[int, hop]
		p       check.Property[int]
		outcome check.Outcome
		stem    int
		steps   int
	}{
		"the first house that may be visited for ever": {street(30_000, 300), check.Eventually("away", is(-1)), violated, 300, 300},
		"no house may be": {street(300, 300), check.Eventually("away", is(-1)), holds, 0, 0},
		"once round, each step where it is possible":       {circle(4_000), check.AlwaysEventually("away", is(-1)), violated, 0, 4_000},
		"once round, though no step is ever taken":         {exits(100), check.AlwaysEventually("away", is(-1)), violated, 0, 100},
		"a pair that is left at once":                      {pairs(50_000), check.Eventually("the last but one", is(100_000-3)), violated, 0, 2},
		"each pair has an odd state":                       {pairs(50_000), check.AlwaysEventually("odd", func(s *int) bool { return *s%2 == 1 }), holds, 0, 0},
		"the last of as many promises as there are labels": {crowd(1<<16 - 1), check.Eventually("one", is(1)), holds, 0, 0},
	} {
		v := explore(t, c.m, check.Options{}, c.p).Verdicts[0]
		assert.Equal(t, c.outcome, v.Outcome, name)
		if v.Trace != nil {
			assert.Equal(t, []int{c.stem, c.steps}, []int{v.Loop, len(v.Trace.Steps)}, name)
		}
	}
	refused(t, "check: the model has 65536 promises of fairness; expected at most 65535", crowd(1<<16), check.Options{})
}

// countdown is a context that is cancelled when it is asked for the last time that left allows.
type countdown struct {
	context.Context
	left *int
}

func (c countdown) Err() error {
	if *c.left--; *c.left < 0 {
		return context.Canceled
	}
	return nil
}

func TestDecisionOfLivenessCanBeInterrupted(t *testing.T) {
	m := clock{positions: 7}
	low := check.Always("low", func(s *wheels) bool { return s[0] < 7 })
	explored := func(asked int) (*check.Result[wheels, string], int) {
		left := asked
		r, err := check.Exhaustive(countdown{t.Context(), &left}, m.model(), append(ticks(m)[:1], low), check.Options{Workers: 1})
		require.NoError(t, err)
		return r, asked - left
	}
	whole, asked := explored(1 << 30)
	says(t, whole, holds, holds)
	r, _ := explored(asked - 1)
	assert.True(t, r.Complete())
	says(t, r, inconclusive, holds)
	assert.Equal(t, "all 2401 states were explored, but liveness was not decided: interrupted", r.Verdicts[0].Reason)
}

func TestDecisionOfLivenessNeedsMemory(t *testing.T) {
	m := clock{positions: 6}
	decide := func(limit int64) *check.Result[wheels, string] {
		return explore(t, m.model(), check.Options{MaxMemory: limit}, ticks(m)[0], check.Always("low", func(s *wheels) bool { return s[0] < 6 }))
	}
	whole := decide(0)
	says(t, whole, holds, holds)
	says(t, decide(2*whole.Memory+128*whole.States), holds, holds) // the graph is copied while it grows
	limit := whole.Memory + 127*whole.States
	r := decide(limit)
	assert.True(t, r.Complete())
	says(t, r, inconclusive, holds)
	assert.Contains(t, r.Verdicts[0].Reason, fmt.Sprintf("not decided: limit of %d bytes of memory reached", limit))
}
