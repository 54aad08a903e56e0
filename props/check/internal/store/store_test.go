package store

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// imageOf is the image of a state of 8 bytes.
func imageOf(state uint64) []uint64 { return []uint64{state} }

// States with the same hash are different states: no answer rests on a hash.
func TestStoreTellsStatesOfTheSameHashApart(t *testing.T) {
	for _, hash := range []uint64{0, 0xfedc_ba98_7654_3210, 1<<64 - 1} { // the last one's row of slots wraps around
		st := New(1, Options{})
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
	st := New(1, Options{})
	for i := range uint64(100_000) {
		require.NoError(t, added(st.Add(imageOf(i), 0)))
	}
	require.EqualValues(t, 18, st.bits, "100,000 are more than 1<<16")
	f, full := st.Finder(), 0
	f.Reset()
	for _, entry := range st.slots {
		if entry == 0 {
			continue
		}
		full++
		f.Enter(int64(entry&(1<<st.bits-1)) - 1)
		require.Equal(t, entry>>st.bits, uint32(f.hash)&(1<<(32-st.bits)-1))
	}
	assert.Equal(t, 100_000, full)
}

func TestStoreChecksItsLimitsBeforeItGrows(t *testing.T) {
	st := New(1, Options{MaxMemory: 1 << 20})
	var err error
	for i := uint64(0); err == nil; i++ {
		before := st.states
		if _, err = st.Add(imageOf(i), 0); err != nil {
			assert.Equal(t, before, st.states)
		}
		require.LessOrEqual(t, st.Memory(), int64(1<<20))
	}
	assert.EqualError(t, err, "limit of 1048576 bytes of memory reached")
	assert.NoError(t, added(st.Add(imageOf(7), 0)), "a known state needs no room")
}

// Where the table cannot double, it grows by as much as there is memory for, and finds every state at whatever size it has.
func TestTableGrowsIntoTheMemoryThatIsLeft(t *testing.T) {
	for _, limit := range []int64{2 << 20, 3 << 20, 5_000_000} {
		st := New(1, Options{MaxMemory: limit, Workers: 2})
		image := func(i int64) []uint64 { return imageOf(uint64(i) * 0x9e3779b9 & (1<<40 - 1)) }
		var err error
		for i := int64(0); err == nil; i++ {
			slots := len(st.slots)
			if _, err = st.Add(image(i), None); slots == len(st.slots) && err == nil {
				continue
			}
			for known := int64(0); known < st.Len(); known += 11 {
				if number, found := st.Find(image(known)); !found || number != known {
					require.FailNow(t, "not found", "state %d in %d slots", known, len(st.slots))
				}
			}
		}
		assert.LessOrEqual(t, st.Memory(), limit)
		assert.Greater(t, st.Memory(), limit*4/5, "%d states in %d slots", st.Len(), len(st.slots))
	}
}

// What counts beside the store is asked for when the store grows.
func TestLimitOfMemoryCountsWhatIsBeside(t *testing.T) {
	beside := int64(0)
	st := New(1, Options{MaxMemory: 10 << 20, Beside: func() int64 { return beside }})
	var err error
	for i := uint64(0); err == nil; i++ {
		_, err = st.Add(imageOf(i), None)
		beside = st.Len() * 40
	}
	assert.LessOrEqual(t, st.Memory()+beside, int64(10<<20)+blockStates*40, "it is asked about once in a block")
	assert.Greater(t, st.Memory()+beside, int64(8<<20))
}

func added(_ int64, err error) error { return err }

// What was packed when the layout had fewer words is 0 in the others.
func TestStoreComparesWordsThatCameLater(t *testing.T) {
	const hash = 9
	st := New(2, Options{})
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
	st := New(1, Options{})
	for i := range st.spots {
		st.spots[i].key = 0 // so that all hashes are the same
	}
	require.NoError(t, added(st.Add(imageOf(5), 0)))
	_, known := st.Find(imageOf(5))
	assert.True(t, known)
	_, known = st.Find(imageOf(7))
	assert.False(t, known)
}

// Looking up many states at once answers what looking up one does, for states that share all of their hash too.
func TestLookupOfManyAnswersAsForOne(t *testing.T) {
	for _, words := range []int{1, 2} {
		st := New(2, Options{})
		st.begin([]uint64{0, 0})
		st.widen([]uint64{1<<64 - 1, uint64(words - 1)})
		require.Equal(t, words, st.words)
		packed := func(i int) []uint64 { return []uint64{uint64(i), uint64(i & (words - 1))}[:words] }
		hash := func(i int) uint64 { return uint64(i%5) << 61 }
		for i := range 60 {
			require.NoError(t, added(st.addPacked(packed(i), hash(i), 0)))
		}
		f := st.Finder()
		f.Reset()
		for i := range BatchStates {
			copy(f.packed[i*words:], packed(i))
			f.hashes[i] = hash(i)
		}
		f.waiting = BatchStates
		for i, number := range f.Find() {
			want := uint32(None)
			if i < 60 {
				want = uint32(i)
			}
			assert.Equal(t, want, number, "state %d of %d words", i, words)
		}
	}
}
