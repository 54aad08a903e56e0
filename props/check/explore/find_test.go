package explore_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/props/check"
	"pkgdist/props/check/explore"
	"pkgdist/props/internal/testmodel"
)

// The way to a state is a path, it ends in one that meets the condition, and none is shorter: levels that are counted by
// hand say so.
func TestTheWayToAStateIsTheShortest(t *testing.T) {
	m := testmodel.DepotModel
	e := explorer(t, m, nil)
	for condition, holds := range map[string]func(f map[string]string) bool{
		"Sent = 2":                          func(f map[string]string) bool { return f["Sent"] == "2" },
		"Sent > 1 and Clock < 1":            func(f map[string]string) bool { return f["Sent"] > "1" && f["Clock"] == "0" },
		"record != 0":                       func(f map[string]string) bool { return f["record"] != "0" },
		"half[1] = 1 and half[0] == 2":      func(f map[string]string) bool { return f["half[1]"] == "1" && f["half[0]"] == "2" },
		"woken contains TRU":                func(f map[string]string) bool { return f["woken"] == "true" },
		"at rest":                           nil,
		`"refresher.phase" = 1 and inbox=2`: func(f map[string]string) bool { return f["refresher.phase"] == "1" && f["inbox"] == "2" },
	} {
		for _, from := range []explore.Place{{}, at("send", "wake", "begin")} {
			found, err := e.Find(t.Context(), from, condition)
			require.NoError(t, err, condition)
			require.Empty(t, found.None)
			end := explore.Place{Steps: slices.Concat(from.Steps, found.Steps)}
			end.At = len(end.Steps)
			v := view(t, e, end)
			require.Empty(t, v.Stopped)
			if holds == nil {
				assert.True(t, v.AtRest)
				continue
			}
			assert.True(t, holds(values(v)), "%s: %v", condition, values(v))
			assert.Len(t, found.Steps, distance(t, m, from, holds), condition)
		}
	}
}

// distance counts the steps to the nearest state that meets a condition, level by level.
func distance(t *testing.T, m check.Model[testmodel.Depot, testmodel.Deed], from explore.Place, holds func(map[string]string) bool) int {
	run, err := m.Run(from.Steps)
	require.NoError(t, err)
	level := []testmodel.Depot{run.States[len(run.States)-1]}
	seen := map[testmodel.Depot]bool{level[0]: true}
	for depth := 0; ; depth++ {
		var next []testmodel.Depot
		for _, s := range level {
			fields := map[string]string{}
			for _, f := range m.Fields(&s) {
				fields[f.Label] = f.Value
			}
			if holds(fields) {
				return depth
			}
			m.Steps(s, func(_ testmodel.Deed, to testmodel.Depot) {
				if !seen[to] {
					seen[to] = true
					next = append(next, to)
				}
			})
		}
		require.NotEmpty(t, next)
		level = next
	}
}

func TestThatThereIsNoStateIsSaid(t *testing.T) {
	e := explorer(t, mutex(), nil)
	found, err := e.Find(t.Context(), at(), "At[0] = elsewhere")
	require.NoError(t, err)
	assert.Equal(t, "No state that can be reached from here meets this. All were looked at.", found.None)

	endless := check.Model[int, int]{Init: func() []int { return []int{0} }, Steps: func(s int, yield func(int, int)) { yield(1, s+1) }}
	e = explorer(t, endless, nil)
	found, err = e.Find(t.Context(), at(), "state < 0")
	require.NoError(t, err)
	assert.Equal(t, "None of the nearest 1,000,000 states meets this. There may be one further away.", found.None)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	found, err = e.Find(ended, at(), "state < 0")
	require.NoError(t, err)
	assert.Contains(t, found.None, "There may be one further away.")
}

func TestAConditionThatIsWrongSaysWhatWasExpected(t *testing.T) {
	e := explorer(t, mutex(), nil)
	for text, want := range map[string]string{
		"":                          "expected a comparison such as At[0] = outside, found nothing",
		"Locked":                    `expected a field, one of = != < > contains, and a value, such as At[0] = outside; found "Locked"`,
		"Locked =":                  `found "Locked ="`,
		"= true":                    `found "= true"`,
		"Lokced = true":             `expected a field, found "Lokced"; did you mean Locked?`,
		"Locked = true and":         "found nothing",
		"Locked = true and and":     `found ""`,
		`Locked = "true`:            `expected the second double quote, found "\"true"`,
		"Locked = true or Ann = 1":  "",
		"At[0] != inside ! and x=1": `expected a field, found "x"`,
	} {
		_, err := e.Find(t.Context(), at(), text)
		if want == "" {
			assert.NoError(t, err, text) // it is a value with spaces
			continue
		}
		assert.ErrorContains(t, err, want, text)
	}
}

