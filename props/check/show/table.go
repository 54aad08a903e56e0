package show

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/dustin/go-humanize"
)

// A Table compares runs of a checker: properties against designs, versions of a
// model, scopes. Its runs have verdicts on the same properties in the same order.
type Table struct {
	Title string   // above the table; may be empty
	Runs  []Result // the columns
	Notes []string // below the table

	Colour bool // verdicts have the colours of a terminal
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
	Stopped   string    `json:"stopped,omitempty"`   // why it is not complete
	Symmetry  bool      `json:"symmetry,omitempty"`  // states and steps are counted up to symmetry
	Reduction bool      `json:"reduction,omitempty"` // of several orders of independent steps one was explored
	OnDisk    bool      `json:"on_disk,omitempty"`   // where states were in the end; then no liveness property is judged
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
	Trace   []string `json:"trace"`              // the steps, as they are printed
	Loop    *int     `json:"loop,omitempty"`     // the index of the step at which the loop of a violation begins
	OrFewer bool     `json:"or_fewer,omitempty"` // the trace need not be the shortest
	Others  []Other  `json:"others,omitempty"`
	Perhaps string   `json:"others_perhaps,omitempty"` // why there may be more others, if they were looked for

	Says     string    `json:"-"`
	HasTrace bool      `json:"-"` // there is one, perhaps without a step
	Word     string    `json:"-"` // stands in the table instead of the outcome
	Optional bool      `json:"-"` // it does not count for the outcome of the run
	Story    *Document `json:"-"` // of the trace, to be told below the table
	Link     string    `json:"-"` // to a page that tells of the trace, or empty
}

// An Other is another counterexample of a property, which does without something that each one before it has.
type Other struct {
	Without []string `json:"without"` // situations, rules or steps
	Trace   []string `json:"trace"`
	Loop    *int     `json:"loop,omitempty"`

	Story *Document `json:"-"`
	Link  string    `json:"-"`
}

// A Rule is a kind of step, and how often it was taken. Stopped is the condition
// that was never met, of one that never fired although it belongs to the model.
type Rule struct {
	Name    string `json:"name"`
	Fired   int64  `json:"fired"`
	Stopped string `json:"stopped,omitempty"`
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
// run says of rules and stories, in lines of at most width columns. 0 is no bound for
// the table, and DefaultWidth for stories.
func (t *Table) Text(w io.Writer, width int) error {
	out := printer{w: w, width: cmp.Or(width, unbounded)}
	if t.Title != "" {
		out.wrap("", strings.Fields(t.Title))
		out.line("")
	}
	if len(t.Runs) == 0 {
		return out.err
	}
	t.grid(&out)
	for _, note := range t.Notes {
		out.line("")
		out.wrap("", strings.Fields(note))
	}
	for _, r := range t.Runs {
		r.reasons(&out)
	}
	t.Runs[0].idle(&out)
	t.Runs[0].stories(&out, Text{Width: width})
	return out.err
}

// grid writes runs against properties, as many runs beside each other as fit. A number of steps is the length of the
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
		text := "in part"
		if r.Complete {
			text = "completely"
		}
		if r.OnDisk {
			text += ", on disk"
		}
		return text
	})
	label := 0
	for _, cells := range rows {
		label = max(label, columns(Printable(cells[0])))
	}
	for from := 1; from <= len(t.Runs); {
		to, used := from, label
		for ; to <= len(t.Runs); to++ {
			wide := 0
			for _, cells := range rows {
				wide = max(wide, columns(Printable(cells[to])))
			}
			if used += 2 + wide; used > out.width && to > from {
				break
			}
		}
		if from > 1 {
			out.line("")
		}
		var part [][]string
		for _, cells := range rows {
			part = append(part, slices.Concat(cells[:1], cells[from:to]))
		}
		out.align(part, t.Colour)
		from = to
	}
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
	text := v.length()
	for i, other := range v.Others {
		text += [...]string{"; ", ", "}[min(i, 1)] + strings.TrimSuffix(length(other.Trace, other.Loop), " steps")
	}
	return fmt.Sprintf("%s (%s)", word, text)
}

func length(trace []string, loop *int) string {
	if loop == nil {
		return Length(len(trace), len(trace))
	}
	return Length(len(trace), *loop)
}

// length is that of the trace: "22+3 steps or fewer".
func (v *Verdict) length() string {
	text := length(v.Trace, v.Loop)
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
		out.wrap("  ", strings.Fields(strings.Join(names[reason], ", ")))
		out.wrap("    ", strings.Fields(reason))
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
		out.wrap("", strings.Fields(fmt.Sprintf("Rules that never fired under %s, with the condition that was never met:", r.Name)))
		out.align(rows, false)
	}
}

