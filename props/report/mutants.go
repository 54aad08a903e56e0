package report

import (
	"fmt"
	"io"
	"slices"

	"pkgdist/model"
	"pkgdist/props/check/show"
	"pkgdist/props/mutant"
	"pkgdist/props/scenario"
	"pkgdist/props/shard"
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
	rows := [][]string{{"rule", "change", "killed by", "scenario", "steps"}}
	for _, m := range r.Results {
		fate := m.Fate()
		rows = append(rows, append([]string{m.Mutation.Rule, m.Change()}, slices.DeleteFunc(fate[:], func(cell string) bool { return cell == "" })...))
	}
	out.rows(s.Width, rows)
	out.line("")
	rows = [][]string{{"property", "violated by", "the only one violated by"}}
	for _, k := range r.Killers() {
		rows = append(rows, []string{k.Property, fmt.Sprint(k.Kills), fmt.Sprint(k.Alone)})
	}
	out.rows(s.Width, rows)
	out.line("")
	out.wrap("", r.String())
	return out.err
}

// The JSON object is an interface: its keys stay.
type mutantsDocument struct {
	Shard      *shard.Header   `json:"shard,omitempty"`
	Design     string          `json:"design"`
	Scenarios  []string        `json:"scenarios"`
	Mutants    []mutant.Result `json:"mutants"`
	Properties []mutant.Killer `json:"properties"`
}

// MutantsJSON writes one object with all mutants, or those of the shard with that
// header.
func MutantsJSON(w io.Writer, header *shard.Header, r *mutant.Report) error {
	return write(w, header, mutantsDocument{header, r.Design.Name, r.Scenarios, append([]mutant.Result{}, r.Results...), r.Killers()})
}

// MutantsOf reads what all shards wrote of the mutants of a design.
func MutantsOf(parts []shard.Part, design model.Design, mutations []model.Mutation, scenarios []*scenario.Scenario) (*mutant.Report, error) {
	all := &mutant.Report{Design: design, Scenarios: scenarioNames(scenarios)}
	for _, p := range parts {
		var doc mutantsDocument
		if err := p.Decode(&doc); err != nil {
			return nil, err
		}
		if doc.Design != design.Name || !slices.Equal(doc.Scenarios, all.Scenarios) {
			return nil, fmt.Errorf("%s: expected mutants of %s in %v, found those of %s in %v", p.File, design.Name, all.Scenarios, doc.Design, doc.Scenarios)
		}
		from, end := p.Shard.Range(len(mutations))
		if err := all.Append(mutations[from:end], doc.Mutants); err != nil {
			return nil, fmt.Errorf("%s: %w", p.File, err)
		}
	}
	return all, nil
}
