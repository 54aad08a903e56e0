package store

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// BatchStates is how many states are looked up together: enough for a processor to have all the reads under way that it can,
// and few enough for what is looked up to stay in its nearest cache.
const BatchStates = 128

// Finder looks up the next states of a current one, many at a time. Each worker has its own.
//
// Nearly every look at a large table, and at a state that the table names, has to wait for the main memory. So the looks at
// the table are made one after the other, with nothing between them that depends on them, then those at the states, and the
// processor waits for many of them at once.
type Finder struct {
	store  *Store   // nil where states are kept by level
	layout *layout  // of the states
	spots  []spot   // of the layout
	number uint32   // of the current state
	image  []uint64 // of it
	row    []uint64 // its packed words
	hash   uint64

	waiting  int // next states
	words    int // of each packed one
	packed   []uint64
	unplaced []int    // those with a bit that has no place in the layout
	images   []uint64 // of the unplaced ones
	hashes   [BatchStates]uint64
	parents  [BatchStates]uint32
	numbers  [BatchStates]uint32 // the answer
	first    [BatchStates]uint64 // the first word of the state that the table names
}

// Finder returns a finder, which has to be Reset first.
func (st *Store) Finder() Finder { return st.layout.finder(st) }

func (l *layout) finder(st *Store) Finder {
	return Finder{store: st, layout: l, spots: l.spots, image: make([]uint64, len(l.spots)/64)}
}

// Reset forgets what waits. It is needed whenever states were added.
func (f *Finder) Reset() {
	f.Clear()
	if f.words != f.layout.words {
		f.words, f.packed = f.layout.words, make([]uint64, BatchStates*f.layout.words)
	}
	for len(f.row) < f.words { // the layout has become wider
		f.row = append(f.row, 0)
	}
}

// Enter makes a state of the store the current one, and returns its image, which is valid until the next call.
func (f *Finder) Enter(number int64) (image []uint64) {
	b, state := f.store.at(number)
	copy(f.image, f.layout.base)
	f.number, f.hash = uint32(number), 0
	for w := range f.row {
		f.row[w] = b.word(state, w)
		f.hash ^= f.layout.unpack(w, f.row[w], f.image)
	}
	return f.image
}

// EnterRow is Enter for a packed state, which may have fewer words than the layout has by now.
func (f *Finder) EnterRow(row []uint64, number uint32) (image []uint64) {
	copy(f.image, f.layout.base)
	f.number, f.hash = number, 0
	clear(f.row)
	for w, word := range row {
		f.row[w] = word
		f.hash ^= f.layout.unpack(w, word, f.image)
	}
	return f.image
}

// Part is where a word of an image is in memory: 8 bytes from the offset, of which the mask says which are part of the value.
type Part struct {
	Offset int
	Mask   uint64
}

// Load is the word.
func (p Part) Load(memory []byte) uint64 {
	return binary.LittleEndian.Uint64(memory[p.Offset:]) & p.Mask
}

// Keep puts the word back where it is, and leaves the other bytes as they are.
func (p Part) Keep(memory []byte, word uint64) {
	b := memory[p.Offset:]
	binary.LittleEndian.PutUint64(b, binary.LittleEndian.Uint64(b)&^p.Mask|word)
}

// Differs makes the image that of the next state, and reports whether it is another state than the current one. Only the
// bits that differ are looked at: their keys change the hash, and they themselves the packed words.
func (f *Finder) Differs(next []uint64) (changed bool) {
	row, unplaced := f.begin(), false
	for i, word := range f.image {
		if diff := next[i] ^ word; diff != 0 {
			changed = true
			unplaced = f.flip(row, i, diff) || unplaced
		}
	}
	if unplaced {
		f.unplaced = append(f.unplaced, f.waiting)
		f.images = append(f.images, next...)
	}
	return changed
}

// DiffersIn is Differs for an image whose words are in memory.
func (f *Finder) DiffersIn(memory []byte, parts []Part) (changed bool) {
	row, unplaced := f.begin(), false
	for i, p := range parts {
		if diff := p.Load(memory) ^ f.image[i]; diff != 0 {
			changed = true
			unplaced = f.flip(row, i, diff) || unplaced
		}
	}
	if unplaced {
		f.unplaced = append(f.unplaced, f.waiting)
		for _, p := range parts {
			f.images = append(f.images, p.Load(memory))
		}
	}
	return changed
}

