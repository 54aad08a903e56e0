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

func (g graph) model() check.Model[int, edge] {
	return check.Model[int, edge]{
		Init: func() []int { return g.initial }, Steps: g.Steps,
		Environment: func(e edge) bool { return e.fault },
	}
}

func (g graph) Steps(s int, yield func(edge, int)) {
	for _, e := range g.edges {
		if e.from == s {
			yield(e, e.to)
		}
	}
}

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

func explore[S any, T comparable](t *testing.T, m check.Model[S, T], opt check.Options, properties ...check.Property[S]) *check.Result[S, T] {
	t.Helper()
	opt.Keep = true
	r, err := check.Exhaustive(t.Context(), m, properties, opt)
	require.NoError(t, err)
	return r
}

// counters are four counters from 0 to top, and a rule that never fires.
type counters struct{ top uint8 }

type count [4]uint8

type up struct{ counter int }

func (m counters) model() check.Model[count, up] {
	return check.Model[count, up]{
		Init: func() []count { return []count{{}} }, StepsInPlace: m.StepsInPlace,
		Environment: func(step up) bool { return step.counter == 3 },
		Rules:       []string{"first", "second", "third", "fault", "broken"},
		Rule:        func(step up) int { return step.counter },
		Blocked:     m.Blocked,
	}
}

// byValue is the same model with Steps.
func (m counters) byValue() check.Model[count, up] {
	model := m.model()
	model.StepsInPlace = nil
	model.Steps = func(s count, yield func(up, count)) {
		m.StepsInPlace(&s, func(step up, next *count) { yield(step, *next) })
	}
	return model
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
