package show

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/dustin/go-humanize"
)

// A Table compares runs of a checker: properties against designs, versions of a
// model, scopes. Its runs have verdicts on the same properties in the same order.
type Table struct {
	Title string   // above the table; may be empty
	Runs  []Result // the columns
	Notes []string // below the table
}

// A Result is what a checker found in one run. Its JSON is an interface: the keys
// stay.
type Result struct {
	Name string `json:"name"`
	Figures
}

// Figures are the counts and verdicts of a run.
type Figures struct {
	States    int64     `json:"states"`
	Steps     int64     `json:"steps"`
	Depth     int       `json:"depth"`
	Complete  bool      `json:"complete"`
	Symmetry  bool      `json:"symmetry,omitempty"`  // states and steps are counted up to symmetry
	Reduction bool      `json:"reduction,omitempty"` // of several orders of independent steps one was explored
	Fairness  string    `json:"fairness"`
	Verdicts  []Verdict `json:"properties"`
	Rules     []Rule    `json:"rules"`
}

// A Verdict is what a run found of a property.
type Verdict struct {
	Name    string   `json:"name"`
	Kind    string   `json:"kind"`
	Outcome string   `json:"verdict"` // holds, violated or inconclusive
	Reason  string   `json:"reason"`
	Trace   []string `json:"trace"`          // the steps, as they are printed
	Loop    *int     `json:"loop,omitempty"` // the index of the step at which the loop of a violation begins

	Says     string    `json:"-"`
	HasTrace bool      `json:"-"` // there is one, perhaps without a step
	Word     string    `json:"-"` // stands in the table instead of the outcome
	Optional bool      `json:"-"` // it does not count for the outcome of the run
	OrFewer  bool      `json:"-"` // the trace need not be the shortest
	Story    *Document `json:"-"` // of the trace, to be told below the table
	Link     string    `json:"-"` // to a page that tells of the trace, or empty
}

// A Rule is a kind of step, and how often it was taken. Stopped is the condition
// that was never met, of one that never fired although it belongs to the model.
type Rule struct {
	Name    string `json:"name"`
	Fired   int64  `json:"fired"`
	Stopped string `json:"-"`
}

// JSON writes one object with all runs.
func (t *Table) JSON(w io.Writer) error {
	runs := append([]Result{}, t.Runs...)
	for i := range runs {
		runs[i].Figures = runs[i].Figures.listed()
	}
	return WriteJSON(w, "  ", struct {
		Title string   `json:"title"`
		Runs  []Result `json:"runs"`
	}{t.Title, runs})
}

// listed has empty lists where there are none, for JSON tells them apart.
func (f Figures) listed() Figures {
	f.Verdicts, f.Rules = append([]Verdict{}, f.Verdicts...), append([]Rule{}, f.Rules...)
	for i := range f.Verdicts {
		f.Verdicts[i].Trace = append([]string{}, f.Verdicts[i].Trace...)
	}
	return f
}

// Text writes the table, the reasons for what is inconclusive, and what the first
// run says of rules and stories, in lines of at most width columns where they
// are sentences; 0 is DefaultWidth.
func (t *Table) Text(w io.Writer, width int) error {
	out := printer{w: w}
	if t.Title != "" {
		out.line(t.Title)
		out.line("")
	}
	if len(t.Runs) == 0 {
		return out.err
	}
	t.grid(&out)
	for _, note := range t.Notes {
		out.line("")
		out.line(note)
	}
	for _, r := range t.Runs {
		r.reasons(&out)
	}
	t.Runs[0].idle(&out)
	t.Runs[0].stories(&out, Text{Width: width})
	return out.err
}

// grid writes runs against properties. A number of steps is the length of the
// shortest counterexample, or of the shortest way to a situation.
func (t *Table) grid(out *printer) {
	var rows [][]string
	row := func(label string, cell func(*Result) string) {
		cells := []string{label}
		for i := range t.Runs {
			cells = append(cells, cell(&t.Runs[i]))
		}
		rows = append(rows, cells)
	}
	first := &t.Runs[0]
	row("", func(r *Result) string { return r.Name })
	for i, v := range first.Verdicts {
		row(v.Name, func(r *Result) string { return r.Verdicts[i].Cell() })
	}
	row("", func(*Result) string { return "" })
	row(first.counted(), func(r *Result) string { return Number(r.States) })
	row("steps", func(r *Result) string { return Number(r.Steps) })
	row("depth", func(r *Result) string { return fmt.Sprint(r.Depth) })
	row("explored", func(r *Result) string {
		if r.Complete {
			return "completely"
		}
		return "in part"
	})
	out.align(rows)
}

