package story

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"pkgdist/model"
)

// mostListed bounds how many steps a line of an explanation names.
const mostListed = 4

// Explain tells the story and, for each step, what it made possible and what it
// made impossible.
func (s Story) Explain(w io.Writer) {
	s.write(w, func(i int) {
		before, after := possible(s.System, s.Trace.States[i]), possible(s.System, s.Trace.States[i+1])
		listed(w, "        now possible: ", s.System, without(after, before))
		taken := s.Trace.Steps[i]
		listed(w, "        no longer possible: ", s.System, without(before, append(after, taken)))
	})
}

func possible(sys *model.System, state model.State) []model.Step {
	var steps []model.Step
	sys.Steps(state, func(step model.Step, _ model.State) { steps = append(steps, step) })
	return steps
}

func without(steps, others []model.Step) []model.Step {
	return slices.DeleteFunc(slices.Clone(steps), func(step model.Step) bool { return slices.Contains(others, step) })
}

func listed(w io.Writer, lead string, sys *model.System, steps []model.Step) {
	if len(steps) == 0 {
		return
	}
	var phrases []string
	for _, step := range steps[:min(len(steps), mostListed)] {
		phrases = append(phrases, sys.Format(step)+",")
	}
	last := &phrases[len(phrases)-1]
	*last = strings.TrimSuffix(*last, ",")
	if more := len(steps) - mostListed; more > 0 {
		phrases = append(phrases, fmt.Sprintf("and %d more", more))
	}
	Wrap(w, lead, phrases)
}
