package check_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"pkgdist/props/check"
)

// gears are variables with few values.
type gears [5]uint8

const gearValues = 3

// A turn is a step that is possible if some variables have certain values, and gives one variable a value that depends on
// another one.
type turn struct {
	when        []atLeast // all of them
	onlyAtRest  bool      // besides
	from, to    int
	plus        uint8
	environment bool
}

type atLeast struct {
	variable int
	value    uint8
	not      bool
}

func (c atLeast) holds(s *gears) bool { return s[c.variable] >= c.value != c.not }

func (g turn) next(s gears) gears {
	s[g.to] = (s[g.from] + g.plus) % gearValues
	return s
}

// gearbox is a model that is drawn. A step is an index.
type gearbox struct {
	turns []turn
	hides int // a variable that no step is said to read or write; -1 is none
}

func (m gearbox) model() check.Model[gears, int] {
	var all []int
	var names []string
	for i := range m.turns {
		all, names = append(all, i), append(names, fmt.Sprint("turn ", i))
	}
	return check.Model[gears, int]{
		Init: func() []gears { return []gears{{}} }, Steps: m.Steps,
		Environment: func(i int) bool { return m.turns[i].environment },
		Rules:       names,
		Rule:        func(i int) int { return i },
		Independence: &check.Independence[gears, int]{
			Universe: func() []int { return all }, Conditions: m.Conditions, Effect: m.Effect, Obstacle: m.Obstacle,
		},
	}
}

func (m gearbox) Steps(s gears, yield func(int, gears)) {
	for i, g := range m.turns {
		if m.Obstacle(&s, i) < 0 {
			yield(i, g.next(s))
		}
	}
}

func (m gearbox) Conditions(i int) [][]int {
	var list [][]int
	for _, c := range m.turns[i].when {
		list = append(list, m.told(c.variable))
	}
	if m.turns[i].onlyAtRest {
		list = append(list, nil)
	}
	return list
}

func (m gearbox) Effect(i int) (reads, writes []int) {
	return m.told(m.turns[i].from), m.told(m.turns[i].to)
}

func (m gearbox) told(variable int) []int {
	if variable == m.hides {
		return nil
	}
	return []int{variable}
}

func (m gearbox) Obstacle(s *gears, i int) int {
	for k, c := range m.turns[i].when {
		if !c.holds(s) {
			return k
		}
	}
	if m.turns[i].onlyAtRest && !m.rests(s) {
		return len(m.turns[i].when)
	}
	return -1
}

// rests tells whether no step of the system changes the state. Only a user asks for it.
func (m gearbox) rests(s *gears) bool {
	for i, g := range m.turns {
		if !g.environment && m.Obstacle(s, i) < 0 && g.next(*s) != *s {
			return false
		}
	}
	return true
}

func drawGearbox(t *rapid.T) gearbox {
	variable := rapid.IntRange(0, len(gears{})-1)
	m := gearbox{hides: -1}
	for i := range rapid.IntRange(5, 12).Draw(t, "turns") {
		one := func() int { // mostly the same
			if rapid.IntRange(0, 5).Draw(t, "elsewhere") == 5 {
				return variable.Draw(t, "variable")
			}
			return i % len(gears{})
		}
		g := turn{from: one(), to: one(), plus: rapid.Uint8Range(0, gearValues-1).Draw(t, "plus"), environment: rapid.IntRange(0, 3).Draw(t, "environment") == 3}
		for range rapid.IntRange(0, 2).Draw(t, "conditions") {
			g.when = append(g.when, atLeast{one(), rapid.Uint8Range(1, gearValues-1).Draw(t, "value"), rapid.Bool().Draw(t, "not")})
		}
		g.onlyAtRest = g.environment && rapid.Bool().Draw(t, "rest")
		m.turns = append(m.turns, g)
	}
	return m
}

// gearProperties are claims about one or two variables at a time, one about all, and one about rest.
func gearProperties(t *rapid.T) []check.Property[gears] {
	variable, value := rapid.IntRange(0, len(gears{})-1), rapid.Uint8Range(0, gearValues-1)
	var list []check.Property[gears]
	for i := range rapid.IntRange(1, 3).Draw(t, "places") {
		u, v, x, y := variable.Draw(t, "u"), variable.Draw(t, "v"), value.Draw(t, "x"), value.Draw(t, "y")
		never := check.Never(fmt.Sprint("both", i), func(s *gears) bool { return s[u] == x && s[v] == y }).Observing([]int{u, v}, nil)
		seen := check.Sometimes(fmt.Sprint("seen", i), func(s *gears) bool { return s[u] == y && s[v] == x }).Observing([]int{u, v}, nil)
		changes := check.OnStep(fmt.Sprint("changes", i), func(a, b *gears) bool { return a[u] == x }).
			GivenStep(func(a, b *gears) bool { return a[v] != b[v] && b[v] == y }).Observing([]int{u}, []int{v})
		list = append(list, []check.Property[gears]{never, seen, changes}[rapid.IntRange(0, 2).Draw(t, "kind")],
			check.Always(fmt.Sprint("at rest", i), func(s *gears) bool { return s[u] != x || s[v] != y }).OnlyAtRest())
	}
	goal := [...]uint8{value.Draw(t, "goal"), value.Draw(t, "goal"), value.Draw(t, "goal")}
	if rapid.IntRange(0, 7).Draw(t, "all") == 0 { // which leaves little to reduce
		list = append(list, check.Never("all", func(s *gears) bool { return s[0] == goal[0] && s[1] == goal[1] && s[3] == goal[2] }))
	}
	return list
}

