package store

import (
	"fmt"
	"math/bits"
	"sort"
)

// parents are the parents of the states. States get their numbers in the order in which they are found, and are expanded in
// the order of their numbers, so no parent is lower than the one before it. What is kept is the differences, in unary: for
// each state a zero for each number from the parent before to its own, and then a one. That is at most two bits a state, a
// one for itself and a zero for it as a parent that is passed.
type parents struct {
	pieces []piece
	states int64
	bits   int64 // in use: a one for each state, and so many zeros as the last parent has numbers up to it
}

// piece is a part of the bits.
type piece struct {
	before int64 // the ones in earlier pieces
	words  *[pieceWords]uint64
}

const (
	// pieceBits is how many bits are allocated at a time: those of a block of states, so there are no more pieces than blocks.
	pieceBits  = 2 * blockStates
	pieceWords = pieceBits / 64
)

// append adds the parent of the next state.
func (p *parents) append(parent uint32) {
	zeros := int64(parent + 1) // 0 for None, the parent of the first states
	if zeros < p.bits-p.states {
		panic(fmt.Sprintf("check: the parent of state %d is %d, and that of the state before is %d: a bug in the checker",
			p.states, zeros-1, p.bits-p.states-1))
	}
	at := zeros + p.states
	for at >= int64(len(p.pieces))*pieceBits {
		p.pieces = append(p.pieces, piece{p.states, new([pieceWords]uint64)})
	}
	p.pieces[at/pieceBits].words[at%pieceBits/64] |= 1 << (at % 64)
	p.bits, p.states = at+1, p.states+1
}

// of is the parent of a state: the zeros before its one tell it.
func (p *parents) of(state int64) uint32 {
	in := sort.Search(len(p.pieces), func(i int) bool { return p.pieces[i].before > state }) - 1
	ones := state - p.pieces[in].before // to be skipped in the piece
	for w, word := range p.pieces[in].words {
		here := int64(bits.OnesCount64(word))
		if here <= ones {
			ones -= here
			continue
		}
		for ; ones > 0; ones-- {
			word &= word - 1
		}
		at := int64(in)*pieceBits + int64(w*64+bits.TrailingZeros64(word))
		return uint32(at-state) - 1
	}
	panic(fmt.Sprintf("check: state %d has no parent: a bug in the checker", state))
}
