package beam

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/props/check"
	"pkgdist/props/internal/testmodel"
)

var big = flag.Bool("big", false, "explore also what takes one machine up to a minute")

func TestMain(m *testing.M) {
	flag.Parse()
	beam.Init()
	os.Exit(m.Run())
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
	return m, []check.Property[transaction]{
		check.Never("consistent", func(s *transaction) bool {
			return slices.Contains(s.RM[:n], testmodel.Committed) && slices.Contains(s.RM[:n], testmodel.Aborted)
		}),
		check.Never("nobody commits", func(s *transaction) bool { return s.RM[0] == testmodel.Committed }),
		check.Sometimes("all abort", func(s *transaction) bool { return !slices.ContainsFunc(s.RM[:n], func(m testmodel.ManagerState) bool { return m != testmodel.Aborted }) }),
		check.OnStep("nobody changes after the decision", func(before, after *transaction) bool { return before.TM == testmodel.Working || before.RM == after.RM }),
		check.EventuallyAlways("decided", func(s *transaction) bool { return s.TM != testmodel.Working }),
	}, check.Options{Coverage: true}, err
})

// onOneMachine is what check.Exhaustive finds with the states on disk.
func onOneMachine[S any, T comparable](t *testing.T, s *Search[S, T], arguments string) *check.Result[S, T] {
	m, properties, opt, err := s.make(arguments)
	require.NoError(t, err)
	opt.Store, opt.Dir = check.OnDisk, filepath.Join(t.TempDir(), "disk")
	r, err := check.Exhaustive(t.Context(), m, properties, opt)
	require.NoError(t, err)
	return r
}

func requireSame[S any, T comparable](t *testing.T, one, many *check.Result[S, T]) {
	t.Helper()
	require.Equal(t, one.Levels, many.Levels)
	require.Equal(t, []any{one.States, one.Steps, one.AtRest, one.Cut, one.Depth, one.Stopped, one.OnDisk}, []any{many.States, many.Steps, many.AtRest, many.Cut, many.Depth, many.Stopped, many.OnDisk})
	require.Len(t, many.Rules, len(one.Rules))
	for i := range one.Rules {
		require.Equal(t, one.Rules[i].Fired, many.Rules[i].Fired, one.Rules[i].Rule)
		require.ElementsMatch(t, one.Rules[i].Blocked, many.Rules[i].Blocked, one.Rules[i].Rule)
	}
	require.Len(t, many.Verdicts, len(one.Verdicts))
	for i := range one.Verdicts {
		v, w := &one.Verdicts[i], &many.Verdicts[i]
		require.Equal(t, []any{v.Property.Name(), v.Outcome, v.Reason, v.Trace, v.Loop, v.Case}, []any{w.Property.Name(), w.Outcome, w.Reason, w.Trace, w.Loop, w.Case})
	}
}

func TestManyMachinesFindWhatOneDoes(t *testing.T) {
	one := onOneMachine(t, twoPhase, "5")
	for _, partitions := range []int{1, 2, 4} {
		for _, atHand := range []int64{0, 500, 1 << 20} {
			t.Run(fmt.Sprintf("%d/%d", partitions, atHand), func(t *testing.T) {
				many, err := twoPhase.Explore(t.Context(), "5", Options{Dir: t.TempDir(), Partitions: partitions, AtHand: atHand, Figures: func(f Figures) { t.Logf("%+v", f) }})
				require.NoError(t, err)
				requireSame(t, one, many)
			})
		}
	}
	assert.EqualValues(t, 8_832, one.States)
}
