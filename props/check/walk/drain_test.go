package walk_test

import (
	"testing"

	"pkgdist/props/check"
	"pkgdist/props/check/walk"
	"pkgdist/props/internal/testmodel"

	"github.com/stretchr/testify/assert"
)

// A user sets off what the system then does: 0 ⇒ 1 → 2 → 3, and a fault leads from 3 back to 2.
var setOff = testmodel.Graph{Initial: []int{0}, Edges: []testmodel.Edge{
	{From: 0, To: 1, Fault: true}, {From: 1, To: 2}, {From: 2, To: 3}, {From: 3, To: 2, Fault: true}}}

// states are those that a walk visits, in a model of graphs.
func states(seed int, w walk.Walk, m testmodel.Graph) (all []int) {
	recorded := m.Model()
	steps := recorded.Steps
	recorded.Steps = func(s int, yield func(testmodel.Edge, int)) {
		all = append(all, s)
		steps(s, yield)
	}
	sample(seed, w, recorded)
	return all
}

func TestTheDrainIsJudged(t *testing.T) {
	for seed := range 20 {
		w := walk.Walk{Length: 1}
		if found := sample(seed, w, setOff.Model(), check.Never("3 at rest", testmodel.Is(3)).OnlyAtRest()); found != nil {
			assert.Equal(t, []int{0, 1, 2, 3}, found.Trace.States)
			assert.Equal(t, []int{0, 1, 2}, sample(seed, w, setOff.Model(), check.Never("2", testmodel.Is(2))).Trace.States)
			assert.Equal(t, []int{0, 1, 2}, sample(seed, w, setOff.Model(), check.OnStep("no 2", func(_, s *int) bool { return *s != 2 })).Trace.States)
		}
		assert.Nil(t, sample(seed, w, setOff.Model(), check.Never("2 at rest", testmodel.Is(2)).OnlyAtRest()), "it is not at rest")
		assert.Contains(t, [][]int{{0}, {0, 1, 2, 3}}, states(seed, w, setOff), "the drain begins nothing, and ends at rest")
	}
	assert.NotNil(t, sample(0, walk.Walk{Length: 1}, setOff.Model(), check.Never("3 at rest", testmodel.Is(3)).OnlyAtRest()))
}

func TestASystemThatNeverRestsIsNoFailure(t *testing.T) {
	loop := testmodel.Graph{Initial: []int{0}, Edges: []testmodel.Edge{{From: 0, To: 1}, {From: 1, To: 0}}}
	assert.Nil(t, sample(1, walk.Walk{}, loop.Model(), check.Never("at rest", func(*int) bool { return true }).OnlyAtRest()))
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

func TestTheDrainGivesEveryRuleAndEveryStepItsTurn(t *testing.T) {
	open := check.Never("open", func(s *home) bool { return s.open == 20 })
	pressed := check.Never("all pressed", func(s *home) bool { return s.pressed == 7 })
	ruled := house{switches: 3}.model()
	unruled := ruled
	unruled.Rules, unruled.Rule = nil, nil
	for seed := range 20 {
		assert.NotNil(t, sample(seed, walk.Walk{Length: 1, Drain: 2*20 + 1}, house{switches: 3, door: 20}.model(), open), "the switches have no more turns than the door")
		assert.NotNil(t, sample(seed, walk.Walk{Length: 1, Drain: 3}, ruled, pressed), "each switch has its turn")
		assert.NotNil(t, sample(seed, walk.Walk{Length: 1, Drain: 3}, unruled, pressed))
	}
}
