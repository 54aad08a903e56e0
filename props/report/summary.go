package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/article"
	"pkgdist/props/check"
	"pkgdist/props/check/show"
	"pkgdist/props/run"
	"pkgdist/props/scenario"
)

// A Screen is what a report is written for.
type Screen struct {
	Width  int  // columns; 0 is show.DefaultWidth
	Colour bool // outcomes in colours
}

// colours of the outcomes, as terminals have them: green, red and yellow.
var colours = [...]string{check.Holds: "32", check.Violated: "31", check.Inconclusive: "33"}

// word is an outcome in as many columns as the longest takes, in its colour.
func (s Screen) word(o check.Outcome) string {
	text := strings.Replace(o.String(), "violated", "VIOLATED", 1)
	return fmt.Sprintf("%s%*s", s.paint(o, text), 12-len(text), "")
}

// paint gives a text the colour of an outcome.
func (s Screen) paint(o check.Outcome, text string) string {
	if !s.Colour {
		return text
	}
	return "\x1b[" + colours[o] + "m" + text + "\x1b[m"
}

// Summary writes the answer, on one screen: the verdict of each design, the story
// that matters most, the least repair that is known, and what to type next. The
// runs are of one scenario and of the same properties.
func (s Screen) Summary(w io.Writer, runs []*run.Run) error {
	out := s.writer(w)
	out.wrap("", runs[0].Scenario.Heading())
	out.line("")
	longest := 0
	for _, r := range runs {
		longest = max(longest, len(r.Design.Name))
	}
	for _, r := range runs {
		lead := fmt.Sprintf("%-*s  %s ", longest, r.Design.Name, s.word(r.Outcome()))
		out.hanging(lead, longest+2+13, sum(r))
	}
	told, claim := headline(runs)
	if told != nil {
		out.line("")
		v := told.Result.Verdict(claim.Name)
		out.wrap("", fmt.Sprintf("%s under %s, after %s:", claim.Name, told.Design.Name, show.Length(len(v.Trace.Steps), v.Loop)))
		wrong, why, err := v.Document().Cause()
		if err != nil {
			return err
		}
		out.wrap("  ", wrong)
		if why != "" {
			out.wrap("  ", why)
		}
		out.line("")
		out.wrap("", leastRepair(runs, claim))
	}
	out.line("")
	next(&out, runs, told, claim)
	return out.err
}

// sum says in a line what the outcome of a run rests on.
func sum(r *run.Run) string {
	counts := map[check.Outcome]int{}
	first := -1
	for _, c := range r.Claims {
		if !r.Required(c) {
			continue
		}
		v := r.Result.Verdict(c.Name)
		counts[v.Outcome]++
		if v.Outcome == check.Violated && (first < 0 || len(v.Trace.Steps) < first) {
			first = len(v.Trace.Steps)
		}
	}
	all := counts[check.Holds] + counts[check.Violated] + counts[check.Inconclusive]
	states := show.Count(r.Result.States, "state", "states")
	switch {
	case counts[check.Violated] > 0:
		return fmt.Sprintf("%d of %s, first after %s", counts[check.Violated], show.Count(all, "property", "properties"), show.Count(first, "step", "steps"))
	case counts[check.Inconclusive] > 0:
		why := cmp.Or(r.Result.Stopped, "not put to the test")
		if r.Result.OnDisk && r.Result.Complete() {
			why = "liveness is not judged on disk"
		}
		return fmt.Sprintf("%d of %s: %s, %s", counts[check.Inconclusive], show.Count(all, "property", "properties"), why, states)
	}
	return fmt.Sprintf("%s, in all of %s", show.Count(all, "property", "properties"), states)
}

// headline picks the violation that matters most, under the first design that has
// one: the story of the scenario, or what the article is about that the scenario
// shows, or else the shortest way to harm.
func headline(runs []*run.Run) (*run.Run, props.Claim) {
	for _, r := range runs {
		violated := slices.DeleteFunc(r.Violated(), func(c props.Claim) bool { return !r.Required(c) })
		if len(violated) == 0 {
			continue
		}
		wanted := []string{r.Scenario.Story}
		for _, a := range article.All() {
			if a.Scenario == r.Scenario.Name {
				wanted = append(wanted, a.Property)
			}
		}
		rank := func(c props.Claim) int {
			if i := slices.Index(wanted, c.Name); i >= 0 {
				return i - len(wanted)
			}
			n := len(r.Result.Verdict(c.Name).Trace.Steps)
			if !c.Harm {
				n += 1 << 20
			}
			return n
		}
		return r, slices.MinFunc(violated, func(a, b props.Claim) int { return rank(a) - rank(b) })
	}
	return nil, props.Claim{}
}

