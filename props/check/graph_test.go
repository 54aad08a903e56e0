package check_test

import (
	"testing"

	"pkgdist/props/check"
	"pkgdist/props/internal/testmodel"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type (
	graph = testmodel.Graph
	edge  = testmodel.Edge
)

var way, is = testmodel.Way, testmodel.Is

const (
	inconclusive = check.Inconclusive
	holds        = check.Holds
	violated     = check.Violated
)

func explore[S any, T comparable](t *testing.T, m check.Model[S, T], opt check.Options, properties ...check.Property[S]) *check.Result[S, T] {
	t.Helper()
	opt.Keep = true
	r, err := check.Exhaustive(t.Context(), m, properties, opt)
	require.NoError(t, err)
	return r
}

// refused expects an error in place of a search.
func refused[S any, T comparable](t *testing.T, want string, m check.Model[S, T], opt check.Options, properties ...check.Property[S]) {
	t.Helper()
	r, err := check.Exhaustive(t.Context(), m, properties, opt)
	assert.ErrorContains(t, err, want)
	assert.Nil(t, r)
}

// says compares outcomes, in the order of the properties.
func says[S any, T comparable](t *testing.T, r *check.Result[S, T], want ...check.Outcome) {
	t.Helper()
	require.Len(t, want, len(r.Verdicts))
	for i, v := range r.Verdicts {
		assert.Equal(t, want[i].String(), v.Outcome.String(), v.Property.Name())
	}
}

// counters are four counters from 0 to top, and a rule that never fires.
type counters struct{ top uint8 }

type count [4]uint8

type up struct{ counter int }

func (m counters) model() check.Model[count, up] {
	return check.Model[count, up]{
		Init: func() []count { return []count{{}} }, StepsInPlace: m.StepsInPlace,
		Environment: func(step up) bool { return step.counter == 3 },
		Rules:       []string{"first", "second", "third", "fault", "broken"},
		Rule:        func(step up) int { return step.counter },
		Blocked:     m.Blocked,
	}
}

// byValue is the same model with Steps.
func (m counters) byValue() check.Model[count, up] {
	model := m.model()
	model.StepsInPlace = nil
	model.Steps = func(s count, yield func(up, count)) {
		m.StepsInPlace(&s, func(step up, next *count) { yield(step, *next) })
	}
	return model
}

func (m counters) StepsInPlace(s *count, yield func(up, *count)) {
	for i := range s {
		if s[i] < m.top {
			s[i]++
			yield(up{i}, s)
			s[i]--
		}
	}
}

func (m counters) Blocked(s *count, rule int, yield func(string)) {
	switch {
	case rule == 4 && s[0] == 0:
		yield("first has begun")
	case rule == 4:
		yield("is whole")
		yield("is whole") // in two ways
	case s[rule] == m.top:
		yield("below top")
	}
}
