package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/props/internal/testmodel"
)

// measured runs the command, and says on standard error what memory it took.
func measured() {
	code := execute(os.Args[1:], os.Stdout, io.Discard)
	fmt.Fprint(os.Stderr, testmodel.PeakMemory())
	os.Exit(code)
}

// ended is what is printed of a search that needs more, and is ended or goes on on disk.
var ended = regexp.MustCompile(`bytes of memory reached|"on_disk": true`)

// What does not fit into the memory that is allowed is ended, or goes on on disk,
// before the process takes more than that, give or take what a process needs at all, and not before
// it has used it.
func TestTheProcessKeepsToTheLimitOfMemory(t *testing.T) {
	for _, c := range []struct {
		arguments string
		limits    []string
		big       bool
	}{
		{arguments: "check --scenario two-sites --design repaired", limits: []string{"64MiB"}},

		{arguments: "check --scenario faults --design repaired --property sites-converge", limits: []string{"64MiB"}, big: true},
		{arguments: "check --scenario three-tiers --design sms20", limits: []string{"64MiB", "128MiB"}, big: true},
		{arguments: "check --scenario company --design repaired --timeout 10m", limits: []string{"64MiB"}, big: true},
		{arguments: "check --scenario LARGE --design sms20 --store memory", limits: []string{"128MiB", "512MiB", "1GiB", "2GiB"}, big: true},
		{arguments: "check --scenario LARGE --design repaired --property one-version-among-writers --store memory", limits: []string{"64MiB", "256MiB"}, big: true},
		{arguments: "designs --scenario LARGE --timeout 90s", limits: []string{"64MiB", "512MiB"}, big: true},
	} {
		for _, limit := range c.limits {
			t.Run(c.arguments+" "+limit, func(t *testing.T) {
				if c.big && !*big {
					t.Skip("needs -big")
				}
				most := limitOf(t, limit)
				command := strings.ReplaceAll(c.arguments, "LARGE", largeScenario(t)) + " --json --max-memory " + limit
				peak, output := peakOf(t, strings.Fields(command)...)
				t.Logf("%d MiB", peak>>20)
				assert.True(t, ended.MatchString(output), "it fits, or the time is up before")
				assert.LessOrEqual(t, peak, most*115/100+40<<20)
				assert.Greater(t, peak, most/2)
			})
		}
	}
}

func limitOf(t *testing.T, limit string) int64 {
	var s size
	require.NoError(t, s.UnmarshalText([]byte(limit)))
	return int64(s)
}

// peakOf is the most memory of a process of its own that runs the command, and
// what that printed.
func peakOf(t *testing.T, arguments ...string) (int64, string) {
	self, err := os.Executable()
	require.NoError(t, err)
	var stdout, stderr bytes.Buffer
	command := exec.CommandContext(t.Context(), self)
	command.Args = append([]string{"measured"}, arguments...)
	command.Stdout, command.Stderr, command.WaitDelay = &stdout, &stderr, time.Second
	var exit *exec.ExitError
	if err := command.Run(); err != nil {
		require.ErrorAs(t, err, &exit)
	}
	var peak int64
	_, err = fmt.Sscan(stderr.String(), &peak)
	require.NoError(t, err, stderr.String())
	if peak == 0 {
		t.Skip("the system does not say what memory a process took")
	}
	return peak, stdout.String()
}

// largeScenario is a file with a scenario of some ten million states.
func largeScenario(t *testing.T) string {
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "fixtures", "scenarios", "three-tiers.yaml"))
	require.NoError(t, err)
	more := bytes.Replace(text, []byte("\nupdates: 2\n"), []byte("\nupdates: 3\n"), 1)
	require.NotEqual(t, text, more)
	file := filepath.Join(t.TempDir(), "large.yaml")
	require.NoError(t, os.WriteFile(file, more, 0o666))
	return file
}
