package model

import (
	"fmt"
	"slices"
)

// A System is the state machine of one scope under one design. It satisfies the
// checker's interfaces by shape. It never changes, so that any number of
// goroutines can use it.
type System struct {
	scope    Scope
	design   Design
	last     Version // the last version that the administrator asks for
	children [MaxSites][]int
	rules    []rule
	promises [][MaxSites]int     // of each rule of the table at each site, the first promise of fairness, or -1
	byIndex  []*rule             // the rules by their index in the table, nil where the design lacks one
	absent   []string            // for each rule of the table that the design lacks, why
	fields   []instance          // of a state, as it is described
	slots    []slot              // how a state is packed
	parts    []part              // what each slot is
	sites    []bitRange          // where each site is in a packed state
	budgets  [NumFaults]bitRange // and what is left of each fault
	// askedRest, unless nil, is set where a guard asks whether the sites are at
	// rest, and the answer is then yes.
	askedRest *bool
	width     int
	mutation  *Mutation // or nil
	exchanges exchanges // what is interchangeable
}

// A rule is a Rule as it is in one scope and design: with the guards and the
// effects that the design has, at the sites that the scope has.
type rule struct {
	*Rule
	index    uint8 // in the table
	sites    []int
	packages int // 1 where the rule concerns a whole site
	targets  []target
	guards   []Guard
	effects  []Effect
}

// A target is what a rule is tried on: a site, a package, and how many
// distribution points are told apart.
type target struct{ site, pkg, dps uint8 }

// NewSystem returns the state machine of a scope under a design.
func NewSystem(scope Scope, design Design) (*System, error) { return newSystem(scope, design, nil) }

func newSystem(scope Scope, design Design, m *Mutation) (*System, error) {
	if err := scope.Validate(); err != nil {
		return nil, err
	}
	sys := &System{scope: scope, design: design, last: Version(scope.Updates), mutation: m}
	if design.Policy == Twice {
		sys.last++
	}
	for i, site := range scope.Sites[1:] {
		sys.children[site.Parent] = append(sys.children[site.Parent], i+1)
	}
	sys.absent = make([]string, len(table))
	for i := range table {
		if sys.has(table[i].Name, WholeRule, "", table[i].If) && sys.lacks(&table[i]) == "" {
			sys.rules = append(sys.rules, sys.compile(i))
		} else {
			sys.absent[i] = sys.why(&table[i])
		}
	}
	sys.byIndex = make([]*rule, len(table))
	for i := range sys.rules {
		sys.byIndex[sys.rules[i].index] = &sys.rules[i]
	}
	sys.planLayout()
	sys.countPromises()
	sys.planExchanges()
	return sys, nil
}

// why says why the system lacks a rule.
func (sys *System) why(r *Rule) string {
	switch {
	case !r.If.Met(sys.design):
		return "the design is " + r.If.String()
	case sys.lacks(r) != "":
		return sys.lacks(r)
	}
	return "the rule is not left out"
}

// lacks says which fault the scope lacks for the rule to apply, if one.
func (sys *System) lacks(r *Rule) string {
	if sys.hasOneOf(r.Only) {
		return ""
	}
	return budgetLeft(r.Only[0])
}

// hasOneOf tells whether the scope has one of the faults, or if there are none.
func (sys *System) hasOneOf(faults []Fault) bool {
	return len(faults) == 0 || slices.ContainsFunc(faults, func(f Fault) bool { return sys.scope.Faults[f] > 0 })
}

// compile returns what the system has of a rule.
func (sys *System) compile(index int) rule {
	r := sys.whole(index)
	r.guards = slices.DeleteFunc(r.guards, func(g Guard) bool { return !sys.has(r.Name, OneGuard, g.Name, g.If) })
	r.effects = slices.DeleteFunc(r.effects, func(e Effect) bool { return !sys.has(r.Name, OneEffect, e.Name, e.If) })
	return r
}

// whole returns a rule with the guards and the effects of all designs.
func (sys *System) whole(index int) rule {
	r := rule{Rule: &table[index], index: uint8(index), packages: len(sys.scope.Packages),
		guards: slices.Clone(table[index].Guards), effects: slices.DeleteFunc(slices.Clone(table[index].Effects), Effect.isNothing)}
	if r.Site {
		r.packages = 1
	}
	for i := range sys.scope.Sites {
		if sys.applies(r.Where, i) {
			r.sites = append(r.sites, i)
			for p := range r.packages {
				r.targets = append(r.targets, target{uint8(i), uint8(p), uint8(sys.dpsOf(&r, i))})
			}
		}
	}
	return r
}

