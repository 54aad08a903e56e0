package document

import (
	"fmt"
	"slices"
	"strings"

	"pkgdist/model"
	"pkgdist/props/check/show"
)

// Protocol writes what can happen: the state, the actors and the rules.
func Protocol(rules []model.Rule) string {
	var b strings.Builder
	b.WriteString(notice)
	b.WriteString(`# What can happen

This is the protocol by which SMS 2.0 distributes a package, as this model has it: the steps as the sources tell them, what a state
says, who takes steps, and each rule. The checker explores the very same table of rules. What must hold of it, and what does, is in
[props/INVARIANTS.md](../props/INVARIANTS.md).

`)
	writeSteps(&b)
	all := touches(rules)
	writeState(&b, all)
	writeWho(&b, rules, all)
	writeDesigns(&b)
	writeRules(&b, rules)
	writeSources(&b, rules)
	return strings.TrimRight(b.String(), "\n") + "\n"
}

func writeSteps(b *strings.Builder) {
	b.WriteString("## The protocol, step by step\n\nWhere a rule or a property names \"protocol, step 5\" as its source, it is one of these.\n\n")
	for i, says := range model.ProtocolSteps() {
		fmt.Fprintf(b, "%d. %s\n", i+1, plain(says))
	}
	b.WriteByte('\n')
}

func writeState(b *strings.Builder, all map[model.Actor]map[string]touch) {
	fmt.Fprintf(b, `## What a state says

A scope has 2 to %d sites in a tree, 1 to %d packages, 1 to %d updates of each, 0 to %d distribution points a site, and 0 to %d of each
fault. A version is a number from 1 to the last update (one more where the administrator updates a second time); its content is that
number, whole or torn, and there are no bytes and no clocks. At the beginning everything is none, empty, idle, waiting or reachable.

Each condition and each effect of a rule declares which bits of the state it reads and changes, and tests compare that with what it
does. In parentheses is what comes in only in another design than the product as shipped. What faults touch, their rules below say.

`, model.MaxSites, model.MaxPackages, model.MaxUpdates, model.MaxDPs, model.MaxFaults)
	var rows [][]string
	for _, f := range model.StateFields() {
		rows = append(rows, []string{plain(strings.ReplaceAll(f.Label, "{dp}", "d")), plain(f.Says), plain(f.Range()), each(f),
			by(all, f.Label, func(t touch) (bool, bool) { return t.reads, t.readsWith }),
			by(all, f.Label, func(t touch) (bool, bool) { return t.changes, t.changesWith })})
	}
	table(b, []string{"field", "what it is", "values", "one for each", "read by", "changed by"}, rows)
	b.WriteString("Besides, a state says how often each fault can still happen:\n\n")
	rows = nil
	for _, f := range model.Faults() {
		rows = append(rows, []string{code(f.String()), plain(show.Capital(f.Doc()) + "."), fmt.Sprintf("0 to %d", model.MaxFaults)})
	}
	table(b, []string{"fault", "what it is", "values"}, rows)
}

// each says for what there is a field of its own.
func each(f *model.StateField) string {
	text := f.Where.String()
	if f.Package {
		text = "package at " + text
	}
	if f.DP {
		text = "distribution point d, " + text
	}
	if len(f.Only) > 0 {
		var names []string
		for _, fault := range f.Only {
			names = append(names, code(fault.String()))
		}
		text += ", in a scope with " + strings.Join(names, ", ")
	}
	return text
}

// by lists the actors that touch a field.
func by(all map[model.Actor]map[string]touch, label string, does func(touch) (shipped, with bool)) string {
	var names []string
	for _, a := range model.Actors() {
		switch shipped, with := does(all[a][label]); {
		case shipped:
			names = append(names, a.String())
		case with:
			names = append(names, "("+a.String()+")")
		}
	}
	return strings.Join(names, ", ")
}

func writeWho(b *strings.Builder, rules []model.Rule, all map[model.Actor]map[string]touch) {
	b.WriteString("## Who takes steps\n\n")
	var rows [][]string
	for _, a := range model.Actors() {
		rows = append(rows, []string{plain(show.Capital(a.String())), plain(a.Doc()), codes(stepsOf(rules, a))})
	}
	table(b, []string{"who", "what it is", "its steps"}, rows)
	b.WriteString("An arrow leads to what somebody changes, and a dotted line to what it only reads. This is the product as it shipped, without faults.\n\n")
	writeActors(b, all)
}

// stepsOf names the rules whose steps an actor takes. Faults are nobody's.
func stepsOf(rules []model.Rule, a model.Actor) []string {
	var names []string
	for i := range rules {
		if rules[i].By == a && rules[i].Kind != model.ByFault {
			names = append(names, rules[i].Name)
		}
	}
	return names
}

func writeDesigns(b *strings.Builder) {
	b.WriteString("## What designs change\n\nA mechanism protects against something, a switch is what another release of the product does differently, and an administrator can be in a hurry or not. Each rule below says which of them changes it.\n\n")
	var rows [][]string
	for _, m := range model.AllMechanisms() {
		rows = append(rows, []string{code(m.String()), "mechanism", plain(show.Capital(m.Doc()) + ".")})
	}
	for _, s := range model.AllSwitches() {
		rows = append(rows, []string{code(s.String()), "switch", plain(show.Capital(s.Doc()) + ".")})
	}
	for _, d := range slices.Concat(model.Designs(), model.OtherDesigns()) {
		kind := "design"
		text := plain(show.Capital(d.Doc) + ".")
		if d.Policy != model.Eager {
			kind = "administrator " + d.Policy.String()
		}
		if d.Mechanisms != 0 {
			text += " It is " + codes(strings.Split(d.Mechanisms.String(), "+")) + "."
		}
		for _, s := range d.Switches.List() {
			text += " It is " + code(s.String()) + "."
		}
		rows = append(rows, []string{code(d.Name), kind, text})
	}
	table(b, []string{"name", "kind", "what it does"}, rows)
}

