package check_test

import (
	"slices"
	"testing"
	"time"

	"pkgdist/props/check"

	"github.com/stretchr/testify/require"
)

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