// The map has each state once, at its distance, and the way to it is one; where a person stands is marked.
func TestTheMapIsTheSpace(t *testing.T) {
	m, claims := mutex(), mutexClaims()
	e := explorer(t, m, claims)
	e.Search(t.Context())
	drawn, err := e.Map(at(both...))
	require.NoError(t, err)
	r, err := check.Exhaustive(t.Context(), m, claims, check.Options{})
	require.NoError(t, err)
	require.False(t, drawn.Large)
	assert.Len(t, drawn.Nodes, int(r.States))
	perLevel := make([]int64, len(r.Levels))
	broken := 0
	for i, n := range drawn.Nodes {
		perLevel[n.Level]++
		var p explore.Place
		for at := i; drawn.Nodes[at].Parent >= 0; at = drawn.Nodes[at].Parent {
			p.Steps = append([]string{drawn.Nodes[at].Step}, p.Steps...)
		}
		p.At = len(p.Steps)
		assert.Equal(t, n.Level, p.At)
		there, err := e.Map(p)
		require.NoError(t, err)
		assert.Equal(t, i, there.Path[len(there.Path)-1])
		wrong := slices.ContainsFunc(view(t, e, p).Broken, func(b explore.Broken) bool { return !b.Reached && !b.Forever })
		assert.Equal(t, wrong, n.Broken)
		if n.Broken {
			broken++
		}
	}
	assert.Equal(t, r.Levels, perLevel)
	assert.Equal(t, 1, broken)
	assert.Len(t, drawn.Path, 5)
	edges := map[[2]int]bool{}
	for _, edge := range drawn.Edges {
		assert.False(t, edges[edge], "an edge twice")
		edges[edge] = true
	}
	assert.Len(t, edges, int(r.Steps))
	assert.Equal(t, []string{"both-inside"}, drawn.Levels[4].Broken)
}

// A space that is bounded is drawn up to its bounds.
func TestTheMapEndsAtTheConstraint(t *testing.T) {
	m := check.Model[int, int]{
		Init: func() []int { return []int{0, 100} }, Steps: func(s int, yield func(int, int)) { yield(1, s+1) },
		Constraint: func(s *int) bool { return *s%100 < 10 },
	}
	drawn, err := explorer(t, m, nil).Map(explore.Place{Initial: 1})
	require.NoError(t, err)
	assert.Len(t, drawn.Nodes, 22)
	assert.Equal(t, []int{1}, drawn.Path)
	m.Constraint = nil
	drawn, err = explorer(t, m, nil).Map(at())
	require.NoError(t, err)
	assert.True(t, drawn.Large)
	assert.Empty(t, drawn.Nodes)
}

// The first difference of two models on the same steps is found, wherever it is.
func TestTheFirstDifferenceIsFound(t *testing.T) {
	count := func(from, wrap int) explore.Explorer {
		e, err := explore.New(check.Model[int, int]{
			Init: func() []int { return []int{from} },
			Steps: func(s int, yield func(int, int)) {
				if s < 8 {
					yield(1, (s+1)%wrap)
				}
			},
		}, nil, explore.Options{Name: fmt.Sprint("wraps at ", wrap)})
		require.NoError(t, err)
		return e
	}
	path := at("1", "1", "1", "1", "1", "1", "1", "1", "1")
	for wrap := 2; wrap < 9; wrap++ {
		d, err := explore.Compare(count(0, 100), count(0, wrap), path)
		require.NoError(t, err)
		assert.Equal(t, wrap, d.At)
		assert.Equal(t, fmt.Sprintf("After step %d they differ: state.", wrap), d.Says)
	}
	d, err := explore.Compare(count(0, 100), count(1, 100), at())
	require.NoError(t, err)
	assert.Equal(t, explore.Difference{At: 0, Says: "They begin differently: state.", Fields: []string{"state"}}, *d)
	d, err = explore.Compare(count(0, 100), count(0, 101), path)
	require.NoError(t, err)
	assert.Equal(t, explore.Difference{At: -1}, *d, "neither takes the ninth step")
	for _, swap := range []bool{false, true} {
		a, b := explorer(t, mutex(), nil), explorer(t, latched(), nil)
		if swap {
			a, b = b, a
		}
		d, err = explore.Compare(a, b, at("Ann looks", "Bob looks"))
		require.NoError(t, err)
		assert.Equal(t, 1, d.At)
		assert.Empty(t, d.Fields, "one of them cannot come so far")
	}
}
