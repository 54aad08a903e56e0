package runs

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// drawRows draws rows that are near to each other or far away, in any order, some of them twice.
func drawRows(t *rapid.T, words, most int) (rows []uint64) {
	for range rapid.IntRange(0, most).Draw(t, "rows") {
		for range words {
			bits := rapid.IntRange(0, 63).Draw(t, "bits")
			rows = append(rows, rapid.Uint64Range(0, 1<<bits-1).Draw(t, "word"))
		}
	}
	return rows
}

// plainSet is the plain way: a map, sorted by comparison.
func plainSet(words int, all ...[]uint64) (sorted [][]uint64) {
	seen := map[string]bool{}
	for _, rows := range all {
		for row := range slices.Chunk(rows, max(1, words)) {
			if key := fmt.Sprint(row); !seen[key] {
				seen[key] = true
				sorted = append(sorted, slices.Clone(row))
			}
		}
	}
	slices.SortFunc(sorted, Compare)
	return sorted
}

func sortedRows(rows []uint64, words int) []uint64 {
	sorted, _ := Sort(slices.Clone(rows), make([]uint64, len(rows)), words)
	return sorted
}

func TestRowsAreSortedOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.IntRange(1, 4).Draw(t, "words")
		rows := drawRows(t, words, 300)
		assert.Equal(t, slices.Concat(plainSet(words, rows)...), append([]uint64(nil), sortedRows(rows, words)...))
	})
}

// onDisk writes sets into one file, each as a section.
func onDisk(t *rapid.T, path string, words int, sets ...[]uint64) []*Set {
	w, err := Create(path, words, rapid.Bool().Draw(t, "lasts"))
	require.NoError(t, err)
	for _, rows := range sets {
		for len(rows) > 0 {
			n := words * rapid.IntRange(1, len(rows)/words).Draw(t, "appended at once")
			require.NoError(t, w.Append(rows[:n]))
			rows = rows[n:]
		}
		require.NoError(t, w.EndSection())
	}
	f, err := w.Close()
	require.NoError(t, err)
	return f.Sets()
}

// Rows that were written when there were fewer words are read with zeros behind.
func TestSetsAreReadMergedAndRemoved(t *testing.T) {
	folder := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		defer func(n int) { blockRows = n }(blockRows)
		blockRows = rapid.IntRange(1, 50).Draw(t, "rows of a block")
		words := rapid.IntRange(1, 3).Draw(t, "words")
		var sets []*Set
		var all [][]uint64
		for i := range rapid.IntRange(1, 4).Draw(t, "sets") {
			narrow := rapid.IntRange(1, words).Draw(t, "words of the set")
			rows := sortedRows(drawRows(t, narrow, 200), narrow)
			if rapid.Bool().Draw(t, "in memory") {
				sets = append(sets, InMemory(rows, narrow))
			} else {
				other := sortedRows(drawRows(t, narrow, 20), narrow)
				sets = append(sets, onDisk(t, filepath.Join(folder, fmt.Sprint(i)), narrow, other, rows)[1])
			}
			all = append(all, widen([]uint64{}, rows, narrow, words))
			assert.EqualValues(t, len(rows)/narrow, sets[i].Len())
		}
		reader := NewReader()
		var cursors []*Cursor
		for _, s := range sets {
			cursors = append(cursors, reader.Cursor(s, words))
		}
		merge := NewMerge(words, cursors)
		var merged []uint64
		for {
			some := merge.Fill(make([]uint64, 0, words*rapid.IntRange(1, 30).Draw(t, "filled at once")))
			if len(some) == 0 {
				break
			}
			merged = append(merged, some...)
		}
		require.NoError(t, merge.Err())
		assert.Equal(t, slices.Concat(plainSet(words, all...)...), merged)

		rows := sortedRows(slices.Concat(drawRows(t, words, 100), rapid.SampledFrom(all).Draw(t, "some that are there")), words)
		removed := plainRemoved(words, rows, all[0])
		cursor := reader.Cursor(sets[0], words)
		var left []uint64
		for part := range slices.Chunk(rows, words*rapid.IntRange(1, 60).Draw(t, "removed at once")) {
			left = append(left, cursor.Remove(part)...)
		}
		require.NoError(t, cursor.Err())
		assert.Equal(t, removed, left)
	})
}

func plainRemoved(words int, rows, known []uint64) (left []uint64) {
	for row := range slices.Chunk(rows, words) {
		if !slices.ContainsFunc(plainSet(words, known), func(k []uint64) bool { return slices.Equal(k, row) }) {
			left = append(left, row...)
		}
	}
	return left
}

// Seek finds the row, or the next one, wherever it stands.
func TestCursorSeeks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run")
	rapid.Check(t, func(t *rapid.T) {
		defer func(n int) { blockRows = n }(blockRows)
		blockRows = rapid.IntRange(1, 9).Draw(t, "rows of a block")
		rows := sortedRows(drawRows(t, 2, 60), 2)
		c := NewReader().Cursor(onDisk(t, path, 2, rows)[0], 2)
		targets := sortedRows(drawRows(t, 2, 10), 2)
		for target := range slices.Chunk(targets, 2) {
			c.Seek(target)
			require.NoError(t, c.Err())
			at := 0
			for at < len(rows) && Compare(rows[at:at+2], target) < 0 {
				at += 2
			}
			if at == len(rows) {
				assert.Empty(t, c.Rows())
			} else {
				assert.Equal(t, rows[at:at+2], c.Rows()[:2])
			}
		}
	})
}
