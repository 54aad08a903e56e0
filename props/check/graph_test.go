package check_test

import (
	"testing"

	"pkgdist/props/check"

	"github.com/stretchr/testify/require"
)

// graph is a model written down edge by edge, for tests that are about one thing.
type graph struct {
	initial []int
	edges   []edge
}

type edge struct {
	from, to int
	fault    bool // a step of the environment
	name     string
}

func (g graph) Init() []int { return g.initial }

func (g graph) Steps(s int, yield func(edge, int)) {
	for _, e := range g.edges {
		if e.from == s {
			yield(e, e.to)
		}
	}
}

func (g graph) Environment(e edge) bool { return e.fault }

// way is the graph 0 → 1 → … → n.
func way(n int) graph {
	g := graph{initial: []int{0}}
	for i := range n {
		g.edges = append(g.edges, edge{from: i, to: i + 1})
	}
	return g
}

// is is the claim that a state is a certain one.
func is(n int) func(*int) bool { return func(s *int) bool { return *s == n } }

func explore[S, T comparable](t *testing.T, m check.Model[S, T], opt check.Options, properties ...check.Property[S]) *check.Result[S, T] {
	t.Helper()
	r, err := check.Exhaustive(t.Context(), m, properties, opt)
	require.NoError(t, err)
	return r
}

// counters are four counters from 0 to top, and a fifth that never starts. The model has all that a model can offer
// except a packing, and so has a step out of every interface.
type counters struct{ top uint8 }

type count [4]uint8

type up struct{ counter int }

func (m counters) Init() []count { return []count{{}} }

func (m counters) Steps(s count, yield func(up, count)) {
	m.StepsInPlace(&s, func(step up, next *count) { yield(step, *next) })
}

func (m counters) StepsInPlace(s *count, yield func(up, *count)) {
	for i := range s {
		if s[i] < m.top {
			s[i]++
			yield(up{i}, s)
			s[i]--
		}
	}
}

func (m counters) Environment(step up) bool { return step.counter == 3 }

func (m counters) Rules() []string { return []string{"first", "second", "third", "fault", "broken"} }

func (m counters) Rule(step up) int { return step.counter }

func (m counters) Blocked(s *count, rule int, yield func(string)) {
	switch {
	case rule == 4 && s[0] == 0:
		yield("first has begun")
	case rule == 4:
		yield("is whole")
		yield("is whole") // in two ways
	case s[rule] == m.top:
		yield("below top")
	}
}
