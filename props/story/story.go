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

// A Story is a trace and how it ends.
type Story struct {
	System *model.System
	Claim  props.Claim
	Trace  check.Trace[model.State, model.Step]
	// Loop is the index of the step at which a loop begins, for a claim about
	// what happens in the end.
	Loop int
	// Wrong says what is wrong at the end; it is empty where a situation comes
	// about, and where the story shows nothing.
	Wrong string
}

// Write tells the story.
func (s Story) Write(w io.Writer) { s.write(w, func(int) {}) }

// write tells the story and, after each step, calls more with its index.
func (s Story) write(w io.Writer, more func(step int)) {
	for i, step := range s.Trace.Steps {
		if s.Claim.Kind.Liveness() && i == s.Loop {
			fmt.Fprintf(w, "      %s\n", LoopBegins)
		}
		tell(w, s.System, i+1, step, &s.Trace.States[i], &s.Trace.States[i+1])
		more(i)
	}
	if end := s.End(); end != "" {
		fmt.Fprintf(w, "      %s\n", end)
	}
	if s.Wrong != "" {
		Wrap(w, "   => ", strings.Fields(s.Wrong))
	}
}

// LoopBegins stands before the first step of a loop.
const LoopBegins = "From here on, again and again for ever:"

// Loops tells whether the story ends in steps that are repeated for ever.
func (s Story) Loops() bool {
	return s.Wrong != "" && s.Claim.Kind.Liveness() && s.Loop < len(s.Trace.Steps)
}

// End says how the story goes on after its last step, for ever, if it is about
// that.
func (s Story) End() string {
	switch {
	case s.Wrong == "" || !s.Claim.Kind.Liveness():
		return ""
	case s.Loops():
		return fmt.Sprintf("And so on with step %d.", s.Loop+1)
	}
	return "Nothing more has to happen, and so it may stay like this for ever."
}

// tell tells one step: its number, its sentence and what it changed.
func tell(w io.Writer, sys *model.System, number int, step model.Step, before, after *model.State) {
	Wrap(w, fmt.Sprintf("%4d. ", number), strings.Fields(sys.Sentence(step)))
	for _, phrases := range changes(sys, before, after) {
		Wrap(w, "        ", phrases)
	}
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

// A Difference is a field whose value is another after a step.
type Difference struct {
	model.Field
	Was string
}

// Differences lists what differs between two states.
func Differences(sys *model.System, before, after *model.State) []Difference {
	was, is := sys.Describe(before), sys.Describe(after)
	var list []Difference
	for i := range is {
		if was[i] != is[i] {
			list = append(list, Difference{is[i], was[i].Value})
		}
	}
	return list
}

// changes returns for each place that differs the phrases of its line.
func changes(sys *model.System, before, after *model.State) [][]string {
	var lines [][]string
	place, n := "", -1
	for _, d := range Differences(sys, before, after) {
		phrase := fmt.Sprintf("%s %s -> %s", d.Label, d.Was, d.Value)
		if n >= 0 && place == d.Place {
			last := &lines[n][len(lines[n])-1]
			*last += ","
			lines[n] = append(lines[n], phrase)
			continue
		}
		place, n = d.Place, n+1
		lines = append(lines, []string{strings.TrimPrefix(place+": "+phrase, ": ")})
	}
	return lines
}

// Paragraph writes a text in lines of at most lineWidth columns, the first after
// lead and the others below it.
func Paragraph(w io.Writer, lead, text string) { Wrap(w, lead, strings.Fields(text)) }

// Wrap writes phrases in lines of at most lineWidth columns, the first after
// lead and the others below it. No phrase is broken.
func Wrap(w io.Writer, lead string, phrases []string) {
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
