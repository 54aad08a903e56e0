package check_test

import (
	"testing"

	"pkgdist/props/check"

	"github.com/stretchr/testify/assert"
)

// 0 → 1 → 3 and 0 → 2 → 3: two ways to 3, one of them by way of 1; 3 → 0 is a fault.
var rhombus = graph{initial: []int{0}, edges: []edge{
	{from: 0, to: 1}, {from: 1, to: 3}, {from: 0, to: 2}, {from: 2, to: 3}, {from: 3, to: 0, fault: true}}}

func TestMarkTellsStatesWithAPastFromThoseWithout(t *testing.T) {
	r := explore(t, check.Mark(rhombus, is(1)), check.Options{})
	var all []check.Marked[int]
	for s := range r.All() {
		all = append(all, s)
	}
	assert.Equal(t, []check.Marked[int]{{State: 0}, {State: 1, Seen: true}, {State: 2}, {State: 3, Seen: true}, {State: 3}, {State: 0, Seen: true}, {State: 2, Seen: true}}, all)
	assert.EqualValues(t, 2, r.AtRest, "the fault is still a step of the environment")
}

func TestMarkCountsTheInitialState(t *testing.T) {
	r := explore(t, check.Mark(rhombus, is(0)), check.Options{}, check.Always("seen", func(s *check.Marked[int]) bool { return s.Seen }))
	assert.EqualValues(t, 4, r.States)
	assert.Equal(t, check.Holds, r.Verdict("seen").Outcome)
}

func TestMarkForwardsWhatTheModelOffers(t *testing.T) {
	seen := func(s *count) bool { return s[0] == 1 && s[1] == 1 }
	plain := explore[count, up](t, counters{2}, check.Options{})
	opt := check.Options{Expect: []string{"first"}, Coverage: true}
	r := explore(t, check.Mark[count, up](counters{2}, seen), opt, check.Sometimes("back", func(s *check.Marked[count]) bool { return s.Seen && s.State[0] == 2 }))
	assert.Equal(t, "broken", r.Rules[4].Rule)
	assert.Equal(t, "first has begun", r.Rules[4].Blocked[0].Guard)
	assert.EqualValues(t, plain.AtRest*2, r.AtRest, "each end is reached with and without the mark")
	assert.Len(t, r.Verdict("back").Trace.Steps, 3)

	byValue := explore(t, check.Mark(struct{ check.Model[count, up] }{counters{2}}, seen), check.Options{})
	assert.Equal(t, r.States, byValue.States)
	assert.Equal(t, r.Steps, byValue.Steps)
	assert.Empty(t, byValue.Rules)
}

func TestMarkPacksOneByteMore(t *testing.T) {
	seen := func(s *transaction) bool { return s.rm[0] == aborted && s.tm == working } // which later states do not show
	packed := check.Mark(packedTwoPhase{twoPhase{5}}, seen)
	assert.Equal(t, 9, packed.(check.Packed[check.Marked[transaction]]).Width())
	_, also := check.Mark(twoPhase{5}, seen).(check.Packed[check.Marked[transaction]])
	assert.False(t, also)

	a, b := explore(t, packed, check.Options{}), explore(t, check.Mark(twoPhase{5}, seen), check.Options{})
	assert.Equal(t, []int64{b.States, b.Steps, b.AtRest}, []int64{a.States, a.Steps, a.AtRest})
	assert.Greater(t, a.States, int64(8_832))
	for s := range a.All() {
		if !b.Contains(s) {
			t.Fatalf("only the packed model reaches %+v", s)
		}
	}
}
