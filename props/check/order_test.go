package check_test

import (
	"fmt"
	"slices"
	"testing"

	"pkgdist/props/check"

	"github.com/stretchr/testify/assert"
)

// tree is a binary tree of n states numbered level by level, so that breadth-first order is that of the numbers. Its
// levels soon are larger than a worker's share, and then larger than a batch.
type tree struct{ n int }

func (m tree) model() check.Model[int, string] {
	return check.Model[int, string]{Init: func() []int { return []int{0} }, Steps: m.Steps}
}

func (m tree) Steps(s int, yield func(string, int)) {
	for side, next := range []int{2*s + 1, 2*s + 2} {
		if next < m.n {
			yield([]string{"left", "right"}[side], next)
		}
	}
}

func TestStatesAreFoundInBreadthFirstOrder(t *testing.T) {
	const n = 40_000
	for _, workers := range []int{1, 2, 8} {
		t.Run(fmt.Sprint(workers, " workers"), func(t *testing.T) {
			r := explore(t, tree{n}.model(), check.Options{Workers: workers},
				check.Always("below 20,001", func(s *int) bool { return *s <= 20_000 }),
				check.OnStep("nowhere near", func(_, after *int) bool { return *after < 20_001 }))
			assert.EqualValues(t, n, r.States)
			assert.EqualValues(t, n-1, r.Steps)
			assert.Equal(t, 15, r.Depth)
			assert.True(t, slices.IsSorted(slices.Collect(r.All())))
			// Of the 20,000 states of the same level that violate them, it is the first that counts.
			way := ancestors(20_001)
			assert.Equal(t, way, r.Verdict("below 20,001").Trace.States)
			assert.Equal(t, way, r.Verdict("nowhere near").Trace.States)
		})
	}
}

func TestDepthOfASearchCutWithinALevel(t *testing.T) {
	r := explore(t, tree{40_000}.model(), check.Options{MaxStates: 17_000})
	assert.EqualValues(t, 17_000, r.States)
	assert.Equal(t, 14, r.Depth, "state 16,383 is the first so far, and found in the first batch of its parents' level")
	assert.EqualValues(t, 2*(8_191+4_096), r.Steps, "that batch is finished, the next is not begun")
}

// ancestors are the states on the way to s.
func ancestors(s int) []int {
	if s == 0 {
		return []int{0}
	}
	return append(ancestors((s-1)/2), s)
}
