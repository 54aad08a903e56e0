package check

import "slices"

const (
	// loopStates bounds the search for shortest loops, in states of it: 2 to the power of 19, some tens of megabytes, unless
	// MaxMemory leaves less.
	loopStates = 1 << 19
	// loopBytes is about what one of them takes.
	loopBytes = 128
)

// loopStates is how many states a search for shortest loops may have.
func (s *search[S, T]) loopStates() int {
	if s.opt.MaxMemory == 0 {
		return loopStates
	}
	return int(min(loopStates, (s.opt.MaxMemory-s.memory()-setBytes*s.store.Len())/loopBytes))
}

// closeShortest closes one of the lassos, whose stems have the same length: the one with the shortest loop that breaks no
// promise and visits a state that is wanted. If the search for it takes too much, the first is closed by a short one.
func (l *liveness[S, T]) closeShortest(found []*lasso, setOf func(*lasso) []uint32, wanted func(*lasso) func(uint32) bool) *lasso {
	var best *lasso
	left := l.search.loopStates()
	for _, f := range found {
		set := setOf(f)
		l.mark(set)
		most := len(set) * (len(l.promises.names) + 2)
		if best != nil {
			most = len(best.loop) - 1
		}
		if loop, ok := l.shortestLoop(f.last, set, wanted(f), most, &left); ok {
			f.loop, best = loop, f
		}
		if best != nil && len(best.loop) == 0 {
			return best
		}
	}
	if best == nil && len(found) > 0 {
		best = found[0]
		l.close(best, setOf(best), wanted(best))
	}
	return best
}

// A duty is a bit of what a loop has still to do. A weak promise is kept by a state in which no step of it is possible, or by
// a step of it; a strong one only by a step of it, if one is possible in a state of the loop.
type duties struct {
	*promises
	weak, seen, kept map[int]uint64 // by promise: its bit, or for a strong one that it was possible, and that it was kept
	wanted           uint64
}

// mostDuties is how many bits there are.
const mostDuties = 64

func (l *liveness[S, T]) duties(start uint32, set []uint32) (*duties, bool) {
	d := &duties{promises: &l.promises, weak: map[int]uint64{}, seen: map[int]uint64{}, kept: map[int]uint64{}, wanted: 1}
	bits := 1
	bit := func() uint64 { bits++; return 1 << (bits - 1) }
	for _, s := range set {
		l.poller.poll()
		_, labels := l.search.graph.edges(s)
		for _, label := range labels {
			for _, c := range l.promises.of(label) {
				switch {
				case !l.promises.active[c]:
				case l.promises.strong[c] && d.seen[c] == 0:
					d.seen[c], d.kept[c] = bit(), bit()
				case !l.promises.strong[c] && s == start && d.weak[c] == 0: // others are kept in the start
					d.weak[c] = bit()
				}
				if bits >= mostDuties-1 {
					return nil, false
				}
			}
		}
	}
	return d, true
}

// visit is what has been done after a visit of a state, given by the labels of its steps.
func (d *duties) visit(done uint64, labels []uint16, wanted bool) uint64 {
	if wanted {
		done |= d.wanted
	}
	for _, label := range labels {
		for _, c := range d.of(label) {
			done |= d.seen[c]
		}
	}
	for c, bit := range d.weak {
		if done&bit == 0 && !slices.ContainsFunc(labels, func(label uint16) bool { return slices.Contains(d.of(label), c) }) {
			done |= bit
		}
	}
	return done
}

// take is what has been done after a step.
func (d *duties) take(done uint64, label uint16) uint64 {
	for _, c := range d.of(label) {
		done |= d.weak[c] | d.kept[c]
	}
	return done
}

// met reports whether nothing is left to do.
func (d *duties) met(done uint64) bool {
	if done&d.wanted == 0 {
		return false
	}
	for _, bit := range d.weak {
		if done&bit == 0 {
			return false
		}
	}
	for c, seen := range d.seen {
		if done&seen != 0 && done&d.kept[c] == 0 {
			return false
		}
	}
	return true
}

// shortestLoop is a shortest loop of at most so many steps through the start and the marked states.
func (l *liveness[S, T]) shortestLoop(start uint32, set []uint32, wanted func(uint32) bool, most int, left *int) ([]hop, bool) {
	d, ok := l.duties(start, set)
	if !ok {
		return nil, false
	}
	visit := func(done uint64, s uint32) uint64 {
		_, labels := l.search.graph.edges(s)
		return d.visit(done, labels, wanted(s))
	}
	first := place{start, visit(0, start)}
	if d.met(first.done) {
		return nil, true
	}
	do := func(done uint64, h hop) uint64 { return visit(d.take(done, uint16(h.label)), h.to) }
	return l.way(first, do, func(done uint64, h hop) bool { return h.to == start && d.met(done) }, most, left)
}

// place is a state, and what has been done up to there.
type place struct {
	state uint32
	done  uint64
}

// way is a shortest way of at least one step, and at most so many, to the first hop that is the goal, inside the marked
// states: a breadth-first search over places. It takes places from left, and gives up when none is left.
func (l *liveness[S, T]) way(start place, do func(done uint64, h hop) uint64, goal func(done uint64, h hop) bool, most int, left *int) ([]hop, bool) {
	type origin struct {
		from int
		hop  hop
	}
	places, origins, seen := []place{start}, []origin{{}}, map[place]bool{start: true}
	for at, depth, level := 0, 1, 1; at < len(places) && depth <= most; at++ {
		l.poller.poll()
		targets, labels := l.search.graph.edges(places[at].state)
		for e, t := range targets {
			if !l.marked(t) || t == places[at].state { // a step to the state itself is not taken
				continue
			}
			h := hop{t, uint32(labels[e])}
			next := place{t, do(places[at].done, h)}
			if goal(next.done, h) {
				way := []hop{h}
				for ; at > 0; at = origins[at].from {
					way = append(way, origins[at].hop)
				}
				slices.Reverse(way)
				return way, true
			}
			if seen[next] {
				continue
			}
			if *left--; *left < 0 {
				return nil, false
			}
			seen[next] = true
			places, origins = append(places, next), append(origins, origin{at, h})
		}
		if at+1 == level {
			depth, level = depth+1, len(places)
		}
	}
	return nil, false
}
