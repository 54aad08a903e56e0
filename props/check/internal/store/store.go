// Package store keeps the states that a search finds: it is the visited set and the queue in one.
package store

import (
	"fmt"
	"math"
	"math/rand/v2"
)

const (
	// None is the number of no state: the parent of an initial state, and what a Finder answers about an unknown state.
	None = math.MaxUint32

	// mostStates is what a table of the largest size takes: its entries, and the parents, have 32 bits for a state.
	mostStates = int64(loadNumerator << 32 / loadDenominator)
)

// Store is a set of states, each of them an image: a row of words, as many for each state. The states are kept whole, in
// the order in which they are added, which is the order of breadth-first search, and so the store is the queue of the
// search too. A state's number is its place in that order.
//
// The layout says which bits of the images are stored. The stored bits, the packed states, are side by side in large blocks
// that are never moved, apart from the last one, and each block is as wide as its states need. Beside them is a hash table.
//
// Any number of goroutines may read while none adds.
type Store struct {
	layout
	table
	opt         Options
	states      int64
	blocks      []block
	parents     parents
	blockMemory int64
	packed      []uint64 // of the state being added
	insertion   insertion
}

// Options are the limits of a store.
type Options struct {
	MaxStates int64        // 0 is as many as there are numbers for
	MaxMemory int64        // in bytes; 0 is no limit
	Beside    func() int64 // the bytes of what counts besides the store; nil is nothing
	Workers   int          // goroutines that may work for the store; 0 is one
}

// New is an empty store for states whose images have so many words.
func New(words int, opt Options) *Store {
	if opt.MaxStates == 0 || opt.MaxStates > mostStates {
		opt.MaxStates = mostStates
	}
	if opt.MaxMemory == 0 {
		opt.MaxMemory = math.MaxInt64
	}
	if opt.Beside == nil {
		opt.Beside = func() int64 { return 0 }
	}
	return &Store{opt: opt, layout: newLayout(words, rand.Uint64()), table: newTable(), packed: make([]uint64, 1)}
}

// Len is how many states there are.
func (st *Store) Len() int64 { return st.states }

// Memory is the size of the blocks, the parents and the table.
func (st *Store) Memory() int64 { return st.blockMemory + st.table.bytes() }

// Parent is the parent with which a state was added.
func (st *Store) Parent(number int64) uint32 { return st.parents.of(number) }

// at is where a state is.
func (st *Store) at(number int64) (b *block, state int) {
	return &st.blocks[number>>blockBits], int(number & (blockStates - 1))
}

// Read puts the image of a state into image.
func (st *Store) Read(number int64, image []uint64) {
	b, state := st.at(number)
	copy(image, st.base)
	for w := range st.words {
		st.unpack(w, b.word(state, w), image)
	}
}

// Find returns the number of the state with the image.
func (st *Store) Find(image []uint64) (number int64, known bool) {
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

// Add stores the state with the image unless it is known, and returns its number. The error is a limit that it would have
// broken.
func (st *Store) Add(image []uint64, parent uint32) (number int64, err error) {
	st.begin(image)
	hash, fits := st.pack(image, st.packed)
	if !fits {
		if st.states == st.opt.MaxStates {
			return 0, st.full()
		}
		st.widen(image)
		st.packed = make([]uint64, st.words)
		st.pack(image, st.packed)
	}
	return st.addPacked(st.packed, hash, parent)
}

// addPacked is Add for a state that is packed already, maybe when the layout had fewer words.
func (st *Store) addPacked(packed []uint64, hash uint64, parent uint32) (number int64, err error) {
	number, slot, known := st.find(packed, hash)
	if known {
		return number, nil
	}
	if st.states == st.opt.MaxStates {
		return 0, st.full()
	}
	if st.crowded(st.states) {
		if err := st.grow(); err != nil {
			return 0, err
		}
		_, slot, _ = st.find(packed, hash)
	}
	b, err := st.lastBlock()
	if err != nil {
		return 0, err
	}
	number = st.states
	st.states++
	b.put(int(number&(blockStates-1)), packed)
	st.parents.append(parent)
	st.slots[slot] = st.entry(number, hash)
	return number, nil
}

// lastBlock is the block for the next state, and as wide as the layout is by now.
func (st *Store) lastBlock() (*block, error) {
	last := len(st.blocks) - 1
	used := int(st.states & (blockStates - 1))
	if used > 0 && st.blocks[last].width == st.width {
		return &st.blocks[last], nil
	}
	size := st.blockBytes(st.width)
	if err := st.allow(size); err != nil {
		return nil, err
	}
	if used == 0 {
		st.blocks = append(st.blocks, newBlock(st.width))
		last++
	} else {
		st.blockMemory -= st.blockBytes(st.blocks[last].width)
		st.blocks[last] = st.blocks[last].widened(st.width, used)
	}
	st.blockMemory += size
	return &st.blocks[last], nil
}

// blockBytes is what a block takes, with the parents of its states.
func (st *Store) blockBytes(width int) int64 {
	return int64(blockStates*width + wordBytes + pieceBits/8)
}

func (st *Store) full() error { return Full{st.opt.MaxStates} }

// Full is the error for the limit of states.
type Full struct{ States int64 }

func (f Full) Error() string { return fmt.Sprintf("limit of %d states reached", f.States) }

// used is what the limit of memory is about.
func (st *Store) used() int64 { return st.Memory() + st.opt.Beside() }

func (st *Store) allow(more int64) error {
	if st.used()+more > st.opt.MaxMemory {
		return OutOfMemory{st.opt.MaxMemory}
	}
	return nil
}

// OutOfMemory is the error for the limit of memory.
type OutOfMemory struct{ Bytes int64 }

func (o OutOfMemory) Error() string {
	return fmt.Sprintf("limit of %d bytes of memory reached", o.Bytes)
}
