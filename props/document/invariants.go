package document

import (
	"fmt"
	"strings"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/article"
	"pkgdist/props/check"
	"pkgdist/props/check/show"
	"pkgdist/props/mutant"
)

// Invariants writes what must hold, and what does.
func Invariants(e *Evidence) string {
	var b strings.Builder
	b.WriteString(notice)
	e.writeIntroduction(&b)
	e.writeOverview(&b)
	b.WriteString("## The protocol at a glance\n\nBoxes are what is on a disk, in a database or on its way, round ones are who acts. Sites below the source site can have child sites of\ntheir own, to which Despooler forwards. [model/PROTOCOL.md](../model/PROTOCOL.md) has every step.\n\n")
	writePicture(&b)
	writeNotation(&b)
	writeArticle(&b)
	b.WriteString("## The properties\n\nUnder each property stands which mechanisms it needs where the product as shipped breaks it first. Where more goes wrong it needs more: the\n" +
		"repair is the smallest set that does for all of it.\n\n")
	e.writeContents(&b)
	for _, c := range props.Catalogue() {
		b.WriteString(Statement(c))
		e.writeVerdicts(&b, c)
		e.writeRest(&b, c)
	}
	b.WriteString("## The stories\n\nA story claims nothing that the properties do not. It picks a violation that has to be told as one run, and is explored where it is asked\n" +
		"for by name, and in the scenarios that name it as their `story`.\n\n")
	for _, c := range props.Stories() {
		b.WriteString(Statement(c))
		e.writeRest(&b, c)
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// at returns the results of a scenario.
func (e *Evidence) at(name string) Explored {
	for _, s := range e.Scenarios {
		if s.Scenario.Name == name {
			return s
		}
	}
	panic("not explored: " + name)
}

// repaired is the index of the design that is the repair.
func (e *Evidence) repaired() int {
	for i, d := range e.Designs {
		if d.Mechanisms == model.Repair {
			return i
		}
	}
	panic("the repair is none of the designs")
}

func (e *Evidence) writeIntroduction(b *strings.Builder) {
	var most int64
	for _, s := range e.Scenarios {
		for _, o := range s.Under {
			most = max(most, o.States)
		}
	}
	fmt.Fprintf(b, `# What must hold, and what does

SMS 2.0, a product by which companies distribute software to their sites, could leave a package stuck on its way: two of its components
wrote the same files at the same time with different version numbers, and the file that announced the new version then lay in an inbox
at which nobody looked again (Microsoft's article Q235788). Of the %d promises below the product as shipped breaks %d; with %s of
protection added, %d of them are kept, whatever the order of events, crashes, failed copies and repeated messages included. That was
checked by trying **every** order of events in %s small set-ups, of up to %s states each: it is a proof for these, and for no larger ones.

`, len(promises()), len(promises())-e.kept(0), show.Count(len(model.Repair.List()), "mechanism", "mechanisms"), e.kept(e.repaired()),
		show.Number(len(e.Scenarios)), show.Number(most))
	e.writeExceptions(b)
	b.WriteString(`It is a model of the product that was checked, and what no source states is marked there as inferred. Larger set-ups, with all kinds of
faults, with three tiers of sites, with two packages, and with two packages for two child sites, are explored by the tests of the
project. The [README](README.md) tells how to run any of it.

`)
}

// promises are the claims that a design can be asked to keep: not those that are
// too strong, nor the situations that must be reachable.
func promises() []props.Claim {
	var list []props.Claim
	for _, c := range props.Catalogue() {
		if mutant.CanKill(c) {
			list = append(list, c)
		}
	}
	return list
}

// kept counts the promises that hold under a design in some scenario, and are
// violated in none.
func (e *Evidence) kept(design int) int {
	n := 0
	for _, c := range promises() {
		holds, violated := false, false
		for _, s := range e.Scenarios {
			outcome := s.Under[design].Verdicts[c.Name].Outcome
			holds, violated = holds || outcome == check.Holds, violated || outcome == check.Violated
		}
		if holds && !violated {
			n++
		}
	}
	return n
}

// writeExceptions says what the repair violates, in which scenario.
func (e *Evidence) writeExceptions(b *strings.Builder) {
	none := true
	for _, s := range e.Scenarios {
		var broken []string
		for _, c := range promises() {
			if s.Under[e.repaired()].Verdicts[c.Name].Outcome == check.Violated {
				broken = append(broken, link(c.Name))
			}
		}
		if len(broken) == 0 {
			continue
		}
		none = false
		fmt.Fprintf(b, "With the protection, too, the set-up %s breaks %s. %s\n\n", code(s.Scenario.Name), strings.Join(broken, " and "), plain(s.Scenario.About))
	}
	if none {
		b.WriteString("With the protection, no set-up breaks any of them.\n\n")
	}
}

func link(name string) string { return fmt.Sprintf("[%s](#%s)", code(name), name) }

func (e *Evidence) writeOverview(b *strings.Builder) {
	b.WriteString("## Designs against properties\n\n")
	for _, d := range e.Designs {
		fmt.Fprintf(b, "- %s: %s.\n", code(d.Name), plain(d.Doc))
	}
	fmt.Fprintf(b, "\nThe mechanisms of %s are %s.\n\n", code(e.Designs[e.repaired()].Name), codes(strings.Split(model.Repair.String(), "+")))
	b.WriteString("`holds` means that all states were explored and that the property was put to the test. `VIOLATED` comes with the length of the shortest\n" +
		"counterexample; \"22+3\" is a way of 22 steps into a loop of 3. `too strong` marks a property that asks for more than anybody needs, and is here\n" +
		"to show that. `reached` is about situations that must occur: otherwise the rest would be true only because nothing interesting happened.\n" +
		"*Steps* counts each possible step of each state, and *depth* is the shortest way to the farthest state.\n\n")
	e.writeTable(b, first)
	e.writeTable(b, second)
	e.writeScenarios(b)
}

func (e *Evidence) writeTable(b *strings.Builder, name string) {
	s := e.at(name)
	fmt.Fprintf(b, "### Scenario %s: %s\n\n%s\n\n", code(name), plain(s.Scenario.Title), plain(s.Scenario.About))
	var rows [][]string
	for _, c := range props.Catalogue() {
		row := []string{link(c.Name)}
		for _, o := range s.Under {
			row = append(row, emphasis(o.Verdicts[c.Name].Cell))
		}
		rows = append(rows, row)
	}
	for _, figure := range figures {
		row := []string{"*" + figure.name + "*"}
		for _, o := range s.Under {
			row = append(row, figure.of(o))
		}
		rows = append(rows, row)
	}
	table(b, append([]string{"property"}, e.designCells()...), rows)
}

// figures are the measures of an exploration.
var figures = []struct {
	name string
	of   func(Outcome) string
}{
	{"states", func(o Outcome) string { return show.Number(o.States) }},
	{"steps", func(o Outcome) string { return show.Number(o.Steps) }},
	{"depth", func(o Outcome) string { return show.Number(o.Depth) }},
}

func (e *Evidence) designCells() []string {
	var cells []string
	for _, d := range e.Designs {
		cells = append(cells, code(d.Name))
	}
	return cells
}

// emphasis makes a violation stand out.
func emphasis(cell string) string {
	if strings.HasPrefix(cell, "VIOLATED") {
		return "**" + cell + "**"
	}
	return cell
}

// writeScenarios writes what every scenario comes to.
func (e *Evidence) writeScenarios(b *strings.Builder) {
	fmt.Fprintf(b, "### All %s that were explored\n\nUnder each design: how many promises are violated, and in parentheses the states, steps and depth, each scope explored completely.\n\n",
		show.Count(len(e.Scenarios), "scenario", "scenarios"))
	var rows [][]string
	for _, s := range e.Scenarios {
		row := []string{code(s.Scenario.Name), plain(s.Scenario.Title)}
		for _, o := range s.Under {
			row = append(row, fmt.Sprintf("%d (%s)", o.violated(), o.scope()))
		}
		rows = append(rows, row)
	}
	table(b, append([]string{"scenario", "what it is about"}, e.designCells()...), rows)
}

// violated counts the promises that are violated.
func (o Outcome) violated() int {
	n := 0
	for _, c := range promises() {
		if o.Verdicts[c.Name].Outcome == check.Violated {
			n++
		}
	}
	return n
}

func (o Outcome) scope() string {
	return fmt.Sprintf("%s, %s, %s", show.Number(o.States), show.Number(o.Steps), show.Number(o.Depth))
}

func writeNotation(b *strings.Builder) {
	b.WriteString("## How to read the formulas\n\nEach formula says exactly what the program computes: a test reads it and compares.\n\n")
	var rows [][]string
	for _, sign := range props.Signs() {
		rows = append(rows, []string{code(sign[0]), plain(sign[1])})
	}
	table(b, []string{"sign", "meaning"}, rows)
	b.WriteString("A run is fair if no rule of the system stays possible at a place forever without being taken there (weak fairness). Nothing of the kind is assumed of the\nadministrator and of faults, which may stop at any time.\n\n")
	rows = nil
	for _, t := range props.Notation() {
		text := plain(t.Says)
		if t.Is != "" {
			text += ": " + code(t.Is)
		}
		rows = append(rows, []string{code(t.Name), text})
	}
	table(b, []string{"term", "what it stands for"}, rows)
}

// writeArticle writes what stands for each sentence of the article.
func writeArticle(b *strings.Builder) {
	b.WriteString("## The article, sentence by sentence\n\nWhat Q235788 says, in words of our own, and what stands for it. A test shows each property violated, or the situation reached, under\n" +
		"`sms20` in the scenario named, and a file left in INCOMING there under each design named.\n\n")
	var rows [][]string
	for _, s := range article.Sentences() {
		var stands []string
		for _, name := range s.Rules {
			stands = append(stands, code(name))
		}
		for _, name := range s.Properties {
			stands = append(stands, link(name))
		}
		for _, name := range s.Designs {
			stands = append(stands, code(name))
		}
		text := strings.Join(stands, ", ")
		if s.Scenario != "" {
			text += " in " + code(s.Scenario)
		}
		rows = append(rows, []string{s.Part, plain(s.Says), text, plain(s.Note)})
	}
	table(b, []string{"part", "what it says", "what stands for it", "what is left out or added"}, rows)
}

func (e *Evidence) writeContents(b *strings.Builder) {
	for _, c := range props.Catalogue() {
		fmt.Fprintf(b, "- %s: %s\n", link(c.Name), plain(c.Says))
	}
	b.WriteByte('\n')
}

// Statement is what the catalogue alone says of a claim, as it stands in the
// document.
func Statement(c props.Claim) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### %s\n\n**%s**\n\n", c.Name, plain(c.Says))
	fmt.Fprintf(&b, "```text\n%s\n```\n\n", c.Formula)
	fmt.Fprintf(&b, "- **Kind:** %s.\n", kindOf(c))
	fmt.Fprintf(&b, "- **Why it matters:** %s\n", plain(c.Matters))
	fmt.Fprintf(&b, "- **Source:** %s.\n", plain(c.Source))
	for _, s := range sources(c.Source) {
		fmt.Fprintf(&b, "  - %s\n", plain(s))
	}
	b.WriteByte('\n')
	return b.String()
}

// kindOf says what a claim is made of.
func kindOf(c props.Claim) string {
	var text string
	switch c.Kind {
	case check.KindAlways:
		text = "is claimed of every state"
	case check.KindNever:
		text = "is claimed of no state"
	case check.KindStep:
		text = "is claimed of every step"
	case check.KindSometimes:
		text = "must be reachable"
	case check.KindLeadsTo, check.KindEventually, check.KindEventuallyAlways, check.KindAlwaysEventually:
		text = "is claimed of every fair run"
	default:
		panic(fmt.Sprintf("unknown kind of property: %v", c.Kind))
	}
	if c.AtRest {
		text += " in which the system rests"
	}
	text = c.Kind.String() + ": it " + text
	if c.TooStrong {
		text += ". It is too strong, and nobody needs it"
	}
	return text
}

func (e *Evidence) writeVerdicts(b *strings.Builder, c props.Claim) {
	one, two := e.at(first), e.at(second)
	var rows [][]string
	for i, d := range e.Designs {
		rows = append(rows, []string{code(d.Name), e.inScope(one.Under[i], c), e.inScope(two.Under[i], c), e.elsewhere(c, i)})
	}
	table(b, []string{"design", "in " + code(first) + " (states, steps, depth)", "in " + code(second) + " (states, steps, depth)",
		fmt.Sprintf("in the %d other scenarios", len(e.Scenarios)-2)}, rows)
}

func (e *Evidence) inScope(o Outcome, c props.Claim) string {
	return emphasis(o.Verdicts[c.Name].Cell) + " (" + o.scope() + ")"
}

// elsewhere sums up the verdicts on a claim in the scenarios that have no column.
func (e *Evidence) elsewhere(c props.Claim, design int) string {
	broken, met, open := 0, 0, 0
	shortest, where := 0, ""
	for _, s := range e.Scenarios {
		v := s.Under[design].Verdicts[c.Name]
		if s.Scenario.Name == first || s.Scenario.Name == second {
			continue
		}
		decides := v.Outcome == check.Violated
		switch {
		case decides:
			broken++
		case v.Outcome == check.Holds:
			met++
			decides = c.Kind == check.KindSometimes
		default:
			open++
		}
		if decides && (where == "" || v.Length < shortest) {
			shortest, where = v.Length, s.Scenario.Name
		}
	}
	violated := "**violated**"
	if c.TooStrong {
		violated = "too strong"
	}
	words := [3]string{violated + " in %d, at the earliest after %s in " + code(where), "holds in %d", "inconclusive in %d"}
	if c.Kind == check.KindSometimes {
		words[1], words[2] = "reached in %d, at the earliest after %s in "+code(where), "not reached in %d"
	}
	var parts []string
	for i, n := range []int{broken, met, open} {
		if n > 0 && strings.Contains(words[i], "%s") {
			parts = append(parts, fmt.Sprintf(words[i], n, show.Count(shortest, "step", "steps")))
		} else if n > 0 {
			parts = append(parts, fmt.Sprintf(words[i], n))
		}
	}
	return strings.Join(parts, "; ")
}

func (e *Evidence) writeRest(b *strings.Builder, c props.Claim) {
	if need, ok := e.Needs[c.Name]; ok {
		fmt.Fprintf(b, "- **Mechanisms that it needs:** %s.\n", need.text())
	}
	if by, ok := e.Killers[c.Name]; ok {
		fmt.Fprintf(b, "- **Mutants that it kills:** %d, of which %d violate no other property ([MUTANTS.md](MUTANTS.md)).\n", by.Kills, by.Alone)
	}
	for _, ce := range e.Kept {
		if ce.Property == c.Name {
			fmt.Fprintf(b, "- **Counterexample:** [%s](../fixtures/counterexamples/%s.txtar), under %s, %s (%s).\n",
				code(ce.Name), ce.Name, code(ce.Design), show.Length(len(ce.Steps)+len(ce.Loop), len(ce.Steps)), plain(ce.Scenario.Title))
		}
	}
	if strings.HasSuffix(b.String(), ".\n") {
		b.WriteByte('\n')
	}
}

// text says which sets of mechanisms a claim needs.
func (n Need) text() string {
	if n.Scenario == "" {
		return "none; the product as shipped violates it in no scenario that was explored"
	}
	where := "in " + code(n.Scenario)
	if len(n.Sets) == 0 {
		return "no set of them is enough " + where
	}
	var sets []string
	for _, set := range n.Sets {
		sets = append(sets, codes(strings.Split(set.String(), "+")))
	}
	text := where + ": " + strings.Join(sets, "; or ")
	if n.Smallest {
		return text + " (of all sets, none is smaller)"
	}
	return text + " (nothing can be left out)"
}
