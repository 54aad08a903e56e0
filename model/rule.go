package model

import (
	"slices"
	"strings"
)

// A Rule is a named kind of step: who takes it, on what, when it is possible
// and what it changes. The rules are data. The search, the coverage, the
// explanation of why a step is not possible, and the documents all come from
// the same table.
type Rule struct {
	// Name is the actor and a verb: "despooler.store".
	Name string
	// Says tells the step as a sentence; {site}, {package}, {version} and {dp}
	// stand for its operands.
	Says string
	// Origin is where the rule comes from. Its guards and effects come from there
	// too, unless they say otherwise.
	Origin
	Kind RuleKind
	// By is the actor that takes the step, or, for a fault, that it befalls.
	By Actor
	// Hands is what the step hands from one actor to another, if anything.
	Hands Handover
	// Fault is whose budget a rule that is a fault spends.
	Fault Fault
	// Only are faults without which the rule has nothing to do. It applies where
	// the scope has one of them, or if there are none here.
	Only []Fault
	// Where are the sites at which the rule applies.
	Where Where
	// DP: the rule concerns one distribution point. Site: it concerns a whole
	// site, not one package.
	DP, Site bool
	// Of are the versions that the rule can concern; a rule about a whole site
	// has none.
	Of *Choice
	// If tells in which designs the rule exists.
	If Condition
	// Guards must all hold for the step to be possible. They are tried in
	// order.
	Guards []Guard
	// Effects happen together, in order.
	Effects []Effect

	// sends: the effect reaches the child sites.
	sends bool
	// judges: it takes a listed .PKG file off the list of the replication thread.
	judges bool
}

// A RuleKind tells whose steps a rule's steps are.
type RuleKind uint8

// A rule belongs to the system, or to the administrator, or is a fault.
const (
	BySystem RuleKind = iota
	ByAdministrator
	ByFault
)

func (k RuleKind) String() string { return [...]string{"system", "administrator", "fault"}[k] }

// Where are the sites at which a rule applies.
type Where uint8

// A rule applies at the source site, at the sites below it, at those below it
// that have child sites of their own, or at every site.
const (
	AtSource Where = iota
	BelowSource
	BetweenSites
	Anywhere
)

func (w Where) String() string {
	return [...]string{"the source site", "a site below the source site", "a site below the source site that has child sites", "any site"}[w]
}

// An Origin says where a part of the protocol comes from.
type Origin struct {
	// Source names the article, the row of the protocol or the choice that it
	// comes from.
	Source string
	// Inferred: no source states it. It is reconstructed from what was seen, and
	// Source, if there is one, is what it is reconstructed from.
	Inferred bool
}

// The sources that are no article and no row of the protocol.
const (
	ourScope = "the scope, which is our choice"
	ourOrder = "our choice: a scope says whether the channels keep their order, and no source does"
)

func from(source string) Origin     { return Origin{Source: source} }
func inferred(source string) Origin { return Origin{source, true} }

// originOf returns where a guard or an effect of the rule comes from. What only
// some designs have comes from what these have.
func (r *Rule) originOf(own Origin, when Condition, bound bool) Origin {
	switch {
	case own != Origin{}:
		return own
	case bound:
		return from(ourScope)
	case when.With != 0:
		return from("mechanism " + when.With.String())
	}
	return r.Origin
}

// Origins returns where the rule and each of its guards and effects come from.
func (r *Rule) Origins() []Origin {
	list := []Origin{r.Origin}
	for _, g := range r.Guards {
		list = append(list, r.originOf(g.Origin, g.If, g.Bound))
	}
	for _, e := range r.Effects {
		list = append(list, r.originOf(e.Origin, e.If, e.Bound))
	}
	return list
}

// A Choice is the set of versions that a rule can concern in a state.
type Choice struct {
	// Name says when a version is in the set: "its content is on its way".
	Name string
	// Reads is what the set, or whether one version is in it, depends on.
	Reads Access
	Set   func(binding) Versions
}

