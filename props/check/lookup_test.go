package check

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Looking up many states at once answers what looking up one does, for states that share all of their hash too.
func TestLookupOfManyAnswersAsForOne(t *testing.T) {
	for _, words := range []int{1, 2} {
		st := newStore(2, 0, 0)
		st.begin([]uint64{0, 0})
		st.widen([]uint64{1<<64 - 1, uint64(words - 1)})
		require.Equal(t, words, st.words)
		packed := func(i int) []uint64 { return []uint64{uint64(i), uint64(i & (words - 1))}[:words] }
		hash := func(i int) uint64 { return uint64(i%5) << 61 }
		for i := range 60 {
			require.NoError(t, added(st.addPacked(packed(i), hash(i), 0)))
		}
		var l lookup
		l.reset(words)
		for i := range lookupStates {
			copy(l.row(i), packed(i))
			l.hashes[i] = hash(i)
		}
		l.states = lookupStates
		l.find(st)
		for i, number := range l.numbers {
			want := 0
			if i < 60 {
				want = i + 1
			}
			assert.EqualValues(t, want, number, "state %d of %d words", i, words)
		}
	}
}
