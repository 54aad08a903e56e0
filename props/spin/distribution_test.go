package spin_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
	"pkgdist/props/spin"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var big = flag.Bool("big", false, "also compare many designs and scopes, and two-phase commit with 8 and 9 resource managers, which takes minutes")

// needSpin skips the test where Spin is not installed. Whoever asks for everything has it.
func needSpin(t testing.TB) {
	missing := spin.Missing()
	if len(missing) == 0 {
		return
	}
	if *big {
		t.Fatalf("not installed: %s", strings.Join(missing, ", "))
	}
	t.Skipf("not installed: %s", strings.Join(missing, ", "))
}

// mostStates bounds the scopes that are compared, so that each takes a second or two.
const mostStates = 60_000

// A setting is a scope and a design whose states are counted twice.
type setting struct {
	name   string
	scope  model.Scope
	design model.Design
}

func scopeOf(dps []int, parents []int, packages, updates int, ordered bool, faults ...model.Fault) model.Scope {
	scope := model.Scope{Updates: updates, Ordered: ordered, Threads: model.DefaultThreads, Copies: model.DefaultCopies}
	for i, n := range dps {
		scope.Sites = append(scope.Sites, model.Site{Name: string(rune('A' + i)), Parent: parents[i], DPs: n})
	}
	scope.Packages = []string{"P", "Q"}[:packages]
	for _, f := range faults {
		scope.Faults[f]++
	}
	return scope
}

// plainScopes has one small scope for each design that has a name, with what the design is about.
func plainScopes() map[string]model.Scope {
	two := []int{model.NoParent, 0}
	return map[string]model.Scope{
		"sms20":                   scopeOf([]int{0, 2}, two, 1, 1, true, model.SharingViolation, model.DPAway),
		"workaround-wait":         scopeOf([]int{1, 1}, two, 2, 1, true, model.FailedDecompress),
		"workaround-twice":        scopeOf([]int{0, 0, 1}, []int{model.NoParent, 0, 1}, 1, 1, true),
		"repaired":                scopeOf([]int{0, 1}, two, 1, 2, false, model.ManagerCrash),
		"workaround-wait-package": scopeOf([]int{1, 1}, two, 2, 1, true, model.FailedDecompress),
		"workaround-wait-dps":     scopeOf([]int{1, 1}, two, 1, 2, true, model.Duplicate),
		"sms12-despooler":         scopeOf([]int{0, 1}, two, 1, 2, true, model.EarlyRead, model.DespoolerCrash),
		"status-hotfix":           scopeOf([]int{0, 1}, two, 1, 2, true, model.LateStatus, model.Duplicate),
	}
}

func plainSettings(t *testing.T) []setting {
	scopes := plainScopes()
	var list []setting
	for _, d := range slices.Concat(model.Designs(), model.OtherDesigns()) {
		require.Contains(t, scopes, d.Name, "every design that has a name is compared")
		list = append(list, setting{d.Name, scopes[d.Name], d})
	}
	return list
}

// draw draws a scope and a design until they are neither trivial nor too large: the same for a seed every time.
func draw(t *testing.T, seed int) setting {
	random := rand.New(rand.NewPCG(uint64(seed), 1))
	for range 100 {
		s := setting{fmt.Sprint("random ", seed), drawScope(random, seed), drawDesign(random)}
		r := explore(t, s, nil, mostStates)
		if r.Complete() && r.States >= 1000 {
			return s
		}
	}
	t.Fatal("no setting of a fitting size is drawn")
	return setting{}
}

// drawScope lets the seed decide what has to be spread evenly, and chance the rest. Three sites and two packages leave
// room for one distribution point, one update and one fault.
func drawScope(random *rand.Rand, i int) model.Scope {
	sites, packages := 2+i%2, 1+i/2%2
	crowded := sites+packages == 5
	dps, parents := make([]int, sites), make([]int, sites)
	for s := range sites {
		parents[s] = model.NoParent
		if s > 0 {
			parents[s] = random.IntN(s)
		}
		if !crowded {
			dps[s] = random.IntN(3)
		}
	}
	dps[1] = max(dps[1], 1)
	scope := scopeOf(dps, parents, packages, 1+random.IntN(5-sites-packages+1), i/4%2 == 0)
	scope.Threads, scope.Copies = 1+random.IntN(2), 1+random.IntN(2)
	scope.Faults[i%model.NumFaults] = 1
	if !crowded {
		scope.Faults[random.IntN(model.NumFaults)] += random.IntN(2)
	}
	return scope
}

func drawDesign(random *rand.Rand) model.Design {
	return model.Design{
		Name:       "random",
		Mechanisms: model.MechanismSet(random.IntN(1 << model.NumMechanisms)),
		Switches:   model.SwitchSet(random.IntN(1 << model.NumSwitches)),
		Policy:     []model.Policy{model.Eager, model.Eager, model.Waits, model.Twice}[random.IntN(4)],
	}
}

func explore(t *testing.T, s setting, properties []check.Property[model.State], maxStates int64) *check.Result[model.State, model.Step] {
	sys, err := model.NewSystem(s.scope, s.design)
	require.NoError(t, err)
	r, err := check.Exhaustive(t.Context(), props.Model(sys), properties, check.Options{Workers: 1, MaxStates: maxStates, Keep: true})
	require.NoError(t, err)
	return r
}

