package store

import (
	"math/bits"
	"slices"
)

// Layout is what rows of states are read with: the image that they differ from, and the bit of the image at each place. It is
// for whoever keeps the rows elsewhere, maybe on many machines. A layout that places more bits behind the same ones reads the
// same rows, with zeros behind.
type Layout struct {
	Base   []uint64
	Placed []uint32
}

// Words is how many words a row has.
func (l Layout) Words() int { return max(1, (len(l.Placed)+63)/64) }

// ImageWords is how many words of an image are enough for all places.
func (l Layout) ImageWords() int {
	words := len(l.Base)
	for _, bit := range l.Placed {
		words = max(words, int(bit>>6)+1)
	}
	return words
}

// With is the layout with more bits, in rising order behind those that have a place.
func (l Layout) With(more []uint32) Layout {
	more = slices.Clone(more)
	slices.Sort(more)
	return Layout{l.Base, slices.Concat(l.Placed, slices.Compact(more))}
}

// Use has levels that are empty take rows of that layout.
func (l *Levels) Use(layout Layout) {
	l.begin(slices.Concat(layout.Base, make([]uint64, len(l.spots)/64-len(layout.Base))))
	l.place(layout.Placed)
}

// Rows packs images of so many words into rows of a layout, and hashes both.
type Rows struct {
	layout
	table [][256]uint64
}

// Rows returns the rows of the layout, for images of so many words, or of as many as the layout needs.
func (l Layout) Rows(words int) *Rows {
	r := &Rows{layout: newLayout(max(words, l.ImageWords()), levelsSeed)}
	r.begin(slices.Concat(l.Base, make([]uint64, len(r.spots)/64-len(l.Base))))
	r.place(l.Placed)
	for place := range min(Local, len(l.Placed)) {
		r.spots[l.Placed[place]].key = 0
	}
	r.table = r.hashes()
	return r
}

// Local is how many places, the first ones, have no part in hashes. Rows that differ there alone are neighbours when they are
// sorted, and stay in one partition: differences that come again and again are what compression lives on. With more, too few
// rows differ elsewhere. Tests alone change it.
var Local = 16

// Hash is the hash of a packed state. It depends on the state alone, once Local bits have places: not on the places, nor on
// how many words there are.
func (r *Rows) Hash(row []uint64) (hash uint64) {
	for at := range r.table {
		hash ^= r.table[at][row[at>>3]>>(at&7*8)&0xff]
	}
	return hash
}

// Pack puts an image into the row, and returns its hash, the same as that of the row, and the bits that have no place.
func (r *Rows) Pack(image, row []uint64) (hash uint64, unplaced []uint32) {
	clear(row)
	for i, word := range image {
		for diff := word ^ r.base[i]; diff != 0; diff &= diff - 1 {
			bit := i<<6 | bits.TrailingZeros64(diff)
			s := &r.spots[bit]
			if hash ^= s.key; s.place == noPlace {
				unplaced = append(unplaced, uint32(bit))
				continue
			}
			row[s.place>>6] |= 1 << (s.place & 63)
		}
	}
	return hash, unplaced
}

// Divided reports whether states of the layout are divided among partitions. While too few bits have places, all are in the
// first one.
func (l Layout) Divided() bool { return len(l.Placed) >= Local }

// Partition is which of several partitions the state with the hash belongs to.
func (r *Rows) Partition(hash uint64, of int) int {
	if len(r.placed) < Local {
		return 0
	}
	high, _ := bits.Mul64(hash*0x9e3779b97f4a7c15, uint64(of)) // of a product, the high bits depend on all others
	return int(high)
}
