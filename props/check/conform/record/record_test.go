package record_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/props/check/conform/record"
)

func TestARecordReadsBack(t *testing.T) {
	r := record.Record{
		Model: "two <writers>", Module: "example.com/m", Verdict: record.Differs, Covered: 3, All: 12, Unit: "transitions",
		Steps: 1, Story: []string{"   1. a\tb", "   => \"ä\" -> 2"},
	}
	text := r.String()
	assert.NotContains(t, text, "\n")
	assert.Contains(t, text, `"model":"two <writers>"`)
	again, err := record.Parse(text)
	require.NoError(t, err)
	assert.Equal(t, r, again)
}

// Whatever its length, go test -json takes it for an attribute, and the beginning and the end of the story are there.
func TestALongStoryLosesItsMiddle(t *testing.T) {
	long := strings.Repeat(`"→`, 2000)
	for _, lines := range []int{1, 2, 5, 50, 5000} {
		r := record.Record{Model: long, Module: long, Verdict: record.Differs}
		for i := range lines {
			r.Story = append(r.Story, fmt.Sprintf("%4d. %s", i+1, long[:min(len(long), i*10)]))
		}
		r.Story[lines-1] = "   => wrong" + long
		text := r.String()
		assert.Less(t, len(text), 4000)
		again, err := record.Parse(text)
		require.NoError(t, err)
		assert.True(t, strings.HasPrefix(again.Story[len(again.Story)-1], "   => wrong"))
		assert.LessOrEqual(t, len(again.Story), 61)
		left := 0
		if lines > 1 {
			assert.Equal(t, "   1. ", again.Story[0])
		}
		for _, line := range again.Story {
			fmt.Sscanf(strings.ReplaceAll(line, ",", ""), "      … %d line", &left)
		}
		if left > 0 {
			assert.Equal(t, lines, len(again.Story)-1+left, "what is left out is counted")
		} else {
			assert.Len(t, again.Story, lines)
		}
	}
}

func TestWhatIsNoRecordIsRefused(t *testing.T) {
	for _, text := range []string{"", "{", "[]", `{"verdict":"passes"}`, `{}`} {
		_, err := record.Parse(text)
		assert.ErrorContains(t, err, "expected", text)
	}
}
