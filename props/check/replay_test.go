package check_test

import (
	"testing"

	"pkgdist/props/check"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReplayTakesTheSteps(t *testing.T) {
	steps := []up{{0}, {2}, {0}}
	want := check.Trace[count, up]{States: []count{{}, {1}, {1, 0, 1}, {2, 0, 1}}, Steps: steps}
	for name, m := range map[string]check.Model[count, up]{"in place": counters{2}, "by value": struct{ check.Model[count, up] }{counters{2}}} {
		got, err := check.Replay(m, count{}, steps)
		require.NoError(t, err, name)
		assert.Equal(t, want, got, name)
	}
	got, err := check.Replay(counters{2}, count{9}, nil)
	require.NoError(t, err)
	assert.Equal(t, check.Trace[count, up]{States: []count{{9}}}, got)
}

func TestReplayStopsAtAStepThatIsImpossible(t *testing.T) {
	_, err := check.Replay(counters{1}, count{}, []up{{0}, {1}, {0}, {2}})
	var impossible *check.Impossible[count, up]
	require.ErrorAs(t, err, &impossible)
	assert.Equal(t, 2, impossible.At)
	assert.Equal(t, up{0}, impossible.Step)
	assert.Equal(t, check.Trace[count, up]{States: []count{{}, {1}, {1, 1}}, Steps: []up{{0}, {1}}}, impossible.Reached)
	assert.EqualError(t, err, "check: step 2, {0}, is not possible in the state that the steps before it lead to")
}

func TestReplayRefusesAStepThatLeadsToSeveralStates(t *testing.T) {
	_, err := check.Replay(fork{}, 0, []string{"go"})
	assert.ErrorContains(t, err, "step 0, go, leads from one state to several")
	_, err = check.Replay(fork{}, 1, []string{"go"})
	assert.NoError(t, err, "the same step yielded twice is one step")
}

type fork struct{}

func (fork) Init() []int { return []int{0} }

func (fork) Steps(s int, yield func(string, int)) {
	yield("go", 2)
	yield("go", 2+1-s)
}

// whim gives no steps when it is asked about a state again.
type whim struct{ asked map[int]bool }

func (whim) Init() []int { return []int{0} }

func (m whim) Steps(s int, yield func(string, int)) {
	if !m.asked[s] {
		m.asked[s] = true
		yield("go", s+1)
	}
}

func TestModelThatIsNoFunctionOfItsStateIsReported(t *testing.T) {
	for _, p := range []check.Property[int]{check.Never("two", is(2)), check.OnStep("to two", func(_, after *int) bool { return *after < 2 })} {
		_, err := check.Exhaustive(t.Context(), whim{map[int]bool{}}, []check.Property[int]{p}, check.Options{Workers: 1, MaxStates: 5})
		assert.ErrorContains(t, err, "gave other steps when asked again", p.Name)
	}
}

// slip breaks the promises of a model in its step from 0.
type slip struct {
	graph
	rule  int
	leave int
}

func (m slip) Rules() []string { return []string{"only"} }

func (m slip) Rule(edge) int { return m.rule }

func (m slip) StepsInPlace(s *int, yield func(edge, *int)) {
	m.Steps(*s, func(e edge, next int) { yield(e, &next) })
	*s += m.leave
}

func TestModelThatBreaksItsInterfaceIsReported(t *testing.T) {
	for want, m := range map[string]slip{
		"is of rule 1; expected an index into the 1 rules": {way(2), 1, 0},
		"is of rule -1;": {way(2), -1, 0},
		"StepsInPlace did not put the state back; left 3": {way(2), 0, 3},
	} {
		_, err := check.Exhaustive(t.Context(), m, nil, check.Options{})
		assert.ErrorContains(t, err, want)
	}
	assert.EqualValues(t, 3, explore(t, slip{graph: way(2)}, check.Options{}).States)
}
