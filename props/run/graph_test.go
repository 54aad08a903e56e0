package run_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
	"pkgdist/props/check"
	"pkgdist/props/check/show"
	"pkgdist/props/run"
)

func graphOf(t *testing.T, r *run.Run, most int) (string, *show.Graph) {
	t.Helper()
	g, err := r.Graph(most)
	require.NoError(t, err)
	var b strings.Builder
	require.NoError(t, g.DOT(&b))
	return b.String(), g
}

var (
	anEdge   = regexp.MustCompile(`(?m)^  (s\d+) -> (s\d+) \[style="(\w+)", label="([^"]*)"\];$`)
	aNode    = regexp.MustCompile(`(?m)^  (s\d+) \[shape=(\w+), `)
	aBadNode = regexp.MustCompile(`(?m)^  (s\d+) \[shape=octagon, style="[^"]*", label="([^"]*)"`)
)

// The graph is what the search counts.
func TestTheGraphOfAllStatesIsWhatTheSearchFinds(t *testing.T) {
	r := explore(t, load("article"), design("workaround-wait"))
	text, g := graphOf(t, r, show.MostStates)
	assert.False(t, g.Cut)
	assert.EqualValues(t, r.Result.States, len(g.Nodes))
	assert.EqualValues(t, r.Result.Steps, len(g.Edges))
	assert.Len(t, aNode.FindAllString(text, -1), len(g.Nodes))
	assert.Len(t, anEdge.FindAllString(text, -1), len(g.Edges))
	assert.Contains(t, text, "all 195 states and 434 steps")
	assert.NotContains(t, text, "octagon", "nothing is violated here")
}

// The nearest state that is marked is as far away as the shortest counterexample
// of the search, for each claim about states; and so is the nearest step.
func TestWhatTheGraphMarksIsWhatTheSearchFindsViolated(t *testing.T) {
	r := explore(t, load("article"), model.SMS20)
	text, _ := graphOf(t, r, 5000)
	marked := 0
	for _, c := range r.Claims {
		v := r.Result.Verdict(c.Name)
		if v.Outcome != check.Violated || c.Kind.Liveness() {
			continue
		}
		marked++
		assert.Equal(t, len(v.Trace.Steps), nearestMark(text, c.Name), c.Name)
	}
	assert.Greater(t, marked, 8)
}

// nearestMark is the number of steps to the nearest state or step that is marked
// with a claim.
func nearestMark(text, claim string) int {
	bad := map[string]bool{}
	for _, n := range aBadNode.FindAllStringSubmatch(text, -1) {
		bad[n[1]] = strings.Contains(n[2], `\l`+claim+`\l`)
	}
	distance, nearest := map[string]int{"s0": 0}, -1
	note := func(steps int) {
		if nearest < 0 || steps < nearest {
			nearest = steps
		}
	}
	for _, e := range anEdge.FindAllStringSubmatch(text, -1) { // nearest first
		from, to := e[1], e[2]
		if _, known := distance[to]; !known {
			distance[to] = distance[from] + 1
		}
		if bad[to] {
			note(distance[to])
		}
		if e[3] == "bold" && strings.Contains(e[4], "violates "+claim+`\l`) {
			note(distance[from] + 1)
		}
	}
	return nearest
}

func TestAGraphThatIsTooLargeSaysSo(t *testing.T) {
	r := explore(t, load("article"), model.SMS20)
	text, g := graphOf(t, r, show.MostStates)
	assert.True(t, g.Cut)
	assert.Equal(t, show.MostStates, len(g.Nodes))
	assert.Len(t, aNode.FindAllString(text, -1), show.MostStates)
	assert.Len(t, anEdge.FindAllString(text, -1), len(g.Edges))
	said := fmt.Sprintf("the first %d states and the %d steps between them; there are more, and no more than %[1]d are drawn", len(g.Nodes), len(g.Edges))
	assert.Contains(t, text, said)
	assert.Equal(t, said, g.String())
}

// The neighbourhood has every step out of every state of the story.
func TestTheNeighbourhoodHasEveryStepOutOfTheStory(t *testing.T) {
	for _, name := range keptNames(t) {
		d, r := keptDocument(t, name)
		text := written(t, "dot", d)
		states := r.Trace.States
		if d.Loops() {
			states = states[:len(states)-1] // it is there already
		}
		steps := 0
		for _, s := range states {
			r.System.Steps(s, func(model.Step, model.State) { steps++ })
		}
		edges := regexp.MustCompile(`(?m)^  [so]\d+ -> [so]\d+ `).FindAllString(text, -1)
		assert.Len(t, edges, steps, d.Name)
		assert.Equal(t, len(d.Steps), strings.Count(text, ` [style="bold", label="`), d.Name)
		assert.Contains(t, text, "octagon", d.Name)
	}
}
