package check_test

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"pkgdist/props/check"
)

// symmetric is two-phase commit with interchangeable resource managers.
func (m twoPhase) symmetric() check.Model[transaction, action] {
	model := m.packed()
	model.Canonical = m.Canonical
	return model
}

// manager is all that the state says of one resource manager.
type manager struct {
	state        managerState
	heard, ready bool
}

func managerOf(s *transaction, rm int) manager {
	return manager{s.RM[rm], s.TMPrepared[rm], s.SaysReady[rm]}
}

func setManager(s *transaction, rm int, m manager) {
	s.RM[rm], s.TMPrepared[rm], s.SaysReady[rm] = m.state, m.heard, m.ready
}

func (m manager) number() int {
	return int(m.state)*4 + int(bit(m.heard))*2 + int(bit(m.ready))
}

func (m twoPhase) Canonical(s *transaction) {
	managers := make([]manager, m.n)
	for rm := range managers {
		managers[rm] = managerOf(s, rm)
	}
	slices.SortFunc(managers, func(a, b manager) int { return cmp.Compare(a.number(), b.number()) })
	for rm := range managers {
		setManager(s, rm, managers[rm])
	}
}

// classSize is in how many ways the managers of the state can be told apart: n! over the factorials of how many are alike.
func (m twoPhase) classSize(s *transaction) int64 {
	alike, size := map[manager]int64{}, int64(1)
	for rm := range m.n {
		alike[managerOf(s, rm)]++
		size = size * int64(rm+1) / alike[managerOf(s, rm)] // a multinomial coefficient, factor by factor
	}
	return size
}

func TestTwoPhaseCommitUpToSymmetry(t *testing.T) {
	published := map[int]int64{3: 288, 5: 8_832, 7: 296_448, 8: 1_745_408, 9: 10_340_352}
	for n := 3; n <= maxManagers; n++ {
		m := twoPhase{n}
		r := explore(t, m.symmetric(), check.Options{Symmetry: true}, consistent(n))
		t.Logf("%d managers: %d classes, %d steps", n, r.States, r.Steps)
		if n == 7 {
			assert.EqualValues(t, 920, r.States, "as published")
		}
		assert.Equal(t, 3*n+1, r.Depth)
		assert.Equal(t, check.Holds, r.Verdict("consistent").Outcome, r.Verdict("consistent").Reason)
		// At rest all have committed, or all have aborted in one of three ways.
		assert.EqualValues(t, (n+2)*(n+1)/2+1, r.AtRest)

		sum := int64(0)
		for s := range r.All() {
			sum += m.classSize(&s)
		}
		states, ok := published[n]
		if !ok {
			states = explore(t, m.model(), check.Options{}).States
		}
		assert.Equal(t, states, sum, "the classes together")
	}
}

// crew is a random model with workers that run the same program, and something that they share. Permutations of the
// workers are its automorphisms.
type crew struct {
	workers int
	initial []crewState
	moves   []crewMove
	byPlace bool // not an automorphism any more: the first worker alone makes the first move
	rename  bool // the steps of the first worker are of the environment
}

type crewState struct {
	worker [4]uint8
	shared uint8
}

// crewMove takes a worker, and maybe with it another one, from one local state to another.
type crewMove struct {
	from, to             uint8
	sharedFrom, sharedTo uint8
	with                 bool
	withFrom, withTo     uint8
	fault                bool
}

type crewStep struct{ move, worker, other int }

func (c crew) model() check.Model[crewState, crewStep] {
	names := make([]string, len(c.moves))
	for i := range names {
		names[i] = fmt.Sprint("move ", i)
	}
	m := check.Model[crewState, crewStep]{
		Init: func() []crewState { return c.initial }, Steps: c.Steps, Environment: c.Environment,
		Canonical: c.Canonical,
	}
	if len(names) > 0 {
		m.Rules, m.Rule = names, func(step crewStep) int { return step.move }
	}
	return m
}

