package main

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A search on disk that is killed at any moment goes on when the command is given again, with any number of workers, and
// prints the same to the byte.
func TestKilledSearchGoesOn(t *testing.T) {
	kills, scenario := 5, "dp-away"
	if *big {
		kills, scenario = 200, "crash-and-duplicate"
	}
	check := func(dir, workers string) *exec.Cmd {
		// With so little memory, levels are saved often, and candidates spill.
		return exec.Command("pkgdist", "check", "--scenario", scenario, "--design", "sms20", "--json", "--max-memory", "1MB", "--dir", dir, "--workers", workers)
	}
	finish := func(dir, workers string) []byte {
		var failed *exec.ExitError
		out, err := check(dir, workers).Output()
		if errors.As(err, &failed) && failed.ExitCode() == exitViolated {
			err = nil
		}
		require.NoError(t, err)
		return out
	}
	begin := time.Now()
	want := finish(t.TempDir(), "1")
	whole := time.Since(begin)
	random := rand.New(rand.NewPCG(1, 1))
	resumed := 0
	killed := 0
	for killed < kills || resumed == 0 { // a level may not have ended yet
		dir, workers := t.TempDir(), []string{"1", "2", "4"}
		for again := true; again; again = random.IntN(3) == 0 { // some are killed more than once
			c := check(dir, workers[random.IntN(3)])
			require.NoError(t, c.Start())
			time.Sleep(time.Duration(random.Int64N(int64(whole))))
			require.NoError(t, c.Process.Kill())
			if err := c.Wait(); err != nil && c.ProcessState.ExitCode() < 0 {
				killed++
			}
		}
		require.Less(t, killed, 10*kills, "no search went on from what was saved")
		if saved, _ := filepath.Glob(filepath.Join(dir, "sms20", "search.json")); saved != nil {
			resumed++
		}
		if got := finish(dir, workers[random.IntN(3)]); !bytes.Equal(want, got) {
			t.Fatalf("after %d kills, in %s\n%s\nexpected\n%s", killed, dir, got, want)
		}
	}
	t.Logf("%d kills within %v; %d searches went on from what was saved", kills, whole.Round(time.Millisecond), resumed)
}
