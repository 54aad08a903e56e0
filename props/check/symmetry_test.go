package check_test

import (
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

func (m twoPhase) Canonical(s *transaction) {
	managers := make([]uint64, m.n)
	for rm := range managers {
		managers[rm] = managerOf(s, rm)
	}
	slices.Sort(managers)
	for rm, is := range managers {
		setManager(s, rm, is)
	}
}

// classSize is in how many ways the managers of the state can be told apart: n! over the factorials of how many are alike.
func (m twoPhase) classSize(s *transaction) int64 {
	alike, size := map[uint64]int64{}, int64(1)
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
				require.Contains(t, c.initial, v.Trace.States[0])
				require.Contains(t, decisions(c.model(), v.Property, *v.Trace), len(v.Trace.Steps))
				again, err := check.Replay(c.model(), v.Property, v.Trace.States[0], v.Trace.Steps, 0)
				require.NoError(t, err)
				require.Equal(t, v.Trace, again.Trace)
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

func TestSymmetryIsRefusedWhereItMakesNoSense(t *testing.T) {
	plain := threeWorkers().model()
	plain.Canonical = nil
	refused(t, "the model has no Canonical; expected the function that finds representatives", plain, symmetry)
	goal := func(s *crewState) bool { return s.worker[0] == 1 }
	for _, p := range []check.Property[crewState]{
		check.LeadsTo("end", goal, goal), check.Eventually("end", goal), check.EventuallyAlways("end", goal), check.AlwaysEventually("end", goal),
	} {
		refused(t, fmt.Sprintf(`the property "end" is a liveness property (%v), which is not judged with Symmetry`, p.Kind()), threeWorkers().model(), symmetry, p)
	}
	_, _, err := check.SmallestFairness(t.Context(), threeWorkers().model(), check.Eventually("end", goal), symmetry)
	assert.ErrorContains(t, err, "not judged with Symmetry")
	r := explore(t, threeWorkers().model(), symmetry, check.Sometimes("never", func(s *crewState) bool { return s.worker[0] == 9 }))
	assert.Equal(t, "never occurred in the 10 classes of states of the scope", r.Verdict("never").Reason)
}

var symmetry = check.Options{Symmetry: true}

// threeWorkers go from 0 to 1 to 2, each for itself.
func threeWorkers() crew {
	return crew{workers: 3, initial: []crewState{{}}, moves: []crewMove{{from: 0, to: 1}, {from: 1, to: 2}}}
}

func TestAPropertyThatIsNotSymmetricIsNamed(t *testing.T) {
	const want = `the property "odd" is not symmetric`
	yes := func(*crewState) bool { return true }
	last := func(is uint8) func(s *crewState) bool { return func(s *crewState) bool { return s.worker[2] == is } }
	lastMoves := func(before, after *crewState) bool { return before.worker[2] != after.worker[2] }
	for _, p := range []check.Property[crewState]{
		check.Never("odd", last(1)), check.Always("odd", yes).Given(last(1)), check.Sometimes("odd", last(1)),
		check.OnStep("odd", lastMoves), check.SometimesStep("odd", lastMoves),
		check.OnStep("odd", func(_, _ *crewState) bool { return true }).GivenStep(lastMoves),
	} {
		refused(t, want, threeWorkers().model(), symmetry, check.Always("even", yes), p)
	}

	// The same of states at rest alone, in which one worker each is in 1, 2 and 3.
	c := threeWorkers()
	c.moves = []crewMove{{from: 0, to: 1, sharedTo: 1}, {from: 0, to: 2, sharedFrom: 1, sharedTo: 2}, {from: 0, to: 3, sharedFrom: 2, sharedTo: 3}}
	refused(t, want, c.model(), symmetry, check.Never("odd", last(2)).OnlyAtRest())
	says(t, explore(t, threeWorkers().model(), symmetry, check.Never("odd", last(1)).OnlyAtRest()), holds) // no worker at rest is in 1

	c = crew{workers: 2, initial: []crewState{{worker: [4]uint8{1, 0}}}} // in an initial state
	refused(t, want, c.model(), symmetry, check.Never("odd", func(s *crewState) bool { return s.worker[0] == 1 }))
	refused(t, "check: panic in an initial state: odd", c.model(), symmetry, check.Never("odd", func(s *crewState) bool { panic("odd") }))
}

func TestACanonicalThatIsNoneIsNoticed(t *testing.T) {
	const misfit = "Canonical does not fit the model"
	c := threeWorkers()
	c.byPlace = true // the first worker is preferred
	refused(t, misfit, c.model(), symmetry)
	c = threeWorkers()
	c.rename = true // the first worker is of the environment
	refused(t, misfit, c.model(), symmetry)
	for want, canonical := range map[string]func(s *crewState){
		"Canonical gives another state for what it has given already": func(s *crewState) { s.worker[0], s.worker[1] = s.worker[1], s.worker[0] },
		misfit:                                  func(s *crewState) { s.worker[2] = min(s.worker[2], 1) },
		"check: panic in an initial state: odd": func(*crewState) { panic("odd") },
	} {
		m := threeWorkers().model()
		m.Canonical = canonical
		refused(t, want, m, symmetry)
	}
}

// inCorridor is two workers who may move at the end of a corridor that is longer than what is sampled.
type inCorridor struct {
	at     uint16
	worker [2]uint8
}

// No counterexample comes from a mistake that the sample has missed.
func TestACounterexampleIsARunBeyondTheSampleToo(t *testing.T) {
	const end = 5_001 // of no sample, and neither are the states after it
	corridor := func(outIf int) check.Model[inCorridor, string] {
		m := stepping(inCorridor{}, func(s inCorridor, yield func(string, inCorridor)) {
			switch {
			case s.at < end:
				yield("on", inCorridor{at: s.at + 1})
			case s.worker == [2]uint8{}:
				yield("first", inCorridor{s.at, [2]uint8{1, 0}})
				yield("second", inCorridor{s.at, [2]uint8{0, 1}})
			case s.at == end && outIf >= 0 && s.worker[outIf] == 1:
				yield("out", inCorridor{end + 1, s.worker})
			}
		})
		m.Canonical = func(s *inCorridor) { slices.Sort(s.worker[:]) }
		return m
	}
	const noWay = "no run of the model goes through the classes"
	refused(t, `the property "second" is not symmetric`, corridor(-1), symmetry, check.Never("second", func(s *inCorridor) bool { return s.worker[1] == 1 }))
	refused(t, noWay, corridor(1), symmetry, check.Never("out", func(s *inCorridor) bool { return s.at > end }))
	refused(t, noWay, corridor(1), symmetry, check.OnStep("last", func(before, _ *inCorridor) bool { return before.worker[1] == 0 }))
	moved := func(s *inCorridor) bool { return s.worker != [2]uint8{} }
	refused(t, "Canonical does not fit the model", corridor(0), symmetry, check.Never("rest", moved).OnlyAtRest())
}

// An encoding has to do for representatives, and for nothing else.
func TestOnlyRepresentativesAreEncoded(t *testing.T) {
	m := twoPhase{7}.symmetric()
	m.Encoding.Append = func(b []byte, s *transaction) []byte {
		representative := *s
		m.Canonical(&representative)
		return twoPhase{7}.Append(b, &representative)
	}
	assert.EqualValues(t, 920, explore(t, m, symmetry, consistent(7)).States)
	const lost = "a state that Encoding encodes and decodes is another one"
	refused(t, lost, m, check.Options{})
	m.Encoding.Decode = func(b []byte, s *transaction) { twoPhase{7}.Decode(b, s); s.SaysAbort = false }
	refused(t, lost, m, symmetry)
}
