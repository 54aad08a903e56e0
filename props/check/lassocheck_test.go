package check

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// corridor has rooms 0, 1 and 2 in a row, with doors both ways; out of 1 a step "out", strongly fair, leads to 3. The step
// "stay" changes nothing.
type corridor struct{}

func (c corridor) model() Model[int8, string] {
	return Model[int8, string]{
		Init: func() []int8 { return []int8{0} }, Steps: c.Steps,
		Promises: []Promise{{"up", false}, {"down", false}, {"out", true}},
		Keeps: func(_ *int8, step string, yield func(int)) {
			yield(map[string]int{"up": 0, "down": 1, "out": 2, "stay": 2}[step])
		},
	}
}

func (corridor) Steps(s int8, yield func(step string, next int8)) {
	if s < 2 {
		yield("up", s+1)
	}
	if s == 1 || s == 2 {
		yield("down", s-1)
	}
	if s == 1 {
		yield("out", 3)
		yield("stay", 1)
	}
}

// decider is ready to decide the properties of the corridor.
func decider(t *testing.T, properties ...Property[int8]) *liveness[int8, string] {
	t.Helper()
	s, err := explored(t.Context(), corridor{}.model(), properties, Options{Workers: 1})
	require.NoError(t, err)
	return newLiveness(s)
}

func TestWrongLassoIsCaught(t *testing.T) {
	nine := Eventually("nine", func(s *int8) bool { return *s == 9 })
	two := func(s *int8) bool { return *s == 2 }
	l := decider(t, nine)
	trace := func(states []int8, steps ...string) *Trace[int8, string] { return &Trace[int8, string]{states, steps} }
	for _, c := range []struct {
		says     string
		property Property[int8]
		trace    *Trace[int8, string]
		loop     int
		flaw     string
	}{
		{"the way out", nine, trace([]int8{0, 1, 3}, "up", "out"), 2, ""},
		{"not from the beginning", nine, trace([]int8{1, 3}, "out"), 1, "it does not begin in an initial state"},
		{"a step that is none", nine, trace([]int8{0, 3}, "out"), 1, "check: step 1, out, is not possible in the state that the steps before it lead to"},
		{"a step to another state", nine, trace([]int8{0, 2, 3}, "up", "out"), 2, "step 0 leads elsewhere"},
		{"open", nine, trace([]int8{0, 1, 2}, "up", "up"), 0, "its loop does not close"},
		{"a loop that begins after the end", nine, trace([]int8{0, 1, 3}, "up", "out"), 3, "its loop begins after 3 of its 2 steps"},
		{"weakly unfair", nine, trace([]int8{0}), 0, "it breaks the fairness of up"},
		{"weakly unfair at the end", nine, trace([]int8{0, 1, 2}, "up", "up"), 2, "it breaks the fairness of down"},
		{"strongly unfair", nine, trace([]int8{0, 1, 0}, "up", "down"), 0, "it breaks the fairness of out"},
		{"strongly unfair, with a stutter in the name of out", nine, trace([]int8{0, 1, 1, 0}, "up", "stay", "down"), 0, "it breaks the fairness of out"},
		{"eventually", Eventually("p", two), trace([]int8{0, 1, 2, 1, 3}, "up", "up", "down", "out"), 4, "the run satisfies the property"},
		{"not infinitely often", AlwaysEventually("p", two), trace([]int8{0, 1, 2, 1, 3}, "up", "up", "down", "out"), 4, ""},
		{"eventually always", EventuallyAlways("p", func(s *int8) bool { return *s == 3 }), trace([]int8{0, 1, 3}, "up", "out"), 2, "the run satisfies the property"},
		{"led to", LeadsTo("p", func(s *int8) bool { return *s == 0 }, two), trace([]int8{0, 1, 2, 1, 3}, "up", "up", "down", "out"), 4, "the run satisfies the property"},
		{"led to, and begun again", LeadsTo("p", func(s *int8) bool { return *s == 1 }, two), trace([]int8{0, 1, 2, 1, 3}, "up", "up", "down", "out"), 4, ""},
	} {
		err := l.checkLasso(&c.property, 0, c.trace, c.loop)
		if c.flaw == "" {
			assert.NoError(t, err, c.says)
			continue
		}
		assert.EqualError(t, err, `check: the counterexample for "`+c.property.name+`" is wrong, which is a bug in the checker: `+c.flaw, c.says)
	}
}

func TestLassoIsValidatedBeforeItIsShown(t *testing.T) {
	nine := Eventually("nine", func(s *int8) bool { return *s == 9 })
	l := decider(t, nine)
	found := l.decide(0)
	require.NotNil(t, found)
	_, err := l.prove(&nine, found)
	require.NoError(t, err)
	_, err = l.prove(&nine, &lasso{first: found.first, last: found.first})
	assert.ErrorContains(t, err, "which is a bug in the checker: it breaks the fairness of up")
	_, err = l.prove(&nine, &lasso{first: found.first, stem: []hop{{to: found.last, label: anyLabel}}, last: found.last})
	assert.Equal(t, errFickle, err, "there is no such step")
}