// A Guard is a named condition of a rule.
type Guard struct {
	Name string
	// Says is what exactly the name stands for, where that is not plain. {version}
	// stands for the version of the step.
	Says   string
	Origin // if not the rule's
	If     Condition
	// Reads is what it depends on.
	Reads Access
	Holds func(binding) bool
	// Rest: it also asks whether the sites are at rest, which Reads leaves out.
	Rest bool
	// Bound: it bounds the scope, and is no part of the protocol.
	Bound bool
}

// An Effect is one thing that a rule changes.
type Effect struct {
	Name string
	// Says is what exactly the name stands for, where that is not plain. {version}
	// stands for the version of the step.
	Says   string
	Origin // if not the rule's
	If     Condition
	// Reads is what it depends on, and Writes what it can change.
	Reads, Writes Access
	// Do is nil where the effect is that nothing happens. It is in the table for
	// its name and its origin.
	Do func(binding)
	// Bound: it bounds the scope, and is no part of the protocol.
	Bound bool
	// Remarks are what a person should notice.
	Remarks []Remark
}

// A Remark says what a step fails to do and what stops it, or what it does harm to.
type Remark struct {
	Says string             // without a full stop
	When func(binding) bool // in the state before the step; nil is always
}

// isNothing tells whether the effect is that nothing happens.
func (e Effect) isNothing() bool { return e.Do == nil }

// A Condition tells in which designs a rule, a guard or an effect exists. The
// zero Condition is every design.
type Condition struct {
	With, Without MechanismSet
	On, Off       SwitchSet
	// Policies, unless empty, are the policies of the administrator.
	Policies []Policy
}

func with(m Mechanism) Condition    { return Condition{With: Mechanisms(m)} }
func without(m Mechanism) Condition { return Condition{Without: Mechanisms(m)} }
func on(s Switch) Condition         { return Condition{On: Switches(s)} }
func off(s Switch) Condition        { return Condition{Off: Switches(s)} }

// Met tells whether the design meets the condition.
func (c Condition) Met(d Design) bool {
	return d.Mechanisms&c.With == c.With && d.Mechanisms&c.Without == 0 &&
		d.Switches&c.On == c.On && d.Switches&c.Off == 0 &&
		(len(c.Policies) == 0 || slices.Contains(c.Policies, d.Policy))
}

// String is "with a, without b", or empty for every design.
func (c Condition) String() string {
	var parts []string
	for _, m := range c.With.List() {
		parts = append(parts, "with "+m.String())
	}
	for _, m := range c.Without.List() {
		parts = append(parts, "without "+m.String())
	}
	for _, s := range c.On.List() {
		parts = append(parts, "with "+s.String())
	}
	for _, s := range c.Off.List() {
		parts = append(parts, "without "+s.String())
	}
	for _, p := range c.Policies {
		parts = append(parts, "when "+policies[p].when)
	}
	return strings.Join(parts, ", ")
}

// A binding is a state with the operands of a step. Guards read through it,
// effects write through it.
type binding struct {
	sys  *System
	s    *State
	site *SiteState
	pkg  *PackageState
	Step
}

func bind(sys *System, s *State, step Step) binding {
	site := &s.Sites[step.Site]
	return binding{sys: sys, s: s, site: site, pkg: &site.Packages[step.Package], Step: step}
}

// Rules returns the table of rules, in the order in which steps are listed.
func Rules() []Rule { return slices.Clone(table) }

// RuleNames returns the names of the rules, in the order of the table.
func RuleNames() []string {
	names := make([]string, len(table))
	for i := range table {
		names[i] = table[i].Name
	}
	return names
}

// table is the protocol. An index into it names a rule in a Step.
var table []Rule

// The table is filled at start-up, for a guard may ask whether any other rule is
// possible (the sites are at rest), which refers to the table again.
func init() {
	table = slices.Concat(administratorRules(), senderRules(), despoolerRules(), replicationRules(),
		packageRules(), dpRules(), statusRules(), faultRules())
	for i := range table {
		table[i].sends = table[i].Hands.Down
	}
}

func not(holds func(binding) bool) func(binding) bool {
	return func(c binding) bool { return !holds(c) }
}
