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
	return check.Model[int, Edge]{
		Init: func() []int { return g.Initial }, Steps: g.Steps,
		Environment: func(e Edge) bool { return e.Fault },
	}
}

// Steps are the edges out of s.
func (g Graph) Steps(s int, yield func(Edge, int)) {
	for _, e := range g.Edges {
		if e.From == s {
			yield(e, e.To)
		}
	}
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
