package check

import (
	"errors"
	"fmt"
)

// Kind is the form of a property's claim.
type Kind int

// The kinds of properties.
const (
	KindAlways    Kind = iota // true of every state
	KindNever                 // true of no state
	KindStep                  // true of every step that changes the state
	KindSometimes             // true of at least one state, or step: a situation that must be reachable for the rest to mean anything

	// The kinds about what happens in the end are about infinite runs, under the fairness that the model promises.
	KindLeadsTo          // whenever one thing is so, another is so then or later
	KindEventually       // from the beginning, at last
	KindEventuallyAlways // at last, and from then on
	KindAlwaysEventually // again and again
)

func (k Kind) String() string {
	switch k {
	case KindAlways:
		return "always"
	case KindNever:
		return "never"
	case KindStep:
		return "step"
	case KindSometimes:
		return "sometimes"
	case KindLeadsTo:
		return "leads to"
	case KindEventually:
		return "eventually"
	case KindEventuallyAlways:
		return "eventually always"
	case KindAlwaysEventually:
		return "always eventually"
	}
	return fmt.Sprintf("Kind(%d)", int(k))
}

// Property is a named claim about all states, or all steps, of a model. Its functions are called by several goroutines
// at once and must not change what the pointers point to, nor keep them.
//
// A condition that no state or step ever meets leaves the property without a test, and so without a verdict that holds.
type Property[S any] struct {
	Name      string
	Kind      Kind
	AtRest    bool                        // the claim is made only of states that no step of the system changes
	When      func(s *S) bool             // the claim is made only of these states; nil is all
	Claim     func(s *S) bool             // of a state: always, never and sometimes
	WhenStep  func(before, after *S) bool // the claim is made only of these steps; nil is all that change the state
	ClaimStep func(before, after *S) bool // of a step; a sometimes has either this or Claim

	// Observes is what the claim looks at, for Options.Reduction: at one of these at a time. Without it that is everything.
	Observes []Observation

	// A property about what happens in the end is claimed in each of its cases (0 counts as one), numbered from 0.
	Cases    int
	From, To func(s *S, instance int) bool // From is of leads to alone
}

// Always claims that claim is true of every state.
func Always[S any](name string, claim func(s *S) bool) Property[S] {
	return Property[S]{Name: name, Kind: KindAlways, Claim: claim}
}

// Never claims that claim is true of no state.
func Never[S any](name string, claim func(s *S) bool) Property[S] {
	return Property[S]{Name: name, Kind: KindNever, Claim: claim}
}

// Sometimes claims that claim is true of at least one state.
func Sometimes[S any](name string, claim func(s *S) bool) Property[S] {
	return Property[S]{Name: name, Kind: KindSometimes, Claim: claim}
}

// OnStep claims that claim is true of every step that changes the state.
func OnStep[S any](name string, claim func(before, after *S) bool) Property[S] {
	return Property[S]{Name: name, Kind: KindStep, ClaimStep: claim}
}

// SometimesStep claims that claim is true of at least one step that changes the state.
func SometimesStep[S any](name string, claim func(before, after *S) bool) Property[S] {
	return Property[S]{Name: name, Kind: KindSometimes, ClaimStep: claim}
}

// aboutSteps reports whether the claim is about steps rather than states.
func (p *Property[S]) aboutSteps() bool { return p.ClaimStep != nil }

// LeadsTo claims that whenever from is true, to is true then or later.
func LeadsTo[S any](name string, from, to func(s *S) bool) Property[S] {
	return LeadsToEach(name, 1, func(s *S, _ int) bool { return from(s) }, func(s *S, _ int) bool { return to(s) })
}

// LeadsToEach claims LeadsTo in each of a number of cases. The claim holds if it does in all of them, and was put to the
// test in one.
func LeadsToEach[S any](name string, cases int, from, to func(s *S, instance int) bool) Property[S] {
	return Property[S]{Name: name, Kind: KindLeadsTo, Cases: cases, From: from, To: to}
}

// Eventually claims that goal is true at some time in every run.
func Eventually[S any](name string, goal func(s *S) bool) Property[S] {
	return inTheEnd(name, KindEventually, goal)
}

// EventuallyAlways claims that in every run there is a time from which on goal is true for good.
func EventuallyAlways[S any](name string, goal func(s *S) bool) Property[S] {
	return inTheEnd(name, KindEventuallyAlways, goal)
}

// AlwaysEventually claims that goal is true again and again in every run.
func AlwaysEventually[S any](name string, goal func(s *S) bool) Property[S] {
	return inTheEnd(name, KindAlwaysEventually, goal)
}

func inTheEnd[S any](name string, kind Kind, goal func(s *S) bool) Property[S] {
	p := Property[S]{Name: name, Kind: kind}
	if goal != nil {
		p.To = func(s *S, _ int) bool { return goal(s) }
	}
	return p
}

