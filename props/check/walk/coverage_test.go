package walk_test

import (
	"testing"

	"pkgdist/props/check/walk"

	"github.com/stretchr/testify/assert"
)

func TestACoverageCountsWhatWalksReach(t *testing.T) {
	var coverage walk.Coverage
	for _, v := range []walk.Visit{
		{State: 7, Rule: -1}, {State: 8, Rule: 2, Steps: 1}, {State: 7, Rule: 0, Steps: 2}, // a walk of two steps
		{State: 7, Rule: -1}, {State: 9, Rule: 2, Steps: 1}, // and one of a single step
	} {
		coverage.Note(v)
	}
	assert.EqualValues(t, 2, coverage.Walks)
	assert.EqualValues(t, 3, coverage.Steps)
	assert.Equal(t, 2, coverage.Deepest)
	assert.Equal(t, []int64{1, 0, 2}, coverage.Fired)
	assert.Equal(t, 3, coverage.States())
	assert.False(t, coverage.Full)
}

func TestACoverageIsBounded(t *testing.T) {
	var coverage walk.Coverage
	for i := range uint64(1<<20 + 5) {
		coverage.Note(walk.Visit{State: i, Rule: -1})
	}
	assert.Equal(t, 1<<20, coverage.States())
	assert.True(t, coverage.Full)
}
