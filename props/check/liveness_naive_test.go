package check_test

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"testing"
	"unicode"

	"pkgdist/props/check"

	"github.com/stretchr/testify/require"
)

// The search for lassos is compared with a judge that knows no components, no cuts and no labels: it takes each set of
// states as the set that a run visits infinitely often, and asks what each of the definitions says about it.

// set is a set of states, one bit for each.
type set uint16

func (m set) has(s uint8) bool { return m>>s&1 != 0 }

// far is the distance of what cannot be reached.
const far = 1 << 20

// judge is a net made ready for being asked about sets.
type judge struct {
	n        net
	next     [16]set // where the steps of a state lead, itself excepted
	possible []set   // in which states a step of the promise is possible
	strong   []bool
	distance [16]int // from the initial states
}

// isOf reports whether a move is a step of the promise.
func (n net) isOf(m move, promise int) bool {
	return !m.fault && m.from != m.to && m.keeps>>promise&1 != 0 && n.exempt[m.from]>>promise&1 == 0
}

func newJudge(n net, f fairness) *judge {
	j := &judge{n: n}
	if f != unfair {
		j.possible, j.strong = make([]set, len(n.promises)), make([]bool, len(n.promises))
	}
	for c := range j.possible {
		j.strong[c] = f == strongly || f == asModelled && unicode.IsUpper(rune(n.promises[c]))
	}
	for _, m := range n.moves {
		if m.from != m.to {
			j.next[m.from] |= 1 << m.to
			for c := range j.possible {
				if n.isOf(m, c) {
					j.possible[c] |= 1 << m.from
				}
			}
		}
	}
	j.distance = j.distances(func(s uint8) int {
		for _, first := range n.initial {
			if first == s {
				return 0
			}
		}
		return far
	}, ^set(0))
	return j
}

// distances lowers guesses, those of the start, along the steps inside some states until none can be lowered.
func (j *judge) distances(start func(s uint8) int, inside set) (d [16]int) {
	for s := range d {
		d[s] = far
		if inside.has(uint8(s)) {
			d[s] = start(uint8(s))
		}
	}
	for lowered := true; lowered; {
		lowered = false
		for s := range d {
			for rest := j.next[s] & inside; rest != 0; rest &= rest - 1 {
				if to := bits.TrailingZeros16(uint16(rest)); d[to] > d[s]+1 {
					d[to], lowered = d[s]+1, true
				}
			}
		}
	}
	return d
}

// round reports whether a run can visit all of the set, and nothing else, for ever. It can stay in a single state.
func (j *judge) round(m set) bool {
	for s := range uint8(16) {
		if !m.has(s) {
			continue
		}
		seen := set(1) << s
		for grown := set(0); grown != seen; {
			grown = seen
			for rest := grown; rest != 0; rest &= rest - 1 {
				seen |= j.next[bits.TrailingZeros16(uint16(rest))] & m
			}
		}
		if seen != m {
			return false
		}
	}
	return true
}

// fair reports whether such a run can keep all promises.
func (j *judge) fair(m set) bool {
	for c, possible := range j.possible {
		taken := false
		for _, e := range j.n.moves {
			taken = taken || j.n.isOf(e, c) && m.has(e.from) && m.has(e.to)
		}
		if !taken && (possible&m == m || j.strong[c] && possible&m != 0) {
			return false
		}
	}
	return true
}

func nearest(d [16]int, m set) int {
	near := far
	for rest := m; rest != 0; rest &= rest - 1 {
		near = min(near, d[bits.TrailingZeros16(uint16(rest))])
	}
	return near
}

// stem is the length of the shortest stem of a counterexample, far if there is none.
func (j *judge) stem(kind check.Kind, from, to set) int {
	begins := func(s uint8) int { // a wait begins in the state, when it is reached
		if from.has(s) {
			return j.distance[s]
		}
		return far
	}
	first := func(s uint8) int {
		if j.distance[s] == 0 {
			return 0
		}
		return far
	}
	var reached set
	for s, d := range j.distance {
		if d < far {
			reached |= 1 << s
		}
	}
	waiting, avoiding := j.distances(begins, reached&^to), j.distances(first, reached&^to)
	shortest := far
	for m := reached; m != 0; m = (m - 1) & reached {
		if kind == check.KindEventuallyAlways && m&^to == 0 || kind != check.KindEventuallyAlways && m&to != 0 {
			continue
		}
		length := nearest(j.distance, m)
		switch {
		case kind == check.KindEventually:
			length = nearest(avoiding, m)
		case kind == check.KindLeadsTo && m&from == 0:
			length = nearest(waiting, m)
		}
		if length < shortest && j.round(m) && j.fair(m) {
			shortest = length
		}
	}
	return shortest
}

