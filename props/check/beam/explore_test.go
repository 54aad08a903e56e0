package beam

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/log"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/options/jobopts"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/runners"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/props/check"
	"pkgdist/props/check/internal/store"
	"pkgdist/props/internal/testmodel"
)

var big = flag.Bool("big", false, "measure two-phase commit with 8 resource managers, and kill worker processes, which takes two minutes")

func TestMain(m *testing.M) {
	beWorker()
	flag.Parse()
	log.SetupLogging("error", "text")
	beam.Init()
	_, remove, err := temporaryFolder()
	if err != nil {
		panic(err)
	}
	code := m.Run()
	remove()
	os.Exit(code)
}

type (
	transaction = testmodel.Transaction
	action      = testmodel.Action
)

// twoPhase is two-phase commit with as many resource managers as its arguments say.
var twoPhase = Register("two-phase", func(arguments string) (check.Model[transaction, action], []check.Property[transaction], check.Options, error) {
	n, err := strconv.Atoi(arguments)
	m := testmodel.TwoPhase(n)
	m.Name = "Two-phase commit"
	all := func(s *transaction, is testmodel.ManagerState) bool {
		return !slices.ContainsFunc(s.RM[:n], func(m testmodel.ManagerState) bool { return m != is })
	}
	return m, []check.Property[transaction]{
		check.Never("consistent", func(s *transaction) bool {
			return slices.Contains(s.RM[:n], testmodel.Committed) && slices.Contains(s.RM[:n], testmodel.Aborted)
		}),
		check.Never("nobody commits", func(s *transaction) bool { return s.RM[0] == testmodel.Committed }),
		check.Sometimes("all abort", func(s *transaction) bool { return all(s, testmodel.Aborted) }),
		check.OnStep("nobody changes after the decision", func(before, after *transaction) bool {
			return before.TM == testmodel.Working || before.RM == after.RM
		}),
		check.EventuallyAlways("decided", func(s *transaction) bool { return s.TM != testmodel.Working }),
	}, check.Options{Coverage: true}, err
})

// onOneMachine is what check.Exhaustive finds with the states in memory or on disk.
func onOneMachine[S any, T comparable](t testing.TB, s *Search[S, T], arguments string, where check.Store) *check.Result[S, T] {
	m, properties, opt, err := s.make(arguments)
	require.NoError(t, err)
	if opt.Store = where; where == check.OnDisk {
		opt.Dir = filepath.Join(t.TempDir(), "disk")
	}
	r, err := check.Exhaustive(t.Context(), m, properties, opt)
	require.NoError(t, err)
	return r
}

func requireSame[S any, T comparable](t testing.TB, one, many *check.Result[S, T]) {
	t.Helper()
	require.Equal(t, one.Levels, many.Levels)
	require.Equal(t, []any{one.States, one.Steps, one.AtRest, one.Cut, one.Depth, one.Stopped}, []any{many.States, many.Steps, many.AtRest, many.Cut, many.Depth, many.Stopped})
	require.Len(t, many.Rules, len(one.Rules))
	for i := range one.Rules {
		require.Equal(t, one.Rules[i].Fired, many.Rules[i].Fired, one.Rules[i].Rule)
		require.ElementsMatch(t, one.Rules[i].Blocked, many.Rules[i].Blocked, one.Rules[i].Rule)
	}
	require.Len(t, many.Verdicts, len(one.Verdicts))
	for i := range one.Verdicts {
		v, w := &one.Verdicts[i], &many.Verdicts[i]
		if v.Property.Kind().Liveness() && !one.OnDisk {
			require.Equal(t, check.Inconclusive, w.Outcome)
			continue
		}
		require.Equal(t, []any{v.Property.Name(), v.Outcome, v.Reason, v.Loop, v.Case, v.Trace == nil}, []any{w.Property.Name(), w.Outcome, w.Reason, w.Loop, w.Case, w.Trace == nil})
		if v.Trace != nil { // as texts, where an empty map is as good as none
			require.Equal(t, fmt.Sprintf("%+v", *v.Trace), fmt.Sprintf("%+v", *w.Trace))
		}
	}
}

