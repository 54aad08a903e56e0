package check

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// motley has parts of every kind, next to each other so that bytes of one could be taken for those of another.
type motley struct {
	a, b   string
	list   []int16
	_      uint32
	count  uint8
	sets   map[string][]uint8
	places map[[2]int8]bool
	inner  [2]struct {
		rows []string
		deep map[uint8]map[string]int8
		part float32
	}
}

func drawMotley(t *rapid.T) (s motley) {
	text := rapid.StringOfN(rapid.SampledFrom([]rune{'a', 'b', 0, 1}), 0, 2, -1)
	small := rapid.Int8Range(0, 2)
	s.a, s.b = text.Draw(t, "a"), text.Draw(t, "b")
	s.list = rapid.SliceOfN(rapid.Int16Range(0, 257), 0, 2).Draw(t, "list")
	s.count = rapid.Uint8Range(0, 2).Draw(t, "count")
	s.sets = rapid.MapOfN(text, rapid.SliceOfN(rapid.Uint8Range(0, 2), 0, 2), 0, 2).Draw(t, "sets")
	s.places = rapid.MapOfN(rapid.Custom(func(t *rapid.T) [2]int8 { return [2]int8{small.Draw(t, "x"), small.Draw(t, "y")} }), rapid.Bool(), 0, 2).Draw(t, "places")
	for i := range s.inner {
		s.inner[i].rows = rapid.SliceOfN(text, 0, 2).Draw(t, "rows")
		s.inner[i].deep = rapid.MapOfN(rapid.Uint8Range(0, 2), rapid.MapOfN(text, small, 0, 2), 0, 2).Draw(t, "deep")
		s.inner[i].part = float32(small.Draw(t, "part")) / 2
	}
	return s
}

// spoil changes all that the state refers to.
func (s *motley) spoil() {
	for i := range s.list {
		s.list[i]++
	}
	for key, list := range s.sets {
		for i := range list {
			list[i]++
		}
		s.sets[key+"spoiled"] = nil
	}
	clear(s.places)
	for i := range s.inner {
		for j := range s.inner[i].rows {
			s.inner[i].rows[j] += "spoiled"
		}
		for _, m := range s.inner[i].deep {
			m["spoiled"] = 1
		}
	}
}

func TestDerivedEncodingIsExact(t *testing.T) {
	c, err := newCodec[motley](nil)
	require.NoError(t, err)
	m := c.scratch()
	image := func(s *motley) []uint64 {
		words := make([]uint64, len(c.parts))
		c.image(s, m, words)
		return words
	}
	rapid.Check(t, func(t *rapid.T) {
		x, y := drawMotley(t), drawMotley(t)
		same := reflect.DeepEqual(x, y)
		words := image(&x)
		require.Equal(t, same, reflect.DeepEqual(words, image(&y)))
		require.Equal(t, same, c.equal(&x, &y, m))
		require.Equal(t, same, string(c.identity(nil, &x)) == string(c.identity(nil, &y)))

		before := fmt.Sprintf("%#v", x)
		var restored, cloned motley
		c.restore(words, m, &restored)
		c.clone(&x, &cloned, m)
		require.Equal(t, x, restored)
		require.Equal(t, x, cloned)
		restored.spoil()
		cloned.spoil()
		require.Equal(t, before, fmt.Sprintf("%#v", x), "what is decoded shares nothing with what was encoded")
		c.restore(words, m, &restored)
		require.Equal(t, x, restored, "nor with what is kept")
	})
}

func TestNilIsEmpty(t *testing.T) {
	c, err := newCodec[motley](nil)
	require.NoError(t, err)
	empty := motley{list: []int16{}, sets: map[string][]uint8{}, places: map[[2]int8]bool{}}
	assert.True(t, c.equal(&motley{}, &empty, c.scratch()))
	one, other := motley{sets: map[string][]uint8{"a": nil}}, motley{sets: map[string][]uint8{"a": {}}}
	assert.True(t, c.equal(&one, &other, c.scratch()))
	assert.False(t, c.equal(&one, &empty, c.scratch()), "a key counts, whatever its value")
}
