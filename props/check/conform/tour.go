package conform

import "slices"

// tour plans traces that take every transition of a graph. What is planned counts as taken when the subject has taken it:
// a subject that chooses for itself may leave a trace, and is asked again.
type tour[S any, T comparable] struct {
	*graph[S, T]
	driven  []bool // by the number of the transition
	planned []int  // how often each was planned
	open    []int  // of each state, how many transitions are neither driven nor given up nor in the trace being planned
	lowest  int    // no state below has any
	reached []int  // by the state: the search that reached it last
	search  int
	queue   []hop
	by      []int // by the place in the queue: the place of the hop before
}

const (
	// tourSteps is how long a trace of a tour goes on: a subject is started rarely enough then, and a failure is found soon
	// after its start.
	tourSteps = 100
	// tourTries is how often a transition is planned for a subject that chooses others.
	tourTries = 8
)

func newTour[S any, T comparable](g *graph[S, T]) *tour[S, T] {
	t := &tour[S, T]{graph: g, driven: make([]bool, g.transitions()), planned: make([]int, g.transitions()),
		open: make([]int, len(g.out)), reached: make([]int, len(g.out))}
	for s, out := range g.out {
		t.open[s] = len(out)
	}
	return t
}

func (t *tour[S, T]) number(h hop) int { return t.first[h.from] + h.index }

func (t *tour[S, T]) isOpen(n int) bool { return !t.driven[n] && t.planned[n] < tourTries }

// next plans a trace, or none if there is nothing left. It begins with the shortest way to the nearest state with something
// left, and goes on as long as that is nearer than another beginning.
func (t *tour[S, T]) next() []hop {
	if !t.advance() {
		return nil
	}
	way, inWay := t.path(t.lowest), map[int]bool{}
	at := t.lowest
	take := func(h hop) {
		if n := t.number(h); t.isOpen(n) && !inWay[n] {
			inWay[n] = true
			t.open[h.from]--
		}
		way = append(way, h)
		at = t.edge(h).to
	}
	for more := true; more; {
		for t.open[at] > 0 {
			take(t.pick(at, inWay))
		}
		more = false
		if len(way) < tourSteps && t.advance() {
			for _, h := range t.nearestOpen(at, t.nearest[t.lowest].depth) {
				take(h)
				more = true
			}
		}
	}
	for n := range inWay {
		t.planned[n]++
	}
	return way
}

// advance moves lowest to the nearest state with something left, and reports whether there is one.
func (t *tour[S, T]) advance() bool {
	for t.lowest < len(t.open) && t.open[t.lowest] == 0 {
		t.lowest++
	}
	return t.lowest < len(t.open)
}

// pick is a transition that is left, rather one after which others are left.
func (t *tour[S, T]) pick(at int, inWay map[int]bool) hop {
	best := hop{at, -1}
	for i, e := range t.out[at] {
		if n := t.first[at] + i; !t.isOpen(n) || inWay[n] {
			continue
		}
		if best.index < 0 || t.open[e.to] > t.open[t.out[at][best.index].to] {
			best.index = i
		}
	}
	return best
}

// nearestOpen is the shortest way to a state with something left, of fewer than so many hops, or none.
func (t *tour[S, T]) nearestOpen(from, below int) []hop {
	t.search++
	t.queue, t.by = t.queue[:0], t.by[:0]
	t.reached[from] = t.search
	expand := func(s, by int) (found int) {
		for i, e := range t.out[s] {
			if t.reached[e.to] == t.search {
				continue
			}
			t.reached[e.to] = t.search
			t.queue, t.by = append(t.queue, hop{s, i}), append(t.by, by)
			if t.open[e.to] > 0 {
				return len(t.queue) - 1
			}
		}
		return -1
	}
	found := -1
	if below > 1 {
		found = expand(from, -1)
	}
	for i, depth, end := 0, 2, len(t.queue); found < 0 && i < len(t.queue) && depth < below; i++ {
		if found = expand(t.edge(t.queue[i]).to, i); i+1 == end {
			depth, end = depth+1, len(t.queue)
		}
	}
	var way []hop
	for ; found >= 0; found = t.by[found] {
		way = append([]hop{t.queue[found]}, way...)
	}
	return way
}

// took notes what the subject has done of a trace that was planned.
func (t *tour[S, T]) took(planned, taken []hop) {
	for _, h := range taken {
		t.driven[t.number(h)] = true
	}
	for _, h := range slices.Concat(planned, taken) {
		t.open[h.from] = 0
		for i := range t.out[h.from] {
			if t.isOpen(t.first[h.from] + i) {
				t.open[h.from]++
			}
		}
		if t.open[h.from] > 0 {
			t.lowest = min(t.lowest, h.from)
		}
	}
}