// requireAgrees explores in every division, with pipelines alone and with some levels or all of them at hand.
func requireAgrees[S any, T comparable](t *testing.T, s *Search[S, T], arguments string, divisions [][2]int64) {
	memory, disk := onOneMachine(t, s, arguments, check.InMemory), onOneMachine(t, s, arguments, check.OnDisk)
	for _, d := range divisions {
		t.Run(fmt.Sprintf("%s/%d partitions, at hand %d", s.name, d[0], d[1]), func(t *testing.T) {
			pipelines := 0
			many, err := s.Explore(t.Context(), arguments, Options{Dir: t.TempDir(), Partitions: int(d[0]), AtHand: d[1], Figures: func(f Figures) {
				if !f.AtHand {
					pipelines++
				}
			}})
			require.NoError(t, err)
			requireSame(t, memory, many)
			requireSame(t, disk, many)
			assert.Equal(t, d[1] < 1<<20, pipelines > 0)
		})
	}
}

func TestManyMachinesFindWhatOneDoes(t *testing.T) {
	requireAgrees(t, deep, "", [][2]int64{{1, 1 << 20}})
	defer func(n int) { store.Local = n }(store.Local)
	store.Local = 3 // for small models to be divided, after some levels
	requireAgrees(t, twoPhase, "3", [][2]int64{{1, 0}, {2, 0}, {4, 0}})
	requireAgrees(t, twoPhase, "6", [][2]int64{{1, 1 << 20}, {3, 4_000}, {7, 1 << 20}})
	requireAgrees(t, jobSearch, "", [][2]int64{{2, 10}, {1, 1 << 20}, {5, 1 << 20}})
	requireAgrees(t, deep, "", [][2]int64{{2, 1 << 20}})
}

// Limits strike where a level ends, and say so; the search goes on there.
func TestLimitsStrikeAtTheEndOfALevel(t *testing.T) {
	want, dir := onOneMachine(t, twoPhase, "5", check.OnDisk), t.TempDir()
	opt := Options{Dir: dir, Partitions: 2, AtHand: 1 << 20, MaxStates: 1_000}
	r, err := twoPhase.Explore(t.Context(), "5", opt)
	require.NoError(t, err)
	assert.Equal(t, "limit of 1000 states reached, at the end of a level", r.Stopped)
	assert.EqualValues(t, 1_264, r.States)
	assert.Equal(t, want.Levels[:6], r.Levels)
	assert.Contains(t, r.Verdicts[0].Reason, r.Stopped)

	ctx, cancel := context.WithCancel(t.Context())
	opt.MaxStates, opt.Progress = 0, func(p check.Progress) {
		if p.States > 3_000 {
			cancel()
		}
	}
	r, err = twoPhase.Explore(ctx, "5", opt)
	require.NoError(t, err)
	assert.Equal(t, "interrupted, at the end of a level", r.Stopped)
	assert.Less(t, r.States, want.States)

	opt.Progress = nil
	r, err = twoPhase.Explore(t.Context(), "5", opt)
	require.NoError(t, err)
	requireSame(t, want, r)
}

func TestFolderOfAnotherSearchIsRefused(t *testing.T) {
	dir := t.TempDir()
	opt := Options{Dir: dir, Partitions: 2, AtHand: 1 << 20, MaxStates: 100}
	_, err := twoPhase.Explore(t.Context(), "4", opt)
	require.NoError(t, err)
	_, err = twoPhase.Explore(t.Context(), "5", opt)
	assert.ErrorContains(t, err, dir+" belongs to another search: there, the version of the model (by the steps out of its first states) is")
	_, err = deep.Explore(t.Context(), "", opt)
	assert.ErrorContains(t, err, `there, the model is "Two-phase commit"; expected ""`)
	opt.Partitions = 3
	_, err = twoPhase.Explore(t.Context(), "4", opt)
	assert.ErrorContains(t, err, `there, the number of partitions is "2"; expected "3"`)

	thesis := filepath.Join(t.TempDir(), "thesis.txt")
	require.NoError(t, os.WriteFile(thesis, []byte("mine"), 0o666))
	opt.Dir = filepath.Dir(thesis)
	_, err = twoPhase.Explore(t.Context(), "4", opt)
	assert.ErrorContains(t, err, "has thesis.txt and no search.json; expected an empty folder, or one of an earlier search")
	assert.FileExists(t, thesis)
}

func TestFolderIsForOneSearchAtATime(t *testing.T) {
	opt := Options{Dir: t.TempDir(), Partitions: 1, AtHand: 1 << 20}
	other, asked := opt, 0
	opt.Progress = func(check.Progress) {
		if asked++; asked == 1 {
			_, err := twoPhase.Explore(t.Context(), "4", other)
			assert.ErrorContains(t, err, "is in use by another process; expected a folder of its own for each search")
		}
	}
	_, err := twoPhase.Explore(t.Context(), "4", opt)
	require.NoError(t, err)
	assert.Positive(t, asked)
}

