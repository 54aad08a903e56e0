package show_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"pkgdist/props/check/show"
)

// A note tells what is written where the actor is, once, and not what is on its
// way or in memory. What nobody is reached at stands with who takes the step.
func TestNotesTellWhatIsWrittenWhere(t *testing.T) {
	fields := func(value string) []show.Field {
		return []show.Field{
			{Place: "1", Label: "disk", Value: value, Kept: true}, {Place: "1", Label: "memory", Value: value},
			{Place: "2", Label: "disk", Value: value, Kept: true}, {Place: "2", Label: "channel", Value: value, Kept: true, OnItsWay: true},
			{Place: "3/part", Label: "disk", Value: value, Kept: true},
		}
	}
	d := &show.Document{
		Lanes:  []show.Lane{{Place: "1", Actor: "a"}, {Place: "2", Actor: "b"}, {Place: "2", Actor: "c"}},
		Steps:  []show.Step{{Text: "s", Messages: []show.Message{{From: 0, To: 1, What: "m"}, {From: 0, To: 2, What: "n"}, {From: 0, To: 1, What: "o"}}}},
		States: []show.State{{Fields: fields("x")}, {ID: 1, Fields: fields("y")}},
	}
	_, steps, _ := strings.Cut(written(t, "mermaid", d), "as c\n    end\n")
	assert.Equal(t, `    L0->>L1: 1. m
    L0->>L2: 1. n
    L0->>L1: 1. o
    Note over L0: disk x → y<br/>3/part disk x → y
    Note over L1: disk x → y
`, steps)
}

// A document that says nothing of its states has them all the same, and a loop
// that comes back to one.
func TestStepsAloneAreALoop(t *testing.T) {
	d := &show.Document{Steps: []show.Step{{Text: "a"}, {Text: "b"}, {Text: "c"}}, Forever: true, Loop: 1}
	dot := written(t, "dot", d)
	assert.Contains(t, dot, `  s2 -> s1 [style="bold", label="3. c"];`)
	assert.NotContains(t, dot, "s3")
	d.Conclusion = "Not reproduced."
	assert.Contains(t, written(t, "dot", d), `  s2 -> s3 [style="bold", label="3. c"];`)
}

// A step that the run does not take is drawn even if it is printed as the one
// that it takes.
func TestStepsThatArePrintedAlikeAreDrawn(t *testing.T) {
	d := mutex()
	d.States[0].Possible[1].Text = d.Steps[0].Text
	assert.Contains(t, written(t, "dot", d), `  s0 -> o5 [style="dashed", label="test(1)"];`)
}