// visit is a state, with what a run has done up to it.
type visit struct {
	state   uint8
	visited set    // by the loop so far
	taken   uint16 // promises, by the loop so far
	waits   bool   // from was true, and to has not been since
}

// loop is the length of the shortest loop of a counterexample among those whose stems have the length given.
func (j *judge) loop(kind check.Kind, from, to set, stem int) int {
	arrive := func(v visit, to8 uint8) visit {
		v.state, v.waits = to8, !to.has(to8) && (v.waits || from.has(to8))
		return v
	}
	allowed := func(s uint8) bool { return kind != check.KindEventually || !to.has(s) }
	layer := map[visit]bool{}
	for _, s := range j.n.initial {
		if allowed(s) {
			layer[arrive(visit{}, s)] = true
		}
	}
	for range stem {
		next := map[visit]bool{}
		for v := range layer {
			for _, m := range j.n.moves {
				if m.from == v.state && m.to != v.state && allowed(m.to) {
					next[arrive(v, m.to)] = true
				}
			}
		}
		layer = next
	}
	shortest := far
	for v := range layer {
		shortest = min(shortest, j.loopFrom(kind, from, to, v))
	}
	return shortest
}

// loopFrom is the length of the shortest loop from the end of a stem.
func (j *judge) loopFrom(kind check.Kind, from, to set, start visit) int {
	start.visited = 1 << start.state
	layer, seen := []visit{start}, map[visit]bool{start: true}
	for length := 0; len(layer) > 0; length++ {
		var next []visit
		for _, v := range layer {
			if v.state == start.state && j.closes(kind, from, to, v, start.waits) {
				return length
			}
			for _, m := range j.n.moves {
				if m.from != v.state || m.to == v.state {
					continue
				}
				w := visit{state: m.to, visited: v.visited | 1<<m.to, taken: v.taken}
				for c := range j.possible {
					if j.n.isOf(m, c) {
						w.taken |= 1 << c
					}
				}
				if !seen[w] {
					seen[w] = true
					next = append(next, w)
				}
			}
		}
		layer = next
	}
	return far
}

// closes reports whether a run that repeats what it has visited and taken since the stem is a counterexample.
func (j *judge) closes(kind check.Kind, from, to set, v visit, waits bool) bool {
	for c, possible := range j.possible {
		if v.taken>>c&1 == 0 && (possible&v.visited == v.visited || j.strong[c] && possible&v.visited != 0) {
			return false
		}
	}
	if kind == check.KindEventuallyAlways {
		return v.visited&^to != 0
	}
	return v.visited&to == 0 && (kind != check.KindLeadsTo || waits || v.visited&from != 0)
}

// drawn is a net with beginnings and goals for two cases.
type drawn struct {
	net
	fairness fairness
	from, to [2]set
}

func draw(r *rand.Rand) drawn {
	states := 2 + r.IntN(5)
	if r.IntN(12) == 0 {
		states = 7 + r.IntN(6)
	}
	d := drawn{fairness: []fairness{0, 0, 0, 0, 1, 2, 3, 3}[r.IntN(8)]}
	for c := range r.IntN(5) {
		d.promises += string(rune("aA"[r.IntN(2)]) + rune(c))
	}
	several := max(0, r.IntN(6)-3) // a move of half of the nets is a step of one promise, of the others of up to three
	faults := r.IntN(6)            // the first half of nets have none, the others up to one in three
	for range states + r.IntN(2*states) {
		m := move{from: uint8(r.IntN(states)), to: uint8(r.IntN(states))}
		if k := len(d.promises); k > 0 && r.IntN(8) > 0 {
			for range 1 + r.IntN(1+several) {
				m.keeps |= 1 << r.IntN(k)
			}
		}
		m.fault = faults > 3 && r.IntN(9-faults) == 0
		d.moves = append(d.moves, m)
	}
	if k := len(d.promises); k > 0 && r.IntN(6) == 0 {
		for s := range states {
			d.exempt[s] = uint16(r.IntN(1<<k) & r.IntN(1<<k))
		}
	}
	d.initial = []uint8{0}
	if r.IntN(3) == 0 {
		d.initial = []uint8{uint8(r.IntN(states)), uint8(r.IntN(states))}
	}
	for i := range d.from {
		for s := range states {
			if r.IntN(3) == 0 {
				d.from[i] |= 1 << s
			}
			if r.IntN(4) == 0 {
				d.to[i] |= 1 << s
			}
		}
	}
	return d
}

