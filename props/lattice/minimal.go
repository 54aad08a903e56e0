package lattice

import (
	"math/bits"
	"slices"

	"pkgdist/model"
)

// Sufficient tells whether everything that was judged is known to hold under a set.
func (l *Lattice) Sufficient(set model.MechanismSet) bool { return l.Sets[set] == Verdicts{} }

// Insufficient tells whether something is violated under a set. A set is neither,
// where something is inconclusive and nothing is violated.
func (l *Lattice) Insufficient(set model.MechanismSet) bool { return l.Sets[set].Violated != 0 }

// Undecided counts the sets on which a verdict is inconclusive. Where there is
// none, the answers below are complete.
func (l *Lattice) Undecided() int {
	return len(Sets(func(set model.MechanismSet) bool { return l.Sets[set].Inconclusive != 0 }))
}

// A question about sets has the answer yes, no, or neither: not known.
type question struct {
	yes, no func(model.MechanismSet) bool
}

func (l *Lattice) enough() question { return question{l.Sufficient, l.Insufficient} }

// minimal lists the sets with the answer yes of which every part has the answer
// no, and the sets that may be such: those with no answer, of which every part has
// the answer no. The smallest are first.
func (q question) minimal() (proven, open []model.MechanismSet) {
	for _, set := range minimalOf(func(set model.MechanismSet) bool { return !q.no(set) }) {
		if q.yes(set) {
			proven = append(proven, set)
		} else {
			open = append(open, set)
		}
	}
	return proven, open
}

// Minimal lists the sufficient sets of which no part is sufficient, the smallest
// first.
func (l *Lattice) Minimal() []model.MechanismSet {
	proven, _ := l.enough().minimal()
	return proven
}

// OpenMinimal lists the undecided sets of which no part is sufficient: those that
// have to be decided before Minimal is known to be complete.
func (l *Lattice) OpenMinimal() []model.MechanismSet {
	_, open := l.enough().minimal()
	return open
}

// PerhapsSmaller lists the smallest sufficient sets of which a part is undecided.
func (l *Lattice) PerhapsSmaller() []model.MechanismSet {
	proven := l.Minimal()
	return slices.DeleteFunc(minimalOf(l.Sufficient), func(set model.MechanismSet) bool { return slices.Contains(proven, set) })
}

// InMinimal tells whether a minimal set may have the mechanism: one that is not
// insufficient, and of which no part is known to be sufficient.
func (l *Lattice) InMinimal(m model.Mechanism) bool {
	smallest := minimalOf(l.Sufficient)
	return len(Sets(func(set model.MechanismSet) bool {
		return set.Has(m) && !l.Insufficient(set) &&
			!slices.ContainsFunc(smallest, func(part model.MechanismSet) bool { return part != set && part&^set == 0 })
	})) > 0
}

// MinimalFor lists the sets under which the claims hold, whatever becomes of the
// others, and under every part of which one of them is violated, the smallest first.
// Claims that were not judged are left out.
func (l *Lattice) MinimalFor(claims ...string) []model.MechanismSet {
	var all ClaimSet
	for i, c := range l.Claims {
		if slices.Contains(claims, c.Name) {
			all |= 1 << i
		}
	}
	proven, _ := question{
		yes: func(set model.MechanismSet) bool { return all&^l.Sets[set].holds() == 0 },
		no:  func(set model.MechanismSet) bool { return l.Sets[set].Violated&all != 0 },
	}.minimal()
	return proven
}

// Maximal lists the insufficient sets that become sufficient whatever is added,
// the largest first.
func (l *Lattice) Maximal() []model.MechanismSet {
	var list []model.MechanismSet
	for _, lacks := range minimalOf(func(lacks model.MechanismSet) bool { return !l.Sufficient(All &^ lacks) }) {
		if set := All &^ lacks; l.Insufficient(set) {
			list = append(list, set)
		}
	}
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

// minimalOf lists the sets of a kind of which no part is of that kind, the smallest
// first.
func minimalOf(is func(model.MechanismSet) bool) []model.MechanismSet {
	all := Sets(is)
	slices.SortStableFunc(all, func(a, b model.MechanismSet) int { return size(a) - size(b) })
	var list []model.MechanismSet
	for _, set := range all {
		if !slices.ContainsFunc(list, func(part model.MechanismSet) bool { return part&^set == 0 }) {
			list = append(list, set)
		}
	}
	return list
}

func size(set model.MechanismSet) int { return bits.OnesCount16(uint16(set)) }

// Needs lists the claims that are violated under every set without the mechanism,
// whatever else is on, and hold under some set with it.
func (l *Lattice) Needs(m model.Mechanism) []string {
	violated, held := ^ClaimSet(0), ClaimSet(0)
	for set, v := range l.Sets {
		if model.MechanismSet(set).Has(m) {
			held |= v.holds()
		} else {
			violated &= v.Violated
		}
	}
	return l.Names(violated & held)
}

// StandIns lists what can take the place of a mechanism in a sufficient set: the
// smallest sets of other mechanisms with which the rest is sufficient again. It
// holds the empty set where nothing has to. What may be such a set, and is not
// decided, is listed apart: where neither list has one, nothing can.
func (l *Lattice) StandIns(repair model.MechanismSet, m model.Mechanism) (proven, open []model.MechanismSet) {
	rest := repair &^ model.Mechanisms(m)
	return question{
		yes: func(set model.MechanismSet) bool { return l.Sufficient(rest | set) },
		no: func(set model.MechanismSet) bool {
			return set&(rest|model.Mechanisms(m)) != 0 || l.Insufficient(rest|set)
		},
	}.minimal()
}

// Worse lists the insufficient sets that are sufficient with one mechanism less:
// more is not always better.
func (l *Lattice) Worse() []model.MechanismSet {
	return Sets(func(set model.MechanismSet) bool {
		return l.Insufficient(set) && slices.ContainsFunc(set.List(), func(m model.Mechanism) bool {
			return l.Sufficient(set &^ model.Mechanisms(m))
		})
	})
}

// The article's two claims: no two writers with different versions, and every
// accepted .PKG reaches all distribution points.
var articlesClaims = []string{"one-version-among-writers", "accepted-reaches-all-dps"}

// OnlyTheArticle are the sets that satisfy the article's two claims and violate
// another.
type OnlyTheArticle struct {
	Minimal []model.MechanismSet // the smallest of them
	Count   int
	Open    int // sets that may be such
}

// OnlyTheArticle finds the sets that satisfy the article's two claims and violate
// another. It tells false if the two claims were not judged.
func (l *Lattice) OnlyTheArticle() (only OnlyTheArticle, judged bool) {
	var two ClaimSet
	for _, name := range articlesClaims {
		i := l.index(name)
		if i < 0 {
			return OnlyTheArticle{}, false
		}
		two |= 1 << i
	}
	q := question{
		yes: func(set model.MechanismSet) bool { return l.Sets[set].holds()&two == two && l.Insufficient(set) },
		no:  func(set model.MechanismSet) bool { return l.Sets[set].Violated&two != 0 || l.Sufficient(set) },
	}
	only.Minimal, _ = q.minimal()
	only.Count = len(Sets(q.yes))
	only.Open = NumSets - only.Count - len(Sets(q.no))
	return only, true
}
