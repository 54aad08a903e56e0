package check

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"unsafe"
)

// codec turns a state into its image, a row of words of 64 bits, and back. Two states are equal if and only if their
// images are. The image is made of the model's own packing or else of the bytes of the state in memory that take part in
// ==: not the padding, nor fields named _. Go promises nothing about these bytes, so that two equal states may differ in
// them.
//
// This is the one place with unsafe. Reflection, the safe way, takes some hundred times as long for a state.
type codec[S comparable] struct {
	packing Packed[S] // the model's own; nil for the bytes in memory
	width   int       // bytes that say something
	parts   []part    // one for each word
	runs    []run     // of the bytes in memory
}

// part is where a word of the image stands: 8 bytes from the offset, of which the mask says which count.
type part struct {
	offset int
	mask   uint64
}

func (p part) load(memory []byte) uint64 {
	return binary.LittleEndian.Uint64(memory[p.offset:]) & p.mask
}

// keep puts the word back where it stands, and leaves the bytes that do not count as they are.
func (p part) keep(memory []byte, word uint64) {
	b := memory[p.offset:]
	binary.LittleEndian.PutUint64(b, binary.LittleEndian.Uint64(b)&^p.mask|word)
}

// run is a row of bytes of the state that count.
type run struct{ offset, size uintptr }

// wordBytes is the size of a word of an image.
const wordBytes = 8

func newCodec[S comparable](model any) (*codec[S], error) {
	c := &codec[S]{}
	if packing, ok := model.(Packed[S]); ok {
		c.packing, c.width = packing, packing.Width()
		if c.width < 0 {
			return nil, fmt.Errorf("check: the width of a packed state is %d; expected a number of bytes", c.width)
		}
		c.divide([]run{{0, uintptr(c.width)}}, (c.width+wordBytes-1)/wordBytes*wordBytes)
		return c, nil
	}
	t := reflect.TypeFor[S]()
	if err := c.collect(t, 0, t.String()); err != nil {
		return nil, err
	}
	for _, r := range c.runs {
		c.width += int(r.size)
	}
	c.divide(c.runs, max(int(t.Size()), wordBytes))
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
		p := part{offset: min(at, size-wordBytes)}
		for i := range wordBytes {
			if counts[p.offset+i] {
				p.mask |= 0xff << (8 * i)
				counts[p.offset+i] = false
			}
		}
		if p.mask != 0 {
			c.parts = append(c.parts, p)
		}
	}
}

// buffer is what memory and restore need: every goroutine has its own.
func (c *codec[S]) buffer() []byte { return make([]byte, max(wordBytes, len(c.parts)*wordBytes)) }

// memory is where the words of the image of s are: in s itself, or in the buffer.
func (c *codec[S]) memory(s *S, buffer []byte) []byte {
	if c.packing != nil {
		clear(buffer)
		c.packing.Pack(s, buffer[:c.width:c.width])
		return buffer
	}
	if !c.direct() {
		copy(buffer, c.bytes(s))
		return buffer
	}
	return c.bytes(s)
}

// direct reports whether the words are in the states themselves.
func (c *codec[S]) direct() bool {
	var s S
	return c.packing == nil && unsafe.Sizeof(s) >= wordBytes
}

func (c *codec[S]) bytes(s *S) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(s)), unsafe.Sizeof(*s))
}

// image puts the image of s into the words.
func (c *codec[S]) image(s *S, buffer []byte, words []uint64) {
	memory := c.memory(s, buffer)
	for i, p := range c.parts {
		words[i] = p.load(memory)
	}
}

// restore sets s to the state that the words are the image of.
func (c *codec[S]) restore(words []uint64, buffer []byte, s *S) {
	memory := buffer
	if c.direct() {
		memory = c.bytes(s)
	}
	for i, p := range c.parts {
		p.keep(memory, words[i])
	}
	if c.packing != nil {
		c.packing.Unpack(buffer[:c.width:c.width], s)
	} else if !c.direct() {
		copy(c.bytes(s), buffer)
	}
}

// reader reads states of a store, with all the memory it needs.
type reader[S comparable] struct {
	codec         *codec[S]
	store         *store
	packed, image []uint64
	buffer        []byte
}

func newReader[S comparable](c *codec[S], st *store) *reader[S] {
	return &reader[S]{c, st, make([]uint64, st.words), make([]uint64, len(c.parts)), c.buffer()}
}

// load sets s to the state of the number.
func (r *reader[S]) load(number int64, s *S) {
	r.store.read(number, r.packed)
	r.store.unpack(r.packed, r.image)
	r.codec.restore(r.image, r.buffer, s)
}

// find returns the number that the state has in the store.
func (c *codec[S]) find(st *store, s *S) (number int64, known bool) {
	image := make([]uint64, len(c.parts))
	c.image(s, c.buffer(), image)
	return st.number(image)
}

// faithful reports whether a state survives the model's own packing. If not, different states would be taken for one.
func (c *codec[S]) faithful(s *S, buffer []byte, scratch *S) bool {
	if c.packing == nil {
		return true
	}
	c.packing.Unpack(c.memory(s, buffer)[:c.width:c.width], scratch)
	return *scratch == *s
}

func unfaithful[S any](s *S) error {
	return fmt.Errorf("check: Pack and then Unpack does not give the same state back; expected %+v", *s)
}

// collect adds the bytes of a value of type t at the offset; path is its name in an error.
func (c *codec[S]) collect(t reflect.Type, offset uintptr, path string) error {
	switch t.Kind() {
	case reflect.Bool,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		c.add(run{offset, t.Size()})
	case reflect.Array:
		for i := range t.Len() {
			if err := c.collect(t.Elem(), offset+uintptr(i)*t.Elem().Size(), path+"[]"); err != nil {
				return err
			}
		}
	case reflect.Struct:
		for f := range t.Fields() {
			if f.Name == "_" {
				continue
			}
			if err := c.collect(f.Type, offset+f.Offset, path+"."+f.Name); err != nil {
				return err
			}
		}
	default:
		return fmt.Errorf("check: %s is a %v (%v), which cannot be compared byte by byte; expected integers, booleans, and arrays and structs of them; for anything else give the model the methods of Packed", path, t.Kind(), t)
	}
	return nil
}

// add appends a run, joined to the one before it if there is no gap.
func (c *codec[S]) add(r run) {
	if n := len(c.runs); n > 0 && c.runs[n-1].offset+c.runs[n-1].size == r.offset {
		c.runs[n-1].size += r.size
		return
	}
	c.runs = append(c.runs, r)
}
