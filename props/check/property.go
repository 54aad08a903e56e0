package check

import (
	"fmt"
	"slices"
)

// Kind is the form of a property's claim.
type Kind int

// The kinds of properties.
const (
	KindAlways    Kind = iota // true of every state
	KindNever                 // true of no state
	KindStep                  // true of every step that changes the state
	KindSometimes             // true of at least one state, or step: a situation that must be reachable for the rest to mean anything

	// The kinds about infinite runs, under the fairness that the model promises.
	KindLeadsTo          // whenever one condition is true, another one is true then or later
	KindEventually       // ◇p: true at some time in every run
	KindEventuallyAlways // ◇□p: true from some time on in every run
	KindAlwaysEventually // □◇p: true infinitely often in every run
)

var kindNames = [...]string{"always", "never", "step", "sometimes", "leads to", "eventually", "eventually always", "always eventually"}

func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return fmt.Sprintf("Kind(%d)", int(k))
	}
	return kindNames[k]
}

// Liveness reports whether properties of the kind are about infinite runs rather than about states or steps.
func (k Kind) Liveness() bool { return k >= KindLeadsTo && k <= KindAlwaysEventually }

// Finite reports whether a finite trace can show that a property of the kind is false. It panics if there is no such kind,
// as neither answer would be safe.
func (k Kind) Finite() bool {
	if k < 0 || int(k) >= len(kindNames) {
		panic(fmt.Sprintf("check: %v is no kind of properties", k))
	}
	return k == KindAlways || k == KindNever || k == KindStep
}

// Property is a named claim about all states, steps or runs of a model. It is made by the functions of this package. The
// functions that it is made of are called by several goroutines at once, and may neither change nor keep what the
// pointers point to: the search notices a change.
//
// A condition that no state or step ever meets leaves the property untested, and so inconclusive.
type Property[S any] struct {
	name, says string
	kind       Kind
	atRest     bool
	restful    bool // every state expanded is a test, at rest or not
	cases      []claim[S]
	flaw       string // what is wrong with how it was made
}

// claim is what a property claims in one of its cases.
type claim[S any] struct {
	name             string // of the case; empty if there is one
	when, holds      func(s *S) bool
	whenStep, onStep func(before, after *S) bool
	because          func(before, after *S) string
	reads, changes   []int // see Observing
	observed         bool
}

// Name is the name of the property, by which verdicts are found.
func (p Property[S]) Name() string { return p.name }

// Kind is the form of its claim.
func (p Property[S]) Kind() Kind { return p.kind }

// AtRest reports whether the claim is made only of states at rest.
func (p Property[S]) AtRest() bool { return p.atRest }

// Sentence is the property in words, or empty.
func (p Property[S]) Sentence() string { return p.says }

// Always claims that claim is true of every state.
func Always[S any](name string, claim func(s *S) bool) Property[S] {
	return ofStates(name, KindAlways, claim)
}

// Never claims that claim is true of no state.
func Never[S any](name string, claim func(s *S) bool) Property[S] {
	return ofStates(name, KindNever, claim)
}

// Sometimes claims that claim is true of at least one state.
func Sometimes[S any](name string, claim func(s *S) bool) Property[S] {
	return ofStates(name, KindSometimes, claim)
}

// OnStep claims that claim is true of every step that changes the state.
func OnStep[S any](name string, claim func(before, after *S) bool) Property[S] {
	return ofSteps(name, KindStep, claim)
}

// SometimesStep claims that claim is true of at least one step that changes the state.
func SometimesStep[S any](name string, claim func(before, after *S) bool) Property[S] {
	return ofSteps(name, KindSometimes, claim)
}

// DeadlockFree claims that no state is at rest but those in which the system is done. A nil done is none. Unlike
// Never(…).OnlyAtRest() it holds in a model that has no state at rest.
func DeadlockFree[S any](name string, done func(s *S) bool) Property[S] {
	p := Always(name, func(s *S) bool { return done != nil && done(s) }).OnlyAtRest()
	p.restful = true
	return p
}

// LeadsTo claims that whenever from is true, to is true then or later.
func LeadsTo[S any](name string, from, to func(s *S) bool) Property[S] {
	p := ofStates(name, KindLeadsTo, to)
	p.cases[0].when = from
	if from == nil {
		p.flaw = "has no condition from which it leads"
	}
	return p
}

// Eventually claims that goal is true at some time in every run.
func Eventually[S any](name string, goal func(s *S) bool) Property[S] {
	return ofStates(name, KindEventually, goal)
}

// EventuallyAlways claims that in every run there is a time from which on goal is true.
func EventuallyAlways[S any](name string, goal func(s *S) bool) Property[S] {
	return ofStates(name, KindEventuallyAlways, goal)
}

// AlwaysEventually claims that goal is true infinitely often in every run.
func AlwaysEventually[S any](name string, goal func(s *S) bool) Property[S] {
	return ofStates(name, KindAlwaysEventually, goal)
}

