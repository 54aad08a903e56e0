// Package props is what must hold: the catalogue of properties of the SMS
// model.
//
// Goals: each property once, with its name (the interface: scenarios, commands
// and kept counterexamples use it), its kind, a sentence in English, where it
// comes from, when it says anything at all, and in plain words what is wrong
// where it is violated; the same as a formula, and why it matters.
//
// Non-goals: it does not explore (package check does) and it does not know
// which design ought to satisfy what.
package props

import (
	"fmt"
	"slices"
	"sync"

	"pkgdist/model"
	"pkgdist/props/check"
)

// A Claim is one property of the catalogue. It is made of one place at a time: a
// site and a package, and where it says more, a distribution point or a
// version.
type Claim struct {
	Name string
	Kind check.Kind
	// AtRest: it is claimed only of states in which no step of the system
	// itself is possible.
	AtRest bool
	// Says is the claim as a sentence.
	Says string
	// Formula is the same in the notation of temporal logic, with the names that
	// Notation explains. It says exactly what the functions below compute.
	Formula string
	// Matters says why an administrator should care.
	Matters string
	// Source is the article or the row of the protocol that it comes from.
	Source string
	// Harm: where it is violated somebody is harmed: what a distribution point serves
	// is torn, or a package is stuck, or lost, or goes back. The others are about
	// how the components work.
	Harm bool
	// TooStrong: it is in the catalogue to show that it asks too much, and its
	// verdict counts only where it is asked for by name.
	TooStrong bool
	// Excluded are designs that exclude the situation on purpose ("sometimes"
	// only), so that nobody expects it there.
	Excluded []model.Condition

	// perDP: it is about each distribution point. perStep: a "sometimes" that is
	// seen in a step, not in a state.
	perDP, perStep bool
	// perVersion: it is about each version, at each place by itself.
	perVersion bool
	// when is the situation in which the claim says something at a place; nil
	// is always.
	when func(place) bool
	// holds is the claim at a place. A "sometimes" needs one place.
	holds func(place) bool
	// wrong says what is wrong at a place where the claim does not hold.
	wrong func(place) string
	// reads is what of a state the claim reads at a place, and changes, of a claim
	// about steps, what a step changes that the claim says something of. A claim
	// about steps also reads what the step may write. Of claims at rest it is not
	// declared.
	reads, changes model.Access
}

// Catalogue returns the claims: safety, of versions and of how the components work,
// then what must be true at rest, then liveness, and last what must be reachable.
func Catalogue() []Claim { return slices.Clone(catalogue()) }

// The claims are looked up by name for each of a thousand designs, so they are made once.
var (
	catalogue = sync.OnceValue(func() []Claim { return slices.Concat(safety(), work(), atRest(), liveness(), reachable()) })
	all       = sync.OnceValue(func() []Claim { return slices.Concat(catalogue(), Stories()) })
)

// All returns the claims of the catalogue and the stories.
func All() []Claim { return slices.Clone(all()) }

// CatalogueNames returns the names of the claims of the catalogue.
func CatalogueNames() []string { return names(catalogue()) }

// Names returns the names of all claims.
func Names() []string { return names(all()) }

// HarmNames returns the names of the claims of the catalogue about harms.
func HarmNames() []string {
	return names(slices.DeleteFunc(Catalogue(), func(c Claim) bool { return !c.Harm }))
}

// IsExcluded tells whether a design excludes the situation on purpose.
func (c Claim) IsExcluded(d model.Design) bool {
	return slices.ContainsFunc(c.Excluded, func(when model.Condition) bool { return when.Met(d) })
}

// SometimesNames returns the names of the situations that must be reachable.
func SometimesNames() []string { return names(reachable()) }

func names(claims []Claim) []string {
	list := make([]string, len(claims))
	for i, c := range claims {
		list[i] = c.Name
	}
	return list
}

// Find returns the claim of that name.
func Find(name string) (Claim, error) {
	for _, c := range all() {
		if c.Name == name {
			return c, nil
		}
	}
	return Claim{}, &model.UnknownError{What: "property", Name: name, Known: Names()}
}

// caseName is what a case of a claim is called.
func (c *Claim) caseName(at place) string {
	text := "site " + at.siteName() + ", package " + at.packageName()
	if c.perDP {
		text += fmt.Sprintf(", distribution point %d", at.dp+1)
	}
	if c.perVersion {
		text += fmt.Sprintf(", version %d", at.version)
	}
	return text
}

func (c *Claim) applies(at place) bool { return c.when == nil || c.when(at) }

// violatedAt tells whether a place shows that the claim is false.
func (c *Claim) violatedAt(at place) bool {
	return c.Kind != check.KindSometimes && c.applies(at) && c.holds(at) == (c.Kind == check.KindNever)
}

// For returns the property that the checker checks of the states of sys: a case
// for each place.
func (c Claim) For(sys *model.System) check.Property[model.State] {
	var cases []check.Property[model.State]
	var mask model.State
	c.places(sys, &mask, &mask, func(at place) bool {
		cases = append(cases, c.at(at))
		return true
	})
	return check.Each(c.Name, cases...).Says(c.Says)
}

// at is the claim at one place.
func (c Claim) at(here place) check.Property[model.State] {
	name := c.caseName(here)
	onState := func(is func(place) bool) func(*model.State) bool {
		return func(s *model.State) bool { return is(here.in(s, s)) }
	}
	onStep := func(is func(place) bool) func(before, after *model.State) bool {
		return func(before, after *model.State) bool { return is(here.in(before, after)) }
	}
	both := func(at place) bool { return c.applies(at) && c.holds(at) }
	var p check.Property[model.State]
	switch c.Kind {
	case check.KindLeadsTo:
		p = check.LeadsTo(name, onState(c.when), onState(c.holds))
	case check.KindStep:
		p = check.OnStep(name, onStep(c.holds))
		if c.when != nil {
			p = p.GivenStep(onStep(c.when))
		}
	case check.KindSometimes:
		if p = check.Sometimes(name, onState(both)); c.perStep {
			p = check.SometimesStep(name, onStep(both))
		}
	case check.KindAlways, check.KindNever:
		if p = check.Always(name, onState(c.holds)); c.Kind == check.KindNever {
			p = check.Never(name, onState(c.holds))
		}
		if c.when != nil {
			p = p.Given(onState(c.when))
		}
	case check.KindEventuallyAlways:
		p = check.EventuallyAlways(name, onState(func(at place) bool { return !c.applies(at) || c.holds(at) }))
	default:
		panic(fmt.Sprintf("the claim %s is of kind %v, of which there is none in the catalogue", c.Name, c.Kind))
	}
	if c.AtRest {
		p = p.OnlyAtRest()
	}
	if c.reads != nil || c.changes != nil {
		step := model.Step{Site: here.site, Package: here.pkg, DP: here.dp}
		p = p.Observing(here.sys.Bits(step, c.reads), here.sys.Bits(step, c.changes))
	}
	return p.Because(func(before, s *model.State) string {
		at := here.in(before, s)
		if c.Kind != check.KindLeadsTo && !c.violatedAt(at) {
			return ""
		}
		return c.wrong(at)
	})
}

// Wrong says in plain words what is wrong in a state, or in a step between two,
// at the first place where the claim does not hold; it is empty where it holds.
func (c Claim) Wrong(sys *model.System, before, after *model.State) string {
	var text string
	c.places(sys, before, after, func(at place) bool {
		if !c.violatedAt(at) {
			return true
		}
		text = c.wrong(at)
		return false
	})
	return text
}
