package report

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
	"pkgdist/props/mutant"
)

// Mutants writes what became of the mutants of a design, in the order of the
// table of rules, and how much each property has to do with it.
func Mutants(w io.Writer, r *mutant.Report) {
	fmt.Fprintf(w, "Mutants of %s: %s\nScenarios, in this order: %s\n\n", r.Design.Name, r.Design.Doc, strings.Join(r.Scenarios, ", "))
	var text strings.Builder
	t := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "rule\tchange\tkilled by\tscenario\tsteps")
	for _, m := range r.Results {
		fmt.Fprintf(t, "%s\t%s\t%s\n", m.Mutation.Rule, change(m.Mutation), strings.Join(fate(m), "\t"))
	}
	fmt.Fprintln(t)
	fmt.Fprintln(t, "property\tviolated by\tthe only one violated by")
	for _, k := range killers(r) {
		fmt.Fprintf(t, "%s\t%d\t%d\n", k.Property, k.Kills, k.Alone)
	}
	t.Flush()
	for line := range strings.Lines(text.String()) {
		fmt.Fprintln(w, strings.TrimRight(line, " \n"))
	}
	fmt.Fprintf(w, "\n%s\n", sum(r))
}

// change says what a mutation does to its rule.
func change(m model.Mutation) string {
	word := "without"
	if m.Back {
		word = "with"
	}
	if m.Part == model.WholeRule {
		return word + " the rule"
	}
	return fmt.Sprintf("%s the %v: %s", word, m.Part, m.Name)
}

// fate is what became of a mutant: what killed it, in which scenario, after how
// many steps.
func fate(m mutant.Result) []string {
	switch {
	case m.Outcome == mutant.Killed:
		by := m.Kills[0].Property
		if others := len(m.Kills) - 1; others > 0 {
			by += fmt.Sprintf(" and %d more", others)
		}
		return []string{by, m.Scenario, m.Kills[0].Length()}
	case m.Outcome == mutant.Noticed:
		return []string{"noticed: " + m.Why, m.Scenario, ""}
	case m.Outcome == mutant.Undecided:
		return []string{"UNDECIDED: " + m.Why, m.Scenario, ""}
	case m.Outcome == mutant.Survived && m.Equivalent != "":
		return []string{"equivalent: " + m.Equivalent}
	case m.Outcome == mutant.Survived:
		return []string{"SURVIVES"}
	}
	panic(fmt.Sprintf("report: unknown outcome %v of a mutant of %s", m.Outcome, m.Mutation.Rule))
}

// A killer is how many mutants violate a property, and how many of them violate
// no other.
type killer struct {
	Property string `json:"property"`
	Kills    int    `json:"kills"`
	Alone    int    `json:"alone"`
}

// killers counts the kills of each property that can kill, in the order of the
// catalogue.
func killers(r *mutant.Report) []killer {
	var list []killer
	for _, c := range props.Catalogue() {
		if c.TooStrong || c.Kind == check.KindSometimes {
			continue
		}
		k := killer{Property: c.Name}
		for _, m := range r.Results {
			for _, by := range m.Kills {
				if by.Property == c.Name {
					k.Kills++
					if len(m.Kills) == 1 {
						k.Alone++
					}
				}
			}
		}
		list = append(list, k)
	}
	return list
}

// sum counts the mutants by what became of them.
func sum(r *mutant.Report) string {
	count := map[mutant.Outcome]int{}
	equivalent := 0
	for _, m := range r.Results {
		if m.Outcome == mutant.Survived && m.Equivalent != "" {
			equivalent++
			continue
		}
		count[m.Outcome]++
	}
	return fmt.Sprintf("%d mutants: %d killed by a property, %d only noticed, %d equivalent, %d surviving, %d undecided.",
		len(r.Results), count[mutant.Killed], count[mutant.Noticed], equivalent, count[mutant.Survived], count[mutant.Undecided])
}

// MutantsMarkdown writes the same as a document.
func MutantsMarkdown(w io.Writer, r *mutant.Report) {
	fmt.Fprintf(w, `# What notices when a rule is changed

Each mutant is the design `+"`%s`"+` with one change to the table of rules: a rule, a guard or an effect is left out, or one that the
design takes away is put back. It is explored in one scenario after the other until a property is violated that holds without the
change. The table names the one with the shortest counterexample in that scenario, and how many steps it has; "22+3" ends in a loop
of 3. What is only *noticed* violates nothing, but something that the scenario expects no longer comes about, so that nothing can be
concluded. What nothing notices is *equivalent*, for the reason that stands there.

%s

Scenarios, in this order: %s.

`, r.Design.Name, sum(r), strings.Join(r.Scenarios, ", "))
	fmt.Fprint(w, "| rule | change | killed by | scenario | steps |\n|---|---|---|---|---|\n")
	for _, m := range r.Results {
		cells := append(fate(m), "", "")[:3]
		fmt.Fprintf(w, "| `%s` | %s | %s |\n", m.Mutation.Rule, change(m.Mutation), strings.Join(cells, " | "))
	}
	fmt.Fprint(w, "\n## What the properties are good for\n\nHow many mutants violate each property where they are killed, and how many of them violate no other there.\n\n")
	fmt.Fprint(w, "| property | mutants | no other |\n|---|---|---|\n")
	for _, k := range killers(r) {
		fmt.Fprintf(w, "| `%s` | %d | %d |\n", k.Property, k.Kills, k.Alone)
	}
}

// The JSON object is an interface: its keys stay.
type (
	mutantsDocument struct {
		Design     string         `json:"design"`
		Scenarios  []string       `json:"scenarios"`
		Mutants    []mutantObject `json:"mutants"`
		Properties []killer       `json:"properties"`
	}
	mutantObject struct {
		Rule       string       `json:"rule"`
		Part       string       `json:"part"`
		Name       string       `json:"name"` // of the guard or the effect
		Back       bool         `json:"back"` // put back, not left out
		Outcome    string       `json:"outcome"`
		Scenario   string       `json:"scenario"`
		Why        string       `json:"why"`
		Equivalent string       `json:"equivalent"`
		Kills      []killObject `json:"kills"`
	}
	killObject struct {
		Property string `json:"property"`
		Steps    int    `json:"steps"`
		Loop     int    `json:"loop"` // how many of the steps, the last ones, are repeated
	}
)

// MutantsJSON writes one object with all mutants.
func MutantsJSON(w io.Writer, r *mutant.Report) error {
	doc := mutantsDocument{Design: r.Design.Name, Scenarios: r.Scenarios, Mutants: []mutantObject{}, Properties: killers(r)}
	for _, m := range r.Results {
		o := mutantObject{Rule: m.Mutation.Rule, Part: m.Mutation.Part.String(), Name: m.Mutation.Name, Back: m.Mutation.Back,
			Outcome: m.Outcome.String(), Scenario: m.Scenario, Why: m.Why, Equivalent: m.Equivalent, Kills: []killObject{}}
		for _, k := range m.Kills {
			o.Kills = append(o.Kills, killObject(k))
		}
		doc.Mutants = append(doc.Mutants, o)
	}
	return encode(w, doc)
}
