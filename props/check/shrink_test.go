package check_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"pkgdist/props/check"
	"pkgdist/props/internal/testmodel"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// randomRun is a run of the model that violates the property at its end, or nil if the property is not violated in so many
// random steps. Each rule is as likely as another, if it has a step.
func randomRun[S any, T comparable](t require.TestingT, random *rand.Rand, steps int, m check.Model[S, T], p check.Property[S]) *check.Trace[S, T] {
	x, err := m.Expansion()
	require.NoError(t, err)
	initial := m.Init()
	run := &check.Trace[S, T]{States: []S{initial[random.IntN(len(initial))]}}
	for x.Enter(&run.States[0]); !x.Decides(&p); x.Enter(&run.States[len(run.States)-1]) {
		if len(x.Steps) == 0 || len(run.Steps) == steps {
			return nil
		}
		i := random.IntN(len(x.Steps))
		if m.Rule != nil {
			byRule := map[int][]int{}
			for i, step := range x.Steps {
				byRule[m.Rule(step)] = append(byRule[m.Rule(step)], i)
			}
			rules := slices.Sorted(maps.Keys(byRule))
			of := byRule[rules[random.IntN(len(rules))]]
			i = of[random.IntN(len(of))]
		}
		run.Steps, run.States = append(run.Steps, x.Steps[i]), append(run.States, x.Nexts[i])
		if x.StepDecides(&p, i) {
			break
		}
	}
	return run
}

// failure is a random run that violates the property, and the number of the run.
func failure[S any, T comparable](t testing.TB, seed int, m check.Model[S, T], p check.Property[S]) (check.Trace[S, T], int) {
	const most = 3_000
	for i := range most {
		random := rand.New(rand.NewPCG(uint64(seed), uint64(i)))
		if run := randomRun(t, random, 100, m, p); run != nil {
			return *run, i + 1
		}
	}
	require.Fail(t, "nothing found", "%s in %d runs", p.Name(), most)
	panic("unreachable")
}

// decisions are the numbers of steps after which a trace decides a property: the definition, in the plainest words.
func decisions[S, T comparable](m check.Model[S, T], p check.Property[S], t check.Trace[S, T]) (after []int) {
	when, holds, whenStep, onStep := p.Claim(0)
	for i, s := range t.States {
		rest := true
		m.Steps(s, func(step T, next S) {
			rest = rest && (next == s || m.Environment != nil && m.Environment(step))
		})
		decided := false
		switch {
		case onStep != nil:
			decided = i > 0 && t.States[i-1] != s && (whenStep == nil || whenStep(&t.States[i-1], &s)) && onStep(&t.States[i-1], &s) != (p.Kind() == check.KindStep)
		case when != nil && !when(&s), p.AtRest() && !rest:
		default:
			decided = holds(&s) != (p.Kind() == check.KindAlways)
		}
		if decided {
			after = append(after, i)
		}
	}
	return after
}

// What a proof says.
const (
	smallest    = "smallest: breadth-first proof"
	noStepCanGo = "no single step can be left out"
	unproved    = "interrupted: nothing is proved"
)

func TestEveryFailureOfTheDepotIsFoundAndShrunkToTheSmallest(t *testing.T) {
	seeds := 20
	if *big {
		seeds = 200
	}
	all := explore(t, testmodel.DepotModel, check.Options{}, testmodel.DepotClaims()...)
	for _, p := range testmodel.DepotClaims() {
		shortest, walks, before, replays := len(all.Verdict(p.Name()).Trace.Steps), 0, 0, 0
		for seed := range seeds {
			trace, n := failure(t, seed, testmodel.DepotModel, p)
			shrunk, err := check.Shrink(t.Context(), testmodel.DepotModel, p, trace, 0)
			require.NoError(t, err)
			require.Len(t, shrunk.Trace.Steps, shortest, "%s, seed %d", p.Name(), seed)
			require.True(t, shrunk.Smallest)
			requireFirstViolation(t, testmodel.DepotModel, p, shrunk.Trace)
			walks, before, replays = walks+n, before+len(trace.Steps), replays+shrunk.Replays
		}
		t.Logf("%s: found after %.1f runs, shrunk from %.1f steps to %d with %.1f replays", p.Name(), float64(walks)/float64(seeds),
			float64(before)/float64(seeds), shortest, float64(replays)/float64(seeds))
	}
}

func requireFirstViolation[S, T comparable](t require.TestingT, m check.Model[S, T], p check.Property[S], trace check.Trace[S, T]) {
	again, err := check.Replay(m, p, trace.States[0], trace.Steps, 0)
	require.NoError(t, err)
	require.Equal(t, again.Trace.States, trace.States)
	require.Equal(t, []int{len(trace.Steps)}, decisions(m, p, trace))
}

// along is the trace through the states given.
func along(t *testing.T, g graph, states []int) check.Trace[int, edge] {
	trace := check.Trace[int, edge]{States: states}
	for i := range states[1:] {
		at := slices.IndexFunc(g.Edges, func(e edge) bool { return e.From == states[i] && e.To == states[i+1] })
		require.NotEqual(t, -1, at, "%d to %d", states[i], states[i+1])
		trace.Steps = append(trace.Steps, g.Edges[at])
	}
	return trace
}

// A trace that begins elsewhere, as one does that was recorded, is shortened from there on.
func TestShrinkFromAStateThatIsNotInitial(t *testing.T) {
	m := way(9)
	m.Initial, m.Edges = []int{8}, append(m.Edges, edge{From: 4, To: 9})
	shrunk, err := check.Shrink(t.Context(), m.Model(), check.Never("nine", is(9)), along(t, m, []int{2, 3, 4, 5, 6, 7, 8, 9}), 0)
	require.NoError(t, err)
	assert.Equal(t, []int{2, 3, 4, 9}, shrunk.Trace.States)
}

