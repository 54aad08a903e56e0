package check_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/props/check"
)

// differing is a net with rules, situations, and a claim of each kind.
type differing struct {
	drawn
	in, out set
}

const netRules = 3

// rule tells moves apart that lead from the same state to the same one.
func (d differing) rule(m move) int { return (int(m.from+2*m.to) + int(m.keeps)) % netRules }

func back(before, after *uint8) bool { return *after < *before }

func (d differing) situations() []check.Property[uint8] {
	return []check.Property[uint8]{
		check.Sometimes("in", func(s *uint8) bool { return d.in.has(*s) }),
		check.Never("out", func(s *uint8) bool { return d.out.has(*s) }),
		check.SometimesStep("back", back),
	}
}

func remarks(m move) []string {
	if m.from%2 == 1 && m.to > 1 {
		return []string{"odd"}
	}
	return nil
}

func (d differing) model(rules bool) check.Model[uint8, move] {
	m := under(d.net.model(), d.fairness)
	if rules {
		m.Rules, m.Rule = []string{"r0", "r1", "r2"}, d.rule
		m.Remarks = func(s *uint8, m move) []string { return remarks(m) }
	}
	return m
}

func (d differing) claims() []check.Property[uint8] {
	goal := func(s *uint8) bool { return d.to[0].has(*s) }
	ahead := func(before, after *uint8) bool { return *after != *before+1 }
	return append(d.properties()[:4], check.Never("never", goal), check.Never("at rest", goal).OnlyAtRest(), check.OnStep("ahead", ahead))
}

// names of the things that a move is or leads into, and of those of a state.
func (d differing) thingsOf(m move) []string {
	names := append(d.thingsIn(m.to), fmt.Sprint("r", d.rule(m)))
	names = append(names, remarks(m)...)
	if back(&m.from, &m.to) {
		names = append(names, "back")
	}
	return names
}

func (d differing) thingsIn(s uint8) (names []string) {
	if d.in.has(s) {
		names = append(names, "in")
	}
	if d.out.has(s) {
		names = append(names, "out")
	}
	return names
}

// least is the length of the shortest counterexample without some things, of a lasso that of its stem: by definition.
func (d differing) least(p check.Property[uint8], without []string) int {
	shut := func(things []string) bool {
		return slices.ContainsFunc(things, func(thing string) bool { return slices.Contains(without, thing) })
	}
	whole := newJudge(d.net, d.fairness)
	part := d.net
	part.initial = slices.DeleteFunc(slices.Clone(d.initial), func(s uint8) bool { return shut(d.thingsIn(s)) })
	part.moves = slices.DeleteFunc(slices.Clone(d.moves), func(m move) bool { return shut(d.thingsOf(m)) })
	j := newJudge(part, d.fairness)
	j.possible = whole.possible // by all moves
	shortest := far
	for s := range uint8(16) {
		rests := !slices.ContainsFunc(d.moves, func(m move) bool { return m.from == s && m.to != s && !m.fault })
		if (p.Name() == "never" || p.Name() == "at rest" && rests) && d.to[0].has(s) {
			shortest = min(shortest, j.distance[s])
		}
	}
	switch {
	case p.Kind().Liveness():
		return min(j.stem(p.Kind(), d.from[0], d.to[0]), far)
	case p.Name() == "ahead":
		for _, m := range part.moves {
			if m.to == m.from+1 {
				shortest = min(shortest, j.distance[m.from]+1)
			}
		}
	}
	return min(shortest, far)
}

// has is what a trace has, by definition.
func (d differing) has(t *check.Trace[uint8, move]) []string {
	names := d.thingsIn(t.States[0])
	for _, m := range t.Steps {
		names = append(names, d.thingsOf(m)...)
	}
	return names
}

// leastAfter is the length of the shortest counterexample that does without something of each of some.
func (d differing) leastAfter(p check.Property[uint8], found [][]string) int {
	things := []string{"odd", "in", "out", "back", "r0", "r1", "r2"}
	shortest := far
	for chosen := range 1 << len(things) {
		var without []string
		for i, thing := range things {
			if chosen>>i&1 != 0 {
				without = append(without, thing)
			}
		}
		hits := func(has []string) bool {
			return slices.ContainsFunc(without, func(thing string) bool { return slices.Contains(has, thing) })
		}
		if !slices.ContainsFunc(found, func(has []string) bool { return !hits(has) }) {
			shortest = min(shortest, d.least(p, without))
		}
	}
	return shortest
}

