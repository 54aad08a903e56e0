package check

import (
	"errors"
	"fmt"
	"slices"
)

// Symmetry explores one state of each class, its representative, where the states of a class differ only in which of several
// interchangeable parts is which, such as processes that run the same program.
//
// It is for a model whose permutations of the parts are automorphisms: if a step leads from one state to another, then out
// of the permuted state a step of the same rule, and of the same side (the system's or not), leads to the permuted other.
// No rule may prefer one part to another.
//
// A property has to be symmetric too: what it says of a state, of a step or of rest, the condition included, it has to
// say of every permutation. A claim about "the first process" is none. The search compares representatives with other
// members of their classes, and the steps out of both: all that it meets at first, and a sample later. That finds most
// mistakes and proves nothing.

const (
	// Of the states with numbers below these, all that they lead to is compared with its representative, and then of
	// one state in so many: first what the properties say of states, which is cheap, and then the steps.
	sampledStates, sampledOneIn        = 1 << 11, 1 << 6
	sampledForSteps, sampledForStepsIn = 1 << 8, 1 << 10
)

// validateSymmetry refuses symmetry where it could not be judged.
func (s *search[S, T]) validateSymmetry() error {
	if !s.opt.Symmetry {
		return nil
	}
	if s.Canonical == nil {
		return errors.New("check: Symmetry is asked for, and the model has no Canonical; expected the function that finds representatives")
	}
	for _, p := range s.properties {
		if p.kind.Liveness() {
			const refusal = "check: the property %q is a liveness property (%v), which is not judged with Symmetry: its cases and the promises of fairness name places, and between two representatives the places may have changed; check it without"
			return fmt.Errorf(refusal, p.name, p.kind)
		}
	}
	return nil
}

// noun is what the search counts.
func (s *search[S, T]) noun() string {
	if s.opt.Symmetry {
		return "classes of states"
	}
	return "states"
}

// initialStates are the model's initial states, or their representatives.
func (s *search[S, T]) initialStates() ([]S, error) {
	all, err := s.initial()
	if err != nil || !s.opt.Symmetry {
		return all, err
	}
	var initial []S
	for _, state := range all {
		if err := s.compareWithRepresentative(&state, true); err != nil {
			return nil, err
		}
		s.Canonical(&state)
		initial = append(initial, state)
	}
	return initial, nil
}

// stepToClass takes note of one step to the representative of the next state. A step to another member of the class that
// it came from changes the state, though it leads to nothing new.
func (e *explorer[S, T]) stepToClass(step T, next *S) {
	if e.search.codec.equal(next, &e.before, e.scratch) {
		return
	}
	e.search.codec.clone(next, &e.representative, e.scratch)
	e.search.Canonical(&e.representative)
	e.differs(e.search.codec.record(&e.representative, e.scratch))
	e.take(step, next)
}

// sampleSymmetry compares what the state being expanded leads to with its representatives, if it is of the sample.
func (e *explorer[S, T]) sampleSymmetry() {
	if e.number >= sampledStates && e.number%sampledOneIn != 0 {
		return
	}
	steps := e.number < sampledForSteps || e.number%sampledForStepsIn == 0
	newStepper(e.search.machine, func(_ T, next *S) {
		if err := e.search.compareWithRepresentative(next, steps); err != nil {
			e.fail(err)
		}
	}).steps(&e.before)
}

// representative is the representative of the class of a state.
func (m *machine[S, T]) representative(state *S) *S {
	r := new(S)
	m.codec.clone(state, r, m.codec.scratch())
	m.Canonical(r)
	return r
}

// compareWithRepresentative finds out whether the properties say the same of a state and of its representative, and on
// demand whether the steps out of both are the same.
func (s *search[S, T]) compareWithRepresentative(state *S, steps bool) error {
	member, scratch := new(S), s.codec.scratch()
	s.codec.clone(state, member, scratch)
	representative := s.representative(member)
	if again := s.representative(representative); !s.codec.equal(again, representative, scratch) {
		return fmt.Errorf("check: Canonical gives another state for what it has given already; expected it to leave %+v as it is, found %+v", *representative, *again)
	}
	if s.codec.equal(representative, member, scratch) {
		return nil
	}
	if steps {
		if err := s.compareSteps(member, representative); err != nil {
			return err
		}
	}
	return s.compareVerdicts(member, representative)
}

// compareVerdicts finds out whether the properties say the same of two states of a class. What is claimed of states at
// rest need not make sense elsewhere.
func (s *search[S, T]) compareVerdicts(member, representative *S) error {
	rest := slices.ContainsFunc(s.properties, func(p Property[S]) bool { return p.atRest }) && s.rests(member)
	if rest && !s.rests(representative) {
		return asymmetricModel(member, representative)
	}
	for i := range s.properties {
		p := &s.properties[i]
		if p.aboutSteps() || p.atRest && !rest {
			continue
		}
		var one, other judgement
		p.judge(member, 0, &one)
		p.judge(representative, 0, &other)
		if one.tested != other.tested || one.decided != other.decided {
			return asymmetric(p, member, representative)
		}
	}
	return nil
}

