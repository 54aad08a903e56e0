package walk_test

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"pkgdist/props/check"
	"pkgdist/props/check/walk"
	"pkgdist/props/internal/testmodel"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// pair is two numbers, and the model is to add one to either.
type pair [2]uint8

var adding = check.Model[pair, int]{
	Init: func() []pair { return []pair{{}} },
	Steps: func(s pair, yield func(int, pair)) {
		for i := range s {
			if s[i] < 20 {
				next := s
				next[i]++
				yield(i, next)
			}
		}
	},
	Rules: []string{"left", "right"},
	Rule:  func(i int) int { return i },
}

// below claims that a number is always small. Either claim fails after four steps, near the failures of the other.
func below(i int) check.Property[pair] {
	return check.Always([]string{"left", "right"}[i], func(s *pair) bool { return s[i] < 4 })
}

// of is a draw that always draws the same.
func of[S any, T comparable](m check.Model[S, T], properties ...check.Property[S]) func(*rapid.T) (check.Model[S, T], []check.Property[S]) {
	return func(*rapid.T) (check.Model[S, T], []check.Property[S]) { return m, properties }
}

func TestShrinkingDoesNotSlipToAnotherProperty(t *testing.T) {
	failures := make(map[string]int)
	for seed := range 50 {
		var all []walk.Found[pair, int]
		o := observe(t, seed+1, 100, walk.Random(walk.Walk{}, of(adding, below(0), below(1)), func(_ *rapid.T, f walk.Found[pair, int]) {
			all = append(all, f)
		}))
		require.True(t, o.failed)
		require.NotContains(t, o.log.String(), "flaky")
		first, last := all[0], all[len(all)-1]
		require.Equal(t, first.Property.Name(), last.Property.Name(), "seed %d", seed+1)
		require.Contains(t, o.log.String(), "always "+first.Property.Name()+": violated after")
		failures[first.Property.Name()]++
	}
	assert.Len(t, failures, 2, "both fail, in one seed or the other")
}

func TestAFailureNamesThePropertyAndTheSteps(t *testing.T) {
	o := observe(t, 1, 100, walk.Random(walk.Walk{Drain: 1}, of(adding, below(1)), nil))
	require.True(t, o.failed)
	assert.Contains(t, o.log.String(), "always right: violated after 4 steps\n\t1\n\t1\n\t1\n\t1\n")
}

func TestAFailureThatIsOnlyNotedStillFails(t *testing.T) {
	for name, failed := range map[string]func(*rapid.T, walk.Found[pair, int]){
		"silent": func(*rapid.T, walk.Found[pair, int]) {},
		"error":  func(t *rapid.T, f walk.Found[pair, int]) { t.Errorf("here is %s", f.Property.Name()) },
		"fatal":  func(t *rapid.T, f walk.Found[pair, int]) { t.Fatalf("here is %s", f.Property.Name()) },
	} {
		o := observe(t, 1, 100, walk.Random(walk.Walk{}, of(adding, below(1), below(0)), failed))
		assert.True(t, o.failed, name)
		assert.NotContains(t, o.log.String(), "flaky", name)
		assert.Equal(t, name != "silent", strings.Contains(o.log.String(), "here is"), name)
	}
}

func TestARandomCanBeUsedAgain(t *testing.T) {
	properties := []check.Property[pair]{below(0)}
	var last string
	random := walk.Random(walk.Walk{}, func(*rapid.T) (check.Model[pair, int], []check.Property[pair]) { return adding, properties },
		func(_ *rapid.T, f walk.Found[pair, int]) { last = f.Property.Name() })
	require.True(t, observe(t, 1, 100, random).failed)
	require.Equal(t, "left", last)
	properties = []check.Property[pair]{below(1)}
	require.True(t, observe(t, 1, 100, random).failed, "what failed before hides nothing now")
	require.Equal(t, "right", last)
}

