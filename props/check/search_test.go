package check

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// spread is a model whose states outgrow the places that earlier ones have: each step changes a field by much, in a field
// of every size.
type spread struct{ seeds, states uint32 }

type spreading struct {
	a uint8
	b uint64
	c int16
	d [3]bool
	e uint32
}

func (m spread) model() Model[spreading, uint32] {
	return Model[spreading, uint32]{Init: m.Init, Steps: m.Steps}
}

func (spread) Init() []spreading { return []spreading{{c: -1}} }

func (m spread) Steps(s spreading, yield func(uint32, spreading)) {
	for seed := range m.seeds {
		next := s
		next.e = (s.e*3 + seed + 1) % m.states
		next.a = uint8(next.e >> 2)
		next.b = uint64(next.e) * uint64(next.e) * uint64(next.e)
		next.c = int16(next.e) - 1
		next.d[next.e%3] = next.e > m.states/2
		yield(seed, next)
	}
}

// A search that looks up whole states in a map finds the same states in the same order.
func TestSearchFindsWhatAPlainOneFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := spread{rapid.Uint32Range(1, 5).Draw(t, "seeds"), rapid.Uint32Range(1, 20_000).Draw(t, "states")}
		queue, known := m.Init(), map[spreading]bool{{c: -1}: true}
		steps := 0
		for i := 0; i < len(queue); i++ {
			m.Steps(queue[i], func(_ uint32, next spreading) {
				if steps++; !known[next] {
					known[next] = true
					queue = append(queue, next)
				}
			})
		}
		for _, workers := range []int{1, 2} {
			r, err := Exhaustive(t.Context(), m.model(), nil, Options{Workers: workers, Keep: true})
			require.NoError(t, err)
			require.EqualValues(t, steps, r.Steps)
			var found []spreading
			for s := range r.All() {
				found = append(found, s)
			}
			require.Equal(t, queue, found)
			require.True(t, r.Contains(queue[len(queue)-1]))
			require.False(t, r.Contains(spreading{a: 255, b: 1}))
		}
	})
}
