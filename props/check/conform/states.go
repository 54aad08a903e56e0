package conform

import (
	"slices"

	"pkgdist/props/check"
)

// states are the states that were met, each once and expanded once at the most: behaviours that differ in the lines that
// they explain pass the same ones.
type states[S any, T comparable] struct {
	at      *expansion[S, T]
	claims  []check.Property[S]
	log     *Log[S, T]
	takes   map[T]bool
	met     []T // steps that were possible in some candidate, in the order in which they were met
	nodes   []*node[S, T]
	numbers map[string]int // by identity
}

// node is a state. Where its steps lead is known once it is expanded.
type node[S any, T comparable] struct {
	state    S
	identity string
	stuckAt  int // it is among those that are stuck before the line of that number, from 1
	isKnown  bool
	steps    []T // those that a behaviour can take
	nexts    []int

	decides     uint64   // claims that the state decides: bit i is claim i
	stepDecides []uint64 // claims that each step decides
}

func newStates[S any, T comparable](at *expansion[S, T], claims []check.Property[S], log *Log[S, T]) *states[S, T] {
	return &states[S, T]{at: at, claims: claims, log: log, takes: map[T]bool{}, numbers: map[string]int{}}
}

// taken reports whether the log lets a behaviour take such a step at all.
func (g *states[S, T]) taken(step T) bool {
	is, met := g.takes[step]
	if !met {
		is = g.log.hidden(step) || slices.ContainsFunc(g.log.Lines, func(l Line[S, T]) bool { return l.Step != nil && l.Step(step) })
		g.takes[step] = is
		g.met = append(g.met, step)
	}
	return is
}

func (g *states[S, T]) number(s *S) int {
	identity := g.at.Identity(s)
	i, known := g.numbers[identity]
	if !known {
		i = len(g.nodes)
		g.numbers[identity] = i
		g.nodes = append(g.nodes, &node[S, T]{state: g.at.Clone(s), identity: identity})
	}
	return i
}

// forget empties the graph, and returns what it held.
func (g *states[S, T]) forget() []*node[S, T] {
	old := g.nodes
	g.nodes = nil
	clear(g.numbers)
	return old
}

func (g *states[S, T]) expanded(i int) (*node[S, T], error) {
	n := g.nodes[i]
	if n.isKnown {
		return n, nil
	}
	if err := g.at.enter(&n.state); err != nil {
		return nil, err
	}
	n.isKnown = true
	for p := range g.claims {
		if g.at.Decides(&g.claims[p]) {
			n.decides |= 1 << p
		}
	}
	for i, step := range g.at.steps {
		if !g.taken(step) {
			continue
		}
		n.steps, n.nexts = append(n.steps, step), append(n.nexts, g.number(&g.at.nexts[i]))
		n.stepDecides = append(n.stepDecides, g.stepDecides(g.at.index[i]))
	}
	return n, nil
}

// stepDecides is which claims a step decides, unless it changes nothing.
func (g *states[S, T]) stepDecides(index int) (decided uint64) {
	for p := range g.claims {
		if index >= 0 && g.at.StepDecides(&g.claims[p], index) {
			decided |= 1 << p
		}
	}
	return decided
}
