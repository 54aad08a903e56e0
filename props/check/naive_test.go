package check_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"pkgdist/props/check"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// naive finds the distance of every state that can be reached by lowering guesses until none can be lowered: no queue,
// no levels, no order. The search is compared with it.
func naive(g graph) map[int]int {
	distance := make(map[int]int)
	for _, s := range g.Initial {
		distance[s] = 0
	}
	for lowered := true; lowered; {
		lowered = false
		for _, e := range g.Edges {
			near, reached := distance[e.From]
			if far, known := distance[e.To]; reached && (!known || far > near+1) {
				distance[e.To], lowered = near+1, true
			}
		}
	}
	return distance
}

// resting are the reached states out of which no step of the system leads elsewhere.
func resting(g graph, distance map[int]int) map[int]bool {
	rest := make(map[int]bool)
	for s := range distance {
		rest[s] = !slices.ContainsFunc(g.Edges, func(e edge) bool { return e.From == s && e.To != s && !e.Fault })
	}
	return rest
}

// expected is what a verdict should be, with the length of its trace; -1 is none.
type expected struct {
	outcome check.Outcome
	length  int
}

// expect judges a property by looking at all states, or all edges, one after the other.
func expect(g graph, distance map[int]int, p check.Property[int], complete bool) expected {
	rest := resting(g, distance)
	tested, length := false, -1
	shorter := func(n int) {
		if length < 0 || n < length {
			length = n
		}
	}
	when, holds, whenStep, onStep := p.Claim(0)
	if onStep != nil {
		for _, e := range g.Edges {
			near, reached := distance[e.From]
			if !reached || e.From == e.To || whenStep != nil && !whenStep(&e.From, &e.To) {
				continue
			}
			if tested = true; onStep(&e.From, &e.To) == (p.Kind() == check.KindSometimes) {
				shorter(near + 1)
			}
		}
	} else {
		for s, far := range distance {
			if when != nil && !when(&s) || p.AtRest() && !rest[s] {
				continue
			}
			if tested = true; holds(&s) == (p.Kind() != check.KindAlways) {
				shorter(far)
			}
		}
	}
	switch {
	case length >= 0 && p.Kind() != check.KindSometimes:
		return expected{check.Violated, length}
	case !complete || !tested || length < 0 && p.Kind() == check.KindSometimes:
		return expected{check.Inconclusive, length}
	}
	return expected{check.Holds, length}
}

// graphs draws a small graph edge by edge, so that a failure shrinks to its core, or scatters the edges of a large one,
// so that a level has more states than a worker's share.
func graphs(t *rapid.T) (g graph, states int) {
	if rapid.Bool().Draw(t, "large") {
		states = rapid.IntRange(100, 1500).Draw(t, "states")
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		for range states * rapid.IntRange(1, 4).Draw(t, "steps a state") {
			g.Edges = append(g.Edges, edge{From: random.IntN(states), To: random.IntN(states), Fault: random.IntN(4) == 0})
		}
	} else {
		states = rapid.IntRange(1, 10).Draw(t, "states")
		node := rapid.IntRange(0, states-1)
		g.Edges = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) edge {
			return edge{From: node.Draw(t, "from"), To: node.Draw(t, "to"), Fault: rapid.Bool().Draw(t, "fault")}
		}), 0, 3*states).Draw(t, "edges")
	}
	g.Initial = rapid.SliceOfN(rapid.IntRange(0, states-1), 1, 3).Draw(t, "initial")
	for i := range g.Edges {
		g.Edges[i].Name = fmt.Sprint(i)
	}
	return g, states
}