func ofStates[S any](name string, kind Kind, holds func(s *S) bool) Property[S] {
	p := Property[S]{name: name, kind: kind, cases: []claim[S]{{holds: holds}}}
	if holds == nil {
		p.flaw = "has no claim"
	}
	return p
}

func ofSteps[S any](name string, kind Kind, holds func(before, after *S) bool) Property[S] {
	p := Property[S]{name: name, kind: kind, cases: []claim[S]{{onStep: holds}}}
	if holds == nil {
		p.flaw = "has no claim"
	}
	return p
}

// Each is one property of several cases, such as one for each process: it makes the claims of all of them, and each name
// tells which case is violated. It holds if all cases do and one was tested; a sometimes needs one case. The cases must be
// of one kind.
func Each[S any](name string, cases ...Property[S]) Property[S] {
	if len(cases) == 0 {
		return Property[S]{name: name, flaw: "has no cases"}
	}
	p := cases[0]
	p.name, p.cases = name, nil
	for _, c := range cases {
		switch {
		case c.flaw != "":
			p.flaw = fmt.Sprintf("has a case, %q, that %s", c.name, c.flaw)
		case c.kind != p.kind, c.atRest != p.atRest, c.restful != p.restful, c.aboutSteps() != cases[0].aboutSteps():
			p.flaw = fmt.Sprintf("has cases of different kinds: %q and %q", cases[0].name, c.name)
		}
		for _, one := range c.cases {
			if one.name == "" {
				one.name = c.name
			}
			p.cases = append(p.cases, one)
		}
	}
	return p
}

// aboutSteps reports whether the claim is about steps rather than states.
func (p *Property[S]) aboutSteps() bool { return len(p.cases) > 0 && p.cases[0].onStep != nil }

// OnlyAtRest is the property with its claim made only of states at rest.
func (p Property[S]) OnlyAtRest() Property[S] {
	if p.kind.Liveness() || p.aboutSteps() {
		p.flaw = "is not about states, and its claim cannot be made only of those at rest"
	}
	p.atRest = true
	return p
}

// Given is the property with its claim made only of states that meet the condition, in place of an earlier one.
func (p Property[S]) Given(when func(s *S) bool) Property[S] {
	if p.kind.Liveness() || p.aboutSteps() {
		p.flaw = "is not about states, and has a condition about states"
	}
	return p.with(func(c *claim[S]) { c.when = when })
}

// GivenStep is the property with its claim made only of steps that meet the condition, in place of an earlier one.
func (p Property[S]) GivenStep(when func(before, after *S) bool) Property[S] {
	if !p.aboutSteps() {
		p.flaw = "is not about steps, and has a condition about steps"
	}
	return p.with(func(c *claim[S]) { c.whenStep = when })
}

// Says is the property with a sentence that says what it claims.
func (p Property[S]) Says(sentence string) Property[S] {
	p.says = sentence
	return p
}

// Because is the property with a function that says what is wrong in a state, or in a step between two, that violates it.
// For a claim about states, both are the same. Of a loop it is asked state by state, until it says something.
func (p Property[S]) Because(wrong func(before, after *S) string) Property[S] {
	return p.with(func(c *claim[S]) { c.because = wrong })
}

// Observing is the property with what its claim depends on, as variables of the model's Independence; without it that is
// everything. A claim about states depends on the values of reads. A claim about steps is false, or a sometimes true, only
// because of how a step changes the variables of changes, and of the values of reads besides; nil changes are all. Like all
// that a model declares, it is compared with what happens in the first states and then in a sample.
func (p Property[S]) Observing(reads, changes []int) Property[S] {
	return p.with(func(c *claim[S]) { c.reads, c.changes, c.observed = reads, changes, true })
}

// with is the property with something changed in each of its cases.
func (p Property[S]) with(change func(c *claim[S])) Property[S] {
	p.cases = slices.Clone(p.cases)
	for i := range p.cases {
		change(&p.cases[i])
	}
	return p
}

// Validate says what is wrong with how the property was made, if anything: what would otherwise be ignored in silence.
func (p *Property[S]) Validate() error {
	switch {
	case p.name == "" && len(p.cases) == 0 && p.flaw == "":
		return fmt.Errorf("the property was not made by a function of this package")
	case p.name == "":
		return fmt.Errorf("the property has no name")
	case p.flaw != "":
		return fmt.Errorf("the property %q (%v) %s", p.name, p.kind, p.flaw)
	}
	return nil
}

func validateProperties[S any](properties []Property[S]) error {
	seen := make(map[string]int)
	for i, p := range properties {
		if err := p.Validate(); err != nil {
			return fmt.Errorf("check: property %d: %w", i, err)
		}
		if first, twice := seen[p.name]; twice {
			return fmt.Errorf("check: properties %d and %d have the same name, %q", first, i, p.name)
		}
		seen[p.name] = i
	}
	return nil
}
