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

// violations are the numbers of steps after which a trace violates a property: the definition, in the plainest words.
func violations[S, T comparable](m check.Model[S, T], p check.Property[S], t check.Trace[S, T]) (after []int) {
	when, holds, whenStep, onStep := p.Claim(0)
	for i, s := range t.States {
		rest := true
		m.Steps(s, func(step T, next S) {
			rest = rest && (next == s || m.Environment != nil && m.Environment(step))
		})
		violated := false
		switch {
		case onStep != nil:
			violated = i > 0 && t.States[i-1] != s && (whenStep == nil || whenStep(&t.States[i-1], &s)) && !onStep(&t.States[i-1], &s)
		case when != nil && !when(&s), p.AtRest() && !rest:
		default:
			violated = holds(&s) == (p.Kind() == check.KindNever)
		}
		if violated {
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
	seeds := 200
	if testing.Short() {
		seeds = 20
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
	require.Equal(t, []int{len(trace.Steps)}, violations(m, p, trace))
}

func TestShrinkTakesTheSameWayEachTime(t *testing.T) {
	p := testmodel.DepotClaims()[1]
	trace, _ := failure(t, 1, testmodel.DepotModel, p)
	before := fmt.Sprint(trace)
	first, err := check.Shrink(t.Context(), testmodel.DepotModel, p, trace, 0)
	require.NoError(t, err)
	for range 5 {
		again, err := check.Shrink(t.Context(), testmodel.DepotModel, p, trace, 0)
		require.NoError(t, err)
		require.Equal(t, first, again)
	}
	assert.Equal(t, before, fmt.Sprint(trace), "what it was given is as before")
}

// shortened is a graph on which the way 0 → 1 → … → 9 is long, and a short cut is or is not there.
func shortened(cuts ...edge) graph {
	m := way(9)
	m.Edges = append(m.Edges, cuts...)
	return m
}

func TestShrinkExactly(t *testing.T) {
	nine := check.Never("nine", is(9))
	for name, c := range map[string]struct {
		m        graph
		p        check.Property[int]
		along    []int // states of the trace
		smallest []int
	}{
		"nothing to do":                {way(3), check.Never("three", is(3)), []int{0, 1, 2, 3}, []int{0, 1, 2, 3}},
		"no step at all":               {way(3), check.Never("zero", is(0)), []int{0, 1, 2, 3}, []int{0}},
		"cut at the first":             {way(9), check.Never("from two on", func(s *int) bool { return *s > 1 }), []int{0, 1, 2, 3, 4}, []int{0, 1, 2}},
		"a loop":                       {shortened(edge{From: 3, To: 1}), nine, []int{0, 1, 2, 3, 1, 2, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9}, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}},
		"a loop through the first":     {shortened(edge{From: 1, To: 0}), nine, []int{0, 1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}},
		"a short cut elsewhere":        {shortened(edge{From: 2, To: 8}), nine, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, []int{0, 1, 2, 8, 9}},
		"a short cut by a single step": {shortened(edge{From: 2, To: 4}), nine, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, []int{0, 1, 2, 4, 5, 6, 7, 8, 9}},
		"a step back to a state": {shortened(edge{From: 3, To: 1}), check.OnStep("never back", func(a, b *int) bool { return *b > *a }),
			[]int{0, 1, 2, 3, 1}, []int{0, 1, 2, 3, 1}},
		"a step back after a loop": {shortened(edge{From: 3, To: 1}, edge{From: 2, To: 0, Name: "back"}), check.OnStep("never 3 to 1", func(a, b *int) bool { return *a != 3 || *b != 1 }),
			[]int{0, 1, 2, 0, 1, 2, 3, 1}, []int{0, 1, 2, 3, 1}},
		"at rest": {graph{Initial: []int{0}, Edges: []edge{{From: 0, To: 1}, {From: 1, To: 2}, {From: 0, To: 4, Fault: true}, {From: 4, To: 2}}},
			check.Never("rest in 1 or 2", func(s *int) bool { return *s == 1 || *s == 2 }).OnlyAtRest(), []int{0, 1, 2}, []int{0, 1, 2}},
		"another beginning": {graph{Initial: []int{0, 7}, Edges: way(9).Edges}, nine, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, []int{7, 8, 9}},
	} {
		t.Run(name, func(t *testing.T) {
			shrunk, err := check.Shrink(t.Context(), c.m.Model(), c.p, along(t, c.m, c.along), 0)
			require.NoError(t, err)
			assert.Equal(t, c.smallest, shrunk.Trace.States)
			assert.True(t, shrunk.Smallest)
			assert.Equal(t, smallest, shrunk.Proof)
		})
	}
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
	m := shortened(edge{From: 4, To: 9})
	m.Initial = []int{8}
	shrunk, err := check.Shrink(t.Context(), m.Model(), check.Never("nine", is(9)), along(t, m, []int{2, 3, 4, 5, 6, 7, 8, 9}), 0)
	require.NoError(t, err)
	assert.Equal(t, []int{2, 3, 4, 9}, shrunk.Trace.States)
}

func TestShrinkOnAnyGraphFindsTheSmallest(t *testing.T) {
	proofs := make(map[string]int)
	rapid.Check(t, func(t *rapid.T) {
		g, states := graphs(t)
		limit := rapid.SampledFrom([]int{0, 0, 1, 5, 50}).Draw(t, "limit")
		distance := naive(g)
		for _, p := range claims(t, states) {
			if p.Kind() == check.KindSometimes {
				continue
			}
			found := randomRun(t, rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)), 50, g.Model(), p)
			if found == nil {
				continue
			}
			shrunk, err := check.Shrink(t.Context(), g.Model(), p, *found, limit)
			require.NoError(t, err)
			requireFirstViolation(t, g.Model(), p, shrunk.Trace)
			require.LessOrEqual(t, len(shrunk.Trace.Steps), len(found.Steps))
			want := expect(g, distance, p, true).length
			require.GreaterOrEqual(t, len(shrunk.Trace.Steps), want)
			if shrunk.Smallest || limit == 0 {
				require.Equal(t, want, len(shrunk.Trace.Steps), "%s", p.Name())
			}
			if limit == 0 {
				require.True(t, shrunk.Smallest)
			}
			require.Equal(t, shrunk.Smallest, shrunk.Proof == smallest)
			require.NotEqual(t, unproved, shrunk.Proof)
			requireNoStepCanGo(t, g.Model(), p, shrunk.Trace)
			proofs[shrunk.Proof]++
		}
	})
	assert.Positive(t, proofs[smallest])
	assert.True(t, testing.Short() || proofs[noStepCanGo] > 0)
}