// claims draws a property of every kind, with and without conditions.
func claims(t *rapid.T, states int) []check.Property[int] {
	set := func(label string) func(*int) bool {
		modulus := rapid.IntRange(1, states+1).Draw(t, label+" modulus")
		rest := rapid.IntRange(0, modulus).Draw(t, label+" rest") // at the top of the range the set is empty
		return func(s *int) bool { return *s%modulus == rest }
	}
	when, claim := set("when"), set("claim")
	not := func(s *int) bool { return !claim(s) }
	both := func(a, b *int) bool { return !(claim(a) && when(b)) }
	onto := func(_, b *int) bool { return when(b) }
	return []check.Property[int]{
		check.Always("always", not), check.Always("always given", not).Given(when), check.Always("always at rest", not).OnlyAtRest(),
		check.Never("never", claim), check.Never("never given at rest", claim).Given(when).OnlyAtRest(),
		check.Sometimes("sometimes", claim), check.Sometimes("sometimes given at rest", claim).Given(when).OnlyAtRest(),
		check.OnStep("step", both), check.OnStep("step given", both).GivenStep(onto),
		check.SometimesStep("sometimes a step", func(a, b *int) bool { return claim(a) && when(b) }),
		check.SometimesStep("sometimes a step given", func(a, _ *int) bool { return claim(a) }).GivenStep(onto),
	}
}

func TestSearchAgreesWithTheNaiveOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g, states := graphs(t)
		properties := claims(t, states)
		distance := naive(g)
		r, err := check.Exhaustive(t.Context(), g.Model(), properties, check.Options{Keep: true, Workers: rapid.SampledFrom([]int{1, 2, 8}).Draw(t, "workers")})
		require.NoError(t, err)

		depth, steps, atRest := 0, 0, 0
		for _, far := range distance {
			depth = max(depth, far)
		}
		for _, e := range g.Edges {
			if _, reached := distance[e.From]; reached {
				steps++
			}
		}
		for _, rest := range resting(g, distance) {
			if rest {
				atRest++
			}
		}
		require.Equal(t, []int{len(distance), steps, atRest, depth}, []int{int(r.States), int(r.Steps), int(r.AtRest), r.Depth})
		require.True(t, r.Complete())

		far := 0
		for s := range r.All() {
			require.Contains(t, distance, s)
			require.GreaterOrEqual(t, distance[s], far, "All is in the order of distance")
			far = distance[s]
		}
		for i, p := range properties {
			require.Equal(t, expect(g, distance, p, true), got(t, g, r.Verdicts[i]), p.Name())
		}
	})
}

func TestCutSearchAgreesWithTheNaiveOneOnWhatItExplored(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g, states := graphs(t)
		properties := claims(t, states)
		distance := naive(g)
		limit := rapid.IntRange(1, states+1).Draw(t, "limit")
		r, err := check.Exhaustive(t.Context(), g.Model(), properties, check.Options{Keep: true, Workers: 2, MaxStates: int64(limit)})
		require.NoError(t, err)

		require.EqualValues(t, min(limit, len(distance)), r.States)
		require.Equal(t, limit >= len(distance), r.Complete())
		found := make(map[int]bool)
		for s := range r.All() {
			require.Contains(t, distance, s)
			require.False(t, found[s], "a state is stored once")
			found[s] = true
		}
		for i, p := range properties {
			want, is := expect(g, distance, p, r.Complete()), got(t, g, r.Verdicts[i])
			if is.length < 0 && !r.Complete() {
				require.Equal(t, check.Inconclusive, is.outcome)
				continue
			}
			require.Equal(t, want, is, p.Name())
		}
	})
}

// got is the verdict in the form of what is expected, its trace checked to be a way through the graph.
func got(t *rapid.T, g graph, v check.Verdict[int, edge]) expected {
	if v.Outcome == check.Inconclusive {
		require.NotEmpty(t, v.Reason)
	}
	if v.Trace == nil {
		return expected{v.Outcome, -1}
	}
	require.Contains(t, g.Initial, v.Trace.States[0])
	require.Len(t, v.Trace.States, len(v.Trace.Steps)+1)
	for i, e := range v.Trace.Steps {
		require.Contains(t, g.Edges, e)
		require.Equal(t, []int{v.Trace.States[i], v.Trace.States[i+1]}, []int{e.From, e.To})
	}
	again, err := check.Replay(g.Model(), v.Property, v.Trace.States[0], v.Trace.Steps, 0)
	require.NoError(t, err)
	require.Equal(t, v.Trace, again.Trace)
	return expected{v.Outcome, len(v.Trace.Steps)}
}
