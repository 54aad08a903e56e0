package check_test

import (
	"testing"

	"pkgdist/props/check"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReplayTakesTheSteps(t *testing.T) {
	steps := []up{{0}, {2}, {0}}
	want := &check.Trace[count, up]{States: []count{{}, {1}, {1, 0, 1}, {2, 0, 1}}, Steps: steps}
	for name, m := range map[string]check.Model[count, up]{"in place": counters{2}.model(), "by value": counters{2}.byValue()} {
		v, err := check.Replay(m, check.Never("two", func(s *count) bool { return s[0] == 2 }), count{}, steps, 0)
		require.NoError(t, err, name)
		assert.Equal(t, check.Violated, v.Outcome)
		assert.Equal(t, 3, v.Loop, "of a finite trace it is the length")
		assert.Equal(t, want, v.Trace, name)
	}
}

func TestReplayJudgesTheEndOfTheRun(t *testing.T) {
	m := counters{2}.model()
	full := func(s *count) bool { return s[0] == 2 }
	back := func(before, after *count) bool { return after[0] >= before[0] }
	for _, c := range []struct {
		p    check.Property[count]
		flaw string
	}{
		{check.Never("p", full), "the property is not violated"},
		{check.Sometimes("p", full), "the situation has not occurred"},
		{check.Never("p", func(*count) bool { return true }).OnlyAtRest(), "the system is not at rest"},
		{check.OnStep("p", back), "the property is not violated"},
		{check.SometimesStep("p", func(before, after *count) bool { return !back(before, after) }), "the situation has not occurred"},
	} {
		v, err := check.Replay(m, c.p, count{}, []up{{0}}, 0)
		assert.Equal(t, &check.ReplayError{At: 1, Flaw: "at the end " + c.flaw}, err)
		assert.Equal(t, check.Inconclusive, v.Outcome)
		assert.Equal(t, []count{{}, {1}}, v.Trace.States, "the trace is there all the same")
	}
	v, err := check.Replay(m, check.Sometimes("p", full), count{}, []up{{0}, {0}}, 0)
	require.NoError(t, err)
	assert.Equal(t, check.Holds, v.Outcome)
}

func TestReplayStopsAtAStepThatIsImpossible(t *testing.T) {
	v, err := check.Replay(counters{1}.model(), check.Never("full", func(s *count) bool { return s[0] == 2 }), count{}, []up{{0}, {1}, {0}, {2}}, 0)
	var impossible *check.ReplayError
	require.ErrorAs(t, err, &impossible)
	assert.Equal(t, 2, impossible.At)
	assert.Equal(t, "{0}", impossible.Text)
	assert.Equal(t, check.Trace[count, up]{States: []count{{}, {1}, {1, 1}}, Steps: []up{{0}, {1}}}, *v.Trace)
	assert.EqualError(t, err, "check: step 3, {0}, is not possible in the state that the steps before it lead to")
}

func TestReplayRefusesAStepThatLeadsToSeveralStates(t *testing.T) {
	two := check.Never("two", is(2))
	_, err := check.Replay(fork(0), two, 0, []string{"go"}, 0)
	assert.ErrorContains(t, err, "the model has a step that leads from one state to several: go, in 0; expected one")
	_, err = check.Replay(fork(1), two, 1, []string{"go"}, 0)
	assert.NoError(t, err, "the same step yielded twice is one step")
}

// fork has a step that leads from 0 to 2 and to 3. From 1 it leads to 2 alone.
func fork(initial int) check.Model[int, string] {
	return check.Model[int, string]{
		Init: func() []int { return []int{initial} },
		Steps: func(s int, yield func(string, int)) {
			if s < 2 {
				yield("go", 2)
				yield("go", 2+1-s)
			}
		},
	}
}

// whim gives no steps when it is asked about a state again.
func whim() check.Model[int, string] {
	asked := map[int]bool{}
	return check.Model[int, string]{
		Init: func() []int { return []int{0} },
		Steps: func(s int, yield func(string, int)) {
			if !asked[s] {
				asked[s] = true
				yield("go", s+1)
			}
		},
	}
}

func TestModelThatIsNoFunctionOfItsStateIsReported(t *testing.T) {
	for _, p := range []check.Property[int]{check.Never("two", is(2)), check.OnStep("to two", func(_, after *int) bool { return *after < 2 })} {
		_, err := check.Exhaustive(t.Context(), whim(), []check.Property[int]{p}, check.Options{Workers: 1, MaxStates: 5})
		assert.ErrorContains(t, err, "gave other steps when it was asked again", p.Name())
	}
}

// slip is a graph whose steps are of a rule, and which leaves a state changed.
func slip(g graph, rule, leave int) check.Model[int, edge] {
	m := g.Model()
	m.Rules, m.Rule = []string{"only"}, func(edge) int { return rule }
	m.Steps, m.StepsInPlace = nil, func(s *int, yield func(edge, *int)) {
		g.Steps(*s, func(e edge, next int) { yield(e, &next) })
		*s += leave
	}
	return m
}

func TestModelThatBreaksItsContractIsReported(t *testing.T) {
	for want, m := range map[string]check.Model[int, edge]{
		"is of rule 1; expected an index into the 1 rules": slip(way(2), 1, 0),
		"is of rule -1;": slip(way(2), -1, 0),
		"StepsInPlace did not put the state back; left 3": slip(way(2), 0, 3),
	} {
		_, err := check.Exhaustive(t.Context(), m, nil, check.Options{})
		assert.ErrorContains(t, err, want)
	}
	assert.EqualValues(t, 3, explore(t, slip(way(2), 0, 0), check.Options{}).States)
}
