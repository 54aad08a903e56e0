package check_test

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"pkgdist/props/check"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// plain is a graph explored as plainly as can be: a queue of all states, and a map of those that are known. The search is
// compared with it.
type plain struct {
	graph
	out   map[int][]edge
	order []int
	by    map[int]edge // by which each state was found; initial states are not in it
	depth map[int]int
}

func plainly(g graph) plain {
	p := plain{graph: g, out: g.Out(), by: map[int]edge{}, depth: map[int]int{}}
	find := func(s, depth int) bool {
		if _, known := p.depth[s]; known {
			return false
		}
		p.order, p.depth[s] = append(p.order, s), depth
		return true
	}
	for _, s := range g.Initial {
		find(s, 0)
	}
	for i := 0; i < len(p.order); i++ {
		for _, e := range p.out[p.order[i]] {
			if find(e.To, p.depth[e.From]+1) {
				p.by[e.To] = e
			}
		}
	}
	return p
}

// rests reports whether no step of the system leads elsewhere.
func (p plain) rests(s int) bool {
	return !slices.ContainsFunc(p.out[s], func(e edge) bool { return e.To != s && !e.Fault })
}

// way is the way by which a state was found.
func (p plain) way(s int) []edge {
	way := []edge{}
	for e, later := p.by[s]; later; e, later = p.by[e.From] {
		way = append(way, e)
	}
	slices.Reverse(way)
	return way
}

// expected is what a verdict should be, with the steps of its trace; nil is none.
type expected struct {
	outcome check.Outcome
	steps   []edge
}

// expect judges a property by looking at one state after the other, in the order in which they are found.
func (p plain) expect(property check.Property[int]) expected {
	tested := false
	when, holds, whenStep, onStep := property.Claim(0)
	decisive := func(s int) []edge {
		if onStep == nil {
			if when != nil && !when(&s) || property.AtRest() && !p.rests(s) {
				return nil
			}
			if tested = true; holds(&s) != (property.Kind() == check.KindAlways) {
				return p.way(s)
			}
			return nil
		}
		for _, e := range p.out[s] {
			if e.From == e.To || whenStep != nil && !whenStep(&e.From, &e.To) {
				continue
			}
			if tested = true; onStep(&e.From, &e.To) != (property.Kind() == check.KindStep) {
				return append(p.way(s), e)
			}
		}
		return nil
	}
	for _, s := range p.order {
		if steps := decisive(s); steps != nil && property.Kind() == check.KindSometimes {
			return expected{check.Holds, steps}
		} else if steps != nil {
			return expected{check.Violated, steps}
		}
	}
	if !tested || property.Kind() == check.KindSometimes {
		return expected{}
	}
	return expected{check.Holds, nil}
}

// graphs draws a small graph edge by edge, so that a failure shrinks to its core, or scatters the edges of a large one,
// so that a level has more states than a worker's share and, at times, than a batch.
func graphs(t *rapid.T, most int) (g graph, states int) {
	if rapid.Bool().Draw(t, "large") {
		states = rapid.IntRange(100, most).Draw(t, "states")
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		for range states * rapid.IntRange(1, 4).Draw(t, "steps a state") {
			g.Edges = append(g.Edges, edge{From: random.IntN(states), To: random.IntN(states), Fault: random.IntN(4) == 0})
		}
	} else {
		states = rapid.IntRange(1, 10).Draw(t, "states")
		node := rapid.IntRange(0, states-1)
		g.Edges = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) edge {
			return edge{From: node.Draw(t, "from"), To: node.Draw(t, "to"), Fault: rapid.Bool().Draw(t, "fault")}
		}), 0, 3*states).Draw(t, "edges")
	}
	g.Initial = rapid.SliceOfN(rapid.IntRange(0, states-1), 1, 3).Draw(t, "initial")
	for i := range g.Edges {
		g.Edges[i].Name = fmt.Sprint(i)
	}
	return g, states
}

// claims draws a property of every kind, with and without conditions.
func claims(t *rapid.T, states int) []check.Property[int] {
	set := func(label string) func(*int) bool {
		modulus := rapid.IntRange(1, states+1).Draw(t, label+" modulus")
		rest := rapid.IntRange(0, modulus).Draw(t, label+" rest") // at the top of the range the set is empty
		return func(s *int) bool { return *s%modulus == rest }
	}
	when, claim := set("when"), set("claim")
	not := func(s *int) bool { return !claim(s) }
	both := func(a, b *int) bool { return !(claim(a) && when(b)) }
	onto := func(_, b *int) bool { return when(b) }
	return []check.Property[int]{
		check.Always("always", not), check.Always("always given", not).Given(when), check.Always("always at rest", not).OnlyAtRest(),
		check.Never("never", claim), check.Never("never given at rest", claim).Given(when).OnlyAtRest(),
		check.Sometimes("sometimes", claim), check.Sometimes("sometimes given at rest", claim).Given(when).OnlyAtRest(),
		check.OnStep("step", both), check.OnStep("step given", both).GivenStep(onto),
		check.SometimesStep("sometimes a step", func(a, b *int) bool { return claim(a) && when(b) }),
		check.SometimesStep("sometimes a step given", func(a, _ *int) bool { return claim(a) }).GivenStep(onto),
	}
}