func asymmetric[S any](p *Property[S], member, representative *S) error {
	return fmt.Errorf("check: the property %q is not symmetric, and cannot be judged with Symmetry: it does not say the same of %+v and of its representative, %+v", p.name, *member, *representative)
}

func asymmetricModel[S any](member, representative *S) error {
	return fmt.Errorf("check: Canonical does not fit the model: the steps out of %+v lead to other representatives than those out of its own representative, %+v; expected the same, so that either Canonical does not give all members of a class the same representative, or it exchanges parts that are not interchangeable", *member, *representative)
}

// A stepClass is what is the same of a step and of every permutation of it.
type stepClass struct {
	next        string // the identity of its representative
	stutter     bool
	rule        int
	environment bool
}

// stepCounts are how many steps of a class there are, and how many of them meet the condition of each property about
// steps and decide it.
type stepCounts struct {
	steps           int
	tested, decided []int // by property
}

// compareSteps finds out whether two states of a class have the same classes of steps, and whether the properties say the
// same of these.
func (s *search[S, T]) compareSteps(member, representative *S) error {
	one, other := s.classesOfSteps(member), s.classesOfSteps(representative)
	if len(one) != len(other) {
		return asymmetricModel(member, representative)
	}
	for class, counts := range one {
		if other[class] == nil || other[class].steps != counts.steps {
			return asymmetricModel(member, representative)
		}
	}
	for i := range s.properties {
		for class, counts := range one {
			if counts.tested[i] != other[class].tested[i] || counts.decided[i] != other[class].decided[i] {
				return asymmetric(&s.properties[i], member, representative)
			}
		}
	}
	return nil
}

func (s *search[S, T]) classesOfSteps(state *S) map[stepClass]*stepCounts {
	classes, scratch := map[stepClass]*stepCounts{}, s.codec.scratch()
	newStepper(s.machine, func(step T, next *S) {
		class := stepClass{
			next:    string(s.codec.identity(nil, s.representative(next))),
			stutter: s.codec.equal(next, state, scratch), environment: !s.systems(step),
		}
		if len(s.Rules) > 0 {
			class.rule = s.Rule(step)
		}
		counts := classes[class]
		if counts == nil {
			counts = &stepCounts{tested: make([]int, len(s.properties)), decided: make([]int, len(s.properties))}
			classes[class] = counts
		}
		counts.steps++
		if !class.stutter {
			s.countVerdicts(counts, state, next)
		}
	}).steps(state)
	return classes
}

func (s *search[S, T]) countVerdicts(counts *stepCounts, before, next *S) {
	for i := range s.properties {
		p := &s.properties[i]
		if !p.aboutSteps() {
			continue
		}
		var j judgement
		p.judgeStep(before, next, 0, &j)
		if j.tested {
			counts.tested[i]++
		}
		if j.decided {
			counts.decided[i]++
		}
	}
}

// A trace is a run of the model itself. It begins in an initial state, and goes through members of the classes whose
// representatives the search went through: out of each there is a step to a member of the next class, as permutations are
// automorphisms.

var errNoRun = errors.New("check: no run of the model goes through the classes that the search went through; expected one, so that either Canonical is not of automorphisms of the model, or the model is not a function of its state")

// runThrough is a run through the classes of the representatives, and through the step that decides the property, if it is
// about steps.
func (s *search[S, T]) runThrough(representatives []S, p *Property[S]) (*Trace[S, T], error) {
	t := &Trace[S, T]{}
	for _, initial := range s.Init() {
		if len(t.States) == 0 && s.represents(&representatives[0], &initial) {
			t.States = append(t.States, initial)
		}
	}
	if len(t.States) == 0 {
		return nil, errNoRun
	}
	for i := range representatives[1:] {
		if err := s.extend(t, func(_ T, _, next *S) bool { return s.represents(&representatives[i+1], next) }); err != nil {
			return nil, errNoRun
		}
	}
	if err := s.extendByDeciding(t, p); err != nil {
		return nil, errNoRun
	}
	return t, s.endsAlike(t, p)
}

func (s *search[S, T]) represents(r, member *S) bool {
	return s.codec.equal(s.representative(member), r, s.codec.scratch())
}

// endsAlike finds out whether the last state of a trace, or the last step, decides the property, as its representative does.
func (s *search[S, T]) endsAlike(t *Trace[S, T], p *Property[S]) error {
	if p.aboutSteps() {
		return nil // the step was looked for
	}
	last := &t.States[len(t.States)-1]
	if _, decided := p.decidedIn(last, true); !decided {
		return asymmetric(p, last, s.representative(last))
	}
	if p.atRest && !s.rests(last) {
		return asymmetricModel(last, s.representative(last))
	}
	return nil
}

// rests reports whether no step of the system changes the state.
func (m *machine[S, T]) rests(state *S) bool {
	rests, scratch := true, m.codec.scratch()
	newStepper(m, func(step T, next *S) {
		if m.systems(step) && !m.codec.equal(next, state, scratch) {
			rests = false
		}
	}).steps(state)
	return rests
}
