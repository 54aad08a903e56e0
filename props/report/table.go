// Package report shows what runs found: a table and stories for a terminal, one
// JSON object for programs.
//
// Goals: designs against properties at a glance; nothing that looks like a pass
// where there is none, and the reason beside it; figures that are the same on
// every machine.
//
// Non-goals: no exploring, no times.
package report

import (
	"fmt"
	"io"
	"net/url"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
	"pkgdist/props/check/show"
	"pkgdist/props/run"
	"pkgdist/props/scenario"
	"pkgdist/props/shard"
)

// Table writes the table of all runs, the reasons for what is inconclusive, and with
// stories those of what the first run violates. The runs are of one scenario and of
// the same properties.
func (s Screen) Table(w io.Writer, runs []*run.Run, stories bool) error {
	first, t := runs[0], table(runs)
	t.Colour = s.Colour
	if first.Symmetry && !first.System.Interchangeable() {
		t.Notes = append(t.Notes, "No two parts of the scope are interchangeable, so that symmetry makes no difference.")
	}
	for i, c := range first.Claims {
		v := first.Result.Verdict(c.Name)
		if stories && v.Outcome == check.Violated && (!c.TooStrong || first.Required(c)) {
			t.Runs[0].Verdicts[i] = withStories(first, c)
		}
	}
	t.Notes = append(t.Notes, notes(runs)...)
	return t.Text(w, s.Width)
}

// notes say of which claims there may be other counterexamples.
func notes(runs []*run.Run) (notes []string) {
	for _, r := range runs {
		for _, c := range r.Claims {
			if others := r.Others[c.Name]; others != nil && others.Stopped != "" {
				notes = append(notes, fmt.Sprintf("Under %s there may be other counterexamples of %s: %s.", r.Design.Name, c.Name, others.Stopped))
			}
		}
	}
	return notes
}

func table(runs []*run.Run) show.Table {
	t := show.Table{Title: runs[0].Scenario.Heading()}
	for _, r := range runs {
		t.Runs = append(t.Runs, show.Result{Name: r.Design.Name, Figures: figures(r)})
	}
	return t
}

// Index writes the table as a page, with links to the pages of the counterexamples.
func Index(w io.Writer, runs []*run.Run) error {
	t := table(runs)
	for i, r := range runs {
		for j, c := range r.Claims {
			if v := &t.Runs[i].Verdicts[j]; v.Outcome == check.Violated.String() {
				var links []string
				for ce := range r.Counterexamples(c) {
					links = append(links, url.PathEscape(ce.Name+".html"))
				}
				v.Link = links[0]
				for k := range v.Others {
					v.Others[k].Link = links[k+1]
				}
			}
		}
	}
	return t.HTML(w)
}

// Story writes the story of one property under each design that violates it, or in
// which its situation occurs.
func (s Screen) Story(w io.Writer, runs []*run.Run, claim props.Claim) error {
	told := 0
	for _, r := range runs {
		v := r.Result.Verdict(claim.Name)
		if v.Trace == nil {
			continue
		}
		if told++; told > 1 {
			fmt.Fprintln(w)
		}
		d := v.Document()
		d.Subject, d.Title = "Scenario", r.Scenario.Title
		d.About = []show.Item{{Label: "Design", Value: r.Design.Name}}
		if err := (show.Text{Width: s.Width}).Write(w, d); err != nil {
			return err
		}
		others := withStories(r, claim)
		if err := (show.Text{Width: s.Width}).Others(w, &others); err != nil {
			return err
		}
		out := s.writer(w)
		for _, note := range notes([]*run.Run{r}) {
			out.line("")
			out.wrap("", note)
		}
	}
	if told == 0 {
		fmt.Fprintf(w, "%s: no run shows it; see --table\n", claim.Name)
	}
	return nil
}

// withStories is the verdict on a claim, with what it and the others tell.
func withStories(r *run.Run, c props.Claim) show.Verdict {
	told, v := verdict(r, c), r.Result.Verdict(c.Name)
	told.Story = v.Document()
	for k := range told.Others {
		told.Others[k].Story = r.Others[c.Name].Found[k].Document()
	}
	return told
}

// The JSON object is an interface: its keys stay.
type (
	document struct {
		Shard    *shard.Header `json:"shard,omitempty"`
		Scenario string        `json:"scenario"`
		Designs  []design      `json:"designs"`
	}
	design struct {
		Design     string   `json:"design"`
		Mechanisms []string `json:"mechanisms"`
		show.Figures
	}
)

