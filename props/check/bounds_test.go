package check

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fan has so many steps out of each state, each to a state of its own.
func fan(width uint64) Model[uint64, uint64] {
	return Model[uint64, uint64]{
		Init: func() []uint64 { return []uint64{0} },
		Steps: func(s uint64, yield func(uint64, uint64)) {
			for i := range width {
				yield(i, s*width+i+1)
			}
		},
	}
}

// peak is the most memory of the heap during a search, above what there was before it.
func peak(search func()) uint64 {
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	most := before.HeapAlloc
	var stop atomic.Bool
	done := make(chan bool)
	go func() {
		defer close(done)
		for !stop.Load() {
			runtime.ReadMemStats(&now)
			most = max(most, now.HeapAlloc)
			time.Sleep(2 * time.Millisecond)
		}
	}()
	search()
	stop.Store(true)
	<-done
	return most - before.HeapAlloc
}

func TestLimitsBoundTheWorkInHand(t *testing.T) {
	for _, workers := range []int{1, 4} {
		used := peak(func() {
			r, err := Exhaustive(t.Context(), fan(10_000), nil, Options{Workers: workers, MaxMemory: 4 << 20})
			require.NoError(t, err)
			assert.Equal(t, "limit of 4194304 bytes of memory reached", r.Stopped)
		})
		assert.Less(t, used, uint64(64<<20), "%d workers", workers)
	}
}

func TestLimitsStrikeWithinASingleState(t *testing.T) {
	const many = 5_000_000
	begin := time.Now()
	used := peak(func() {
		r, err := Exhaustive(t.Context(), fan(many), nil, Options{MaxStates: 1_000})
		require.NoError(t, err)
		assert.Equal(t, "limit of 1000 states reached", r.Stopped)
		assert.EqualValues(t, 1_000, r.States)
	})
	assert.Less(t, used, uint64(64<<20))
	assert.Less(t, time.Since(begin), time.Minute)

	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	begin = time.Now()
	r, err := Exhaustive(ctx, fan(100*many), nil, Options{})
	require.NoError(t, err)
	assert.Equal(t, "time limit reached", r.Stopped)
	assert.Less(t, time.Since(begin), 10*time.Second)
}

// Where the finds of a share take more than its quota, one worker expands it again, and that makes no difference.
func TestShareThatOutgrowsItsQuotaChangesNothing(t *testing.T) {
	properties := []Property[uint64]{
		Always("below", func(n *uint64) bool { return *n < 5000 }),
		OnStep("small steps", func(before, after *uint64) bool { return *after-*before < 3000 }),
		Eventually("the end", func(n *uint64) bool { return *n == 9000 }),
		Eventually("the middle", func(n *uint64) bool { return *n == 4000 }),
	}
	m := Model[uint64, string]{
		Init: func() []uint64 { return []uint64{1} },
		Steps: func(n uint64, yield func(string, uint64)) {
			yield("stay", n)
			yield("up", min(n+1, 9_000))
			yield("double", min(2*n, 9_000))
		},
		Promises: []Promise{{Name: "up"}},
		Keeps:    func(_ *uint64, _ string, yield func(int)) { yield(0) },
	}
	for _, opt := range []Options{{Keep: true}, {Keep: true, MaxStates: 4_321}} {
		var want *Result[uint64, string]
		for _, quota := range []int{shareBytes, 1, 300} {
			for _, opt.Workers = range []int{1, 2, 8} {
				s, err := newSearch(t.Context(), m, nil, properties, opt)
				require.NoError(t, err)
				s.quota = quota
				require.NoError(t, s.begin())
				require.NoError(t, s.run())
				require.NoError(t, s.decideLiveness())
				r, err := s.conclude()
				require.NoError(t, err)
				if want == nil {
					want = r
				}
				require.Equal(t, fmt.Sprint(want, want.Steps, want.AtRest), fmt.Sprint(r, r.Steps, r.AtRest), "quota %d, %d workers, %+v", quota, opt.Workers, opt)
				require.Equal(t, slices.Collect(want.All()), slices.Collect(r.All()))
				for i, v := range r.Verdicts {
					require.Equal(t, want.Verdicts[i].Trace, v.Trace)
				}
			}
		}
	}
}