func (sys *System) applies(w Where, site int) bool {
	switch w {
	case AtSource:
		return site == 0
	case BelowSource:
		return site > 0
	case BetweenSites:
		return site > 0 && len(sys.children[site]) > 0
	}
	return true
}

// Scope returns the bounds of the system.
func (sys *System) Scope() Scope { return sys.scope }

// Bounds returns the same by reference. It must not be changed.
func (sys *System) Bounds() *Scope { return &sys.scope }

// Design returns the design of the system.
func (sys *System) Design() Design { return sys.design }

// LastVersion returns the last version of each package that the administrator
// asks for.
func (sys *System) LastVersion() Version { return sys.last }

// Init returns the one initial state: nothing has been distributed.
func (sys *System) Init() []State {
	var s State
	for f, n := range sys.scope.Faults {
		s.FaultsLeft[f] = uint8(n)
	}
	return []State{s}
}

// Steps calls yield for every step that is possible in s, with the state that
// it leads to.
func (sys *System) Steps(s State, yield func(Step, State)) {
	sys.StepsInPlace(&s, func(step Step, next *State) { yield(step, *next) })
}

// StepsInPlace does the same without a copy of the state for each step: it
// calls yield with s itself, changed for the time of the call.
func (sys *System) StepsInPlace(s *State, yield func(Step, *State)) {
	for i := range sys.rules {
		r := &sys.rules[i]
		sys.bindings(r, s, func(c binding) bool {
			if r.blocked(c) == nil {
				r.apply(c, yield)
			}
			return true
		})
	}
}

// bindings calls try for each choice of operands that the rule has in s, until
// try returns false, and tells whether it never did.
func (sys *System) bindings(r *rule, s *State, try func(binding) bool) bool {
	for _, at := range r.targets {
		if !sys.bindingsAt(r, at, s, try) {
			return false
		}
	}
	return true
}

func (sys *System) bindingsAt(r *rule, at target, s *State, try func(binding) bool) bool {
	c := bind(sys, s, Step{Rule: r.index, Site: at.site, Package: at.pkg})
	if r.Of == nil {
		return r.eachDP(c, at.dps, try)
	}
	for versions := r.Of.Set(c); versions != 0; versions &= versions - 1 {
		c.Version = versions.Lowest()
		if !r.eachDP(c, at.dps, try) {
			return false
		}
	}
	return true
}

func (r *rule) eachDP(c binding, dps uint8, try func(binding) bool) bool {
	for c.DP = range dps {
		if !try(c) {
			return false
		}
	}
	return true
}

// blocked returns the first guard that does not hold, or nil.
func (r *rule) blocked(c binding) *Guard {
	for i := range r.guards {
		if !r.guards[i].Holds(c) {
			return &r.guards[i]
		}
	}
	return nil
}

// Remarks lists what a person should notice of a step out of s.
func (sys *System) Remarks(s *State, step Step) (remarks []string) {
	r := sys.find(int(step.Rule))
	if r == nil {
		return nil
	}
	c := bind(sys, s, step)
	for _, e := range r.Effects {
		for _, remark := range e.Remarks {
			if sys.has(r.Name, OneEffect, e.Name, e.If) && (remark.When == nil || remark.When(c)) {
				remarks = append(remarks, remark.Says)
			}
		}
	}
	return remarks
}

// apply takes the step, calls yield with the state that it leads to, and undoes
// it. Only what the rule can reach is saved and restored, so that a small scope
// does not pay for the largest state.
func (r *rule) apply(c binding, yield func(Step, *State)) {
	site, faults := *c.site, c.s.FaultsLeft
	var children [MaxSites]SiteState
	if r.sends {
		for i, child := range c.sys.children[c.Site] {
			children[i] = c.s.Sites[child]
		}
	}
	for i := range r.effects {
		r.effects[i].Do(c)
	}
	yield(c.Step, c.s)
	*c.site, c.s.FaultsLeft = site, faults
	if r.sends {
		for i, child := range c.sys.children[c.Site] {
			c.s.Sites[child] = children[i]
		}
	}
}

