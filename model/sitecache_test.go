package model_test

import (
	"encoding/binary"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"pkgdist/model"
)

// packedStep is a step with the packed state that it leads to.
type packedStep struct {
	step model.Step
	next string
}

func packed(sys *model.System, s *model.State) []byte {
	b := make([]byte, sys.Width())
	sys.Pack(s, b)
	return b
}

// inWords is the packed state in words, the lowest byte first.
func inWords(sys *model.System, s *model.State) []uint64 {
	b := append(packed(sys, s), make([]byte, 7)...)
	words := make([]uint64, len(b)/8)
	for i := range words {
		words[i] = binary.LittleEndian.Uint64(b[8*i:])
	}
	return words
}

// inBytes is the packed state of these words.
func inBytes(sys *model.System, words []uint64) string {
	var b []byte
	for _, word := range words {
		b = binary.LittleEndian.AppendUint64(b, word)
	}
	return string(b[:sys.Width()])
}

// requireSameSteps compares the steps of a packed state with those of the state.
func requireSameSteps(t require.TestingT, sys *model.System, steps func([]uint64, func(model.Step, []uint64)), s model.State) {
	var want, got []packedStep
	sys.Steps(s, func(step model.Step, next model.State) {
		want = append(want, packedStep{step, string(packed(sys, &next))})
	})
	steps(inWords(sys, &s), func(step model.Step, next []uint64) { got = append(got, packedStep{step, inBytes(sys, next)}) })
	if !slices.Equal(want, got) { // Equal looks at each by reflection
		require.Equal(t, want, got)
	}
}

// Cached steps are the steps that the rules have, in the same order, from the same
// and from any other state.
func TestPackedStepsAreTheSteps(t *testing.T) {
	kept, refused := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		sys := drawSystem(t)
		steps := sys.PackedSteps()
		if steps == nil {
			refused++
			return
		}
		kept++
		walk(t, sys, func(s model.State) { requireSameSteps(t, sys, steps, s) })
	})
	assert.Positive(t, kept)
	assert.Positive(t, refused, "a scope whose sites have too many bits")
}

// All states of small systems, under every policy, and under every mutation.
func TestPackedStepsOfSmallSystems(t *testing.T) {
	compare := func(sys *model.System) {
		steps := sys.PackedSteps()
		for s := range reachable(sys) {
			requireSameSteps(t, sys, steps, s)
		}
	}
	scope := small(true)
	scope.Faults[model.SharingViolation] = 1
	for _, d := range model.Designs() {
		sys, err := model.NewSystem(scope, d)
		require.NoError(t, err)
		compare(sys)
	}
	scope.Updates = 1
	for _, m := range model.Mutations(model.SMS20) {
		sys, err := model.NewMutant(scope, model.SMS20, m)
		require.NoError(t, err)
		compare(sys)
	}
}
