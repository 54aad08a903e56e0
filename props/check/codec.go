package check

import (
	"fmt"
	"reflect"
	"unsafe"
)

// packingOf is the model's own packing, or else the image of its states in memory.
func packingOf[S comparable](model any) (Packed[S], error) {
	if packed, ok := model.(Packed[S]); ok {
		if packed.Width() < 0 {
			return nil, fmt.Errorf("check: the width of a packed state is %d; expected a number of bytes", packed.Width())
		}
		return packed, nil
	}
	return newImage[S]()
}

// faithful reports whether a state survives its packing. If not, different states would be taken for one.
func faithful[S comparable](p Packed[S], s *S, packed []byte, scratch *S) bool {
	p.Unpack(packed, scratch)
	return *scratch == *s
}

func unfaithful[S any](s *S) error {
	return fmt.Errorf("check: Pack and then Unpack does not give the same state back; expected %+v", *s)
}

// image packs a state as its bytes in memory that take part in ==: not the padding, nor fields named _. Go promises
// nothing about these bytes, so that two equal states may differ in them.
//
// This is the one place with unsafe. Reflection, the safe way, takes some hundred times as long for a state.
type image[S comparable] struct {
	width int
	runs  []run
}

// run is a row of bytes of the state that are packed together.
type run struct{ offset, size uintptr }

func newImage[S comparable]() (*image[S], error) {
	t := reflect.TypeFor[S]()
	m := &image[S]{}
	if err := m.collect(t, 0, t.String()); err != nil {
		return nil, err
	}
	for _, r := range m.runs {
		m.width += int(r.size)
	}
	return m, nil
}

// collect adds the bytes of a value of type t at the offset; path is its name in an error.
func (m *image[S]) collect(t reflect.Type, offset uintptr, path string) error {
	switch t.Kind() {
	case reflect.Bool,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		m.add(run{offset, t.Size()})
	case reflect.Array:
		for i := range t.Len() {
			if err := m.collect(t.Elem(), offset+uintptr(i)*t.Elem().Size(), path+"[]"); err != nil {
				return err
			}
		}
	case reflect.Struct:
		for f := range t.Fields() {
			if f.Name == "_" {
				continue
			}
			if err := m.collect(f.Type, offset+f.Offset, path+"."+f.Name); err != nil {
				return err
			}
		}
	default:
		return fmt.Errorf("check: %s is a %v (%v), which cannot be compared byte by byte; expected integers, booleans, and arrays and structs of them; for anything else give the model the methods of Packed", path, t.Kind(), t)
	}
	return nil
}

// add appends a run, joined to the one before it if there is no gap.
func (m *image[S]) add(r run) {
	if n := len(m.runs); n > 0 && m.runs[n-1].offset+m.runs[n-1].size == r.offset {
		m.runs[n-1].size += r.size
		return
	}
	m.runs = append(m.runs, r)
}

func (m *image[S]) bytes(s *S) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(s)), unsafe.Sizeof(*s))
}

func (m *image[S]) Width() int { return m.width }

func (m *image[S]) Pack(s *S, b []byte) {
	memory := m.bytes(s)
	for _, r := range m.runs {
		b = b[copy(b, memory[r.offset:r.offset+r.size]):]
	}
}

func (m *image[S]) Unpack(b []byte, s *S) {
	memory := m.bytes(s)
	for _, r := range m.runs {
		b = b[copy(memory[r.offset:r.offset+r.size], b):]
	}
}
