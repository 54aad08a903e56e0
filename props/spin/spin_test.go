package spin_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
	"pkgdist/props/check"
	"pkgdist/props/internal/testmodel"
	"pkgdist/props/spin"
)

func TestASearchThatIsCutIsAnError(t *testing.T) {
	needSpin(t)
	checker, err := spin.Compile(t.Context(), t.TempDir(), spin.TwoPhase, []string{"N=3"}, "-O0")
	require.NoError(t, err)
	_, err = checker.Run(t.Context(), spin.Limits{Depth: 5, HashBits: 18})
	assert.ErrorContains(t, err, "the search was cut: error: max search depth too small")
}

func TestASearchThatIsNotExactIsAnError(t *testing.T) {
	needSpin(t)
	for option, complaint := range map[string]string{
		"-DHC4":      "its states are not stored in full",
		"-DBITSTATE": "its states are not stored in full",
		"-DCOLLAPSE": "Compression",
	} {
		t.Run(option, func(t *testing.T) {
			checker, err := spin.Compile(t.Context(), t.TempDir(), spin.TwoPhase, []string{"N=3"}, "-O0", option)
			require.NoError(t, err)
			_, err = checker.Run(t.Context(), shallow)
			require.ErrorContains(t, err, "the search is not exact")
			assert.ErrorContains(t, err, complaint)
		})
	}
}

func TestAScopeBeyondTheModelIsAnError(t *testing.T) {
	needSpin(t)
	parents := []int{model.NoParent, 0, 0, 0, 0}
	for name, c := range map[string]struct {
		scope model.Scope
		want  string
	}{
		"versions": {scopeOf([]int{0, 1}, parents, 1, 5, true), "more versions than the rules are written out for"},
		"sites":    {scopeOf([]int{0, 1, 1, 1, 1}, parents, 1, 1, true), "SITES must be 2 to 4"},
		"dps":      {scopeOf([]int{0, 4}, parents, 1, 1, true), "MAX_DPS must be 1 to 3"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := spin.Compile(t.Context(), t.TempDir(), spin.Distribution, spin.Macros(c.scope, model.SMS20))
			assert.ErrorContains(t, err, c.want)
		})
	}
}

// Nothing is off, or 0, because it was not said.
func TestAParameterThatIsMissingIsAnError(t *testing.T) {
	needSpin(t)
	macros := spin.Macros(scopeOf([]int{0, 1}, []int{model.NoParent, 0}, 1, 1, true), model.SMS20)
	for i, left := range macros {
		_, err := spin.Compile(t.Context(), t.TempDir(), spin.Distribution, slices.Concat(macros[:i], macros[i+1:]))
		assert.Error(t, err, "without %s", left)
	}
}

// Two-phase commit as published with the TLA+ examples, written as a user would: a plain struct and a few ifs. Package
// check is tested with the same model and more of it; here it is measured against what Spin makes of twophase.pml.

// A path of two-phase commit is short, for no step can be undone.
var shallow = spin.Limits{Depth: 1000, HashBits: 20}

func TestSpinCountsThePublishedStates(t *testing.T) {
	needSpin(t)
	for _, c := range []struct {
		n                   int
		states, transitions int64
		big                 bool
	}{
		{n: 3, states: 288, transitions: 1_146},
		{n: 5, states: 8_832, transitions: 58_146},
		{n: 7, states: 296_448, transitions: 2_744_706},
		{n: 8, states: 1_745_408, transitions: 18_507_778, big: true},
		{n: 9, states: 10_340_352, transitions: 0, big: true}, // Spin rounds it to 1.235584e+08
	} {
		t.Run(fmt.Sprint(c.n), func(t *testing.T) {
			if c.big && !*big {
				t.Skip("needs -big")
			}
			t.Parallel()
			checker, err := spin.Compile(t.Context(), t.TempDir(), spin.TwoPhase, []string{fmt.Sprintf("N=%d", c.n)}, "-O1")
			require.NoError(t, err)
			theirs, err := checker.Run(t.Context(), shallow)
			require.NoError(t, err)
			assert.Equal(t, c.states, theirs.States)
			assert.Equal(t, c.transitions, theirs.Transitions)
			if c.big {
				return // package check's own tests count these
			}
			ours, err := check.Exhaustive(t.Context(), testmodel.TwoPhase(c.n), nil, check.Options{})
			require.NoError(t, err)
			assert.Equal(t, theirs.States, ours.States)
			assert.Equal(t, theirs.Transitions, ours.Steps+1, "steps, and the initial state")
		})
	}
}
