package show_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"pkgdist/props/check/show"
)

const kept = `Two writers, two versions.

It is the shortest there is.

-- model --
processes: 2
# as in the book
-- property --
one-writer
-- version --
first
-- steps --
# The first is quick.
write(1)

write(2)
`

// sections are those of the client, in their order.
var sections = []string{"model", "property", "version"}

func edit(old, new string) string {
	if strings.Count(kept, old) != 1 {
		panic("not once in the file: " + old)
	}
	return strings.Replace(kept, old, new, 1)
}

func parse(t require.TestingT, text string) *show.Kept {
	k, err := show.Parse("c.txtar", []byte(text), sections...)
	require.NoError(t, err, "%s", text)
	return k
}

func TestAKeptFileHasWhatItSays(t *testing.T) {
	for name, text := range map[string]string{
		"as written":           kept,
		"line ends of Windows": strings.ReplaceAll(kept, "\n", "\r\n"),
		"no line feed at end":  strings.TrimSuffix(kept, "\n"),
		"in another order":     edit("-- version --\nfirst\n", "") + "-- version --\nfirst\n",
	} {
		t.Run(name, func(t *testing.T) {
			k, err := show.Parse("dir/stuck.txtar", []byte(text), sections...)
			require.NoError(t, err)
			assert.Equal(t, "stuck", k.Name)
			assert.Equal(t, "Two writers, two versions.\n\nIt is the shortest there is.", k.Why)
			assert.Equal(t, "one-writer", k.Property)
			require.Len(t, k.Sections, 3)
			assert.Equal(t, 5, k.Section("model").Line)
			assert.Equal(t, []show.Line{{"processes: 2", 6}}, k.Section("model").Lines())
			assert.Equal(t, show.Section{Name: "property", Line: 8}, k.Sections[1])
			word, at, err := k.Section("version").Single("f", "a version")
			require.NoError(t, err)
			assert.Equal(t, "first", word)
			assert.Equal(t, 1, at)
			if name != "in another order" {
				assert.Equal(t, []show.Line{{"write(1)", 14}, {"write(2)", 16}}, k.Steps)
				assert.Equal(t, 12, k.StepsLine)
			}
		})
	}
	k, err := show.Parse("c.txtar", []byte("-- property --\np\n-- steps --\n-- loop --\na\n"))
	require.NoError(t, err)
	assert.Empty(t, k.Steps, "a loop can begin in the first state")
	assert.Equal(t, []show.Line{{"a", 5}}, k.Loop)
	assert.Equal(t, show.Section{Name: "none"}, k.Section("none"))
}

