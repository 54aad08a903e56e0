package check

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"sync"
	"unsafe"
)

// derived is the encoding of a type: its bytes of fixed width, and its parts of varying length, which are strings, slices
// and maps.
type derived struct {
	size    int   // of the type in memory
	fixed   int   // bytes of the runs
	runs    []run // of the bytes in memory that are part of the value
	varying []varying
}

// run is a row of bytes of the state that count.
type run struct{ offset, size uintptr }

// varying is a part of varying length.
type varying struct {
	offset uintptr
	of     reflect.Type
}

// derivations keeps how types are encoded: to find it out takes as long as some thousand steps.
var derivations sync.Map // from reflect.Type to *derived

// derive finds out how values of a type are encoded.
func derive(t reflect.Type) (*derived, error) {
	if d, known := derivations.Load(t); known {
		return d.(*derived), nil
	}
	d := &derived{size: int(t.Size())}
	if err := d.collect(t, 0, t.String()); err != nil {
		return nil, err
	}
	for _, r := range d.runs {
		d.fixed += int(r.size)
	}
	derivations.Store(t, d)
	return d, nil
}

// collect adds a value of type t at the offset; path is its name in an error.
func (d *derived) collect(t reflect.Type, offset uintptr, path string) error {
	switch {
	case isPlain(t.Kind()):
		d.addRun(run{offset, t.Size()})
		return nil
	case t.Kind() == reflect.Array:
		for i := range t.Len() {
			if err := d.collect(t.Elem(), offset+uintptr(i)*t.Elem().Size(), path+"[]"); err != nil {
				return err
			}
		}
		return nil
	case t.Kind() == reflect.Struct:
		for f := range t.Fields() {
			if f.Name == "_" {
				continue
			}
			if err := d.collect(f.Type, offset+f.Offset, path+"."+f.Name); err != nil {
				return err
			}
		}
		return nil
	}
	if err := encodable(t, path, nil); err != nil {
		return err
	}
	d.varying = append(d.varying, varying{offset, t})
	return nil
}

// isPlain reports whether a value of the kind is the same as its bytes in memory.
func isPlain(k reflect.Kind) bool { return k >= reflect.Bool && k <= reflect.Complex128 }

