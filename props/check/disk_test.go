package check_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"pkgdist/props/check"
	"pkgdist/props/check/show"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// onDisk are searches of two-phase commit in a folder, with so little memory that candidates spill.
type onDisk struct {
	managers int
	dir      string
	claims   []check.Property[transaction]
	opt      check.Options
}

func diskSearch(t *testing.T, managers int) onDisk {
	check.SaveEachLevel(t)
	dir := t.TempDir()
	return onDisk{managers, dir, []check.Property[transaction]{
		consistent(managers), check.Never("nobody commits", func(s *transaction) bool { return s.RM[0] == committed }),
	}, check.Options{Store: check.OnDisk, Dir: dir, MaxMemory: 1 << 20}}
}

func (d onDisk) run(ctx context.Context) (*check.Result[transaction, action], error) {
	return check.Exhaustive(ctx, twoPhase{d.managers}.model(), d.claims, d.opt)
}

// interrupt has the search ended at some moment after so many states.
func (d onDisk) interrupt(t *testing.T, states int64) *check.Result[transaction, action] {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	check.ReportAlways(t)
	d.opt.Progress = func(p check.Progress) {
		if p.States >= states {
			cancel()
		}
	}
	r, err := d.run(ctx)
	require.NoError(t, err)
	require.Equal(t, "interrupted", r.Stopped)
	return r
}

// A search whose time is up has some more, to find the traces of what it found, and not all the time that they take.
func TestGoingBackIsBounded(t *testing.T) {
	d := diskSearch(t, 5)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var found atomic.Bool
	d.claims[1] = check.Never("nobody commits", func(s *transaction) bool {
		if ctx.Err() != nil {
			time.Sleep(time.Millisecond)
		}
		commits := s.RM[0] == committed
		found.Store(found.Load() || commits)
		return commits
	})
	check.ReportAlways(t)
	d.opt.Progress = func(check.Progress) {
		if found.Load() {
			cancel()
		}
	}
	r, err := d.run(ctx)
	require.NoError(t, err)
	says(t, r, inconclusive, violated)
	length := len(r.Verdicts[1].Trace.Steps)

	check.LeaveNoTime(t)
	found.Store(false)
	d.opt.Dir = t.TempDir()
	ctx, cancel = context.WithCancel(t.Context())
	defer cancel()
	r, err = d.run(ctx)
	require.NoError(t, err)
	require.Equal(t, "interrupted", r.Stopped)
	says(t, r, inconclusive, inconclusive)
	assert.Equal(t, fmt.Sprintf("it was decided after %d steps, and no time was left to find them: interrupted", length), r.Verdicts[1].Reason)
	assert.Nil(t, r.Verdicts[1].Trace)
}

// On the way back for the traces it is told how many states are left to be looked at.
func TestGoingBackIsTold(t *testing.T) {
	d := diskSearch(t, 5)
	d.claims[1] = check.Never("nobody commits", func(s *transaction) bool { return s.RM[0] == committed })
	check.ReportAlways(t)
	var back []int64
	d.opt.Progress = func(p check.Progress) {
		if p.Back > 0 || back != nil {
			back = append(back, p.Back)
		}
	}
	r, err := d.run(t.Context())
	require.NoError(t, err)
	says(t, r, holds, violated)
	looked := int64(0)
	for _, states := range r.Levels[:len(r.Verdicts[1].Trace.States)] {
		looked += states
	}
	require.NotEmpty(t, back)
	assert.Less(t, back[0], looked, "some were looked at")
	assert.Zero(t, back[len(back)-1], "all were")
	for i, left := range back[1:] {
		assert.Less(t, left, back[i])
	}
}

func sameResults(t *testing.T, one, other *check.Result[transaction, action]) {
	t.Helper()
	assert.Equal(t, []any{one.States, one.Steps, one.AtRest, one.Depth, one.Stopped, one.Rules}, []any{other.States, other.Steps, other.AtRest, other.Depth, other.Stopped, other.Rules})
	for i, v := range one.Verdicts {
		w := other.Verdicts[i]
		assert.Equal(t, []any{v.Outcome, v.Reason, v.Trace, v.Case}, []any{w.Outcome, w.Reason, w.Trace, w.Case})
	}
}

// A search that is interrupted tells what it has found, and goes on later.
func TestInterruptedSearchGoesOn(t *testing.T) {
	d := diskSearch(t, 6)
	want := explore(t, twoPhase{6}.model(), check.Options{}, d.claims...)
	random, decided := rand.New(rand.NewPCG(1, 2)), false
	for states := int64(1); states < want.States; states += 1 + random.Int64N(want.States/4) {
		d.opt.Workers = 1 + random.IntN(3)
		v := d.interrupt(t, states).Verdicts[1]
		if decided = v.Trace != nil; decided {
			assert.Equal(t, want.Verdicts[1].Trace, v.Trace)
		}
	}
	assert.True(t, decided)
	r, err := d.run(t.Context())
	require.NoError(t, err)
	sameResults(t, want, r)
}

