package report

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"pkgdist/props/check/show"
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
		fate := m.Fate()
		fmt.Fprintf(t, "%s\t%s\t%s\n", m.Mutation.Rule, m.Change(), strings.TrimRight(strings.Join(fate[:], "\t"), "\t"))
	}
	fmt.Fprintln(t)
	fmt.Fprintln(t, "property\tviolated by\tthe only one violated by")
	for _, k := range r.Killers() {
		fmt.Fprintf(t, "%s\t%d\t%d\n", k.Property, k.Kills, k.Alone)
	}
	t.Flush()
	for line := range strings.Lines(text.String()) {
		fmt.Fprintln(w, strings.TrimRight(line, " \n"))
	}
	fmt.Fprintf(w, "\n%v\n", r)
}

// MutantsJSON writes one object with all mutants. It is an interface: its keys
// stay.
func MutantsJSON(w io.Writer, r *mutant.Report) error {
	return show.WriteJSON(w, "  ", struct {
		Design     string          `json:"design"`
		Scenarios  []string        `json:"scenarios"`
		Mutants    []mutant.Result `json:"mutants"`
		Properties []mutant.Killer `json:"properties"`
	}{r.Design.Name, r.Scenarios, append([]mutant.Result{}, r.Results...), r.Killers()})
}
