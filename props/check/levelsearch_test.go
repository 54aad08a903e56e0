package check_test

import (
	"testing"

	"pkgdist/props/check"
	"pkgdist/props/check/internal/runs"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tasks is a state of varying length, which grows.
type tasks struct {
	Done string
	Left []string
}

func workOff(s tasks, yield func(string, tasks)) {
	for i, task := range s.Left {
		left := append(append([]string{}, s.Left[:i]...), s.Left[i+1:]...)
		yield(task, tasks{s.Done + "this has been done: " + task + "; ", left})
	}
}

// An engine that keeps the states, the plain way, finds what a search on disk does: for states that are plain, and for those
// of varying length.
func TestLevelSearchIsTheSearch(t *testing.T) {
	agrees(t, twoPhase{4}.model(), consistent(4), check.Never("nobody commits", func(s *transaction) bool { return s.RM[0] == committed }),
		check.OnStep("nobody aborts", func(_, after *transaction) bool { return after.RM[1] != aborted }))
	agrees(t, check.Model[tasks, string]{
		Init: func() []tasks {
			return []tasks{{Left: []string{"bake", "clean", "wash up"}}, {Left: []string{"paint the house"}}}
		},
		Steps: workOff,
	}, check.DeadlockFree("ends", func(s *tasks) bool { return len(s.Done) < 30 }), check.Always("something is left", func(s *tasks) bool { return len(s.Left) > 0 }))
}

func agrees[S any, T comparable](t *testing.T, m check.Model[S, T], properties ...check.Property[S]) {
	want, err := check.Exhaustive(t.Context(), m, properties, check.Options{Store: check.OnDisk})
	require.NoError(t, err)
	l, err := check.NewLevelSearch(m, properties, check.Options{})
	require.NoError(t, err)
	layout, frontier, err := l.Begin()
	require.NoError(t, err)
	c := check.Conclusion{Tally: l.Empty()}
	var levels []*runs.Set
	first := int64(0)
	for known := runs.InMemory(nil, 1); len(frontier) > 0; {
		level := runs.InMemory(frontier, layout.Words())
		levels, c.Levels = append(levels, level), append(c.Levels, level.Len())
		known = together(t, layout.Words(), known, level)
		var found []*runs.Set
		var images [][]uint64
		tally, err := l.Expand(t.Context(), check.Piece{Layout: layout, Level: len(levels) - 1, First: first, SoFar: c.Tally, Rows: level}, func(rows, more []uint64, imageWords int) error {
			found = append(found, runs.InMemory(append([]uint64{}, rows...), layout.Words()))
			for ; len(more) > 0; more = more[imageWords:] {
				images = append(images, append([]uint64{}, more[:imageWords]...))
			}
			return nil
		})
		require.NoError(t, err)
		c.Tally.Add(&tally)
		first += level.Len()
		for _, image := range images {
			_, unplaced := layout.Rows(len(image)).Pack(image, make([]uint64, layout.Words()))
			layout = layout.With(unplaced)
		}
		for _, image := range images {
			row := make([]uint64, layout.Words())
			layout.Rows(len(image)).Pack(image, row)
			found = append(found, runs.InMemory(row, layout.Words()))
		}
		frontier = together(t, layout.Words(), found...).Rows(layout.Words())
		frontier = runs.NewReader().Cursor(known, layout.Words()).Remove(frontier)
	}
	decided, deepest := c.Tally.Decided()
	assert.NotEmpty(t, decided)
	c.Layout, c.Marked = layout, make([]*runs.Set, deepest+1)
	words := 1 + layout.Words()
	for level := deepest; level >= 0; level-- {
		p := check.Piece{Layout: layout, Level: level, SoFar: c.Tally, Rows: levels[level]}
		if level < deepest {
			p.Marked = c.Marked[level+1]
		}
		var marked []uint64
		looked, err := l.Back(t.Context(), p, func(some []uint64) error { marked = append(marked, some...); return nil })
		require.NoError(t, err)
		require.Equal(t, levels[level].Len(), looked)
		c.Marked[level] = runs.InMemory(marked, words)
	}
	got, err := l.Conclude(c)
	require.NoError(t, err)
	assert.Equal(t, []any{want.States, want.Steps, want.AtRest, want.Depth, want.Levels}, []any{got.States, got.Steps, got.AtRest, got.Depth, got.Levels})
	for i, v := range want.Verdicts {
		w := got.Verdicts[i]
		assert.Equal(t, []any{v.Outcome, v.Reason, v.Case, v.String()}, []any{w.Outcome, w.Reason, w.Case, w.String()})
	}
}

// together is one set of several.
func together(t *testing.T, words int, sets ...*runs.Set) *runs.Set {
	var cursors []*runs.Cursor
	total, reader := int64(0), runs.NewReader()
	for _, s := range sets {
		cursors, total = append(cursors, reader.Cursor(s, words)), total+s.Len()
	}
	merge := runs.NewMerge(words, cursors)
	rows := merge.Fill(make([]uint64, 0, int(total)*words))
	require.NoError(t, merge.Err())
	return runs.InMemory(rows, words)
}
