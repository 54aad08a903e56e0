package store

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Parents are what they were when they were added: first none, then never lower than before, with gaps of any size.
func TestParentsAreKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var kept parents
		var plain []uint32
		add := func(parent uint32, times int) {
			for range times {
				kept.append(parent)
				plain = append(plain, parent)
			}
		}
		some := rapid.OneOf(rapid.IntRange(0, 3), rapid.IntRange(0, 200), rapid.IntRange(0, 2*pieceBits))
		add(None, some.Draw(t, "initial states"))
		parent := uint32(0)
		for range rapid.IntRange(0, 20).Draw(t, "parents") {
			parent += uint32(some.Draw(t, "gap"))
			add(parent, some.Draw(t, "children"))
		}
		for state := 0; state < len(plain); state += 1 + len(plain)/10_007 { // few enough for a large one to be quick
			require.Equal(t, plain[state], kept.of(int64(state)), "state %d", state)
		}
	})
}

func TestParentThatFallsIsABugInTheChecker(t *testing.T) {
	for _, parent := range []uint32{6, 0, None} {
		st := New(1, Options{})
		require.NoError(t, added(st.Add(imageOf(0), None)))
		require.NoError(t, added(st.Add(imageOf(1), 7)))
		require.PanicsWithValue(t,
			fmt.Sprintf("check: the parent of state 2 is %d, and that of the state before is 7: a bug in the checker", int32(parent)),
			func() { _, _ = st.Add(imageOf(2), parent) })
	}
}
