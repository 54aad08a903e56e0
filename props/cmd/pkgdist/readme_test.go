package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
	"pkgdist/props/report"
)

const (
	readme  = "../../../README.md"
	example = "../../check/example_test.go"
	first   = "../../../fixtures/scenarios/article.yaml"
	told    = "../../../fixtures/counterexamples/stuck-without-overlap.txtar"
)

// blocks returns the fenced blocks of a document in that language.
func blocks(text, language string) []string {
	var found []string
	for part := range strings.SplitSeq(text, "\n```"+language+"\n") {
		block, _, _ := strings.Cut(part, "\n```\n")
		found = append(found, block+"\n")
	}
	return found[1:]
}

func file(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

// What the README shows is what the program prints, and what the tests run.
func TestTheReadmeIsCurrent(t *testing.T) {
	text := file(t, readme)
	var stdout, stderr bytes.Buffer
	require.Equal(t, exitViolated, execute([]string{"check"}, &stdout, &stderr))
	printed := blocks(text, "text")
	require.Len(t, printed, 3)
	// That the search comes to this is what its own test says.
	report.Smallest(&stdout, nil, []model.MechanismSet{model.Repair}, 848)
	for _, block := range printed {
		assert.True(t, strings.Contains(stdout.String(), block), "not what check prints: %.400s", block)
	}
	stdout.Reset()
	require.Equal(t, exitHolds, execute([]string{"show", told, "--format", "mermaid"}, &stdout, &stderr))
	assert.Equal(t, []string{stdout.String()}, blocks(text, "mermaid"))
	assert.Equal(t, []string{file(t, example)}, blocks(text, "go"))
	assert.Equal(t, []string{file(t, first)}, blocks(text, "yaml"))
}

// project makes the working folder one in which a document can be written.
func project(t *testing.T) {
	t.Helper()
	require.NoError(t, os.WriteFile("go.mod", []byte("module pkgdist\n"), 0o666))
	require.NoError(t, os.Mkdir("model", 0o777))
}

// The commands that the README gives can be given. Limits keep the large ones
// short here.
func TestTheReadmesCommandsRun(t *testing.T) {
	text := file(t, readme)
	t.Chdir(t.TempDir())
	project(t)
	seen := 0
	for _, block := range blocks(text, "") {
		for line := range strings.Lines(block) {
			line, _, _ = strings.Cut(line, "#")
			args := strings.Fields(line)
			if len(args) < 3 || strings.Join(args[:3], " ") != "go tool pkgdist" {
				continue
			}
			seen++
			args = args[3:]
			switch args[0] {
			case "check":
				args = append(args, "--max-states", "4000")
			case "designs":
				args = append(args, "--max-states", "20")
			case "mutants":
				args = append(args, "--max-states", "100")
			case "doc":
				args = append(args, "protocol") // the other takes its time
			case "walk":
				args = append(args, "--walks", "20", "--property", "one-version-among-writers")
			case "replay":
				if args[1] == "FILE" {
					continue
				}
			}
			var stdout, stderr bytes.Buffer
			code := execute(args, &stdout, &stderr)
			assert.NotEqual(t, exitUsage, code, "%v: %s", args, stderr.String())
		}
	}
	assert.GreaterOrEqual(t, seen, 8)
}
