package model

import (
	"math/bits"
	"unsafe"
)

// A state is packed bit by bit, each field in as few bits as its scope needs
// and fields that the scope cannot use in none. One list of the fields, made once
// from the scope, serves for packing, unpacking and the width, so the three
// cannot disagree.
//
// A field is named by where it lies in a State, for packing is what a search does
// most: to call a function for each field took three times as long.

// A slot is a field of the state, how many bits the scope needs for it, and where
// these lie in the packed state.
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

// of points to the field, which is one byte: a number, a set or a bool. A bool is
// 0 or 1 in memory, and gets no other value back.
func (f *slot) of(s *State) *uint8 { return (*uint8)(unsafe.Add(unsafe.Pointer(s), f.offset)) }

// A planner lists the fields that a scope needs, by pointers into one state.
type planner struct {
	state   State
	slots   []slot
	bits    int // so far
	ranges  []bitRange
	budgets [NumFaults]bitRange
}

// field adds a field of n bits.
func field[T ~uint8 | ~bool](p *planner, f *T, n int) {
	if n == 0 {
		return
	}
	p.slots = append(p.slots, slot{
		offset: uintptr(unsafe.Pointer(f)) - uintptr(unsafe.Pointer(&p.state)),
		at:     uint16(p.bits / 8), bits: uint8(n), shift: uint8(p.bits % 8),
		mask: uint8(1<<n - 1), spills: p.bits%8+n > 8,
	})
	p.bits += n
}

func (sys *System) planLayout() {
	p := &planner{}
	sys.layout(p, &p.state)
	sys.slots, sys.ranges, sys.budgets, sys.width = p.slots, p.ranges, p.budgets, (p.bits+7)/8
}

func (sys *System) layout(p *planner, s *State) {
	for f, n := range sys.scope.Faults {
		p.budgets[f] = bitRange{p.bits, bits.Len(uint(n))}
		field(p, &s.FaultsLeft[f], bits.Len(uint(n)))
	}
	for i := range sys.scope.Sites {
		site, from := &s.Sites[i], p.bits
		if sys.scope.Faults[DPAway] > 0 {
			field(p, &site.Away, sys.scope.Sites[i].DPs)
		}
		if i > 0 {
			field(p, &site.Despooler.Phase, 2)
			field(p, &site.Despooler.Package, bits.Len(uint(len(sys.scope.Packages)-1)))
			sys.version(p, &site.Despooler.Version)
			field(p, &site.Replication.Busy, 1)
			field(p, &site.Replication.Notified, 1)
		}
		for n := range sys.scope.Packages {
			sys.layoutPackage(p, i, &site.Packages[n])
		}
		p.ranges = append(p.ranges, bitRange{from, p.bits - from})
	}
}

func (sys *System) layoutPackage(l *planner, site int, p *PackageState) {
	if site == 0 {
		sys.versions(l, &p.Updates)
	} else {
		sys.versions(l, &p.Content)
		sys.versions(l, &p.Metadata)
		if sys.scope.Faults[Duplicate] > 0 {
			sys.versions(l, &p.ContentTwice)
			sys.versions(l, &p.MetadataTwice)
		}
		sys.versions(l, &p.Incoming)
		sys.versions(l, &p.Listed)
		sys.version(l, &p.Row.Refresh)
	}
	sys.content(l, &p.Copy)
	sys.version(l, &p.Row.Source)
	sys.version(l, &p.Row.Stored)
	field(l, &p.Thread.Phase, 3)
	sys.version(l, &p.Thread.Version)
	sys.content(l, &p.Unpacked)
	for d := range sys.scope.Sites[site].DPs {
		sys.content(l, &p.DPs[d].Content)
		field(l, &p.DPs[d].Phase, 2)
	}
	sys.version(l, &p.Status)
	if sys.scope.Faults[LateStatus] > 0 {
		sys.version(l, &p.Late)
	}
	sys.version(l, &p.Reported)
}

func (sys *System) version(l *planner, v *Version)    { field(l, v, bits.Len(uint(sys.last))) }
func (sys *System) versions(l *planner, vs *Versions) { field(l, vs, int(sys.last)) }

func (sys *System) content(l *planner, c *Content) {
	sys.version(l, &c.Version)
	field(l, &c.Torn, 1)
}
