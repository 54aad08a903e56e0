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
	"cmp"
	"slices"
	"strings"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
	"pkgdist/props/shard"
)

// NumSets is the number of sets of mechanisms.
const NumSets = 1 << model.NumMechanisms

// All is the set of all mechanisms.
const All model.MechanismSet = NumSets - 1

// A Lattice has the verdicts on the claims under every set of mechanisms.
type Lattice struct {
	// Claims are the claims that were judged.
	Claims []props.Claim
	// Sets has the verdicts of each set, with the set as its index.
	Sets [NumSets]Verdicts
	// Searches are what it took, in each of the scenarios.
	Searches []Figures
	// Shard is which of the sets were judged, as Judged lists them. The verdicts under
	// the others are inconclusive.
	Shard shard.Shard
}

// Figures are what it took to judge the sets in a scenario.
type Figures struct {
	Scenario string `json:"scenario"`
	// Searched, Alike and Refuted are how many sets were explored, how many take
	// the same steps as one that was, and how many were refuted by traces of others
	// alone. Unreached are the rest: sets that the search had no time for.
	Searched  int `json:"explored"`
	Alike     int `json:"alike"`
	Refuted   int `json:"refuted"`
	Unreached int `json:"not_reached"`
	// Stopped says why a set was not explored to its end; empty if each was.
	Stopped string `json:"stopped,omitempty"`
}

// add adds what it took to judge other sets, which come later in the order.
func (f *Figures) add(other Figures) {
	f.Searched += other.Searched
	f.Alike += other.Alike
	f.Refuted += other.Refuted
	f.Unreached += other.Unreached
	f.Stopped = cmp.Or(f.Stopped, other.Stopped)
}

// Scenario names the scenarios.
func (l *Lattice) Scenario() string {
	var names []string
	for _, f := range l.Searches {
		names = append(names, f.Scenario)
	}
	return strings.Join(names, ",")
}

// Total is what it took in all scenarios together. Where there are several, Stopped
// names the one that it is of.
func (l *Lattice) Total() Figures {
	var total Figures
	for _, f := range l.Searches {
		if f.Stopped != "" && len(l.Searches) > 1 {
			f.Stopped = f.Scenario + ": " + f.Stopped
		}
		total.add(f)
	}
	return total
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
	// Progress is called now and then with how many sets are judged, by one
	// goroutine at a time; nil is silence.
	Progress func(Progress)
	// Shard is which of the sets are judged.
	Shard shard.Shard
}

// Progress is how far the search has come.
type Progress struct {
	Judged, Searched int // sets
}

// Merge combines the lattices of several scenarios: a claim is violated under a
// set if it is in one of them, and inconclusive if it is in one and violated in
// none. A claim that does not count in a scenario is not missed there.
func Merge(lattices ...*Lattice) *Lattice {
	merged := &Lattice{Shard: lattices[0].Shard}
	for _, l := range lattices {
		merged.Searches = append(merged.Searches, l.Searches...)
		for _, c := range l.Claims {
			if merged.index(c.Name) < 0 {
				merged.Claims = append(merged.Claims, c)
			}
		}
	}
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
