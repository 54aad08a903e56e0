package counterexample

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/props/scenario"
)

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

func TestACounterexampleHasWhatItsFileSays(t *testing.T) {
	for name, text := range map[string]string{
		"as written":           kept,
		"line ends of Windows": strings.ReplaceAll(kept, "\n", "\r\n"),
		"no line feed at end":  strings.TrimSuffix(kept, "\n"),
	} {
		t.Run(name, func(t *testing.T) {
			c, err := Parse("dir/stuck.txtar", []byte(text))
			require.NoError(t, err)
			assert.Equal(t, "stuck", c.Name)
			assert.Equal(t, "Two writers, two versions: what Q235788 describes.\n\nIt is the shortest there is.", c.Why)
			assert.Equal(t, "T", c.Scenario.Title)
			assert.Equal(t, "stuck", c.Scenario.Name)
			assert.Len(t, c.Scenario.Scope.Sites, 2)
			assert.Equal(t, "one-version-among-writers", c.Property)
			assert.Equal(t, "sms20", c.Design)
			assert.Equal(t, []Line{
				{"administrator.update(package=P)", 19},
				{"despooler.store(site=B package=P version=1)", 21},
			}, c.Steps)
		})
	}
}

func TestAStepThatTheModelDoesNotHaveIsKept(t *testing.T) {
	c, err := Parse("c.txtar", []byte(edit("despooler.store(site=B package=P version=1)", "what is this")))
	require.NoError(t, err)
	assert.Equal(t, Line{"what is this", 21}, c.Steps[1])
}

func TestEveryErrorSaysWhereWhatWasExpectedAndWhatWasFound(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"empty file", "", "1:1: the file is empty"},
		{"NUL", edit("sms20", "sms\x0020"), "16:4: not a text file: found a NUL byte"},
		{"not UTF-8", edit("sms20", "\xff"), "16:1: not a text file: byte 0xff is not UTF-8"},
		{"very big", kept + strings.Repeat("# very long\n", MaxBytes/10), " expected at most 4096 KiB, found more"},
		{"no sections", "only why\n", "2: expected the section -- scenario --, found the end of the file"},
		{"a missing section", edit("-- design --\nsms20\n", ""), "20: expected the section -- design --, found the end of the file"},
		{"an unknown section", edit("-- steps --", "-- step --"), `17: expected a known section, found "step"; did you mean steps?`},
		{"an unknown section, nothing near", kept + "-- notes --\n", `22: expected a known section, found "notes"; there are scenario, property, design, steps, loop`},
		{"a section twice", edit("-- design --\n", "-- property --\nx\n-- design --\n"), "15: property: expected each section once, found it again; it stands in line 13"},
		{"no steps", kept[:strings.Index(kept, "administrator.update")], "17: steps: expected a step in each line, found none"},
		{"no property", edit("one-version-among-writers\n", "\n"), "13: property: expected the name of a property, found nothing"},
		{"two properties", edit("one-version-among-writers\n", "# one:\na\n\nb\n"), `17: property: expected one line, found another: "b"`},
		{"a sentence as property", edit("one-version-among-writers\n", "\na claim\n"), `15: property: expected the name of a property, found "a claim"`},
		{"no design", edit("sms20\n", ""), "15: design: expected a design, found nothing"},
		{"an unknown design", edit("sms20", "sms2"), `16: design: expected a design or mechanism, found "sms2"; did you mean sms20?`},
		{"an unknown mechanism", edit("sms20", "journal+retrydp"), `16: design: expected a design or mechanism, found "retrydp"; did you mean retry-dp?`},
		{"an empty scenario", "-- scenario --\n-- property --\n-- design --\n-- steps --\n", "2:1: scenario: the file is empty"},
		{"an error in the scenario", edit("updates: 2", "updates: two"), `11:10: scenario: updates: expected a whole number, found text "two"`},
		{"a syntax error in the scenario", edit("[P]", "[P"), "11:1: scenario: not YAML: ',' or ']' must be specified"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse("c.txtar", []byte(tt.text))
			assert.EqualError(t, err, "c.txtar:"+tt.want)
			assert.IsType(t, &scenario.Error{}, err)
		})
	}
}

func TestReadSaysWhatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	_, err := Read(dir)
	assert.EqualError(t, err, dir+": expected a file, found a directory")
	_, err = Read(filepath.Join(dir, "none.txtar"))
	assert.EqualError(t, err, filepath.Join(dir, "none.txtar")+": cannot be read: no such file or directory")

	file := filepath.Join(dir, "c.txtar")
	require.NoError(t, os.WriteFile(file, []byte(kept), 0o600))
	c, err := Read(file)
	require.NoError(t, err)
	assert.Equal(t, "c", c.Name)
}
