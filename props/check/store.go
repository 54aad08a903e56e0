package check

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"math"
)

const (
	// blockBits sets how many states are allocated at a time: 16,384, few enough for a toy, and many enough that a
	// search of 10 million states needs only some hundred blocks, whose list stays in the cache.
	blockBits   = 14
	blockStates = 1 << blockBits

	parentBytes = 4 // of the record of a state, after its packed bytes

	// smallestTable is the logarithm of the entries of an empty store's table.
	smallestTable = 10

	// mostStates is what a table of the largest size takes: its entries, and the parents, have 32 bits for a state.
	mostStates = int64(loadNumerator << 32 / loadDenominator)

	// The table is at most 3/4 full. As the slots are probed in order, 16 to a cache line, more would still be fast; but
	// entries need the bit pattern 0 for "empty", and growth needs the room anyway.
	loadNumerator, loadDenominator = 3, 4
)

// noParent is the parent of an initial state.
const noParent = math.MaxUint32

// store holds every state found, whole, in the order found, which is the order of breadth-first search and so the queue
// of the search too. A state's number is its place in that order.
//
// Records, the packed state and the number of its parent, stand side by side in large blocks that are never moved. Beside
// them is an open-addressing table with 4 bytes an entry: the number of a state plus one in the low bits and, in the bits
// which the number does not need yet, a tag from the state's hash. The tag spares most looks at states that only
// share a slot. It decides nothing: a state counts as known only if all of its bytes are equal.
//
// Any number of goroutines may read while none adds.
type store struct {
	width, stride        int // bytes of a packed state, and of a record
	maxStates, maxMemory int64
	seed                 maphash.Seed
	states               int64
	blocks               [][]byte
	table                []uint32
	bits                 uint // the table has 1<<bits entries
}

func newStore(width int, maxStates, maxMemory int64) *store {
	if maxStates == 0 || maxStates > mostStates {
		maxStates = mostStates
	}
	if maxMemory == 0 {
		maxMemory = math.MaxInt64
	}
	return &store{
		width: width, stride: width + parentBytes,
		maxStates: maxStates, maxMemory: maxMemory,
		seed:  maphash.MakeSeed(),
		table: make([]uint32, 1<<smallestTable), bits: smallestTable,
	}
}

func setParent(record []byte, parent uint32) {
	binary.LittleEndian.PutUint32(record[len(record)-parentBytes:], parent)
}

func (st *store) record(i int64) []byte {
	block := st.blocks[i>>blockBits]
	start := int(i&(blockStates-1)) * st.stride
	return block[start : start+st.stride : start+st.stride]
}

func (st *store) at(i int64) []byte { return st.record(i)[:st.width] }

func (st *store) parent(i int64) uint32 {
	return binary.LittleEndian.Uint32(st.record(i)[st.width:])
}

func (st *store) hash(packed []byte) uint64 { return maphash.Bytes(st.seed, packed) }

// memory is the size of the blocks and the table.
func (st *store) memory() int64 {
	return int64(len(st.blocks))*st.blockBytes() + st.tableBytes()
}

func (st *store) blockBytes() int64 { return blockStates * int64(st.stride) }
func (st *store) tableBytes() int64 { return int64(len(st.table)) * 4 }

// find returns the number of a state, or that it is not known and the slot of the table where it belongs. The top bits
// of the hash choose the slot and the lowest bits are the tag, so that neither tells anything about the other.
func (st *store) find(packed []byte, hash uint64) (number int64, slot uint64, known bool) {
	tag := uint32(hash) << st.bits
	numbers := uint32(1)<<st.bits - 1
	last := uint64(len(st.table) - 1)
	for slot = hash >> (64 - st.bits); ; slot = (slot + 1) & last {
		entry := st.table[slot]
		if entry == 0 {
			return 0, slot, false
		}
		if entry&^numbers != tag {
			continue
		}
		if i := int64(entry&numbers) - 1; bytes.Equal(st.at(i), packed) {
			return i, slot, true
		}
	}
}

// add stores the state unless it is known, and returns its number. The error is a limit that it would have broken.
func (st *store) add(record []byte, hash uint64) (number int64, err error) {
	number, slot, known := st.find(record[:st.width], hash)
	if known {
		return number, nil
	}
	if st.states == st.maxStates {
		return 0, fmt.Errorf("limit of %d states reached", st.maxStates)
	}
	if st.states*loadDenominator >= int64(len(st.table))*loadNumerator {
		if err := st.allow(2 * st.tableBytes()); err != nil {
			return 0, err
		}
		st.grow()
		_, slot, _ = st.find(record[:st.width], hash)
	}
	if st.states == int64(len(st.blocks))*blockStates {
		if err := st.allow(st.blockBytes()); err != nil {
			return 0, err
		}
		st.blocks = append(st.blocks, make([]byte, st.blockBytes()))
	}
	number = st.states
	st.states++
	copy(st.record(number), record)
	st.table[slot] = st.entry(number, hash)
	return number, nil
}

func (st *store) entry(number int64, hash uint64) uint32 {
	return uint32(hash)<<st.bits | uint32(number+1)
}

func (st *store) allow(more int64) error {
	if st.memory()+more > st.maxMemory {
		return limitOfMemory(st.maxMemory)
	}
	return nil
}

func limitOfMemory(bytes int64) error {
	return fmt.Errorf("limit of %d bytes of memory reached", bytes)
}

// grow doubles the table. The entries have only a part of the hash, so it is taken again from the states.
func (st *store) grow() {
	st.bits++
	st.table = make([]uint32, 1<<st.bits)
	last := uint64(len(st.table) - 1)
	for i := range st.states {
		hash := st.hash(st.at(i))
		slot := hash >> (64 - st.bits)
		for st.table[slot] != 0 { // all states differ, so the first free slot will do
			slot = (slot + 1) & last
		}
		st.table[slot] = st.entry(i, hash)
	}
}
