package check_test

import (
	"slices"
	"testing"

	"pkgdist/props/check"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFingerprintsFindWhatWholeStatesDo(t *testing.T) {
	properties := []check.Property[transaction]{
		consistent(7),
		check.Never("nobody commits", func(s *transaction) bool { return slices.Contains(s.RM[:], committed) }),
		check.OnStep("nobody commits in a step", func(_, after *transaction) bool { return !slices.Contains(after.RM[:], committed) }),
	}
	const block = 1 << 14 // states, of 4 bytes each and 8 for a fingerprint; the last block is not full
	for _, c := range []struct {
		m            check.Model[transaction, action]
		opt          check.Options
		more, blocks int64
	}{
		{twoPhase{7}.symmetric(), check.Options{Symmetry: true}, 8 * block, 0},
		{twoPhase{6}.packed(), check.Options{}, 4 * 8 * block, 3},
	} {
		whole := explore(t, c.m, c.opt, properties...)
		assert.Zero(t, whole.Collisions)
		c.opt.Fingerprints = true
		r := explore(t, c.m, c.opt, properties...)
		assert.Equal(t, []int64{whole.States, whole.Steps, whole.AtRest}, []int64{r.States, r.Steps, r.AtRest})
		assert.InEpsilon(t, float64(r.States)*float64(r.States)/(1<<32)/(1<<33), r.Collisions, 1e-2)
		assert.Equal(t, c.more-c.blocks*(4*block+8), r.Memory-whole.Memory, "the states that are explored are forgotten")
		for i, v := range r.Verdicts {
			want := whole.Verdicts[i]
			assert.Equal(t, []any{want.Outcome, want.Trace, want.Outcome == holds}, []any{v.Outcome, v.Trace, v.Collisions == r.Collisions}, v.Property.Name())
		}
		require.Equal(t, []check.Outcome{holds, violated, violated}, []check.Outcome{r.Verdicts[0].Outcome, r.Verdicts[1].Outcome, r.Verdicts[2].Outcome})
		assert.True(t, r.Contains(transaction{}))
		assert.False(t, r.Contains(transaction{TM: committed}))
		assert.PanicsWithValue(t, "check: the states are not kept where Options.Fingerprints is set", func() { r.All()(nil) })
	}
	by := check.Options{Fingerprints: true}
	refused(t, "a liveness property needs the states themselves; expected none where Fingerprints is set", twoPhase{3}.model(), by, ends(3)...)
	refused(t, "states of varying length have no fingerprints", byMap(true), by)
}
