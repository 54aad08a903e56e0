package walk_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"pkgdist/props/check/walk"
)

func TestACoverageIsBounded(t *testing.T) {
	var coverage walk.Coverage
	for i := range uint64(1<<20 + 5) {
		coverage.Note(walk.Visit{State: i, Rule: -1})
	}
	assert.Equal(t, 1<<20, coverage.States())
	assert.True(t, coverage.Full)
}

// However visits are divided, and whether their counts were written down or not, merged they come to the same.
func TestCoveragesMerge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var whole, merged walk.Coverage
		parts := make([]walk.Coverage, 4)
		visits := rapid.SliceOf(rapid.Custom(func(t *rapid.T) walk.Visit {
			return walk.Visit{State: rapid.Uint64Range(0, 30).Draw(t, "state"), Rule: rapid.IntRange(-1, 5).Draw(t, "rule"), Steps: rapid.IntRange(0, 9).Draw(t, "steps")}
		})).Draw(t, "visits")
		for _, v := range visits {
			whole.Note(v)
			parts[rapid.IntRange(0, len(parts)-1).Draw(t, "part")].Note(v)
		}
		for i := range parts {
			text, err := json.Marshal(&parts[i])
			require.NoError(t, err)
			var read walk.Coverage
			require.NoError(t, json.Unmarshal(text, &read))
			merged.Merge(&read)
		}
		require.Equal(t, written(t, &whole), written(t, &merged))
	})
}

func written(t require.TestingT, c *walk.Coverage) string {
	text, err := json.Marshal(c)
	require.NoError(t, err)
	return string(text)
}

// What is too much for one is too much for those that are merged, and what is too much together too.
func TestMergedCoveragesAreBounded(t *testing.T) {
	const half = 1 << 19
	count := func(from, end uint64) *walk.Coverage {
		var c walk.Coverage
		for i := from; i < end; i++ {
			c.Note(walk.Visit{State: i, Rule: -1})
		}
		return &c
	}
	for _, c := range []struct {
		second *walk.Coverage
		states int
		full   bool
	}{
		{count(half/2, half+5), half + 5, false},
		{count(half, 2*half), 2 * half, false},
		{count(half, 2*half+1), 2 * half, true},
		{count(0, 2*half+1), 2 * half, true},
	} {
		merged := count(0, half)
		merged.Merge(c.second)
		assert.Equal(t, c.states, merged.States())
		assert.Equal(t, c.full, merged.Full)
	}
}

func TestOnlyWhatACoverageWritesIsRead(t *testing.T) {
	var c walk.Coverage
	for text, want := range map[string]string{
		`{"states": "AAAA"}`: "walk: expected eight bytes for each state, found 3 bytes",
		`{"visits": 3}`:      `json: unknown field "visits"`,
		`[]`:                 "cannot unmarshal array",
	} {
		assert.ErrorContains(t, json.Unmarshal([]byte(text), &c), want)
	}
}