func (c crew) Steps(s crewState, yield func(crewStep, crewState)) {
	for i, m := range c.moves {
		if s.shared != m.sharedFrom {
			continue
		}
		for w := range c.workers {
			if s.worker[w] != m.from || c.byPlace && i == 0 && w > 0 {
				continue
			}
			next := s
			next.worker[w], next.shared = m.to, m.sharedTo
			if !m.with {
				yield(crewStep{i, w, w}, next)
				continue
			}
			for o := range c.workers {
				if o != w && s.worker[o] == m.withFrom {
					both := next
					both.worker[o] = m.withTo
					yield(crewStep{i, w, o}, both)
				}
			}
		}
	}
}

func (c crew) Environment(step crewStep) bool {
	return c.moves[step.move].fault || c.rename && step.worker == 0
}

func (c crew) Canonical(s *crewState) { slices.Sort(s.worker[:c.workers]) }

func drawCrew(t *rapid.T) crew {
	local := rapid.Uint8Range(0, 3)
	c := crew{workers: rapid.IntRange(2, 4).Draw(t, "workers")}
	for range rapid.IntRange(1, 2).Draw(t, "initial states") {
		var s crewState
		for w := range c.workers {
			s.worker[w] = local.Draw(t, "initially")
		}
		c.initial = append(c.initial, s)
	}
	for range rapid.IntRange(3, 14).Draw(t, "moves") {
		c.moves = append(c.moves, crewMove{
			from: local.Draw(t, "from"), to: local.Draw(t, "to"),
			sharedFrom: rapid.Uint8Range(0, 2).Draw(t, "shared"), sharedTo: rapid.Uint8Range(0, 2).Draw(t, "shared"),
			with: rapid.Bool().Draw(t, "with another"), withFrom: local.Draw(t, "from"), withTo: local.Draw(t, "to"),
			fault: rapid.IntRange(0, 4).Draw(t, "fault") == 0,
		})
	}
	return c
}

// drawProperties draws symmetric properties of every kind: they look at what the workers are, and not at which is which.
func drawProperties(t *rapid.T, workers int) []check.Property[crewState] {
	state := func() func(*crewState) bool {
		of, least := rapid.Uint8Range(0, 3).Draw(t, "of"), rapid.IntRange(1, workers).Draw(t, "at least")
		shared := rapid.Uint8Range(0, 2).Draw(t, "shared")
		return func(s *crewState) bool {
			n := 0
			for _, w := range s.worker[:workers] {
				if w == of {
					n++
				}
			}
			return n >= least && s.shared == shared
		}
	}
	step := func() func(before, after *crewState) bool {
		from, to := rapid.Uint8Range(0, 3).Draw(t, "from"), rapid.Uint8Range(0, 3).Draw(t, "to")
		return func(before, after *crewState) bool {
			for w := range workers {
				if before.worker[w] == from && after.worker[w] == to && from != to {
					return true
				}
			}
			return false
		}
	}
	not := func(is func(before, after *crewState) bool) func(before, after *crewState) bool {
		return func(before, after *crewState) bool { return !is(before, after) }
	}
	given := state()
	return []check.Property[crewState]{
		check.Never("never", state()), check.Never("never given", state()).Given(state()),
		check.Always("always", state()), check.Never("at rest", state()).OnlyAtRest(),
		check.OnStep("step", not(step())),
		check.OnStep("step given", not(step())).GivenStep(func(before, _ *crewState) bool { return given(before) }),
		check.Sometimes("sometimes", state()), check.SometimesStep("sometimes step", step()),
	}
}

