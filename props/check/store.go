package check

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"
)

const (
	// blockBits sets how many states are allocated at a time: 16,384, few enough for a toy, and many enough that a
	// search of 10 million states needs only some hundred blocks, whose list stays in the cache.
	blockBits   = 14
	blockStates = 1 << blockBits

	parentBytes = 4
	printBytes  = 8

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
// of the search too. A state's number is its place in that order. The store deals in images of states, and keeps of them
// what the layout says.
//
// Packed states stand side by side in large blocks that are never moved, apart from the last one, and each block is as
// wide as its states need. Beside them is an open-addressing table with 4 bytes an entry: the number of a state plus one
// in the low bits and, in the bits which the number does not need yet, a tag from the state's hash. The tag spares most
// looks at states that only share a slot. It decides nothing: a state counts as known only if all of it is equal.
//
// A store that goes by fingerprints keeps the hashes beside the states, takes states with the same hash for one, and drops
// the states of each block when all of them are explored.
//
// Any number of goroutines may read while none adds.
type store struct {
	layout
	maxStates, maxMemory int64
	printed              bool // a state is known by its hash, and itself kept only until it is explored
	forgotten            int  // blocks, whose states are not kept any more
	workers              int  // goroutines that may work for the store; 0 is one
	states               int64
	blocks               []block
	blockMemory          int64
	table                []uint32
	bits                 uint     // the table has 1<<bits entries
	packed               []uint64 // of the state being added
}

// newStore is an empty store for states whose images have so many words.
func newStore(words int, maxStates, maxMemory int64) *store {
	return newStoreOf(newLayout(words, rand.Uint64()), maxStates, maxMemory)
}

// newFingerprints is an empty store that goes by fingerprints of so many bits. They are the same in every run.
func newFingerprints(words, bits int, maxStates, maxMemory int64) *store {
	l := newLayout(words, 0)
	if bits < 64 {
		l.short = bits
	}
	st := newStoreOf(l, maxStates, maxMemory)
	st.printed = true
	return st
}

func newStoreOf(l layout, maxStates, maxMemory int64) *store {
	if maxStates == 0 || maxStates > mostStates {
		maxStates = mostStates
	}
	if maxMemory == 0 {
		maxMemory = math.MaxInt64
	}
	return &store{
		layout:    l,
		maxStates: maxStates, maxMemory: maxMemory,
		table: make([]uint32, 1<<smallestTable), bits: smallestTable,
	}
}

func (st *store) parent(i int64) uint32 {
	return st.blocks[i>>blockBits].parents[i&(blockStates-1)]
}

// read puts the packed words of a state into packed, of which there must be enough.
func (st *store) read(i int64, packed []uint64) {
	b := &st.blocks[i>>blockBits]
	for w := range packed {
		packed[w] = b.word(int(i&(blockStates-1)), w)
	}
}

// image puts the image of a state into the words.
func (st *store) image(i int64, image []uint64) {
	packed := make([]uint64, st.words)
	st.read(i, packed)
	st.unpack(packed, image)
}

// memory is the size of the blocks and the table.
func (st *store) memory() int64 { return st.blockMemory + st.tableBytes() }

func (b *block) bytes() int64 {
	return int64(len(b.states)) + int64(len(b.parents))*parentBytes + int64(len(b.prints))*printBytes
}

// blockBytes is what a new block takes, and more than it takes to make the last one wider.
func (st *store) blockBytes() int64 {
	size := int64(blockStates*(st.width+parentBytes) + wordBytes)
	if st.printed {
		size += blockStates * printBytes
	}
	return size
}

func (st *store) newBlock() block {
	b := block{width: st.width, states: roomFor(st.width), parents: make([]uint32, blockStates)}
	if st.printed {
		b.prints = make([]uint64, blockStates)
	}
	return b
}

// forget says that the states up to the one numbered end are explored.
func (st *store) forget(end int64) {
	for ; st.printed && int64(st.forgotten+1)<<blockBits <= end; st.forgotten++ {
		b := &st.blocks[st.forgotten]
		st.blockMemory -= int64(len(b.states))
		b.states = nil
	}
}

func (st *store) tableBytes() int64 { return int64(len(st.table)) * 4 }

// equal reports whether a state has these packed words. There may be fewer than the state has: the rest is 0. If the store
// goes by fingerprints, the hash decides.
func (st *store) equal(i int64, packed []uint64, hash uint64) bool {
	b, state := &st.blocks[i>>blockBits], int(i&(blockStates-1))
	if st.printed {
		return b.prints[state] == hash
	}
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

// find returns the number of a state, or that it is not known and the slot of the table where it belongs. The top bits
// of the hash choose the slot and the lowest bits are the tag, so that neither tells anything about the other.
func (st *store) find(packed []uint64, hash uint64) (number int64, slot uint64, known bool) {
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
		if i := int64(entry&numbers) - 1; st.equal(i, packed, hash) {
			return i, slot, true
		}
	}
}

// likely returns the number of the first state that has the slot and the tag of the hash. If there is none, no state with
// the hash is known. The entry is the one in the slot.
func (st *store) likely(hash uint64, entry uint32) (number uint32, likely bool) {
	tag := uint32(hash) << st.bits
	numbers := uint32(1)<<st.bits - 1
	last := uint64(len(st.table) - 1)
	for slot := hash >> (64 - st.bits); entry != 0; entry = st.table[slot] {
		if entry&^numbers == tag {
			return entry&numbers - 1, true
		}
		slot = (slot + 1) & last
	}
	return 0, false
}

// number returns the number of the state with the image.
func (st *store) number(image []uint64) (number int64, known bool) {
	if st.states == 0 {
		return 0, false
	}
	packed := make([]uint64, st.words)
	hash, fits := st.pack(image, packed)
	if !fits {
		return 0, false
	}
	number, _, known = st.find(packed, hash)
	return number, known
}

// add stores the state with the image unless it is known, and returns its number. The error is a limit that it would have
// broken.
func (st *store) add(image []uint64, parent uint32) (number int64, err error) {
	st.begin(image)
	st.makeRoom()
	hash, fits := st.pack(image, st.packed)
	if !fits {
		if st.states == st.maxStates {
			return 0, st.full()
		}
		st.widen(image)
		st.makeRoom()
		st.pack(image, st.packed)
	}
	return st.addPacked(st.packed, hash, parent)
}

func (st *store) makeRoom() {
	if len(st.packed) != st.words {
		st.packed = make([]uint64, st.words)
	}
}

// addPacked is add for a state that is packed already, maybe when the layout had fewer words.
func (st *store) addPacked(packed []uint64, hash uint64, parent uint32) (number int64, err error) {
	number, slot, known := st.find(packed, hash)
	if known {
		return number, nil
	}
	if st.states == st.maxStates {
		return 0, st.full()
	}
	if st.states*loadDenominator >= int64(len(st.table))*loadNumerator {
		if err := st.allow(2 * st.tableBytes()); err != nil {
			return 0, err
		}
		st.grow()
		_, slot, _ = st.find(packed, hash)
	}
	b, err := st.lastBlock()
	if err != nil {
		return 0, err
	}
	number = st.states
	st.states++
	b.take(int(number&(blockStates-1)), packed, hash, parent)
	st.table[slot] = st.entry(number, hash)
	return number, nil
}

// touch looks at the slots of the hashes, so that they are in the cache when the states are added. To change a slot takes
// until all looks that are under way are done, so that there is no waiting for many of them at once.
func (st *store) touch(hashes []uint64) {
	shift := 64 - st.bits
	for _, hash := range hashes {
		_ = atomic.LoadUint32(&st.table[hash>>shift])
	}
}

// prepared reports whether so many states may be added with no limit near, and without a larger table.
func (st *store) prepared(more int64) bool {
	end := st.states + more
	blocks := (end+blockStates-1)>>blockBits - int64(len(st.blocks)) + 1 // one more for the last block, if it has to be wider
	return end <= st.maxStates && end*loadDenominator < int64(len(st.table))*loadNumerator &&
		st.allow(blocks*st.blockBytes()) == nil
}

// extend makes room for the states up to the one numbered end.
func (st *store) extend(end int64) {
	now := st.states
	for ; st.states < end; st.states = min(end, (st.states>>blockBits+1)<<blockBits) {
		if _, err := st.lastBlock(); err != nil {
			panic("check: the store was not prepared for what it is to take: a bug in the checker")
		}
	}
	st.states = now
}

func (st *store) full() error { return fmt.Errorf("limit of %d states reached", st.maxStates) }

// lastBlock is the block for the next state, and as wide as the layout is by now.
func (st *store) lastBlock() (*block, error) {
	last := len(st.blocks) - 1
	used := int(st.states & (blockStates - 1))
	if used > 0 && st.blocks[last].width == st.width {
		return &st.blocks[last], nil
	}
	if err := st.allow(st.blockBytes()); err != nil {
		return nil, err
	}
	if used == 0 {
		st.blocks = append(st.blocks, st.newBlock())
		last++
	} else {
		st.blockMemory -= st.blocks[last].bytes()
		st.blocks[last] = st.blocks[last].widened(st.width, used)
	}
	st.blockMemory += st.blocks[last].bytes()
	return &st.blocks[last], nil
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
	rows := st.hashes()
	var taken atomic.Int64
	enter := func() {
		for i := int(taken.Add(1)) - 1; i < len(st.blocks); i = int(taken.Add(1)) - 1 {
			st.enter(i, rows)
		}
	}
	var wait sync.WaitGroup
	for range min(st.workers, len(st.blocks)) - 1 {
		wait.Go(enter)
	}
	enter()
	wait.Wait()
}

// enter puts the states of a block into the table, beside others who do the same.
func (st *store) enter(block int, rows [][256]uint64) {
	var hashes [lookupStates]uint64
	b, first := &st.blocks[block], int64(block)<<blockBits
	states := int(min(blockStates, st.states-first))
	for begin := 0; begin < states; begin += lookupStates {
		some := hashes[:min(lookupStates, states-begin)]
		for i := range some {
			some[i] = b.hash(begin+i, rows)
		}
		st.touch(some)
		for i, hash := range some {
			st.enterOne(st.entry(first+int64(begin+i), hash), hash)
		}
	}
}

// enterOne takes the first free slot, as all states differ.
func (st *store) enterOne(entry uint32, hash uint64) {
	last := uint64(len(st.table) - 1)
	for slot := hash >> (64 - st.bits); !atomic.CompareAndSwapUint32(&st.table[slot], 0, entry); {
		slot = (slot + 1) & last
	}
}

// take stores a state.
func (b *block) take(state int, packed []uint64, hash uint64, parent uint32) {
	b.set(state, packed)
	b.parents[state] = parent
	if b.prints != nil {
		b.prints[state] = hash
	}
}
