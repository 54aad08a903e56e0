package main

import (
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/assert"
)

// The runtime is told of the limit while a command runs, and never of a higher one
// than it has.
func TestTheRuntimeKnowsTheLimitOfMemory(t *testing.T) {
	before := debug.SetMemoryLimit(8 << 30)
	defer debug.SetMemoryLimit(before)
	for given, want := range map[size]int64{1 << 30: 1<<30 + 80<<20, 16 << 30: 8 << 30} {
		l := limits{MaxMemory: given}
		_, end := l.within(terminal{ctx: t.Context()})
		assert.Equal(t, want, debug.SetMemoryLimit(-1))
		end()
		assert.EqualValues(t, 8<<30, debug.SetMemoryLimit(-1))
	}
}
