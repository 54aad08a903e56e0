package check

import "slices"

// turningStates is how many states are expanded in search of a turning point.
const turningStates = 10_000

// turning is the step of the trace after which the violation could not be avoided any more, whatever the system did: from
// the state before it, steps of the system alone can lead to a run that satisfies the property, and from the states after
// it they cannot. The second result is the first step of a shortest such way, or nil if to stay there is enough. It is not
// known where too many states would have to be looked at, and where the violation can be avoided to the end.
func (v *Verdict[S, T]) turning(m *machine[S, T]) (step int, instead *T, known bool) {
	p := v.Property
	if v.Outcome != Violated || v.Trace == nil {
		return 0, nil, false
	}
	g := avoidance[S, T]{x: newExpansion(m), p: &p, at: v.Case, ids: map[turningKey]int{}}
	pending := g.pendings(v.Trace.States)
	end := len(v.Trace.Steps)
	if p.kind.Finite() {
		end-- // the trace itself is the violation
	}
	for i := end; i >= 0; i-- {
		from, ok := g.grow(&v.Trace.States[i], pending[i])
		if !ok {
			return 0, nil, false
		}
		switch first, avoids := g.way(from); {
		case avoids && first >= 0:
			return i, &g.nodes[from].steps[first], i < len(v.Trace.Steps)
		case avoids:
			return i, nil, i < len(v.Trace.Steps)
		}
	}
	return 0, nil, false
}

// An avoidance is the graph of what the system alone can do from some states on.
type avoidance[S any, T comparable] struct {
	x     *Expansion[S, T]
	p     *Property[S]
	at    int // the case that is violated
	ids   map[turningKey]int
	nodes []turningNode[S, T]
}

// A turningKey is a state, and whether something that has been is still to be followed by something else there.
type turningKey struct {
	state   string
	pending bool
}

type turningNode[S any, T comparable] struct {
	state   S
	pending bool
	steps   []T
	nexts   []int // of each step, or -1 where the step itself violates the property
	rest    bool
	fine    bool // at rest here, or round and round through such states, the property is satisfied
}

func (g *avoidance[S, T]) claim() *claim[S] { return &g.p.cases[g.at] }

// owes tells whether something is still to come after a state.
func (g *avoidance[S, T]) owes(before bool, s *S) bool {
	c := g.claim()
	switch g.p.kind {
	case KindLeadsTo:
		return (before || c.when(s)) && !c.holds(s)
	case KindEventually:
		return before && !c.holds(s)
	}
	return false
}

// pendings tells of each state of a trace whether something is still to come there.
func (g *avoidance[S, T]) pendings(states []S) []bool {
	list, owed := make([]bool, len(states)), g.p.kind == KindEventually
	for i := range states {
		owed = g.owes(owed, &states[i])
		list[i] = owed
	}
	return list
}

// grow adds a state and all that can follow. It returns its number, and false if that is too much.
func (g *avoidance[S, T]) grow(s *S, pending bool) (number int, ok bool) {
	first := len(g.nodes)
	number = g.number(s, pending)
	for i := first; i < len(g.nodes); i++ {
		if len(g.nodes) > turningStates {
			return 0, false
		}
		g.expand(i)
	}
	return number, true
}

func (g *avoidance[S, T]) number(s *S, pending bool) int {
	key := turningKey{g.x.Identity(s), pending}
	if n, known := g.ids[key]; known {
		return n
	}
	g.ids[key] = len(g.nodes)
	g.nodes = append(g.nodes, turningNode[S, T]{state: g.x.Clone(s), pending: pending})
	return len(g.nodes) - 1
}

func (g *avoidance[S, T]) expand(i int) {
	node := g.nodes[i]
	g.x.Enter(&node.state)
	node.rest, node.fine = g.x.AtRest, g.fine(&node)
	var nexts []S
	for k, step := range g.x.Steps {
		if g.x.Systems(step) {
			node.steps = append(node.steps, step)
			nexts = append(nexts, g.x.Clone(&g.x.Nexts[k]))
			node.nexts = append(node.nexts, 0)
			if g.x.StepDecides(g.p, k) {
				node.nexts[len(node.nexts)-1] = -1
			}
		}
	}
	for k := range nexts {
		if node.nexts[k] == 0 {
			node.nexts[k] = g.number(&nexts[k], g.owes(node.pending, &nexts[k]))
		}
	}
	g.nodes[i] = node
}

func (g *avoidance[S, T]) fine(n *turningNode[S, T]) bool {
	switch g.p.kind {
	case KindLeadsTo, KindEventually:
		return !n.pending
	case KindEventuallyAlways, KindAlwaysEventually:
		return g.claim().holds(&n.state)
	}
	return !g.x.Decides(g.p)
}

// way is the first step of a shortest way from a state to where the property is satisfied: to a state at rest, or into a
// cycle, of fine states. It is -1 where the state itself is at rest so.
func (g *avoidance[S, T]) way(from int) (first int, avoids bool) {
	goal := g.cycles()
	for i := range g.nodes {
		goal[i] = goal[i] || g.nodes[i].rest && g.nodes[i].fine
	}
	if g.nodes[from].rest && g.nodes[from].fine {
		return -1, true
	}
	via := map[int]int{from: -1} // the first step to each state that was met
	for queue := []int{from}; len(queue) > 0; queue = queue[1:] {
		for k, next := range g.nodes[queue[0]].nexts {
			if next < 0 || !g.passable(next) {
				continue
			}
			if _, met := via[next]; met {
				continue
			}
			if via[next] = via[queue[0]]; queue[0] == from {
				via[next] = k
			}
			if goal[next] {
				return via[next], true
			}
			queue = append(queue, next)
		}
	}
	return 0, false
}

// passable tells whether a run that satisfies the property can go through a state.
func (g *avoidance[S, T]) passable(i int) bool { return g.p.kind.Liveness() || g.nodes[i].fine }

// cycles tells of each state whether it can be met infinitely often by a run that satisfies the property: through fine
// states alone, or where it is enough that they are met infinitely often, with one of them.
func (g *avoidance[S, T]) cycles() []bool {
	mixed := g.p.kind.Liveness() && g.p.kind != KindEventuallyAlways
	var states []uint32
	var edges outline
	for i := range g.nodes {
		if mixed || g.nodes[i].fine {
			states = append(states, uint32(i))
		}
		for _, next := range g.nodes[i].nexts {
			if next >= 0 {
				edges.step(noLabel)
				edges.targets[len(edges.targets)-1] = uint32(next)
			}
		}
		edges.end()
	}
	var of graph
	of.append(&edges)
	found := make([]bool, len(g.nodes))
	newComponents(&of).of(states, func(component []uint32) {
		if len(component) == 1 { // no step of a model leads from a state to itself
			return
		}
		fine := slices.ContainsFunc(component, func(i uint32) bool { return g.nodes[i].fine })
		for _, i := range component {
			found[i] = fine
		}
	})
	return found
}
