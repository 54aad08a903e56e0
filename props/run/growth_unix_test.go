//go:build unix

package run_test

import (
	"context"
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
	"pkgdist/props/internal/testmodel"
	"pkgdist/props/scenario"
)

// smallScope is where all begins: one package that is updated twice, and goes to
// so many child sites with one distribution point each.
func smallScope(children int) model.Scope {
	scope := model.Scope{Sites: []model.Site{{Name: "A", Parent: model.NoParent}}, Packages: []string{"P"}, Updates: 2, Ordered: true, Threads: 3, Copies: 5}
	for i := range children {
		scope.Sites = append(scope.Sites, model.Site{Name: string(rune('B' + i)), Kind: model.Secondary, DPs: 1})
	}
	return scope
}

func growing(most int) (list []*scenario.Scenario) {
	add := func(what string, n int, scope model.Scope, grow func(*model.Scope)) {
		grow(&scope)
		list = append(list, &scenario.Scenario{Name: fmt.Sprintf("%s=%d", what, n), Scope: scope})
	}
	for n := 1; n <= most+1; n++ {
		add("versions", n, smallScope(1), func(s *model.Scope) { s.Updates = n })
		add("dps", n, smallScope(1), func(s *model.Scope) { s.Sites[1].DPs = n })
		if n <= most {
			add("sites", n+1, smallScope(n), func(*model.Scope) {})
			add("packages", n, smallScope(1), func(s *model.Scope) { s.Packages = []string{"P", "Q", "R"}[:n] })
		}
	}
	return list
}

// How states, time and memory grow with the scope, plainly, with symmetry, with
// reduction and with both, all properties judged that are with all of them. What
// takes more than a minute is given up: "complete" is then 0, and the states are
// those found so far.
func BenchmarkGrowth(b *testing.B) {
	most, limit := 2, time.Minute
	if *big {
		most, limit = 3, 3*time.Minute
	}
	for _, sc := range growing(most) {
		for _, way := range []struct {
			name string
			opt  check.Options
		}{
			{"plain", check.Options{}},
			{"symmetry", check.Options{Symmetry: true}},
			{"reduction", check.Options{Reduction: true}},
			{"both", check.Options{Symmetry: true, Reduction: true}},
		} {
			b.Run(sc.Name+"/"+way.name, func(b *testing.B) {
				ctx, cancel := context.WithTimeout(b.Context(), limit)
				defer cancel()
				way.opt.Workers, way.opt.MaxMemory = 1, 8<<30
				sys, err := model.NewSystem(sc.Scope, model.SMS20)
				require.NoError(b, err)
				var properties []check.Property[model.State]
				for _, name := range underSymmetry() {
					properties = append(properties, testmodel.Must(props.Find(name)).For(sys))
				}
				var r *check.Result[model.State, model.Step]
				begin := testmodel.ProcessorTime()
				for b.Loop() {
					r, err = check.Exhaustive(ctx, props.Model(sys), properties, way.opt)
					require.NoError(b, err)
				}
				b.ReportMetric((testmodel.ProcessorTime()-begin).Seconds()/float64(b.N), "cpu-s")
				b.ReportMetric(float64(r.States), "states")
				b.ReportMetric(float64(r.Memory)/(1<<20), "MiB")
				complete := 0.0
				if r.Complete() {
					complete = 1
				}
				b.ReportMetric(complete, "complete")
			})
		}
	}
}

// A space of over a hundred million states, explored completely and exactly, without
// reductions and within 8 GiB: with -big, for it takes minutes.
func BenchmarkAHundredMillion(b *testing.B) {
	if !*big {
		b.Skip("needs -big")
	}
	scope := smallScope(3)
	scope.Sites[1].DPs = 2
	sys, err := model.NewSystem(scope, model.SMS20)
	require.NoError(b, err)
	var r *check.Result[model.State, model.Step]
	for b.Loop() {
		r, err = check.Exhaustive(b.Context(), props.Model(sys), nil, check.Options{MaxMemory: 8 << 30})
		require.NoError(b, err)
		require.True(b, r.Complete(), r.Stopped)
		require.Greater(b, r.States, int64(100_000_000))
	}
	var usage syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	b.ReportMetric(float64(r.States), "states")
	b.ReportMetric(float64(r.Steps), "steps")
	b.ReportMetric(float64(r.Memory)/float64(r.States), "store-bytes/state")
	b.ReportMetric(float64(usage.Maxrss)/(1<<20), "peak-GiB") // in KiB, as Linux has it
}
