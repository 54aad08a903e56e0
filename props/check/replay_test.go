package check_test

import (
	"testing"

	"pkgdist/props/check"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

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
	assert.Equal(t, []any{check.Holds, 2}, []any{v.Outcome, v.Loop}, "of a finite trace it is the length")
	_, err = check.Replay(m, check.Property[count]{}, count{}, nil, 0)
	assert.ErrorContains(t, err, "the property was not made by a function of this package")
}

// A kept trace outlives the model that it was found in: it is reproduced, or it is known which step is the first that is
// not possible any more.
func TestATraceOutlivesChangesOfTheModel(t *testing.T) {
	kept := []string{"go", "turn", "stop"}
	for name, c := range map[string]struct {
		steps map[string][2]int // from one number to another
		at    int               // of the step that is gone, or -1
	}{
		"with a harmless step":  {map[string][2]int{"go": {0, 1}, "rest": {1, 1}, "turn": {1, 2}, "stop": {2, 3}}, -1},
		"with a step removed":   {map[string][2]int{"go": {0, 1}, "stop": {2, 3}}, 1},
		"with a step renamed":   {map[string][2]int{"go": {0, 1}, "turn": {1, 2}, "halt": {2, 3}}, 2},
		"with a step from afar": {map[string][2]int{"go": {0, 1}, "turn": {7, 2}, "stop": {2, 3}}, 1},
		"with no way to begin":  {map[string][2]int{"turn": {1, 2}, "stop": {2, 3}}, 0},
	} {
		m := stepping(0, func(s int, yield func(string, int)) {
			for name, way := range c.steps {
				if way[0] == s {
					yield(name, way[1])
				}
			}
		})
		v, err := check.Replay(m, check.Never("stopped", is(3)), 0, kept, 0)
		if c.at < 0 {
			require.NoError(t, err, name)
			assert.Equal(t, []int{0, 1, 2, 3}, v.Trace.States, name)
			continue
		}
		require.Equal(t, &check.ReplayError{At: c.at, Text: kept[c.at]}, err, name)
		assert.Len(t, v.Trace.States, c.at+1, name)
		assert.ErrorContains(t, err, "is not possible in the state that the steps before it lead to", name)
	}
}
