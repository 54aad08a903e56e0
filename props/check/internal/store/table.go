package store

import (
	"sync"
	"sync/atomic"
)

const (
	// smallestTable is the logarithm of the slots of an empty store's table.
	smallestTable = 10

	// The table is at most 3/4 full. As the slots are probed in order, 16 to a cache line, more would still be fast; but
	// entries need the bit pattern 0 for "empty", and growth needs the room anyway.
	loadNumerator, loadDenominator = 3, 4
)

// table is a hash table with open addressing and 4 bytes an entry: the number of a state plus one in the low bits and, in
// the bits which the number does not need yet, a tag from the state's hash. The tag spares most looks at states that only
// share a slot. It decides nothing: a state counts as known only if all of it is equal. The top bits of the hash choose the
// slot and the lowest bits are the tag, so that neither tells anything about the other.
type table struct {
	slots []uint32
	bits  uint // there are 1<<bits slots
}

func newTable(bits uint) table { return table{make([]uint32, 1<<bits), bits} }

func (t *table) bytes() int64 { return int64(len(t.slots)) * 4 }

// crowded reports whether the table has to grow before it takes another state besides so many.
func (t *table) crowded(states int64) bool {
	return states*loadDenominator >= int64(len(t.slots))*loadNumerator
}

func (t *table) entry(number int64, hash uint64) uint32 {
	return uint32(hash)<<t.bits | uint32(number+1)
}

// likely returns the number of the first state that has the slot and the tag of the hash. If there is none, no state with
// the hash is known. The entry is the one in the slot.
func (t *table) likely(hash uint64, entry uint32) (number uint32, likely bool) {
	tag := uint32(hash) << t.bits
	numbers := uint32(1)<<t.bits - 1
	last := uint64(len(t.slots) - 1)
	for slot := hash >> (64 - t.bits); entry != 0; entry = t.slots[slot] {
		if entry&^numbers == tag {
			return entry&numbers - 1, true
		}
		slot = (slot + 1) & last
	}
	return 0, false
}

// touch, which is called for each hash, looks at the slots of many at a time, so that they are in the cache when the states
// are added. To change a slot takes until all looks that are under way are done, so that there is no waiting for many of
// them at once.
func (t *table) touch(hashes []uint64, i int) {
	if i%BatchStates != 0 {
		return
	}
	shift := 64 - t.bits
	for _, hash := range hashes[i:min(i+BatchStates, len(hashes))] {
		_ = atomic.LoadUint32(&t.slots[hash>>shift])
	}
}

// find returns the number of a state, or that it is not known and the slot of the table where it belongs.
func (st *Store) find(packed []uint64, hash uint64) (number int64, slot uint64, known bool) {
	tag := uint32(hash) << st.bits
	numbers := uint32(1)<<st.bits - 1
	last := uint64(len(st.slots) - 1)
	for slot = hash >> (64 - st.bits); ; slot = (slot + 1) & last {
		entry := st.slots[slot]
		if entry == 0 {
			return 0, slot, false
		}
		if entry&^numbers != tag {
			continue
		}
		if i := int64(entry&numbers) - 1; st.equal(i, packed) {
			return i, slot, true
		}
	}
}

// equal reports whether a state has these packed words. There may be fewer than the state has: the rest is 0.
func (st *Store) equal(number int64, packed []uint64) bool {
	b, state := st.at(number)
	for w, word := range packed {
		if b.word(state, w) != word {
			return false
		}
	}
	for w := len(packed); w*wordBytes < b.width; w++ {
		if b.word(state, w) != 0 {
			return false
		}
	}
	return true
}

// grow doubles the table. The entries have only a part of the hash, so it is taken again from the states.
func (st *Store) grow() {
	st.table = newTable(st.bits + 1)
	rows := st.hashes()
	var taken atomic.Int64
	enter := func() {
		for i := int(taken.Add(1)) - 1; i < len(st.blocks); i = int(taken.Add(1)) - 1 {
			st.enter(i, rows)
		}
	}
	var wait sync.WaitGroup
	for range min(st.opt.Workers, len(st.blocks)) - 1 {
		wait.Go(enter)
	}
	enter()
	wait.Wait()
}

// enter puts the states of a block into the table, beside others who do the same: each takes the first free slot, as all
// states differ.
func (st *Store) enter(block int, rows [][256]uint64) {
	var hashes [BatchStates]uint64
	b, first, last := &st.blocks[block], int64(block)<<blockBits, uint64(len(st.slots)-1)
	states := int(min(blockStates, st.states-first))
	for begin := 0; begin < states; begin += BatchStates {
		some := hashes[:min(BatchStates, states-begin)]
		for i := range some {
			some[i] = b.hash(begin+i, rows)
		}
		st.touch(some, 0)
		for i, hash := range some {
			entry := st.entry(first+int64(begin+i), hash)
			for slot := hash >> (64 - st.bits); !atomic.CompareAndSwapUint32(&st.slots[slot], 0, entry); {
				slot = (slot + 1) & last
			}
		}
	}
}
