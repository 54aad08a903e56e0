package check

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"reflect"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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
	assert.Equal(t, []run{{0, 1}, {4, 5}, {10, 3}, {14, 2}, {24, 9}}, c.runs)
	assert.Equal(t, []part{{0, 0xffff_ffff_0000_00ff}, {8, 0xffff_00ff_ffff_00ff}, {24, 1<<64 - 1}, {32, 0xff}}, c.parts)
}

// there is the image of a state, after it was turned back and compared.
func there[S comparable](t *testing.T, c *codec[S], s S) []uint64 {
	t.Helper()
	words := make([]uint64, len(c.parts))
	c.image(&s, c.buffer(), words)
	var back S
	c.restore(words, c.buffer(), &back)
	assert.True(t, back == s, "%+v", s)
	return words
}

func TestImageIsTheSameForEqualStatesAndDiffersForOthers(t *testing.T) {
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

	for name, change := range map[string]func(s *padded){
		"a": func(s *padded) { s.a = !s.a }, "b": func(s *padded) { s.b ^= 1 << 31 }, "f": func(s *padded) { s.f ^= 1 << 62 },
		"g": func(s *padded) { s.g = !s.g }, "d": func(s *padded) { s.c[1].d++ }, "e": func(s *padded) { s.c[1].e ^= 1 << 14 },
	} {
		other := clean
		change(&other)
		assert.NotEqual(t, packed(clean), packed(other), name)
	}
}

func TestImageOfEveryKindOfInteger(t *testing.T) {
	type all struct {
		A int
		B int8
		C int16
		D int32
		E int64
		F uint
		G uint8
		H uint16
		I uint32
		J uint64
		K uintptr
		L [3][2]bool
	}
	c, err := newCodec[all](nil)
	require.NoError(t, err)
	for range 100 {
		s := all{A: rand.Int(), B: int8(rand.Int()), C: int16(rand.Int()), D: rand.Int32(), E: rand.Int64(), F: rand.Uint(),
			G: uint8(rand.Int()), H: uint16(rand.Int()), I: rand.Uint32(), J: rand.Uint64(), K: uintptr(rand.Uint64())}
		s.L[2][1], s.L[1][0] = rand.IntN(2) == 0, rand.IntN(2) == 0
		there(t, c, s)
	}
}

// The last word of an image ends where the memory does, and a state of fewer than 8 bytes has no whole word.
func TestImageOfEverySize(t *testing.T) {
	every[[1]uint8](t)
	every[[3]uint8](t)
	every[[7]uint8](t)
	every[[8]uint8](t)
	every[[9]uint8](t)
	every[[15]uint8](t)
	every[[16]uint8](t)
	every[[23]uint8](t)
	every[struct {
		a uint8
		b uint16
	}](t)
}

// every sets each byte that counts alone, and expects as many different images.
func every[S comparable](t *testing.T) {
	t.Helper()
	c, err := newCodec[S](nil)
	require.NoError(t, err)
	counted := 0
	for _, p := range c.parts {
		counted += bits.OnesCount64(p.mask)
	}
	assert.Equal(t, 8*c.width, counted, "each byte counts once")
	images := map[string]bool{fmt.Sprint(there(t, c, *new(S))): true}
	for _, r := range c.runs {
		for i := range r.size {
			var s S
			c.bytes(&s)[r.offset+i] = 0xa5
			images[fmt.Sprint(there(t, c, s))] = true
		}
	}
	assert.Len(t, images, c.width+1)
}

func TestImageOfATypeThatCannotBePackedNamesTheField(t *testing.T) {
	type inner struct {
		Fine int
		Bad  any
	}
	for path, f := range map[string]func() error{
		"string is a string (string)":          imageError[string],
		"float64 is a float64 (float64)":       imageError[float64],
		"*int is a ptr (*int)":                 imageError[*int],
		"[2]float32[] is a float32 (float32)":  imageError[[2]float32],
		"check.inner.Bad is a interface (inte": imageError[inner],
		".Rows[].Bad is a interface":           imageError[struct{ Rows [3]inner }],
		".C is a chan (chan int)":              imageError[struct{ C chan int }],
		"complex64 is a complex64":             imageError[complex64],
	} {
		err := f()
		assert.ErrorContains(t, err, path)
		assert.ErrorContains(t, err, "expected integers, booleans, and arrays and structs of them")
		assert.ErrorContains(t, err, "Packed")
	}
}

func imageError[S comparable]() error {
	if _, err := newCodec[S](nil); err != nil {
		return err
	}
	panic("there is an image of " + reflect.TypeFor[S]().String())
}

// twin is a model of two states, 0 and 1, with a packing that fails in a given way.
type twin struct {
	width   int
	initial int
	lossy   bool
	unset   bool
}

func (m twin) Init() []int { return []int{m.initial} }

func (m twin) Steps(s int, yield func(string, int)) { yield("swap", 1-s) }

func (m twin) Width() int { return m.width }

func (m twin) Pack(s *int, b []byte) {
	if !m.lossy {
		b[0] = byte(*s)
	}
}

func (m twin) Unpack(b []byte, s *int) {
	if !m.unset || b[0] == 1 {
		*s = int(b[0])
	}
}

func TestPackingThatLosesSomethingIsReported(t *testing.T) {
	for want, m := range map[string]twin{
		"Pack and then Unpack does not give the same state back; expected 1": {width: 1, initial: 1, lossy: true},
		"the width of a packed state is -1":                                  {width: -1},
	} {
		_, err := Exhaustive(t.Context(), m, nil, Options{})
		assert.ErrorContains(t, err, want)
	}
	r, err := Exhaustive(t.Context(), twin{width: 1}, nil, Options{})
	require.NoError(t, err)
	assert.EqualValues(t, 2, r.States)
}

// dropper forgets the upper half of its state when it packs, which no initial state shows.
type dropper struct{}

func (dropper) Init() []uint16 { return []uint16{0} }

func (dropper) Steps(s uint16, yield func(string, uint16)) { yield("far", s+257) }

func (dropper) Width() int { return 1 }

func (dropper) Pack(s *uint16, b []byte) { b[0] = byte(*s) }

func (dropper) Unpack(b []byte, s *uint16) { *s = uint16(b[0]) }

func TestPackingThatLosesSomethingLaterIsReported(t *testing.T) {
	_, err := Exhaustive(t.Context(), dropper{}, nil, Options{})
	assert.ErrorContains(t, err, "expected 257")
}

func TestStateOfNoBytes(t *testing.T) {
	r, err := Exhaustive(t.Context(), lone{}, []Property[struct{}]{Always("there", func(*struct{}) bool { return true })}, Options{})
	require.NoError(t, err)
	assert.EqualValues(t, 1, r.States)
	assert.Equal(t, Holds, r.Verdict("there").Outcome)
}

type lone struct{}

func (lone) Init() []struct{} { return make([]struct{}, 1) }

func (lone) Steps(s struct{}, yield func(int, struct{})) { yield(0, s) }
