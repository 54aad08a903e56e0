package model_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"pkgdist/model"
)

func small(ordered bool) model.Scope {
	return model.Scope{
		Sites:    []model.Site{{Name: "A", Parent: model.NoParent}, {Name: "B", Kind: model.Secondary, DPs: 1}},
		Packages: []string{"P"}, Updates: 2, Ordered: ordered, Threads: 1, Copies: 1,
	}
}

// A mutation is named by its rule and its part: no two are the same, and each
// changes what the system can do somewhere, or lists of it would say nothing.
func TestMutationsAreToldApart(t *testing.T) {
	repaired, err := model.ParseDesign("repaired")
	require.NoError(t, err)
	seen := map[string]bool{}
	back := 0
	for _, m := range model.Mutations(repaired) {
		assert.False(t, seen[m.String()], m)
		seen[m.String()] = true
		if m.Back {
			back++
		}
		_, err := model.NewMutant(small(true), repaired, m)
		assert.NoError(t, err)
	}
	assert.True(t, seen["despooler.store without the guard: Despooler is idle"])
	assert.True(t, seen["despooler.store with the effect: the stored copy is torn from here on"])
	assert.True(t, seen["without timer.rescan"])
	assert.Positive(t, back)
	for _, m := range model.Mutations(model.SMS20) {
		assert.False(t, m.Back, "nothing is taken away from sms20: %v", m)
	}
	_, err = model.NewMutant(small(true), model.SMS20, model.Mutation{Rule: "timer.rescan"})
	assert.EqualError(t, err, "design sms20 has nothing to change in: without timer.rescan")
}

// A guard that is left out lets more happen, an effect that is left out leaves
// its mark out, and a rule that is left out never fires.
func TestMutationsTakeEffect(t *testing.T) {
	var s model.State
	update := model.Step{Version: 1}
	for _, c := range []struct {
		m    model.Mutation
		look func(*model.System)
	}{
		{model.Mutation{Rule: "manager.start", Part: model.WholeRule}, func(sys *model.System) {
			assert.False(t, sys.HasRule("manager.start"))
			step, err := sys.ParseStep("manager.start(site=A package=P version=1)")
			require.NoError(t, err)
			assert.Equal(t, "the rule is not left out", sys.WhyNot(&s, step))
		}},
		{model.Mutation{Rule: "administrator.update", Part: model.OneEffect, Name: "SourceVersion rises by one"}, func(sys *model.System) {
			next, err := sys.Next(s, update)
			require.NoError(t, err)
			assert.Zero(t, next.Sites[0].Packages[0].Row.Source)
			assert.True(t, next.Sites[0].Packages[0].Updates.Has(1))
		}},
		{model.Mutation{Rule: "replication.wake", Part: model.OneGuard, Name: "a change notification has fired"}, func(sys *model.System) {
			step, err := sys.ParseStep("replication.wake(site=B)")
			require.NoError(t, err)
			assert.Empty(t, sys.WhyNot(&s, step))
		}},
	} {
		sys, err := model.NewMutant(small(true), model.SMS20, c.m)
		require.NoError(t, err)
		c.look(sys)
	}
}

// What is found from all states of a small system is so: an equivalent
// design has the same states.
func TestEquivalentDesignsHaveTheSameStates(t *testing.T) {
	equivalent, different := 0, 0
	for _, faults := range [][model.NumFaults]int{{}, {model.DPAway: 1}} {
		scope := small(false)
		scope.Updates, scope.Faults = 2-faults[model.DPAway], faults
		for _, on := range []model.MechanismSet{0, model.Repair, 1<<model.NumMechanisms - 1, model.Mechanisms(model.ExclusiveSource)} {
			sys, err := model.NewSystem(scope, model.Design{Mechanisms: on})
			require.NoError(t, err)
			mine := reachable(sys)
			equivalence := sys.Equivalence()
			for s := range mine {
				equivalence.Examine(&s)
			}
			for _, m := range model.AllMechanisms() {
				other := model.Design{Mechanisms: on ^ model.Mechanisms(m)}
				twin, err := model.NewSystem(scope, other)
				require.NoError(t, err)
				if same := maps.Equal(mine, reachable(twin)); equivalence.Includes(other) {
					equivalent++
					assert.True(t, same, "%v with or without %v", on, m)
				} else {
					different++
				}
			}
		}
	}
	assert.Positive(t, equivalent)
	assert.Positive(t, different)
}

// reachable has the states of a system, each with how many steps leave it.
func reachable(sys *model.System) map[model.State]int {
	found := map[model.State]int{}
	work := sys.Init()
	for len(work) > 0 {
		s := work[len(work)-1]
		work = work[:len(work)-1]
		if _, known := found[s]; known {
			continue
		}
		steps := 0
		sys.StepsInPlace(&s, func(_ model.Step, next *model.State) {
			steps++
			if _, known := found[*next]; !known {
				work = append(work, *next)
			}
		})
		found[s] = steps
	}
	return found
}

// Equivalent designs take the same steps from every state that one
// of them reaches.
func TestEquivalentDesignsTakeTheSameSteps(t *testing.T) {
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		sys := drawSystem(t)
		var states []model.State
		equivalence := sys.Equivalence()
		walk(t, sys, func(s model.State) {
			states = append(states, s)
			equivalence.Examine(&s)
		})
		other := sys.Design()
		other.Mechanisms ^= model.MechanismSet(rapid.IntRange(1, 1<<model.NumMechanisms-1).Draw(t, "flipped"))
		if !equivalence.Includes(other) {
			return
		}
		found++
		twin, err := model.NewSystem(sys.Scope(), other)
		require.NoError(t, err)
		for _, s := range states {
			steps, next := possible(sys, s)
			twinSteps, twinNext := possible(twin, s)
			require.Equal(t, steps, twinSteps)
			require.True(t, slices.Equal(next, twinNext))
			require.Equal(t, sys.AtRest(&s), twin.AtRest(&s))
		}
	})
	assert.Positive(t, found)
}
