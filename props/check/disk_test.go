package check_test

import (
	"testing"

	"pkgdist/props/check"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDisk(t *testing.T) {
	for _, n := range []int{3, 5, 7} {
		m := twoPhase{n}.model()
		one := explore(t, m, check.Options{Workers: 1}, consistent(n))
		other, err := check.Exhaustive(t.Context(), m, []check.Property[transaction]{consistent(n)}, check.Options{Workers: 2, Store: check.OnDisk, Dir: t.TempDir()})
		require.NoError(t, err)
		assert.Equal(t, one.States, other.States)
		assert.Equal(t, one.Steps, other.Steps)
		assert.Equal(t, one.AtRest, other.AtRest)
		assert.Equal(t, one.Depth, other.Depth)
		assert.Equal(t, one.Rules, other.Rules)
		require.Equal(t, one.Verdicts[0].Outcome, other.Verdicts[0].Outcome)
	}
}
