package store

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// However many candidates are spilled, few runs are there to be merged at a time, which take a part of the memory of the
// candidates, and nothing is lost.
func TestSpilledCandidatesStayFew(t *testing.T) {
	t.Parallel()
	const words, memory, different = 2, 1 << 19, 1 << 22
	l := NewLevels(words, t.TempDir(), memory, 1)
	l.begin(make([]uint64, words))
	l.widen([]uint64{math.MaxUint64, math.MaxUint64})
	c := l.Candidates(0)
	require.NoError(t, c.Reset())
	random, found := rand.New(rand.NewPCG(1, 2)), make([]bool, different)
	for written := 0; written < mostSpilled+3; {
		n := random.Uint64N(different)
		found[n] = true
		require.NoError(t, c.add([]uint64{^n, n}))
		if c.written == written {
			continue
		}
		written = c.written
		require.Less(t, len(c.spilled), mostSpilled)
		require.LessOrEqual(t, cursorBytes(c.sets(), words), int64(wordBytes*c.most/spilledPart))
	}
	more, err := l.EndLevel([]*Candidates{c}, 0)
	require.NoError(t, err)
	require.True(t, more)
	frontier, rows := l.Level(0), []uint64(nil)
	for n := range found {
		if !found[n] {
			continue
		}
		if len(rows) == 0 {
			rows, err = frontier.Next(nil, 1<<12)
			require.NoError(t, err)
		}
		if !slices.Equal(rows[:words], []uint64{^uint64(n), uint64(n)}) {
			t.Fatalf("%d is not there, but %d", n, rows[1])
		}
		rows = rows[words:]
	}
	require.Empty(t, rows)
	require.NoError(t, l.Close())
}

// A state is left out only if it is the very one that was found before, whichever words tell them apart.
func TestStatesFoundLastAreToldApart(t *testing.T) {
	const words, each, all = 3, 3, 27
	l := NewLevels(words, t.TempDir(), 1<<20, 1)
	require.NoError(t, l.Begin([][]uint64{make([]uint64, words)}, 0))
	l.widen(slices.Repeat([]uint64{math.MaxUint64}, words))
	c, f := l.Candidates(0), l.Finder()
	require.NoError(t, c.Reset())
	c.recent, c.mask = c.recent[:c.words], 0 // all states have one place
	f.Reset()
	f.EnterRow(make([]uint64, c.words), 0)
	random, before := rand.New(rand.NewPCG(1, 2)), make([]uint64, words)
	for range 100 * all {
		next := []uint64{random.Uint64N(each), random.Uint64N(each), random.Uint64N(each)}
		if !f.Differs(next) {
			continue
		}
		require.Equal(t, !slices.Equal(before, next), c.Fresh(&f, 0), "%v after %v", next, before)
		require.NoError(t, c.Keep(&f, 0))
		before = next
		f.Clear()
	}
	more, err := l.EndLevel([]*Candidates{c}, 0)
	require.NoError(t, err)
	require.True(t, more)
	require.EqualValues(t, all, l.Len())
	require.NoError(t, l.Close())
}

// Wide states and little memory: what workers remember, what stays in memory of small levels, and what readers keep, whatever
// was read with them before, is bounded by the memory that there is.
func TestWideStatesKeepToTheMemory(t *testing.T) {
	t.Parallel()
	const words, memory, workers, rows = 32, 1 << 24, 2, 1_000
	l := NewLevels(words, t.TempDir(), memory, workers)
	l.begin(make([]uint64, words))
	l.widen(slices.Repeat([]uint64{math.MaxUint64}, words))
	l.candidates = leastCandidates * words // so that there are many runs
	random, kept, largest := rand.New(rand.NewPCG(1, 2)), int64(0), 0
	row := make([]uint64, words)
	for level := range 6 {
		var all []*Candidates
		for worker := range workers {
			c := l.Candidates(worker)
			require.NoError(t, c.Reset())
			for range rows << (level % 4 * 2) { // few runs are spilled, and then many
				bits := random.Uint64()
				for i := range row {
					row[i] = bits >> i & 1
				}
				require.NoError(t, c.add(row))
			}
			largest = max(largest, c.written)
			all = append(all, c)
		}
		_, err := l.EndLevel(all, 0)
		require.NoError(t, err)
		kept = 0
		for _, r := range l.readers {
			kept += r.Memory()
		}
		require.LessOrEqual(t, kept, l.memory*3/2, "level %d", level) // one had all of it, and then each a half
	}
	require.Greater(t, largest, mostSpilled/4, "many runs are spilled")
	require.Positive(t, kept)
	require.LessOrEqual(t, int64(workers*l.recent()*words*wordBytes), l.memory/recentPart)
	require.LessOrEqual(t, (1+enoughPending)*l.smallRows()*words*wordBytes, l.memory/2)
	require.NoError(t, l.Close())
}

// Levels are held against maps of whole images: whoever found a state, however often, and however the work of a level is
// divided, it is in one level, once.
func TestLevelsAreSetsOfImages(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		workers := rapid.IntRange(1, 4).Draw(t, "workers")
		l := NewLevels(2, folder, 1<<30, workers)
		l.small = int64(rapid.IntRange(1, 40).Draw(t, "rows of a small level"))
		image := func() []uint64 {
			few := rapid.Uint64Range(0, 15)
			return []uint64{few.Draw(t, "low"), few.Draw(t, "high") << 60}
		}
		first := image()
		require.NoError(t, l.Begin([][]uint64{first, first}, 0))
		known, states := map[string]bool{fmt.Sprint(first): true}, int64(1)
		for depth := 1; ; depth++ {
			var all []*Candidates
			for worker := range workers {
				c := l.Candidates(worker)
				require.NoError(t, c.Reset())
				for range rapid.IntRange(0, 30).Draw(t, "found") {
					c.unplaced = append(c.unplaced, image()...)
				}
				all = append(all, c)
			}
			next := map[string]bool{}
			for _, c := range all {
				for i := 0; i < len(c.unplaced); i += 2 {
					if key := fmt.Sprint(c.unplaced[i : i+2]); !known[key] {
						next[key] = true
					}
				}
			}
			require.NoError(t, l.Settle(all))
			more, err := l.EndLevel(all, 0)
			require.NoError(t, err)
			require.Equal(t, len(next) > 0, more)
			states += int64(len(next))
			require.Equal(t, states, l.Len())
			if !more {
				break
			}
			require.Equal(t, depth+1, l.Depth())
			rows, err := l.Level(depth).Next(nil, len(next)+1)
			require.NoError(t, err)
			require.Len(t, rows, len(next)*l.words)
			f := l.Finder()
			f.Reset()
			for i := 0; i < len(rows); i += l.words {
				key := fmt.Sprint(f.EnterRow(rows[i:i+l.words], 0))
				require.True(t, next[key])
				delete(next, key)
				known[key] = true
			}
		}
		require.NoError(t, l.Close())
	})
}
