package main

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What is typed wrong ends with exit code 2 and a message of at most three lines of a
// terminal: what was found, and what to type instead. It shows nothing of how the
// program works, and no character that a terminal would obey.
func TestMistakesAreNamedWithTheirMend(t *testing.T) {
	story := file(t, told)
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("told.txtar", []byte(story), 0o666))
	for args, mend := range map[string]string{
		"":                                          `expected a command; there are check, walk, `,
		"chek":                                      `unknown command "chek"; did you mean check? (pkgdist --help tells more)`,
		"frob":                                      `unknown command "frob"; there are check, `,
		"\x1b[2J":                                   `unknown command "\x1b[2J"; there are check, `,
		"check foo":                                 `unexpected argument foo (pkgdist check --help tells more)`,
		"check --desing none":                       `unknown flag --desing, did you mean "--design"?`,
		"check --\x1b[2J":                           "unknown flag --\ufffd[2J",
		"walk --max-states 3":                       `unknown flag --max-states (pkgdist walk --help tells more)`,
		"check --scenario":                          `--scenario: expected a value after it`,
		"check --max-memory":                        `--max-memory: expected a value after it`,
		"check --out --json":                        `--out: expected a value after it, found --json; a value that begins with - is written --out=--json`,
		"check --max-states -1":                     `--max-states: expected a value after it, found -1; a value that begins with - is written --max-states=-1`,
		"check --max-states=-1":                     `--max-states: expected a number of states from 1, such as 1000 or 1e6, found "-1"`,
		"check --max-states 0":                      `a number of states from 1, such as 1000 or 1e6, found "0"`,
		"check --max-states 1.5":                    `a number of states from 1, such as 1000 or 1e6, found "1.5"`,
		"check --max-states NaN":                    `a number of states from 1, such as 1000 or 1e6, found "NaN"`,
		"check --max-states 1e99":                   `a number of states from 1, such as 1000 or 1e6, found "1e99"`,
		"walk --walks 0":                            `--walks: expected a number of walks from 1, `,
		"walk --length many":                        `--length: expected a number of steps from 1, `,
		"walk --seed=-1":                            `--seed: expected a number from 0 to 4294967295, found "-1"`,
		"check --max-memory 4":                      `--max-memory: expected a size from 1MB with its unit, such as 512MB or 4GiB, found "4"`,
		"check --max-memory lots":                   `expected a size from 1MB with its unit, such as 512MB or 4GiB, found "lots"`,
		"check --timeout 5":                         `--timeout: expected a duration such as 90s or 10m, found "5"`,
		"check --timeout 0s":                        `--timeout: expected a duration such as 90s or 10m, found "0s"`,
		"check --workers 100000":                    `--workers: expected a number of goroutines from 1 to `,
		"check --property copy-matches-recrd":       `unknown property "copy-matches-recrd"; did you mean copy-matches-record?`,
		"check --property incoming-empty":           `unknown property "incoming-empty"; did you mean incoming-empty-at-rest?`,
		"check --property x\x1b[31m":                `unknown property "x\x1b[31m"; there are one-version-among-writers, `,
		"check --property nothing":                  ` more (pkgdist check --list has all)`,
		"check --story incoming-dranis":             `did you mean incoming-drains?`,
		"check --design repared":                    `unknown design or mechanism "repared"; did you mean repaired?`,
		"check --design journal+retry-db":           `unknown design or mechanism "retry-db"; did you mean retry-dp?`,
		"check --scenario artcle":                   `artcle: no such file or scenario; did you mean article?`,
		"check --scenario nothing.yaml":             `nothing.yaml: no such file or scenario; there are article, `,
		"check --fairness Strong":                   `--fairness: expected model, none, weak, strong, found "Strong"; did you mean strong?`,
		"walk --scheduler dice":                     `--scheduler: expected masked, rule, step, found "dice"`,
		"doc protokol":                              `document: expected invariants, mutants, protocol, found "protokol"; did you mean protocol?`,
		"check --json=maybe":                        `--json: expected nothing after it, or =true or =false, found "maybe"`,
		"check --table --json":                      `--table and --json: expected one of them, found both`,
		"check --story a --property b":              `--property and --story: expected one of them, found both`,
		"check --format html":                       `expected --out beside it`,
		"check --out -":                             `--out: expected a folder, found -`,
		"check --out=":                              `--out: expected a value, found an empty one`,
		"check --graph - --design none --json":      `--graph -: takes standard output for itself; expected a file, or no --json, `,
		"replay":                                    `expected a file after the command`,
		"replay none.txtar":                         `none.txtar: cannot be read: no such file or directory`,
		"show told.txtar --format HTML":             `unknown format "HTML"; did you mean html?`,
		"show told.txtar --out x.pdf":               `--out: no form has the extension ".pdf"; expected one of .txt .md .mmd .html `,
		"show told.txtar --out x.mmd --format html": `--format html: a file *.mmd is of the form mermaid; expected --out *.html, or no --format`,
		"show told.txtar --out none/x.html":         `--out: none/x.html cannot be written: no such file or directory`,
		"designs --without journal":                 `--without: expected --smallest beside it`,
	} {
		var stdout, stderr bytes.Buffer
		assert.Equal(t, exitUsage, execute(strings.Fields(args), &stdout, &stderr), args)
		said := stderr.String()
		assert.Contains(t, said, mend, args)
		assert.Empty(t, stdout.String(), args)
		assert.Regexp(t, `\Apkgdist: [^\x00-\x1f]*\n\z`, said, args)
		assert.LessOrEqual(t, utf8.RuneCountInString(said), 3*80, said)
		assert.NotRegexp(t, internals, said, args)
	}
}

var internals = regexp.MustCompile(`EOL|short flag|\.tmp|string value|value value|%!|<nil>|strconv`)

// The form of what show writes is that of the extension, and - is standard output.
func TestTheFormFollowsTheExtension(t *testing.T) {
	story := file(t, told)
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("told.txtar", []byte(story), 0o666))
	for args, begins := range map[string]string{
		"--out x.html":                "<!DOCTYPE html>",
		"--out x.md":                  "# ",
		"--out x.itf.json":            "{\n",
		"--out x_test.go.txt":         "func Test",
		"--out x.dot":                 "digraph ",
		"--format itf --out x.json":   "{\n",
		"--out -":                     "",
		"--format mermaid --out -":    "sequenceDiagram",
		"--format dot --out told":     "digraph ",
		"--format html --out old.txt": "<!DOCTYPE html>",
	} {
		var stdout, stderr bytes.Buffer
		words := strings.Fields(args)
		require.Equal(t, exitHolds, execute(append([]string{"show", "told.txtar"}, words...), &stdout, &stderr), stderr.String())
		if out := words[len(words)-1]; out != "-" {
			assert.Empty(t, stdout.String(), args)
			stdout.WriteString(file(t, out))
		}
		assert.NotEmpty(t, stdout.String())
		assert.Equal(t, begins, stdout.String()[:len(begins)], args)
	}
	assert.NoFileExists(t, "-")
}