func TestSymmetryChangesNoVerdictAndNoLength(t *testing.T) {
	outcomes, smaller := map[string]int{}, 0
	compare := func(t *rapid.T) {
		c := drawCrew(t)
		properties := drawProperties(t, c.workers)
		opt := check.Options{Keep: true, Workers: rapid.SampledFrom([]int{1, 2, 4}).Draw(t, "goroutines")}
		plain, err := check.Exhaustive(t.Context(), c.model(), properties, opt)
		require.NoError(t, err)
		opt.Symmetry = true
		r, err := check.Exhaustive(t.Context(), c.model(), properties, opt)
		require.NoError(t, err)

		require.LessOrEqual(t, r.Depth, plain.Depth, "a class is as far as its nearest member")
		// What is reached need not be symmetric, as the initial states need not be. Its classes are what is reached.
		classes := map[crewState]bool{}
		for s := range plain.All() {
			require.True(t, r.Contains(s))
			c.Canonical(&s)
			classes[s] = true
		}
		require.EqualValues(t, len(classes), r.States)
		for s := range r.All() {
			require.True(t, classes[s], "%v is no representative of a state", s)
		}
		if r.States < plain.States {
			smaller++
		}
		for i := range r.Rules {
			require.Equal(t, plain.Rules[i].Fired > 0, r.Rules[i].Fired > 0, r.Rules[i].Rule)
		}
		for i, v := range r.Verdicts {
			want := plain.Verdicts[i]
			outcomes[fmt.Sprint(v.Property.Name(), " ", v.Outcome)]++
			require.Equal(t, want.Outcome, v.Outcome, v.Property.Name())
			require.Equal(t, want.Trace == nil, v.Trace == nil, v.Property.Name())
			if v.Trace != nil {
				require.Len(t, v.Trace.Steps, len(want.Trace.Steps), v.Property.Name())
				requireShown(t, c, v)
			}
		}
	}
	for range 10 { // so that nothing of what is asserted below is a matter of luck
		rapid.Check(t, compare)
	}
	assert.Positive(t, smaller, "symmetry was never of use")
	for _, p := range []string{"never", "never given", "always", "at rest", "step", "step given"} {
		assert.Positive(t, outcomes[p+" violated"], p)
		if p != "always" {
			assert.Positive(t, outcomes[p+" holds"], p)
		}
	}
	for _, p := range []string{"sometimes", "sometimes step"} {
		assert.Positive(t, outcomes[p+" holds"], p)
		assert.Positive(t, outcomes[p+" inconclusive"], p)
	}
}

// requireShown takes the steps of a trace again, and finds at its end what it is the trace of.
func requireShown(t *rapid.T, c crew, v check.Verdict[crewState, crewStep]) {
	again, err := check.Replay(c.model(), v.Property, v.Trace.States[0], v.Trace.Steps, 0)
	require.NoError(t, err)
	require.Equal(t, v.Trace, again.Trace)
	trace := v.Trace
	when, holds, whenStep, onStep := v.Property.Claim(0)
	require.Contains(t, c.initial, trace.States[0])
	p, last := v.Property, &trace.States[len(trace.States)-1]
	wanted := p.Kind() == check.KindSometimes || p.Kind() == check.KindNever
	if onStep != nil {
		before := &trace.States[len(trace.States)-2]
		require.True(t, whenStep == nil || whenStep(before, last))
		require.Equal(t, wanted, onStep(before, last))
		return
	}
	require.True(t, when == nil || when(last))
	require.Equal(t, wanted, holds(last))
	c.Steps(*last, func(step crewStep, next crewState) {
		require.False(t, p.AtRest() && next != *last && !c.Environment(step), "not at rest")
	})
}

func refusal(t *testing.T, m check.Model[crewState, crewStep], properties ...check.Property[crewState]) string {
	t.Helper()
	_, err := check.Exhaustive(t.Context(), m, properties, check.Options{Symmetry: true, Workers: 1})
	require.Error(t, err)
	return err.Error()
}

func TestSymmetryIsRefusedWhereItMakesNoSense(t *testing.T) {
	c := crew{workers: 2, initial: []crewState{{}}, moves: []crewMove{{from: 0, to: 1}}}
	plain := c.model()
	plain.Canonical = nil
	assert.Contains(t, refusal(t, plain), "the model has no Canonical; expected the function that finds representatives")
	goal := func(s *crewState) bool { return s.worker[0] == 1 }
	for _, p := range []check.Property[crewState]{
		check.LeadsTo("end", goal, goal), check.Eventually("end", goal),
		check.EventuallyAlways("end", goal), check.AlwaysEventually("end", goal),
	} {
		text := refusal(t, c.model(), check.Never("state", func(*crewState) bool { return false }), p)
		assert.Contains(t, text, fmt.Sprintf(`the property "end" is a liveness property (%v), which is not judged with Symmetry`, p.Kind()))
	}
	_, _, err := check.SmallestFairness(t.Context(), c.model(), check.Eventually("end", goal), check.Options{Symmetry: true})
	assert.ErrorContains(t, err, "not judged with Symmetry")
}