func TestFolderOfAnotherSearchIsRefused(t *testing.T) {
	d := diskSearch(t, 5)
	d.opt.Subject = []show.Item{{Label: "scenario", Value: "five managers"}}
	d.interrupt(t, 1_000)
	for want, change := range map[string]func(d *onDisk){
		`there, scenario is "five managers"; expected "six"`:                          func(d *onDisk) { d.opt.Subject[0].Value = "six" },
		`it says nothing of design; expected "sms20"`:                                 func(d *onDisk) { d.opt.Subject = []show.Item{{Label: "design", Value: "sms20"}} },
		`there, the list of properties is "consistent, nobody commits"`:               func(d *onDisk) { d.claims = d.claims[:1] },
		`there, coverage of all rules is "false"`:                                     func(d *onDisk) { d.opt.Coverage = true },
		`there, the version of the model (by the steps out of its first states) is "`: func(d *onDisk) { d.managers = 4 },
	} {
		other := d
		other.opt.Subject = []show.Item{{Label: "scenario", Value: "five managers"}}
		change(&other)
		_, err := other.run(t.Context())
		assert.ErrorContains(t, err, d.dir+" belongs to another search: ")
		assert.ErrorContains(t, err, want)
	}
	r, err := d.run(t.Context())
	require.NoError(t, err)
	assert.True(t, r.Complete())
}

func TestFolderThatIsNoSearchIsRefused(t *testing.T) {
	d := diskSearch(t, 3)
	require.NoError(t, os.WriteFile(filepath.Join(d.dir, "thesis.txt"), []byte("mine"), 0o666))
	_, err := d.run(t.Context())
	assert.ErrorContains(t, err, "has thesis.txt and no search.json; expected an empty folder, or one of an earlier search")
	assert.FileExists(t, filepath.Join(d.dir, "thesis.txt"))
}

func TestFolderIsForOneSearchAtATime(t *testing.T) {
	d := diskSearch(t, 5)
	check.ReportAlways(t)
	asked := false
	other := d
	d.opt.Progress = func(check.Progress) {
		if !asked {
			asked = true
			_, err := other.run(t.Context())
			assert.ErrorContains(t, err, "is in use by another process; expected a folder of its own for each search")
		}
	}
	_, err := d.run(t.Context())
	require.NoError(t, err)
	assert.True(t, asked)
}

// Whatever is damaged, cut short or missing: the error names the file, or it does not matter.
func TestDamageIsNoticed(t *testing.T) {
	d := diskSearch(t, 5)
	d.interrupt(t, 3_000)
	want := explore(t, twoPhase{5}.model(), check.Options{}, d.claims...)
	random := rand.New(rand.NewPCG(3, 4))
	files, err := filepath.Glob(filepath.Join(d.dir, "*"))
	require.NoError(t, err)
	noticed := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		if len(text) == 0 {
			continue // the lock
		}
		for range 8 {
			dir := t.TempDir()
			require.NoError(t, os.CopyFS(dir, os.DirFS(d.dir)))
			damaged := filepath.Join(dir, filepath.Base(file))
			bad := append([]byte{}, text...)
			switch random.IntN(3) {
			case 0:
				bad[random.IntN(len(bad))] ^= 1 << random.IntN(8)
				require.NoError(t, os.WriteFile(damaged, bad, 0o666))
			case 1:
				require.NoError(t, os.WriteFile(damaged, bad[:random.IntN(len(bad))], 0o666))
			case 2:
				if filepath.Base(file) == "search.json" {
					continue // then it is refused as no search
				}
				require.NoError(t, os.Remove(damaged))
			}
			other := d
			other.opt.Dir = dir
			r, err := other.run(t.Context())
			if err != nil {
				noticed++
				assert.ErrorContains(t, err, damaged)
				continue
			}
			sameResults(t, want, r)
		}
	}
	assert.Greater(t, noticed, 50)
}

// On a full disk the search ends with an error that names the file, and goes on when there is room.
func TestFullDiskIsAnError(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs /dev/full, which Linux has")
	}
	d := diskSearch(t, 6)
	check.ReportAlways(t)
	d.opt.Progress = func(check.Progress) { // from now on, every new run is written to a disk that is full
		for i := range 300 {
			for _, name := range []string{"level-%06d.run.part", "known-%06d.tmp.part"} {
				_ = os.Symlink("/dev/full", filepath.Join(d.dir, fmt.Sprintf(name, i)))
			}
		}
	}
	_, err := d.run(t.Context())
	var failed *os.PathError
	require.True(t, errors.As(err, &failed), "%v", err)
	assert.ErrorContains(t, err, "no space left on device")
	assert.Contains(t, failed.Path, d.dir)

	d.opt.Progress = nil
	r, err := d.run(t.Context())
	require.NoError(t, err)
	sameResults(t, explore(t, twoPhase{6}.model(), check.Options{}, d.claims...), r)
}

// A search with Reduction does not leave memory, even where another one is in the folder.
func TestReductionStaysInMemory(t *testing.T) {
	dir, m := t.TempDir(), gearbox{hides: -1, turns: []turn{{from: 0, to: 0, plus: 1}, {from: 1, to: 1, plus: 1}}}.model()
	_, err := check.Exhaustive(t.Context(), m, nil, check.Options{Store: check.OnDisk, Dir: dir})
	require.NoError(t, err)
	for _, memory := range []int64{0, 1} {
		r, err := check.Exhaustive(t.Context(), m, nil, check.Options{Store: check.MemoryThenDisk, Dir: dir, Reduction: true, MaxMemory: memory})
		require.NoError(t, err)
		assert.False(t, r.OnDisk)
		assert.Equal(t, memory == 0, r.Complete())
	}
}

// What a search on disk cannot do is refused.
func TestWhatIsRefusedOnDisk(t *testing.T) {
	for want, opt := range map[string]check.Options{
		"Keep is asked for, and a store on disk":      {Store: check.OnDisk, Keep: true},
		"Reduction is asked for, and a store on disk": {Store: check.OnDisk, Reduction: true},
		"Store is 7": {Store: 7},
	} {
		refused(t, want, twoPhase{3}.model(), opt)
	}
}
