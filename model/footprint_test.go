package model_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"pkgdist/model"
)

// mixed is the state that has the bits of one state, and all others of another.
func mixed(sys *model.System, bits []int, one, other *model.State) *model.State {
	b, from := packed(sys, other), packed(sys, one)
	for _, i := range bits {
		b[i/8] = b[i/8]&^(1<<(i%8)) | from[i/8]&(1<<(i%8))
	}
	var s model.State
	sys.Unpack(b, &s)
	return &s
}

// has tells whether a bit of the packed state is set.
func has(b []byte, i int) bool { return b[i/8]>>(i%8)&1 != 0 }

// A strange state is any bits at all, whether or not a run leads there.
func drawStrange(t *rapid.T, sys *model.System) *model.State {
	var s model.State
	sys.Unpack(rapid.SliceOfN(rapid.Byte(), sys.Width(), sys.Width()).Draw(t, "state"), &s)
	return &s
}

// A rule looks at nothing and changes nothing but what it declares: with all else
// put in place of what was there, its conditions are met or not as before, and it
// changes the same.
func TestRulesReadAndWriteWhatTheyDeclare(t *testing.T) {
	conditions := map[string]bool{}
	rapid.Check(t, func(t *rapid.T) {
		sys := newDeclared(drawSystem(t))
		universe := sys.Universe()
		known := map[model.Step]bool{}
		for _, step := range universe {
			known[step] = true
		}
		strange := drawStrange(t, sys.System)
		walk(t, sys.System, func(s model.State) {
			steps, _ := possible(sys.System, s)
			for _, step := range steps {
				require.True(t, known[step], "%s is not in the universe", sys.Format(step))
				sys.requireEffect(t, step, &s, strange)
			}
			for range 8 {
				steps = append(steps, universe[rapid.IntRange(0, len(universe)-1).Draw(t, "step")])
			}
			for _, step := range steps {
				sys.requireConditions(t, step, &s, strange)
				conditions[model.RuleNames()[step.Rule]] = true
			}
			*strange = s
		})
	})
	for _, name := range model.RuleNames() {
		assert.True(t, conditions[name], name)
	}
}

// A declaration is what a step says of itself.
type declaration struct {
	conditions    [][]int
	all           []int // that the conditions and the effect read
	writes        []bool
	conditionRest []bool
}

// declared keeps the declarations of a system.
type declared struct {
	*model.System
	of map[model.Step]*declaration
}

func newDeclared(sys *model.System) declared {
	return declared{sys, map[model.Step]*declaration{}}
}

func (d declared) declaration(step model.Step) *declaration {
	if d.of[step] == nil {
		reads, writes := d.Effect(step)
		it := &declaration{conditions: d.Conditions(step), all: reads, writes: make([]bool, 8*d.Width())}
		for i, condition := range it.conditions {
			it.all = append(it.all, condition...)
			it.conditionRest = append(it.conditionRest, d.AsksForRest(step, i))
		}
		for _, i := range writes {
			it.writes[i] = true
		}
		d.of[step] = it
	}
	return d.of[step]
}

func (d declared) requireConditions(t require.TestingT, step model.Step, s, strange *model.State) {
	it, obstacle := d.declaration(step), d.Obstacle(s, step)
	for i, reads := range it.conditions {
		if it.conditionRest[i] {
			require.Empty(t, reads)
			continue
		}
		holds := d.Holds(s, step, i)
		if holds != d.Holds(mixed(d.System, reads, s, strange), step, i) {
			require.Fail(t, "a condition reads more than it declares", "condition %d of %s", i, d.Format(step))
		}
		if i == obstacle && holds || !holds && (obstacle < 0 || i < obstacle) {
			require.Fail(t, "not the first condition that is not met", "condition %d of %s", obstacle, d.Format(step))
		}
	}
}

func (d declared) requireEffect(t require.TestingT, step model.Step, s, strange *model.State) {
	it := d.declaration(step)
	other := mixed(d.System, it.all, s, strange)
	one, two := d.After(*s, step), d.After(*other, step)
	before, after := packed(d.System, s), packed(d.System, &one)
	otherBefore, otherAfter := packed(d.System, other), packed(d.System, &two)
	for i := range 8 * len(before) {
		same := has(before, i) == has(after, i) && has(otherBefore, i) == has(otherAfter, i)
		switch {
		case !same && !it.writes[i]:
			require.Fail(t, "a step changes more than it declares", "%s, bit %d", d.Format(step), i)
		case !same && has(after, i) != has(otherAfter, i):
			require.Fail(t, "what a step changes depends on more than it declares", "%s, bit %d", d.Format(step), i)
		}
	}
}

// All that every rule does in small systems, in designs that have all parts of it
// or none, and with each fault.
func TestRulesOfSmallSystemsReadAndWriteWhatTheyDeclare(t *testing.T) {
	tiers := small(true)
	tiers.Updates, tiers.Sites = 1, []model.Site{{Name: "A", Parent: model.NoParent}, {Name: "B"}, {Name: "C", Parent: 1, Kind: model.Secondary, DPs: 1}}
	scopes := []model.Scope{tiers}
	for f := range model.NumFaults {
		scope := small(false)
		scope.Faults[f] = 1
		scopes = append(scopes, scope)
	}
	random := rand.New(rand.NewPCG(1, 2))
	seen := map[string]bool{}
	for _, d := range []model.Design{model.SMS20, {Mechanisms: 1<<model.NumMechanisms - 1, Switches: 1<<model.NumSwitches - 1}} {
		for _, scope := range scopes {
			plain, err := model.NewSystem(scope, d)
			require.NoError(t, err)
			requireDeclared(t, newDeclared(plain), random, seen)
		}
	}
	for _, name := range model.RuleNames() {
		assert.True(t, seen[name], name)
	}
}

// requireDeclared goes through one in eight of the states of a system.
func requireDeclared(t *testing.T, sys declared, random *rand.Rand, seen map[string]bool) {
	universe, b := sys.Universe(), make([]byte, sys.Width())
	for s := range reachable(sys.System) {
		if random.IntN(8) > 0 {
			continue
		}
		for i := range b {
			b[i] = byte(random.Uint32())
		}
		var strange model.State
		sys.Unpack(b, &strange)
		steps, _ := possible(sys.System, s)
		for _, step := range steps {
			sys.requireEffect(t, step, &s, &strange)
			seen[model.RuleNames()[step.Rule]] = true
		}
		sys.requireConditions(t, universe[random.IntN(len(universe))], &s, &strange)
	}
}
