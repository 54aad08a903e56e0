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
	"pkgdist/props/subject"
)

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

// Output that is lost is no success, however the command ends otherwise, whether
// nothing of it was written or all but the last byte. A reader that has gone away
// is told nothing.
func TestLostOutputIsAnError(t *testing.T) {
	story := file(t, told)
	t.Chdir(t.TempDir())
	project(t)
	require.NoError(t, os.WriteFile("told.txtar", []byte(story), 0o666))
	noSpace := errors.New("no space left on device")
	for _, line := range []string{
		"--help", "check --help",
		"check --list", "check --design repaired", "check --design repaired --json", "check --design repaired --explain-fairness sites-converge",
		"walk --design repaired --walks 20", "walk --property one-version-among-writers --walks 200",
		"designs --timeout 1ms", "designs --timeout 1ms --json", "designs --scenario cannot-apply --smallest --property incoming-drains",
		"mutants --scenario cannot-apply --timeout 1ms", "mutants --scenario cannot-apply --timeout 1ms --json",
		"articles", "articles --markdown",
		"doc protocol", "doc protocol --check",
		"replay told.txtar", "replay told.txtar --explain",
		"show told.txtar", "show told.txtar --format html", "show told.txtar --format itf",
	} {
		var stderr bytes.Buffer
		assert.Equal(t, exitUsage, execute(strings.Fields(line), &full{0, noSpace}, &stderr), line)
		assert.Equal(t, "pkgdist: standard output is not complete: no space left on device\n", stderr.String(), line)
	}
	var stdout, stderr bytes.Buffer
	require.Equal(t, exitHolds, execute([]string{"show", "told.txtar"}, &stdout, &stderr))
	for err, said := range map[error]string{
		noSpace: "pkgdist: standard output is not complete: no space left on device\n",
		&os.PathError{Op: "write", Path: "|1", Err: syscall.EPIPE}: "",
	} {
		stderr.Reset()
		assert.Equal(t, exitUsage, execute([]string{"show", "told.txtar"}, &full{stdout.Len() - 1, err}, &stderr))
		assert.Equal(t, said, stderr.String())
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

// Of what tests come to, the exit code is what was not done, then what fails, then what is not known.
func TestTheExitCodeOfDrivesPassesNothingThatIsNotKnown(t *testing.T) {
	drives, tests := make([]subject.Drive, 1), make([]subject.Test, 1)
	for code, results := range map[int][]subject.Result{
		exitHolds:        {{Drives: drives}},
		exitViolated:     {{Failed: tests}, {Drives: drives, Failed: tests, Skipped: tests, Stopped: "interrupted"}},
		exitInconclusive: {{}, {Packages: []string{"p"}}, {Drives: drives, Skipped: tests}, {Drives: drives, Stopped: "interrupted"}},
		exitUsage:        {{Broken: tests}, {Drives: drives, Failed: tests, Broken: tests}},
	} {
		for _, r := range results {
			assert.Equal(t, code, exitOf(&r), "%+v", r)
		}
	}
}
