package beam

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/options/jobopts"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/props/check"
)

// disturbed has the work be disturbed during the test.
func disturbed(t *testing.T, by func(what string, again func() error) error) {
	before, mutex := disturb, sync.Mutex{}
	disturb = func(what string, again func() error) error {
		mutex.Lock()
		defer mutex.Unlock()
		return by(what, again)
	}
	t.Cleanup(func() { disturb = before })
}

var errStruck = errors.New("struck by lightning")

// Prism does not try a bundle again: a pipeline fails with the first one, and the coordinator tries the level again. Work fails
// at random here, before it begins, and when its file is there and its result was sent.
func TestWorkersThatFailChangeNothing(t *testing.T) {
	random, failed := rand.New(rand.NewPCG(1, 2)), map[string]int{}
	disturbed(t, func(what string, _ func() error) error {
		if random.IntN(12) == 0 {
			failed[what]++
			return fmt.Errorf("%w during %s", errStruck, what)
		}
		return nil
	})
	r, err := twoPhase.Explore(t.Context(), "4", Options{Dir: t.TempDir(), Partitions: 3, AtHand: 20, Attempts: 50})
	require.NoError(t, err)
	requireSame(t, onOneMachine(t, twoPhase, "4", check.OnDisk), r)
	t.Log(failed)
	for _, what := range []string{"expand", "expand done", "merge", "merge done"} {
		assert.Positive(t, failed[what], what)
	}
}

