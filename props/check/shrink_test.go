package check_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"pkgdist/props/check"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// failure is the first walk from a seed on that violates the property, and how many were taken.
func failure[S, T comparable](t testing.TB, seed, most int, m check.Model[S, T], p check.Property[S]) (check.Trace[S, T], int) {
	for i := range most {
		if found := sample(seed*most+i, check.Walk{}, m, p); found != nil {
			return found.Trace, i + 1
		}
	}
	require.Fail(t, "nothing found", "%s in %d walks", p.Name, most)
	panic("unreachable")
}

func TestEveryFailureOfTheDepotIsFoundAndShrunkToTheSmallest(t *testing.T) {
	const most = 250 // walks until the rarest failure, of some 7 in 100, is found
	seeds := 200
	if testing.Short() {
		seeds = 20
	}
	all := explore(t, depotModel, check.Options{}, claimsOfDepot()...)
	for _, p := range claimsOfDepot() {
		smallest, walks, before, replays := len(all.Verdict(p.Name).Trace.Steps), 0, 0, 0
		for seed := range seeds {
			trace, n := failure(t, seed, most, depotModel, p)
			shrunk, err := check.Shrink(t.Context(), depotModel, p, trace, 0)
			require.NoError(t, err)
			require.Len(t, shrunk.Trace.Steps, smallest, "%s, seed %d", p.Name, seed)
			require.Equal(t, check.Smallest, shrunk.Proof)
			requireFirstViolation(t, depotModel, p, shrunk.Trace)
			walks, before, replays = walks+n, before+len(trace.Steps), replays+shrunk.Replays
		}
		t.Logf("%s: found after %.1f walks, shrunk from %.1f steps to %d with %.1f replays", p.Name, float64(walks)/float64(seeds),
			float64(before)/float64(seeds), smallest, float64(replays)/float64(seeds))
	}
}

func requireFirstViolation[S, T comparable](t require.TestingT, m check.Model[S, T], p check.Property[S], trace check.Trace[S, T]) {
	again, err := check.Replay(m, trace.States[0], trace.Steps)
	require.NoError(t, err)
	require.Equal(t, again.States, trace.States)
	require.Equal(t, []int{len(trace.Steps)}, violations(m, p, trace))
}

func TestShrinkTakesTheSameWayEachTime(t *testing.T) {
	p := claimsOfDepot()[1]
	trace, _ := failure(t, 1, 250, depotModel, p)
	before := fmt.Sprint(trace)
	first, err := check.Shrink(t.Context(), depotModel, p, trace, 0)
	require.NoError(t, err)
	for range 5 {
		again, err := check.Shrink(t.Context(), depotModel, p, trace, 0)
		require.NoError(t, err)
		require.Equal(t, first, again)
	}
	assert.Equal(t, before, fmt.Sprint(trace), "what it was given is as before")
}

// shortened is a graph on which the way 0 → 1 → … → 9 is long, and a short cut is or is not there.
func shortened(cuts ...edge) graph {
	m := way(9)
	m.edges = append(m.edges, cuts...)
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
		"a loop":                       {shortened(edge{from: 3, to: 1}), nine, []int{0, 1, 2, 3, 1, 2, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9}, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}},
		"a loop through the first":     {shortened(edge{from: 1, to: 0}), nine, []int{0, 1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}},
		"a short cut elsewhere":        {shortened(edge{from: 2, to: 8}), nine, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, []int{0, 1, 2, 8, 9}},
		"a short cut by a single step": {shortened(edge{from: 2, to: 4}), nine, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, []int{0, 1, 2, 4, 5, 6, 7, 8, 9}},
		"a step back to a state": {shortened(edge{from: 3, to: 1}), check.OnStep("never back", func(a, b *int) bool { return *b > *a }),
			[]int{0, 1, 2, 3, 1}, []int{0, 1, 2, 3, 1}},
		"a step back after a loop": {shortened(edge{from: 3, to: 1}, edge{from: 2, to: 0, name: "back"}), check.OnStep("never 3 to 1", func(a, b *int) bool { return *a != 3 || *b != 1 }),
			[]int{0, 1, 2, 0, 1, 2, 3, 1}, []int{0, 1, 2, 3, 1}},
		"at rest": {graph{initial: []int{0}, edges: []edge{{from: 0, to: 1}, {from: 1, to: 2}, {from: 0, to: 4, fault: true}, {from: 4, to: 2}}},
			check.Never("rest in 1 or 2", func(s *int) bool { return *s == 1 || *s == 2 }).OnlyAtRest(), []int{0, 1, 2}, []int{0, 1, 2}},
		"another beginning": {graph{initial: []int{0, 7}, edges: way(9).edges}, nine, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, []int{7, 8, 9}},
	} {
		t.Run(name, func(t *testing.T) {
			shrunk, err := check.Shrink(t.Context(), c.m, c.p, along(t, c.m, c.along), 0)
			require.NoError(t, err)
			assert.Equal(t, c.smallest, shrunk.Trace.States)
			assert.Equal(t, check.Smallest, shrunk.Proof)
		})
	}
}

