package spin_test

import (
	"slices"
	"testing"

	"pkgdist/model"
	"pkgdist/props/spin"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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
