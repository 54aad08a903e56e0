package check

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// wide is a state of 5 words, of which more and more bits are used as the number grows.
func wide(i uint64) [5]uint64 {
	return [5]uint64{i * i, 7, i << (i % 30), i * i * i, -(i >> 14)}
}

func TestStatesThatOutgrowTheirPlacesAreKept(t *testing.T) {
	const many = 3*blockStates + 5
	st := newStore(5, 0, 0)
	for range 2 { // the second time, all are known
		for i := range uint64(many) {
			image := wide(i)
			number, err := st.add(image[:], uint32(i))
			require.NoError(t, err)
			require.EqualValues(t, i, number)
		}
	}
	assert.EqualValues(t, many, st.states)
	assert.Less(t, st.blocks[0].width, st.blocks[2].width, "the first states need less room")
	assert.Greater(t, st.words, 1)
	assert.Less(t, st.width, 5*wordBytes)
	var image [5]uint64
	for i := range int64(many) {
		st.image(i, image[:])
		require.Equal(t, wide(uint64(i)), image)
		require.EqualValues(t, i, st.parent(i))
	}
	image[1] = 8
	_, known := st.number(image[:])
	assert.False(t, known, "the second word was 7 throughout")
}

// The store is held against a map of whole images.
func TestStoreIsASetOfImages(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.IntRange(0, 3).Draw(t, "words")
		st := newStore(words, 0, 0)
		numbers := map[string]int64{}
		var images [][]uint64
		for range rapid.IntRange(1, 60).Draw(t, "states") {
			// The values grow with time, and a bit that was set in all states so far becomes clear later.
			bits := 1 + rapid.IntRange(0, 63).Draw(t, "bits")
			image := rapid.SliceOfN(rapid.Uint64Range(0, 1<<bits-1), words, words).Draw(t, "image")
			known, there := numbers[fmt.Sprint(image)]
			number, found := st.number(image)
			require.Equal(t, there, found)
			if there {
				require.Equal(t, known, number)
			}
			number, err := st.add(image, 0)
			require.NoError(t, err)
			if !there {
				known = int64(len(images))
				numbers[fmt.Sprint(image)] = known
				images = append(images, image)
			}
			require.Equal(t, known, number)
		}
		for i, image := range images {
			back := make([]uint64, words)
			st.image(int64(i), back)
			require.Equal(t, image, back)
		}
	})
}

// spread is a model whose states outgrow the places that earlier ones have: each step changes a field by much, in a field
// of every size.
type spread struct{ seeds, states uint32 }

type spreading struct {
	a uint8
	b uint64
	c int16
	d [3]bool
	e uint32
}

func (m spread) model() Model[spreading, uint32] {
	return Model[spreading, uint32]{Init: m.Init, Steps: m.Steps}
}

func (spread) Init() []spreading { return []spreading{{c: -1}} }

func (m spread) Steps(s spreading, yield func(uint32, spreading)) {
	for seed := range m.seeds {
		next := s
		next.e = (s.e*3 + seed + 1) % m.states
		next.a = uint8(next.e >> 2)
		next.b = uint64(next.e) * uint64(next.e) * uint64(next.e)
		next.c = int16(next.e) - 1
		next.d[next.e%3] = next.e > m.states/2
		yield(seed, next)
	}
}

// A search that looks up whole states in a map finds the same states in the same order.
func TestSearchFindsWhatAPlainOneFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := spread{rapid.Uint32Range(1, 5).Draw(t, "seeds"), rapid.Uint32Range(1, 20_000).Draw(t, "states")}
		queue, known := m.Init(), map[spreading]bool{{c: -1}: true}
		steps := 0
		for i := 0; i < len(queue); i++ {
			m.Steps(queue[i], func(_ uint32, next spreading) {
				if steps++; !known[next] {
					known[next] = true
					queue = append(queue, next)
				}
			})
		}
		for _, workers := range []int{1, 2} {
			r, err := Exhaustive(t.Context(), m.model(), nil, Options{Workers: workers, Keep: true})
			require.NoError(t, err)
			require.EqualValues(t, steps, r.Steps)
			var found []spreading
			for s := range r.All() {
				found = append(found, s)
			}
			require.Equal(t, queue, found)
			require.True(t, r.Contains(queue[len(queue)-1]))
			require.False(t, r.Contains(spreading{a: 255, b: 1}))
		}
	})
}
