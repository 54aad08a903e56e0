package store

import "encoding/binary"

const (
	// blockBits sets how many states are allocated at a time: 16,384, few enough for a toy, and many enough that a
	// search of 10 million states needs only some hundred blocks, whose list stays in the cache.
	blockBits   = 14
	blockStates = 1 << blockBits

	wordBytes = 8
)

// block is a part of the states, their packed words cut to a width that fits all of them.
type block struct {
	width  int
	states []byte // with some bytes to spare, so that a whole word can be read of each state
}

func newBlock(width int) block {
	return block{width: width, states: make([]byte, blockStates*width+wordBytes)}
}

// word is one of the packed words of a state.
func (b *block) word(state, i int) uint64 {
	rest := b.width - i*wordBytes
	if rest <= 0 {
		return 0
	}
	word := binary.LittleEndian.Uint64(b.states[state*b.width+i*wordBytes:])
	if rest < wordBytes {
		word &= 1<<(8*rest) - 1
	}
	return word
}

// widened is the block with room for wider states, of which there are some already.
func (b *block) widened(width, states int) block {
	wide := newBlock(width)
	for i := range states {
		copy(wide.states[i*width:], b.states[i*b.width:(i+1)*b.width])
	}
	return wide
}

// hash takes the hash of a state from its bytes.
func (b *block) hash(state int, rows [][256]uint64) (hash uint64) {
	for i, value := range b.states[state*b.width : (state+1)*b.width] {
		hash ^= rows[i][value]
	}
	return hash
}

// put stores a state.
func (b *block) put(state int, packed []uint64) {
	var whole [wordBytes]byte
	for i, word := range packed {
		from, to := i*wordBytes, min((i+1)*wordBytes, b.width)
		if from >= to {
			return
		}
		binary.LittleEndian.PutUint64(whole[:], word)
		copy(b.states[state*b.width+from:state*b.width+to], whole[:])
	}
}