func TestEveryErrorSaysWhereWhatWasExpectedAndWhatWasFound(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"empty file", "", "1:1: the file is empty"},
		{"white space", " \n\t\n", "1:1: the file is empty"},
		{"NUL", edit("first\n", "fir\x00st\n"), "11:4: not a text file: found a NUL byte"},
		{"not UTF-8", edit("first\n", "é\xff\n"), "11:2: not a text file: byte 0xff is not UTF-8"},
		{"very big", kept + strings.Repeat("# very long\n", show.MaxBytes/10), " expected at most 4096 KiB, found more"},
		{"no sections", "only why\n", "2: expected the section -- model --, found the end of the file"},
		{"a missing section", edit("-- version --\nfirst\n", ""), "15: expected the section -- version --, found the end of the file"},
		{"an unknown section", edit("-- steps --", "-- step --"), `12: expected a known section, found "step"; did you mean steps?`},
		{"an unknown section, nothing near", kept + "-- notes\x1b[2J --\n", `17: expected a known section, found "notes\x1b[2J"; there are model, property, version, steps, loop`},
		{"a section twice", edit("-- version --\n", "-- property --\nx\n-- version --\n"), "10: property: expected each section once, found it again; it stands in line 8"},
		{"no property", edit("one-writer\n", "\n"), "8: property: expected the name of a property, found nothing"},
		{"two properties", edit("one-writer\n", "# one:\na\n\nb\n"), `12: property: expected one line, found another: "b"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := show.Parse("c.txtar", []byte(tt.text), sections...)
			assert.EqualError(t, err, "c.txtar:"+tt.want)
			assert.IsType(t, &show.FileError{}, err)
		})
	}
}

func TestReadSaysWhatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	_, err := show.Read(dir)
	assert.EqualError(t, err, dir+": expected a file, found a directory")
	_, err = show.Read(filepath.Join(dir, "none.txtar"))
	assert.EqualError(t, err, filepath.Join(dir, "none.txtar")+": cannot be read: no such file or directory")

	file := filepath.Join(dir, "c.txtar")
	_, err = show.ReadText("/dev/zero", 2048)
	assert.EqualError(t, err, "/dev/zero: expected at most 2 KiB, found more")
	err = &show.FileError{File: "a\x1b[2J\nb", Message: "c\td\u202e"}
	assert.EqualError(t, err, `a\x1b[2J\nb: c\td\u202e`)

	require.NoError(t, os.WriteFile(file, []byte(kept), 0o600))
	k, err := show.Read(file, sections...)
	require.NoError(t, err)
	assert.Equal(t, parse(t, kept), k)
}

func TestAFileThatWasWrittenStaysAsItIs(t *testing.T) {
	want := strings.Replace(edit("# The first is quick.\n", ""), "(1)\n\n", "(1)\n", 1)
	assert.Equal(t, want, string(parse(t, kept).Format()))
	assert.Equal(t, want, string(parse(t, want).Format()))
}

func drawKept(t *rapid.T) *show.Kept {
	steps := func(least int) (list []show.Line) {
		for _, text := range rapid.SliceOfN(rapid.StringMatching(`[a-z{]+(\.[a-z]+)?\(( ?[a-z]+=[A-Z0-9\x60"]+)*\)`), least, 30).Draw(t, "steps") {
			list = append(list, show.Line{Text: strings.Join(strings.Fields(text), " ")})
		}
		return list
	}
	text := rapid.StringMatching(`([a-z: #]{0,20}\n){0,4}`)
	return &show.Kept{
		Name: "c", Why: strings.TrimSpace(rapid.StringMatching(`([ -~é]{0,20}\n){0,4}`).Draw(t, "why")),
		Sections: []show.Section{{Name: "model", Text: text.Draw(t, "model")}, {Name: "property"}, {Name: "version", Text: text.Draw(t, "version")}},
		Property: rapid.StringMatching(`[a-z][-a-z]{0,20}`).Draw(t, "property"), Steps: steps(0), Loop: steps(0),
	}
}

func TestAnyRunReadsBackAsItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawKept(t)
		text := want.Format()
		got := parse(t, string(text))
		require.Equal(t, string(text), string(got.Format()))

		lines := strings.Split(string(text), "\n")
		require.Equal(t, "-- steps --", lines[got.StepsLine-1])
		for _, steps := range [][]show.Line{got.Steps, got.Loop} {
			for i, step := range steps {
				require.Equal(t, step.Text, lines[step.Line-1], "the line of a step is where it stands")
				steps[i].Line = 0
			}
		}
		for i, s := range got.Sections {
			require.Equal(t, "-- "+s.Name+" --", lines[s.Line-1])
			got.Sections[i].Line = 0
		}
		got.StepsLine = 0
		require.Equal(t, want, got)
	})
}

// What cannot be read back is neither written nor made something else.
func TestWhatLooksLikeASectionDoesNotBecomeOne(t *testing.T) {
	k := parse(t, kept)
	k.Why = "before\n-- steps --\n-- version --\r\nafter"
	assert.Equal(t, "before\n -- steps --\n -- version --\nafter", parse(t, string(k.Format())).Why)

	file := filepath.Join(t.TempDir(), "c.txtar")
	k.Sections[0].Text = "a\n-- steps --\nb\n"
	assert.EqualError(t, show.Write(file, k), `counterexample not written: section "model" cannot be kept: a line of it begins another section`)
	for _, text := range []string{"", "# a", "-- loop --", "a\nb", " a", "a\x00", "\xff"} {
		k := parse(t, kept)
		k.Steps[1].Text = text
		assert.ErrorContains(t, show.Write(file, k), "counterexample not written: step 2 cannot be kept: expected words that are neither a comment nor the mark of a section, found", "%q", text)
	}
	k = parse(t, kept)
	k.Property = "two\nlines"
	assert.ErrorContains(t, show.Write(file, k), `the property cannot be kept: expected words in one line, found "two\nlines"`)
	assert.NoFileExists(t, file)
}

// FuzzParse searches for files that make reading panic, that are refused in more
// than one line, or that change when they are written twice.
func FuzzParse(f *testing.F) {
	f.Add([]byte(kept))
	f.Add([]byte(strings.ReplaceAll(kept, "\n", "\r\n")))
	f.Add([]byte("-- model --\n-- model --\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		k, err := show.Parse("f.txtar", text, sections...)
		if err != nil {
			require.NotContains(t, err.Error(), "\n")
			return
		}
		first := k.Format()
		again, err := show.Parse("f.txtar", first, sections...)
		require.NoError(t, err, "%s", first)
		require.Equal(t, string(first), string(again.Format()))
	})
}