// requireNoStepCanGo leaves out each step, and takes of the others those that are still possible.
func requireNoStepCanGo[S, T comparable](t require.TestingT, m check.Model[S, T], p check.Property[S], trace check.Trace[S, T]) {
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
		require.Empty(t, violations(m, p, rest), "%s without step %d", p.Name(), without)
	}
}

func TestALimitLeavesATraceThatNoStepCanGoFrom(t *testing.T) {
	for _, p := range testmodel.DepotClaims() {
		for seed := range 5 {
			trace, _ := failure(t, seed, testmodel.DepotModel, p)
			shrunk, err := check.Shrink(t.Context(), testmodel.DepotModel, p, trace, 3)
			require.NoError(t, err)
			assert.Equal(t, noStepCanGo, shrunk.Proof)
			requireFirstViolation(t, testmodel.DepotModel, p, shrunk.Trace)
			requireNoStepCanGo(t, testmodel.DepotModel, p, shrunk.Trace)
			assert.Positive(t, shrunk.Replays)
		}
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

func TestShrinkOfStatesOfVaryingLength(t *testing.T) {
	m := check.Model[string, rune]{
		Init: func() []string { return []string{""} },
		Steps: func(s string, yield func(rune, string)) {
			for _, r := range "ab" {
				if len(s) < 8 {
					yield(r, s+string(r))
				}
			}
		},
	}
	p := check.Never("two of a kind", func(s *string) bool { return len(*s) > 1 && (*s)[len(*s)-1] == (*s)[len(*s)-2] && (*s)[0] == 'b' })
	long, err := check.Replay(m, p, "", []rune("bababb"), 0)
	require.NoError(t, err)
	shrunk, err := check.Shrink(t.Context(), m, p, *long.Trace, 0)
	require.NoError(t, err)
	assert.True(t, shrunk.Smallest)
	assert.Equal(t, []string{"", "b", "bb"}, shrunk.Trace.States)
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

func TestShrinkRefusesAnEncodingThatLosesStates(t *testing.T) {
	trace := along(t, way(3), []int{0, 1, 2, 3})
	m := way(3).Model()
	m.Encoding = &check.Encoding[int]{Width: 1, Append: func(b []byte, _ *int) []byte { return append(b, 0) }, Decode: func(_ []byte, s *int) { *s = 0 }}
	_, err := check.Shrink(t.Context(), m, check.Never("three", is(3)), trace, 0)
	assert.ErrorContains(t, err, "a state that Encoding encodes and decodes is another one; expected 1")
	m.Encoding.Width = -1
	_, err = check.Shrink(t.Context(), m, check.Never("three", is(3)), trace, 0)
	assert.ErrorContains(t, err, "a width of -1 bytes")
}

func BenchmarkShrink(b *testing.B) {
	for _, p := range testmodel.DepotClaims() {
		b.Run(p.Name(), func(b *testing.B) {
			trace, _ := failure(b, 3, testmodel.DepotModel, p)
			b.ReportAllocs()
			for b.Loop() {
				_, err := check.Shrink(b.Context(), testmodel.DepotModel, p, trace, 0)
				require.NoError(b, err)
			}
			b.ReportMetric(float64(len(trace.Steps)), "steps-before")
		})
	}
}
