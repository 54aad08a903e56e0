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

// lines is a graph whose steps carry the number of a promise, or -1. Promises that are left out are not made.
type lines struct {
	names  []string
	strong []bool
	left   map[int]bool
	steps  map[int][]line
}

type line struct{ promise, to int }

func (g lines) model() check.Model[int, line] {
	m := check.Model[int, line]{Init: func() []int { return []int{0} }, Steps: g.Steps}
	for c, name := range g.names {
		m.Promises = append(m.Promises, check.Promise{Name: name, Strong: g.strong[c]})
	}
	m.Keeps = func(_ *int, l line, yield func(int)) {
		if l.promise >= 0 && !g.left[l.promise] {
			yield(l.promise)
		}
	}
	return m
}

func (g lines) Steps(s int, yield func(line, int)) {
	for _, l := range g.steps[s] {
		yield(l, l.to)
	}
}

func TestSmallestFairnessIsWhatTryingAllSetsFinds(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	rounds, found, several := 4000, 0, 0
	if testing.Short() {
		rounds = 400
	}
	for range rounds {
		g := drawLines(random)
		goal := random.IntN(len(g.steps) + 1)
		p := check.Eventually("goal", func(s *int) bool { return *s == goal })
		if random.IntN(2) == 0 {
			p = check.AlwaysEventually("goal", func(s *int) bool { return *s == goal })
		}
		sets, v, err := check.SmallestFairness(t.Context(), g.model(), p, check.Options{Workers: 1})
		require.NoError(t, err)
		if v.Outcome != check.Holds {
			require.Empty(t, sets)
			continue
		}
		want := smallestByTrying(t, g, p)
		require.Equal(t, want, sets, "%+v %d", g, goal)
		if found++; len(want) > 1 {
			several++
		}
	}
	assert.Greater(t, found, rounds/20)
	assert.Greater(t, several, rounds/400)
}

func drawLines(random *rand.Rand) lines {
	g := lines{steps: map[int][]line{}}
	for c := range 1 + random.IntN(4) {
		g.names = append(g.names, fmt.Sprintf("c%d", c))
		g.strong = append(g.strong, random.IntN(2) == 0)
	}
	states := 2 + random.IntN(5)
	for range states * (1 + random.IntN(2)) {
		from := random.IntN(states)
		g.steps[from] = append(g.steps[from], line{random.IntN(len(g.names)+1) - 1, random.IntN(states)})
	}
	return g
}

// smallestByTrying tries every set of promises, the small ones first.
func smallestByTrying(t *testing.T, g lines, p check.Property[int]) [][]string {
	var enough [][]string
	for size := 0; len(enough) == 0; size++ {
		for set := range 1 << len(g.names) {
			g.left = map[int]bool{}
			kept := []string{}
			for c, name := range g.names {
				if g.left[c] = set>>c&1 == 0; !g.left[c] {
					kept = append(kept, name)
				}
			}
			if len(kept) != size {
				continue
			}
			r, err := check.Exhaustive(t.Context(), g.model(), []check.Property[int]{p}, check.Options{Workers: 1})
			require.NoError(t, err)
			if r.Verdicts[0].Outcome == check.Holds {
				enough = append(enough, kept)
			}
		}
	}
	slices.SortFunc(enough, slices.Compare)
	return enough
}

func TestSmallestFairnessRefusesWhatDoesNotDependOnIt(t *testing.T) {
	_, _, err := check.SmallestFairness(t.Context(), lines{names: []string{"c"}, strong: []bool{false}}.model(), check.Always("a", func(*int) bool { return true }), check.Options{})
	assert.ErrorContains(t, err, `the property "a" does not depend on fairness`)
}
