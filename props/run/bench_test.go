package run_test

import (
	"testing"
	"time"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
	"pkgdist/props/run"
)

// How much the properties about infinite runs cost, beside the others
// on the same space: both searches are timed in turn, and their ratio counts.
func BenchmarkLiveness(b *testing.B) {
	sc := load("two-packages")
	var safety []string
	for _, c := range props.Catalogue() {
		if !c.Kind.Liveness() {
			safety = append(safety, c.Name)
		}
	}
	timed := func(properties []string) time.Duration {
		begin := time.Now()
		if _, err := run.Explore(b.Context(), sc, model.SMS20, properties, check.Options{Workers: 1}); err != nil {
			b.Fatal(err)
		}
		return time.Since(begin)
	}
	var alone, both time.Duration
	for b.Loop() {
		alone += timed(safety)
		both += timed(nil)
	}
	b.ReportMetric(both.Seconds()/alone.Seconds(), "ratio")
}