// along is the trace through the states given.
func along(t *testing.T, g graph, states []int) check.Trace[int, edge] {
	trace := check.Trace[int, edge]{States: states}
	for i := range states[1:] {
		at := slices.IndexFunc(g.edges, func(e edge) bool { return e.from == states[i] && e.to == states[i+1] })
		require.NotEqual(t, -1, at, "%d to %d", states[i], states[i+1])
		trace.Steps = append(trace.Steps, g.edges[at])
	}
	return trace
}

// A trace that begins elsewhere, as one does that was recorded, is shortened from there on.
func TestShrinkFromAStateThatIsNotInitial(t *testing.T) {
	m := shortened(edge{from: 4, to: 9})
	m.initial = []int{8}
	shrunk, err := check.Shrink(t.Context(), m, check.Never("nine", is(9)), along(t, m, []int{2, 3, 4, 5, 6, 7, 8, 9}), 0)
	require.NoError(t, err)
	assert.Equal(t, []int{2, 3, 4, 9}, shrunk.Trace.States)
}

func TestShrinkOnAnyGraphFindsTheSmallest(t *testing.T) {
	proofs := make(map[check.Proof]int)
	rapid.Check(t, func(t *rapid.T) {
		g, states := graphs(t)
		limit := rapid.SampledFrom([]int{0, 0, 1, 5, 50}).Draw(t, "limit")
		distance := naive(g)
		for _, p := range claims(t, states) {
			found := check.DrawWalk[int, edge](t, check.Walk{Length: 50}, g, []check.Property[int]{p})
			if found == nil {
				continue
			}
			shrunk, err := check.Shrink(t.Context(), g, p, found.Trace, limit)
			require.NoError(t, err)
			requireFirstViolation(t, g, p, shrunk.Trace)
			require.LessOrEqual(t, len(shrunk.Trace.Steps), len(found.Trace.Steps))
			want := expect(g, distance, p, true).length
			require.GreaterOrEqual(t, len(shrunk.Trace.Steps), want)
			if shrunk.Proof == check.Smallest || limit == 0 {
				require.Equal(t, want, len(shrunk.Trace.Steps), "%s", p.Name)
			}
			if limit == 0 {
				require.Equal(t, check.Smallest, shrunk.Proof)
			}
			require.NotEqual(t, check.Unproved, shrunk.Proof)
			requireNoStepCanGo(t, g, p, shrunk.Trace)
			proofs[shrunk.Proof]++
		}
	})
	assert.Positive(t, proofs[check.Smallest])
	assert.True(t, testing.Short() || proofs[check.NoStepCanGo] > 0)
}

// requireNoStepCanGo leaves out each step, and takes of the others those that are still possible.
func requireNoStepCanGo[S, T comparable](t require.TestingT, m check.Model[S, T], p check.Property[S], trace check.Trace[S, T]) {
	for without := range trace.Steps {
		rest := check.Trace[S, T]{States: trace.States[:1:1]}
		for i, step := range trace.Steps {
			if i == without {
				continue
			}
			longer, err := check.Replay(m, rest.States[0], append(rest.Steps[:len(rest.Steps):len(rest.Steps)], step))
			if err == nil {
				rest = longer
			}
		}
		require.Empty(t, violations(m, p, rest), "%s without step %d", p.Name, without)
	}
}

func TestALimitLeavesATraceThatNoStepCanGoFrom(t *testing.T) {
	for _, p := range claimsOfDepot() {
		for seed := range 5 {
			trace, _ := failure(t, seed, 250, depotModel, p)
			shrunk, err := check.Shrink(t.Context(), depotModel, p, trace, 3)
			require.NoError(t, err)
			assert.Equal(t, check.NoStepCanGo, shrunk.Proof)
			requireFirstViolation(t, depotModel, p, shrunk.Trace)
			requireNoStepCanGo(t, depotModel, p, shrunk.Trace)
			assert.Positive(t, shrunk.Replays)
		}
	}
}

// With the rules of the trace alone, without the clock and the lamps, some thirty states are in reach.
func TestASearchWithSomeOfTheRulesProvesNothingOfTheRest(t *testing.T) {
	p := claimsOfDepot()[3]
	trace, _ := failure(t, 1, 250, depotModel, p)
	shrunk, err := check.Shrink(t.Context(), depotModel, p, trace, 60)
	require.NoError(t, err)
	assert.Len(t, shrunk.Trace.Steps, 5)
	assert.Equal(t, check.NoStepCanGo, shrunk.Proof)
}

