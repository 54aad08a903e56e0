package model

import (
	"fmt"
	"slices"
)

// A Mutation is one change to the table of rules: a part that the design has is
// left out, or one that its mechanisms take away is put back. Whoever checks a
// system that is changed so learns whether anything notices.
type Mutation struct {
	Rule string
	Part Part
	Name string // of the guard or the effect
	// Back: the part is put back, not left out.
	Back bool
	// If tells in which designs the part exists.
	If Condition
}

// A Part is what a mutation changes.
type Part uint8

// The parts of the table: a whole rule, one of its guards, or one of its effects.
const (
	WholeRule Part = iota
	OneGuard
	OneEffect
)

func (p Part) String() string { return [...]string{"rule", "guard", "effect"}[p] }

// String is the mutation in a line: "despooler.store without the guard: Despooler is idle".
func (m Mutation) String() string {
	word := "without"
	if m.Back {
		word = "with"
	}
	if m.Part == WholeRule {
		return word + " " + m.Rule
	}
	return fmt.Sprintf("%s %s the %v: %s", m.Rule, word, m.Part, m.Name)
}

// Mutations returns every mutation of the rules of a design, in the order of the
// table. What bounds the scope is no part of the protocol and is left alone; so
// is a fault as a whole, for a scope without it is another scope.
func Mutations(d Design) []Mutation {
	var list []Mutation
	add := func(m Mutation) {
		if m.Back = !m.If.Met(d); !m.Back || m.If.takenAwayFrom(d) {
			list = append(list, m)
		}
	}
	for _, r := range table {
		if r.Kind == BySystem {
			add(Mutation{Rule: r.Name, Part: WholeRule, If: r.If})
		}
		if !r.If.Met(d) {
			continue
		}
		for _, g := range r.Guards {
			if !g.Bound {
				add(Mutation{Rule: r.Name, Part: OneGuard, Name: g.Name, If: g.If})
			}
		}
		for _, e := range r.Effects {
			if !e.Bound && !e.isNothing() {
				add(Mutation{Rule: r.Name, Part: OneEffect, Name: e.Name, If: e.If})
			}
		}
	}
	return list
}

// takenAwayFrom tells whether the condition is met but for mechanisms that the
// design has.
func (c Condition) takenAwayFrom(d Design) bool {
	d.Mechanisms &^= c.Without
	return c.Met(d)
}

// NewMutant returns the state machine of a scope under a design with one
// mutation.
func NewMutant(scope Scope, design Design, m Mutation) (*System, error) {
	if !slices.ContainsFunc(Mutations(design), func(other Mutation) bool { return m.same(other.Rule, other.Part, other.Name) }) {
		return nil, fmt.Errorf("design %s has nothing to change in: %v", design.Name, m)
	}
	return newSystem(scope, design, &m)
}

func (m *Mutation) same(rule string, part Part, name string) bool {
	return m.Rule == rule && m.Part == part && m.Name == name
}

// has tells whether the system has a part of a rule: if the design has it, unless
// the mutation says otherwise.
func (sys *System) has(rule string, part Part, name string, when Condition) bool {
	return when.Met(sys.design) != (sys.mutation != nil && sys.mutation.same(rule, part, name))
}
