package check

import (
	"fmt"
	"math/bits"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/props/check/internal/store"
)

type padded struct {
	a bool
	b uint32
	c [2]struct {
		d uint8
		e int16
	}
	_ uint16
	f int64
	g bool
}

func TestImageLeavesOutPadding(t *testing.T) {
	c, err := newCodec[padded](nil)
	require.NoError(t, err)
	assert.Equal(t, 1+4+2*(1+2)+8+1, c.width)
	assert.Equal(t, []run{{0, 1}, {4, 5}, {10, 3}, {14, 2}, {24, 9}}, c.plain.runs)
	assert.Equal(t, []store.Part{
		{Mask: 0xffff_ffff_0000_00ff}, {Offset: 8, Mask: 0xffff_00ff_ffff_00ff}, {Offset: 24, Mask: 1<<64 - 1}, {Offset: 32, Mask: 0xff},
	}, c.parts)
}

// there is the image of a state, after it was turned back and compared.
func there[S comparable](t *testing.T, c *codec[S], s S) []uint64 {
	t.Helper()
	words := make([]uint64, len(c.parts))
	c.image(&s, c.scratch(), words)
	var back S
	c.restore(words, c.scratch(), &back)
	assert.True(t, back == s, "%+v", s)
	return words
}

func TestImageIsTheSameForEqualStates(t *testing.T) {
	c, err := newCodec[padded](nil)
	require.NoError(t, err)
	var clean, dirty padded
	for i := range unsafe.Sizeof(dirty) {
		*(*byte)(unsafe.Add(unsafe.Pointer(&dirty), i)) = 0xff
	}
	fill := func(s *padded) {
		s.a, s.b, s.f, s.g = true, 2, -3, false
		s.c[0].d, s.c[0].e, s.c[1].d, s.c[1].e = 4, -5, 6, -7
	}
	fill(&clean)
	fill(&dirty)
	require.True(t, clean == dirty, "== does not look at padding, nor at _")
	packed := func(s padded) string { return fmt.Sprint(there(t, c, s)) }
	assert.Equal(t, packed(clean), packed(dirty))

}

// The last word of an image ends where the memory does, and a state of fewer than 8 bytes has no whole word.
func TestImageOfEverySize(t *testing.T) {
	every[[1]uint8](t)
	every[[7]uint8](t)
	every[[8]uint8](t)
	every[[9]uint8](t)
	every[[23]uint8](t)
	every[padded](t)
	every[struct {
		a uint8
		b uint16
		c [3]float32
		d [3][2]bool
	}](t)
}

// every sets each byte that counts alone, and expects as many different images.
func every[S comparable](t *testing.T) {
	t.Helper()
	c, err := newCodec[S](nil)
	require.NoError(t, err)
	counted := 0
	for _, p := range c.parts {
		counted += bits.OnesCount64(p.Mask)
	}
	assert.Equal(t, 8*c.width, counted, "each byte counts once")
	images := map[string]bool{fmt.Sprint(there(t, c, *new(S))): true}
	for _, r := range c.plain.runs {
		for i := range r.size {
			var s S
			bytesOf(&s)[r.offset+i] = 0xa5
			images[fmt.Sprint(there(t, c, s))] = true
		}
	}
	assert.Len(t, images, c.width+1)
}

func TestTypeThatHasNoEncodingNamesTheField(t *testing.T) {
	type inner struct {
		Fine int
		Bad  any
	}
	type endless struct{ Children []endless }
	for path, err := range map[string]error{
		"*int is a ptr (*int), of which":               encodingError[*int](),
		"[2]func()[] is a func (func()), of which":     encodingError[[2]func()](),
		"check.inner.Bad is a interface (interface {}": encodingError[inner](),
		".Rows[].Bad is a interface":                   encodingError[struct{ Rows [3]inner }](),
		".More[].Bad is a interface":                   encodingError[struct{ More []inner }](),
		".In[key].C is a chan (chan int)":              encodingError[struct{ In map[struct{ C chan int }]int }](),
		".In[][].Bad is a interface":                   encodingError[struct{ In map[int][]inner }](),
		"unsafe.Pointer is a unsafe.Pointer":           encodingError[unsafe.Pointer](),
	} {
		require.ErrorContains(t, err, path)
		assert.ErrorContains(t, err, "expected numbers, booleans, strings, and arrays, slices, maps and structs of them; for anything else give the model an Encoding")
	}
	assert.ErrorContains(t, encodingError[endless](), "check.endless.Children[].Children is a []check.endless inside of itself; expected an end; give the model an Encoding")
}

// encodingError is the error for a type without an encoding, or nil.
func encodingError[S any]() error {
	_, err := newCodec[S](nil)
	return err
}

func TestStateOfNoBytes(t *testing.T) {
	lone := Model[struct{}, int]{
		Init:  func() []struct{} { return make([]struct{}, 1) },
		Steps: func(s struct{}, yield func(int, struct{})) { yield(0, s) },
	}
	r, err := Exhaustive(t.Context(), lone, []Property[struct{}]{Always("there", func(*struct{}) bool { return true })}, Options{})
	require.NoError(t, err)
	assert.EqualValues(t, 1, r.States)
	assert.Equal(t, Holds, r.Verdict("there").Outcome)
}