func TestDifferentCounterexamplesAreTheShortestThatDoWithout(t *testing.T) {
	nets := 300
	if *big {
		nets = 20_000
	}
	several := 0
	for seed := range nets {
		r := rand.New(rand.NewPCG(uint64(seed), 3))
		d := differing{drawn: draw(r), in: set(r.IntN(64) & r.IntN(64)), out: set(r.IntN(64) & r.IntN(64))}
		for _, p := range d.claims() {
			found, err := check.Different(t.Context(), d.model(true), p, d.situations(), 4, check.Options{Workers: 1})
			says := fmt.Sprintf("seed %d, %s of %v, %v", seed, p.Name(), d.net, d.fairness)
			require.NoError(t, err, says)
			require.Empty(t, found.Stopped, says)
			var before [][]string
			for _, c := range found.Found {
				has := d.has(c.Trace)
				for _, thing := range c.Without {
					require.NotContains(t, has, thing, says)
				}
				for _, earlier := range before {
					require.NotEmpty(t, slices.DeleteFunc(slices.Clone(c.Without), func(thing string) bool { return !slices.Contains(earlier, thing) }), says)
				}
				require.Equal(t, d.leastAfter(p, before), c.Loop, says)
				_, err := check.Replay(d.model(true), p, c.Trace.States[0], c.Trace.Steps, c.Loop)
				require.NoError(t, err, says)
				before = append(before, has)
			}
			if len(before) < 4 {
				require.Equal(t, far, d.leastAfter(p, before), says)
			}
			several += max(len(before)-1, 0)
		}
	}
	assert.Greater(t, several, nets)
}

func TestTheFirstOfDifferentCounterexamplesIsThatOfTheSearch(t *testing.T) {
	for seed := range 200 {
		d := differing{drawn: draw(rand.New(rand.NewPCG(uint64(seed), 4)))}
		result, err := check.Exhaustive(t.Context(), d.model(false), d.claims(), check.Options{})
		require.NoError(t, err)
		for i, p := range d.claims() {
			found, err := check.Different(t.Context(), d.model(false), p, nil, 1, check.Options{})
			require.NoError(t, err)
			require.Equal(t, result.Verdicts[i].Outcome == check.Violated, len(found.Found) == 1, p.Name())
			if len(found.Found) == 1 {
				assert.Equal(t, result.Verdicts[i].Trace, found.Found[0].Trace, "%s of %v", p.Name(), d.net)
			}
		}
	}
}

func TestDifferentCounterexamplesWithinLimits(t *testing.T) {
	count := check.Model[int, int]{
		Init:  func() []int { return []int{0} },
		Steps: func(s int, yield func(int, int)) { yield(1, s+1); yield(2, s+2) },
	}
	ten := check.Never("ten", func(s *int) bool { return *s == 10 })
	found, err := check.Different(t.Context(), count, ten, nil, 3, check.Options{MaxStates: 100})
	require.NoError(t, err)
	require.Len(t, found.Found, 2, "by twos, and by ones; without both nothing is left")
	assert.Len(t, found.Found[0].Trace.Steps, 5)
	assert.Equal(t, []string{"2"}, found.Found[1].Without)
	assert.Len(t, found.Found[1].Trace.Steps, 10)
	assert.Empty(t, found.Stopped)

	found, err = check.Different(t.Context(), count, ten, nil, 3, check.Options{MaxStates: 7})
	require.NoError(t, err)
	assert.Empty(t, found.Found)
	assert.Equal(t, "limit of 7 states reached", found.Stopped)

	count.Constraint = func(s *int) bool { return *s < 10 }
	eleven := check.Never("eleven", func(s *int) bool { return *s == 11 })
	found, err = check.Different(t.Context(), count, eleven, nil, 2, check.Options{})
	require.NoError(t, err)
	require.Len(t, found.Found, 1, "eleven is two from nine alone, which takes a one")

	for _, refused := range []check.Options{{Symmetry: true}, {Reduction: true}, {Store: check.OnDisk}} {
		_, err := check.Different(t.Context(), count, ten, nil, 3, refused)
		assert.ErrorContains(t, err, "expected none of these")
	}
	_, err = check.Different(t.Context(), count, check.Sometimes("ten", isEven), nil, 3, check.Options{})
	assert.ErrorContains(t, err, "has no counterexample")
	_, err = check.Different(t.Context(), count, ten, []check.Property[int]{check.Eventually("ten", isEven)}, 3, check.Options{})
	assert.ErrorContains(t, err, "about runs, or states at rest")
}

func isEven(s *int) bool { return *s%2 == 0 }