// JSON writes one object with all runs of a scenario, which are those of a shard if there is a header.
func JSON(w io.Writer, header *shard.Header, sc *scenario.Scenario, runs []*run.Run) error {
	doc := document{Shard: header, Scenario: sc.Name, Designs: []design{}}
	for _, r := range runs {
		doc.Designs = append(doc.Designs, design{r.Design.Name, mechanismNames(r.Design.Mechanisms), figures(r)})
	}
	return write(w, header, doc)
}

// write writes an object, which is that of a shard if there is a header.
func write(w io.Writer, header *shard.Header, doc any) error {
	if header != nil {
		return shard.Write(w, header, doc)
	}
	return show.WriteJSON(w, "  ", doc)
}

// Runs reads the runs of a scenario under designs from what their shards wrote, one after the other. It takes every trace again.
func Runs(parts []shard.Part, sc *scenario.Scenario, designs []model.Design, fairness string, properties []string) ([]*run.Run, error) {
	var runs []*run.Run
	for _, p := range parts {
		var doc document
		if err := p.Decode(&doc); err != nil {
			return nil, err
		}
		from, end := p.Shard.Range(len(designs))
		if doc.Scenario != sc.Name || len(doc.Designs) != end-from {
			return nil, fmt.Errorf("%s: expected %d designs of the scenario %s, found %d of %s", p.File, end-from, sc.Name, len(doc.Designs), doc.Scenario)
		}
		for i, d := range designs[from:end] {
			told := doc.Designs[i]
			if told.Design != d.Name {
				return nil, fmt.Errorf("%s: expected the design %s, found %s", p.File, d.Name, told.Design)
			}
			r, err := run.Restore(sc, d, fairness, properties, told.Figures)
			if err != nil {
				return nil, fmt.Errorf("%s: design %s: %w", p.File, d.Name, err)
			}
			runs = append(runs, r)
		}
	}
	return runs, nil
}

func figures(r *run.Run) show.Figures {
	f := show.Figures{States: r.Result.States, Steps: r.Result.Steps, Depth: r.Result.Depth, Complete: r.Result.Complete(), Stopped: r.Result.Stopped,
		Symmetry: r.Symmetry, Reduction: r.Reduction, OnDisk: r.Result.OnDisk,
		Fairness: r.Fairness(), Verdicts: []show.Verdict{}, Rules: []show.Rule{}}
	for _, c := range r.Claims {
		f.Verdicts = append(f.Verdicts, verdict(r, c))
	}
	for _, c := range r.Result.Rules {
		rule := show.Rule{Name: c.Rule, Fired: c.Fired}
		if c.Fired == 0 && len(c.Blocked) > 0 && r.System.HasRule(c.Rule) {
			rule.Stopped = r.System.Deepest(c.Rule, guards(c))
		}
		f.Rules = append(f.Rules, rule)
	}
	return f
}

func guards(c check.Coverage) []string {
	list := make([]string, len(c.Blocked))
	for i, b := range c.Blocked {
		list[i] = b.Guard
	}
	return list
}

// Cell is the verdict on a claim in a table.
func Cell(r *run.Run, c props.Claim) string {
	v := verdict(r, c)
	return v.Cell()
}

func verdict(r *run.Run, c props.Claim) show.Verdict {
	v := r.Result.Verdict(c.Name)
	told := show.Verdict{Name: c.Name, Kind: c.Kind.String(), Outcome: v.Outcome.String(), Reason: v.Reason, Trace: []string{},
		Says: c.Says, HasTrace: v.Trace != nil, Optional: !r.Required(c), OrFewer: !r.Shortest(c)}
	if v.Outcome == check.Violated && c.TooStrong {
		told.Word = "too strong"
	}
	if v.Trace != nil {
		told.Trace, told.Loop = trace(r, &v)
	}
	if others := r.Others[c.Name]; others != nil {
		told.Perhaps = others.Stopped
		for i := range others.Found {
			other := show.Other{Without: others.Found[i].Without}
			other.Trace, other.Loop = trace(r, &others.Found[i].Verdict)
			told.Others = append(told.Others, other)
		}
	}
	return told
}

// trace is the steps of a verdict as they are printed, and where the loop of a violation begins.
func trace(r *run.Run, v *run.Verdict) (lines []string, loop *int) {
	lines = []string{}
	for _, step := range v.Trace.Steps {
		lines = append(lines, r.System.Format(step))
	}
	if v.Property.Kind().Liveness() {
		loop = &v.Loop
	}
	return lines, loop
}
