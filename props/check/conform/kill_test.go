package conform_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/props/check"
	"pkgdist/props/check/conform"
)

// subjectVariable makes the test binary a subject: it publishes in that way, in the folder of its argument.
const subjectVariable = "CONFORM_SUBJECT"

func TestMain(m *testing.M) {
	if way := os.Getenv(subjectVariable); way != "" {
		runtime.LockOSThread()
		if err := publish(way, os.Args[1]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// publish publishes versions 1 and 2, each as a file of two lines, and says so.
func publish(way, folder string) error {
	name := filepath.Join(folder, "current")
	if way == "threads" { // the main goroutine keeps its own
		written := make(chan error)
		go func() { written <- os.WriteFile(filepath.Join(folder, "other"), []byte("other"), 0o666) }()
		if err := <-written; err != nil {
			return err
		}
	}
	for _, version := range []string{"1", "2"} {
		path := name
		if way == "aside" {
			path = name + ".new"
		}
		f, err := os.Create(path)
		if err != nil {
			return err
		}
		for _, line := range []string{"begin", "end"} {
			if _, err := fmt.Fprintf(f, "%s %s\n", line, version); err != nil {
				return err
			}
		}
		if err := f.Close(); err != nil {
			return err
		}
		if way == "early" { // says so before it is true of the next one
			fmt.Println("published 2")
		}
		if way == "aside" {
			if err := os.Rename(path, name); err != nil {
				return err
			}
		}
		fmt.Println("published", version)
	}
	if way == "hangs" {
		time.Sleep(time.Hour)
	}
	if way == "fails" {
		return errors.New("out of paper")
	}
	return nil
}

// shelf is what may be published: the version that can be read, and the last one that was said to be.
type shelf struct{ Current, Said int }

var publishing = check.Model[shelf, string]{
	Init: func() []shelf { return []shelf{{}} },
	Steps: func(s shelf, yield func(string, shelf)) {
		if s.Current == s.Said && s.Current < 2 {
			yield(fmt.Sprint("publish ", s.Current+1), shelf{s.Current + 1, s.Said})
		}
		if s.Current > s.Said {
			yield(fmt.Sprint("published ", s.Current), shelf{s.Current, s.Current})
		}
	},
}

// killing kills a publisher, and then reads what is published. A file that is torn is no version.
func killing(way string) conform.Killing[shelf, string] {
	return conform.Killing[shelf, string]{
		Command: func(ctx context.Context, folder string) *exec.Cmd {
			cmd := exec.CommandContext(ctx, os.Args[0], folder)
			cmd.Env = append(os.Environ(), subjectVariable+"="+way)
			return cmd
		},
		Calls: []string{"write", "renameat"},
		Log: func(_ context.Context, folder string, k conform.Kill) (conform.Log[shelf, string], error) {
			log := conform.Log[shelf, string]{Hidden: func(step string) bool { return strings.HasPrefix(step, "publish ") }}
			for line := range strings.Lines(k.Output) {
				line = strings.TrimSpace(line)
				log.Lines = append(log.Lines, conform.Line[shelf, string]{Text: line, Step: func(step string) bool { return step == line }})
			}
			content, err := os.ReadFile(filepath.Join(folder, "current"))
			if err != nil && !os.IsNotExist(err) {
				return log, err
			}
			log.Lines = append(log.Lines, conform.Line[shelf, string]{Text: fmt.Sprintf("reads %q", content), After: func(s *shelf) bool {
				whole := fmt.Sprintf("begin %d\nend %d\n", s.Current, s.Current)
				return string(content) == whole || s.Current == 0 && os.IsNotExist(err)
			}})
			return log, nil
		},
	}
}

func kill(t *testing.T, way string) (*conform.Killed[shelf, string], error) {
	t.Helper()
	t.Setenv("TMPDIR", t.TempDir())
	k, err := conform.KillAtEach(t.Context(), publishing, killing(way))
	var missing *conform.StraceError
	if errors.As(err, &missing) {
		t.Skip(err)
	}
	left, globbed := filepath.Glob(filepath.Join(os.TempDir(), "*"))
	require.NoError(t, globbed)
	require.Empty(t, left, "nothing is left behind")
	return k, err
}

func TestAPublisherThatWritesAsideSurvivesEachKill(t *testing.T) {
	k, err := kill(t, "aside")
	require.NoError(t, err)
	assert.True(t, k.Complete(), "%v", k)
	assert.Equal(t, "killed at 8 of 8 system calls: 0 outcomes are refused", k.String(), "three writes and a rename for each version")
}

func TestAPublisherThatWritesInPlaceIsTorn(t *testing.T) {
	k, err := kill(t, "in place")
	require.NoError(t, err)
	assert.False(t, k.Complete())
	assert.Equal(t, []int{6, 6, 0}, []int{k.Calls, k.Kills, k.Missed})
	var torn []string
	for _, r := range k.Refusals {
		torn = append(torn, fmt.Sprintf("%s %d", r.Kill.Name, r.Kill.Number))
		assert.Equal(t, conform.Refuted, r.Explanation.Outcome)
	}
	assert.Equal(t, []string{"write 1", "write 2", "write 4", "write 5"}, torn, "the third and the sixth say that a version is published")
	assert.Contains(t, k.String(), "4 outcomes are refused\nkilled at write number 1: write(")
	assert.Contains(t, k.String(), `refuted: nothing explains line 1: reads ""`)
}

func TestCallsOfOtherThreadsThatAreMissedAreCounted(t *testing.T) {
	k, err := kill(t, "threads")
	require.NoError(t, err)
	assert.Equal(t, []int{7, 6, 1}, []int{k.Calls, k.Kills, k.Missed})
	assert.False(t, k.Complete())
	assert.Contains(t, k.String(), "killed at 6 of 7 system calls")
	assert.Contains(t, k.String(), "1 call was not tried, as several threads make them; runtime.LockOSThread keeps them in one")
}

func TestWhatIsSaidTooEarlyIsRefusedWithoutAnyKill(t *testing.T) {
	k, err := kill(t, "early")
	require.NoError(t, err)
	assert.Equal(t, "not killed", k.Refusals[0].Kill.String())
}

func TestASubjectThatFailsOrHangsIsAnError(t *testing.T) {
	_, err := kill(t, "fails")
	assert.ErrorContains(t, err, "the subject fails without being killed: exit status 1: out of paper")
	k := killing("hangs")
	k.Bound = 2 * time.Second
	began := time.Now()
	_, err = conform.KillAtEach(t.Context(), publishing, k)
	assert.ErrorContains(t, err, "not killed: the subject did not end within 2s")
	assert.Less(t, time.Since(began), time.Minute, "the process was killed with its tracer")
	_, err = conform.KillAtEach(t.Context(), publishing, conform.Killing[shelf, string]{})
	assert.ErrorContains(t, err, "no Command, no Log or no Calls")
}

func TestWithoutStraceOneLineSaysSo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := conform.KillAtEach(t.Context(), publishing, killing("aside"))
	var missing *conform.StraceError
	require.ErrorAs(t, err, &missing)
	assert.NotContains(t, err.Error(), "\n")
	assert.ErrorContains(t, err, "KillAtEach needs strace: exec: \"strace\": executable file not found in $PATH")
}
