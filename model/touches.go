package model

import "slices"

// Touches is what a rule looks at and what it changes as it declares it, by the
// labels of the fields, in their order. What is left of the faults is besides.
type Touches struct {
	Reads, Changes []string
	// ReadsWith and ChangesWith are what comes in only in some other design than
	// the product as shipped.
	ReadsWith, ChangesWith []string
}

// Touches returns what the rule looks at and what it changes.
func (r *Rule) Touches() Touches {
	sys, err := NewSystem(everything(), SMS20)
	if err != nil {
		panic("the scope with everything: " + err.Error()) // it is always the same
	}
	var t Touches
	t.Reads, t.Changes = sys.touches(r, func(c Condition) bool { return c.Met(SMS20) && r.If.Met(SMS20) })
	reads, changes := sys.touches(r, func(Condition) bool { return true })
	t.ReadsWith, t.ChangesWith = but(reads, t.Reads), but(changes, t.Changes)
	return t
}

// everything is a scope in which every rule has something to do.
func everything() Scope {
	scope := Scope{
		Sites:    []Site{{"A", NoParent, Primary, 1}, {"B", 0, Primary, 1}, {"C", 1, Secondary, 1}},
		Packages: []string{"P"}, Updates: 1, Ordered: true, Threads: 1, Copies: 1,
	}
	for f := range scope.Faults {
		scope.Faults[f] = 1
	}
	return scope
}

// touches marks what those conditions and effects of a rule touch that some
// designs have, at every site at which it applies.
func (sys *System) touches(r *Rule, in func(Condition) bool) (reads, changes []string) {
	var read, written State
	for i := range sys.scope.Sites {
		if !sys.applies(r.Where, i) {
			continue
		}
		step := Step{Site: uint8(i), Version: 1}
		mark := func(when Condition, by footprint, mask *State) {
			if by != nil && in(when) {
				by(sys.spot(mask, step))
			}
		}
		if r.Of != nil {
			mark(Condition{}, r.Of.Reads, &read)
		}
		for _, g := range r.Guards {
			mark(g.If, g.Reads, &read)
		}
		for _, e := range r.Effects {
			mark(e.If, e.Reads, &read)
			mark(e.If, e.Writes, &written)
		}
	}
	return sys.labels(&read), sys.labels(&written)
}

// labels lists the fields of which something is set in a state that serves as a
// mask.
func (sys *System) labels(mask *State) []string {
	var none State
	var list []string
	for _, f := range stateFields {
		for i := range sys.scope.Sites {
			at := Step{Site: uint8(i)}
			if sys.applies(f.Where, i) && f.at(sys.spot(mask, at)) != f.at(sys.spot(&none, at)) {
				list = append(list, f.Label)
				break
			}
		}
	}
	return list
}

// but returns the labels without those of others.
func but(labels, others []string) []string {
	var list []string
	for _, label := range labels {
		if !slices.Contains(others, label) {
			list = append(list, label)
		}
	}
	return list
}
