package model

import (
	"fmt"
	"math/bits"
	"reflect"
	"unsafe"
)

// A state is packed bit by bit, each field in as few bits as its scope needs
// and fields that the scope cannot use in none. One list of slots, made once from
// the table of fields and the scope, serves for packing, unpacking and the width,
// so the three cannot disagree.
//
// A slot has the offset of its byte in a State, for packing is what a search does
// most: calling a function for each field took three times as long.

// A slot is a byte of the state, how many bits the scope needs for it, and where
// these are in the packed state.
type slot struct {
	offset      uintptr // in a State
	at          uint16  // the byte with its first bit
	bits, shift uint8
	mask        uint8
	spills      bool // into the next byte
}

// Width returns how many bytes a packed state has.
func (sys *System) Width() int { return sys.width }

// Pack writes a state into b, which has Width bytes. A state of the system
// unpacks to itself.
func (sys *System) Pack(s *State, b []byte) {
	var word uint64
	var held uint8
	at := 0
	for i := range sys.slots {
		slot := &sys.slots[i]
		word |= uint64(*slot.of(s)) << held
		if held += slot.bits; held >= 56 { // a field has at most 8 bits, so nothing is lost
			at += drain(b[at:], &word, &held)
		}
	}
	held += 7 // the last byte may not be full
	drain(b[at:], &word, &held)
}

// drain writes the whole bytes of word, and returns how many there were.
func drain(b []byte, word *uint64, held *uint8) int {
	n := int(*held / 8)
	for i := range n {
		b[i] = byte(*word)
		*word >>= 8
	}
	*held %= 8
	return n
}

// Unpack sets s to the state that b holds.
func (sys *System) Unpack(b []byte, s *State) {
	*s = State{}
	for i := range sys.slots {
		slot := &sys.slots[i]
		value := b[slot.at] >> slot.shift
		if slot.spills {
			value |= b[slot.at+1] << (8 - slot.shift)
		}
		*slot.of(s) = value & slot.mask
	}
}

// of points to the byte: a number, a set or a bool. A bool is 0 or 1 in memory, and
// gets no other value back.
func (f *slot) of(s *State) *uint8 { return (*uint8)(unsafe.Add(unsafe.Pointer(s), f.offset)) }

// A part of a field is one byte of a State: the field itself, or a part of a
// struct, by its name there. Each has a slot.
type part struct {
	instance
	name string
}

// planLayout finds the slots of the fields that the scope has.
func (sys *System) planLayout() {
	sys.fields = sys.instances()
	sys.sites = make([]bitRange, len(sys.scope.Sites))
	var s State
	n := 0
	for _, in := range sys.fields {
		from, value := n, sys.value(&s, in)
		if value.Kind() == reflect.Struct {
			for i := range value.NumField() {
				n += sys.addSlot(&s, n, part{in, value.Type().Field(i).Name}, value.Field(i))
			}
		} else {
			n += sys.addSlot(&s, n, part{in, ""}, value)
		}
		if in.budget {
			sys.budgets[in.operands.DP] = bitRange{from, n - from}
			continue
		}
		site := &sys.sites[in.operands.Site]
		if site.n == 0 {
			site.from = from
		}
		site.n = n - site.from
	}
	sys.width = (n + 7) / 8
}

// addSlot adds the slot of a part that begins at a bit of the packed state, and
// returns how many bits it has.
func (sys *System) addSlot(s *State, at int, p part, value reflect.Value) int {
	n := sys.bitsOf(p, value.Interface())
	if n > 0 {
		sys.parts = append(sys.parts, p)
		sys.slots = append(sys.slots, slot{
			offset: value.UnsafeAddr() - uintptr(unsafe.Pointer(s)),
			at:     uint16(at / 8), bits: uint8(n), shift: uint8(at % 8),
			mask: uint8(1<<n - 1), spills: at%8+n > 8,
		})
	}
	return n
}

// bitsOf tells how many bits the scope needs for a value.
func (sys *System) bitsOf(p part, value any) int {
	upTo := func(most int) int { return bits.Len(uint(most)) }
	switch value.(type) {
	case bool:
		return 1
	case Version:
		return upTo(int(sys.last))
	case Versions:
		return int(sys.last)
	case DespoolerPhase:
		return upTo(len(despoolerPhaseNames) - 1)
	case ThreadPhase:
		return upTo(len(threadPhaseNames) - 1)
	case DPPhase:
		return upTo(len(dpPhaseNames) - 1)
	}
	switch {
	case p.budget:
		return upTo(sys.scope.Faults[p.operands.DP])
	case p.name == "Package":
		return upTo(len(sys.scope.Packages) - 1)
	}
	panic(fmt.Sprintf("%s: a value of type %T", p.Label, value))
}
