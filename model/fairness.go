package model

// The system's own steps are fair, each rule with each choice of operands but the
// version: a Despooler that can store something eventually does, whatever the
// other sites do. Weak fairness suffices: versions and faults run out, so no step
// is enabled and disabled infinitely often. The administrator's steps and faults
// are not fair.

// Constraints returns the names of the promises: a rule with its operands.
func (sys *System) Constraints() []string {
	var names []string
	for i := range sys.rules {
		r := &sys.rules[i]
		if r.Kind != BySystem {
			continue
		}
		for _, site := range r.sites {
			for p := range r.packages {
				for d := range sys.dpsOf(r, site) {
					names = append(names, sys.formatWithoutVersion(Step{Rule: r.index, Site: uint8(site), Package: uint8(p), DP: uint8(d)}))
				}
			}
		}
	}
	return names
}

// Constraint returns the index of the promise that covers the step, or -1.
func (sys *System) Constraint(step Step) int {
	first := sys.promises[step.Rule][step.Site]
	if first < 0 {
		return -1
	}
	if table[step.Rule].DP {
		return first + int(step.Package)*sys.scope.Sites[step.Site].DPs + int(step.DP)
	}
	return first + int(step.Package)
}

// Strong tells whether a promise is of strong fairness: none is.
func (sys *System) Strong(int) bool { return false }

// countPromises finds the first promise of each rule at each site.
func (sys *System) countPromises() {
	sys.promises = make([][MaxSites]int, len(table))
	for i := range sys.promises {
		for site := range sys.promises[i] {
			sys.promises[i][site] = -1
		}
	}
	next := 0
	for i := range sys.rules {
		r := &sys.rules[i]
		if r.Kind != BySystem {
			continue
		}
		for _, site := range r.sites {
			sys.promises[r.index][site] = next
			next += r.packages * sys.dpsOf(r, site)
		}
	}
}

// dpsOf is how many distribution points of the site the rule tells apart.
func (sys *System) dpsOf(r *rule, site int) int {
	if r.DP {
		return sys.scope.Sites[site].DPs
	}
	return 1
}
