package check_test

import (
	"context"
	"fmt"
	"testing"

	"pkgdist/props/check"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// brittle counts up, in two ways, and panics in one state: before any step, or between the two.
type brittle struct {
	at    int
	after int
}

func (m brittle) model() check.Model[int, string] {
	return check.Model[int, string]{Init: func() []int { return []int{0} }, Steps: m.Steps}
}

func (m brittle) Steps(s int, yield func(string, int)) {
	m.breakAt(s, 0)
	yield("up", (s+1)%1_000)
	m.breakAt(s, 1)
	yield("far up", (s+7)%1_000)
}

func (m brittle) breakAt(s, steps int) {
	if s == m.at && steps == m.after {
		panic("a glass fell")
	}
}

func TestPanicOfAModelNamesTheStateAndTheStep(t *testing.T) {
	for _, workers := range []int{1, 2, 8} {
		_, err := check.Exhaustive(t.Context(), brittle{at: 503, after: 1}.model(), nil, check.Options{Workers: workers})
		require.Error(t, err)
		assert.Regexp(t, `^check: panic in state \d+, 503, at or after its step 1, up: a glass fell\n`, err.Error())
		assert.Regexp(t, `\t.*brittle\.breakAt \(panic_test\.go:\d+\)\n\t.*brittle\.Steps `, err.Error())
		_, err = check.Exhaustive(t.Context(), brittle{at: 0, after: 0}.model(), nil, check.Options{Workers: workers})
		assert.ErrorContains(t, err, "check: panic in state 0, 0, before its first step: a glass fell")
	}
	_, err := check.Exhaustive(t.Context(), brittle{at: -1}.model(), nil, check.Options{})
	assert.NoError(t, err)
}

func TestPanicOfAPropertyNamesTheState(t *testing.T) {
	fall := func(s *int) bool { return 7/(*s-9) != 100 }
	for _, p := range []check.Property[int]{check.Always("stands", fall), check.Eventually("falls", func(s *int) bool { return !fall(s) })} {
		_, err := check.Exhaustive(t.Context(), way(20).Model(), []check.Property[int]{p}, check.Options{Workers: 2})
		assert.ErrorContains(t, err, fmt.Sprintf("check: panic of the property %q in state 9, 9", p.Name()))
		assert.ErrorContains(t, err, "integer divide by zero")
		assert.ErrorContains(t, err, "panic_test.go")
	}
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
	top := check.AlwaysEventually("the first is at top", func(s *wheels) bool { return s[0] == 10 })
	low := check.Always("low", func(s *wheels) bool { return s[0] < 11 })
	explored := func(asked int) (*check.Result[wheels, string], int) {
		left := asked
		r, err := check.Exhaustive(countdown{t.Context(), &left}, clock{positions: 11}.model(), []check.Property[wheels]{low, top}, check.Options{Workers: 1})
		require.NoError(t, err)
		return r, asked - left
	}
	whole, asked := explored(1 << 30)
	require.NotEqual(t, check.Inconclusive, whole.Verdict(top.Name()).Outcome)
	r, _ := explored(asked - 1)
	assert.True(t, r.Complete())
	assert.Equal(t, check.Holds, r.Verdict("low").Outcome)
	assert.Equal(t, check.Inconclusive, r.Verdict(top.Name()).Outcome)
	assert.Equal(t, "all 14641 states were explored, but liveness was not decided: interrupted", r.Verdict(top.Name()).Reason)
}

func TestDecisionOfLivenessNeedsMemory(t *testing.T) {
	m := clock{positions: 6}
	top := check.AlwaysEventually("the fourth is at top", func(s *wheels) bool { return s[3] == 5 })
	low := check.Always("low", func(s *wheels) bool { return s[0] < 6 })
	decide := func(limit int64) *check.Result[wheels, string] {
		return explore(t, m.model(), check.Options{MaxMemory: limit}, low, top)
	}
	whole := decide(0)
	require.NotEqual(t, check.Inconclusive, whole.Verdict(top.Name()).Outcome)
	enough := 2*whole.Memory + 128*whole.States // the graph is copied while it grows
	assert.Equal(t, check.Holds, decide(enough).Verdict(top.Name()).Outcome)
	limit := whole.Memory + 127*whole.States
	r := decide(limit)
	assert.True(t, r.Complete())
	assert.Equal(t, check.Holds, r.Verdict("low").Outcome)
	assert.Equal(t, check.Inconclusive, r.Verdict(top.Name()).Outcome)
	assert.Contains(t, r.Verdict(top.Name()).Reason, fmt.Sprintf("not decided: limit of %d bytes of memory reached", limit))
}
