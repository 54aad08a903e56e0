package main

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/props/check"
)

// full takes some bytes, and then no more.
type full struct {
	room int
	err  error
}

func (f *full) Write(p []byte) (int, error) {
	n := min(f.room, len(p))
	f.room -= n
	if n < len(p) {
		return n, f.err
	}
	return n, nil
}

// everyCommand has each subcommand in each form in which it prints.
func everyCommand(t *testing.T) [][]string {
	dir := t.TempDir()
	t.Chdir(dir)
	project(t)
	var list [][]string
	for _, line := range []string{
		"--help", "check --help",
		"check --list", "check --design repaired", "check --design repaired --json", "check --design repaired --explain-fairness sites-converge",
		"walk --design repaired --walks 20", "walk --property one-version-among-writers --walks 200",
		"designs --scenario cannot-apply --property incoming-drains", "designs --scenario cannot-apply --property incoming-drains --json",
		"designs --scenario cannot-apply --smallest --property incoming-drains",
		"mutants --scenario cannot-apply --max-states 10", "mutants --scenario cannot-apply --max-states 10 --json",
		"articles", "articles --json", "articles --markdown",
		"doc protocol", "doc protocol --check",
		"replay FILE", "replay FILE --explain",
		"show FILE", "show FILE --format html", "show FILE --format itf",
	} {
		list = append(list, strings.Fields(strings.ReplaceAll(line, "FILE", "told.txtar")))
	}
	return list
}

// Output that is lost is no success, however the command ends otherwise, whether
// nothing of it was written or all but the last byte. A reader that has gone away
// is told nothing.
func TestLostOutputIsAnError(t *testing.T) {
	story := file(t, told)
	commands := everyCommand(t)
	require.NoError(t, os.WriteFile("told.txtar", []byte(story), 0o666))
	noSpace := errors.New("no space left on device")
	for _, args := range commands {
		var stdout, stderr bytes.Buffer
		code := execute(args, &stdout, &stderr)
		require.NotEqual(t, exitUsage, code, "%v: %s", args, &stderr)
		require.Positive(t, stdout.Len(), args)
		for _, end := range []struct {
			full
			said string
		}{
			{full{0, noSpace}, "pkgdist: standard output is not complete: no space left on device\n"},
			{full{stdout.Len() - 1, &os.PathError{Op: "write", Path: "|1", Err: syscall.EPIPE}}, ""},
		} {
			stderr.Reset()
			assert.Equal(t, exitUsage, execute(args, &end.full, &stderr), "%v: %v", args, end.err)
			assert.Equal(t, end.said, stderr.String(), args)
		}
	}
}

// The worst outcome is the exit code, and one that nobody knows is no success.
func TestTheExitCodeIsThatOfTheWorstOutcome(t *testing.T) {
	for code, outcomes := range map[int][]check.Outcome{
		exitHolds:        {check.Holds, check.Holds},
		exitInconclusive: {check.Holds, check.Inconclusive, check.Holds},
		exitViolated:     {check.Inconclusive, check.Violated, check.Inconclusive},
	} {
		assert.Equal(t, code, worst(outcomes))
	}
	assert.Panics(t, func() { worst([]check.Outcome{99}) })
}
