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

func list(w io.Writer) error {
	var scenarios []*scenario.Scenario
	for _, name := range scenario.Names() {
		sc, err := scenario.Load(name)
		if err != nil {
			return err
		}
		scenarios = append(scenarios, sc)
	}
	section(w, "Scenarios (--scenario)", scenarios, func(sc *scenario.Scenario) (string, string) { return sc.Name, sc.Title })
	section(w, "Designs (--design)", slices.Concat(model.Designs(), model.OtherDesigns(), []model.Design{{Name: "none", Doc: "no mechanism, as sms20"}}),
		func(d model.Design) (string, string) { return d.Name, d.Doc })
	section(w, "Mechanisms (--design, joined with +)", model.AllMechanisms(), func(m model.Mechanism) (string, string) { return m.String(), m.Doc() })
	section(w, "What another release does differently (--design, joined with +)", model.AllSwitches(), func(s model.Switch) (string, string) { return s.String(), s.Doc() })
	section(w, "Properties (--property)", props.All(), func(c props.Claim) (string, string) {
		kind := c.Kind.String()
		if c.AtRest {
			kind += ", at rest"
		}
		return c.Name, fmt.Sprintf("%s (%s; %s)\n  \t%s", c.Says, kind, c.Source, c.Formula)
	})
	section(w, "Rules", model.Rules(), func(r model.Rule) (string, string) {
		source := r.Source
		if r.Inferred {
			source += ", inferred"
		}
		return r.Name, fmt.Sprintf("%s (%s)", document.Generic(r.Says), source)
	})
	return nil
}

func section[T any](w io.Writer, title string, list []T, row func(T) (name, says string)) {
	fmt.Fprintf(w, "%s\n", title)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, item := range list {
		name, says := row(item)
		fmt.Fprintf(t, "  %s\t%s\n", name, says)
	}
	t.Flush()
	fmt.Fprintln(w)
}
