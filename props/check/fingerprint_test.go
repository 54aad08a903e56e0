package check

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// boxes are counters from 0 to 7, each of which goes up by itself or is set back.
type boxes [6]uint16

type lift struct {
	box  int
	back bool
}

type lifts struct{}

func (m lifts) model() Model[boxes, lift] { return Model[boxes, lift]{Init: m.Init, Steps: m.Steps} }

func (lifts) Init() []boxes { return []boxes{{}, {0, 1}} }

func (lifts) Steps(s boxes, yield func(lift, boxes)) {
	for i := range s {
		next := s
		if next[i] = s[i] + 1; s[i] < 5 {
			yield(lift{i, false}, next)
		}
		next[i] = 0
		yield(lift{i, true}, next)
	}
}

func liftProperties() []Property[boxes] {
	return []Property[boxes]{
		Never("all at top", func(s *boxes) bool { return *s == boxes{5, 5, 5, 5, 5, 5} }),
		Sometimes("in order", func(s *boxes) bool { return *s == boxes{0, 1, 2, 3, 4, 5} }),
		Always("low", func(s *boxes) bool { return s[3] < 6 }),
		OnStep("by one", func(a, b *boxes) bool { return b[5] != 0 || a[5] < 5 || a[4] < 3 }),
	}
}

func TestFingerprintsFindWhatWholeStatesDo(t *testing.T) {
	exact, err := Exhaustive(t.Context(), lifts{}.model(), liftProperties(), Options{})
	require.NoError(t, err)
	require.EqualValues(t, 46_656, exact.States)
	assert.Zero(t, exact.Collisions)
	for _, workers := range []int{1, 2, 8} {
		r, err := Exhaustive(t.Context(), lifts{}.model(), liftProperties(), Options{Workers: workers, Fingerprints: true, Keep: true})
		require.NoError(t, err)
		assert.Equal(t, []any{exact.States, exact.Steps, exact.Depth, exact.AtRest}, []any{r.States, r.Steps, r.Depth, r.AtRest})
		assert.InEpsilon(t, 46_656.0*46_656/(1<<32)/(1<<33), r.Collisions, 1e-4)
		for i, v := range r.Verdicts {
			want := exact.Verdicts[i]
			assert.Equal(t, []any{want.Outcome, want.Reason, want.Trace}, []any{v.Outcome, v.Reason, v.Trace}, v.Property.Name())
			if v.Outcome == Holds {
				assert.Equal(t, r.Collisions, v.Collisions)
			} else {
				assert.Zero(t, v.Collisions)
			}
		}
		assert.True(t, r.Contains(boxes{5, 4, 3}))
		assert.False(t, r.Contains(boxes{5, 4, 6}))
		assert.PanicsWithValue(t, "check: the states are not kept where Options.Fingerprints is set", func() {
			for range r.All() {
				break
			}
		})
	}
}

func TestShortFingerprintsLoseStatesAsOftenAsIsSaid(t *testing.T) {
	var first any
	for _, workers := range []int{1, 2, 8} {
		r, err := Exhaustive(t.Context(), lifts{}.model(), liftProperties(), Options{Workers: workers, Fingerprints: true, shortPrints: 20})
		require.NoError(t, err)
		lost := 46_656 - r.States
		assert.Positive(t, lost)
		assert.InEpsilon(t, float64(lost), r.Collisions, 0.1)
		for _, v := range r.Verdicts {
			if v.Outcome == Violated {
				assertRun(t, lifts{}, v.Trace)
			}
		}
		all := fmt.Sprint(r.States, r.Steps, r.Depth, r.Memory, r.Verdicts[0].Trace, r.Verdicts[3].Trace)
		if first == nil {
			first = all
		}
		assert.Equal(t, first, all, "%d workers", workers)
	}
	r, err := Exhaustive(t.Context(), lifts{}.model(), liftProperties(), Options{Fingerprints: true, shortPrints: 10})
	require.NoError(t, err)
	assert.LessOrEqual(t, r.States, int64(1<<10))
	assert.Greater(t, r.Verdict("low").Collisions, 100.0, "nobody may take this for a proof")
}

// assertRun asks the model for each step of a trace.
func assertRun(t *testing.T, m lifts, trace *Trace[boxes, lift]) {
	t.Helper()
	assert.Contains(t, m.Init(), trace.States[0])
	for i, step := range trace.Steps {
		there := false
		m.Steps(trace.States[i], func(s lift, next boxes) { there = there || s == step && next == trace.States[i+1] })
		assert.True(t, there, "step %d", i)
	}
}

func TestFingerprintsForgetTheStatesThatAreExplored(t *testing.T) {
	whole, err := Exhaustive(t.Context(), lifts{}.model(), nil, Options{})
	require.NoError(t, err)
	r, err := Exhaustive(t.Context(), lifts{}.model(), nil, Options{Fingerprints: true})
	require.NoError(t, err)
	const block = 1 << 14 // states, of 3 bytes each and 8 for a fingerprint
	assert.EqualValues(t, 3*8*block-2*(3*block+8), r.Memory-whole.Memory, "the last block is not full")
}

func TestFingerprintsAreRefusedForLiveness(t *testing.T) {
	low := AlwaysEventually("low", func(s *boxes) bool { return s[0] == 0 })
	_, err := Exhaustive(t.Context(), lifts{}.model(), []Property[boxes]{low}, Options{Fingerprints: true})
	assert.EqualError(t, err, "check: a liveness property needs the states themselves; expected none where Fingerprints is set")
}

// A limit of memory strikes at the same state, whether states are stored one by one or by all workers together.
func TestLimitOfMemoryStrikesAtTheSameState(t *testing.T) {
	for limit := int64(100_000); limit < 800_000; limit += 25_000 {
		for _, prints := range []bool{false, true} {
			var first any
			for _, workers := range []int{1, 2} {
				r, err := Exhaustive(t.Context(), lifts{}.model(), nil, Options{Workers: workers, MaxMemory: limit, Fingerprints: prints})
				require.NoError(t, err)
				all := []any{r.States, r.Steps, r.Memory, r.Stopped}
				if first == nil {
					first = all
				}
				require.Equal(t, first, all, "%d bytes, %d workers", limit, workers)
			}
		}
	}
}
