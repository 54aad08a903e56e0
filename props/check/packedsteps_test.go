package check

import (
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// dial is a number that goes up by one or doubles, up to a limit. It takes packed steps too, unless told to go wrong.
type dial struct {
	limit uint32
	wrong func(n uint32, steps []turn) []turn // nil: it does not
	none  bool
}

type turn struct {
	name string
	next uint32
}

func (d dial) turns(n uint32) []turn {
	all := []turn{{"stay", n}, {"up", n + 1}, {"double", 2 * n}}
	for i := range all {
		all[i].next = min(all[i].next, d.limit)
	}
	return all
}

func (d dial) Init() []uint32 { return []uint32{1} }

func (d dial) Steps(n uint32, yield func(string, uint32)) {
	for _, t := range d.turns(n) {
		yield(t.name, t.next)
	}
}

func (d dial) model() Model[uint32, string] {
	m := Model[uint32, string]{
		Init: d.Init, Steps: d.Steps,
		Environment: func(step string) bool { return step == "double" },
		Encoding: &Encoding[uint32]{
			Width:  4,
			Append: func(b []byte, n *uint32) []byte { return binary.LittleEndian.AppendUint32(b, *n) },
			Decode: func(b []byte, n *uint32) { *n = binary.LittleEndian.Uint32(b) },
		},
	}
	if !d.none {
		m.PackedSteps = d.PackedSteps
	}
	return m
}

func (d dial) PackedSteps() func([]uint64, func(string, []uint64)) {
	return func(packed []uint64, yield func(string, []uint64)) {
		n := uint32(packed[0])
		steps := d.turns(n)
		if d.wrong != nil {
			steps = d.wrong(n, steps)
		}
		for _, t := range steps {
			yield(t.name, []uint64{uint64(t.next)})
		}
	}
}

// The search finds the same with packed steps as without, whoever looks at the states.
func TestPackedStepsChangeNothing(t *testing.T) {
	properties := []Property[uint32]{
		Always("below", func(n *uint32) bool { return *n < 5000 }),
		OnStep("small steps", func(before, after *uint32) bool { return *after-*before < 3000 }),
		Always("ends", func(n *uint32) bool { return *n == 9000 }).OnlyAtRest(),
		Eventually("the end", func(n *uint32) bool { return *n == 9000 }),
	}
	for _, properties := range [][]Property[uint32]{nil, properties[:1], properties[1:2], properties} {
		for _, workers := range []int{1, 3} {
			with, err := Exhaustive(t.Context(), dial{limit: 9000}.model(), properties, Options{Workers: workers})
			require.NoError(t, err)
			without, err := Exhaustive(t.Context(), dial{limit: 9000, none: true}.model(), properties, Options{Workers: workers})
			require.NoError(t, err)
			assert.Equal(t, int64(9000), with.States)
			assert.Equal(t, [3]int64{without.States, without.Steps, without.AtRest}, [3]int64{with.States, with.Steps, with.AtRest})
			for i, v := range with.Verdicts {
				assert.Equal(t, without.Verdicts[i].Outcome, v.Outcome)
				assert.Equal(t, without.Verdicts[i].Trace, v.Trace)
			}
		}
	}
}

// Packed steps that differ from Steps are found in the first states.
func TestPackedStepsAreComparedWithSteps(t *testing.T) {
	for name, wrong := range map[string]func(n uint32, steps []turn) []turn{
		"one step less":    func(_ uint32, steps []turn) []turn { return steps[:2] },
		"one step more":    func(_ uint32, steps []turn) []turn { return append(steps, turn{"more", 7}) },
		"another order":    func(_ uint32, steps []turn) []turn { steps[0], steps[1] = steps[1], steps[0]; return steps },
		"another state":    func(n uint32, steps []turn) []turn { steps[1].next += n / 100; return steps },
		"one state in two": func(n uint32, steps []turn) []turn { return steps[:3-n%2] },
	} {
		_, err := Exhaustive(t.Context(), dial{limit: 9000, wrong: wrong}.model(), nil, Options{})
		assert.ErrorContains(t, err, "PackedSteps does not agree with Steps", name)
	}
	_, err := Exhaustive(t.Context(), dial{limit: 100, wrong: func(uint32, []turn) []turn { return nil }}.model(), nil, Options{})
	assert.EqualError(t, err, fmt.Sprintf("check: PackedSteps does not agree with Steps: in a state it has %d steps, and Steps has %d", 0, 3))
}
