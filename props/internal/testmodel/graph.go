// Package testmodel has models that the tests of several packages use.
package testmodel

import "pkgdist/props/check"

// Graph is a model written down edge by edge, for tests that are about one thing.
type Graph struct {
	Initial []int
	Edges   []Edge
}

// Edge is a step of a Graph.
type Edge struct {
	From, To int
	Fault    bool // a step of the environment
	Name     string
}

// Model is the graph as the checker takes it.
func (g Graph) Model() check.Model[int, Edge] {
	out := g.Out()
	return check.Model[int, Edge]{
		Init: func() []int { return g.Initial },
		Steps: func(s int, yield func(Edge, int)) {
			for _, e := range out[s] {
				yield(e, e.To)
			}
		},
		Environment: func(e Edge) bool { return e.Fault },
	}
}

// Out are the edges out of each state.
func (g Graph) Out() map[int][]Edge {
	out := map[int][]Edge{}
	for _, e := range g.Edges {
		out[e.From] = append(out[e.From], e)
	}
	return out
}

// Way is the graph 0 → 1 → … → n.
func Way(n int) Graph {
	g := Graph{Initial: []int{0}}
	for i := range n {
		g.Edges = append(g.Edges, Edge{From: i, To: i + 1})
	}
	return g
}

// Is is the claim that a state is a certain one.
func Is(n int) func(*int) bool { return func(s *int) bool { return *s == n } }

// Must is a result that a test cannot do without.
func Must[T any](result T, err error) T {
	if err != nil {
		panic(err)
	}
	return result
}
