package check

import (
	"errors"
	"fmt"
	"slices"
)

// Symmetric is a model some parts of which are interchangeable, such as processes that run the same program. States that
// differ only in which part is which make a class, and with Options.Symmetry one of each class is explored, its
// representative.
//
// It is for a model whose permutations of the parts are automorphisms: if a step leads from one state to another, then out
// of the permuted state a step of the same rule, and of the same side (the system's or not), leads to the permuted other.
// No rule may prefer one part to another.
//
// A property has to be symmetric too: what it says of a state, of a step or of rest, the condition included, it has to
// say of every permutation. A claim about "the first process" is none. The search holds representatives against other
// members of their classes, and the steps out of both against each other: all that it comes across at first, and a sample
// later. That finds most mistakes and proves nothing.
type Symmetric[S any] interface {
	// Canonical replaces a state by the representative of its class: for all members of a class the same, which is one
	// of them. Several goroutines call it at once.
	Canonical(s *S)
}

const (
	// Of the states with numbers below these, all that they lead to is held against its representative, and then of
	// one state in so many: first what the properties say of states, which is cheap, and then the steps.
	sampledStates, sampledOneIn        = 1 << 11, 1 << 6
	sampledForSteps, sampledForStepsIn = 1 << 8, 1 << 10
)

// symmetryOf returns the symmetry to search with, or nil if none is asked for.
func symmetryOf[S comparable](model any, properties []Property[S], opt Options) (Symmetric[S], error) {
	if !opt.Symmetry {
		return nil, nil
	}
	symmetric, ok := model.(Symmetric[S])
	if !ok {
		return nil, fmt.Errorf("check: Symmetry is asked for, and the model, a %T, has no method Canonical; expected that of Symmetric", model)
	}
	for _, p := range properties {
		if p.Kind.InTheEnd() {
			const refusal = "check: the property %q is about what happens in the end (%v), which is not judged with Symmetry: its cases and the promises of fairness name places, and between two representatives the places may have changed; check it without"
			return nil, fmt.Errorf(refusal, p.Name, p.Kind)
		}
	}
	return symmetric, nil
}

// noun is what the search counts.
func (s *search[S, T]) noun() string {
	if s.symmetric != nil {
		return "classes of states"
	}
	return "states"
}

// initialStates are the model's initial states, or their representatives.
func (s *search[S, T]) initialStates() (initial []S, err error) {
	if s.symmetric == nil {
		return s.model.Init(), nil
	}
	defer func() {
		if value := recover(); value != nil {
			err = panicked(value, "in an initial state")
		}
	}()
	for _, state := range s.model.Init() {
		if err := s.holdAgainstRepresentative(&state, true); err != nil {
			return nil, err
		}
		s.symmetric.Canonical(&state)
		initial = append(initial, state)
	}
	return initial, nil
}

// stepToClass takes note of one step to the representative of the next state. A step to another member of the class that
// it came from changes the state, though it leads to nothing new.
func (e *explorer[S, T]) stepToClass(step T, next *S) {
	if *next == e.before {
		return
	}
	e.representative = *next
	e.symmetric.Canonical(&e.representative)
	e.differs(e.codec.memory(&e.representative, e.buffer))
	e.take(step, next)
}

// sampleSymmetry holds what the state being explored leads to against its representatives, if it is of the sample.
func (e *explorer[S, T]) sampleSymmetry() {
	if e.number >= sampledStates && e.number%sampledOneIn != 0 {
		return
	}
	steps := e.number < sampledForSteps || e.number%sampledForStepsIn == 0
	lent := e.before
	newStepper(e.model, func(_ T, next *S) {
		if err := e.holdAgainstRepresentative(next, steps); err != nil {
			e.fail(err)
		}
	}).steps(&lent)
}

// holdAgainstRepresentative finds out whether the properties say the same of a state and of its representative, and on
// demand whether the steps out of both are the same.
func (s *search[S, T]) holdAgainstRepresentative(state *S, steps bool) error {
	member := *state
	representative := member
	s.symmetric.Canonical(&representative)
	again := representative
	if s.symmetric.Canonical(&again); again != representative {
		return fmt.Errorf("check: Canonical gives another state for what it has given already; expected it to leave %+v as it is, found %+v", representative, again)
	}
	if representative == member {
		return nil
	}
	if steps {
		if err := s.holdStepsAgainst(&member, &representative); err != nil {
			return err
		}
	}
	return s.holdVerdictsAgainst(&member, &representative)
}

// holdVerdictsAgainst finds out whether the properties say the same of two states of a class. What is claimed of states at
// rest need not make sense elsewhere.
func (s *search[S, T]) holdVerdictsAgainst(member, representative *S) error {
	rest := slices.ContainsFunc(s.properties, func(p Property[S]) bool { return p.AtRest }) && s.rests(*member)
	if rest && !s.rests(*representative) {
		return notAutomorphism(member, representative)
	}
	for i := range s.properties {
		p := &s.properties[i]
		if p.aboutSteps() || p.AtRest && !rest {
			continue
		}
		var one, other judgement
		p.judge(member, 0, &one)
		p.judge(representative, 0, &other)
		if one != other {
			return asymmetric(p, member, representative)
		}
	}
	return nil
}

