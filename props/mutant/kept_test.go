package mutant

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWhatIsKeptReadsBack(t *testing.T) {
	r, err := Kept()
	require.NoError(t, err)
	text, err := r.Keep()
	require.NoError(t, err)
	assert.Equal(t, string(kept), string(text))
}

// What is kept of other rules is not taken for what becomes of these.
func TestWhatIsKeptIsOfTheseRules(t *testing.T) {
	lines := strings.SplitAfter(string(kept), "\n")
	first := "line 1: expected the mutant administrator.update without the effect: SourceVersion rises by one, found "
	for want, text := range map[string]string{
		"expected the mutant administrator.update without the effect: SourceVersion rises by one, found the end": "",
		first + "administrator.update": strings.Join(lines[1:], ""),
		first + "timer.rescan":         `{"rule": "timer.rescan", "part": "effect", "name": "SourceVersion rises by one", "outcome": "killed"}`,
		"line 1: expected a part of the table of rules and an outcome, found \"effect\" and \"dead\"": strings.Replace(string(kept), "killed", "dead", 1),
		"line 150: expected the end, found the mutant ":                                               string(kept) + lines[0],
		"line 2: json: unknown field \"steps\"":                                                       lines[0] + `{"steps": 1}`,
		"line 2: invalid character":                                                                   lines[0] + "| a table |",
	} {
		_, err := read([]byte(text))
		assert.ErrorContains(t, err, want)
	}
	for _, change := range []string{`"part":"guard"`, `"back":true`} {
		name, _, _ := strings.Cut(change, ":")
		_, err := read([]byte(regexp.MustCompile(name+`:[^,]*`).ReplaceAllString(lines[0], change)))
		assert.ErrorContains(t, err, first+"administrator.update", change)
	}
}