func (r *Result) counted() string {
	states := "states"
	if r.Symmetry {
		states += " up to symmetry"
	}
	if r.Reduction {
		states += ", reduced"
	}
	return states
}

// sometimes is the kind of a property that says what must be reachable.
const sometimes = "sometimes"

// Cell is the verdict in a table.
func (v *Verdict) Cell() string {
	word := v.Word
	switch {
	case word != "":
	case v.Outcome == "violated":
		word = "VIOLATED"
	case v.Kind == sometimes && v.HasTrace:
		word = "reached"
	case v.Kind == sometimes && v.Optional:
		return "not reached"
	default:
		return v.Outcome
	}
	if !v.HasTrace {
		return word
	}
	return fmt.Sprintf("%s (%s)", word, v.length())
}

// length is that of the trace: "22+3 steps or fewer".
func (v *Verdict) length() string {
	loop := len(v.Trace)
	if v.Loop != nil {
		loop = *v.Loop
	}
	text := Length(len(v.Trace), loop)
	if v.OrFewer {
		text += " or fewer"
	}
	return text
}

// Length is so many steps, of which those from loop on are repeated and count
// apart: "22+3 steps".
func Length(steps, loop int) string {
	if loop < steps {
		return fmt.Sprintf("%d+%d steps", loop, steps-loop)
	}
	return Count(steps, "step", "steps")
}

// Number is a number with commas.
func Number[T ~int | ~int64](n T) string { return humanize.Comma(int64(n)) }

// Count is a number of things.
func Count[T ~int | ~int64](n T, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Number(n) + " " + many
}

func (r *Result) reasons(out *printer) {
	var order []string
	names := map[string][]string{}
	for _, v := range r.Verdicts {
		if v.Outcome != "inconclusive" || v.Optional {
			continue
		}
		if names[v.Reason] == nil {
			order = append(order, v.Reason)
		}
		names[v.Reason] = append(names[v.Reason], v.Name)
	}
	for i, reason := range order {
		if i == 0 {
			out.line("")
			out.line(fmt.Sprintf("Inconclusive under %s:", r.Name))
		}
		out.line("  " + strings.Join(names[reason], ", "))
		out.line("    " + reason)
	}
}

// idle lists the rules that never fired although the model has them.
func (r *Result) idle(out *printer) {
	var rows [][]string
	for _, rule := range r.Rules {
		if rule.Fired == 0 && rule.Stopped != "" {
			rows = append(rows, []string{"  " + rule.Name, rule.Stopped})
		}
	}
	if len(rows) > 0 {
		out.line("")
		out.line(fmt.Sprintf("Rules that never fired under %s, with the condition that was never met:", r.Name))
		out.align(rows)
	}
}

func (r *Result) stories(out *printer, text Text) {
	for _, v := range r.Verdicts {
		if v.Story == nil || v.Outcome != "violated" {
			continue
		}
		when := "at the earliest after "
		if v.OrFewer {
			when = "after "
		}
		heading := printable(fmt.Sprintf("%s violates %s, %s%s:", r.Name, v.Name, when, v.length()))
		out.line("")
		out.line(heading)
		out.line(strings.Repeat("-", columns(heading)))
		if v.Says != "" {
			out.line(v.Says)
		}
		out.line("")
		if out.err == nil {
			out.err = text.Story(out.w, v.Story)
		}
	}
}

func (p *printer) align(rows [][]string) {
	var text strings.Builder
	t := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	for _, cells := range rows {
		for i, cell := range cells {
			if i > 0 {
				fmt.Fprint(t, "\t")
			}
			fmt.Fprint(t, printable(cell))
		}
		fmt.Fprintln(t)
	}
	t.Flush()
	for line := range strings.Lines(text.String()) {
		p.line(line)
	}
}

// WriteJSON writes a value as a person may read it too.
func WriteJSON(w io.Writer, indent string, value any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", indent)
	enc.SetEscapeHTML(false)
	return enc.Encode(value)
}
