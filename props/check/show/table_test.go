package show_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/props/check/show"
)

// table compares two locks, with a verdict of each kind.
func table() *show.Table {
	three := 3
	trace := []string{"a", "b", "c", "d", "e"}
	const cut = "more than 1,000 states"
	return &show.Table{
		Title: "Two locks", Notes: []string{"Both have two processes."},
		Runs: []show.Result{
			{Name: "test-then-set", Figures: show.Figures{States: 1234567, Steps: 2345678, Depth: 12, Complete: true, Fairness: "weak",
				Rules: []show.Rule{{Name: "enter", Fired: 3, Stopped: "it is free"}, {Name: "leave", Stopped: "it is inside"}, {Name: "crash"}},
				Verdicts: []show.Verdict{
					{Name: "mutual-exclusion", Kind: "always", Outcome: "violated", Trace: trace[:4], HasTrace: true, Says: "Never both.", Story: mutex(), Link: "a%20b.html"},
					{Name: "turns", Kind: "leads to", Outcome: "violated", Trace: trace, HasTrace: true, Loop: &three, OrFewer: true, Story: silent()},
					{Name: "strict", Kind: "always", Outcome: "violated", Trace: trace[:1], HasTrace: true, Word: "too strong"},
					{Name: "both-wait", Kind: "sometimes", Outcome: "holds", Trace: trace[:2], HasTrace: true},
					{Name: "at-once", Kind: "always", Outcome: "violated", HasTrace: true},
					{Name: "no-overflow", Kind: "always", Outcome: "holds", Story: loop()},
				}}},
			{Name: "ticket", Figures: show.Figures{States: 5,
				Verdicts: []show.Verdict{
					{Name: "mutual-exclusion", Kind: "always", Outcome: "holds"},
					{Name: "turns", Kind: "leads to", Outcome: "inconclusive", Reason: cut},
					{Name: "strict", Kind: "always", Outcome: "inconclusive", Reason: cut, Optional: true},
					{Name: "both-wait", Kind: "sometimes", Outcome: "inconclusive", Reason: "no state", Optional: true},
					{Name: "at-once", Kind: "always", Outcome: "inconclusive", Reason: cut},
					{Name: "no-overflow", Kind: "always", Outcome: "inconclusive", Reason: "never put to the test"},
				}}},
		},
	}
}

func TestATableIsAsKept(t *testing.T) {
	for path, write := range map[string]func(*strings.Builder) error{
		"testdata/table.txt":  func(b *strings.Builder) error { return table().Text(b, 60) },
		"testdata/table.json": func(b *strings.Builder) error { return table().JSON(b) },
		"testdata/table.html": func(b *strings.Builder) error { return table().HTML(b) },
	} {
		var b strings.Builder
		require.NoError(t, write(&b))
		got := samePart.ReplaceAllString(b.String(), "")
		if *update {
			require.NoError(t, os.WriteFile(path, []byte(got), 0o666))
		}
		want, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, string(want), got)
	}
}

// The figures name what was counted, and a shortcut that was taken.
func TestATableNamesItsShortcuts(t *testing.T) {
	tab := table()
	tab.Runs[0].Symmetry, tab.Runs[0].Reduction = true, true
	var b strings.Builder
	require.NoError(t, tab.Text(&b, 0))
	assert.Contains(t, b.String(), "\nstates up to symmetry, reduced  1,234,567 ")
}

// Lists are there in JSON, even if they are empty, and writing it changes nothing.
func TestAnEmptyTableIsWritten(t *testing.T) {
	var nothing show.Table
	var b strings.Builder
	require.NoError(t, nothing.Text(&b, 0))
	assert.Empty(t, b.String())
	require.NoError(t, nothing.JSON(&b))
	assert.JSONEq(t, `{"title": "", "runs": []}`, b.String())

	tab := show.Table{Runs: []show.Result{{Name: "a", Figures: show.Figures{Verdicts: []show.Verdict{{}}}}}}
	b.Reset()
	require.NoError(t, tab.JSON(&b))
	assert.NotContains(t, b.String(), "null")
	assert.True(t, json.Valid([]byte(b.String())))
	assert.Nil(t, tab.Runs[0].Verdicts[0].Trace)
}
