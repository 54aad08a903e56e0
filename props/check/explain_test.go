package check_test

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/props/check"
)

func TestSmallestFairnessIsWhatTryingAllSetsFinds(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	rounds, found, several := 2_000, 0, 0
	if testing.Short() {
		rounds = 200
	}
	for range rounds {
		d := draw(random)
		p := d.properties()[random.IntN(5)]
		sets, v, err := check.SmallestFairness(t.Context(), d.model(), p, check.Options{Workers: 1})
		require.NoError(t, err)
		if v.Outcome != check.Holds {
			require.Empty(t, sets)
			continue
		}
		want := smallestByTrying(t, d.net, p)
		require.Equal(t, want, sets, "%v, %s, from %b, to %b", d.net, p.Name(), d.from, d.to)
		if found++; len(want) > 1 {
			several++
		}
	}
	assert.Greater(t, found, rounds/20)
	assert.Greater(t, several, rounds/400)
	_, _, err := check.SmallestFairness(t.Context(), way(1).Model(), check.Always("a", anyState), check.Options{})
	assert.ErrorContains(t, err, `the property "a" does not depend on fairness`)
}

// smallestByTrying tries every set of promises, the small ones first.
func smallestByTrying(t *testing.T, n net, p check.Property[uint8]) [][]string {
	var enough [][]string
	for size := 0; len(enough) == 0; size++ {
		for set := range uint16(1) << len(n.promises) {
			kept, some := []string{}, n
			for c, name := range n.promises {
				if set>>c&1 != 0 {
					kept = append(kept, string(name))
				}
			}
			if len(kept) != size {
				continue
			}
			for s := range some.exempt {
				some.exempt[s] |= ^set
			}
			r, err := check.Exhaustive(t.Context(), some.model(), []check.Property[uint8]{p}, check.Options{Workers: 1})
			require.NoError(t, err)
			if r.Verdicts[0].Outcome == check.Holds {
				enough = append(enough, kept)
			}
		}
	}
	slices.SortFunc(enough, func(a, b []string) int { // in the order of the promises, whose letters are upper or lower case
		return cmp.Compare(strings.ToLower(strings.Join(a, "")), strings.ToLower(strings.Join(b, "")))
	})
	return enough
}