// always are the claims about every state, and about every state at rest.
func always() []props.Claim {
	return slices.DeleteFunc(props.Catalogue(), func(c props.Claim) bool { return c.Kind != check.KindAlways })
}

// kept are the claims that every design keeps: a writer that waits for ever would be a deadlock, and the others are about
// the rules themselves.
var kept = []string{"no-writer-waits-at-rest", "threads-within-limits", "judged-one-way"}

type seen struct {
	sync.Mutex
	fired             map[string]bool
	holding, violated map[string]bool
}

// Both count the same states, the same steps, the same states at rest and, for each claim, the same states that put it to
// the test and that violate it. The steps can be compared because every alternative of the model in Promela is one
// transition, as every step of a rule is one here; Spin counts the initial state as one more.
func TestSpinCountsTheSameStates(t *testing.T) {
	needSpin(t)
	all := seen{fired: map[string]bool{}, holding: map[string]bool{}, violated: map[string]bool{}}
	t.Run("in", func(t *testing.T) {
		for _, s := range plainSettings(t) {
			t.Run(s.name, func(t *testing.T) {
				t.Parallel()
				compare(t, s, &all)
			})
		}
		if !*big {
			return
		}
		for seed := range 24 {
			t.Run(fmt.Sprint("random ", seed), func(t *testing.T) {
				t.Parallel()
				compare(t, draw(t, seed), &all)
			})
		}
	})
	for _, rule := range model.RuleNames() {
		assert.True(t, all.fired[rule], "the rule %s is put to the test", rule)
	}
	for _, c := range always() {
		assert.True(t, all.holding[c.Name], "%s holds somewhere", c.Name)
		assert.Equal(t, !slices.Contains(kept, c.Name), all.violated[c.Name], "%s is violated somewhere", c.Name)
	}
}

func compare(t *testing.T, s setting, all *seen) {
	macros := append(spin.Macros(s.scope, s.design), "OBSERVE")
	checker, err := spin.Compile(t.Context(), t.TempDir(), spin.Distribution, macros, "-O0")
	require.NoError(t, err)
	theirs, err := checker.Run(t.Context(), spin.Limits{Depth: 1_000_000, HashBits: 18})
	require.NoError(t, err)

	sys, err := model.NewSystem(s.scope, s.design)
	require.NoError(t, err)
	var properties []check.Property[model.State]
	for _, c := range always() {
		properties = append(properties, c.For(sys))
	}
	ours := explore(t, s, properties, 0)
	equal := assert.Equal(t, ours.States, theirs.States, "states") &&
		assert.Equal(t, ours.Steps+1, theirs.Transitions, "steps, and the initial state") &&
		assert.Equal(t, ours.AtRest, theirs.AtRest, "states at rest") &&
		assert.Equal(t, countClaims(t, sys, properties, ours), theirs.Claims, "states that test and that violate each claim")
	for _, v := range ours.Verdicts {
		assert.Equal(t, outcome(theirs.Claims[v.Property.Name()]), v.Outcome, v.Property.Name())
	}
	if !equal {
		t.Logf("the macros are %v", macros)
	}
	t.Logf("%d states, %d steps, %v", ours.States, ours.Steps, s.design)
	all.add(ours)
}

// What a site has reported, for one, is read by nobody but an observer.
func TestTheStatesAreTheSameIfNobodyObserves(t *testing.T) {
	needSpin(t)
	s := plainSettings(t)[0]
	checker, err := spin.Compile(t.Context(), t.TempDir(), spin.Distribution, spin.Macros(s.scope, s.design), "-O1")
	require.NoError(t, err)
	theirs, err := checker.Run(t.Context(), spin.Limits{Depth: 1_000_000, HashBits: 18})
	require.NoError(t, err)
	ours := explore(t, s, nil, 0)
	assert.Equal(t, ours.States, theirs.States, "states")
	assert.Equal(t, ours.Steps+1, theirs.Transitions, "steps, and the initial state")
	assert.Empty(t, theirs.Claims)
}

// countClaims counts what the checker's verdicts rest on, from the states alone.
func countClaims(t *testing.T, sys *model.System, properties []check.Property[model.State], r *check.Result[model.State, model.Step]) map[string]spin.Count {
	at, err := props.Model(sys).Expansion()
	require.NoError(t, err)
	counts := map[string]spin.Count{}
	for _, p := range properties {
		counts[p.Name()] = spin.Count{}
	}
	for s := range r.All() {
		at.Enter(&s)
		for i := range properties {
			c := counts[properties[i].Name()]
			if at.Tests(&properties[i]) {
				c.Tested++
			}
			if at.Decides(&properties[i]) {
				c.Violated++
			}
			counts[properties[i].Name()] = c
		}
	}
	return counts
}

func outcome(c spin.Count) check.Outcome {
	switch {
	case c.Violated > 0:
		return check.Violated
	case c.Tested > 0:
		return check.Holds
	}
	return check.Inconclusive
}

func (all *seen) add(r *check.Result[model.State, model.Step]) {
	all.Lock()
	defer all.Unlock()
	for i, rule := range model.RuleNames() {
		all.fired[rule] = all.fired[rule] || r.Rules[i].Fired > 0
	}
	for _, v := range r.Verdicts {
		all.holding[v.Property.Name()] = all.holding[v.Property.Name()] || v.Outcome == check.Holds
		all.violated[v.Property.Name()] = all.violated[v.Property.Name()] || v.Outcome == check.Violated
	}
}
