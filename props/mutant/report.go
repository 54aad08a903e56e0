package mutant

import (
	"fmt"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
)

// A Report is what became of all mutants of a design.
type Report struct {
	Design    model.Design
	Scenarios []string
	Results   []Result // in the order of the table of rules
}

// Outcome sums the report up: violated if a mutant survives that is not listed,
// else inconclusive if one is undecided, else holds.
func (r *Report) Outcome() check.Outcome {
	outcome := check.Holds
	for _, m := range r.Results {
		switch {
		case m.Outcome == Survived && m.Equivalent == "":
			return check.Violated
		case m.Outcome == Undecided:
			outcome = check.Inconclusive
		}
	}
	return outcome
}

// String counts the mutants by what became of them.
func (r *Report) String() string {
	count := map[Outcome]int{}
	equivalent := 0
	for _, m := range r.Results {
		if m.Outcome == Survived && m.Equivalent != "" {
			equivalent++
			continue
		}
		count[m.Outcome]++
	}
	return fmt.Sprintf("%d mutants: %d killed by a property, %d only noticed, %d equivalent, %d surviving, %d undecided.",
		len(r.Results), count[Killed], count[Noticed], equivalent, count[Survived], count[Undecided])
}

// A Killer is how many mutants violate a property, and how many of them violate
// no other.
type Killer struct {
	Property string `json:"property"`
	Kills    int    `json:"kills"`
	Alone    int    `json:"alone"`
}

// Killers counts the kills of each property that can kill, in the order of the
// catalogue.
func (r *Report) Killers() []Killer {
	var list []Killer
	for _, c := range props.Catalogue() {
		if !CanKill(c) {
			continue
		}
		k := Killer{Property: c.Name}
		for _, m := range r.Results {
			for _, by := range m.Kills {
				if by.Property == c.Name {
					k.Kills++
					if len(m.Kills) == 1 {
						k.Alone++
					}
				}
			}
		}
		list = append(list, k)
	}
	return list
}

// CanKill tells whether a mutant can violate a claim: what is too strong is
// violated by the design itself, and what must be reachable cannot be violated.
func CanKill(c props.Claim) bool { return !c.TooStrong && c.Kind != check.KindSometimes }

// Change says what a mutation does to its rule.
func (r Result) Change() string {
	word := "without"
	if r.Mutation.Back {
		word = "with"
	}
	if r.Mutation.Part == model.WholeRule {
		return word + " the rule"
	}
	return fmt.Sprintf("%s the %v: %s", word, r.Mutation.Part, r.Mutation.Name)
}

// Fate is what became of a mutant: what killed it, in which scenario, after how
// many steps.
func (r Result) Fate() [3]string {
	switch r.Outcome {
	case Killed:
		by := r.Kills[0].Property
		if others := len(r.Kills) - 1; others > 0 {
			by += fmt.Sprintf(" and %d more", others)
		}
		return [3]string{by, r.Scenario, r.Kills[0].Length()}
	case Noticed:
		return [3]string{"noticed: " + r.Why, r.Scenario}
	case Undecided:
		return [3]string{"UNDECIDED: " + r.Why, r.Scenario}
	case Survived:
		if r.Equivalent != "" {
			return [3]string{"equivalent: " + r.Equivalent}
		}
		return [3]string{"SURVIVES"}
	}
	panic(fmt.Sprintf("unknown outcome %d", r.Outcome))
}