// threeWorkers go from 0 to 1 to 2, each for itself.
func threeWorkers() crew {
	return crew{workers: 3, initial: []crewState{{}}, moves: []crewMove{{from: 0, to: 1}, {from: 1, to: 2}}}
}

func TestAPropertyThatIsNotSymmetricIsNamed(t *testing.T) {
	yes := func(*crewState) bool { return true }
	last := func(is uint8) func(s *crewState) bool { return func(s *crewState) bool { return s.worker[2] == is } }
	lastMoves := func(before, after *crewState) bool { return before.worker[2] != after.worker[2] }
	for name, p := range map[string]check.Property[crewState]{
		"claim":           check.Never("odd", last(1)),
		"condition":       check.Always("odd", yes).Given(last(1)),
		"sometimes":       check.Sometimes("odd", last(1)),
		"step":            check.OnStep("odd", lastMoves),
		"sometimes step":  check.SometimesStep("odd", lastMoves),
		"step, condition": check.OnStep("odd", func(_, _ *crewState) bool { return true }).GivenStep(lastMoves),
	} {
		assert.Contains(t, refusal(t, threeWorkers().model(), check.Always("even", yes), p), `the property "odd" is not symmetric`, name)
	}

	// The same of states at rest alone, in which one worker each is in 1, 2 and 3.
	c := threeWorkers()
	c.moves = []crewMove{{from: 0, to: 1, sharedTo: 1}, {from: 0, to: 2, sharedFrom: 1, sharedTo: 2}, {from: 0, to: 3, sharedFrom: 2}}
	c.moves[2].sharedTo = 3
	assert.Contains(t, refusal(t, c.model(), check.Never("odd", last(2)).OnlyAtRest()), `the property "odd" is not symmetric`)
	atRest := check.Never("odd", last(1)).OnlyAtRest()
	_, err := check.Exhaustive(t.Context(), threeWorkers().model(), []check.Property[crewState]{atRest}, check.Options{Symmetry: true})
	assert.NoError(t, err, "no worker of a crew at rest is in 1, and elsewhere nothing is claimed")
}

func TestAPropertyIsSymmetricInInitialStatesToo(t *testing.T) {
	c := crew{workers: 2, initial: []crewState{{worker: [4]uint8{1, 0}}}}
	odd := check.Never("odd", func(s *crewState) bool { return s.worker[0] == 1 })
	assert.Contains(t, refusal(t, c.model(), odd), `the property "odd" is not symmetric`)
	assert.Contains(t, refusal(t, c.model(), check.Never("odd", func(s *crewState) bool { panic("odd") })), "check: panic in an initial state: odd")
}

// unruly are three workers with another Canonical.
func unruly(canonical func(s *crewState)) check.Model[crewState, crewStep] {
	m := threeWorkers().model()
	m.Canonical = canonical
	return m
}

func TestACanonicalThatIsNoneIsNoticed(t *testing.T) {
	c := threeWorkers()
	c.byPlace = true
	assert.Contains(t, refusal(t, c.model()), "Canonical does not fit the model", "the first worker is preferred")

	c = threeWorkers()
	c.rename = true
	assert.Contains(t, refusal(t, c.model()), "Canonical does not fit the model", "the first worker is of the environment")

	toggles := unruly(func(s *crewState) { s.worker[0], s.worker[1] = s.worker[1], s.worker[0] })
	assert.Contains(t, refusal(t, toggles), "Canonical gives another state for what it has given already")

	forgets := unruly(func(s *crewState) {
		if s.worker[2] == 2 {
			s.worker[2] = 1
		}
	})
	assert.Contains(t, refusal(t, forgets), "Canonical does not fit the model")
	assert.Contains(t, refusal(t, unruly(func(*crewState) { panic("odd") })), "check: panic in an initial state: odd")
}

func TestReasonsSpeakOfClasses(t *testing.T) {
	r := explore(t, threeWorkers().model(), check.Options{Symmetry: true}, check.Sometimes("never", func(s *crewState) bool { return s.worker[0] == 9 }))
	assert.Equal(t, "never occurred in the 10 classes of states of the scope", r.Verdict("never").Reason)
}

// corridorOfTwo is two workers at the end of a corridor that is longer than what is sampled. They may move there.
type corridorOfTwo struct {
	next func(s twoInCorridor, yield func(string, twoInCorridor))
}

