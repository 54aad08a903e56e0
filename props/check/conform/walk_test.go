package conform_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"pkgdist/props/check"
	"pkgdist/props/check/conform"
	"pkgdist/props/check/walk"
	"pkgdist/props/internal/testmodel"
)

// Where a tour takes too long, walks do: a failure is shrunk by rapid, and by runs of the subject.
func TestWalksAreDriven(t *testing.T) {
	m := testmodel.DepotModel
	rapid.Check(t, func(rt *rapid.T) {
		var asked []*check.Trace[testmodel.Depot, testmodel.Deed]
		trace := walk.Trace(rt, walk.Walk{Length: 50, Drain: 50}, m)
		result, err := conform.Drive(t.Context(), m, mirroring(m, &asked), conform.Options[testmodel.Depot, testmodel.Deed]{
			Traces: []check.Trace[testmodel.Depot, testmodel.Deed]{trace},
		})
		require.NoError(rt, err)
		require.Nil(rt, result.Failure)
		require.Equal(rt, len(trace.Steps), result.Steps)
		require.Equal(rt, trace.Steps, asked[0].Steps)
	})
}

func TestWhatAWalkFindsIsMadeSmall(t *testing.T) {
	walks := rapid.Custom(func(t *rapid.T) check.Trace[[]string, string] { return walk.Trace(t, walk.Walk{}, letters) })
	found := 0
	for seed := range 20 {
		result, err := conform.Drive(t.Context(), letters, driving(wrong), conform.Options[[]string, string]{
			Traces: []check.Trace[[]string, string]{walks.Example(seed)},
		})
		require.NoError(t, err)
		if f := result.Failure; f != nil {
			found++
			require.Len(t, f.Trace.Steps, 2)
		}
	}
	require.Greater(t, found, 10)
}
