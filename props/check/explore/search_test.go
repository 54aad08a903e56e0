package explore_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/props/check"
	"pkgdist/props/check/explore"
	"pkgdist/props/internal/testmodel"
)

// The search says what check says, and each place leads to where the property breaks.
func TestTheSearchLeadsToWhereAPropertyBreaks(t *testing.T) {
	m, claims := testmodel.DepotModel, testmodel.DepotClaims()
	e := explorer(t, m, claims)
	assert.False(t, e.Searched().Begun)
	e.Search(t.Context())
	s := e.Searched()
	r, err := check.Exhaustive(t.Context(), m, claims, check.Options{})
	require.NoError(t, err)
	assert.Equal(t, []int64{r.States, r.Steps, int64(r.Depth)}, []int64{s.States, s.Steps, int64(s.Depth)})
	require.Len(t, s.Verdicts, len(claims))
	violated := 0
	for i, v := range s.Verdicts {
		want := r.Verdicts[i]
		require.Equal(t, want.Property.Name(), v.Name)
		assert.Equal(t, want.Outcome.String(), v.Outcome)
		if want.Trace == nil {
			continue
		}
		violated++
		require.Len(t, v.There.Steps, len(want.Trace.Steps))
		assert.Equal(t, v.Name, view(t, e, *v.There).Broken[0].Name)
	}
	assert.Equal(t, len(claims), violated)
}

// While the search goes on, what it has found is known already.
func TestWhatIsFoundIsKnownWhileTheSearchGoesOn(t *testing.T) {
	released := make(chan struct{})
	m := testmodel.Way(6000).Model()
	steps := m.Steps
	m.Steps = func(s int, yield func(testmodel.Edge, int)) {
		if s == 5500 {
			<-released
		}
		steps(s, yield)
	}
	e := explorer(t, m, []check.Property[int]{check.Never("three", testmodel.Is(3)), check.Sometimes("four", testmodel.Is(4)), check.Never("far", testmodel.Is(5900))})
	done := make(chan struct{})
	go func() { e.Search(t.Context()); close(done) }()
	require.Eventually(t, func() bool { return e.Searched().Verdicts[1].Outcome != "" }, waitFor, tick)
	s := e.Searched()
	assert.False(t, s.Ended)
	assert.Equal(t, []string{"violated", "reached", ""}, []string{s.Verdicts[0].Outcome, s.Verdicts[1].Outcome, s.Verdicts[2].Outcome})
	assert.Equal(t, []string{"three"}, names(view(t, e, *s.Verdicts[0].There).Broken))
	close(released)
	<-done
	assert.Equal(t, "violated", e.Searched().Verdicts[2].Outcome)
}

func TestAnInterruptedSearchSaysSo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	e := explorer(t, mutex(), mutexClaims())
	e.Search(ctx)
	s := e.Searched()
	assert.True(t, s.Ended)
	assert.Equal(t, "interrupted", s.Stopped)
	assert.Equal(t, "inconclusive", s.Verdicts[0].Outcome)
	assert.Contains(t, s.Verdicts[0].Reason, "interrupted")
}

// A property that comes first does so among verdicts, and among what is wrong in a state.
func TestOnePropertyComesFirst(t *testing.T) {
	claims := []check.Property[int]{check.Never("a", testmodel.Is(1)), check.Never("b", testmodel.Is(1)), check.Never("c", testmodel.Is(1))}
	e, err := explore.New(testmodel.Way(3).Model(), claims, explore.Options{First: "b"})
	require.NoError(t, err)
	assert.Equal(t, "b", e.Searched().Verdicts[0].Name)
	v := view(t, e, explore.Place{})
	p := explore.Place{Steps: refs(v)[:1], At: 1}
	assert.Equal(t, []string{"b", "a", "c"}, names(view(t, e, p).Broken))
	p.Property = "c"
	assert.Equal(t, []string{"c", "b", "a"}, names(view(t, e, p).Broken))
	p.Property = ""
	e = explorer(t, testmodel.Way(3).Model(), []check.Property[int]{check.Sometimes("there", testmodel.Is(1)), check.Never("wrong", testmodel.Is(1))})
	assert.Equal(t, []string{"wrong", "there"}, names(view(t, e, p).Broken), "what is wrong comes before what is reached")
}
