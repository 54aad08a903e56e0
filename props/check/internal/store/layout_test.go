package store

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

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