func TestShrinkOnAnyGraphFindsTheSmallest(t *testing.T) {
	proofs := make(map[string]int)
	rapid.Check(t, func(t *rapid.T) {
		g, states := graphs(t, 1_500)
		limit := rapid.SampledFrom([]int{0, 0, 1, 5, 50}).Draw(t, "limit")
		plain := plainly(g)
		for _, p := range claims(t, states) {
			if p.Kind() == check.KindSometimes {
				continue
			}
			found := randomRun(t, rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)), 50, g.Model(), p)
			if found == nil {
				continue
			}
			before := fmt.Sprint(*found)
			shrunk, err := check.Shrink(t.Context(), g.Model(), p, *found, limit)
			require.NoError(t, err)
			require.Equal(t, before, fmt.Sprint(*found), "what it was given is as before")
			again, err := check.Shrink(t.Context(), g.Model(), p, *found, limit)
			require.NoError(t, err)
			require.Equal(t, shrunk, again)
			requireFirstViolation(t, g.Model(), p, shrunk.Trace)
			requireNoStepCanGo(t, g.Model(), p, shrunk.Trace)
			require.LessOrEqual(t, len(shrunk.Trace.Steps), len(found.Steps))
			least := len(plain.expect(p).steps)
			require.GreaterOrEqual(t, len(shrunk.Trace.Steps), least)
			if shrunk.Smallest || limit == 0 {
				require.Len(t, shrunk.Trace.Steps, least, p.Name())
				require.Equal(t, smallest, shrunk.Proof)
			} else {
				require.Equal(t, noStepCanGo, shrunk.Proof)
			}
			proofs[shrunk.Proof]++
		}
	})
	assert.Positive(t, proofs[smallest])
	assert.True(t, testing.Short() || proofs[noStepCanGo] > 0)
}

// requireNoStepCanGo leaves out each step, and takes of the others those that are still possible. There is no loop either,
// but for one that the last step closes.
func requireNoStepCanGo[S, T comparable](t require.TestingT, m check.Model[S, T], p check.Property[S], trace check.Trace[S, T]) {
	seen := map[S]bool{}
	for i, s := range trace.States {
		require.False(t, seen[s] && !(p.Kind() == check.KindStep && i == len(trace.Steps)), "%s: a loop", p.Name())
		seen[s] = true
	}
	for without := range trace.Steps {
		rest := check.Trace[S, T]{States: trace.States[:1:1]}
		for i, step := range trace.Steps {
			if i == without {
				continue
			}
			longer, err := check.Replay(m, p, rest.States[0], append(rest.Steps[:len(rest.Steps):len(rest.Steps)], step), 0)
			if stopped := (*check.ReplayError)(nil); !errors.As(err, &stopped) || stopped.Flaw != "" {
				rest = *longer.Trace
			}
		}
		require.Empty(t, decisions(m, p, rest), "%s without step %d", p.Name(), without)
	}
}

// With the rules of the trace alone, without the clock and the lamps, some thirty states are in reach.
func TestASearchWithSomeOfTheRulesProvesNothingOfTheRest(t *testing.T) {
	p := testmodel.DepotClaims()[3]
	trace, _ := failure(t, 1, testmodel.DepotModel, p)
	shrunk, err := check.Shrink(t.Context(), testmodel.DepotModel, p, trace, 60)
	require.NoError(t, err)
	assert.Len(t, shrunk.Trace.Steps, 5)
	assert.Equal(t, noStepCanGo, shrunk.Proof)
}

func TestAnInterruptedShrinkProvesNothing(t *testing.T) {
	p := testmodel.DepotClaims()[0]
	trace, _ := failure(t, 1, testmodel.DepotModel, p)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	shrunk, err := check.Shrink(ctx, testmodel.DepotModel, p, trace, 0)
	require.NoError(t, err)
	assert.Equal(t, unproved, shrunk.Proof)
	requireFirstViolation(t, testmodel.DepotModel, p, shrunk.Trace)
}

func TestShrinkRefusesWhatIsInvalid(t *testing.T) {
	m, nine := way(9), check.Never("nine", is(9))
	fine := along(t, m, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
	shrink := func(p check.Property[int], trace check.Trace[int, edge], limit int) error {
		_, err := check.Shrink(t.Context(), m.Model(), p, trace, limit)
		return err
	}
	assert.NoError(t, shrink(nine, fine, 0))
	assert.ErrorContains(t, shrink(nine, fine, -1), "the limit is -1; expected")
	assert.ErrorContains(t, shrink(nine, check.Trace[int, edge]{}, 0), "the trace has no states")
	assert.ErrorContains(t, shrink(check.Never[int]("nothing", nil), fine, 0), "has no claim")
	assert.ErrorContains(t, shrink(check.Never("ten", is(10)), fine, 0), `does not violate the property "ten"`)
	assert.ErrorContains(t, shrink(check.Sometimes("nine", is(9)), fine, 0), "cannot be violated by a trace")
	assert.ErrorContains(t, shrink(check.Eventually("nine", is(9)), fine, 0), "cannot be violated by a trace")

	var impossible *check.ReplayError
	assert.ErrorAs(t, shrink(nine, check.Trace[int, edge]{States: []int{5, 6}, Steps: fine.Steps[:1]}, 0), &impossible)
	detour := check.Trace[int, edge]{States: slices.Clone(fine.States), Steps: fine.Steps}
	detour.States[3] = 9
	assert.ErrorContains(t, shrink(nine, detour, 0), "do not lead through its states")
}
