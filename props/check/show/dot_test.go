package show_test

import (
	"encoding/xml"
	"io"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/props/check/show"
)

func graphviz(t *testing.T, text string) []byte {
	t.Helper()
	if _, err := exec.LookPath("dot"); err != nil {
		needs(t, "dot (Graphviz)")
	}
	cmd := exec.CommandContext(t.Context(), "dot", "-Tsvg")
	cmd.Stdin = strings.NewReader(text)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	svg, err := cmd.Output()
	require.NoError(t, err, complaints.String())
	require.Empty(t, complaints.String())
	return svg
}

// lettersOf is the text of a drawing, without spaces.
func lettersOf(t *testing.T, svg []byte) string {
	t.Helper()
	var b strings.Builder
	dec := xml.NewDecoder(strings.NewReader(string(svg)))
	dec.Strict = true
	dec.Entity = map[string]string{"nbsp": " "}
	for {
		token, err := dec.Token()
		if err == io.EOF {
			return letters(b.String())
		}
		require.NoError(t, err)
		if text, ok := token.(xml.CharData); ok {
			b.Write(text)
		}
	}
}

// letters is a text without spaces, for lines are broken anywhere.
func letters(text string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(text, "\u00a0", " ")), "")
}

func TestGraphvizDrawsEachNeighbourhood(t *testing.T) {
	for _, d := range everyDocument() {
		drawn := lettersOf(t, graphviz(t, written(t, "dot", d)))
		for _, s := range d.Steps {
			assert.Contains(t, drawn, letters(sentence(s)), d.Name)
		}
		assert.Contains(t, drawn, letters(d.Wrong), d.Name)
	}
}

func graph() *show.Graph {
	return &show.Graph{
		Title: "A lock", Properties: []string{"mutual-exclusion", "no-going-back"},
		Nodes: []show.Node{{}, {Label: "both", Violates: []string{"mutual-exclusion"}}, {AtRest: true, Changes: show.Changes(
			[]show.Field{{Label: "a", Value: "1"}, {Label: "b"}, {Place: "p", Label: "c"}, {Label: "d"}, {Label: "e"}},
			[]show.Field{{Label: "a", Value: "1"}, {Label: "b", Value: "2"}, {Place: "p", Label: "c", Value: "3"}, {Label: "d", Value: "4"}, {Label: "e", Value: "5"}})}},
		Edges: []show.Edge{{From: 0, To: 1, Text: "enter(1)"}, {From: 1, To: 2, Text: "reset", Violates: []string{"no-going-back"}}, {From: 2, To: 2, Text: "wait"}},
	}
}

func TestAGraphMarksWhatIsViolated(t *testing.T) {
	var b strings.Builder
	require.NoError(t, graph().DOT(&b))
	_, body, _ := strings.Cut(b.String(), "fontsize=10];\n")
	assert.Equal(t, `  s0 [shape=box, style="rounded", label="0"];
  s1 [shape=octagon, style="bold,filled", label="both\lmutual-exclusion\l"];
  s2 [shape=box, style="rounded", label="2\lb: 2\lp c: 3\ld: 4\land 1 more\l", peripheries=2];
  s0 -> s1 [style="solid", label="enter\l(1)\l"];
  s1 -> s2 [style="bold", label="reset\lviolates no-going-back\l"];
  s2 -> s2 [style="solid", label="wait"];
}
`, body)
	assert.Contains(t, b.String(), "A lock: all 3 states and 3 steps")
	assert.Contains(t, lettersOf(t, graphviz(t, b.String())), "Alock:all3statesand3steps")
}

func TestAGraphThatIsCutSaysSo(t *testing.T) {
	g, b := graph(), strings.Builder{}
	g.Cut = true
	require.NoError(t, g.DOT(&b))
	assert.Contains(t, b.String(), "A lock: the first 3 states and the 3 steps between them; there are more, and no more than 3 are drawn")
	g.Edges[0].To = 3
	assert.EqualError(t, g.DOT(&b), "a step from state 0 to state 3; expected 0 to 2")
	g.Edges[0] = show.Edge{From: -1}
	assert.EqualError(t, g.DOT(&b), "a step from state -1 to state 0; expected 0 to 2")
	var nothing show.Graph
	assert.NoError(t, nothing.DOT(&b))
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
