package check_test

import (
	"fmt"
	"hash/fnv"
	"io"
	"slices"
	"testing"
	"time"

	"pkgdist/props/check"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// results are all that a search says, for a number of workers, in a form that can be compared.
type results func(t *testing.T, workers int) []any

func resultsOf[S any, T comparable](m check.Model[S, T], opt check.Options, properties ...check.Property[S]) results {
	return func(t *testing.T, workers int) []any {
		opt.Workers = workers
		r := explore(t, m, opt, properties...)
		x, err := m.Expansion()
		require.NoError(t, err)
		digest := fnv.New64a()
		for s := range r.All() {
			_, _ = io.WriteString(digest, x.Identity(&s))
		}
		all := []any{r.States, r.Steps, r.AtRest, r.Depth, r.Stopped, r.Rules, r.Memory, digest.Sum64()}
		for _, v := range r.Verdicts {
			all = append(all, v.Property.Name(), v.Outcome, v.Reason, v.Trace, v.Loop, v.Case)
		}
		return all
	}
}

func TestResultsDoNotDependOnWorkersOrRun(t *testing.T) {
	safety := []check.Property[transaction]{
		consistent(5),
		check.Never("nobody commits", func(s *transaction) bool { return slices.Contains(s.RM[:], committed) }),
		check.Sometimes("half prepared", func(s *transaction) bool { return s.RM[3] == prepared && s.RM[4] == aborted }),
		check.OnStep("nothing said twice", func(before, after *transaction) bool { return !(before.SaysReady[4] && after.SaysAbort) }),
		check.Always("all aborted", func(s *transaction) bool { return s.RM[4] == aborted }).OnlyAtRest(),
	}
	symmetric := []check.Property[transaction]{consistent(8), safety[1]}
	packed := twoPhase{5}.packed()
	wheels := clock{positions: 9}
	compared := map[string]results{
		"packed":           resultsOf(packed, check.Options{}, safety...),
		"states cut":       resultsOf(twoPhase{6}.packed(), check.Options{MaxStates: 40_001}, safety...), // within a level of several batches
		"memory cut":       resultsOf(packed, check.Options{MaxMemory: 1 << 17}, safety...),
		"symmetric":        resultsOf(twoPhase{8}.symmetric(), check.Options{Symmetry: true}, symmetric...),
		"liveness":         resultsOf(fair(packed, 5), check.Options{}, ends(5)...),
		"liveness cut":     resultsOf(fair(packed, 5), check.Options{MaxMemory: 1 << 19}, ends(5)...),
		"clock":            resultsOf(wheels.model(), check.Options{}, ticks(wheels)...),
		"clock, unfair":    resultsOf(under(wheels.model(), unfair), check.Options{}, ticks(wheels)...),
		"clock, all fair":  resultsOf(under(wheels.model(), strongly), check.Options{}, ticks(wheels)...),
		"rules, in place":  resultsOf(counters{9}.model(), check.Options{Coverage: true}),
		"rules that fired": resultsOf(counters{9}.model(), check.Options{}),
	}
	// A limit of memory strikes at the same state, whether states are stored one by one or by all workers together.
	apart := int64(25_000)
	if testing.Short() {
		apart = 150_000
	}
	for limit := int64(75_000); limit < 400_000; limit += apart {
		compared[fmt.Sprint(limit, " bytes")] = resultsOf(twoPhase{6}.packed(), check.Options{MaxMemory: limit})
	}
	for name, of := range compared {
		t.Run(name, func(t *testing.T) {
			first := of(t, 1)
			for _, workers := range []int{2, 8} {
				require.Equal(t, first, of(t, workers), "%d workers", workers)
				if testing.Short() {
					break
				}
			}
		})
	}
}

func TestTwoPhaseCommitShortestWayToACommit(t *testing.T) {
	nobody := check.Never("nobody commits", func(s *transaction) bool { return slices.Contains(s.RM[:], committed) })
	r := explore(t, twoPhase{2}.model(), check.Options{}, nobody, consistent(2))
	says(t, r, violated, holds)
	assert.Equal(t, "[RMPrepare(0) TMRcvPrepared(0) RMPrepare(1) TMRcvPrepared(1) TMCommit RMRcvCommitMsg(0)]", fmt.Sprint(r.Verdicts[0].Trace.Steps))
}

// How much sooner two workers are done than one, on the 10.3 million states of two-phase commit with nine resource
// managers. Each pair is run in turn, and the median of the ratios counts.
func BenchmarkWorkers(b *testing.B) {
	n, pairs := 7, 9
	if *big {
		n, pairs = 9, 3
	}
	timed := func(workers int) (states int64, took time.Duration) {
		begin := time.Now()
		r, err := check.Exhaustive(b.Context(), twoPhase{n}.model(), []check.Property[transaction]{consistent(n)}, check.Options{Workers: workers, Coverage: true})
		require.NoError(b, err)
		return r.States, time.Since(begin)
	}
	var ratios []float64
	var states int64
	for b.Loop() {
		for range pairs {
			found, alone := timed(1)
			_, together := timed(2)
			states, ratios = found, append(ratios, alone.Seconds()/together.Seconds())
		}
	}
	slices.Sort(ratios)
	b.ReportMetric(float64(states), "states")
	b.ReportMetric(ratios[len(ratios)/2], "times-as-fast")
}
