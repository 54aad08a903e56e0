package run_test

import (
	"path/filepath"
	"reflect"
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
	"pkgdist/props/scenario"
)

// keptDocument returns the document of a kept counterexample, and its replay.
func keptDocument(t testing.TB, name string) (*show.Document, *run.Replay) {
	t.Helper()
	file := filepath.Join(kept, name+".txtar")
	ce, err := counterexample.Read(file)
	require.NoError(t, err)
	r, err := run.Again(ce, "")
	require.NoError(t, err)
	return r.Document(file, ce), r
}

// keptNames are those of every kept counterexample.
func keptNames(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(kept, "*.txtar"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for i, file := range files {
		files[i] = strings.TrimSuffix(filepath.Base(file), ".txtar")
	}
	return files
}

// written is a document in a format.
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
	for _, name := range keptNames(t) {
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

func TestFormatsAreDeterministic(t *testing.T) {
	for _, f := range show.Formats() {
		first, _ := keptDocument(t, "loop-under-rescan-timer")
		second, _ := keptDocument(t, "loop-under-rescan-timer")
		assert.Equal(t, written(t, f.Name, first), written(t, f.Name, second), f.Name)
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
	boxes := of(`<h4>([^<]*)</h4>`)
	assert.Equal(t, []string{"on its way", "Despooler", "INCOMING", "replication thread", "stored copy", "row in the database", "package thread", "decompressed source", "distribution points", "status"}, boxes[len(boxes)-10:])
	assert.Subset(t, of(`<dt[^>]*>([^<]*)</dt>`), []string{"P SourceVersion", "Q SourceVersion", "P", "Q", "P content", "replication thread"})
}

// documentOf is the document of a run that stays in the state.
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

// Whatever the model says of a state is in what is written for tools.
func TestITFTellsEverythingThatTheModelSays(t *testing.T) {
	scope := load("two-packages").Scope
	for f := range scope.Faults {
		scope.Faults[f] = 1
	}
	sys, err := model.NewSystem(scope, model.SMS20)
	require.NoError(t, err)
	of := func(s model.State) string { return written(t, "itf", documentOf(t, sys, s)) }
	s := sys.Init()[0]
	before, text, leaves := sys.Describe(&s), of(s), 0
	eachLeaf(reflect.ValueOf(&s).Elem(), "", func(path string, leaf reflect.Value) {
		old := reflect.New(leaf.Type()).Elem()
		old.Set(leaf)
		if leaf.Kind() == reflect.Bool {
			leaf.SetBool(!leaf.Bool())
		} else {
			leaf.SetUint(leaf.Uint() ^ 1)
		}
		if !slices.Equal(before, sys.Describe(&s)) {
			leaves++
			assert.NotEqual(t, text, of(s), path)
		}
		leaf.Set(old)
	})
	assert.Greater(t, leaves, 50)
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

// eachLeaf visits the numbers and truth values in a value.
func eachLeaf(v reflect.Value, path string, visit func(string, reflect.Value)) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			eachLeaf(v.Field(i), path+"/"+v.Type().Field(i).Name, visit)
		}
	case reflect.Array:
		for i := range v.Len() {
			eachLeaf(v.Index(i), path+"/"+string(rune('0'+i)), visit)
		}
	default:
		visit(path, v)
	}
}

// Names of sites and packages that are worse than those of the worst scenario are
// refused before there is anything to show.
func TestTheModelRefusesWorseNames(t *testing.T) {
	for _, text := range []string{`end`, `__proto__`, `note over L0`, `<b>`, "a/b", "a\nb", "\u202ex", "``", `"`, strings.Repeat("long", 60)} {
		scope := model.Scope{
			Sites:    []model.Site{{Name: "A", Parent: model.NoParent}, {Name: text, DPs: 1}},
			Packages: []string{"P"}, Updates: 1, Threads: 1, Copies: 1,
		}
		_, err := model.NewSystem(scope, model.SMS20)
		if allowed := regexp.MustCompile(`^[\w.-]{1,16}$`).MatchString(text); allowed {
			assert.NoError(t, err, text)
		} else {
			assert.Error(t, err, text)
		}
	}
}

// The worst scenario that can be written: its title says anything, and its names
// are words of the formats.
const worst = `title: "</script><script>window.harmed=1</script> \"quoted\" --> ;#%% end ` + "```" + ` | <img src=x onerror=alert(1)>"
source: "*Q1* [x](javascript:y) <b>"
sites:
  end: {}
  __proto__: {parent: end, kind: secondary, dps: 2}
packages: [--]
updates: 2
order: kept
`

func TestTheWorstScenarioIsShown(t *testing.T) {
	sc, err := scenario.Parse("worst.yaml", []byte(worst))
	require.NoError(t, err)
	explored := explore(t, sc, model.SMS20, "one-version-among-writers")
	require.Len(t, explored.Violated(), 1)
	ce := explored.Counterexample(explored.Violated()[0])
	ce.Why = "-- steps\n```\n# " + sc.Title + "\n\n- " + sc.Title + "\n\n<!-- " + sc.Title
	ce, err = counterexample.Parse("worst.txtar", ce.Format())
	require.NoError(t, err)
	r, err := run.Again(ce, "")
	require.NoError(t, err)
	require.True(t, r.Reproduced)
	d := r.Document("worst.txtar", ce)
	for _, f := range show.Formats() {
		written(t, f.Name, d)
	}
	page := written(t, "html", d)
	assert.Equal(t, 1, strings.Count(page, "<script"))
	assert.NotContains(t, page, "<img")
	assert.NotRegexp(t, `(^|[^\\])<(script|img)`, written(t, "markdown", d))
}