// InTheEnd reports whether properties of the kind are about infinite runs rather than about states or steps.
func (k Kind) InTheEnd() bool { return k >= KindLeadsTo && k <= KindAlwaysEventually }

// OnlyAtRest is the property with its claim made only of states at rest.
func (p Property[S]) OnlyAtRest() Property[S] {
	p.AtRest = true
	return p
}

// Given is the property with its claim made only of states that meet the condition, in place of an earlier one.
func (p Property[S]) Given(when func(s *S) bool) Property[S] {
	p.When = when
	return p
}

// GivenStep is the property with its claim made only of steps that meet the condition, in place of an earlier one.
func (p Property[S]) GivenStep(when func(before, after *S) bool) Property[S] {
	p.WhenStep = when
	return p
}

// validate refuses what would otherwise be passed over in silence, such as a condition that the kind does not look at.
func (p Property[S]) validate() error {
	if p.Name == "" {
		return errors.New("the property has no name")
	}
	if p.Kind < KindAlways || p.Kind > KindAlwaysEventually {
		return fmt.Errorf("the property %q is of no known kind: %v", p.Name, p.Kind)
	}
	if p.Kind.InTheEnd() {
		return p.validateInTheEnd()
	}
	if p.From != nil || p.To != nil || p.Cases != 0 {
		return fmt.Errorf("the property %q is not about what happens in the end (%v) and has cases", p.Name, p.Kind)
	}
	onState := p.When != nil || p.Claim != nil || p.AtRest
	onStep := p.WhenStep != nil || p.ClaimStep != nil
	switch {
	case p.Claim == nil && p.ClaimStep == nil, p.Kind == KindStep && p.ClaimStep == nil, p.Kind < KindStep && p.Claim == nil:
		return fmt.Errorf("the property %q has no claim", p.Name)
	case p.Kind == KindStep && onState, p.Kind == KindSometimes && p.aboutSteps() && onState:
		return fmt.Errorf("the property %q is about steps and has a claim or a condition about states, or about rest", p.Name)
	case !p.aboutSteps() && onStep, p.Kind < KindStep && onStep:
		return fmt.Errorf("the property %q is about states (%v) and has a claim or a condition about steps", p.Name, p.Kind)
	}
	return nil
}

func (p Property[S]) validateInTheEnd() error {
	switch {
	case p.To == nil, p.Kind == KindLeadsTo && p.From == nil:
		return fmt.Errorf("the property %q has no claim", p.Name)
	case p.When != nil || p.Claim != nil || p.AtRest || p.WhenStep != nil || p.ClaimStep != nil:
		return fmt.Errorf("the property %q is about what happens in the end (%v) and has a claim or a condition about states, steps or rest", p.Name, p.Kind)
	case p.Kind != KindLeadsTo && p.From != nil:
		return fmt.Errorf("the property %q is of a kind (%v) that has no condition", p.Name, p.Kind)
	case p.Cases < 0:
		return fmt.Errorf("the property %q has %d cases", p.Name, p.Cases)
	}
	return nil
}

func validateProperties[S any](properties []Property[S]) error {
	seen := make(map[string]int)
	for i, p := range properties {
		if err := p.validate(); err != nil {
			return fmt.Errorf("check: property %d: %w", i, err)
		}
		if first, twice := seen[p.Name]; twice {
			return fmt.Errorf("check: properties %d and %d have the same name, %q", first, i, p.Name)
		}
		seen[p.Name] = i
	}
	return nil
}

// judgement is what has come to light about one property.
type judgement struct {
	tested  bool  // a state or step met its condition
	decided bool  // a counterexample, or the witness of a sometimes, was found:
	at      int64 // in this state, or in a step out of it
}

// then is the judgement on some states followed by the judgement on later ones: the first find counts.
func (j judgement) then(later judgement) judgement {
	later.tested = later.tested || j.tested
	if j.decided {
		later.decided, later.at = true, j.at
	}
	return later
}

// judge puts p to the test of s, if s meets the condition. A state decides p if it shows p false or, if p is a sometimes,
// true.
func (p *Property[S]) judge(s *S, index int64, j *judgement) {
	if p.When != nil && !p.When(s) {
		return
	}
	j.tested = true
	if p.Claim(s) != (p.Kind == KindAlways) {
		j.decided, j.at = true, index
	}
}

// meet notes whether s puts a property about what happens in the end to the test.
func (p *Property[S]) meet(s *S, j *judgement) {
	for i := 0; !j.tested && i < max(p.Cases, 1); i++ {
		j.tested = p.From == nil || p.From(s, i)
	}
}

// judgeStep is judge for a step, which the state it leaves stands for.
func (p *Property[S]) judgeStep(before, after *S, index int64, j *judgement) {
	if p.WhenStep != nil && !p.WhenStep(before, after) {
		return
	}
	j.tested = true
	if p.ClaimStep(before, after) != (p.Kind == KindStep) {
		j.decided, j.at = true, index
	}
}
