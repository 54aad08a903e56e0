package counterexample

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/props/check/show"
)

func parse(t require.TestingT, text string) *Counterexample {
	c, err := Parse("c.txtar", []byte(text))
	require.NoError(t, err, "%s", text)
	return c
}

const kept = `Two writers, two versions: what Q235788 describes.

It is the shortest there is.

-- scenario --
title: T
sites:
  A: {}
  B: {parent: A, kind: secondary, dps: 2}
packages: [P]
updates: 2
order: kept
-- property --
one-version-among-writers
-- design --
sms20
-- steps --
# The administrator is quick.
administrator.update(package=P)

despooler.store(site=B package=P version=1)
`

func edit(old, new string) string {
	if strings.Count(kept, old) != 1 {
		panic("not once in the counterexample: " + old)
	}
	return strings.Replace(kept, old, new, 1)
}

func TestEveryErrorSaysWhereWhatWasExpectedAndWhatWasFound(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"no sections", "only why\n", "2: expected the section -- scenario --, found the end of the file"},
		{"an unknown section, nothing near", kept + "-- notes --\n", `22: expected a known section, found "notes"; there are scenario, property, design, steps, loop`},
		{"no steps", kept[:strings.Index(kept, "administrator.update")], "17: steps: expected a step in each line, found none"},
		{"no design", edit("sms20\n", ""), "15: design: expected a design, found nothing"},
		{"an unknown design", edit("sms20", "sms2"), `16: design: expected a design or mechanism, found "sms2"; did you mean sms20?`},
		{"an unknown mechanism", edit("sms20", "journal+retrydp"), `16: design: expected a design or mechanism, found "retrydp"; did you mean retry-dp?`},
		{"an empty scenario", "-- scenario --\n-- property --\nx\n-- design --\n-- steps --\n", "2:1: scenario: the file is empty"},
		{"an error in the scenario", edit("updates: 2", "updates: two"), `11:10: scenario: updates: expected a whole number, found text "two"`},
		{"a syntax error in the scenario", edit("[P]", "[P"), "11:1: scenario: not YAML: ',' or ']' must be specified"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse("c.txtar", []byte(tt.text))
			assert.EqualError(t, err, "c.txtar:"+tt.want)
			assert.IsType(t, &show.FileError{}, err)
		})
	}
}

// A scenario that nobody wrote is written out, and one that looks like a section is written anew.
func TestAScenarioIsWrittenSuchThatItReadsBack(t *testing.T) {
	for _, text := range []string{"", string(parse(t, kept).Scenario.Text) + "about: 'x\n-- steps --\n  y'\n"} {
		c := parse(t, kept)
		c.Scenario.Text = []byte(text)
		again := parse(t, string(c.Format()))
		assert.Equal(t, c.Scenario.Scope, again.Scenario.Scope)
		assert.Equal(t, c.Steps[0].Text, again.Steps[0].Text)
	}
}

// Each file that is kept is what its counterexample is written as, but for the
// comments between its steps.
func TestKeptFilesStayAsTheyAre(t *testing.T) {
	files, err := filepath.Glob("../../fixtures/counterexamples/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		c, err := Read(file)
		require.NoError(t, err)
		want, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Equal(t, string(want), string(c.Format()))
	}
}

// What could not be read again is not written.
func TestWhatCannotBeReadIsNotWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "c.txtar")
	c := parse(t, kept)
	c.Steps = nil
	assert.EqualError(t, Write(file, c), "counterexample not written: "+file+":17: steps: expected a step in each line, found none")
	c = parse(t, kept)
	c.Scenario = nil
	assert.EqualError(t, Write(file, c), "counterexample not written: "+file+":6:1: scenario: the file is empty")
	assert.NoFileExists(t, file)
	require.NoError(t, Write(file, parse(t, kept)))
	got, err := Read(file)
	require.NoError(t, err)
	assert.Equal(t, string(parse(t, kept).Format()), string(got.Format()))
}