// Each piece of work is done twice, and what the first time leaves in the folder is not used.
func TestWorkThatIsDoneTwiceCountsOnce(t *testing.T) {
	dir, twice := t.TempDir(), map[string]int{}
	disturbed(t, func(what string, again func() error) error {
		if again == nil {
			return nil
		}
		twice[what]++
		return again()
	})
	left := 0
	r, err := twoPhase.Explore(t.Context(), "4", Options{Dir: dir, Partitions: 3, AtHand: 20, Progress: func(check.Progress) {
		files, _ := filepath.Glob(filepath.Join(dir, levelPrefix+"*"))
		left = len(files)
	}})
	require.NoError(t, err)
	requireSame(t, onOneMachine(t, twoPhase, "4", check.OnDisk), r)
	for _, what := range []string{"expand", "merge", "report", "back", "mark"} {
		assert.Positive(t, twice[what], what)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	require.NoError(t, err)
	assert.Less(t, len(files), left, "what does not count is removed")
}

// A pipeline that fails for good ends the search with the reason, and the levels before it stay.
func TestSearchGoesOnWhereItFailed(t *testing.T) {
	dir, merges := t.TempDir(), 0
	opt := Options{Dir: dir, Partitions: 2, Attempts: 2}
	t.Run("fails", func(t *testing.T) {
		disturbed(t, func(what string, _ func() error) error {
			if what == "merge" {
				merges++
			}
			if merges > 4 {
				return errStruck
			}
			return nil
		})
		_, err := twoPhase.Explore(t.Context(), "4", opt)
		assert.ErrorContains(t, err, errStruck.Error())
	})
	var levels []int
	opt.Figures = func(f Figures) {
		if !f.Back {
			levels = append(levels, f.Level)
		}
	}
	r, err := twoPhase.Explore(t.Context(), "4", opt)
	require.NoError(t, err)
	requireSame(t, onOneMachine(t, twoPhase, "4", check.OnDisk), r)
	assert.Positive(t, levels[0], "the first level was not expanded again")
}

// A runner that loses or doubles what goes through it is noticed, whatever it is, and so is a run that was not divided to its end.
func TestRunnerThatLosesIsNoticed(t *testing.T) {
	pieces := []piece{{Number: 0, Run: file{Rows: 5}}, {Number: 1, Block: 16, Run: file{Rows: 5}}, {Number: 2, Run: file{Partition: 1, Rows: 2}}}
	zero, one, two := 0, 1, 2
	whole := func() []note {
		return []note{
			{Partition: &zero, Received: 3}, {Partition: &one, Received: 2, Found: &file{Partition: 1}},
			{Piece: &zero, Tally: &check.Tally{Explored: 3}, Sent: 4}, {Piece: &one, Tally: &check.Tally{Explored: 2}, Sent: 1}, {Piece: &two, Tally: &check.Tally{Explored: 2}},
		}
	}
	out, err := audit(pieces, 7, 2, whole())
	require.NoError(t, err)
	assert.EqualValues(t, 7, out.tally.Explored)
	_, err = audit(pieces[:2], 7, 2, whole()[:4])
	assert.ErrorContains(t, err, "5 of 7 states were expanded", "the last piece was dropped before the pipeline")
	for i := range whole() {
		_, err := audit(pieces, 7, 2, append(whole()[:i], whole()[i+1:]...))
		assert.Error(t, err, "note %d is lost", i)
		_, err = audit(pieces, 7, 2, append(whole(), whole()[i]))
		assert.ErrorContains(t, err, "twice")
	}
	for _, spoil := range []func(n []note){
		func(n []note) { n[2].Sent++ }, func(n []note) { n[1].Received-- }, func(n []note) { n[3].Tally = &check.Tally{Explored: 1} },
	} {
		n := whole()
		spoil(n)
		_, err := audit(pieces, 7, 2, n)
		assert.ErrorContains(t, err, "expected all")
	}
}

// So it is on the way back.
func TestRunnerThatLosesOnTheWayBackIsNoticed(t *testing.T) {
	pieces := []piece{{Number: 0, Run: file{Rows: 3}}, {Number: 1, Run: file{Partition: 1, Rows: 4}}}
	zero, one := 0, 1
	whole := func() []note {
		return []note{{Piece: &zero, Looked: 3, Sent: 1}, {Piece: &one, Looked: 4}, {Partition: &zero, Received: 1, Found: &file{Name: "marked"}}}
	}
	marked, err := auditBack(pieces, 7, whole())
	require.NoError(t, err)
	assert.Equal(t, "marked", marked.Name)
	_, err = auditBack(pieces[:1], 7, append(whole()[:1], whole()[2]))
	assert.ErrorContains(t, err, "3 of 7 states were looked at")
	for i := range whole() {
		_, err := auditBack(pieces, 7, append(whole()[:i], whole()[i+1:]...))
		assert.Error(t, err, "note %d is lost", i)
		_, err = auditBack(pieces, 7, append(whole(), whole()[i]))
		assert.ErrorContains(t, err, "twice")
	}
	for _, spoil := range []func(n []note){func(n []note) { n[0].Sent++ }, func(n []note) { n[2].Received-- }, func(n []note) { n[1].Looked-- }} {
		n := whole()
		spoil(n)
		_, err := auditBack(pieces, 7, n)
		assert.ErrorContains(t, err, "expected all")
	}
}

// killVariable names a folder: a worker that comes to work of which there is a file removes the file and kills itself.
const killVariable = "BEAM_TEST_KILL"

// beWorker has the test binary be a worker, if Prism has started it as one.
func beWorker() {
	var id, endpoint string
	for _, arg := range os.Args[1:] {
		if rest, is := strings.CutPrefix(arg, "--id="); is {
			id = strings.Trim(rest, "'")
		}
		if rest, is := strings.CutPrefix(arg, "--provision_endpoint="); is {
			endpoint = rest
		}
	}
	if endpoint == "" {
		return
	}
	if folder := os.Getenv(killVariable); folder != "" {
		disturb = func(what string, _ func() error) error {
			if os.Remove(filepath.Join(folder, what)) == nil {
				_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			}
			return nil
		}
	}
	_ = flag.CommandLine.Parse([]string{"--worker", "--id=" + id, "--logging_endpoint=" + endpoint, "--control_endpoint=" + endpoint})
	beam.Init()
}

// Workers are processes of their own here, and are killed before and after each kind of work, as machines may be. Prism ends the
// pipeline then, or waits for ever: it depends on whether it notices first that the process has ended or that its connection has.
func TestWorkersAreKilled(t *testing.T) {
	if !*big {
		t.Skip("needs -big: each pipeline starts a process, and those that Prism waits for take their whole time")
	}
	self, err := os.Executable()
	require.NoError(t, err)
	config, err := json.Marshal(map[string]any{"command": self})
	require.NoError(t, err)
	kind, text, binary := *jobopts.EnvironmentType, *jobopts.EnvironmentConfig, *jobopts.WorkerBinary
	*jobopts.EnvironmentType, *jobopts.EnvironmentConfig, *jobopts.WorkerBinary = "process", string(config), os.DevNull // workers run the command
	defer func() {
		*jobopts.EnvironmentType, *jobopts.EnvironmentConfig, *jobopts.WorkerBinary = kind, text, binary
	}()
	kills := t.TempDir()
	for _, what := range []string{"expand", "expand done", "merge", "merge done", "report", "report done", "back", "mark done"} {
		require.NoError(t, os.WriteFile(filepath.Join(kills, what), nil, 0o666))
	}
	t.Setenv(killVariable, kills)
	pipelines := 0
	r, err := twoPhase.Explore(t.Context(), "4", Options{Dir: t.TempDir(), Partitions: 2, AtHand: 200, Attempts: 30, PipelineTimeout: 5 * time.Second, Figures: func(f Figures) {
		if !f.AtHand {
			pipelines++
			t.Logf("level %d, back %v: the last attempt took %v", f.Level, f.Back, f.Elapsed)
		}
	}})
	require.NoError(t, err)
	requireSame(t, onOneMachine(t, twoPhase, "4", check.OnDisk), r)
	assert.Greater(t, pipelines, 3)
	left, err := os.ReadDir(kills)
	require.NoError(t, err)
	assert.Empty(t, left, "no worker was killed there")
}

// coordinatorVariable has the test binary explore in that folder.
const coordinatorVariable = "BEAM_TEST_COORDINATOR"

// The coordinator is killed at random, again and again, and goes on from its last whole level.
func TestCoordinatorIsKilled(t *testing.T) {
	if dir := os.Getenv(coordinatorVariable); dir != "" {
		_, err := twoPhase.Explore(t.Context(), "5", Options{Dir: dir, Partitions: 2, AtHand: 300})
		require.NoError(t, err)
		return
	}
	dir, random, killed := filepath.Join(t.TempDir(), "search"), rand.New(rand.NewPCG(3, 4)), 0
	for after := 20; ; after += 20 + random.IntN(60) {
		cmd := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
		cmd.Env = append(os.Environ(), coordinatorVariable+"="+dir)
		require.NoError(t, cmd.Start())
		kill := time.AfterFunc(time.Duration(after)*time.Millisecond, func() { _ = cmd.Process.Kill() })
		err := cmd.Wait()
		if kill.Stop(); err == nil {
			break
		}
		killed++
	}
	assert.Greater(t, killed, 2)
	var levels []int
	r, err := twoPhase.Explore(t.Context(), "5", Options{Dir: dir, Partitions: 2, AtHand: 1 << 20, Figures: func(f Figures) {
		if !f.Back {
			levels = append(levels, f.Level)
		}
	}})
	require.NoError(t, err)
	assert.Empty(t, levels, "what is explored is not explored again")
	requireSame(t, onOneMachine(t, twoPhase, "5", check.OnDisk), r)
}