// agreement compares the search of a graph, whose states are of some type, with the plain one.
type agreement func(t *rapid.T, p plain, properties []check.Property[int], opt check.Options)

// agreeing is the agreement for states that are made of numbers, and read back. A nil change changes nothing.
func agreeing[S any](of func(n int) S, read func(s *S) int, change func(m *check.Model[S, edge])) agreement {
	return func(t *rapid.T, p plain, properties []check.Property[int], opt check.Options) {
		m := check.Model[S, edge]{
			Init: func() (initial []S) {
				for _, n := range p.Initial {
					initial = append(initial, of(n))
				}
				return initial
			},
			Steps: func(s S, yield func(edge, S)) {
				for _, e := range p.out[read(&s)] {
					yield(e, of(e.To))
				}
			},
			Environment: func(e edge) bool { return e.Fault },
		}
		if change != nil {
			change(&m)
		}
		var claims []check.Property[S]
		for _, p := range properties {
			claims = append(claims, check.Of(p, read))
		}
		r, err := check.Exhaustive(t.Context(), m, claims, opt)
		require.NoError(t, err)
		order := p.order
		if require.Equal(t, opt.MaxStates == 0 || int(opt.MaxStates) >= len(p.order), r.Complete()); r.Complete() {
			require.Equal(t, p.figures(), []int{int(r.Steps), int(r.AtRest), r.Depth})
		} else {
			order = order[:opt.MaxStates]
			require.Equal(t, p.depth[order[len(order)-1]], r.Depth)
		}
		require.EqualValues(t, len(order), r.States)
		if opt.Keep {
			var found []int
			for s := range r.All() {
				found = append(found, read(&s))
				require.True(t, r.Contains(s))
			}
			require.Equal(t, order, found)
		}
		for i, property := range properties {
			v, want := r.Verdicts[i], p.expect(property)
			require.Equal(t, v.Outcome == check.Inconclusive, v.Reason != "")
			if v.Trace == nil {
				require.True(t, want.steps == nil || !r.Complete(), property.Name())
			} else {
				require.Equal(t, want.steps, append([]edge{}, v.Trace.Steps...), property.Name())
				again, err := check.Replay(m, v.Property, v.Trace.States[0], v.Trace.Steps, 0)
				require.NoError(t, err)
				for i := range v.Trace.States {
					require.Equal(t, read(&v.Trace.States[i]), read(&again.Trace.States[i]))
				}
			}
			if !r.Complete() && (want.outcome != check.Violated || v.Trace == nil) {
				want.outcome = check.Inconclusive
			}
			require.Equal(t, want.outcome, v.Outcome, property.Name())
		}
	}
}

// figures are how many steps there are, how many states are at rest, and how far the last one is.
func (p plain) figures() []int {
	steps, atRest := 0, 0
	for _, s := range p.order {
		if steps += len(p.out[s]); p.rests(s) {
			atRest++
		}
	}
	return []int{steps, atRest, p.depth[p.order[len(p.order)-1]]}
}

func itself(n int) int        { return n }
func number(s *int) int       { return *s }
func parsed(text *string) int { n, _ := strconv.Atoi(*text); return n }

// wide are states that outgrow the places that earlier ones have.
type wide struct {
	a uint8
	b uint64
	c int16
	d [3]bool
	n uint32
}

func widened(n int) wide {
	w := wide{a: uint8(n >> 2), b: uint64(n) * uint64(n) * uint64(n), c: int16(n) - 1, n: uint32(n)}
	w.d[n%3] = n > 1000
	return w
}

// parts are states of varying length, the digits of a number: as a slice, as the keys of a map, and as text.
type parts struct {
	digits []uint8
	places map[string][]int8
	rest   string
}

func parted(n int) parts {
	p := parts{places: map[string][]int8{}, rest: strconv.Itoa(n / 100)}
	for at := 0; n > 0 && at < 2; at, n = at+1, n/10 {
		p.digits = append(p.digits, uint8(n%10))
		p.places[strconv.Itoa(n%10)] = append(p.places[strconv.Itoa(n%10)], int8(at))
	}
	return p
}

