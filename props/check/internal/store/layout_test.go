package store

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
	st := New(5, Options{})
	for range 2 { // the second time, all are known
		for i := range uint64(many) {
			image := wide(i)
			number, err := st.Add(image[:], uint32(i))
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
		st.Read(i, image[:])
		require.Equal(t, wide(uint64(i)), image)
		require.EqualValues(t, i, st.Parent(i))
		number, known := st.Find(image[:])
		require.True(t, known)
		require.Equal(t, i, number)
	}
	image[1] = 8
	_, known := st.Find(image[:])
	assert.False(t, known, "the second word was 7 throughout")
}

// The store is held against a map of whole images.
func TestStoreIsASetOfImages(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.IntRange(0, 3).Draw(t, "words")
		st := New(words, Options{})
		numbers := map[string]int64{}
		var images [][]uint64
		for range rapid.IntRange(1, 60).Draw(t, "states") {
			// The values grow with time, and a bit that was set in all states so far becomes clear later.
			bits := 1 + rapid.IntRange(0, 63).Draw(t, "bits")
			image := rapid.SliceOfN(rapid.Uint64Range(0, 1<<bits-1), words, words).Draw(t, "image")
			known, there := numbers[fmt.Sprint(image)]
			number, found := st.Find(image)
			require.Equal(t, there, found)
			if there {
				require.Equal(t, known, number)
			}
			number, err := st.Add(image, 0)
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
			st.Read(int64(i), back)
			require.Equal(t, image, back)
		}
	})
}
