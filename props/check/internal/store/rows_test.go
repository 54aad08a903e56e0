package store

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

// The hash of a state is the same for its image and for its row, in every layout that places more bits, once Local bits have a
// place. Without, all states are in the first partition.
func TestHashDependsOnTheStateAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.IntRange(1, 3).Draw(t, "words")
		image := func(name string, wide int) []uint64 {
			return rapid.SliceOfN(rapid.Uint64Range(0, 1<<rapid.IntRange(0, 63).Draw(t, "bits")-1), wide, wide).Draw(t, name)
		}
		layout, wide := Layout{Base: image("base", words)}, words
		var earlier [][]uint64
		var hashes []uint64
		for range rapid.IntRange(1, 8).Draw(t, "levels") {
			wide += rapid.IntRange(0, 1).Draw(t, "wider")
			next := image("state", wide)
			rows := layout.Rows(wide)
			hash, unplaced := rows.Pack(next, make([]uint64, rows.words))
			if layout.Divided() {
				earlier, hashes = append(earlier, next), append(hashes, hash)
			} else {
				assert.Equal(t, 0, rows.Partition(hash, 7))
			}
			layout = layout.With(append(unplaced, unplaced...))
			rows = layout.Rows(wide)
			for i, image := range earlier {
				row := make([]uint64, rows.words)
				again, unplaced := rows.Pack(image, row)
				assert.Empty(t, unplaced)
				assert.Equal(t, []uint64{hashes[i], hashes[i]}, []uint64{again, rows.Hash(row)})
				assert.Less(t, rows.Partition(again, 7), 7)
			}
		}
	})
}

// Where states are on all machines is written in folders: a hash that changes would lose states.
func TestHashStays(t *testing.T) {
	layout := Layout{Base: []uint64{0, 0}}
	for bit := range uint32(80) {
		layout.Placed = append(layout.Placed, bit)
	}
	rows := layout.Rows(0)
	assert.Equal(t, []uint64{0, 0x422ebd9c70152d7d}, []uint64{rows.Hash([]uint64{0xffff, 0}), rows.Hash([]uint64{1 << 40, 5})})
	assert.Equal(t, 4, rows.Partition(rows.Hash([]uint64{1 << 40, 5}), 10))
}
