package check_test

import (
	"fmt"
	"maps"
	"testing"

	"pkgdist/props/check"
	"pkgdist/props/check/show"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// stepping is a model of numbers, from 0 on.
func stepping[S any, T comparable](initial S, steps func(s S, yield func(T, S))) check.Model[S, T] {
	return check.Model[S, T]{Init: func() []S { return []S{initial} }, Steps: steps}
}

func TestStepThatLeadsToSeveralStatesIsRefusedAtOnce(t *testing.T) {
	const want = "the model has a step that leads from one state to several: go, in 0; expected one"
	fork := func(s int, yield func(string, int)) { // from 1 it leads to 2 alone
		if s < 2 {
			yield("go", 2)
			yield("go", 2+1-s)
		}
	}
	two := check.Never("two", is(2))
	for _, p := range []check.Property[int]{two, check.Eventually("nine", is(9))} {
		refused(t, want, stepping(0, fork), check.Options{}, p)
		_, err := check.Replay(stepping(0, fork), p, 0, []string{"go"}, 1)
		assert.ErrorContains(t, err, want, p.Name())
	}
	_, err := check.Shrink(t.Context(), stepping(0, fork), two, check.Trace[int, string]{States: []int{0, 2}, Steps: []string{"go"}}, 0)
	assert.ErrorContains(t, err, want)
	_, err = check.Replay(stepping(1, fork), two, 1, []string{"go"}, 0)
	assert.NoError(t, err, "the same step yielded twice is one step")
}

func TestModelThatIsNoFunctionOfItsStateIsReported(t *testing.T) {
	distances := map[string]int{"a": 1, "b": 2, "c": 3, "d": 4}
	inAnotherOrder := func(s int, yield func(string, int)) {
		for name, distance := range distances {
			yield(name, min(s+distance, 12))
		}
	}
	for range 20 {
		refused(t, "a Go map is ranged over in another order each time", stepping(0, inAnotherOrder), check.Options{})
	}
	asked := map[int]int{}
	once := func(s int, yield func(string, int)) { // no steps when it is asked again
		if asked[s]++; asked[s] == 1 {
			yield("go", s+1)
		}
	}
	refused(t, "the model gave other steps when it was asked again about the same state", stepping(0, once), check.Options{Workers: 1})
	late := func(s int, yield func(string, int)) { // not inspected, and asked again for the trace alone
		if asked[s]++; s < 900 && (s != 700 || asked[s] == 1) {
			yield("go", s+1)
		}
	}
	clear(asked)
	refused(t, "the model gave other steps when it was asked again", stepping(0, late), check.Options{Workers: 1}, check.Never("end", is(800)))
}

// byMap counts up in the values of a map, which it copies first, or not.
func byMap(copied bool) check.Model[map[int]int, int] {
	return stepping(map[int]int{0: 0}, func(s map[int]int, yield func(int, map[int]int)) {
		for i := range 2 {
			next := s
			if copied {
				next = maps.Clone(s)
			}
			if next[i] < 3 {
				next[i]++
				yield(i, next)
			}
		}
	})
}

func TestWhoChangesAStateIsToldSo(t *testing.T) {
	const advice = "expected it to copy slices and maps before it changes them (slices.Clone, maps.Clone)"
	refused(t, advice, byMap(false), check.Options{})
	assert.EqualValues(t, 4*4, explore(t, byMap(true), check.Options{}).States)
	refused(t, advice, stepping([]int{0, 0}, func(s []int, yield func(int, []int)) {
		if s[0] < 3 {
			s[0]++
			yield(0, s)
		}
	}), check.Options{})
	left := way(2).Model()
	inPlace(&left)
	inner := left.StepsInPlace
	left.StepsInPlace = func(s *int, yield func(edge, *int)) { inner(s, yield); *s += 3 }
	refused(t, "StepsInPlace did not put the state back; left 3", left, check.Options{})

	change := func(s *transaction) bool { s.SaysAbort = !s.SaysAbort; return true }
	vandalised(t, twoPhase{3}.model(), check.Always("vandal", change))
	vandalised(t, twoPhase{3}.packed(), check.Always("vandal", change))
	vandalised(t, twoPhase{3}.model(), check.Always("vandal", func(*transaction) bool { return true }).Given(change))
	vandalised(t, twoPhase{3}.model(), check.AlwaysEventually("vandal", change))
	vandalised(t, twoPhase{3}.model(), check.OnStep("vandal", func(before, _ *transaction) bool { return change(before) }))
	vandalised(t, twoPhase{3}.model(), check.OnStep("vandal", func(_, after *transaction) bool { return change(after) }))
	vandalised(t, counters{2}.model(), check.Always("vandal", func(s *count) bool { s[3] = 7; return true }))
	vandalised(t, counters{2}.model(), check.OnStep("vandal", func(before, _ *count) bool { before[3] = 7; return true }))
	vandalised(t, byMap(true), check.Always("vandal", func(s *map[int]int) bool { (*s)[5] = 5; return true }))
}

// vandalised explores a model with a property that changes what it is asked about, among others that do not.
func vandalised[S any, T comparable](t *testing.T, m check.Model[S, T], vandal check.Property[S]) {
	t.Helper()
	fine := func(name string) check.Property[S] { return check.Always(name, func(*S) bool { return true }) }
	refused(t, `the property "vandal" changes the state that it is asked about`, m, check.Options{}, fine("before"), vandal, fine("after"))
}

// An encoding that fails in a given way, from the state 7 on. Of 7 it makes 8, or less than nothing.
func TestEncodingThatFailsIsReported(t *testing.T) {
	const another = "a state that Encoding encodes and decodes is another one; expected 7"
	for want, fail := range map[string]func(s int, decoding bool) int{
		another: func(s int, _ bool) int { return s + s/7 },
		"Encoding.Append gave 0 bytes; expected its Width, 1":  func(s int, decoding bool) int { return s - 8*(s/7) },
		"while a state was encoded and decoded, 7: odd":        func(s int, decoding bool) int { return panicIf(decoding && s == 7, s) },
		"in state 6, 6, at or after its step 1, {6 7 false }:": func(s int, decoding bool) int { return panicIf(!decoding && s == 7, s) },
	} {
		for _, width := range []int{1, 0} {
			if width == 0 && want[0] == 'E' {
				continue // any length will do
			}
			m := way(9).Model()
			m.Encoding = &check.Encoding[int]{
				Width: width,
				Append: func(b []byte, s *int) []byte {
					if code := fail(*s, false); code >= 0 {
						b = append(b, byte(code))
					}
					return b
				},
				Decode: func(b []byte, s *int) { *s = fail(int(b[0]), true) },
			}
			refused(t, want, m, check.Options{Workers: 1})
			if want == another {
				m.Init = func() []int { return []int{7} }
				refused(t, another, m, check.Options{})
				_, err := check.Shrink(t.Context(), m, check.Never("nine", is(9)), along(t, way(9), []int{7, 8, 9}), 0)
				assert.ErrorContains(t, err, another)
			}
		}
	}
}

func panicIf(odd bool, s int) int {
	if odd {
		panic("odd")
	}
	return s
}

// What would be ignored in silence, or is no variable of the model, is refused.
func TestDeclarationsThatDoNotFitAreRefused(t *testing.T) {
	m := way(3).Model()
	m.Messages = func(edge) []show.Handover { return nil }
	refused(t, "check: the model has Messages and no Actor; expected both", m, check.Options{})
	for _, rule := range []int{1, -1} {
		m = way(3).Model()
		m.Rules, m.Rule = []string{"only"}, func(edge) int { return rule }
		refused(t, fmt.Sprintf("is of rule %d; expected an index into the 1 rules", rule), m, check.Options{})
	}

	m = way(3).Model()
	encoded(&m)
	m.Independence = &check.Independence[int, edge]{
		Universe: func() []edge { return nil }, Conditions: func(edge) [][]int { return nil },
		Effect: func(edge) (reads, writes []int) { return nil, nil }, Obstacle: func(*int, edge) int { return -1 }, Bits: true,
	}
	far := check.Never("far", is(9)).Observing([]int{24}, nil)
	refused(t, `check: the property "far" observes variable 24; expected a bit of the encoded state, 0 to 23`, m, check.Options{}, far)
	// A claim that observes less than it depends on is noticed.
	odd := check.Never("odd", is(3)).Observing([]int{0}, nil)
	refused(t, `"odd" does not say all that it observes`, m, check.Options{}, odd)
	m.Encoding.Width = -1
	refused(t, "Encoding has no Append, no Decode or a width of -1 bytes; expected both, and a length or 0", m, check.Options{})
}

// Packed steps that differ from Steps are found in the first states.
func TestPackedStepsAreComparedWithSteps(t *testing.T) {
	type listed struct {
		step edge
		next uint64
	}
	for name, wrong := range map[string]func(s uint64, steps []listed) []listed{
		"one step less":    func(_ uint64, steps []listed) []listed { return steps[:1] },
		"one step more":    func(_ uint64, steps []listed) []listed { return append(steps, listed{edge{}, 7}) },
		"another order":    func(_ uint64, steps []listed) []listed { return []listed{steps[1], steps[0]} },
		"another state":    func(s uint64, steps []listed) []listed { steps[1].next += s / 100; return steps },
		"one state in two": func(s uint64, steps []listed) []listed { return steps[:2-s%2] },
	} {
		m := stepping(0, func(s int, yield func(edge, int)) {
			yield(edge{From: s, To: 1}, min(s+1, 150))
			yield(edge{From: s, To: 2}, min(s+2, 150))
		})
		encoded(&m)
		m.PackedSteps = func() func([]uint64, func(edge, []uint64)) {
			return func(packed []uint64, yield func(edge, []uint64)) {
				var steps []listed
				m.Steps(int(packed[0]), func(e edge, next int) { steps = append(steps, listed{e, uint64(next)}) })
				for _, l := range wrong(packed[0], steps) {
					yield(l.step, []uint64{l.next})
				}
			}
		}
		t.Run(name, func(t *testing.T) {
			refused(t, "PackedSteps does not agree with Steps: in a state it has ", m, check.Options{})
		})
	}
}

// brittle counts up, in two ways, and panics in one state: before any step, or between the two.
func brittle(at, after int) check.Model[int, string] {
	return stepping(0, func(s int, yield func(string, int)) {
		for i, name := range []string{"up", "far up"} {
			if s == at && i == after {
				panic("a glass fell")
			}
			yield(name, (s+1+6*i)%1_000)
		}
	})
}

func TestPanicNamesWhereItWas(t *testing.T) {
	for _, workers := range []int{1, 2} {
		_, err := check.Exhaustive(t.Context(), brittle(503, 1), nil, check.Options{Workers: workers})
		require.Error(t, err)
		assert.Regexp(t, `^check: panic in state \d+, 503, at or after its step 1, up: a glass fell\n\t.*brittle\.func\d+ \(contract_test\.go:\d+\)\n\t`, err.Error())
		refused(t, "check: panic in state 0, 0, before its first step: a glass fell", brittle(0, 0), check.Options{Workers: workers})
	}
	fall := func(s *int) bool { return 7/(*s-9) != 100 }
	for _, p := range []check.Property[int]{check.Always("stands", fall), check.Eventually("falls", func(s *int) bool { return !fall(s) })} {
		refused(t, fmt.Sprintf("check: panic of the property %q in state 9, 9: runtime error: integer divide by zero\n\t", p.Name()), way(20).Model(), check.Options{Workers: 2}, p)
	}
}
