package walk_test

import (
	"testing"

	"pkgdist/props/check"
	"pkgdist/props/check/walk"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A user sets off what the system then does: 0 ⇒ 1 → 2 → 3, and a fault leads from 3 back to 2.
var setOff = graph{initial: []int{0}, edges: []edge{
	{from: 0, to: 1, fault: true}, {from: 1, to: 2}, {from: 2, to: 3}, {from: 3, to: 2, fault: true}}}

// states are those that a walk visits, in a model of graphs.
func states(seed int, w walk.Walk, m graph) (all []int) {
	recorded := m.model()
	recorded.Steps = func(s int, yield func(edge, int)) {
		all = append(all, s)
		m.Steps(s, yield)
	}
	sample(seed, w, recorded)
	return all
}

func TestTheDrainIsJudged(t *testing.T) {
	for seed := range 20 {
		w := walk.Walk{Length: 1}
		if found := sample(seed, w, setOff.model(), check.Never("3 at rest", is(3)).OnlyAtRest()); found != nil {
			assert.Equal(t, []int{0, 1, 2, 3}, found.Trace.States)
			assert.Equal(t, []int{0, 1, 2}, sample(seed, w, setOff.model(), check.Never("2", is(2))).Trace.States)
			assert.Equal(t, []int{0, 1, 2}, sample(seed, w, setOff.model(), check.OnStep("no 2", func(_, s *int) bool { return *s != 2 })).Trace.States)
		}
		assert.Nil(t, sample(seed, w, setOff.model(), check.Never("2 at rest", is(2)).OnlyAtRest()), "it is not at rest")
		assert.Contains(t, [][]int{{0}, {0, 1, 2, 3}}, states(seed, w, setOff), "the drain begins nothing, and ends at rest")
	}
	assert.NotNil(t, sample(0, walk.Walk{Length: 1}, setOff.model(), check.Never("3 at rest", is(3)).OnlyAtRest()))
}

func TestARestOnTheWayIsJudged(t *testing.T) {
	m := way(20)
	for i := range m.edges {
		m.edges[i].fault = true // all states are at rest
	}
	for seed := range 20 {
		found := sample(seed, walk.Walk{}, m.model(), check.Never("7 at rest", is(7)).OnlyAtRest())
		if found != nil {
			assert.Len(t, found.Trace.Steps, 7)
		}
	}
}

func TestASystemThatNeverRestsIsNoFailure(t *testing.T) {
	loop := graph{initial: []int{0}, edges: []edge{{from: 0, to: 1}, {from: 1, to: 0}}}
	assert.Nil(t, sample(1, walk.Walk{}, loop.model(), check.Never("at rest", func(*int) bool { return true }).OnlyAtRest()))
	for seed := range 20 {
		n := len(states(seed, walk.Walk{Length: 10, Drain: 25}, loop))
		assert.True(t, n > 25 && n <= 1+10+25, n)
	}
}

// house has some switches, of rule 0, that can be pressed any number of times, and a door, of rule 1, that takes some steps to
// open.
type house struct{ switches, door int }

type home struct {
	lit, pressed uint8
	open         uint8
}

func (h house) model() check.Model[home, int] {
	return check.Model[home, int]{
		Init: func() []home { return []home{{}} }, Steps: h.steps,
		Rules: []string{"press", "push"},
		Rule:  func(step int) int { return min(step/h.switches, 1) },
	}
}

func (h house) steps(s home, yield func(int, home)) {
	for i := range h.switches {
		next := s
		next.lit ^= 1 << i
		next.pressed |= 1 << i
		yield(i, next)
	}
	if int(s.open) < h.door {
		s.open++
		yield(h.switches, s)
	}
}

func TestTheDrainGivesEveryRuleItsTurn(t *testing.T) {
	w := walk.Walk{Length: 1, Drain: 2*20 + 1}
	open := check.Never("open", func(s *home) bool { return s.open == 20 })
	for seed := range 20 {
		assert.NotNil(t, sample(seed, w, house{switches: 3, door: 20}.model(), open), "the switches have no more turns than the door")
	}
}

func TestTheDrainGivesEveryStepItsTurn(t *testing.T) {
	all := check.Never("all pressed", func(s *home) bool { return s.pressed == 7 })
	for seed := range 20 {
		ruled := house{switches: 3}.model()
		require.NotNil(t, sample(seed, walk.Walk{Length: 1, Drain: 3}, ruled, all), "each switch has its turn")
		unruled := ruled
		unruled.Rules, unruled.Rule = nil, nil
		require.NotNil(t, sample(seed, walk.Walk{Length: 1, Drain: 3}, unruled, all))
	}
}
