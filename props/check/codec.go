package check

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"unsafe"

	"pkgdist/props/check/internal/store"
)

// codec turns a state into its image, a row of words of 64 bits, and back. Two states are equal if and only if their
// images are. The image is made of a record of fixed width:
//
//   - the bytes of the state in memory that are part of its value: not the padding, nor fields named _;
//   - or the model's own encoding;
//   - where lengths vary, the numbers under which the parts of the state are interned.
//
// This file and derived.go are the places with unsafe. Reflection, the safe way, takes some hundred times as long for a state.
type codec[S any] struct {
	own     *Encoding[S] // the model's, or nil
	plain   *derived     // from the type; nil if it has what cannot be compared, and then own is there
	interns []*intern    // of the parts of varying length
	width   int          // bytes of the record
	parts   []store.Part // of the record, one for each word
	inPlace bool         // the record is the state in memory
}

// wordBytes is the size of a word of an image, and internBytes that of the number of an interned part.
const wordBytes, internBytes = 8, 4

func newCodec[S any](own *Encoding[S]) (*codec[S], error) {
	c := &codec[S]{own: own}
	var err error
	if c.plain, err = derive(reflect.TypeFor[S]()); err != nil {
		if own == nil {
			return nil, err
		}
		c.plain = nil
	}
	switch {
	case own != nil && own.Width > 0:
		c.width = own.Width
	case own != nil:
		c.interns = []*intern{newIntern()}
		c.width = internBytes
	case len(c.plain.varying) > 0:
		for range c.plain.varying {
			c.interns = append(c.interns, newIntern())
		}
		c.width = c.plain.fixed + internBytes*len(c.plain.varying)
	default:
		c.inPlace = c.plain.size >= wordBytes
		c.divide(c.plain.runs, max(c.plain.size, wordBytes))
		c.width = c.plain.fixed
		return c, nil
	}
	c.divide([]run{{0, uintptr(c.width)}}, (c.width+wordBytes-1)/wordBytes*wordBytes)
	return c, nil
}

// divide cuts a memory of the size, at least 8 bytes, into parts, and leaves out those of which no byte counts. The last
// part ends where the memory ends, and a byte that two parts have in common counts for the first.
func (c *codec[S]) divide(runs []run, size int) {
	counts := make([]bool, size)
	for _, r := range runs {
		for i := range r.size {
			counts[r.offset+i] = true
		}
	}
	for at := 0; at < size; at += wordBytes {
		p := store.Part{Offset: min(at, size-wordBytes)}
		for i := range wordBytes {
			if counts[p.Offset+i] {
				p.Mask |= 0xff << (8 * i)
				counts[p.Offset+i] = false
			}
		}
		if p.Mask != 0 {
			c.parts = append(c.parts, p)
		}
	}
}

// varies reports whether encoded states have different lengths.
func (c *codec[S]) varies() bool { return len(c.interns) > 0 }

// scratch is the memory that a codec works with: every goroutine has its own.
type scratch struct {
	record  []byte
	encoded []byte // of varying length
	length  int    // of what was encoded last, over all parts of varying length
}

func (c *codec[S]) scratch() *scratch {
	return &scratch{record: make([]byte, max(wordBytes, len(c.parts)*wordBytes))}
}

// record is where the words of the image of s are: in s itself, or in the scratch memory.
func (c *codec[S]) record(s *S, m *scratch) []byte {
	switch {
	case c.inPlace:
		return bytesOf(s)
	case c.own != nil && !c.varies():
		b := c.own.Append(m.record[:0], s)
		if len(b) != c.width {
			panic(fmt.Sprintf("Encoding.Append gave %d bytes; expected its Width, %d", len(b), c.width))
		}
		return m.record
	case c.own != nil:
		m.encoded = c.own.Append(m.encoded[:0], s)
		m.length = len(m.encoded)
		binary.LittleEndian.PutUint32(m.record, c.interns[0].number(m.encoded))
	case !c.varies():
		copy(m.record, bytesOf(s))
	default:
		c.recordOfParts(s, m)
	}
	return m.record
}

func (c *codec[S]) recordOfParts(s *S, m *scratch) {
	at := c.plain.appendFixed(m.record, bytesOf(s))
	m.length = 0
	for i, v := range c.plain.varying {
		m.encoded = v.append(m.encoded[:0], unsafe.Pointer(s))
		m.length += len(m.encoded)
		binary.LittleEndian.PutUint32(m.record[at:], c.interns[i].number(m.encoded))
		at += internBytes
	}
}