// begin makes the next state the same as the current one.
func (f *Finder) begin() (row []uint64) {
	row = f.packed[f.waiting*f.words:][:f.words]
	if row[0] = f.row[0]; len(row) > 1 {
		copy(row, f.row)
	}
	f.hashes[f.waiting&(BatchStates-1)] = f.hash
	return row
}

// flip makes the difference in one word, and reports whether one of the bits has no place in the layout.
func (f *Finder) flip(row []uint64, word int, diff uint64) (unplaced bool) {
	spots, hash := (*[64]spot)(f.spots[word<<6:]), uint64(0)
	for ; diff != 0; diff &= diff - 1 {
		b := &spots[bits.TrailingZeros64(diff)&63]
		hash ^= b.key
		if b.place == noPlace {
			unplaced = true
			continue
		}
		row[b.place>>6] ^= 1 << (b.place & 63)
	}
	f.hashes[f.waiting&(BatchStates-1)] ^= hash
	return unplaced
}

// Waiting is how many states wait to be looked up.
func (f *Finder) Waiting() int { return f.waiting }

// Wait has the next state wait, and reports whether as many wait as are looked up together.
func (f *Finder) Wait() (enough bool) {
	f.parents[f.waiting&(BatchStates-1)] = f.number
	f.waiting++
	return f.waiting == BatchStates
}

// Clear forgets what waits.
func (f *Finder) Clear() { f.waiting, f.unplaced, f.images = 0, f.unplaced[:0], f.images[:0] }

// Find returns the numbers of the states that wait, None for an unknown one. They are valid until the next call.
func (f *Finder) Find() []uint32 {
	st := f.store
	hashes, numbers := f.hashes[:f.waiting], f.numbers[:f.waiting]
	for i, hash := range hashes {
		numbers[i] = st.slots[st.home(hash)]
	}
	for i, entry := range numbers {
		numbers[i] = None
		if number, likely := st.likely(hashes[i], entry); likely {
			numbers[i] = number
			b, state := st.at(int64(number))
			f.first[i] = b.word(state, 0)
		}
	}
	simple := f.words == 1 && st.width <= wordBytes
	for i, number := range numbers {
		if number == None || simple && f.first[i] == f.packed[i] {
			continue
		}
		numbers[i] = None
		if at, _, known := st.find(f.packed[i*f.words:][:f.words], hashes[i]); known {
			numbers[i] = uint32(at)
		}
	}
	for _, i := range f.unplaced {
		numbers[i] = None
	}
	return numbers
}

// Finds are states that were not known when they were looked up, some of them more than once.
type Finds struct {
	Told func(i int, number uint32) // called with the number of each when they are stored; nil is not needed

	words    int // of each packed state
	packed   []uint64
	hashes   []uint64
	parents  []uint32
	unplaced []int    // those with a bit that has no place in the layout
	images   []uint64 // of the unplaced ones
}

// Reset forgets the finds.
func (d *Finds) Reset() {
	d.packed, d.hashes, d.parents = d.packed[:0], d.hashes[:0], d.parents[:0]
	d.unplaced, d.images = d.unplaced[:0], d.images[:0]
}

// Bytes is what they take.
func (d *Finds) Bytes() int {
	return wordBytes*(len(d.packed)+len(d.hashes)+len(d.images)) + 4*len(d.parents)
}

// Keep adds one of the states that wait to the finds.
func (f *Finder) Keep(i int, found *Finds) {
	if at, unplaced := slices.BinarySearch(f.unplaced, i); unplaced {
		n := len(f.image)
		found.unplaced = append(found.unplaced, len(found.hashes))
		found.images = append(found.images, f.images[at*n:][:n]...)
	}
	found.words = f.words
	found.packed = append(found.packed, f.packed[i*f.words:][:f.words]...)
	found.hashes = append(found.hashes, f.hashes[i])
	found.parents = append(found.parents, f.parents[i])
}
