package model

import "math/bits"

// A state is packed bit by bit, each field in as few bits as its scope needs
// and fields that the scope cannot use in none. One walk over the state's
// fields, layout, serves for packing, unpacking and the width, so the three
// cannot disagree.

// Width returns how many bytes a packed state has.
func (sys *System) Width() int { return sys.width }

// Pack writes a state into b, which has Width bytes. A state of the system
// unpacks to itself.
func (sys *System) Pack(s *State, b []byte) {
	c := coder{buf: b}
	sys.layout(&c, s)
	c.flush()
}

// Unpack sets s to the state that b holds.
func (sys *System) Unpack(b []byte, s *State) {
	*s = State{}
	c := coder{buf: b, reading: true}
	sys.layout(&c, s)
}

func (sys *System) packedWidth() int {
	c := coder{measuring: true}
	sys.layout(&c, &State{})
	return (c.total + 7) / 8
}

// A coder passes fields between a state and its packed form.
type coder struct {
	buf                []byte
	word               uint64
	held               uint // bits of word that are not in buf yet, or not taken yet
	total              int  // bits measured
	reading, measuring bool
}

// field passes n bits of a field. Fields have at most 8 bits, so the word never
// overflows.
func field[T ~uint8](c *coder, p *T, n uint) {
	switch {
	case c.measuring:
		c.total += int(n)
	case c.reading:
		for c.held < n {
			c.word |= uint64(c.buf[0]) << c.held
			c.buf = c.buf[1:]
			c.held += 8
		}
		*p = T(c.word & (1<<n - 1))
		c.word >>= n
		c.held -= n
	default:
		c.word |= uint64(*p) << c.held
		for c.held += n; c.held >= 8; c.held -= 8 {
			c.buf[0] = byte(c.word)
			c.buf = c.buf[1:]
			c.word >>= 8
		}
	}
}

func flag(c *coder, p *bool) {
	var bit uint8
	if *p {
		bit = 1
	}
	field(c, &bit, 1)
	*p = bit == 1
}

func (c *coder) flush() {
	if c.held > 0 {
		c.buf[0] = byte(c.word)
	}
}

func (sys *System) layout(c *coder, s *State) {
	for f, n := range sys.scope.Faults {
		field(c, &s.FaultsLeft[f], uint(bits.Len(uint(n))))
	}
	for i := range sys.scope.Sites {
		site := &s.Sites[i]
		if sys.scope.Faults[DPAway] > 0 {
			field(c, &site.Away, uint(sys.scope.Sites[i].DPs))
		}
		if i > 0 {
			field(c, &site.Despooler.Phase, 2)
			field(c, &site.Despooler.Package, uint(bits.Len(uint(len(sys.scope.Packages)-1))))
			sys.version(c, &site.Despooler.Version)
			flag(c, &site.Replication.Busy)
			flag(c, &site.Replication.Notified)
		}
		for p := range sys.scope.Packages {
			sys.layoutPackage(c, i, &site.Packages[p])
		}
	}
}

func (sys *System) layoutPackage(c *coder, site int, p *PackageState) {
	if site == 0 {
		sys.versions(c, &p.Updates)
	} else {
		sys.versions(c, &p.Content)
		sys.versions(c, &p.Metadata)
		if sys.scope.Faults[Duplicate] > 0 {
			sys.versions(c, &p.ContentTwice)
			sys.versions(c, &p.MetadataTwice)
		}
		sys.versions(c, &p.Incoming)
		sys.versions(c, &p.Listed)
		sys.version(c, &p.Row.Refresh)
	}
	sys.content(c, &p.Copy)
	sys.version(c, &p.Row.Source)
	sys.version(c, &p.Row.Stored)
	field(c, &p.Thread.Phase, 3)
	sys.version(c, &p.Thread.Version)
	sys.content(c, &p.Unpacked)
	for d := range sys.scope.Sites[site].DPs {
		sys.content(c, &p.DPs[d].Content)
		field(c, &p.DPs[d].Phase, 2)
	}
	sys.version(c, &p.Status)
	if sys.scope.Faults[LateStatus] > 0 {
		sys.version(c, &p.Late)
	}
	sys.version(c, &p.Reported)
}

func (sys *System) version(c *coder, v *Version)    { field(c, v, uint(bits.Len(uint(sys.last)))) }
func (sys *System) versions(c *coder, vs *Versions) { field(c, vs, uint(sys.last)) }

func (sys *System) content(c *coder, p *Content) {
	sys.version(c, &p.Version)
	flag(c, &p.Torn)
}
