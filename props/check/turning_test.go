package check

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A plainGraph is a random model: the steps out of each of its states, of which some are the environment's.
type plainGraph struct {
	next        [][]int8 // by state and step, -1 where the step is not possible
	environment []bool   // by step
	a, b        []bool   // what two conditions say of each state
}

func drawPlainGraph(random *rand.Rand) *plainGraph {
	const states, steps = 9, 3
	g := &plainGraph{environment: []bool{false, false, random.IntN(2) == 0}}
	for range states {
		row := make([]int8, steps)
		for k := range row {
			row[k] = int8(random.IntN(states+4) - 4)
		}
		g.next = append(g.next, row)
		g.a, g.b = append(g.a, random.IntN(3) > 0), append(g.b, random.IntN(4) == 0)
	}
	return g
}

func (g *plainGraph) model() Model[int8, int8] {
	return Model[int8, int8]{
		Init: func() []int8 { return []int8{0} },
		Steps: func(s int8, yield func(int8, int8)) {
			for k, next := range g.next[s] {
				if next >= 0 {
					yield(int8(k), next)
				}
			}
		},
		Environment: func(step int8) bool { return g.environment[step] },
		Promises:    []Promise{{Name: "the system goes on"}},
		Keeps: func(_ *int8, step int8, yield func(int)) {
			if !g.environment[step] {
				yield(0)
			}
		},
	}
}

func (g *plainGraph) properties() []Property[int8] {
	a := func(s *int8) bool { return g.a[*s] }
	b := func(s *int8) bool { return g.b[*s] }
	step := func(before, after *int8) bool { return g.a[*before] || !g.b[*after] }
	return []Property[int8]{
		Always("always", a), Never("never", b), Always("at-rest", a).OnlyAtRest(), OnStep("step", step),
		LeadsTo("leads-to", b, a), Eventually("eventually", b), EventuallyAlways("eventually-always", a), AlwaysEventually("always-eventually", b),
	}
}

// avoids tells, by its definition, whether steps of the system alone lead from a state to a run that satisfies the
// property: to a state at rest, or into a cycle. Each state is there twice, with what is still owed and without.
func (g *plainGraph) avoids(name string, from int, owed bool) bool {
	n := len(g.next)
	owes := func(owed bool, s int) bool {
		switch name {
		case "leads-to":
			return (owed || g.b[s]) && !g.a[s]
		case "eventually":
			return owed && !g.b[s]
		}
		return false
	}
	fine := func(i int) bool {
		switch name {
		case "leads-to", "eventually":
			return i < n
		case "never":
			return !g.b[i%n]
		case "at-rest":
			return g.a[i%n] || !g.rests(i%n)
		case "step":
			return true
		case "always-eventually":
			return g.b[i%n]
		}
		return g.a[i%n]
	}
	finite := name == "always" || name == "never" || name == "at-rest" || name == "step"
	reach := func(through func(int) bool) [][]bool { // by at least one step
		m := make([][]bool, 2*n)
		for i := range m {
			m[i] = make([]bool, 2*n)
			for k, next := range g.next[i%n] {
				if next < 0 || int(next) == i%n || g.environment[k] || name == "step" && !g.a[i%n] && g.b[next] {
					continue
				}
				to := int(next)
				if owes(i >= n, to) {
					to += n
				}
				m[i][to] = through(i) && through(to)
			}
		}
		for k := range m {
			for i := range m {
				for j := range m {
					m[i][j] = m[i][j] || m[i][k] && m[k][j]
				}
			}
		}
		return m
	}
	every := func(int) bool { return true }
	path, cycle := reach(every), reach(every)
	if finite {
		path = reach(fine)
	}
	if finite || name == "eventually-always" {
		cycle = reach(fine)
	}
	if owed {
		from += n
	}
	for i := range 2 * n {
		good := fine(i) && (g.rests(i%n) || cycle[i][i])
		if good && (i == from || path[from][i]) {
			return true
		}
	}
	return false
}

func (g *plainGraph) rests(s int) bool {
	for k, next := range g.next[s] {
		if next >= 0 && int(next) != s && !g.environment[k] {
			return false
		}
	}
	return true
}

// The step that decides is the last one before which the violation could be avoided, and the step in its place leads to
// where it still can be.
func TestTheTurningPointIsTheLastOfWhichTheDefinitionIsTrue(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	seen := map[string]int{}
	for range 1500 {
		g := drawPlainGraph(random)
		r, err := Exhaustive(t.Context(), g.model(), g.properties(), Options{Workers: 1})
		require.NoError(t, err)
		m, err := compile(g.model())
		require.NoError(t, err)
		for i := range r.Verdicts {
			v, name := &r.Verdicts[i], r.Verdicts[i].Property.Name()
			if v.Outcome != Violated {
				continue
			}
			step, instead, known := v.turning(m)
			owed, avoidable := name == "eventually", []bool{}
			var debts []bool
			for _, s := range v.Trace.States {
				switch name {
				case "leads-to":
					owed = (owed || g.b[s]) && !g.a[s]
				case "eventually":
					owed = owed && !g.b[s]
				}
				debts = append(debts, owed)
				avoidable = append(avoidable, g.avoids(name, int(s), owed))
			}
			end := len(v.Trace.Steps)
			if v.Property.Kind().Finite() {
				avoidable[end] = false
			}
			want := end
			for want >= 0 && !avoidable[want] {
				want--
			}
			what := fmt.Sprintf("%s, %+v, %v", name, *g, v.Trace.Steps)
			if want < 0 || want == end {
				require.False(t, known, what)
				continue
			}
			require.True(t, known, what)
			seen[name]++
			require.Equal(t, want, step, what)
			if instead == nil { // to stay is enough
				require.True(t, g.rests(int(v.Trace.States[want])), what)
				continue
			}
			next := g.next[v.Trace.States[want]][*instead]
			require.NotEqual(t, v.Trace.Steps[want], *instead, what)
			require.False(t, g.environment[*instead], what)
			owes := name == "leads-to" && (debts[want] || g.b[next]) && !g.a[next] || name == "eventually" && debts[want] && !g.b[next]
			require.True(t, g.avoids(name, int(next), owes), what)
		}
	}
	for _, p := range drawPlainGraph(random).properties() {
		assert.Positive(t, seen[p.Name()], p.Name())
	}
}
