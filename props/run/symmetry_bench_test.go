package run_test

import (
	"slices"
	"testing"
	"time"

	"pkgdist/model"
	"pkgdist/props/check"
	"pkgdist/props/internal/testmodel"
	"pkgdist/props/run"
)

// What symmetry saves: states, and processor time, of each scope that has
// something to exchange. With -big the large ones are measured too.
func BenchmarkSymmetry(b *testing.B) {
	small, medium, large := interchangeable(b)
	scopes := slices.Concat(small, medium)
	if *big {
		scopes = append(scopes, large...)
	}
	for _, sc := range scopes {
		b.Run(sc.Name, func(b *testing.B) {
			explored := func(symmetry bool) (states int64, took time.Duration) {
				begin := testmodel.ProcessorTime()
				r, err := run.Explore(b.Context(), sc, model.SMS20, underSymmetry(), check.Options{Workers: 1, Symmetry: symmetry})
				if err != nil {
					b.Fatal(err)
				}
				return r.Result.States, testmodel.ProcessorTime() - begin
			}
			var plain, reduced time.Duration
			var states, classes int64
			for b.Loop() {
				var took time.Duration
				states, took = explored(false)
				plain += took
				classes, took = explored(true)
				reduced += took
			}
			b.ReportMetric(float64(states), "states")
			b.ReportMetric(float64(classes), "classes")
			b.ReportMetric(plain.Seconds()/float64(b.N), "plain-s/op")
			b.ReportMetric(reduced.Seconds()/float64(b.N), "symmetry-s/op")
			b.ReportMetric(float64(states)/float64(classes), "fewer-states")
			b.ReportMetric(plain.Seconds()/reduced.Seconds(), "less-time")
		})
	}
}