func TestAnInterruptedShrinkProvesNothing(t *testing.T) {
	p := claimsOfDepot()[0]
	trace, _ := failure(t, 1, 250, depotModel, p)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	shrunk, err := check.Shrink(ctx, depotModel, p, trace, 0)
	require.NoError(t, err)
	assert.Equal(t, check.Unproved, shrunk.Proof)
	requireFirstViolation(t, depotModel, p, shrunk.Trace)
}

// lettered has states that cannot be packed.
type lettered struct{}

func (lettered) Init() []string { return []string{""} }

func (lettered) Steps(s string, yield func(rune, string)) {
	for _, r := range "ab" {
		if len(s) < 8 {
			yield(r, s+string(r))
		}
	}
}

func TestStatesThatCannotBePackedAreShrunkWithoutASearch(t *testing.T) {
	p := check.Never("two of a kind", func(s *string) bool { return len(*s) > 1 && (*s)[len(*s)-1] == (*s)[len(*s)-2] && (*s)[0] == 'b' })
	trace, err := check.Replay(lettered{}, "", []rune("baabababb"[:3]))
	require.NoError(t, err)
	shrunk, err := check.Shrink(t.Context(), lettered{}, p, trace, 0)
	require.NoError(t, err)
	assert.Equal(t, check.NoStepCanGo, shrunk.Proof)
	assert.Equal(t, "baa", shrunk.Trace.States[3])
}

func TestShrinkRefusesWhatMakesNoSense(t *testing.T) {
	m, nine := way(9), check.Never("nine", is(9))
	fine := along(t, m, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
	shrink := func(p check.Property[int], trace check.Trace[int, edge], limit int) error {
		_, err := check.Shrink(t.Context(), m, p, trace, limit)
		return err
	}
	assert.NoError(t, shrink(nine, fine, 0))
	assert.ErrorContains(t, shrink(nine, fine, -1), "the limit is -1; expected")
	assert.ErrorContains(t, shrink(nine, check.Trace[int, edge]{}, 0), "the trace has no states")
	assert.ErrorContains(t, shrink(check.Never[int]("nothing", nil), fine, 0), "has no claim")
	assert.ErrorContains(t, shrink(check.Never("ten", is(10)), fine, 0), `does not violate the property "ten"`)
	assert.ErrorContains(t, shrink(check.Sometimes("nine", is(9)), fine, 0), "cannot be violated by a trace")
	assert.ErrorContains(t, shrink(check.Eventually("nine", is(9)), fine, 0), "cannot be violated by a trace")

	var impossible *check.Impossible[int, edge]
	assert.ErrorAs(t, shrink(nine, check.Trace[int, edge]{States: []int{5, 6}, Steps: fine.Steps[:1]}, 0), &impossible)
	detour := check.Trace[int, edge]{States: slices.Clone(fine.States), Steps: fine.Steps}
	detour.States[3] = 9
	assert.ErrorContains(t, shrink(nine, detour, 0), "do not lead through its states")
}

// forgetful packs all states as one.
type forgetful struct{ graph }

func (forgetful) Width() int              { return 1 }
func (forgetful) Pack(*int, []byte)       {}
func (forgetful) Unpack(_ []byte, s *int) { *s = 0 }

// absurd packs states into less than nothing.
type absurd struct{ forgetful }

func (absurd) Width() int { return -1 }

func TestShrinkRefusesAPackingThatLosesStates(t *testing.T) {
	trace := along(t, way(3), []int{0, 1, 2, 3})
	_, err := check.Shrink[int, edge](t.Context(), forgetful{way(3)}, check.Never("three", is(3)), trace, 0)
	assert.ErrorContains(t, err, "does not give the same state back")
	_, err = check.Shrink[int, edge](t.Context(), absurd{forgetful{way(3)}}, check.Never("three", is(3)), trace, 0)
	assert.ErrorContains(t, err, "the width of a packed state is -1")
}

func TestProofsAreNamed(t *testing.T) {
	assert.Equal(t, "smallest: breadth-first proof", check.Smallest.String())
	assert.Equal(t, "no single step can be left out", check.NoStepCanGo.String())
	assert.Equal(t, "interrupted: nothing is proved", check.Unproved.String())
	assert.Equal(t, "Proof(7)", check.Proof(7).String())
}

func BenchmarkShrink(b *testing.B) {
	for _, p := range claimsOfDepot() {
		b.Run(p.Name, func(b *testing.B) {
			trace, _ := failure(b, 3, 250, depotModel, p)
			b.ReportAllocs()
			for b.Loop() {
				_, err := check.Shrink(b.Context(), depotModel, p, trace, 0)
				require.NoError(b, err)
			}
			b.ReportMetric(float64(len(trace.Steps)), "steps-before")
		})
	}
}