// image puts the image of s into the words.
func (c *codec[S]) image(s *S, m *scratch, words []uint64) {
	load(c.parts, c.record(s, m), words)
}

func load(parts []store.Part, record []byte, words []uint64) {
	for i, p := range parts {
		words[i] = p.Load(record)
	}
}

// restore sets s to the state that the words are the image of. It shares nothing with any other state.
func (c *codec[S]) restore(words []uint64, m *scratch, s *S) {
	record := m.record
	if c.inPlace {
		record = bytesOf(s)
	}
	for i, p := range c.parts {
		p.Keep(record, words[i])
	}
	switch {
	case c.inPlace:
	case c.own != nil && !c.varies():
		c.own.Decode(record[:c.width:c.width], s)
	case c.own != nil:
		m.encoded = append(m.encoded[:0], c.interns[0].value(binary.LittleEndian.Uint32(record))...)
		c.own.Decode(m.encoded, s)
	case !c.varies():
		copy(bytesOf(s), record)
	default:
		at := c.plain.takeFixed(record, bytesOf(s))
		for i, v := range c.plain.varying {
			v.set(unsafe.Pointer(s), c.interns[i].value(binary.LittleEndian.Uint32(record[at:])))
			at += internBytes
		}
	}
}

// clone sets to to a state that is equal to from and shares nothing with it.
func (c *codec[S]) clone(from, to *S, m *scratch) {
	if c.plain != nil && len(c.plain.varying) == 0 {
		*to = *from
		return
	}
	m.encoded = c.identity(m.encoded[:0], from)
	if c.plain == nil {
		c.own.Decode(m.encoded, to)
		return
	}
	c.plain.decode(m.encoded, bytesOf(to))
}

// identity appends bytes that are the same for equal states and for no others.
func (c *codec[S]) identity(b []byte, s *S) []byte {
	if c.plain == nil {
		return c.own.Append(b, s)
	}
	return c.plain.append(b, bytesOf(s))
}

// equal reports whether two states are equal.
func (c *codec[S]) equal(a, b *S, m *scratch) bool {
	if c.plain != nil && len(c.plain.varying) == 0 {
		return c.plain.equalFixed(bytesOf(a), bytesOf(b))
	}
	m.encoded = c.identity(m.encoded[:0], a)
	n := len(m.encoded)
	m.encoded = c.identity(m.encoded, b)
	return string(m.encoded[:n]) == string(m.encoded[n:])
}

// memory is the size of what is interned.
func (c *codec[S]) memory() int64 {
	bytes := int64(0)
	for _, n := range c.interns {
		bytes += n.memory()
	}
	return bytes
}

func bytesOf[S any](s *S) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(s)), unsafe.Sizeof(*s))
}

// reader reads states of a store, with all the memory it needs.
type reader[S any] struct {
	codec   *codec[S]
	store   *store.Store
	image   []uint64
	scratch *scratch
}

func newReader[S any](c *codec[S], st *store.Store) *reader[S] {
	return &reader[S]{c, st, make([]uint64, len(c.parts)), c.scratch()}
}

// load sets s to the state of the number.
func (r *reader[S]) load(number int64, s *S) {
	r.store.Read(number, r.image)
	r.codec.restore(r.image, r.scratch, s)
}

// find returns the number that the state has in the store.
func (c *codec[S]) find(st *store.Store, s *S) (number int64, known bool) {
	image := make([]uint64, len(c.parts))
	c.image(s, c.scratch(), image)
	return st.Find(image)
}

// faithful reports whether a state survives the model's own encoding. If not, different states would be taken for one.
func (c *codec[S]) faithful(s *S, m *scratch, decoded *S) bool {
	if c.own == nil {
		return true
	}
	if c.varies() {
		encoded := c.own.Append(nil, s)
		c.own.Decode(encoded, decoded)
	} else {
		c.own.Decode(c.record(s, m)[:c.width:c.width], decoded)
	}
	return c.equal(s, decoded, m)
}

func unfaithful[S any](s *S) error {
	return fmt.Errorf("check: a state that Encoding encodes and decodes is another one; expected %+v", *s)
}
