package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"pkgdist/props/check/show"
	"pkgdist/props/mutant"
)

// Mutants writes on one screen how many mutants of a design are noticed, by what, and
// which survive.
func (s Screen) Mutants(w io.Writer, r *mutant.Report) error {
	out := s.writer(w)
	out.mutantsHead(r)
	out.hanging(s.word(r.Outcome())+" ", 13, r.String())
	out.line("")
	killers := slices.DeleteFunc(r.Killers(), func(k mutant.Killer) bool { return k.Kills == 0 })
	slices.SortStableFunc(killers, func(a, b mutant.Killer) int { return b.Kills - a.Kills })
	if len(killers) > 0 {
		out.line("What kills most:")
	}
	for _, k := range killers[:min(len(killers), mostOnScreen)] {
		out.wrap("  ", fmt.Sprintf("%s: %s, %d of them alone", k.Property, show.Count(k.Kills, "mutant", "mutants"), k.Alone))
	}
	var alive []string
	for _, m := range r.Results {
		if m.Outcome == mutant.Survived && m.Equivalent == "" {
			alive = append(alive, m.Mutation.Rule+" "+m.Change())
		}
	}
	if len(alive) > 0 {
		out.line("What nothing notices, and no list explains:")
	}
	for _, text := range alive[:min(len(alive), mostOnScreen)] {
		out.wrap("  ", text)
	}
	if more := len(alive) - mostOnScreen; more > 0 {
		out.line(fmt.Sprintf("  and %d more", more))
	}
	out.line("")
	out.commands([][2]string{{"mutants --table", "with the flags given: each mutant"}})
	return out.err
}

func (o *writer) mutantsHead(r *mutant.Report) {
	o.wrap("", fmt.Sprintf("Mutants of %s: %s", r.Design.Name, r.Design.Doc))
	o.list("Scenarios, in this order: ", r.Scenarios)
	o.line("")
}

// MutantsTable writes what became of each mutant, in the order of the table of
// rules, and how much each property has to do with it.
func (s Screen) MutantsTable(w io.Writer, r *mutant.Report) error {
	out := s.writer(w)
	out.mutantsHead(r)
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
		out.line(strings.TrimRight(line, " \n"))
	}
	out.line("")
	out.wrap("", r.String())
	return out.err
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
