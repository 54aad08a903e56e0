package store

import (
	"math/bits"
	"slices"

	"pkgdist/props/check/internal/runs"
)

// Marks are some states of a level, with a mask each, of some words. They are kept as runs, in which the mask comes before
// the packed state.
type Marks struct {
	levels        *Levels
	words, stride int
	bound         *Bound
	builder       *builder
	set           *runs.Set

	slots []uint32 // while they are loaded: a hash table of numbers plus one
	rows  []uint64
}

// MarkBytes is how much memory a marked state takes while marks are loaded, with its slots, of which there are four at the most.
func MarkBytes(words, stride int) int64 { return int64(wordBytes*(words+stride) + 4*4) }

// NewMarks returns marks for states that have so many words, with masks of so many words. They are added in order, and of
// those with a bit of the mask as many are kept as are allowed.
func (l *Levels) NewMarks(stride, most int) *Marks {
	m := &Marks{levels: l, words: l.words, stride: stride, bound: NewBound(stride, most)}
	m.builder = &builder{levels: l, name: fileName(marksPrefix, l.written, temporary), words: m.words + stride}
	l.written++
	return m
}

// Bound is how many states may have each bit of a mask, and how many have.
type Bound struct {
	most   int
	counts []int
}

// NewBound is a bound for masks of so many words.
func NewBound(stride, most int) *Bound { return &Bound{most, make([]int, 64*stride)} }

// Cut clears the bits of the mask of one more state of which there are enough, and reports whether any is left.
func (b *Bound) Cut(mask []uint64) (left bool) {
	for w := range mask {
		for rest := mask[w]; rest != 0; rest &= rest - 1 {
			bit := bits.TrailingZeros64(rest)
			if b.counts[w<<6|bit]++; b.counts[w<<6|bit] > b.most {
				mask[w] &^= 1 << bit
			}
		}
		left = left || mask[w] != 0
	}
	return left
}

// Add adds those of the states whose mask is not empty.
func (m *Marks) Add(rows, masks []uint64) error {
	var marked []uint64
	for i := range len(rows) / m.words {
		mask := masks[i*m.stride:][:m.stride]
		if m.bound.Cut(mask) {
			marked = append(append(marked, mask...), rows[i*m.words:][:m.words]...)
		}
	}
	return m.builder.add(marked)
}

// MarksOf are marks that are a set already, for states in rows of as many words as the layout has.
func (l *Levels) MarksOf(set *runs.Set, stride int) *Marks {
	return &Marks{levels: l, words: l.words, stride: stride, set: set}
}

// Abandon ends the adding where it is.
func (m *Marks) Abandon() { m.builder.abandon() }

// Done ends the adding.
func (m *Marks) Done() (err error) {
	m.set, err = m.builder.set()
	return err
}

// Load makes the marks ready for Find.
func (m *Marks) Load() error {
	words := m.words + m.stride
	m.rows = make([]uint64, 0, int(m.set.Len())*words)
	cursor := runs.NewReader().Cursor(m.set, words)
	for len(cursor.Rows()) > 0 {
		m.rows = append(m.rows, cursor.Rows()...)
		cursor.Skip(len(cursor.Rows()) / words)
	}
	if cursor.Err() != nil {
		return cursor.Err()
	}
	m.slots = make([]uint32, 1<<bits.Len(uint(2*m.set.Len())))
	for i := range int(m.set.Len()) {
		slot := m.levels.hashOf(m.rows[i*words+m.stride:][:m.words]) & uint64(len(m.slots)-1)
		for m.slots[slot] != 0 {
			slot = (slot + 1) & uint64(len(m.slots)-1)
		}
		m.slots[slot] = uint32(i + 1)
	}
	return nil
}

// Unload frees the memory of Load.
func (m *Marks) Unload() { m.slots, m.rows = nil, nil }

// Find returns the mask of the state that waits with that number in the finder, or nil, and the number of the state that it
// was found from.
func (m *Marks) Find(f *Finder, i int) (mask []uint64, from int) {
	if _, unplaced := slices.BinarySearch(f.unplaced, i); unplaced {
		return nil, 0
	}
	words, row := m.words+m.stride, f.packed[i*f.words:][:f.words]
	for slot := f.hashes[i] & uint64(len(m.slots)-1); m.slots[slot] != 0; slot = (slot + 1) & uint64(len(m.slots)-1) {
		if marked := m.rows[int(m.slots[slot]-1)*words:][:words]; slices.Equal(marked[m.stride:], row) {
			return marked[:m.stride], int(f.parents[i])
		}
	}
	return nil, 0
}

// Of returns the mask of the state with the image, or nil.
func (m *Marks) Of(image []uint64) ([]uint64, error) {
	target := make([]uint64, m.stride+m.words)
	if _, fits := m.levels.pack(image, target[m.stride:]); !fits {
		return nil, nil
	}
	cursor := runs.NewReader().Cursor(m.set, len(target))
	cursor.Seek(target)
	if rows := cursor.Rows(); len(rows) > 0 && slices.Equal(rows[m.stride:len(target)], target[m.stride:]) {
		return slices.Clone(rows[:m.stride]), nil
	}
	return nil, cursor.Err()
}

// Remove removes the file, if there is one.
func (m *Marks) Remove() error {
	if m.set == nil || m.set.File() == nil {
		return nil
	}
	return m.set.File().Remove()
}

// hashOf is the hash of a packed state.
func (l *layout) hashOf(row []uint64) (hash uint64) {
	for w, word := range row {
		for ; word != 0; word &= word - 1 {
			hash ^= l.spots[l.placed[w<<6|bits.TrailingZeros64(word)]].key
		}
	}
	return hash
}