func (p *parts) number() int {
	n := parsed(&p.rest) * 100
	for at, tens := range []int{1, 10} {
		if at < len(p.digits) {
			n += int(p.digits[at]) * tens
		}
	}
	return n
}

// chain is a number of links, which only an encoding of its own can tell from another one.
type chain struct{ next *chain }

func linked(n int) *chain {
	if n == 0 {
		return nil
	}
	return &chain{linked(n - 1)}
}

func links(c **chain) int {
	n := 0
	for link := *c; link != nil; link = link.next {
		n++
	}
	return n
}

func inPlace(m *check.Model[int, edge]) {
	steps := m.Steps
	m.Steps, m.StepsInPlace = nil, func(s *int, yield func(edge, *int)) {
		before := *s
		steps(before, func(e edge, next int) {
			*s = next
			yield(e, s)
		})
		*s = before
	}
}

func encoded(m *check.Model[int, edge]) {
	m.Encoding = &check.Encoding[int]{
		Width:  3,
		Append: func(b []byte, s *int) []byte { return append(b, byte(*s), byte(*s>>8), byte(*s>>16)) },
		Decode: func(b []byte, s *int) { *s = int(b[0]) | int(b[1])<<8 | int(b[2])<<16 },
	}
}

func packed(m *check.Model[int, edge]) {
	encoded(m)
	m.PackedSteps = func() func([]uint64, func(edge, []uint64)) {
		return func(packed []uint64, yield func(edge, []uint64)) {
			m.Steps(int(packed[0]), func(e edge, next int) { yield(e, []uint64{uint64(next)}) })
		}
	}
}

func encodedChain(m *check.Model[*chain, edge]) {
	m.Encoding = &check.Encoding[*chain]{
		Append: func(b []byte, s **chain) []byte { return strconv.AppendInt(b, int64(links(s)), 10) },
		Decode: func(b []byte, s **chain) { text := string(b); *s = linked(parsed(&text)) },
	}
}

var agreements = map[string]agreement{
	"numbers":  agreeing(itself, number, nil),
	"in place": agreeing(itself, number, inPlace),
	"encoded":  agreeing(itself, number, encoded),
	"packed":   agreeing(itself, number, packed),
	"wide":     agreeing(widened, func(w *wide) int { return int(w.n) }, nil),
	"text":     agreeing(strconv.Itoa, parsed, nil),
	"parts":    agreeing(parted, (*parts).number, nil),
	"chains":   agreeing(linked, links, encodedChain),
}

// The search finds what a plain one finds, in its order and by the same ways, whatever the states are made of and wherever
// they are kept; and if it is cut, the first of them. On disk, a search that was cut goes on.
func TestSearchAgreesWithThePlainOne(t *testing.T) {
	check.SaveEachLevel(t)
	names := slices.Sorted(maps.Keys(agreements))
	most := map[string]int{"chains": 150, "packed": 6_000, "wide": 20_000}
	dir := filepath.Join(t.TempDir(), "states")
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(names).Draw(t, "states")
		g, states := graphs(t, cmp.Or(most[name], 1_500))
		opt := check.Options{Workers: rapid.SampledFrom([]int{1, 2, 8}).Draw(t, "workers")}
		switch opt.Store = check.Store(rapid.IntRange(0, 2).Draw(t, "store")); opt.Store {
		case check.InMemory:
			opt.Keep = true
		default: // so little memory that runs are written
			opt.MaxMemory = int64(rapid.IntRange(1, 1<<20).Draw(t, "memory"))
			if name == "text" || name == "parts" || name == "chains" {
				opt.MaxMemory += 4 << 20 // what varies stays in memory
			}
		}
		asked := claims(t, states)
		if rapid.Bool().Draw(t, "cut") {
			cut := opt
			cut.MaxStates = int64(rapid.IntRange(1, states+1).Draw(t, "limit"))
			if opt.Store == check.OnDisk {
				cut.Dir, opt.Dir = dir, dir
			}
			agreements[name](t, plainly(g), asked, cut)
			if opt.Dir == "" {
				return
			}
			opt.Workers = rapid.SampledFrom([]int{1, 2, 8}).Draw(t, "workers later")
		}
		agreements[name](t, plainly(g), asked, opt)
		if opt.Dir != "" {
			agreements[name](t, plainly(g), asked, opt) // as it was found
			require.NoError(t, os.RemoveAll(dir))
		}
	})
}
