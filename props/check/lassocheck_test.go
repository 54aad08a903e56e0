package check

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A lasso is checked before anybody sees it. What is wrong with the steps of one, a replay tells; these are other than its
// states, or than what the graph has.
func TestLassoIsCheckedBeforeItIsShown(t *testing.T) {
	m := Model[int8, string]{ // two rooms, and a way out of the second one
		Init: func() []int8 { return []int8{0} },
		Steps: func(s int8, yield func(string, int8)) {
			if s < 2 {
				yield([]string{"up", "out"}[s], s+1)
			}
		},
		Promises: []Promise{{Name: "up"}, {Name: "out"}},
		Keeps:    func(_ *int8, step string, yield func(int)) { yield(map[string]int{"up": 0, "out": 1}[step]) },
	}
	nine := Eventually("nine", func(s *int8) bool { return *s == 9 })
	s, err := explored(t.Context(), m, []Property[int8]{nine}, Options{Workers: 1})
	require.NoError(t, err)
	l := newLiveness(s)
	found := l.decide(0)
	require.NotNil(t, found)
	_, err = l.prove(&nine, found)
	require.NoError(t, err)
	_, err = l.prove(&nine, &lasso{first: found.first, last: found.first})
	assert.EqualError(t, err, `check: the counterexample for "nine" is wrong, which is a bug in the checker: it breaks the fairness of up`)
	_, err = l.prove(&nine, &lasso{first: found.first, stem: []hop{{to: found.last, label: anyLabel}}, last: found.last})
	assert.Equal(t, errFickle, err, "there is no such step")
	assert.Equal(t, "step 0 leads elsewhere", l.flaw(&nine, 0, &Trace[int8, string]{[]int8{0, 3, 2}, []string{"up", "out"}}, 2))
}