// properties are one of each kind, and one with two cases.
func (d drawn) properties() []check.Property[uint8] {
	one := func(i int) check.Property[uint8] {
		return check.LeadsTo(fmt.Sprint("leads to ", i),
			func(s *uint8) bool { return d.from[i].has(*s) }, func(s *uint8) bool { return d.to[i].has(*s) })
	}
	goal := func(s *uint8) bool { return d.to[0].has(*s) }
	return []check.Property[uint8]{
		one(0), check.Eventually("eventually", goal), check.EventuallyAlways("eventually always", goal),
		check.AlwaysEventually("always eventually", goal), check.Each("each", one(0), one(1)),
	}
}

// answer is what the judge says, in the words of a verdict.
type answer struct {
	outcome        check.Outcome
	loop, instance int
}

func (d drawn) answers(f fairness) []answer {
	j := newJudge(d.net, f)
	var answers []answer
	for i, p := range d.properties() {
		a := answer{check.Holds, far, 0}
		begins := p.Kind() != check.KindLeadsTo
		for c := range p.Cases() {
			if stem := j.stem(p.Kind(), d.from[c], d.to[c]); stem < a.loop {
				a = answer{check.Violated, stem, c}
			}
			begins = begins || nearest(j.distance, d.from[c]) < far
		}
		if a.outcome != check.Violated {
			a.loop = 0
		}
		if !begins {
			a.outcome = check.Inconclusive
		}
		answers = append(answers[:i], a)
	}
	return answers
}

func TestLassosAgreeWithTheNaiveJudge(t *testing.T) {
	nets := 8_000
	if *big {
		nets = 120_000
	} else if testing.Short() {
		nets = 500
	}
	random := rand.New(rand.NewPCG(2026, 0))
	tally := map[string]int{} // what the nets were, as agreement about nets that are all alike proves little
	for i := range nets {
		d := draw(random)
		d.compare(t, tally, i%8 == 0)
		if i%4 == 0 {
			d.compareFairness(tally)
		}
	}
	t.Log(tally)
	for what, share := range map[string]int{
		"loop": 5, "stay": 5, "later case": 50, "measured": 8, "weak fairness matters": 20, "strong fairness matters": 200,
		"leads to 0 inconclusive": 50, "each inconclusive": 500,
	} {
		require.Greater(t, tally[what], nets/share, what)
	}
	for _, p := range draw(random).properties() {
		require.Greater(t, tally[p.Name()+" holds"], nets/20)
		require.Greater(t, tally[p.Name()+" violated"], nets/5)
	}
}

// compare compares all verdicts with the judge's, and on demand the loops. That a lasso is a run of the model, and one that
// violates the property, is what the search has checked by itself.
func (d drawn) compare(t *testing.T, tally map[string]int, loops bool) {
	r, err := check.Exhaustive(t.Context(), under(d.net.model(), d.fairness), d.properties(), check.Options{Workers: 1})
	if err != nil {
		t.Fatalf("%v, %v: %v", d.net, d.fairness, err)
	}
	answers := d.answers(d.fairness)
	for i, v := range r.Verdicts {
		p := v.Property
		if got := (answer{v.Outcome, v.Loop, v.Case}); got != answers[i] {
			t.Fatalf("%v, fairness %v, from %b, to %b: %s is %v; the judge says %v", d.net, d.fairness, d.from, d.to, p.Name(), got, answers[i])
		}
		tally[fmt.Sprint(p.Name(), " ", v.Outcome)]++
		if v.Case > 0 {
			tally["later case"]++
		}
		if v.Trace == nil {
			continue
		}
		loop := len(v.Trace.Steps) - v.Loop
		if loop > 0 {
			tally["loop"]++
		} else {
			tally["stay"]++
		}
		if !loops {
			continue
		}
		tally["measured"]++
		if shortest := newJudge(d.net, d.fairness).loop(p.Kind(), d.from[v.Case], d.to[v.Case], v.Loop); loop != shortest {
			t.Fatalf("%v, fairness %v, from %b, to %b: the lasso %v of %s has a loop that is not the shortest, of %d steps", d.net, d.fairness, d.from, d.to, run(v), p.Name(), shortest)
		}
	}
}

// compareFairness counts where the kind of fairness makes a difference.
func (d drawn) compareFairness(tally map[string]int) {
	none, weak, strong := d.answers(unfair), d.answers(weakly), d.answers(strongly)
	for i := range none {
		if none[i].outcome != weak[i].outcome {
			tally["weak fairness matters"]++
		}
		if weak[i].outcome != strong[i].outcome {
			tally["strong fairness matters"]++
		}
	}
}