// Whatever the model, verdicts are those of the plain search, all states at rest are found, and each rule fires that does
// without reduction; and that is the same for any number of workers.
func TestReductionKeepsWhatCounts(t *testing.T) {
	var states, left int64
	rapid.Check(t, func(t *rapid.T) {
		m, properties := drawGearbox(t), gearProperties(t)
		plain, err := check.Exhaustive(t.Context(), m.model(), properties, check.Options{Workers: 1, Keep: true})
		require.NoError(t, err)
		r, err := check.Exhaustive(t.Context(), m.model(), properties, check.Options{Workers: 1, Reduction: true, Keep: true})
		require.NoError(t, err)
		states, left = states+plain.States, left+r.States
		assert.Equal(t, plain.AtRest, r.AtRest)
		for s := range r.All() {
			assert.True(t, plain.Contains(s))
		}
		for s := range plain.All() {
			if m.rests(&s) {
				assert.True(t, r.Contains(s), "%v is at rest and not found", s)
			}
		}
		for i, c := range plain.Rules {
			assert.Equal(t, c.Fired > 0, r.Rules[i].Fired > 0, c.Rule)
		}
		for i, want := range plain.Verdicts {
			v, name := r.Verdicts[i], want.Property.Name()
			require.Equal(t, want.Outcome, v.Outcome, name)
			require.Equal(t, want.Trace == nil, v.Trace == nil, name)
			if v.Trace != nil {
				require.GreaterOrEqual(t, len(v.Trace.Steps), len(want.Trace.Steps), name)
				require.Contains(t, decisions(m.model(), v.Property, *v.Trace), len(v.Trace.Steps), name)
			}
		}
		again, err := check.Exhaustive(t.Context(), m.model(), properties, check.Options{Workers: 3, Reduction: true})
		require.NoError(t, err)
		assert.Equal(t, []any{r.States, r.Steps, r.AtRest, r.Depth}, []any{again.States, again.Steps, again.AtRest, again.Depth})
	})
	assert.Less(t, left, states, "nothing is left out")
}

// Whoever hides what a step reads or writes is found out where it makes a difference.
func TestReductionDoesNotTrustTheModel(t *testing.T) {
	for name, turns := range map[string][]turn{
		"one makes the other possible": {
			{when: []atLeast{{1, 1, true}}, from: 1, to: 1, plus: 1},
			{when: []atLeast{{1, 1, false}}, from: 2, to: 2, plus: 1},
		},
		"one makes the other impossible": {
			{when: []atLeast{{0, 0, false}}, from: 1, to: 1, plus: 1},
			{when: []atLeast{{1, 1, true}}, from: 2, to: 2, plus: 1},
		},
		"both write": {
			{when: []atLeast{{0, 0, false}}, from: 2, to: 1, plus: 1},
			{when: []atLeast{{0, 0, false}}, from: 2, to: 1, plus: 2},
		},
	} {
		m := gearbox{hides: 1, turns: turns}
		refused(t, "are independent, and neither makes the other possible; that is not so in", m.model(), reduced)
		m.hides = -1
		_, err := check.Exhaustive(t.Context(), m.model(), nil, reduced)
		assert.NoError(t, err, name)
	}
}

var reduced = check.Options{Reduction: true}

func TestReductionIsRefused(t *testing.T) {
	m := gearbox{hides: -1, turns: []turn{
		{when: []atLeast{{0, 1, true}}, from: 0, to: 0, plus: 1},
		{when: []atLeast{{1, 1, false}}, from: 1, to: 0, plus: 1},
		{when: []atLeast{{2, 1, true}}, from: 2, to: 2, plus: 1},
	}}
	refused(t, "does not say what its steps read and write; expected Independence", twoPhase{3}.model(), reduced)
	turned := check.Eventually("turned", func(s *gears) bool { return s[1] == 2 })
	refused(t, `the property "turned" is a liveness property (eventually), which is not judged with Reduction`, m.model(), reduced, turned)
	bounded := m.model()
	bounded.Constraint = func(*gears) bool { return true }
	refused(t, "the model has a Constraint; expected none", bounded, reduced)
	universe := func(steps ...int) func(i *check.Independence[gears, int]) {
		return func(i *check.Independence[gears, int]) { i.Universe = func() []int { return steps } }
	}
	for want, change := range map[string]func(i *check.Independence[gears, int]){
		"the step 0 is possible, and is not in the Universe of the model": universe(1, 2),
		"has a step twice": universe(0, 1, 2, 0),
		"has 18000 steps in its Universe; expected 16384 at the most":  universe(make([]int, 18_000)...),
		"Independence has no Universe, Conditions, Effect or Obstacle": func(i *check.Independence[gears, int]) { i.Universe = nil },
		"has no Obstacle to the step 1, and does not yield it":         func(i *check.Independence[gears, int]) { i.Obstacle = func(*gears, int) int { return -1 } },
		"while the model said what its steps read and write": func(i *check.Independence[gears, int]) {
			i.Effect = func(int) (reads, writes []int) { return nil, []int{-1} }
		},
	} {
		changed := m.model()
		change(changed.Independence)
		refused(t, want, changed, reduced)
	}
}
