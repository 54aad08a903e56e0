package show_test

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
	sms "pkgdist/props/show"
)

const folder = "../../fixtures/counterexamples"

// kept returns the document of a kept counterexample, and its replay.
func kept(t testing.TB, name string) (*show.Document, *run.Replay) {
	t.Helper()
	file := filepath.Join(folder, name+".txtar")
	ce, err := counterexample.Read(file)
	require.NoError(t, err)
	d, r, err := sms.Again(file, ce, check.FairAsModelled)
	require.NoError(t, err)
	return d, r
}

// names are those of every kept counterexample.
func names(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.txtar"))
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
	for _, name := range names(t) {
		d, r := kept(t, name)
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

// A form is the same each time, and all of them can be written.
func TestFormatsAreDeterministic(t *testing.T) {
	for _, f := range show.Formats() {
		first, _ := kept(t, "loop-under-rescan-timer")
		second, _ := kept(t, "loop-under-rescan-timer")
		assert.Equal(t, written(t, f.Name, first), written(t, f.Name, second), f.Name)
	}
}

func TestAStoryThatDoesNotBeginIsShown(t *testing.T) {
	ce, err := counterexample.Read(filepath.Join(folder, "incoming-drains.txtar"))
	require.NoError(t, err)
	ce.Steps = ce.Steps[1:]
	d, r, err := sms.Again("a.txtar", ce, check.FairAsModelled)
	require.NoError(t, err)
	require.Zero(t, r.Stopped)
	assert.Empty(t, d.Steps)
	assert.Contains(t, written(t, "text", d), "Not reproduced. Step 1 is no longer possible there")
	assert.Contains(t, written(t, "mermaid", d), "actor L0 as administrator")
}

// A panel for each site, and its boxes in the order in which an update passes
// them; rows say of which package they are where there are several.
func TestThePageShowsEachSite(t *testing.T) {
	sc, err := scenario.Load("two-packages")
	require.NoError(t, err)
	sys, err := model.NewSystem(sc.Scope, model.SMS20)
	require.NoError(t, err)
	trace := check.Trace[model.State, model.Step]{States: sys.Init()}
	page := written(t, "html", sms.Trace(sys, kindSometimes(t), trace, 0, ""))
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

// kindSometimes is a claim of what must be reachable.
func kindSometimes(t *testing.T) props.Claim {
	t.Helper()
	claim, err := props.Find("content-first")
	require.NoError(t, err)
	return claim
}

// Whatever the model says of a state is in what is written for tools.
func TestITFTellsEverythingThatTheModelSays(t *testing.T) {
	sc, err := scenario.Load("two-packages")
	require.NoError(t, err)
	for f := range sc.Scope.Faults {
		sc.Scope.Faults[f] = 1
	}
	sys, err := model.NewSystem(sc.Scope, model.SMS20)
	require.NoError(t, err)
	of := func(s model.State) string {
		trace := check.Trace[model.State, model.Step]{States: []model.State{s}}
		return written(t, "itf", sms.Trace(sys, kindSometimes(t), trace, 0, ""))
	}
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

// Names of sites and packages that are worse are refused before there is anything
// to show.
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

// worstDocument is what violates a property in that scenario.
func worstDocument(t *testing.T) *show.Document {
	t.Helper()
	sc, err := scenario.Parse("worst.yaml", []byte(worst))
	require.NoError(t, err)
	r, err := run.Explore(t.Context(), sc, model.SMS20, []string{"one-version-among-writers"}, check.Options{})
	require.NoError(t, err)
	require.Len(t, r.Violated(), 1)
	ce := r.Counterexample(r.Violated()[0])
	ce.Why = "-- steps\n```\n# " + sc.Title + "\n\n- " + sc.Title + "\n\n<!-- " + sc.Title
	ce, err = counterexample.Parse("worst.txtar", ce.Format())
	require.NoError(t, err)
	d, _, err := sms.Again("worst.txtar", ce, check.FairAsModelled)
	require.NoError(t, err)
	require.True(t, d.Reproduced)
	return d
}

func TestTheWorstScenarioIsShown(t *testing.T) {
	d := worstDocument(t)
	for _, f := range show.Formats() {
		written(t, f.Name, d)
	}
	page := written(t, "html", d)
	assert.Equal(t, 1, strings.Count(page, "<script"))
	assert.NotContains(t, page, "<img")
	text := strings.ReplaceAll(written(t, "markdown", d), "<br/>", "")
	assert.Contains(t, text, `\<img`)
	assert.NotRegexp(t, `[^\\]<`, text, "mark-up that nobody meant")
}
