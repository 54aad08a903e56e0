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
	"slices"

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
	// TooStrong: it is in the catalogue to show that it asks too much, and its
	// verdict counts only where it is asked for by name.
	TooStrong bool
	// Without tells which policy of the administrator excludes the situation on
	// purpose ("sometimes" only), so that nobody expects it there.
	Without []model.Policy

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
	// about steps also reads what the step may write. Of claims at rest and about
	// liveness neither is declared.
	reads, changes model.Access
}

// Catalogue returns the claims: first what must never go wrong, to versions and
// in how the components work, then what must be so when nothing more can happen, then what must happen in the end, and last
// what must be reachable.
func Catalogue() []Claim {
	return slices.Concat(safety(), work(), atRest(), inTheEnd(), reachable())
}

// Names returns the names of the claims.
func Names() []string { return names(Catalogue()) }

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
	for _, c := range Catalogue() {
		if c.Name == name {
			return c, nil
		}
	}
	return Claim{}, &model.UnknownError{What: "property", Name: name, Known: Names()}
}

// A place is a site, a package and a distribution point in a state, and for a
// step also in the state before it.
type place struct {
	sys           *model.System
	before, s     *model.State
	site, pkg, dp int
	version       model.Version       // of a claim about each version
	was, now      *model.PackageState // the package at the site, before and now
}

// here is the site of the place.
func (at place) here() *model.SiteState { return &at.s.Sites[at.site] }

func (at place) siteName() string    { return at.sys.Bounds().Sites[at.site].Name }
func (at place) packageName() string { return at.sys.Bounds().Packages[at.pkg] }

// places calls visit for each place that the claim is about until visit returns
// false, and tells whether it never did.
func (c *Claim) places(sys *model.System, before, s *model.State, visit func(place) bool) bool {
	scope := sys.Bounds()
	for i := range scope.Sites {
		dps := 1
		if c.perDP {
			dps = scope.Sites[i].DPs
		}
		for p := range scope.Packages {
			at := place{sys: sys, before: before, s: s, site: i, pkg: p,
				was: &before.Sites[i].Packages[p], now: &s.Sites[i].Packages[p]}
			for at.dp = range dps {
				if !visit(at) {
					return false
				}
			}
		}
	}
	return true
}

func (c *Claim) applies(at place) bool { return c.when == nil || c.when(at) }

// For returns the property that the checker checks of the states of sys.
func (c Claim) For(sys *model.System) check.Property[model.State] {
	exists := func(is func(place) bool) func(before, s *model.State) bool {
		return func(before, s *model.State) bool {
			return !c.places(sys, before, s, func(at place) bool { return !is(at) })
		}
	}
	applies := exists(c.applies)
	violated := exists(func(at place) bool { return c.applies(at) && !c.holds(at) })
	holds := exists(func(at place) bool { return c.applies(at) && c.holds(at) })

	p := check.Property[model.State]{Name: c.Name, Kind: c.Kind, AtRest: c.AtRest, Observes: c.observes(sys)}
	switch c.Kind {
	case check.KindLeadsTo:
		p.Cases = len(sys.Scope().Sites) * len(sys.Scope().Packages) * int(sys.LastVersion())
		p.From = func(s *model.State, instance int) bool { return c.when(instanceOf(sys, s, instance)) }
		p.To = func(s *model.State, instance int) bool { return c.holds(instanceOf(sys, s, instance)) }
	case check.KindEventuallyAlways:
		p.To = func(s *model.State, _ int) bool { return !violated(s, s) }
	case check.KindStep:
		p.WhenStep = applies
		p.ClaimStep = func(before, after *model.State) bool { return !violated(before, after) }
	case check.KindSometimes:
		if c.perStep {
			p.ClaimStep = holds
		} else {
			p.Claim = func(s *model.State) bool { return holds(s, s) }
		}
	default:
		p.When = func(s *model.State) bool { return applies(s, s) }
		p.Claim = func(s *model.State) bool { return !violated(s, s) }
	}
	return p
}

// observes lists the read sets of the claim, place by place: a state violates it
// if it does so at one of them.
func (c *Claim) observes(sys *model.System) []check.Observation {
	if c.reads == nil && c.changes == nil {
		return nil
	}
	var list []check.Observation
	var none model.State
	c.places(sys, &none, &none, func(at place) bool {
		step := model.Step{Site: uint8(at.site), Package: uint8(at.pkg), DP: uint8(at.dp)}
		list = append(list, check.Observation{Looks: sys.Bits(step, c.reads), Changes: sys.Bits(step, c.changes)})
		return true
	})
	return list
}

// instanceOf returns the place that a case of a claim about each version is
// about.
func instanceOf(sys *model.System, s *model.State, instance int) place {
	scope, versions := sys.Bounds(), int(sys.LastVersion())
	at := place{sys: sys, before: s, s: s, version: model.Version(instance%versions) + 1}
	at.pkg = instance / versions % len(scope.Packages)
	at.site = instance / versions / len(scope.Packages)
	at.now = &s.Sites[at.site].Packages[at.pkg]
	at.was = at.now
	return at
}

// WrongAtEnd says in plain words what is wrong at the end of a counterexample:
// in its last step or state, or in the loop that begins at the state with index
// loop, in the case that the checker found violated.
func (c Claim) WrongAtEnd(sys *model.System, states []model.State, loop, instance int) string {
	switch last := len(states) - 1; {
	case c.Kind == check.KindLeadsTo:
		return c.wrong(instanceOf(sys, &states[loop], instance))
	case !c.Kind.InTheEnd():
		return c.Wrong(sys, &states[max(last-1, 0)], &states[last])
	}
	for i := loop; i < len(states); i++ {
		if text := c.Wrong(sys, &states[i], &states[i]); text != "" {
			return text
		}
	}
	return ""
}

// ComesAbout tells whether a "sometimes" comes about in a state, or in the step
// that led to it.
func (c Claim) ComesAbout(sys *model.System, before, after *model.State) bool {
	return !c.places(sys, before, after, func(at place) bool { return !c.applies(at) || !c.holds(at) })
}

// Wrong says in plain words what is wrong in a state, or in a step between two,
// at the first place where the claim does not hold; it is empty where it holds.
func (c Claim) Wrong(sys *model.System, before, after *model.State) string {
	var text string
	c.places(sys, before, after, func(at place) bool {
		if c.Kind == check.KindSometimes || !c.applies(at) || c.holds(at) {
			return true
		}
		text = c.wrong(at)
		return false
	})
	return text
}