// encodable says why a type has no encoding of its own.
func encodable(t reflect.Type, path string, outer []reflect.Type) error {
	switch {
	case isPlain(t.Kind()), t.Kind() == reflect.String:
		return nil
	case slices.Contains(outer, t):
		return fmt.Errorf("check: %s is a %v inside of itself; expected an end; give the model an Encoding", path, t)
	}
	outer = append(outer, t)
	switch t.Kind() {
	case reflect.Slice, reflect.Array:
		return encodable(t.Elem(), path+"[]", outer)
	case reflect.Map:
		return cmp.Or(encodable(t.Key(), path+"[key]", outer), encodable(t.Elem(), path+"[]", outer))
	case reflect.Struct:
		for f := range t.Fields() {
			if err := encodable(f.Type, path+"."+f.Name, outer); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("check: %s is a %v (%v), of which equal values may differ; expected numbers, booleans, strings, and arrays, slices, maps and structs of them; for anything else give the model an Encoding", path, t.Kind(), t)
}

// addRun appends a run, joined to the one before it if there is no gap.
func (d *derived) addRun(r run) {
	if n := len(d.runs); n > 0 && d.runs[n-1].offset+d.runs[n-1].size == r.offset {
		d.runs[n-1].size += r.size
		return
	}
	d.runs = append(d.runs, r)
}

// appendFixed puts the bytes of fixed width at the beginning of the record, and returns where they end.
func (d *derived) appendFixed(record, memory []byte) int {
	at := 0
	for _, r := range d.runs {
		at += copy(record[at:], memory[r.offset:r.offset+r.size])
	}
	return at
}

// takeFixed puts them back, and returns where they end.
func (d *derived) takeFixed(record, memory []byte) int {
	at := 0
	for _, r := range d.runs {
		at += copy(memory[r.offset:r.offset+r.size], record[at:])
	}
	return at
}

func (d *derived) equalFixed(a, b []byte) bool {
	for _, r := range d.runs {
		if string(a[r.offset:r.offset+r.size]) != string(b[r.offset:r.offset+r.size]) {
			return false
		}
	}
	return true
}

// append appends the whole encoded value.
func (d *derived) append(b, memory []byte) []byte {
	for _, r := range d.runs {
		b = append(b, memory[r.offset:r.offset+r.size]...)
	}
	for _, v := range d.varying {
		b = v.append(b, unsafe.Pointer(unsafe.SliceData(memory)))
	}
	return b
}

// decode sets the value to the encoded one.
func (d *derived) decode(b, memory []byte) {
	rest := b[d.takeFixed(b, memory):]
	for _, v := range d.varying {
		rest = v.set(unsafe.Pointer(unsafe.SliceData(memory)), rest)
	}
}

func (v varying) in(state unsafe.Pointer) reflect.Value {
	return reflect.NewAt(v.of, unsafe.Add(state, v.offset)).Elem()
}

// append appends the encoded part of a state.
func (v varying) append(b []byte, state unsafe.Pointer) []byte {
	switch at := unsafe.Add(state, v.offset); {
	case v.of.Kind() == reflect.String:
		return appendString(b, *(*string)(at))
	case v.of.Kind() == reflect.Slice && isPlain(v.of.Elem().Kind()): // the common slice, without reflection
		header := (*[]byte)(at)
		b = binary.AppendUvarint(b, uint64(len(*header)))
		return append(b, unsafe.Slice(unsafe.SliceData(*header), len(*header)*int(v.of.Elem().Size()))...)
	}
	return appendValue(b, v.in(state))
}

// set sets the part of a state to the encoded one, and returns what follows it.
func (v varying) set(state unsafe.Pointer, b []byte) []byte { return setValue(b, v.in(state)) }

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// appendValue appends an encoded value. Lengths stand before what they count, so that no two values have the same bytes.
func appendValue(b []byte, v reflect.Value) []byte {
	switch k := v.Kind(); {
	case isPlain(k):
		return append(b, memoryOf(v)...)
	case k == reflect.String:
		return appendString(b, v.String())
	case k == reflect.Slice:
		b = binary.AppendUvarint(b, uint64(v.Len()))
		eachElement(v, func(e reflect.Value) { b = appendValue(b, e) })
	case k == reflect.Array:
		eachElement(v, func(e reflect.Value) { b = appendValue(b, e) })
	case k == reflect.Struct:
		for f := range fieldsOf(v) {
			b = appendValue(b, f)
		}
	case k == reflect.Map:
		return appendMap(b, v)
	default:
		panic(fmt.Sprintf("check: a value of kind %v was found to be encodable: a bug in the checker", k))
	}
	return b
}

func eachElement(v reflect.Value, each func(reflect.Value)) {
	for i := range v.Len() {
		each(v.Index(i))
	}
}

// appendMap sorts the entries by their encoded keys: the order of a Go map is another one each time.
func appendMap(b []byte, v reflect.Value) []byte {
	type entry struct{ key, value []byte }
	entries := make([]entry, 0, v.Len())
	for k, e := range v.Seq2() {
		entries = append(entries, entry{appendValue(nil, addressable(k)), appendValue(nil, addressable(e))})
	}
	slices.SortFunc(entries, func(x, y entry) int { return bytes.Compare(x.key, y.key) })
	b = binary.AppendUvarint(b, uint64(len(entries)))
	for _, e := range entries {
		b = append(append(b, e.key...), e.value...)
	}
	return b
}

// addressable is the value at an address, so that its bytes can be read.
func addressable(v reflect.Value) reflect.Value {
	if v.CanAddr() {
		return v
	}
	p := reflect.New(v.Type()).Elem()
	p.Set(v)
	return p
}

// memoryOf is the bytes in memory of a plain value that has an address.
func memoryOf(v reflect.Value) []byte {
	return unsafe.Slice((*byte)(v.Addr().UnsafePointer()), v.Type().Size())
}

// setValue sets a value to the encoded one, and returns what follows it. Everything that it refers to is new.
func setValue(b []byte, v reflect.Value) []byte {
	switch k := v.Kind(); {
	case isPlain(k):
		return b[copy(memoryOf(v), b):]
	case k == reflect.String:
		n, b := takeLength(b)
		v.SetString(string(b[:n]))
		return b[n:]
	case k == reflect.Slice:
		n, rest := takeLength(b)
		slice := reflect.MakeSlice(v.Type(), n, n)
		for i := range n {
			rest = setValue(rest, slice.Index(i))
		}
		v.Set(slice)
		return rest
	case k == reflect.Array:
		for i := range v.Len() {
			b = setValue(b, v.Index(i))
		}
	case k == reflect.Struct:
		for f := range fieldsOf(v) {
			b = setValue(b, f)
		}
	case k == reflect.Map:
		n, rest := takeLength(b)
		m := reflect.MakeMapWithSize(v.Type(), n)
		for range n {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			rest = setValue(setValue(rest, key), value)
			m.SetMapIndex(key, value)
		}
		v.Set(m)
		return rest
	}
	return b
}

// fieldsOf yields the fields of a struct, those that are not exported too.
func fieldsOf(v reflect.Value) iter.Seq[reflect.Value] {
	return func(yield func(reflect.Value) bool) {
		for i := range v.NumField() {
			f := v.Field(i)
			if v.Type().Field(i).Name != "_" && !yield(reflect.NewAt(f.Type(), f.Addr().UnsafePointer()).Elem()) {
				return
			}
		}
	}
}

func takeLength(b []byte) (int, []byte) {
	n, size := binary.Uvarint(b)
	return int(n), b[size:]
}
