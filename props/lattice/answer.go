package lattice

import (
	"math/bits"
	"slices"

	"pkgdist/model"
)

// Sufficient tells whether everything that was judged holds under a set.
func (l *Lattice) Sufficient(set model.MechanismSet) bool { return l.Sets[set] == Verdicts{} }

// insufficient tells whether something is violated under a set. A set can be
// neither, where something is inconclusive.
func (l *Lattice) insufficient(set model.MechanismSet) bool { return l.Sets[set].Violated != 0 }

// Undecided counts the sets that are neither sufficient nor insufficient.
func (l *Lattice) Undecided() int {
	n := 0
	for _, v := range l.Sets {
		if v.Violated == 0 && v.Inconclusive != 0 {
			n++
		}
	}
	return n
}

// Minimal lists the sufficient sets of which no part is sufficient, the smallest
// first.
func (l *Lattice) Minimal() []model.MechanismSet {
	return MinimalOf(l.Sufficient)
}

// MinimalFor lists the sets under which one claim holds, whatever becomes of the
// others, and of which no part does, the smallest first.
func (l *Lattice) MinimalFor(claim string) []model.MechanismSet {
	one := ClaimSet(1) << l.index(claim)
	return MinimalOf(func(set model.MechanismSet) bool {
		return (l.Sets[set].Violated|l.Sets[set].Inconclusive)&one == 0
	})
}

// Maximal lists the insufficient sets that become sufficient whatever is added,
// the largest first.
func (l *Lattice) Maximal() []model.MechanismSet {
	list := extremes(l.insufficient, func(set, other model.MechanismSet) bool { return set&^other == 0 })
	slices.Reverse(list)
	return list
}

// Sets lists the sets of a kind.
func Sets(is func(model.MechanismSet) bool) []model.MechanismSet {
	var list []model.MechanismSet
	for set := range model.MechanismSet(NumSets) {
		if is(set) {
			list = append(list, set)
		}
	}
	return list
}

// MinimalOf lists the sets of a kind of which no part is of that kind, the
// smallest first.
func MinimalOf(is func(model.MechanismSet) bool) []model.MechanismSet {
	return extremes(is, func(set, other model.MechanismSet) bool { return other&^set == 0 })
}

// extremes lists the sets of a kind that no other of the kind is beyond, by size.
func extremes(is func(model.MechanismSet) bool, beyond func(set, other model.MechanismSet) bool) []model.MechanismSet {
	all := Sets(is)
	var list []model.MechanismSet
	for _, set := range all {
		if !slices.ContainsFunc(all, func(other model.MechanismSet) bool { return other != set && beyond(set, other) }) {
			list = append(list, set)
		}
	}
	slices.SortStableFunc(list, func(a, b model.MechanismSet) int { return size(a) - size(b) })
	return list
}

func size(set model.MechanismSet) int { return bits.OnesCount16(uint16(set)) }

// Needs lists the claims that are violated under every set without the mechanism,
// whatever else is on, and not under every set with it.
func (l *Lattice) Needs(m model.Mechanism) []string {
	without, with := ^ClaimSet(0), ^ClaimSet(0)
	for set := range model.MechanismSet(NumSets) {
		if set.Has(m) {
			with &= l.Sets[set].Violated
		} else {
			without &= l.Sets[set].Violated
		}
	}
	return l.Names(without &^ with)
}

// StandIns lists what can take the place of a mechanism in a sufficient set: the
// smallest sets of other mechanisms with which the rest is sufficient again. It
// is empty where nothing can, and holds the empty set where nothing has to.
func (l *Lattice) StandIns(repair model.MechanismSet, m model.Mechanism) []model.MechanismSet {
	rest := repair &^ model.Mechanisms(m)
	return MinimalOf(func(set model.MechanismSet) bool {
		return set&(rest|model.Mechanisms(m)) == 0 && l.Sufficient(rest|set)
	})
}

// Worse lists the sufficient sets that one more mechanism makes insufficient,
// each with that mechanism: more is not always better.
func (l *Lattice) Worse() []model.MechanismSet {
	var list []model.MechanismSet
	for set := range model.MechanismSet(NumSets) {
		for _, m := range model.AllMechanisms() {
			if l.Sufficient(set) && !set.Has(m) && l.insufficient(set|model.Mechanisms(m)) {
				list = append(list, set|model.Mechanisms(m))
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// The article's two claims: no two writers with different versions, and every
// accepted .PKG reaches all distribution points.
var articlesClaims = []string{"one-version-among-writers", "accepted-reaches-all-dps"}

// OnlyTheArticle lists the sets that satisfy the article's two claims and violate
// another, the smallest of them first, and how many there are in all. It tells
// false if the two claims were not judged.
func (l *Lattice) OnlyTheArticle() (minimal []model.MechanismSet, count int, judged bool) {
	var two ClaimSet
	for _, name := range articlesClaims {
		i := l.index(name)
		if i < 0 {
			return nil, 0, false
		}
		two |= 1 << i
	}
	only := func(set model.MechanismSet) bool {
		return (l.Sets[set].Violated|l.Sets[set].Inconclusive)&two == 0 && l.insufficient(set)
	}
	return MinimalOf(only), len(Sets(only)), true
}
