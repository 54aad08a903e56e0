package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/document"
	"pkgdist/props/scenario"
)

// list names everything that a flag can name.
func list(w io.Writer) error {
	section := func(title string, rows [][2]string) {
		fmt.Fprintf(w, "%s\n", title)
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		for _, row := range rows {
			fmt.Fprintf(t, "  %s\t%s\n", row[0], row[1])
		}
		t.Flush()
		fmt.Fprintln(w)
	}
	var rows [][2]string
	for _, name := range scenario.Names() {
		sc, err := scenario.Load(name)
		if err != nil {
			return err
		}
		rows = append(rows, [2]string{name, sc.Title})
	}
	section("Scenarios (--scenario)", rows)

	rows = nil
	for _, d := range slices.Concat(model.Designs(), model.OtherDesigns()) {
		rows = append(rows, [2]string{d.Name, d.Doc})
	}
	section("Designs (--design)", append(rows, [2]string{"none", "no mechanism, as sms20"}))

	rows = nil
	for _, m := range model.AllMechanisms() {
		rows = append(rows, [2]string{m.String(), m.Doc()})
	}
	section("Mechanisms (--design, joined with +)", rows)

	rows = nil
	for _, s := range model.AllSwitches() {
		rows = append(rows, [2]string{s.String(), s.Doc()})
	}
	section("What another release does differently (--design, joined with +)", rows)

	rows = nil
	for _, c := range props.All() {
		kind := c.Kind.String()
		if c.AtRest {
			kind += ", at rest"
		}
		rows = append(rows, [2]string{c.Name, fmt.Sprintf("%s (%s; %s)", c.Says, kind, c.Source)}, [2]string{"", c.Formula})
	}
	section("Properties (--property)", rows)

	rows = nil
	for _, r := range model.Rules() {
		source := r.Source
		if r.Inferred {
			source += ", inferred"
		}
		rows = append(rows, [2]string{r.Name, fmt.Sprintf("%s (%s)", document.Generic(r.Says), source)})
	}
	section("Rules", rows)
	return nil
}
