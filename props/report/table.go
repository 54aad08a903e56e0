// Package report shows what runs found: a table and stories for a terminal, one
// JSON object for programs.
//
// Goals: designs against properties at a glance; nothing that looks like a pass
// where there is none, and the reason beside it; figures that are the same on
// every machine.
//
// Non-goals: no exploring, no colours, no times.
package report

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/dustin/go-humanize"

	"pkgdist/props"
	"pkgdist/props/check"
	"pkgdist/props/run"
	"pkgdist/props/story"
)

// Text writes the table of all runs, the reasons for what is inconclusive, and
// the stories of what the first run violates. The runs are of one scenario and
// of the same properties.
func Text(w io.Writer, runs []*run.Run) {
	first := runs[0]
	fmt.Fprintf(w, "Scenario %s: %s (%s)\n\n", first.Scenario.Name, first.Scenario.Title, first.Scenario.Source)
	table(w, runs)
	reasons(w, runs)
	rules(w, runs)
	stories(w, first)
}

// table writes designs against properties. A number of steps is the length of
// the shortest counterexample, or of the shortest way to a situation.
func table(w io.Writer, runs []*run.Run) {
	var text strings.Builder
	t := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	row := func(label string, cell func(*run.Run) string) {
		fmt.Fprint(t, label)
		for _, r := range runs {
			fmt.Fprint(t, "\t", cell(r))
		}
		fmt.Fprintln(t)
	}
	row("", func(r *run.Run) string { return r.Design.Name })
	for _, c := range runs[0].Claims {
		row(c.Name, func(r *run.Run) string { return Cell(r, c) })
	}
	row("", func(*run.Run) string { return "" })
	row(statesOf(runs[0].Shortcuts), func(r *run.Run) string { return humanize.Comma(r.Result.States) })
	row("steps", func(r *run.Run) string { return humanize.Comma(r.Result.Steps) })
	row("depth", func(r *run.Run) string { return fmt.Sprint(r.Result.Depth) })
	if runs[0].Fingerprints {
		row("expected collisions", func(r *run.Run) string { return fmt.Sprintf("%.1g", r.Result.Collisions) })
	}
	row("explored", func(r *run.Run) string {
		if r.Result.Complete() {
			return "completely"
		}
		return "in part"
	})
	t.Flush()
	for line := range strings.Lines(text.String()) {
		fmt.Fprintln(w, strings.TrimRight(line, " \n")) // a column is padded to its end
	}
	if runs[0].Symmetry && !runs[0].System.Interchangeable() {
		fmt.Fprintln(w, "\nNo two parts of the scope are interchangeable, so that symmetry makes no difference.")
	}
}

// statesOf names what was counted.
func statesOf(s run.Shortcuts) string {
	states := "states"
	if s.Symmetry {
		states += " up to symmetry"
	}
	if s.Reduction {
		states += ", reduced"
	}
	return states
}

// Cell is the verdict on a claim in a table.
func Cell(r *run.Run, c props.Claim) string {
	v := r.Result.Verdict(c.Name)
	steps := steps(v)
	if v.Trace != nil && !r.Shortest(c) {
		steps += " or fewer"
	}
	switch {
	case v.Outcome == check.Violated && c.TooStrong:
		return fmt.Sprintf("too strong (%s)", steps)
	case v.Outcome == check.Violated:
		return fmt.Sprintf("VIOLATED (%s)", steps)
	case c.Kind == check.KindSometimes && v.Trace != nil:
		return fmt.Sprintf("reached (%s)", steps)
	case v.Outcome == check.Holds && v.Collisions > 0:
		return fmt.Sprintf("holds up to %.1g", v.Collisions)
	case c.Kind == check.KindSometimes && !r.Required(c):
		return "not reached"
	}
	return v.Outcome.String()
}

// steps is the length of a trace, if there is one. A loop counts apart: "22+3
// steps".
func steps(v run.Verdict) string {
	if v.Trace == nil {
		return ""
	}
	return length(v.Property.Kind(), len(v.Trace.Steps), v.Loop)
}

func length(kind check.Kind, n, loop int) string {
	if kind.Liveness() && n > loop {
		return fmt.Sprintf("%d+%d steps", loop, n-loop)
	}
	return count(n, "step", "steps")
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + many
}

// reasons says why verdicts are inconclusive, each reason once.
func reasons(w io.Writer, runs []*run.Run) {
	for _, r := range runs {
		var order []string
		names := map[string][]string{}
		for _, c := range r.Claims {
			v := r.Result.Verdict(c.Name)
			if v.Outcome != check.Inconclusive || !r.Required(c) {
				continue
			}
			if names[v.Reason] == nil {
				order = append(order, v.Reason)
			}
			names[v.Reason] = append(names[v.Reason], c.Name)
		}
		for i, reason := range order {
			if i == 0 {
				fmt.Fprintf(w, "\nInconclusive under %s:\n", r.Design.Name)
			}
			fmt.Fprintf(w, "  %s\n    %s\n", strings.Join(names[reason], ", "), reason)
		}
	}
}

// rules lists the rules that never fired under the first design although it has
// them, each with the guard that it got to at the most.
func rules(w io.Writer, runs []*run.Run) {
	r := runs[0]
	var idle []string
	for _, c := range r.Result.Rules {
		if c.Fired == 0 && len(c.Blocked) > 0 && r.System.HasRule(c.Rule) {
			idle = append(idle, fmt.Sprintf("%s\t%s", c.Rule, r.System.Deepest(c.Rule, guards(c))))
		}
	}
	if len(idle) == 0 {
		return
	}
	fmt.Fprintf(w, "\nRules that never fired under %s, with the condition that was never met:\n", r.Design.Name)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, line := range idle {
		fmt.Fprintln(t, "  "+line)
	}
	t.Flush()
}

func guards(c check.Coverage) []string {
	list := make([]string, len(c.Blocked))
	for i, b := range c.Blocked {
		list[i] = b.Guard
	}
	return list
}

// stories tells the shortest counterexample of each claim that the run
// violates.
func stories(w io.Writer, r *run.Run) {
	for _, c := range r.Claims {
		v := r.Result.Verdict(c.Name)
		if v.Outcome != check.Violated || c.TooStrong && !r.Required(c) {
			continue
		}
		when := "at the earliest after " + steps(v)
		if !r.Shortest(c) {
			when = "after " + steps(v) + " or fewer"
		}
		heading := fmt.Sprintf("%s violates %s, %s:", r.Design.Name, c.Name, when)
		fmt.Fprintf(w, "\n%s\n%s\n%s\n\n", heading, strings.Repeat("-", len(heading)), c.Says)
		story.Story{System: r.System, Claim: c, Trace: *v.Trace, Loop: v.Loop, Wrong: r.Wrong(c)}.Write(w)
	}
}
