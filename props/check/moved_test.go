package check_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/props/check"
)

// What was decided in memory, in the last state of a level too, has the same trace when the search has moved to disk.
func TestWhatWasDecidedBeforeTheMoveHasItsTrace(t *testing.T) {
	chainAndTree := check.Model[int, int]{
		Init: func() []int { return []int{1} },
		Steps: func(s int, yield func(int, int)) {
			switch {
			case s < 5:
				yield(0, s+1)
			case s < 200_000:
				for i := range 3 {
					yield(i, 3*s+i)
				}
			}
		},
	}
	four := []check.Property[int]{check.Never("four", func(s *int) bool { return *s == 4 })}
	plain, err := check.Exhaustive(t.Context(), chainAndTree, four, check.Options{})
	require.NoError(t, err)
	moved, err := check.Exhaustive(t.Context(), chainAndTree, four, check.Options{Store: check.MemoryThenDisk, MaxMemory: plain.Memory / 2, Dir: t.TempDir()})
	require.NoError(t, err)
	require.True(t, moved.OnDisk)
	assert.Equal(t, plain.States, moved.States)
	assert.Equal(t, plain.Verdicts[0].Trace, moved.Verdicts[0].Trace)
}
