package walk_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"pkgdist/props/check"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// pair is two numbers, and the model is to add one to either.
type pair [2]uint8

type adding struct{}

func (adding) Init() []pair { return []pair{{}} }

func (adding) Steps(s pair, yield func(int, pair)) {
	for i := range s {
		if s[i] < 20 {
			next := s
			next[i]++
			yield(i, next)
		}
	}
}

func (adding) Rules() []string { return []string{"left", "right"} }
func (adding) Rule(i int) int  { return i }

// below claims that a number is always small. Either claim fails after four steps, near the failures of the other.
func below(i int) check.Property[pair] {
	return check.Always([]string{"left", "right"}[i], func(s *pair) bool { return s[i] < 4 })
}

// of is a draw that always draws the same.
func of[S, T comparable](m check.Model[S, T], properties ...check.Property[S]) func(*rapid.T) (check.Model[S, T], []check.Property[S]) {
	return func(*rapid.T) (check.Model[S, T], []check.Property[S]) { return m, properties }
}

func TestShrinkingDoesNotSlipToAnotherProperty(t *testing.T) {
	failures := make(map[string]int)
	for seed := range 200 {
		var all []check.Found[pair, int]
		o := observe(t, seed+1, 100, check.Random(check.Walk{}, of[pair, int](adding{}, below(0), below(1)), func(_ *rapid.T, f check.Found[pair, int]) {
			all = append(all, f)
		}))
		require.True(t, o.failed)
		require.NotContains(t, o.log.String(), "flaky")
		first, last := all[0], all[len(all)-1]
		require.Equal(t, first.Property.Name, last.Property.Name, "seed %d", seed+1)
		require.Contains(t, o.log.String(), "always "+first.Property.Name+": violated after")
		failures[first.Property.Name]++
	}
	assert.Len(t, failures, 2, "both fail, in one seed or the other")
}

func TestAFailureNamesThePropertyAndTheSteps(t *testing.T) {
	o := observe(t, 1, 100, check.Random(check.Walk{Drain: 1}, of[pair, int](adding{}, below(1)), nil))
	require.True(t, o.failed)
	assert.Contains(t, o.log.String(), "always right: violated after 4 steps\n\t1\n\t1\n\t1\n\t1\n")
}

func TestAFailureThatIsOnlyNotedStillFails(t *testing.T) {
	for name, failed := range map[string]func(*rapid.T, check.Found[pair, int]){
		"silent": func(*rapid.T, check.Found[pair, int]) {},
		"error":  func(t *rapid.T, f check.Found[pair, int]) { t.Errorf("here is %s", f.Property.Name) },
		"fatal":  func(t *rapid.T, f check.Found[pair, int]) { t.Fatalf("here is %s", f.Property.Name) },
	} {
		o := observe(t, 1, 100, check.Random(check.Walk{}, of[pair, int](adding{}, below(1), below(0)), failed))
		assert.True(t, o.failed, name)
		assert.NotContains(t, o.log.String(), "flaky", name)
		assert.Equal(t, name != "silent", strings.Contains(o.log.String(), "here is"), name)
	}
}

func TestARandomCanBeUsedAgain(t *testing.T) {
	properties := []check.Property[pair]{below(0)}
	var last string
	random := check.Random(check.Walk{}, func(*rapid.T) (check.Model[pair, int], []check.Property[pair]) { return adding{}, properties },
		func(_ *rapid.T, f check.Found[pair, int]) { last = f.Property.Name })
	require.True(t, observe(t, 1, 100, random).failed)
	require.Equal(t, "left", last)
	properties = []check.Property[pair]{below(1)}
	require.True(t, observe(t, 1, 100, random).failed, "what failed before hides nothing now")
	require.Equal(t, "right", last)
}

