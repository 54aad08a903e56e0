package model

import "slices"

// Each condition and each effect declares which bits of the state it reads and
// may write. Two steps neither of which writes what the other one reads or writes
// are independent: they can be taken in either order, and neither makes the other
// possible or impossible. So of two orders a search needs only one. Tests compare
// the declarations with what rules do.

// An Access is a set of bits of the state, relative to the operands of a step.
type Access []accessed

// accessed are bits of one field: at the site, the package and the distribution
// point or the fault of the step, unless more is said.
type accessed struct {
	field *StateField
	part  string // or all of it
	fault Fault  // of the budget
	// below: at the child sites. packages, dps: at each of them.
	below, packages, dps bool
	source, everywhere   bool // at the source site; at every site
	ordered              bool // only where the channels keep their order
	of                   func(Version) Versions
}

// with returns the access with a change to each field.
func (a Access) with(change func(*accessed)) Access {
	a = slices.Clone(a)
	for i := range a {
		change(&a[i])
	}
	return a
}

// And returns the access to the bits of several.
func (a Access) And(others ...Access) Access {
	return append(slices.Clone(a), slices.Concat(others...)...)
}

// Phase narrows the access to the phase of a thread.
func (a Access) Phase() Access { return a.with(func(f *accessed) { f.part = "Phase" }) }

// torn narrows it to whether a content is torn.
func (a Access) torn() Access { return a.with(func(f *accessed) { f.part = "Torn" }) }

// AllPackages widens the access to each package at the site.
func (a Access) AllPackages() Access { return a.with(func(f *accessed) { f.packages = true }) }

// AllDPs widens the access to each distribution point of the site.
func (a Access) AllDPs() Access { return a.with(func(f *accessed) { f.dps = true }) }

// ofVersion narrows sets of versions to the step's version, and upToVersion to
// this and those before.
func (a Access) ofVersion() Access { return a.with(func(f *accessed) { f.of = Version.Set }) }

func (a Access) upToVersion() Access {
	return a.with(func(f *accessed) { f.of = (^Versions(0)).UpTo })
}

// AtSource moves the access to the source site.
func (a Access) AtSource() Access { return a.with(func(f *accessed) { f.source = true }) }

// everywhere widens the access to every site.
func (a Access) everywhere() Access { return a.with(func(f *accessed) { f.everywhere = true }) }

// below moves the access to the child sites.
func (a Access) below() Access { return a.with(func(f *accessed) { f.below = true }) }

func (a Access) ifOrdered() Access { return a.with(func(f *accessed) { f.ordered = true }) }

// LeftOf is the access to what is left of faults.
func LeftOf(faults ...Fault) (a Access) {
	for _, fault := range faults {
		a = append(a, accessed{field: fieldBudget[0].field, fault: fault})
	}
	return a
}

// in returns which bits of a part the access has for a step.
func (f *accessed) in(sys *System, p *part, step Step) Versions {
	site := p.operands.Site
	if f.everywhere || f.source && site == 0 {
		site = step.Site
	} else if f.source {
		return 0
	}
	if f.below {
		if site == 0 {
			return 0
		}
		site = uint8(sys.scope.Sites[site].Parent)
	}
	switch {
	case f.field != p.StateField, f.part != "" && f.part != p.name, f.ordered && !sys.scope.Ordered,
		f.field.budget && p.operands.DP != uint8(f.fault),
		!f.field.budget && site != step.Site,
		f.field.Package && !f.packages && p.operands.Package != step.Package,
		f.field.DP && !f.dps && p.operands.DP != step.DP:
		return 0
	case f.of != nil:
		return f.of(step.Version)
	}
	return ^Versions(0)
}

// Bits lists the bits of the packed state that the access has for a step.
func (sys *System) Bits(step Step, access Access) []int {
	list := []int{}
	for i := range sys.parts {
		var bits Versions
		for k := range access {
			bits |= access[k].in(sys, &sys.parts[i], step)
		}
		for slot, bit := &sys.slots[i], 0; bit < int(slot.bits); bit++ {
			if bits>>bit&1 != 0 {
				list = append(list, int(slot.at)*8+int(slot.shift)+bit)
			}
		}
	}
	return list
}