// Every seed of a fuzz test is judged by all the properties, whatever failed for the seeds before it.
func TestRandomInsideAFuzzTest(t *testing.T) {
	failures := make(map[string]int)
	fuzz := rapid.MakeFuzz(walk.Random(walk.Walk{}, of(adding, below(0), below(1)), func(_ *rapid.T, f walk.Found[pair, int]) {
		failures[f.Property.Name()]++
		runtime.Goexit() // before the seed fails
	}))
	for seed := range 50 {
		random, input := rand.New(rand.NewPCG(uint64(seed), 0)), make([]byte, 1<<14)
		for i := range input {
			input[i] = byte(random.Uint32())
		}
		done := make(chan bool)
		go func() {
			defer close(done)
			fuzz(new(testing.T), input) // which keeps the draws out of the log
		}()
		<-done
	}
	assert.Greater(t, failures["left"], 5)
	assert.Greater(t, failures["right"], 5)
}

func TestWalksStayInTheStatesThatCanBeReached(t *testing.T) {
	all, err := check.Exhaustive(t.Context(), testmodel.DepotModel, nil, check.Options{Keep: true})
	require.NoError(t, err)
	var coverage walk.Coverage
	asked, m := make(map[testmodel.Depot]bool), testmodel.DepotModel
	m.Steps = func(s testmodel.Depot, yield func(testmodel.Deed, testmodel.Depot)) {
		asked[s] = true
		testmodel.DepotModel.Steps(s, yield)
	}
	for seed := range 300 {
		for scheduler := walk.ByRuleMasked; scheduler <= walk.AnyStep; scheduler++ {
			sample(seed, walk.Walk{Length: 50, Scheduler: scheduler, Visit: coverage.Note}, m)
		}
	}
	for s := range asked {
		require.True(t, all.Contains(s), "%+v", s)
	}
	assert.Len(t, asked, coverage.States(), "the coverage counts the states that were walked through")
	assert.EqualValues(t, 900, coverage.Walks)
	assert.Greater(t, coverage.Deepest, 50, "the drain is counted")
	assert.False(t, coverage.Full)
	for rule, times := range coverage.Fired {
		assert.Positive(t, times, testmodel.DepotRules[rule])
	}
}

func TestAWalkEndsWithItsFirstViolation(t *testing.T) {
	found := 0
	for seed := range 300 {
		f := sample(seed, walk.Walk{}, testmodel.DepotModel, testmodel.DepotClaims()...)
		if f == nil {
			continue
		}
		found++
		again, err := check.Replay(testmodel.DepotModel, f.Property, f.Trace.States[0], f.Trace.Steps, 0)
		require.NoError(t, err)
		require.Equal(t, *again.Trace, f.Trace)
		for n := range f.Trace.Steps {
			_, err := check.Replay(testmodel.DepotModel, f.Property, f.Trace.States[0], f.Trace.Steps[:n], 0)
			var none *check.ReplayError
			require.ErrorAs(t, err, &none, "%s is violated after %d steps", f.Property.Name(), n)
			require.NotEmpty(t, none.Flaw)
		}
	}
	assert.Greater(t, found, 30)
}

func TestAModelAtRestEndsTheWalk(t *testing.T) {
	still := testmodel.Graph{Initial: []int{0}, Edges: []testmodel.Edge{{From: 0, To: 0}}}.Model() // its only step is a stutter
	for seed := range 20 {
		assert.Nil(t, sample(seed, walk.Walk{}, still, check.Never("gone", testmodel.Is(1))))
		found := sample(seed, walk.Walk{}, still, check.Never("here", testmodel.Is(0)).OnlyAtRest())
		require.NotNil(t, found)
		assert.Equal(t, check.Trace[int, testmodel.Edge]{States: []int{0}}, found.Trace)
	}
	o := observe(t, 1, 300, walk.Random(walk.Walk{}, of(still, check.Never("gone", testmodel.Is(1))), nil))
	assert.False(t, o.failed, o.log.String())
}

func TestEveryInitialStateIsDrawn(t *testing.T) {
	m := testmodel.Way(9)
	m.Initial = []int{3, 5, 7}
	seen := make(map[int]bool)
	for seed := range 50 {
		seen[sample(seed, walk.Walk{}, m.Model(), check.Never("end", testmodel.Is(9))).Trace.States[0]] = true
	}
	assert.Equal(t, map[int]bool{3: true, 5: true, 7: true}, seen)
}

