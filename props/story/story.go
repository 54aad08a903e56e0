// Package story tells a trace to a person: numbered sentences, what each step
// changed, and at the end why it is wrong.
//
// Goals: who did what to which version, in words that an administrator knows;
// only what changed; lines that fit a terminal.
//
// Non-goals: no other format than text, and no judgement of its own: the
// sentences come from the rules and the catalogue.
package story

import (
	"fmt"
	"io"
	"strings"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
)

// lineWidth is the longest line, in columns: what a person reads without losing
// the line, and what fits most terminals.
const lineWidth = 100

// Write tells the trace of a claim.
func Write(w io.Writer, sys *model.System, claim props.Claim, trace check.Trace[model.State, model.Step]) {
	for i, step := range trace.Steps {
		Step(w, sys, i+1, step, &trace.States[i], &trace.States[i+1])
	}
	End(w, sys, claim, trace)
}

// Step tells one step: its number, its sentence and what it changed.
func Step(w io.Writer, sys *model.System, number int, step model.Step, before, after *model.State) {
	wrapped(w, fmt.Sprintf("%4d. ", number), strings.Fields(sys.Sentence(step)))
	for _, phrases := range changes(sys, before, after) {
		wrapped(w, "        ", phrases)
	}
}

// End says in plain words why the end of the trace is wrong, or that the
// situation has come about.
func End(w io.Writer, sys *model.System, claim props.Claim, trace check.Trace[model.State, model.Step]) {
	n := len(trace.States)
	before, after := &trace.States[max(n-2, 0)], &trace.States[n-1]
	if claim.Kind == check.KindSometimes {
		wrapped(w, "   => ", strings.Fields("It comes about: "+claim.Says))
		return
	}
	wrapped(w, "   => ", strings.Fields(claim.Wrong(sys, before, after)))
}

// Changes lists what differs between two states, the changes of each place
// together: "B/P: stored copy 1 -> torn over 1, content on its way 2 -> none".
func Changes(sys *model.System, before, after *model.State) []string {
	var lines []string
	for _, place := range changes(sys, before, after) {
		lines = append(lines, strings.Join(place, " "))
	}
	return lines
}

// changes returns for each place that differs the phrases of its line.
func changes(sys *model.System, before, after *model.State) [][]string {
	was, is := sys.Describe(before), sys.Describe(after)
	var lines [][]string
	place, n := "", -1
	for i := range is {
		if was[i] == is[i] {
			continue
		}
		phrase := fmt.Sprintf("%s %s -> %s", is[i].Label, was[i].Value, is[i].Value)
		if n >= 0 && place == is[i].Place {
			last := &lines[n][len(lines[n])-1]
			*last += ","
			lines[n] = append(lines[n], phrase)
			continue
		}
		place, n = is[i].Place, n+1
		lines = append(lines, []string{strings.TrimPrefix(place+": "+phrase, ": ")})
	}
	return lines
}

// wrapped writes phrases in lines of at most lineWidth columns, the first after
// lead and the others below it. No phrase is broken.
func wrapped(w io.Writer, lead string, phrases []string) {
	line := lead
	for i, phrase := range phrases {
		switch {
		case i == 0:
			line += phrase
		case len(line)+1+len(phrase) > lineWidth:
			fmt.Fprintln(w, line)
			line = strings.Repeat(" ", len(lead)) + phrase
		default:
			line += " " + phrase
		}
	}
	fmt.Fprintln(w, line)
}

// Lines returns the steps of a trace in their printed form.
func Lines(sys *model.System, trace check.Trace[model.State, model.Step]) []string {
	lines := make([]string, len(trace.Steps))
	for i, step := range trace.Steps {
		lines[i] = sys.Format(step)
	}
	return lines
}