func (r *Result) stories(out *printer, text Text) {
	var told []Verdict
	for _, v := range r.Verdicts {
		if v.Story == nil || v.Outcome != "violated" {
			continue
		}
		when := "at the earliest after "
		if v.OrFewer {
			when = "after "
		}
		heading := Printable(fmt.Sprintf("%s violates %s, %s%s:", r.Name, v.Name, when, v.length()))
		out.line("")
		out.wrap("", strings.Fields(heading))
		out.line(strings.Repeat("-", min(columns(heading), out.width)))
		if v.Says != "" {
			out.wrap("", strings.Fields(v.Says))
		}
		out.line("")
		if out.err == nil {
			text.shared, text.as = shared(told, v)
			told = append(told, v)
			out.err = text.Story(out.w, v.Story)
		}
		if out.err == nil {
			out.err = text.Others(out.w, &v)
		}
	}
}

// Others writes the stories of the other counterexamples of a property, whose own was told before.
func (t Text) Others(w io.Writer, v *Verdict) error {
	out := printer{w: w, width: cmp.Or(t.Width, DefaultWidth)}
	for _, other := range v.Others {
		if other.Story == nil {
			continue
		}
		out.line("")
		out.wrap("", strings.Fields(Printable(fmt.Sprintf("Another one, after %s, does without: %s", length(other.Trace, other.Loop), strings.Join(other.Without, "; ")))))
		out.line("")
		if t.shared, t.as = shared([]Verdict{*v}, Verdict{Story: other.Story}); out.err == nil {
			out.err = t.Story(w, other.Story)
		}
	}
	return out.err
}

// leastShared is how many steps stories share at least for the second one to leave
// them out.
const leastShared = 3

// shared finds the story told before that begins with most of the same steps. The
// loop of a story is told whole.
func shared(told []Verdict, v Verdict) (steps int, name string) {
	steps = leastShared - 1
	for _, before := range told {
		same := 0
		for most := min(len(before.Story.Steps), len(v.Story.Steps)); same < most && before.Story.Steps[same].Text == v.Story.Steps[same].Text; same++ {
			if v.Story.Forever && same == v.Story.Loop {
				break
			}
		}
		if same > steps {
			steps, name = same, before.Name
		}
	}
	if name == "" {
		return 0, ""
	}
	return steps, name
}

// Rows writes rows in columns. What is too long for the width is continued below the
// beginning of its column, or, where that is too far to the right, below the first
// cell. A width of 0 is no bound. Colours are those of the verdicts.
func Rows(w io.Writer, width int, colour bool, rows [][]string) error {
	out := printer{w: w, width: cmp.Or(width, unbounded)}
	out.align(rows, colour)
	return out.err
}

const unbounded = 1 << 30

func (p *printer) align(rows [][]string, colour bool) {
	var widths []int // of the columns that another one follows
	clean := make([][]string, len(rows))
	for n, row := range rows {
		for i, cell := range row {
			clean[n] = append(clean[n], Printable(cell))
			if i == len(widths) {
				widths = append(widths, 0)
			}
			if i < len(row)-1 {
				widths[i] = max(widths[i], columns(clean[n][i]))
			}
		}
	}
	stacked := false
	for _, row := range clean {
		offset := 0
		for i := range row[1:] {
			offset += widths[i] + 2
		}
		stacked = stacked || offset > p.width/2 && offset+columns(row[len(row)-1]) > p.width
	}
	for _, row := range clean {
		if stacked {
			p.line(row[0])
			if rest := strings.Trim(strings.Join(row[1:], "; "), "; "); rest != "" {
				for _, line := range wrap(rest, p.width-4) {
					p.raw("    " + painted(line, colour))
				}
			}
			continue
		}
		p.row(row, widths, colour)
	}
}

// row writes a row whose last cell may be continued below its beginning.
func (p *printer) row(row []string, widths []int, colour bool) {
	var lead strings.Builder
	offset, last := 0, len(row)-1
	for i, cell := range row[:last] {
		fmt.Fprintf(&lead, "%s%*s", painted(cell, colour && i > 0), widths[i]-columns(cell)+2, "")
		offset += widths[i] + 2
	}
	rest := []string{row[last]}
	if columns(row[last]) > p.width-offset {
		rest = fill(strings.Fields(row[last]), p.width-offset)
	}
	before := lead.String()
	for _, text := range rest {
		p.raw(before + painted(text, colour && last > 0))
		before = strings.Repeat(" ", offset)
	}
}

// painted is a verdict in its colour: red, yellow or green.
func painted(cell string, colour bool) string {
	for word, code := range map[string]string{"VIOLATED": "31", "inconclusive": "33", "holds": "32", "reached": "32"} {
		if colour && strings.HasPrefix(cell, word) {
			return "\x1b[" + code + "m" + cell + "\x1b[m"
		}
	}
	return cell
}

// WriteJSON writes a value as a person may read it too.
func WriteJSON(w io.Writer, indent string, value any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", indent)
	enc.SetEscapeHTML(false)
	return enc.Encode(value)
}