// Every seed of a fuzz test is judged by all the properties, whatever failed for the seeds before it.
func TestRandomInsideAFuzzTest(t *testing.T) {
	failures := make(map[string]int)
	fuzz := rapid.MakeFuzz(check.Random(check.Walk{}, of[pair, int](adding{}, below(0), below(1)), func(_ *rapid.T, f check.Found[pair, int]) {
		failures[f.Property.Name]++
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

func TestTheSameSeedGivesTheSameWalk(t *testing.T) {
	for seed := range 100 {
		assert.Equal(t, fired(seed, check.Walk{}, depotModel), fired(seed, check.Walk{}, depotModel))
	}
}

// watched is a model that notes every state that it is asked about.
type watched struct {
	depotRace
	asked map[depot]bool
}

func (m watched) Steps(s depot, yield func(deed, depot)) {
	m.asked[s] = true
	m.depotRace.Steps(s, yield)
}

func TestWalksStayInTheStatesThatCanBeReached(t *testing.T) {
	all := explore(t, depotModel, check.Options{})
	var tally check.Tally
	m := watched{asked: make(map[depot]bool)}
	for seed := range 300 {
		for scheduler := check.ByRuleMasked; scheduler <= check.AnyStep; scheduler++ {
			sample[depot, deed](seed, check.Walk{Length: 50, Scheduler: scheduler, Visit: tally.Note}, m)
		}
	}
	for s := range m.asked {
		require.True(t, all.Contains(s), "%+v", s)
	}
	assert.Len(t, m.asked, tally.States(), "the tally counts the states that were walked through")
	assert.EqualValues(t, 900, tally.Walks)
	assert.Greater(t, tally.Deepest, 50, "the drain is counted")
	assert.False(t, tally.Full)
	for rule, times := range tally.Fired {
		assert.Positive(t, times, depotRules[rule])
	}
}

func TestAWalkEndsWithItsFirstViolation(t *testing.T) {
	found := 0
	for seed := range 300 {
		f := sample(seed, check.Walk{}, depotModel, claimsOfDepot()...)
		if f == nil {
			continue
		}
		found++
		again, err := check.Replay(depotModel, f.Trace.States[0], f.Trace.Steps)
		require.NoError(t, err)
		require.Equal(t, again, f.Trace)
		require.Equal(t, []int{len(f.Trace.Steps)}, violations(depotModel, f.Property, f.Trace), f.Property.Name)
	}
	assert.Greater(t, found, 30)
}

// violations are the numbers of steps after which a trace violates a property: the definition, in the plainest words.
func violations[S, T comparable](m check.Model[S, T], p check.Property[S], t check.Trace[S, T]) (after []int) {
	environment, _ := any(m).(check.Environment[T])
	for i, s := range t.States {
		rest := true
		m.Steps(s, func(step T, next S) {
			rest = rest && (next == s || environment != nil && environment.Environment(step))
		})
		violated := false
		switch {
		case p.ClaimStep != nil:
			violated = i > 0 && t.States[i-1] != s && (p.WhenStep == nil || p.WhenStep(&t.States[i-1], &s)) && !p.ClaimStep(&t.States[i-1], &s)
		case p.When != nil && !p.When(&s), p.AtRest && !rest:
		default:
			violated = p.Claim(&s) == (p.Kind == check.KindNever)
		}
		if violated {
			after = append(after, i)
		}
	}
	return after
}

func TestAModelAtRestEndsTheWalk(t *testing.T) {
	still := graph{initial: []int{0}, edges: []edge{{from: 0, to: 0}}} // its only step is a stutter
	for seed := range 20 {
		assert.Nil(t, sample(seed, check.Walk{}, still, check.Never("gone", is(1))))
		found := sample(seed, check.Walk{}, still, check.Never("here", is(0)).OnlyAtRest())
		require.NotNil(t, found)
		assert.Equal(t, check.Trace[int, edge]{States: []int{0}}, found.Trace)
	}
	o := observe(t, 1, 300, check.Random(check.Walk{}, of[int, edge](still, check.Never("gone", is(1))), nil))
	assert.False(t, o.failed, o.log.String())
}

func TestEveryInitialStateIsDrawn(t *testing.T) {
	m := way(9)
	m.initial = []int{3, 5, 7}
	seen := make(map[int]bool)
	for seed := range 50 {
		seen[sample(seed, check.Walk{}, m, check.Never("end", is(9))).Trace.States[0]] = true
	}
	assert.Equal(t, map[int]bool{3: true, 5: true, 7: true}, seen)
}

func TestAModelInPlaceIsWalkedLikeTheOther(t *testing.T) {
	p := check.Never("full", func(s *count) bool { return s[0] == 2 && s[1] == 2 })
	byValue := struct{ check.Model[count, up] }{counters{2}}
	for seed := range 50 {
		w := check.Walk{Scheduler: check.AnyStep, Drain: 1}
		a, b := sample[count, up](seed, w, counters{2}, p), sample(seed, w, byValue, p)
		require.Equal(t, b == nil, a == nil)
		if a != nil {
			require.Equal(t, b.Trace, a.Trace)
		}
	}
}

func TestWhatASingleWalkCannotShowIsPassedOver(t *testing.T) {
	for seed := range 20 {
		assert.Nil(t, sample(seed, check.Walk{}, way(3),
			check.Sometimes("nowhere", is(9)), check.Sometimes("end", is(3)), check.SometimesStep("jump", func(a, b *int) bool { return *b > *a }),
			check.Eventually("away", is(9)), check.EventuallyAlways("away for good", is(9)), check.LeadsTo("from 0 to 9", is(0), is(9))))
	}
}

func TestWalksRefuseWhatMakesNoSense(t *testing.T) {
	fine := check.Never("end", is(3))
	for want, random := range map[string]func(*rapid.T){
		"Length is -1":                check.Random(check.Walk{Length: -1}, of[int, edge](way(3), fine), nil),
		"Drain is -1":                 check.Random(check.Walk{Drain: -1}, of[int, edge](way(3), fine), nil),
		"Scheduler is Scheduler(9)":   check.Random(check.Walk{Scheduler: 9}, of[int, edge](way(3), fine), nil),
		"no initial state":            check.Random(check.Walk{}, of[int, edge](graph{}, fine), nil),
		"have the same name":          check.Random(check.Walk{}, of[int, edge](way(3), fine, fine), nil),
		"is of rule 7; expected":      check.Random(check.Walk{}, of[int, edge](lawless{way(3)}, fine), nil),
		"leads from one state to sev": check.Random(check.Walk{}, of[int, edge](twofold{way(1)}, check.Never("1 or 2", func(s *int) bool { return *s > 0 })), nil),
	} {
		o := observe(t, 1, 100, random)
		assert.True(t, o.failed, want)
		assert.Contains(t, o.log.String(), want)
	}
}

// lawless is a graph whose steps are of a rule that there is not.
type lawless struct{ graph }

func (lawless) Rules() []string { return []string{"only"} }
func (lawless) Rule(edge) int   { return 7 }

// twofold has one step that leads to two states.
type twofold struct{ graph }

func (twofold) Steps(s int, yield func(edge, int)) {
	yield(edge{}, 1)
	yield(edge{}, 2)
}

func BenchmarkWalk(b *testing.B) {
	for scheduler := check.ByRuleMasked; scheduler <= check.AnyStep; scheduler++ {
		b.Run(fmt.Sprint(scheduler), func(b *testing.B) {
			b.ReportAllocs()
			steps, seed := int64(0), 0
			w := check.Walk{Scheduler: scheduler, Visit: func(v check.Visit) { steps++ }}
			for b.Loop() {
				sample(seed, w, depotModel)
				seed++
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "walks/s")
			b.ReportMetric(float64(steps)/b.Elapsed().Seconds(), "steps/s")
		})
	}
}