// Where there is no lock, as on an object store, the later coordinator wins, and the other one ends with an error.
func TestCoordinatorThatWasOvertakenEnds(t *testing.T) {
	opt := Options{Dir: "memfs://" + t.Name(), Partitions: 2, AtHand: 1 << 20}
	other, asked := opt, 0
	opt.Progress = func(check.Progress) {
		if asked++; asked == 3 {
			r, err := twoPhase.Explore(t.Context(), "4", other)
			require.NoError(t, err)
			requireSame(t, onOneMachine(t, twoPhase, "4", check.OnDisk), r)
		}
	}
	_, err := twoPhase.Explore(t.Context(), "4", opt)
	assert.ErrorContains(t, err, "search.json was written by another process meanwhile")
}

// A file system that is no disk: runs are read as a whole there.
func TestMemoryFileSystem(t *testing.T) {
	r, err := twoPhase.Explore(t.Context(), "4", Options{Dir: "memfs://" + t.Name(), Partitions: 2, AtHand: 100})
	require.NoError(t, err)
	requireSame(t, onOneMachine(t, twoPhase, "4", check.OnDisk), r)
}

func TestWhatIsRefused(t *testing.T) {
	good := Options{Dir: t.TempDir(), Partitions: 1}
	for want, change := range map[string]func(o *Options){
		"Dir is empty":                    func(o *Options) { o.Dir = "" },
		"Partitions is 0":                 func(o *Options) { o.Partitions = 0 },
		"AtHand is -1":                    func(o *Options) { o.AtHand = -1 },
		"file system scheme":              func(o *Options) { o.Dir = "hdfs://somewhere" },
		"the runner is direct, whose cou": func(*Options) { *runners.Runner = legacy[0] },
		"async is asked for":              func(*Options) { *jobopts.Async = true },
	} {
		opt := good
		change(&opt)
		_, err := twoPhase.Explore(t.Context(), "4", opt)
		assert.ErrorContains(t, err, want)
		*runners.Runner, *jobopts.Async = "", false
	}
	many := Register("workers", func(string) (check.Model[transaction, action], []check.Property[transaction], check.Options, error) {
		return testmodel.TwoPhase(3), nil, check.Options{Workers: 2}, nil
	})
	_, err := many.Explore(t.Context(), "", good)
	assert.ErrorContains(t, err, "expected Expect, Symmetry, Coverage and Subject alone")
}

// An error of the model names the state, with and without a pipeline, and is tried once.
func TestErrorOfTheModelIsTold(t *testing.T) {
	for _, atHand := range []int64{0, 1} {
		_, err := wrong.Explore(t.Context(), "", Options{Dir: t.TempDir(), Partitions: 2, AtHand: atHand, Attempts: 3})
		assert.ErrorContains(t, err, "check: panic in state 20, 20, before its first step: no way")
	}
}

// Whatever is damaged, cut short, exchanged or missing: the error names the file, or it does not matter.
func TestDamageIsNoticed(t *testing.T) {
	want, dir := onOneMachine(t, twoPhase, "5", check.OnDisk), t.TempDir()
	opt := Options{Dir: dir, Partitions: 2, AtHand: 1 << 20, MaxStates: 3_000}
	_, err := twoPhase.Explore(t.Context(), "5", opt)
	require.NoError(t, err)
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	require.NoError(t, err)
	opt.MaxStates = 0
	noticed := 0
	for i, name := range files {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		if len(text) == 0 {
			continue // the lock
		}
		for how := range 3 {
			opt.Dir = t.TempDir()
			require.NoError(t, os.CopyFS(opt.Dir, os.DirFS(dir)))
			damaged := filepath.Join(opt.Dir, filepath.Base(name))
			other := files[(i+2)%len(files)]
			switch how {
			case 0:
				text[len(text)*(i+1)/(len(files)+1)] ^= 1
				require.NoError(t, os.WriteFile(damaged, text, 0o666))
			case 1:
				require.NoError(t, os.Truncate(damaged, int64(len(text)/2)))
			case 2:
				text, err := os.ReadFile(other)
				require.NoError(t, err)
				if strings.HasSuffix(name, savedName) || len(text) == 0 {
					continue
				}
				require.NoError(t, os.WriteFile(damaged, text, 0o666))
			}
			r, err := twoPhase.Explore(t.Context(), "5", opt)
			if err != nil {
				noticed++
				assert.ErrorContains(t, err, damaged)
				continue
			}
			requireSame(t, want, r)
		}
	}
	assert.Greater(t, noticed, 30)
}
