package spin_test

import (
	"runtime"
	"slices"
	"testing"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
	"pkgdist/props/internal/testmodel"
	"pkgdist/props/scenario"
	"pkgdist/props/spin"

	"github.com/stretchr/testify/require"
)

type contest struct {
	name   string
	file   string
	macros []string
	limits spin.Limits
	ours   func(b *testing.B) (states, steps int64)
	big    bool
}

func contests(b *testing.B) []contest {
	list := []contest{
		{name: "two-phase-8", file: spin.TwoPhase, macros: []string{"N=8"}, limits: spin.Limits{Depth: 1000, HashBits: 21},
			ours: func(b *testing.B) (int64, int64) { return exhaust(b, testmodel.TwoPhase(8)) }},
		{name: "two-phase-9", file: spin.TwoPhase, macros: []string{"N=9"}, limits: spin.Limits{Depth: 1000, HashBits: 24},
			ours: func(b *testing.B) (int64, int64) { return exhaust(b, testmodel.TwoPhase(9)) }, big: true},
	}
	for _, name := range []string{"faults", "two-packages", "three-tiers"} {
		sc, err := scenario.Load(name)
		require.NoError(b, err)
		sys, err := model.NewSystem(sc.Scope, model.SMS20)
		require.NoError(b, err)
		list = append(list, contest{
			name: name, file: spin.Distribution, macros: spin.Macros(sc.Scope, model.SMS20), limits: spin.Limits{Depth: 1_000_000, HashBits: 22},
			ours: func(b *testing.B) (int64, int64) { return exhaust(b, props.Model(sys)) }})
	}
	return list
}

func exhaust[S any, T comparable](b *testing.B, m check.Model[S, T]) (states, steps int64) {
	r, err := check.Exhaustive(b.Context(), m, nil, check.Options{Workers: 1})
	require.NoError(b, err)
	return r.States, r.Steps
}

// pairs is how often each of the two explores a model, in turn, so that what else the machine does meets both alike.
const pairs = 5

// How many steps each generates in a second of CPU time, system time and garbage collection included, on the same model
// without properties or reductions; and how much faster this checker is (below 1, slower), as the median of the pairs.
// Spin's checker has every help of the C compiler, and a hash table that fits the model.
func BenchmarkAgainstSpin(b *testing.B) {
	needSpin(b)
	for _, c := range contests(b) {
		b.Run(c.name, func(b *testing.B) {
			if c.big && !*big {
				b.Skip("needs -big")
			}
			checker, err := spin.Compile(b.Context(), b.TempDir(), c.file, c.macros, "-O3")
			require.NoError(b, err)
			var ours, theirs, ratios []float64
			for b.Loop() {
				for range pairs {
					we, spin := c.race(b, checker)
					ours, theirs, ratios = append(ours, we), append(theirs, spin), append(ratios, we/spin)
				}
			}
			b.ReportMetric(median(ours), "steps/cpu-s")
			b.ReportMetric(median(theirs), "spin-steps/cpu-s")
			b.ReportMetric(median(ratios), "ratio")
		})
	}
}

// race has both explore the model once, and returns how many steps each generated in a second of CPU time.
func (c *contest) race(b *testing.B, checker *spin.Checker) (ours, theirs float64) {
	r, err := checker.Run(b.Context(), c.limits)
	require.NoError(b, err)
	runtime.GC() // what the run before has left is not this one's to pay for
	begin := testmodel.ProcessorTime()
	states, steps := c.ours(b)
	spent := testmodel.ProcessorTime() - begin
	require.Equal(b, r.States, states)
	if r.Transitions != 0 {
		require.Equal(b, r.Transitions, steps+1)
	}
	return float64(steps) / spent.Seconds(), float64(steps) / r.CPU.Seconds()
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
