package conform

import (
	"context"
	"fmt"
	"slices"

	"pkgdist/props/check"
)

// graph is what a tour goes through: the states of a model in the order of breadth-first search, so that a state with a lower
// number is no farther from an initial one, and the transitions between them.
type graph[S any, T comparable] struct {
	states  []S
	nearest []arrival // the shortest way to each
	out     [][]transition[T]
	first   []int // the number of the first transition out of each state
	numbers map[string]int
	cut     string // why there is more than this
}

// transition is a step out of a state.
type transition[T comparable] struct {
	step T
	to   int
}

// arrival is the transition by which a state was found; from is -1 for an initial state.
type arrival struct{ from, index, depth int }

// newGraph explores at most so many states.
func newGraph[S any, T comparable](ctx context.Context, m check.Model[S, T], most int) (*graph[S, T], error) {
	x, err := newExpansion(m)
	if err != nil {
		return nil, err
	}
	g := &graph[S, T]{numbers: map[string]int{}}
	for _, s := range m.Init() {
		g.number(x, &s, most, arrival{from: -1})
	}
	for i := 0; i < len(g.states) && ctx.Err() == nil; i++ {
		g.first = append(g.first, g.transitions())
		g.out = append(g.out, nil)
		if err := x.enter(&g.states[i]); err != nil {
			return nil, err
		}
		for n, step := range x.steps {
			if to, ok := g.number(x, &x.nexts[n], most, arrival{i, len(g.out[i]), g.nearest[i].depth + 1}); ok {
				g.out[i] = append(g.out[i], transition[T]{step, to})
			} else {
				g.cut = fmt.Sprintf("the model has more than %d states", most)
			}
		}
	}
	return g, ctx.Err()
}

func (g *graph[S, T]) number(x *expansion[S, T], s *S, most int, by arrival) (number int, ok bool) {
	key := x.Identity(s)
	if n, known := g.numbers[key]; known {
		return n, true
	}
	if len(g.states) == most {
		return 0, false
	}
	n := len(g.states)
	g.numbers[key], g.states, g.nearest = n, append(g.states, x.Clone(s)), append(g.nearest, by)
	return n, true
}

// transitions is how many there are.
func (g *graph[S, T]) transitions() int {
	if last := len(g.out) - 1; last >= 0 {
		return g.first[last] + len(g.out[last])
	}
	return 0
}

// path is the shortest way from an initial state to a state, as states and the indexes of the transitions between them.
func (g *graph[S, T]) path(to int) (way []hop) {
	for a := g.nearest[to]; a.from >= 0; a = g.nearest[a.from] {
		way = append(way, hop{a.from, a.index})
	}
	slices.Reverse(way)
	return way
}

// hop is a transition of a graph: the state that it leaves, and which of its transitions it is.
type hop struct{ from, index int }

func (g *graph[S, T]) edge(h hop) transition[T] { return g.out[h.from][h.index] }

// trace is the way as a trace of the model.
func (g *graph[S, T]) trace(way []hop) check.Trace[S, T] {
	t := check.Trace[S, T]{States: []S{g.states[way[0].from]}}
	for _, h := range way {
		t.Steps = append(t.Steps, g.edge(h).step)
		t.States = append(t.States, g.states[g.edge(h).to])
	}
	return t
}
