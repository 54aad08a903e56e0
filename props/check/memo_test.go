package check_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/props/check"
)

// bits12 is a model with states of 12 bits: steps flip some of them where others allow it. It takes packed steps, too.
func bits12(random *rand.Rand, remembered bool) check.Model[uint16, int] {
	type flip struct{ mask, care, want uint16 }
	var flips [8]flip
	bit := func() uint16 { return 1 << random.IntN(12) }
	for i := range flips {
		flips[i] = flip{mask: bit(), care: bit(), want: uint16(random.IntN(1 << 12))}
		flips[i].mask |= bit()
	}
	steps := func(s uint16, yield func(int, uint16)) {
		for i, f := range flips {
			if s&f.care == f.want&f.care {
				yield(i, s^f.mask)
			}
		}
	}
	return check.Model[uint16, int]{
		Init: func() []uint16 { return []uint16{0} }, Steps: steps,
		Encoding: &check.Encoding[uint16]{
			Width:  2,
			Append: func(b []byte, s *uint16) []byte { return append(b, byte(*s), byte(*s>>8)) },
			Decode: func(b []byte, s *uint16) { *s = uint16(b[0]) | uint16(b[1])<<8 },
		},
		PackedSteps: func() func([]uint64, func(int, []uint64)) {
			return func(packed []uint64, yield func(int, []uint64)) {
				steps(uint16(packed[0]), func(i int, next uint16) { yield(i, []uint64{uint64(next)}) })
			}
		},
		Independence: &check.Independence[uint16, int]{
			Universe: func() []int { return nil }, Conditions: func(int) [][]int { return nil },
			Effect: func(int) (reads, writes []int) { return nil, nil }, Obstacle: func(*uint16, int) int { return -1 }, Bits: remembered,
		},
	}
}

// claims12 are claims of each kind about some of the bits, which they say that they observe, and which are seldom false.
func claims12(random *rand.Rand) []check.Property[uint16] {
	observed := func() (mask uint16, bits []int) {
		for range 1 + random.IntN(6) {
			bit := random.IntN(12)
			mask, bits = mask|1<<bit, append(bits, bit)
		}
		return mask, bits
	}
	seldom := func(mask uint16) func(*uint16) bool {
		bad := uint16(random.IntN(1<<12)) & mask
		return func(s *uint16) bool { return *s&mask == bad }
	}
	var list []check.Property[uint16]
	for _, name := range []string{"a", "b", "c"} {
		mask, bits := observed()
		list = append(list, check.Never("never "+name, seldom(mask)).Observing(bits, nil))
		mask, bits = observed()
		list = append(list, check.Sometimes("sometimes "+name, seldom(mask)).Given(seldom(mask&0xf)).Observing(bits, nil))
		mask, bits = observed()
		change, changes := observed()
		from, to := seldom(mask|change), seldom(mask|change)
		list = append(list, check.OnStep("step "+name, func(before, after *uint16) bool {
			return (*before^*after)&change == 0 || !from(before) && !to(after)
		}).Observing(bits, changes))
		mask, bits = observed()
		list = append(list, check.LeadsTo("leads "+name, seldom(mask), seldom(mask&0x3f)).Observing(bits, nil))
	}
	return list
}

// What is remembered of a claim is what it says: with and without, every verdict is the same.
func TestRememberedAnswersChangeNoVerdict(t *testing.T) {
	outcomes := map[check.Outcome]int{}
	for seed := range uint64(150) {
		var results [2]*check.Result[uint16, int]
		for i, remembered := range []bool{false, true} {
			random := rand.New(rand.NewPCG(seed, 12))
			m := bits12(random, remembered)
			r, err := check.Exhaustive(t.Context(), m, claims12(random), check.Options{Workers: 1 + int(seed%2)})
			require.NoError(t, err, seed)
			results[i] = r
		}
		for i, plain := range results[0].Verdicts {
			v := results[1].Verdicts[i]
			name := plain.Property.Name()
			require.Equal(t, [3]any{plain.Outcome, plain.Reason, plain.Loop}, [3]any{v.Outcome, v.Reason, v.Loop}, "%d: %s", seed, name)
			require.Equal(t, plain.Trace, v.Trace, "%d: %s", seed, name)
			outcomes[v.Outcome]++
		}
	}
	for _, o := range []check.Outcome{check.Holds, check.Violated, check.Inconclusive} {
		assert.Greater(t, outcomes[o], 100, o)
	}
}
