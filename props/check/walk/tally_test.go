package walk_test

import (
	"testing"

	"pkgdist/props/check"

	"github.com/stretchr/testify/assert"
)

func TestATallyCountsWhatWalksComeAcross(t *testing.T) {
	var tally check.Tally
	for _, v := range []check.Visit{
		{State: 7, Rule: -1}, {State: 8, Rule: 2, Steps: 1}, {State: 7, Rule: 0, Steps: 2}, // a walk of two steps
		{State: 7, Rule: -1}, {State: 9, Rule: 2, Steps: 1}, // and one of a single step
	} {
		tally.Note(v)
	}
	assert.EqualValues(t, 2, tally.Walks)
	assert.EqualValues(t, 3, tally.Steps)
	assert.Equal(t, 2, tally.Deepest)
	assert.Equal(t, []int64{1, 0, 2}, tally.Fired)
	assert.Equal(t, 3, tally.States())
	assert.False(t, tally.Full)
}

func TestATallyIsBounded(t *testing.T) {
	var tally check.Tally
	for i := range uint64(1<<20 + 5) {
		tally.Note(check.Visit{State: i, Rule: -1})
	}
	assert.Equal(t, 1<<20, tally.States())
	assert.True(t, tally.Full)
}