// AtRest tells whether no step of the system itself is possible in s: only the
// administrator or a fault could change it.
func (sys *System) AtRest(s *State) bool {
	if sys.askedRest != nil {
		*sys.askedRest = true
		return true
	}
	for i := range sys.rules {
		r := &sys.rules[i]
		if r.Kind == BySystem && !sys.bindings(r, s, func(c binding) bool { return r.blocked(c) != nil }) {
			return false
		}
	}
	return true
}

// Environment tells whether a step is not the system's own, but the
// administrator's or a fault.
func (sys *System) Environment(step Step) bool { return table[step.Rule].Kind != BySystem }

// Rules returns the names of the rules, for the count of how often each fired.
func (sys *System) Rules() []string { return RuleNames() }

// Rule returns the index of the step's rule in Rules.
func (sys *System) Rule(step Step) int { return int(step.Rule) }

// Barred returns the guard that stops a rule in every state of the scope, or "".
func (sys *System) Barred(index int) string {
	switch r := sys.find(index); {
	case r == nil:
		return sys.absent[index]
	case len(r.sites) == 0:
		return noSite
	}
	return ""
}

const noSite = "the scope has a site where the rule applies"

// Blocked calls yield with the name of the guard that stops the rule in s, once
// for each choice of operands with which it is not possible.
func (sys *System) Blocked(s *State, index int, yield func(guard string)) {
	r := sys.find(index)
	if guard := sys.Barred(index); guard != "" {
		yield(guard)
		return
	}
	tried := false
	sys.bindings(r, s, func(c binding) bool {
		tried = true
		if g := r.blocked(c); g != nil {
			yield(g.Name)
		}
		return true
	})
	if !tried && r.Of != nil {
		yield(r.Of.Name)
	} else if !tried {
		yield("the scope has a distribution point where the rule applies")
	}
}

// HasRule tells whether the rule of that name exists in the design, at a site of the
// scope, and within its budget of faults.
func (sys *System) HasRule(name string) bool {
	for i := range sys.rules {
		r := &sys.rules[i]
		if r.Name == name {
			return len(r.sites) > 0
		}
	}
	return false
}

// Deepest returns the last of the conditions in which a rule's steps failed, in
// the order in which the rule tries them.
func (sys *System) Deepest(name string, failed []string) string {
	deepest := ""
	for i := range sys.rules {
		if r := &sys.rules[i]; r.Name == name {
			for _, condition := range r.conditions() {
				if slices.Contains(failed, condition) {
					deepest = condition
				}
			}
		}
	}
	return deepest
}

// conditions names the conditions of the rule, in order.
func (r *rule) conditions() []string {
	var names []string
	if r.Of != nil {
		names = append(names, r.Of.Name)
	}
	for _, g := range r.guards {
		names = append(names, g.Name)
	}
	return names
}

// find returns the rule with that index in the table, or nil if the system lacks
// it.
func (sys *System) find(index int) *rule { return sys.byIndex[index] }

// WhyNot returns the name of the first guard that does not hold for a step in s,
// or "" if the step is possible.
func (sys *System) WhyNot(s *State, step Step) string {
	r := sys.find(int(step.Rule))
	if r == nil {
		return sys.absent[step.Rule]
	}
	if !sys.applies(r.Where, int(step.Site)) {
		return "the rule applies at the site"
	}
	c := bind(sys, s, step)
	if r.Of != nil && !r.Of.Set(c).Has(step.Version) {
		return r.Of.Name
	}
	if g := r.blocked(c); g != nil {
		return g.Name
	}
	return ""
}

// Next returns the state that a step leads to, or an error that names the guard
// that stops it.
func (sys *System) Next(s State, step Step) (State, error) {
	if why := sys.WhyNot(&s, step); why != "" {
		return s, fmt.Errorf("%s is not possible, as this is false: %s", sys.Format(step), why)
	}
	return sys.After(s, step), nil
}

// After returns the state that a step leads to which is possible in s.
func (sys *System) After(s State, step Step) State {
	for _, e := range sys.find(int(step.Rule)).effects {
		e.Do(bind(sys, &s, step))
	}
	return s
}