func TestWhatASingleWalkCannotShowIsPassedOver(t *testing.T) {
	for seed := range 20 {
		assert.Nil(t, sample(seed, walk.Walk{}, testmodel.Way(3).Model(),
			check.Sometimes("nowhere", testmodel.Is(9)), check.Sometimes("end", testmodel.Is(3)), check.SometimesStep("jump", func(a, b *int) bool { return *b > *a }),
			check.Eventually("away", testmodel.Is(9)), check.EventuallyAlways("away for good", testmodel.Is(9)), check.LeadsTo("from 0 to 9", testmodel.Is(0), testmodel.Is(9))))
	}
}

func TestWalksRefuseWhatMakesNoSense(t *testing.T) {
	fine := check.Never("end", testmodel.Is(3))
	lawless := testmodel.Way(3).Model() // its steps are of a rule that there is not
	lawless.Rules, lawless.Rule = []string{"only"}, func(testmodel.Edge) int { return 7 }
	twofold := testmodel.Way(1).Model() // one step leads to two states
	twofold.Steps = func(_ int, yield func(testmodel.Edge, int)) {
		yield(testmodel.Edge{}, 1)
		yield(testmodel.Edge{}, 2)
	}
	for want, random := range map[string]func(*rapid.T){
		"Length is -1":                walk.Random(walk.Walk{Length: -1}, of(testmodel.Way(3).Model(), fine), nil),
		"Drain is -1":                 walk.Random(walk.Walk{Drain: -1}, of(testmodel.Way(3).Model(), fine), nil),
		"Scheduler is Scheduler(9)":   walk.Random(walk.Walk{Scheduler: 9}, of(testmodel.Way(3).Model(), fine), nil),
		"no initial state":            walk.Random(walk.Walk{}, of(testmodel.Graph{}.Model(), fine), nil),
		"have the same name":          walk.Random(walk.Walk{}, of(testmodel.Way(3).Model(), fine, fine), nil),
		"is of rule 7; expected":      walk.Random(walk.Walk{}, of(lawless, fine), nil),
		"leads from one state to sev": walk.Random(walk.Walk{}, of(twofold, check.Never("1 or 2", func(s *int) bool { return *s > 0 })), nil),
	} {
		o := observe(t, 1, 100, random)
		assert.True(t, o.failed, want)
		assert.Contains(t, o.log.String(), want)
	}
}

// A walk to its end goes where it goes, whatever is judged. Of each property it has the first violation: the one at which the walk
// of that property alone ends.
func TestAWalkToItsEndHasTheFirstViolationOfEach(t *testing.T) {
	claims := testmodel.DepotClaims()
	several := 0
	for seed := range 200 {
		var visited [2][]walk.Visit
		all := func(i int, properties ...check.Property[testmodel.Depot]) []walk.Found[testmodel.Depot, testmodel.Deed] {
			return rapid.Custom(func(t *rapid.T) []walk.Found[testmodel.Depot, testmodel.Deed] {
				visited[i] = nil
				w := walk.Walk{Visit: func(v walk.Visit) { visited[i] = append(visited[i], v) }}
				return walk.All(t, w, testmodel.DepotModel, properties)
			}).Example(seed)
		}
		found := all(0, claims...)
		require.Empty(t, all(1))
		require.Equal(t, visited[1], visited[0], "seed %d", seed)
		if len(found) > 1 {
			several++
		}
		for _, p := range claims {
			alone := all(1, p)
			i := slices.IndexFunc(found, func(f walk.Found[testmodel.Depot, testmodel.Deed]) bool { return f.Property.Name() == p.Name() })
			require.Equal(t, len(alone) > 0, i >= 0, "seed %d, %s", seed, p.Name())
			if i >= 0 {
				require.Equal(t, alone[0].Trace, found[i].Trace)
				ended := rapid.Custom(func(t *rapid.T) *walk.Found[testmodel.Depot, testmodel.Deed] {
					return walk.Draw(t, walk.Walk{}, testmodel.DepotModel, []check.Property[testmodel.Depot]{p})
				}).Example(seed)
				require.Equal(t, found[i].Trace, ended.Trace)
				require.Len(t, found[i].Trace.States, len(found[i].Trace.Steps)+1)
			}
		}
	}
	assert.Positive(t, several)
}