func writeRules(b *strings.Builder, rules []model.Rule) {
	fmt.Fprintf(b, `## The rules

A step is a rule with its operands: a site, mostly a package and a version there, and a distribution point where the rule is about one.
It is possible if every condition holds. Its effects happen in one step, one after the other: an effect sees what those before it have
changed. What no effect names stays as it is. The fields of the site and the package are meant where nothing else is said.

- *None* is below every version. What is idle has no version and no package. To put a version into a set that has it changes nothing.
- What is torn and of no version is not the same as none.
- *At rest* is a state in which no step of the system is possible, at any site. Steps of the administrator and faults do not count.
- A scope has order kept or none, and says how many package threads a site runs (%d unless it says otherwise) and how many copies of a
  package are under way at a site (%d). The channels of two child sites do not wait for each other, and neither do those of two packages.
- *Fair*: each rule of the system at each place is weakly fair. If steps of it are possible there from some state on for ever, one is
  taken. A place is a site, with the package and the distribution point where the rule is about one; it is not a version, so of two
  versions either one will do. The administrator and faults are not fair: they may stop at any time.

*Inferred* is what no source states: it is reconstructed from what was seen, or from the source in parentheses. A condition or an effect
without a source of its own has that of its rule; one that comes with a mechanism is our own repair, and no source has it.

`, model.DefaultThreads, model.DefaultCopies)
	for i := range rules {
		writeRule(b, &rules[i])
	}
}

// Generic is a rule's sentence with letters for its operands.
var Generic = strings.NewReplacer("{site}", "S", "{package}", "P", "{version}", "V", "{dp}", "D").Replace

func writeRule(b *strings.Builder, r *model.Rule) {
	fmt.Fprintf(b, "### %s\n\n%s\n\n", code(r.Name), plain(Generic(r.Says)))
	fmt.Fprintf(b, "- **Who:** %s. **Where:** %s.\n", who(r), r.Where)
	if c := r.If.String(); c != "" {
		fmt.Fprintf(b, "- **Only:** %s.\n", plain(c))
	}
	if len(r.Only) > 0 && r.Kind != model.ByFault {
		fmt.Fprintf(b, "- **Only** in a scope with %s.\n", code(r.Only[0].String()))
	}
	var conditions, effects []string
	if r.Of != nil {
		conditions = append(conditions, "of V: "+plain(r.Of.Name))
	}
	for _, g := range r.Guards {
		conditions = append(conditions, part(g.Name, g.Says, g.If, g.Bound, g.Origin))
	}
	for _, e := range r.Effects {
		effects = append(effects, part(e.Name, e.Says, e.If, e.Bound, e.Origin))
	}
	list(b, "Possible if", conditions)
	list(b, "Then", effects)
	does := r.ReadWriteSets()
	if r.If.String() != "" { // the whole rule comes in with a design
		does = model.ReadWriteSets{Reads: does.ReadsWith, Writes: does.WritesWith}
	}
	fmt.Fprintf(b, "- **Reads:** %s. **Changes:** %s.\n", touched(does.Reads, does.ReadsWith), touched(does.Writes, does.WritesWith))
	inferred := ""
	if r.Inferred {
		inferred = " *Inferred.*"
	}
	fmt.Fprintf(b, "- **Source:** %s.%s\n\n", plain(r.Source), inferred)
}

// who says who takes the steps of a rule.
func who(r *model.Rule) string {
	if r.Kind == model.ByFault {
		return "nobody, it is a fault: " + code(r.Fault.String())
	}
	return plain(show.Capital(r.By.String()))
}

// part is a guard or an effect, with the designs that have it, and where it comes
// from if not from where its rule does.
func part(name, says string, when model.Condition, bound bool, own model.Origin) string {
	text := plain(name)
	if says != "" {
		text += ": " + plain(Generic(says))
	}
	if c := when.String(); c != "" {
		text += " — *" + plain(c) + "*"
	}
	if bound {
		text += " (this bounds the scope, and is no part of the protocol)"
	}
	if own.Inferred {
		text += ". *Inferred*"
	}
	if own.Source != "" {
		text += " (" + plain(own.Source) + ")"
	}
	return text
}

func list(b *strings.Builder, title string, items []string) {
	if len(items) == 0 {
		return
	}
	fmt.Fprintf(b, "- **%s:**\n", title)
	for _, item := range items {
		fmt.Fprintf(b, "  - %s\n", item)
	}
}

// touched lists fields; in parentheses those that come in with a design.
func touched(names, with []string) string {
	var all []string
	for _, name := range names {
		all = append(all, plain(strings.ReplaceAll(name, "{dp}", "D")))
	}
	for _, name := range with {
		all = append(all, "("+plain(strings.ReplaceAll(name, "{dp}", "D"))+")")
	}
	if len(all) == 0 {
		return "nothing"
	}
	return strings.Join(all, ", ")
}

func writeSources(b *strings.Builder, rules []model.Rule) {
	b.WriteString("## The sources\n\nWhat the articles tell that the rules name, in words of our own.\n\n")
	var rows [][]string
	seen := map[string]bool{}
	for i := range rules {
		for _, origin := range rules[i].Origins() {
			for _, name := range model.Cited(origin.Source) {
				if !seen[name] && !strings.HasPrefix(name, "protocol") {
					seen[name] = true
					rows = append(rows, []string{name, plain(said(name))})
				}
			}
		}
	}
	table(b, []string{"article", "what it tells"}, rows)
}
