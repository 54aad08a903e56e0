package show

import (
	"cmp"
	"fmt"
	"math/big"
	"reflect"
	"slices"
)

// itfDepth bounds how deep values are nested: some hold themselves.
const itfDepth = 16

// itf is the value of the field as an expression of the Informal Trace Format.
func (f Field) itf() any {
	if value, ok := itfValue(reflect.ValueOf(f.Data), itfDepth); ok {
		return value
	}
	return f.Value
}

// itfValue tells of what nothing can be said that a tool could read. A number
// that has a name for each value is that name.
func itfValue(v reflect.Value, depth int) (any, bool) {
	switch {
	case !v.IsValid():
		return nil, false
	case depth == 0:
		return "…", true
	}
	if _, named := v.Interface().(fmt.Stringer); named && (v.CanInt() || v.CanUint()) {
		return fmt.Sprint(v.Interface()), true
	}
	switch v.Kind() {
	case reflect.Bool:
		return v.Bool(), true
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return itfNumber(big.NewInt(v.Int())), true
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return itfNumber(new(big.Int).SetUint64(v.Uint())), true
	case reflect.String:
		return v.String(), true
	case reflect.Slice, reflect.Array:
		list := make([]any, v.Len())
		for i := range list {
			list[i] = itfPart(v.Index(i), depth)
		}
		return list, true
	case reflect.Map:
		return itfMap(v, depth), true
	case reflect.Struct:
		return itfRecord(v, depth)
	case reflect.Interface, reflect.Pointer:
		return itfValue(v.Elem(), depth-1)
	}
	return nil, false
}

func itfPart(v reflect.Value, depth int) any {
	if value, ok := itfValue(v, depth-1); ok {
		return value
	}
	if v.Kind() == reflect.Struct {
		if text, ok := v.Interface().(fmt.Stringer); ok {
			return text.String()
		}
		return v.Type().String() // its inside may hold itself
	}
	return fmt.Sprint(v)
}

// itfNumber is a number, as text where JSON's numbers are not exact.
func itfNumber(n *big.Int) any {
	if n.BitLen() <= 53 {
		return n.Int64()
	}
	return map[string]string{"#bigint": n.String()}
}

func itfMap(v reflect.Value, depth int) any {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int {
		switch {
		case a.CanInt():
			return cmp.Compare(a.Int(), b.Int())
		case a.CanUint():
			return cmp.Compare(a.Uint(), b.Uint())
		}
		return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b))
	})
	pairs := make([][2]any, len(keys))
	for i, key := range keys {
		pairs[i] = [2]any{itfPart(key, depth), itfPart(v.MapIndex(key), depth)}
	}
	return map[string]any{"#map": pairs}
}

// itfRecord is a struct by its exported fields; one without any says nothing.
func itfRecord(v reflect.Value, depth int) (any, bool) {
	record := map[string]any{}
	for i := range v.NumField() {
		if f := v.Type().Field(i); f.IsExported() {
			record[f.Name] = itfPart(v.Field(i), depth)
		}
	}
	return record, len(record) > 0
}
