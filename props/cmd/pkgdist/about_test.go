package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func output(t *testing.T, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	require.Equal(t, exitHolds, execute(args, &stdout, &stderr), "%v: %s", args, stderr.String())
	assert.Empty(t, stderr.String(), args)
	return stdout.String()
}

// The help of each command has an example or two, and each can be given.
func TestEveryCommandHasExamples(t *testing.T) {
	assert.Contains(t, output(t, "help"), "completion <shell>")
	for name, lines := range examples {
		help := output(t, "help", name)
		assert.Equal(t, output(t, name, "--help"), help)
		for _, line := range lines {
			assert.Contains(t, help, "    pkgdist "+line)
			line, _, _ = strings.Cut(line, "#")
			parser, err := newParser(&commands{})
			require.NoError(t, err)
			_, err = parser.Parse(strings.Fields(line))
			assert.NoError(t, err, line)
		}
	}
	parser, err := newParser(&commands{}, kong.Exit(func(int) {}))
	require.NoError(t, err)
	for _, c := range parser.Model.Children {
		assert.True(t, c.Hidden || len(examples[c.Name]) > 0, c.Name)
	}
}

func TestVersionSaysWhatItWasBuiltWith(t *testing.T) {
	assert.Regexp(t, `\Apkgdist \S+.*, go1\.\S+ \w+/\w+\n\z`, output(t, "version"))
}

// What a shell completes: the words before, the last word, and what it can be.
func TestCompletion(t *testing.T) {
	for words, want := range map[string]string{
		"ch":                                   "check\n",
		"check --sto":                          "--stories\n--story\n--store\n",
		"check --design exclusive-source+resc": "exclusive-source+rescan-on-done\nexclusive-source+rescan-timer\n",
		"check --design sms20,rep":             "sms20,repaired\n",
		"check --scenario crash-":              "crash-and-duplicate\n",
		"check --property incoming-":           "incoming-empty-at-rest\nincoming-drains\n",
		"check --explain-fairness in":          "incoming-drains\n",
		"check --fairness s":                   "strong\n",
		"show told.txtar --format h":           "html\n",
		"doc p":                                "protocol\n",
		"help wa":                              "walk\n",
		"completion f":                         "fish\n",
		"replay fix":                           "",
	} {
		assert.Equal(t, want, output(t, append([]string{"complete", "--"}, strings.Fields(words)...)...), words)
	}
	assert.Contains(t, output(t, "complete", "--", ""), "check\nwalk\n")
	assert.NotContains(t, output(t, "complete", "--", ""), "complete\n")
	for shell := range scripts {
		assert.Contains(t, output(t, "completion", shell), "pkgdist complete -- ")
	}
}