// Universe lists every step that may be possible in some state.
func (sys *System) Universe() []Step {
	var list []Step
	for i := range sys.rules {
		r := &sys.rules[i]
		lowest, last := Version(0), Version(0)
		if r.Of != nil {
			lowest, last = 1, sys.last
		}
		for _, at := range r.targets {
			for v := lowest; v <= last; v++ {
				for dp := range at.dps {
					list = append(list, Step{Rule: r.index, Site: at.site, Package: at.pkg, Version: v, DP: dp})
				}
			}
		}
	}
	return list
}

// Conditions lists for each condition of a step, in the order in which they are
// tried, which bits of the packed state it reads. Whether the sites are at rest
// reads none: that is for the search to know.
func (sys *System) Conditions(step Step) [][]int {
	r := sys.find(int(step.Rule))
	var list [][]int
	if r.Of != nil {
		list = append(list, sys.Bits(step, r.Of.Reads))
	}
	for _, g := range r.guards {
		list = append(list, sys.Bits(step, g.Reads))
	}
	return list
}

// Obstacle returns which one of the Conditions stops a step in s, or -1 if it is
// possible.
func (sys *System) Obstacle(s *State, step Step) int {
	r, c, first := sys.find(int(step.Rule)), bind(sys, s, step), 0
	if r.Of != nil {
		if !r.Of.Set(c).Has(step.Version) {
			return 0
		}
		first = 1
	}
	for i := range r.guards {
		if !r.guards[i].Holds(c) {
			return first + i
		}
	}
	return -1
}

// Effect tells which bits of the packed state decide what a step changes, besides
// its Conditions, and which it may change.
func (sys *System) Effect(step Step) (reads, writes []int) {
	var read, written Access
	for _, e := range sys.find(int(step.Rule)).effects {
		read, written = append(read, e.Reads...), append(written, e.Writes...)
	}
	return sys.Bits(step, read), sys.Bits(step, written)
}

// ReadWriteSets are the fields that a rule reads and may write, by their labels
// in the order of the table, without the budgets of faults.
type ReadWriteSets struct {
	Reads, Writes []string
	// ReadsWith and WritesWith are added by designs other than the product as
	// shipped.
	ReadsWith, WritesWith []string
}

// ReadWriteSets returns the fields that the rule reads and may write.
func (r *Rule) ReadWriteSets() (sets ReadWriteSets) {
	every := func(Condition) bool { return true }
	shipped := func(c Condition) bool { return c.Met(SMS20) && r.If.Met(SMS20) }
	read, written := r.access(shipped)
	allRead, allWritten := r.access(every)
	sets.Reads, sets.ReadsWith = labels(read, nil), labels(allRead, read)
	sets.Writes, sets.WritesWith = labels(written, nil), labels(allWritten, written)
	return sets
}

// access gathers what the conditions and effects of the designs read and write.
func (r *Rule) access(in func(Condition) bool) (read, written Access) {
	if r.Of != nil && in(Condition{}) {
		read = append(read, r.Of.Reads...)
	}
	for _, g := range r.Guards {
		if in(g.If) {
			read = append(read, g.Reads...)
		}
	}
	for _, e := range r.Effects {
		if in(e.If) {
			read, written = append(read, e.Reads...), append(written, e.Writes...)
		}
	}
	return read, written
}

// labels lists the labels of the fields in one access that are not in another.
func labels(in, notIn Access) (list []string) {
	has := func(a Access, f *StateField) bool {
		return slices.ContainsFunc(a, func(x accessed) bool { return x.field == f })
	}
	for _, f := range StateFields() {
		if has(in, f) && !has(notIn, f) {
			list = append(list, f.Label)
		}
	}
	return list
}
