package run_test

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
	"pkgdist/props/check/show"
	"pkgdist/props/counterexample"
	"pkgdist/props/run"
)

func keptDocument(t testing.TB, file string) (*show.Document, *run.Replay) {
	t.Helper()
	ce, err := counterexample.Read(file)
	require.NoError(t, err)
	r, err := run.Again(ce, "")
	require.NoError(t, err)
	return r.Document(file, ce), r
}

func keptFiles(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(kept, "*.txtar"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	return files
}

func written(t testing.TB, format string, d *show.Document) string {
	t.Helper()
	f, err := show.FindFormat(format)
	require.NoError(t, err)
	text, err := f.Bytes(d)
	require.NoError(t, err)
	return string(text)
}

// Each step has its actor, and reaches those whose site it changes.
func TestADocumentSaysWhoDidWhatToWhom(t *testing.T) {
	for _, name := range keptFiles(t) {
		d, r := keptDocument(t, name)
		assert.True(t, d.Reproduced, name)
		touched := map[int]bool{}
		for i, s := range d.Steps {
			at := map[string]bool{d.Lanes[s.By].Place: true, "": true}
			touched[s.By] = true
			for _, m := range s.Messages {
				at[d.Lanes[m.To].Place], at[d.Lanes[m.From].Place] = true, true
				touched[m.To], touched[m.From] = true, true
			}
			changed := map[string]string{}
			for _, c := range d.Changes(i) {
				site, _, _ := strings.Cut(c.Place, "/")
				assert.True(t, at[site], "%s, step %d changes %s", name, i+1, c.Place)
				changed[c.Place+" "+c.Label] = c.Was + " -> " + c.Value
			}
			assert.Equal(t, r.System.Format(r.Trace.Steps[i]), s.Text)
			assert.Equal(t, r.System.Sentence(r.Trace.Steps[i]), s.Sentence)
			was, is := r.System.Describe(&r.Trace.States[i]), r.System.Describe(&r.Trace.States[i+1])
			for f := range is {
				if was[f] != is[f] {
					assert.Equal(t, was[f].Value+" -> "+is[f].Value, changed[is[f].Place+" "+is[f].Label])
					delete(changed, is[f].Place+" "+is[f].Label)
				}
			}
			assert.Empty(t, changed)
		}
		assert.Len(t, touched, len(d.Lanes), "%s has a lane in which nothing happens", name)
	}
}

func TestAStoryThatDoesNotBeginIsShown(t *testing.T) {
	ce, err := counterexample.Read(filepath.Join(kept, "incoming-drains.txtar"))
	require.NoError(t, err)
	ce.Steps = ce.Steps[1:]
	r, err := run.Again(ce, "")
	require.NoError(t, err)
	require.Zero(t, r.Stopped.At)
	d := r.Document("a.txtar", ce)
	assert.Empty(t, d.Steps)
	for _, format := range []string{"text", "markdown", "mermaid", "html"} {
		assert.Contains(t, written(t, format, d), "Step 1 is no longer possible there", format)
	}
	assert.Contains(t, written(t, "mermaid", d), "actor L0 as model")
}

// A panel for each site, and its boxes in the order in which an update passes
// them; rows say of which package they are where there are several.
func TestThePageShowsEachSite(t *testing.T) {
	sys, err := model.NewSystem(load("two-packages").Scope, model.SMS20)
	require.NoError(t, err)
	page := written(t, "html", documentOf(t, sys, sys.Init()[0]))
	of := func(pattern string) (list []string) {
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(page, -1) {
			list = append(list, m[1])
		}
		return list
	}
	assert.Equal(t, []string{"Site A", "Site B"}, of(`<h3 id="place-\d+">([^<]*) <small>`))
	assert.Contains(t, page, "<small>secondary, below A</small>")
	boxes := of(`<h4>(?:<abbr[^>]*>)?([^<]*)(?:</abbr>)?</h4>`)
	assert.Equal(t, []string{"on its way", "Despooler", "INCOMING", "replication thread", "stored copy", "row in the database", "package thread", "decompressed source", "distribution points", "status"}, boxes[len(boxes)-10:])
	assert.Subset(t, of(`<dt[^>]*>([^<]*)</dt>`), []string{"P SourceVersion", "Q SourceVersion", "P", "Q", "P content", "replication thread"})
}

func documentOf(t *testing.T, sys *model.System, s model.State) *show.Document {
	t.Helper()
	claim, err := props.Find("content-first")
	require.NoError(t, err)
	v, err := check.Replay(props.Model(sys), claim.For(sys), s, nil, 0)
	if none := (*check.ReplayError)(nil); err != nil {
		require.ErrorAs(t, err, &none)
	}
	return v.Document()
}

// A description leaves nothing out, and neither does what is written for tools: no two states have the same.
func TestDescriptionsTellAllStatesApart(t *testing.T) {
	for _, name := range []string{"article", "crash", "dp-away"} {
		r, err := run.Explore(t.Context(), load(name), design("workaround-wait"), []string{"content-first"}, check.Options{Keep: true})
		require.NoError(t, err)
		described, forTools := map[string]bool{}, map[string]bool{}
		for s := range r.Result.All() {
			described[fmt.Sprint(r.System.Describe(&s))] = true
			forTools[written(t, "itf", documentOf(t, r.System, s))] = true
		}
		require.Len(t, described, int(r.Result.States), name)
		require.Len(t, forTools, int(r.Result.States), name)
	}
}

// What is torn is marked, and a set of versions is a list.
func TestFieldsAreMarkedAndTheirSetsAreLists(t *testing.T) {
	sys, err := model.NewSystem(load("article").Scope, model.SMS20)
	require.NoError(t, err)
	s := sys.Init()[0]
	p := &s.Sites[1].Packages[0]
	p.Copy.Torn, p.Incoming = true, model.Version(1).Set()|model.Version(2).Set()
	bad, lists := 0, 0
	for _, f := range documentOf(t, sys, s).States[0].Fields {
		if f.Bad {
			bad++
			assert.Equal(t, "torn", f.Value)
		}
		if list, ok := f.Data.([]model.Version); ok && len(list) > 0 {
			lists++
			assert.Equal(t, []model.Version{1, 2}, list)
		}
	}
	assert.Equal(t, []int{1, 1}, []int{bad, lists})
}

func graphOf(t *testing.T, r *run.Run, most int) *show.Graph {
	t.Helper()
	g, err := r.Graph(most)
	require.NoError(t, err)
	return g
}

// The graph is what the search counts, and says so where it is cut.
func TestTheGraphOfAllStatesIsWhatTheSearchFinds(t *testing.T) {
	r := explore(t, load("article"), design("workaround-wait"))
	g := graphOf(t, r, 500)
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
