// Package lattice tries every set of mechanisms on a scenario, and says which
// repairs are enough, which are the smallest, and what each mechanism is for.
//
// Goals: a verdict on every property under every one of the sets, each as sound
// as if the set had been explored by itself; work that is shared between sets
// where that is proven to change nothing, and done anew where it is not; results
// that do not depend on the number of workers.
//
// Non-goals: no guess from one set to another ("more mechanisms are better" is
// nowhere assumed, for it is not always so); no administrator who waits, for a
// repair is to help those who do not.
package lattice

import (
	"context"
	"slices"
	"strings"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
	"pkgdist/props/scenario"
)

// NumSets is the number of sets of mechanisms.
const NumSets = 1 << model.NumMechanisms

// All is the set of all mechanisms.
const All model.MechanismSet = NumSets - 1

// A Lattice has the verdicts on the claims under every set of mechanisms.
type Lattice struct {
	Scenario string
	// Claims are the claims that were judged.
	Claims []props.Claim
	// Sets has the verdicts of each set, with the set as its index.
	Sets [NumSets]Verdicts
	// Stopped says why a set was not explored to its end; empty if each was.
	Stopped string
	// Searched, Alike and Refuted are how many sets were explored, how many take
	// the same steps as one that was, and how many were refuted by traces of others
	// alone. Unreached are the rest: sets that the search had no time for.
	Searched, Alike, Refuted, Unreached int
}

// Verdicts are the verdicts under one set, one bit for each claim. A claim with
// no bit holds; a "sometimes" holds where it is reached.
type Verdicts struct {
	Violated, Inconclusive ClaimSet
}

func (v Verdicts) holds() ClaimSet { return ^(v.Violated | v.Inconclusive) }

// A ClaimSet is a set of claims, by their index.
type ClaimSet uint64

func (cs ClaimSet) has(i int) bool { return cs>>i&1 != 0 }

// Options bound the search.
type Options struct {
	// Check bounds the search of each set. Workers is how many sets are explored
	// at the same time.
	Check check.Options
	// Progress is called now and then with how many sets are judged, from one
	// goroutine; nil is silence.
	Progress func(Progress)
}

// Progress is how far the search has come.
type Progress struct {
	Judged, Searched int // sets
}

// Search judges the properties, or all that count in the scenario if none is
// named, under every set of mechanisms.
func Search(ctx context.Context, sc *scenario.Scenario, properties []string, opt Options) (*Lattice, error) {
	s, err := newSearch(sc, properties, opt)
	if err != nil {
		return nil, err
	}
	return s.Lattice, s.run(ctx)
}

// Merge combines the lattices of several scenarios: a claim is violated under a
// set if it is in one of them, and inconclusive if it is in one and violated in
// none. A claim that does not count in a scenario is not missed there.
func Merge(lattices ...*Lattice) *Lattice {
	merged := &Lattice{}
	var names []string
	for _, l := range lattices {
		names = append(names, l.Scenario)
		for _, c := range l.Claims {
			if merged.index(c.Name) < 0 {
				merged.Claims = append(merged.Claims, c)
			}
		}
		merged.Searched += l.Searched
		merged.Alike += l.Alike
		merged.Refuted += l.Refuted
		merged.Unreached += l.Unreached
		if merged.Stopped == "" && l.Stopped != "" {
			merged.Stopped = l.Scenario + ": " + l.Stopped
		}
	}
	merged.Scenario = strings.Join(names, ",")
	for _, l := range lattices {
		for set := range merged.Sets {
			merged.Sets[set].Violated |= l.translate(l.Sets[set].Violated, merged)
			merged.Sets[set].Inconclusive |= l.translate(l.Sets[set].Inconclusive, merged)
		}
	}
	for set := range merged.Sets {
		merged.Sets[set].Inconclusive &^= merged.Sets[set].Violated
	}
	return merged
}

func (l *Lattice) translate(cs ClaimSet, into *Lattice) ClaimSet {
	var out ClaimSet
	for i, c := range l.Claims {
		if cs.has(i) {
			out |= 1 << into.index(c.Name)
		}
	}
	return out
}

func (l *Lattice) index(name string) int {
	return slices.IndexFunc(l.Claims, func(c props.Claim) bool { return c.Name == name })
}

// Names lists the claims of a set.
func (l *Lattice) Names(cs ClaimSet) []string {
	names := []string{}
	for i, c := range l.Claims {
		if cs.has(i) {
			names = append(names, c.Name)
		}
	}
	return names
}
