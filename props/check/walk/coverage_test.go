package walk_test

import (
	"testing"

	"pkgdist/props/check/walk"

	"github.com/stretchr/testify/assert"
)

func TestACoverageIsBounded(t *testing.T) {
	var coverage walk.Coverage
	for i := range uint64(1<<20 + 5) {
		coverage.Note(walk.Visit{State: i, Rule: -1})
	}
	assert.Equal(t, 1<<20, coverage.States())
	assert.True(t, coverage.Full)
}
