package check

import (
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// recordOf is the record of a state of 8 bytes.
func recordOf(state uint64, parent uint32) []byte {
	record := make([]byte, 8+parentBytes)
	binary.LittleEndian.PutUint64(record, state)
	setParent(record, parent)
	return record
}

func TestStoreKeepsStatesInOrderWithTheirParents(t *testing.T) {
	const many = 3*blockStates + 5
	st := newStore(8, 0, 0)
	for range 2 { // the second time, all are known
		for i := range uint64(many) {
			record := recordOf(i*i, uint32(i/2))
			require.NoError(t, added(st.add(record, st.hash(record[:8]))))
		}
	}
	require.EqualValues(t, many, st.states)
	for i := range int64(many) {
		require.EqualValues(t, i*i, binary.LittleEndian.Uint64(st.at(i)))
		require.EqualValues(t, i/2, st.parent(i))
		number, _, known := st.find(st.at(i), st.hash(st.at(i)))
		require.True(t, known)
		require.Equal(t, i, number)
	}
	for _, unknown := range []uint64{2, many * many, 1 << 63} {
		packed := recordOf(unknown, 0)[:8]
		_, _, known := st.find(packed, st.hash(packed))
		assert.False(t, known)
	}
}

// States with the same hash are different states: no answer rests on a hash.
func TestStoreTellsStatesOfTheSameHashApart(t *testing.T) {
	for _, hash := range []uint64{0, 0xfedc_ba98_7654_3210, 1<<64 - 1} { // the last one's row of slots wraps around
		st := newStore(8, 0, 0)
		for range 2 {
			for i := range uint64(500) {
				require.NoError(t, added(st.add(recordOf(i, 0), hash)))
			}
		}
		assert.EqualValues(t, 500, st.states)
		_, _, known := st.find(recordOf(500, 0)[:8], hash)
		assert.False(t, known)
	}
}

// A tag that were not taken from the hash again when the table grows would hide known states, or never rule any out.
func TestStoreGrowsWithItsTags(t *testing.T) {
	st := newStore(8, 0, 0)
	for i := range uint64(100_000) {
		record := recordOf(i, 0)
		require.NoError(t, added(st.add(record, st.hash(record[:8]))))
	}
	require.EqualValues(t, 18, st.bits, "100,000 are more than 3/4 of 1<<17")
	full := 0
	for _, entry := range st.table {
		if entry == 0 {
			continue
		}
		full++
		number := int64(entry&(1<<st.bits-1)) - 1
		require.Equal(t, entry>>st.bits, uint32(st.hash(st.at(number)))&(1<<(32-st.bits)-1))
	}
	assert.Equal(t, 100_000, full)
}

func TestStoreChecksItsLimitsBeforeItGrows(t *testing.T) {
	st := newStore(8, 0, 1<<20)
	var err error
	for i := uint64(0); err == nil; i++ {
		record := recordOf(i, 0)
		before := st.states
		if _, err = st.add(record, st.hash(record[:8])); err != nil {
			assert.Equal(t, before, st.states)
		}
		require.LessOrEqual(t, st.memory(), int64(1<<20))
	}
	assert.EqualError(t, err, "limit of 1048576 bytes of memory reached")
	assert.NoError(t, added(st.add(recordOf(7, 0), st.hash(recordOf(7, 0)[:8]))), "a known state needs no room")
}

func added(_ int64, err error) error { return err }
