package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check/show"
	"pkgdist/props/document"
	"pkgdist/props/scenario"
)

// A listed name is one that a flag takes.
type listed struct {
	Name string `json:"name"`
	Says string `json:"says"`
}

func list(w io.Writer, asJSON bool) error {
	var scenarios []*scenario.Scenario
	for _, name := range scenario.Names() {
		sc, err := scenario.Load(name)
		if err != nil {
			return err
		}
		scenarios = append(scenarios, sc)
	}
	sections := []struct {
		key, title string
		names      []listed
	}{
		{"scenarios", "Scenarios (--scenario)", listOf(scenarios, func(sc *scenario.Scenario) (string, string) { return sc.Name, sc.Title })},
		{"designs", "Designs (--design)", listOf(slices.Concat(model.Designs(), model.OtherDesigns(), []model.Design{{Name: "none", Doc: "no mechanism, as sms20"}}),
			func(d model.Design) (string, string) { return d.Name, d.Doc })},
		{"mechanisms", "Mechanisms (--design, joined with +)", listOf(model.AllMechanisms(), func(m model.Mechanism) (string, string) { return m.String(), m.Doc() })},
		{"switches", "What another release does differently (--design, joined with +)", listOf(model.AllSwitches(), func(s model.Switch) (string, string) { return s.String(), s.Doc() })},
		{"properties", "Properties (--property)", listOf(props.All(), func(c props.Claim) (string, string) {
			kind := c.Kind.String()
			if c.AtRest {
				kind += ", at rest"
			}
			return c.Name, fmt.Sprintf("%s (%s; %s)\n%s", c.Says, kind, c.Source, c.Formula)
		})},
		{"rules", "Rules", listOf(model.Rules(), func(r model.Rule) (string, string) {
			source := r.Source
			if r.Inferred {
				source += ", inferred"
			}
			return r.Name, fmt.Sprintf("%s (%s)", document.Generic(r.Says), source)
		})},
	}
	if asJSON {
		object := map[string][]listed{}
		for _, s := range sections {
			object[s.key] = s.names
		}
		return show.WriteJSON(w, "  ", object)
	}
	for _, s := range sections {
		fmt.Fprintln(w, s.title)
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		for _, n := range s.names {
			fmt.Fprintf(t, "  %s\t%s\n", n.Name, strings.ReplaceAll(n.Says, "\n", "\n  \t"))
		}
		t.Flush()
		fmt.Fprintln(w)
	}
	return nil
}

func listOf[T any](list []T, row func(T) (name, says string)) []listed {
	var names []listed
	for _, item := range list {
		name, says := row(item)
		names = append(names, listed{name, says})
	}
	return names
}
