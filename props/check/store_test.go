package check

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// imageOf is the image of a state of 8 bytes.
func imageOf(state uint64) []uint64 { return []uint64{state} }

// hashOf is the hash under which the store keeps a state.
func hashOf(st *store, i int64) uint64 {
	packed, image := make([]uint64, st.words), make([]uint64, 1)
	st.read(i, packed)
	return st.unpack(packed, image)
}

func TestStoreKeepsStatesInOrderWithTheirParents(t *testing.T) {
	const many = 3*blockStates + 5
	st := newStore(1, 0, 0)
	for range 2 { // the second time, all are known
		for i := range uint64(many) {
			require.NoError(t, added(st.add(imageOf(i*i), uint32(i/2))))
		}
	}
	require.EqualValues(t, many, st.states)
	for i := range int64(many) {
		image := make([]uint64, 1)
		st.image(i, image)
		require.EqualValues(t, i*i, image[0])
		require.EqualValues(t, i/2, st.parent(i))
		number, known := st.number(image)
		require.True(t, known)
		require.Equal(t, i, number)
	}
	for _, unknown := range []uint64{2, many * many, 1 << 63} {
		_, known := st.number(imageOf(unknown))
		assert.False(t, known)
	}
}

// States with the same hash are different states: no answer rests on a hash.
func TestStoreTellsStatesOfTheSameHashApart(t *testing.T) {
	for _, hash := range []uint64{0, 0xfedc_ba98_7654_3210, 1<<64 - 1} { // the last one's row of slots wraps around
		st := newStore(1, 0, 0)
		st.begin(imageOf(0))
		st.widen(imageOf(511))
		for range 2 {
			for i := range uint64(500) {
				require.NoError(t, added(st.addPacked(imageOf(i), hash, 0)))
			}
		}
		assert.EqualValues(t, 500, st.states)
		_, _, known := st.find(imageOf(500), hash)
		assert.False(t, known)
	}
}

// A tag that were not taken from the hash again when the table grows would hide known states, or never rule any out.
func TestStoreGrowsWithItsTags(t *testing.T) {
	st := newStore(1, 0, 0)
	for i := range uint64(100_000) {
		require.NoError(t, added(st.add(imageOf(i), 0)))
	}
	require.EqualValues(t, 18, st.bits, "100,000 are more than 3/4 of 1<<17")
	full := 0
	for _, entry := range st.table {
		if entry == 0 {
			continue
		}
		full++
		number := int64(entry&(1<<st.bits-1)) - 1
		require.Equal(t, entry>>st.bits, uint32(hashOf(st, number))&(1<<(32-st.bits)-1))
	}
	assert.Equal(t, 100_000, full)
}

func TestStoreChecksItsLimitsBeforeItGrows(t *testing.T) {
	st := newStore(1, 0, 1<<20)
	var err error
	for i := uint64(0); err == nil; i++ {
		before := st.states
		if _, err = st.add(imageOf(i), 0); err != nil {
			assert.Equal(t, before, st.states)
		}
		require.LessOrEqual(t, st.memory(), int64(1<<20))
	}
	assert.EqualError(t, err, "limit of 1048576 bytes of memory reached")
	assert.NoError(t, added(st.add(imageOf(7), 0)), "a known state needs no room")
}

func added(_ int64, err error) error { return err }

// What was packed when the layout had fewer words is 0 in the others.
func TestStoreComparesWordsThatCameLater(t *testing.T) {
	const hash = 9
	st := newStore(2, 0, 0)
	st.begin([]uint64{0, 0})
	st.widen([]uint64{1<<64 - 1, 1})
	require.Equal(t, 2, st.words)
	require.NoError(t, added(st.addPacked([]uint64{5, 1}, hash, 0)))
	_, _, known := st.find([]uint64{5}, hash)
	assert.False(t, known)
	require.NoError(t, added(st.addPacked([]uint64{5}, hash, 0)))
	for _, packed := range [][]uint64{{5}, {5, 0}} {
		number, _, known := st.find(packed, hash)
		assert.True(t, known)
		assert.EqualValues(t, 1, number)
	}
	number, _, known := st.find([]uint64{5, 1}, hash)
	assert.True(t, known)
	assert.EqualValues(t, 0, number)
}

func TestStateWithABitWithoutAPlaceIsNotKnown(t *testing.T) {
	st := newStore(1, 0, 0)
	for i := range st.spots {
		st.spots[i].key = 0 // so that all hashes are the same
	}
	require.NoError(t, added(st.add(imageOf(5), 0)))
	_, known := st.number(imageOf(5))
	assert.True(t, known)
	_, known = st.number(imageOf(7))
	assert.False(t, known)
}
