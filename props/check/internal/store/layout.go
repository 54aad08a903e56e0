package store

import (
	"math/bits"
	"math/rand/v2"
)

// layout says which bits of the images of states are stored, and where. A bit that is the same in all states found needs
// no room: the image of the first state, the base, has it. A bit gets its place when a state is stored that differs from
// the base in it, behind the places there are. So what was stored before stays as it is, as it has a 0 there: what is
// stored is the difference from the base.
//
// The hash of a state is of its difference from the base too, and does not depend on the places: each bit has a random
// key, and the hash combines the keys of the bits in which the state differs. Of two different states both hashes are the
// same with a probability of 2 to the power of -64.
type layout struct {
	base   []uint64
	spots  []spot   // by bit of the image
	placed []uint32 // the bit of the image at each place
	words  int      // of 64 places, that the places make up; at least one
	width  int      // of 8 places, the same
}

// spot is what is known about a bit of the image.
type spot struct {
	key   uint64
	place int32 // or noPlace
}

const noPlace = -1

// newLayout takes its keys from the seed.
func newLayout(words int, seed uint64) layout {
	l := layout{spots: make([]spot, 64*words), words: 1}
	random := rand.New(rand.NewPCG(seed, 0))
	for i := range l.spots {
		l.spots[i] = spot{random.Uint64(), noPlace}
	}
	return l
}

// begin makes the image the base, if there is none yet.
func (l *layout) begin(image []uint64) {
	if l.base == nil {
		l.base = append(make([]uint64, 0, len(image)), image...)
	}
}

// pack puts the difference of the image from the base into the words, of which there must be enough. If the difference has
// a bit without a place, fits is false: no state that is stored has this image.
func (l *layout) pack(image, words []uint64) (hash uint64, fits bool) {
	clear(words)
	fits = true
	for i, word := range image {
		for diff := word ^ l.base[i]; diff != 0; diff &= diff - 1 {
			b := &l.spots[i<<6|bits.TrailingZeros64(diff)]
			hash ^= b.key
			if b.place == noPlace {
				fits = false
				continue
			}
			words[b.place>>6] |= 1 << (b.place & 63)
		}
	}
	return hash, fits
}

// widen gives a place to each bit in which the image differs from the base.
func (l *layout) widen(image []uint64) {
	for i, word := range image {
		for diff := word ^ l.base[i]; diff != 0; diff &= diff - 1 {
			bit := i<<6 | bits.TrailingZeros64(diff)
			if l.spots[bit].place == noPlace {
				l.spots[bit].place = int32(len(l.placed))
				l.placed = append(l.placed, uint32(bit))
			}
		}
	}
	l.measure()
}

// place gives the bits their places, in that order.
func (l *layout) place(placed []uint32) {
	for place, bit := range placed {
		l.spots[bit].place = int32(place)
	}
	l.placed = append(l.placed, placed...)
	l.measure()
}

// measure says how much the places need.
func (l *layout) measure() {
	l.words = max(1, (len(l.placed)+63)/64)
	l.width = (len(l.placed) + 7) / 8
}

// unpack puts the bits of a packed word into image, which has the base where nothing is put, and returns their part of the
// hash.
func (l *layout) unpack(w int, word uint64, image []uint64) (hash uint64) {
	for ; word != 0; word &= word - 1 {
		bit := l.placed[w<<6|bits.TrailingZeros64(word)]
		image[bit>>6] ^= 1 << (bit & 63)
		hash ^= l.spots[bit].key
	}
	return hash
}

// hashes are the hashes of packed states, by their bytes: a hash is the combination of one of each row.
func (l *layout) hashes() [][256]uint64 {
	rows := make([][256]uint64, l.width)
	for place, bit := range l.placed {
		row := &rows[place/8]
		for value := range row {
			if value>>(place%8)&1 == 1 {
				row[value] ^= l.spots[bit].key
			}
		}
	}
	return rows
}
