package check

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestComponentsOfAPartKnowNothingOfTheRest(t *testing.T) {
	// 0 → 1 → 2 → 0, and 2 → 3 → 2.
	g := &graph{ends: []uint64{1, 2, 4, 5}, targets: []uint32{1, 2, 0, 3, 2}, labels: make([]uint16, 5)}
	k := newComponents(g)
	of := func(states ...uint32) (found [][]uint32) {
		k.of(states, func(component []uint32) { found = append(found, slices.Sorted(slices.Values(component))) })
		return found
	}
	assert.Equal(t, [][]uint32{{1}, {0}}, of(0, 1), "without 2 there is no way back")
	assert.Equal(t, [][]uint32{{2, 3}, {1}}, of(1, 2, 3))
	assert.Equal(t, [][]uint32{{0, 1, 2, 3}}, of(3, 2, 1, 0))
	assert.Equal(t, [][]uint32{{0, 1, 2}}, of(0, 1, 2), "what was met before is met again")
	assert.Equal(t, [][]uint32{{0}, {3}}, of(0, 3))
}