func asymmetric[S any](p *Property[S], member, representative *S) error {
	return fmt.Errorf("check: the property %q is not symmetric, and cannot be judged with Symmetry: it does not say the same of %+v and of its representative, %+v", p.Name, *member, *representative)
}

func notAutomorphism[S any](member, representative *S) error {
	return fmt.Errorf("check: Canonical is not of automorphisms of the model: the steps out of %+v lead to other classes than those out of its representative, %+v", *member, *representative)
}

// A stepClass is what is the same of a step and of every permutation of it.
type stepClass[S comparable] struct {
	next        S // its representative
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

// holdStepsAgainst finds out whether two states of a class have the same classes of steps, and whether the properties say
// the same of these.
func (s *search[S, T]) holdStepsAgainst(member, representative *S) error {
	one, other := s.classesOfSteps(*member), s.classesOfSteps(*representative)
	if len(one) != len(other) {
		return notAutomorphism(member, representative)
	}
	for class, counts := range one {
		if other[class] == nil || other[class].steps != counts.steps {
			return notAutomorphism(member, representative)
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

func (s *search[S, T]) classesOfSteps(state S) map[stepClass[S]]*stepCounts {
	classes, lent := map[stepClass[S]]*stepCounts{}, state
	newStepper(s.model, func(step T, next *S) {
		class := stepClass[S]{next: *next, stutter: *next == state}
		s.symmetric.Canonical(&class.next)
		if s.ruled != nil {
			class.rule = s.ruled.Rule(step)
		}
		class.environment = s.environment != nil && s.environment.Environment(step)
		counts := classes[class]
		if counts == nil {
			counts = &stepCounts{tested: make([]int, len(s.properties)), decided: make([]int, len(s.properties))}
			classes[class] = counts
		}
		counts.steps++
		if !class.stutter {
			s.countVerdicts(counts, &state, next)
		}
	}).steps(&lent)
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

// runThrough is a run through the classes of the states with the numbers, and through the step that decides the property,
// if it is about steps.
func (s *search[S, T]) runThrough(numbers []int64, p *Property[S]) (*Trace[S, T], error) {
	representatives, err := s.representatives(numbers)
	if err != nil {
		return nil, err
	}
	t := &Trace[S, T]{}
	for _, initial := range s.model.Init() {
		if len(t.States) == 0 && s.represents(&representatives[0], &initial) {
			t.States = append(t.States, initial)
		}
	}
	if len(t.States) == 0 {
		return nil, errNoRun
	}
	for i := range representatives[1:] {
		if !s.extend(t, func(_ T, _, next *S) bool { return s.represents(&representatives[i+1], next) }) {
			return nil, errNoRun
		}
	}
	if p.aboutSteps() && !s.extend(t, func(_ T, before, next *S) bool {
		var j judgement
		p.judgeStep(before, next, 0, &j)
		return j.decided && *before != *next
	}) {
		return nil, errNoRun
	}
	return t, s.ends(t, p)
}

// representatives are the states with the numbers, each of which leads to the class of the next. They are found as the
// search found them, since they may not be kept: of several that look like the one of a number, the first is.
func (s *search[S, T]) representatives(numbers []int64) ([]S, error) {
	list := make([]S, 0, len(numbers))
	take := func(member *S) {
		representative := *member
		s.symmetric.Canonical(&representative)
		number, known := s.codec.find(s.store, &representative)
		if i := len(list); known && i < len(numbers) && number == numbers[i] {
			list = append(list, representative)
		}
	}
	for _, initial := range s.model.Init() {
		if len(list) == 0 {
			take(&initial)
		}
	}
	for i := 1; i < len(numbers) && len(list) == i; i++ {
		lent := list[i-1]
		newStepper(s.model, func(_ T, next *S) {
			if len(list) == i {
				take(next)
			}
		}).steps(&lent)
	}
	if len(list) < len(numbers) {
		return nil, errFickle
	}
	return list, nil
}

func (s *search[S, T]) represents(representative, member *S) bool {
	canonical := *member
	s.symmetric.Canonical(&canonical)
	return canonical == *representative
}

// ends finds out whether the last state of a trace, or the last step, decides the property, as its representative does.
func (s *search[S, T]) ends(t *Trace[S, T], p *Property[S]) error {
	if p.aboutSteps() {
		return nil // the step was looked for
	}
	var j judgement
	last := t.States[len(t.States)-1]
	representative := last
	s.symmetric.Canonical(&representative)
	if p.judge(&last, 0, &j); !j.decided {
		return asymmetric(p, &last, &representative)
	}
	if p.AtRest && !s.rests(last) {
		return notAutomorphism(&last, &representative)
	}
	return nil
}

// rests reports whether no step of the system changes the state.
func (s *search[S, T]) rests(state S) bool {
	rests, lent := true, state
	newStepper(s.model, func(step T, next *S) {
		if *next != state && (s.environment == nil || !s.environment.Environment(step)) {
			rests = false
		}
	}).steps(&lent)
	return rests
}
