// Package article says which other articles about the product are the same kind
// of bug, and holds each against the model.
//
// Goals: each article once, with its symptom in a sentence, the scenario and the
// property in which it shows, the designs with it and without it, and the least
// that cures it; every figure is measured by a run, and none is written down.
//
// Non-goals: it does not tell what else an article says, it prints nothing, and
// it does not claim that the product was repaired in the way that cures the
// model.
package article

import (
	"slices"
	"strings"

	"pkgdist/model"
)

// An Article is one symptom that was published, as the model shows it.
type Article struct {
	// Numbers are the articles that tell of it: "Q245579".
	Numbers []string
	Product string
	// Symptom is what is seen, in one sentence.
	Symptom  string
	Scenario string
	// Property is violated where the symptom shows.
	Property string
	// Liveness is what a cure has to keep as well, or empty. A system that goes
	// round in a loop is never at rest, and so violates nothing that is claimed
	// of rest: reading a file infinitely often is no cure while it stays.
	Liveness string
	// ShownUnder and AbsentUnder are designs that have a name.
	ShownUnder, AbsentUnder string
	// Cure is the least that has to be added to the design that shows the symptom.
	Cure Cure
	// Rule is the rule without which the symptom does not occur. Where it is
	// administrator.update, that is the second update of a package.
	Rule string
	// Note is what else a reader should know, or empty.
	Note string
}

// Properties are what a cure has to keep.
func (a Article) Properties() []string {
	return slices.DeleteFunc([]string{a.Property, a.Liveness}, func(name string) bool { return name == "" })
}

// A Cure is what is changed in a design, and nothing else is.
type Cure struct {
	Mechanisms model.MechanismSet
	// On and Off are the switches to turn on, and off.
	On, Off model.SwitchSet
	// Policy is the administrator's, unless it is the eager one.
	Policy model.Policy
}

// Of returns the design with the cure.
func (c Cure) Of(d model.Design) model.Design {
	d.Mechanisms |= c.Mechanisms
	d.Switches = d.Switches&^c.Off | c.On
	if c.Policy != model.Eager {
		d.Policy = c.Policy
	}
	d.Name = strings.Join(append([]string{d.Name}, c.Words()...), "+")
	return d
}

// Words names the changes. A policy has the name of the design that is nothing
// else.
func (c Cure) Words() []string {
	var words []string
	for _, m := range c.Mechanisms.List() {
		words = append(words, m.String())
	}
	for _, s := range c.On.List() {
		words = append(words, s.String())
	}
	for _, s := range c.Off.List() {
		words = append(words, "without "+s.String())
	}
	for _, d := range model.Designs() {
		if c.Policy != model.Eager && d.Policy == c.Policy {
			words = append(words, d.Name)
		}
	}
	return words
}