func (c corridorOfTwo) model() check.Model[twoInCorridor, string] {
	return check.Model[twoInCorridor, string]{
		Init: func() []twoInCorridor { return []twoInCorridor{{}} }, Steps: c.Steps,
		Canonical: func(s *twoInCorridor) { slices.Sort(s.worker[:]) },
	}
}

type twoInCorridor struct {
	at     uint16
	worker [2]uint8
}

const corridorEnd = 5_001 // of no sample, and neither are the states after it

func (c corridorOfTwo) Steps(s twoInCorridor, yield func(string, twoInCorridor)) {
	if s.at < corridorEnd {
		yield("on", twoInCorridor{at: s.at + 1})
		return
	}
	for w := range s.worker {
		if s.worker == [2]uint8{} {
			next := s
			next.worker[w] = 1
			yield(fmt.Sprint("worker ", w), next)
		}
	}
	c.next(s, yield)
}

// No counterexample comes from a mistake that the sample has missed.
func TestACounterexampleIsARunBeyondTheSampleToo(t *testing.T) {
	end := func(twoInCorridor, func(string, twoInCorridor)) {}
	onIf := func(place int) func(s twoInCorridor, yield func(string, twoInCorridor)) {
		return func(s twoInCorridor, yield func(string, twoInCorridor)) {
			if s.at == corridorEnd && s.worker[place] == 1 {
				yield("out", twoInCorridor{at: corridorEnd + 1, worker: s.worker})
			}
		}
	}
	out := check.Never("out", func(s *twoInCorridor) bool { return s.at > corridorEnd })
	moved := func(s *twoInCorridor) bool { return s.worker != [2]uint8{} }
	for name, c := range map[string]struct {
		model    corridorOfTwo
		property check.Property[twoInCorridor]
		want     string
	}{
		"property": {corridorOfTwo{end}, check.Never("second", func(s *twoInCorridor) bool { return s.worker[1] == 1 }), `the property "second" is not symmetric`},
		"way":      {corridorOfTwo{onIf(1)}, out, "no run of the model goes through the classes"},
		"rest":     {corridorOfTwo{onIf(0)}, check.Never("rest", moved).OnlyAtRest(), "Canonical does not fit the model"},
	} {
		_, err := check.Exhaustive(t.Context(), c.model.model(), []check.Property[twoInCorridor]{c.property}, check.Options{Symmetry: true})
		assert.ErrorContains(t, err, c.want, name)
	}
	last := check.OnStep("last", func(before, _ *twoInCorridor) bool { return before.worker[1] == 0 })
	_, err := check.Exhaustive(t.Context(), corridorOfTwo{onIf(1)}.model(), []check.Property[twoInCorridor]{last}, check.Options{Symmetry: true})
	assert.ErrorContains(t, err, "no run of the model goes through the classes")
}

// An encoding has to do for representatives, and for nothing else.
func TestOnlyRepresentativesAreEncoded(t *testing.T) {
	m := twoPhase{7}.symmetric()
	plain := *m.Encoding
	m.Encoding.Append = func(b []byte, s *transaction) []byte {
		representative := *s
		m.Canonical(&representative)
		return plain.Append(b, &representative)
	}
	r := explore(t, m, check.Options{Symmetry: true}, consistent(7))
	assert.EqualValues(t, 920, r.States)
	const lost = "a state that Encoding encodes and decodes is another one"
	_, err := check.Exhaustive(t.Context(), m, nil, check.Options{})
	assert.ErrorContains(t, err, lost)
	m.Encoding = &check.Encoding[transaction]{ // nothing but how many have aborted, and no representative
		Width: 1,
		Append: func(b []byte, s *transaction) []byte {
			n := byte(0)
			for _, state := range s.RM {
				if state == aborted {
					n++
				}
			}
			return append(b, n)
		},
		Decode: func(b []byte, s *transaction) {
			*s = transaction{}
			for rm := range int(b[0]) {
				s.RM[rm] = aborted
			}
		},
	}
	_, err = check.Exhaustive(t.Context(), m, nil, check.Options{Symmetry: true})
	assert.ErrorContains(t, err, lost)
}
