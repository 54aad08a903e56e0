package run_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
	"pkgdist/props/check"
	"pkgdist/props/run"
)

// A search on disk finds what the one in memory does, to the letter: counts, coverage, depth, verdicts and traces. So does
// one that moves to disk when memory is full, and both do so under symmetry.
func TestDiskFindsWhatMemoryFinds(t *testing.T) {
	most, under := int64(1_500), []model.Design{model.SMS20, design("repaired")}
	if *big {
		most, under = int64(*states), designs(3)
	}
	compared, moved := 0, 0
	for _, sc := range scenarios() {
		for _, d := range under {
			for _, symmetry := range []bool{false, true} {
				size, err := run.Explore(t.Context(), sc, d, []string{"one-version-among-writers"}, check.Options{MaxStates: most, Symmetry: symmetry})
				require.NoError(t, err)
				if !size.Result.Complete() || symmetry && !size.System.Interchangeable() {
					continue
				}
				plain, err := run.Explore(t.Context(), sc, d, nil, check.Options{Symmetry: symmetry, Coverage: true})
				require.NoError(t, err)
				compared++
				for _, limit := range []int64{0, plain.Result.Memory / 2} {
					opt := check.Options{Store: check.OnDisk, Dir: t.TempDir(), MaxMemory: limit, Symmetry: symmetry, Coverage: true}
					if limit > 0 {
						opt.Store = check.MemoryThenDisk
					}
					disk, err := run.Explore(t.Context(), sc, d, nil, opt)
					require.NoError(t, err)
					if disk.Result.OnDisk && limit > 0 {
						moved++
					}
					requireSameResult(t, plain, disk)
				}
				t.Logf("%s/%s, symmetry %t: %d states", sc.Name, d.Name, symmetry, plain.Result.States)
			}
		}
	}
	assert.Equal(t, compared, moved, "half the memory is not enough")
	t.Logf("%d searches compared, of which %d moved to disk", compared, moved)
}

func requireSameResult(t *testing.T, plain, disk *run.Run) {
	t.Helper()
	one, other := plain.Result, disk.Result
	require.Equal(t, one.States, other.States, "%s/%s", plain.Scenario.Name, plain.Design.Name)
	require.Equal(t, [...]int64{one.Steps, one.AtRest, one.Cut, int64(one.Depth)}, [...]int64{other.Steps, other.AtRest, other.Cut, int64(other.Depth)})
	require.Equal(t, one.Stopped, other.Stopped)
	require.Len(t, other.Rules, len(one.Rules))
	for i := range one.Rules {
		require.Equal(t, one.Rules[i].Fired, other.Rules[i].Fired)
		require.ElementsMatch(t, one.Rules[i].Blocked, other.Rules[i].Blocked)
	}
	for i := range one.Verdicts {
		v, w := &one.Verdicts[i], &other.Verdicts[i]
		if v.Property.Kind().Liveness() {
			assert.Equal(t, check.Inconclusive, w.Outcome)
			continue
		}
		name := plain.Scenario.Name + "/" + plain.Design.Name + "/" + v.Property.Name()
		require.Equal(t, v.Outcome, w.Outcome, name)
		require.Equal(t, v.Reason, w.Reason, name)
		require.Equal(t, v.Trace, w.Trace, name)
		require.Equal(t, v.Case, w.Case, name)
	}
}
