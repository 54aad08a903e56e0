package run_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
	"pkgdist/props/check"
	"pkgdist/props/check/show"
	"pkgdist/props/run"
)

func graphOf(t *testing.T, r *run.Run, most int) *show.Graph {
	t.Helper()
	g, err := r.Graph(most)
	require.NoError(t, err)
	return g
}

// The graph is what the search counts, and says so where it is cut.
func TestTheGraphOfAllStatesIsWhatTheSearchFinds(t *testing.T) {
	r := explore(t, load("article"), design("workaround-wait"))
	g := graphOf(t, r, show.MostStates)
	assert.EqualValues(t, r.Result.States, len(g.Nodes))
	assert.EqualValues(t, r.Result.Steps, len(g.Edges))
	assert.Equal(t, "all 195 states and 434 steps", g.String())
	assert.False(t, slices.ContainsFunc(g.Nodes, func(n show.Node) bool { return len(n.Violates) > 0 }), "nothing is violated here")

	g = graphOf(t, r, 100)
	assert.Len(t, g.Nodes, 100)
	assert.Contains(t, g.String(), "the first 100 states")
}

// The nearest state or step that is marked is as far away as the shortest counterexample of the search, for each claim.
func TestWhatTheGraphMarksIsWhatTheSearchFindsViolated(t *testing.T) {
	r := explore(t, load("article"), model.SMS20)
	g := graphOf(t, r, 5000)
	distance, nearest := map[int]int{0: 0}, map[string]int{}
	for _, e := range g.Edges { // nearest first
		if _, known := distance[e.To]; !known {
			distance[e.To] = distance[e.From] + 1
		}
		for _, claim := range slices.Concat(e.Violates, g.Nodes[e.To].Violates) {
			if _, known := nearest[claim]; !known {
				nearest[claim] = distance[e.From] + 1
			}
		}
	}
	marked := 0
	for _, c := range r.Claims {
		v := r.Result.Verdict(c.Name)
		if v.Outcome != check.Violated || c.Kind.Liveness() {
			continue
		}
		marked++
		assert.Equal(t, len(v.Trace.Steps), nearest[c.Name], c.Name)
	}
	assert.Len(t, nearest, marked)
	assert.Greater(t, marked, 8)
}

// The neighbourhood has every step out of every state of the story.
func TestTheNeighbourhoodHasEveryStepOutOfTheStory(t *testing.T) {
	for _, file := range keptFiles(t) {
		d, r := keptDocument(t, file)
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
