package check_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/props/check"
)

// What is told while the search goes on is what the result says, and each property is told of once.
func TestDecidedIsToldWhatTheResultSays(t *testing.T) {
	told := map[string][]string{}
	opt := check.Options{Workers: 2, Decided: func(property string, steps []string) {
		require.NotContains(t, told, property)
		told[property] = append([]string{}, steps...)
	}}
	silence := check.OnStep("silence", func(_, after *transaction) bool { return !after.SaysReady[4] })
	commits := check.Sometimes("commits", func(s *transaction) bool { return s.RM[0] == committed })
	r, err := check.Exhaustive(t.Context(), twoPhase{5}.model(), []check.Property[transaction]{consistent(5), silence, commits}, opt)
	require.NoError(t, err)
	want := map[string][]string{}
	for _, v := range r.Verdicts {
		if v.Trace != nil {
			want[v.Property.Name()] = []string{}
			for _, step := range v.Trace.Steps {
				want[v.Property.Name()] = append(want[v.Property.Name()], fmt.Sprint(step))
			}
		}
	}
	assert.Equal(t, want, told)
	assert.Len(t, told, 2)
}

// The levels of a result add up to its states, in memory and on disk.
func TestLevelsAddUpToTheStates(t *testing.T) {
	var levels []int64
	for _, store := range []check.Store{check.InMemory, check.OnDisk} {
		r, err := check.Exhaustive(t.Context(), twoPhase{4}.model(), nil, check.Options{Store: store})
		require.NoError(t, err)
		sum := int64(0)
		for _, n := range r.Levels {
			sum += n
		}
		assert.Equal(t, r.States, sum)
		assert.Len(t, r.Levels, r.Depth+1)
		assert.True(t, levels == nil || slices.Equal(levels, r.Levels))
		levels = r.Levels
	}
}

// Nearest finds a run as short as there is, from wherever it begins.
func TestNearestIsTheShortestRun(t *testing.T) {
	ring := check.Model[int, int]{
		Init:  func() []int { return []int{0} },
		Steps: func(s int, yield func(int, int)) { yield(1, (s+1)%1000); yield(10, (s+10)%1000) },
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		from, to := random.IntN(1000), random.IntN(1000)
		trace, complete, err := ring.Nearest(t.Context(), from, func(s *int) bool { return *s == to }, 5000)
		require.NoError(t, err)
		require.True(t, complete)
		distance := (to - from + 1000) % 1000
		assert.Len(t, trace.Steps, distance/10+distance%10)
		assert.Equal(t, []int{from, to}, []int{trace.States[0], trace.States[len(trace.States)-1]})
	}
	never := func(*int) bool { return false }
	trace, complete, err := ring.Nearest(t.Context(), 0, never, 5000)
	require.NoError(t, err)
	assert.Nil(t, trace)
	assert.True(t, complete, "all were looked at")
	_, complete, err = ring.Nearest(t.Context(), 0, never, 500)
	require.NoError(t, err)
	assert.False(t, complete, "the limit cuts it")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, complete, err = ring.Nearest(ended, 0, never, 5000)
	require.NoError(t, err)
	assert.False(t, complete, "the context ends it")
}

// One step that leads to two states is noticed among few steps and among many.
func TestAStepThatLeadsToTwoStatesIsNoticed(t *testing.T) {
	for _, steps := range []int{2, 63, 64, 65, 66, 200} {
		for at := range steps {
			m := check.Model[int, int]{
				Init: func() []int { return []int{0} },
				Steps: func(_ int, yield func(int, int)) {
					for i := range steps {
						yield(i, i+1)
					}
					yield(at, 1000)
				},
			}
			x, err := m.Expansion()
			require.NoError(t, err)
			for range 2 {
				x.Enter(new(int))
				require.Error(t, x.Err, "%d steps, step %d twice", steps, at)
				x.Err = nil
			}
		}
	}
}
