package show_test

import (
	"flag"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
	"pkgdist/props/check"
	"pkgdist/props/counterexample"
	"pkgdist/props/show"
)

var big = flag.Bool("big", false, "also drive a browser, and fail where a tool is missing")

const folder = "../../fixtures/counterexamples"

// kept returns the document of a kept counterexample.
func kept(t testing.TB, name string) *show.Document {
	t.Helper()
	file := filepath.Join(folder, name+".txtar")
	ce, err := counterexample.Read(file)
	require.NoError(t, err)
	d, _, err := show.Again(file, ce, check.FairAsModelled)
	require.NoError(t, err)
	return d
}

// all returns the documents of every kept counterexample.
func all(t testing.TB) []*show.Document {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.txtar"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	var list []*show.Document
	for _, file := range files {
		list = append(list, kept(t, strings.TrimSuffix(filepath.Base(file), ".txtar")))
	}
	return list
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

// needs skips the test where a tool is missing. Whoever asks for everything has
// it.
func needs(t testing.TB, missing string) {
	t.Helper()
	switch {
	case missing == "":
	case *big:
		t.Fatalf("not installed: %s", missing)
	default:
		t.Skipf("not installed: %s", missing)
	}
}

// Each step has its actor, and reaches those whose site it changes.
func TestADocumentSaysWhoDidWhatToWhom(t *testing.T) {
	for _, d := range all(t) {
		assert.True(t, d.Reproduced, d.Name)
		touched := map[int]bool{}
		for i, s := range d.Steps {
			at := map[int]bool{d.Lanes[s.By].Site: true}
			touched[s.By] = true
			for _, m := range s.Messages {
				at[d.Lanes[m.To].Site], at[d.Lanes[m.From].Site] = true, true
				touched[m.To], touched[m.From] = true, true
			}
			for _, c := range s.Changes {
				assert.True(t, c.Site == model.NoSite || at[c.Site], "%s, step %d changes %s", d.Name, i+1, c.Place)
			}
			assert.Equal(t, i+1, s.Number)
		}
		assert.Len(t, touched, len(d.Lanes), "%s has a lane in which nothing happens", d.Name)
	}
}

// Who starts from what the first state says and makes the changes of each step
// comes to what each state says.
func TestTheChangesOfADocumentLeadFromStateToState(t *testing.T) {
	for _, d := range all(t) {
		fields := append([]model.Field(nil), d.Start...)
		for i, s := range d.Steps {
			for _, c := range s.Changes {
				for f := range fields {
					if fields[f].Place == c.Place && fields[f].Label == c.Label {
						assert.Equal(t, c.Was, fields[f].Value)
						fields[f] = c.Field
					}
				}
			}
			assert.Equal(t, d.Story.System.Describe(&d.Story.Trace.States[i+1]), fields, "%s, step %d", d.Name, i+1)
		}
	}
}

// A format writes the same each time.
func TestFormatsAreDeterministic(t *testing.T) {
	for _, f := range show.Formats() {
		first := written(t, f.Name, kept(t, "loop-under-rescan-timer"))
		assert.Equal(t, first, written(t, f.Name, kept(t, "loop-under-rescan-timer")), f.Name)
	}
}

func TestAFormatThatIsUnknownIsAnError(t *testing.T) {
	_, err := show.FindFormat("htm")
	var unknown *model.UnknownError
	require.ErrorAs(t, err, &unknown)
	assert.Equal(t, show.FormatNames(), unknown.Known)
}

// nothing is the document of a counterexample whose first step is not possible.
func nothing(t testing.TB) *show.Document {
	t.Helper()
	ce, err := counterexample.Read(filepath.Join(folder, "incoming-drains.txtar"))
	require.NoError(t, err)
	ce.Steps = ce.Steps[1:]
	d, r, err := show.Again("a.txtar", ce, check.FairAsModelled)
	require.NoError(t, err)
	require.Zero(t, r.Stopped)
	return d
}

func TestAStoryThatDoesNotBeginIsShown(t *testing.T) {
	d := nothing(t)
	assert.Empty(t, d.Steps)
	assert.False(t, d.Reproduced)
	for _, f := range show.Formats() {
		text := written(t, f.Name, d)
		if f.Name == "itf" { // which has states, and nothing that is said of them
			validITF(t, text)
			continue
		}
		assert.Contains(t, text, "Not reproduced", f.Name)
	}
	validEvents(t, d)
}
