package check_test

import (
	"fmt"
	"runtime/debug"
	"slices"
	"testing"
	"time"

	"pkgdist/props/check"
	"pkgdist/props/internal/testmodel"

	"github.com/stretchr/testify/require"
)

// usage is what some searches took.
type usage struct {
	wall, processor time.Duration
	peak            int64 // bytes of memory of the whole process, at most; 0 if the system does not say
}

// measure runs f. The processor's time is that of all threads, so of the garbage collector too.
func measure(f func()) usage {
	debug.FreeOSMemory()
	testmodel.ForgetPeak()
	begin, before := time.Now(), testmodel.ProcessorTime()
	f()
	return usage{time.Since(begin), testmodel.ProcessorTime() - before, testmodel.PeakMemory()}
}

// BenchmarkTwoPhase measures the search of a plain struct, with coverage and all that a trace needs: alone for properties of
// states, and with a liveness property besides.
func BenchmarkTwoPhase(b *testing.B) {
	managers := []int{7}
	if *big {
		managers = append(managers, 9)
	}
	for _, n := range managers {
		for _, workers := range []int{1, 2} {
			for _, liveness := range []bool{false, true} {
				name := fmt.Sprintf("managers=%d/workers=%d/safety", n, workers)
				properties := []check.Property[transaction]{consistent(n)}
				if liveness {
					name += "+liveness"
					properties = append(properties, check.LeadsTo("the first gets to know",
						func(s *transaction) bool { return s.RM[0] == prepared }, func(s *transaction) bool { return decided(s.RM[0]) }))
				}
				b.Run(name, func(b *testing.B) {
					search(b, fair(twoPhase{n}.model(), n), properties, check.Options{Workers: workers, Coverage: true})
				})
			}
		}
	}
}

// BenchmarkDisk measures the search with states on disk beside the same one in memory: with a property, coverage, and the
// trace of a situation that occurs.
func BenchmarkDisk(b *testing.B) {
	managers := 7
	if *big {
		managers = 9
	}
	properties := []check.Property[transaction]{consistent(managers), check.Sometimes("all have committed", func(s *transaction) bool {
		return !slices.ContainsFunc(s.RM[:managers], func(rm managerState) bool { return rm != committed })
	})}
	for name, where := range map[string]check.Store{"memory": check.InMemory, "disk": check.OnDisk} {
		b.Run(fmt.Sprintf("managers=%d/%s", managers, name), func(b *testing.B) {
			search(b, twoPhase{managers}.model(), properties, check.Options{Workers: 1, Coverage: true, Store: where})
		})
	}
}

// search explores m as often as it is told to, and reports what that took.
func search[S any, T comparable](b *testing.B, m check.Model[S, T], properties []check.Property[S], opt check.Options) {
	var r *check.Result[S, T]
	used := measure(func() {
		for b.Loop() {
			var err error
			r, err = check.Exhaustive(b.Context(), m, properties, opt)
			require.NoError(b, err)
		}
	})
	seconds := used.processor.Seconds() / float64(b.N)
	if seconds == 0 {
		seconds = used.wall.Seconds() / float64(b.N) // the system does not tell the processor's time
	}
	b.ReportMetric(float64(r.Steps)/seconds, "steps/cpu-s")
	b.ReportMetric(float64(r.States)/seconds, "states/cpu-s")
	b.ReportMetric(float64(r.Memory)/float64(r.States), "store-bytes/state")
	if r.Disk > 0 {
		b.ReportMetric(float64(r.Disk)/float64(r.States), "disk-bytes/state")
	}
	b.ReportMetric(float64(used.peak)/float64(r.States), "peak-bytes/state")
}