// leastRepair says the smallest set of mechanisms that is known to be enough: by
// the runs at hand, or by the table of articles, which tests hold.
func leastRepair(runs []*run.Run, claim props.Claim) string {
	var least *run.Run
	for _, r := range runs {
		if r.Outcome() == check.Holds && r.Design.Mechanisms != 0 && (least == nil || len(r.Design.Mechanisms.List()) < len(least.Design.Mechanisms.List())) {
			least = r
		}
	}
	text := ""
	for _, a := range article.All() {
		if a.Scenario == runs[0].Scenario.Name && a.Property == claim.Name && a.ShownUnder == model.SMS20.Name {
			text = fmt.Sprintf("The least repair known for this: %s.", strings.Join(a.Cure.Words(), " and "))
		}
	}
	switch {
	case least != nil:
		text += fmt.Sprintf(" Everything holds under %s (%s).", least.Design.Name, strings.Join(strings.Split(least.Design.Mechanisms.String(), "+"), ", "))
	case text == "":
		text = "No repair is known from what was explored."
	}
	return strings.TrimSpace(text)
}

// at is the flag by which a command finds the scenarios again.
func at(scenarios ...*scenario.Scenario) string {
	var names []string
	for _, sc := range scenarios {
		names = append(names, cmp.Or(sc.File, sc.Name))
	}
	switch text := strings.Join(names, ","); {
	case text == "article":
		return ""
	case strings.ContainsAny(text, " \t\"'$&;|()<>*?"):
		return " --scenario '" + strings.ReplaceAll(text, "'", `'\''`) + "'"
	default:
		return " --scenario " + text
	}
}

// next names the commands that a person may want now.
func next(out *writer, runs []*run.Run, told *run.Run, claim props.Claim) {
	at := at(runs[0].Scenario)
	var rows [][2]string
	if told != nil {
		design := ""
		if told.Design.Name != runs[0].Design.Name || len(runs) == 1 {
			design = " --design " + told.Design.Name
		}
		rows = append(rows, [2]string{"check" + at + design + " --story " + claim.Name, "its steps"})
	}
	rows = append(rows, [2]string{"check" + at + " --table", "every verdict"},
		[2]string{"designs" + at, "all repairs"})
	out.commands(rows)
}

// A writer wraps lines to a width, and keeps the first error.
type writer struct {
	w     io.Writer
	width int
	err   error
}

func (s Screen) writer(w io.Writer) writer {
	return writer{w: w, width: cmp.Or(s.Width, show.DefaultWidth)}
}

func (o *writer) line(text string) {
	if o.err == nil {
		_, o.err = fmt.Fprintln(o.w, text)
	}
}

// commands names what a person may want to type now, each with what it shows. A
// command is not wrapped, for it is to be copied.
func (o *writer) commands(rows [][2]string) {
	longest := 0
	for _, row := range rows {
		longest = max(longest, len(row[0]))
	}
	o.line("Next:")
	for _, row := range rows {
		command := "  go tool pkgdist " + row[0]
		line := command
		for _, gap := range []int{longest - len(row[0]), 0} {
			if line == command && len(command)+gap+2+len(row[1]) <= o.width {
				line = fmt.Sprintf("%s%*s  %s", command, gap, "", row[1])
			}
		}
		o.line(line)
	}
}

// rows writes rows in columns, of any width where the reader is no terminal.
func (o *writer) rows(width int, rows [][]string) {
	if o.err == nil {
		o.err = show.Rows(o.w, width, false, rows)
	}
}

// list writes names after lead, if there are any.
func (o *writer) list(lead string, names []string) {
	if len(names) > 0 {
		o.wrap(lead, strings.Join(names, ", "))
	}
}

// wrap writes a text in lines that begin with lead.
func (o *writer) wrap(lead, text string) { o.hanging(lead, len(lead), text) }

// hanging writes a text after lead, and the lines that follow below its beginning.
// The columns of lead are given, for colours take none.
func (o *writer) hanging(lead string, columns int, text string) {
	if columns > o.width/2 {
		o.line(strings.TrimRight(lead, " "))
		lead, columns = "    ", 4
	}
	for _, line := range show.Lines(text, o.width-columns) {
		o.line(lead + line)
		lead = strings.Repeat(" ", columns)
	}
}
