package check

import "slices"

// components finds strongly connected components: sets of states each of which can be reached from each other one
// without leaving the set, as large as possible. It can be asked about a part of the graph at a time, and keeps its
// memory. The algorithm is Tarjan's, with a stack of its own: a recursion would be as deep as the graph is long.
type components struct {
	g      *graph
	poller *poller

	index   []uint32 // when the state was met, from 1; 0 is a state of the part that was not met yet
	low     []uint32 // the earliest state on the stack that is known to be reachable
	onStack []bool
	stack   []uint32
	calls   []following
}

// following is a state whose steps are being followed, and the next step to follow.
type following struct {
	state uint32
	next  int
}

func newComponents(g *graph) *components {
	n := g.states
	return &components{g: g, index: slices.Repeat([]uint32{1}, n), low: make([]uint32, n), onStack: make([]bool, n)}
}

// of calls found with each component of the part of the graph that the states make up. The slice is valid during the call.
func (k *components) of(states []uint32, found func(component []uint32)) {
	for _, s := range states {
		k.index[s] = 0
	}
	met := uint32(0)
	for _, s := range states {
		if k.index[s] == 0 {
			k.from(s, &met, found)
		}
	}
}

// from follows everything that can be reached from a state that was not met yet.
func (k *components) from(root uint32, met *uint32, found func([]uint32)) {
	k.enter(root, met)
	for len(k.calls) > 0 {
		k.poller.poll()
		c := &k.calls[len(k.calls)-1]
		targets, _ := k.g.edges(c.state)
		if c.next < len(targets) {
			t := targets[c.next]
			c.next++
			switch {
			case k.index[t] == 0:
				k.enter(t, met)
			case k.onStack[t]:
				k.low[c.state] = min(k.low[c.state], k.index[t])
			}
			continue
		}
		s := c.state
		k.calls = k.calls[:len(k.calls)-1]
		if len(k.calls) > 0 {
			caller := k.calls[len(k.calls)-1].state
			k.low[caller] = min(k.low[caller], k.low[s])
		}
		if k.low[s] == k.index[s] {
			k.leave(s, found)
		}
	}
}

func (k *components) enter(s uint32, met *uint32) {
	*met++
	k.index[s], k.low[s] = *met, *met
	k.onStack[s] = true
	k.stack = append(k.stack, s)
	k.calls = append(k.calls, following{state: s})
}

// leave takes the component that begins with s off the stack.
func (k *components) leave(s uint32, found func([]uint32)) {
	first := len(k.stack) - 1
	for k.stack[first] != s {
		first--
	}
	component := k.stack[first:]
	for _, t := range component {
		k.onStack[t] = false
	}
	k.stack = k.stack[:first]
	found(component)
}
