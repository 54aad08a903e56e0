package conform_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"pkgdist/props/check"
	"pkgdist/props/check/conform"
	"pkgdist/props/internal/testmodel"
)

var right, wrong = ring{wrap: 3}, ring{wrap: 2}

func drive(t *testing.T, d conform.Driver[[]string, string, view]) *conform.Driven[[]string, string, view] {
	t.Helper()
	result, err := conform.Drive(t.Context(), letters, d, conform.Options[[]string, string]{})
	require.NoError(t, err)
	return result
}

func TestARightQueueIsDrivenAlongEveryTransition(t *testing.T) {
	result := drive(t, driving(right))
	assert.True(t, result.Complete())
	assert.Equal(t, "driven: 1 trace, 12 steps, 12 of 12 transitions (100 %)", result.String())
}

func TestAWrongQueueFailsWithTheShortestStory(t *testing.T) {
	result := drive(t, driving(wrong))
	require.NotNil(t, result.Failure)
	assert.False(t, result.Complete())
	assert.Equal(t, `the subject differs from the model, after 2 steps

   1. put a
        state [] -> [a]
   2. put a
        state [a] -> [a a]
   => The model expects Length 2, and saw 0; Head a, and saw "".

smallest: the subject does not fail like this in any shorter trace`, result.Failure.String())
}

// transitionsOf are the transitions of a model, found by a plain walk through its states. The sum is of their distances from
// the initial states: the steps of a trace for each transition.
func transitionsOf[S any, T comparable](m check.Model[S, T]) (all map[string]bool, sum int) {
	x := testmodel.Must(m.Expansion())
	all, seen := map[string]bool{}, map[string]bool{}
	for todo, depth := m.Init(), 1; len(todo) > 0; depth++ {
		var next []S
		for _, s := range todo {
			if seen[x.Identity(&s)] {
				continue
			}
			seen[x.Identity(&s)] = true
			m.Steps(s, func(step T, to S) {
				all[fmt.Sprintf("%s %v", x.Identity(&s), step)] = true
				sum += depth
				next = append(next, to)
			})
		}
		todo = next
	}
	return all, sum
}

// requireTour checks that a tour takes every transition, and that its figures say so.
func requireTour[S any, T comparable](t *testing.T, m check.Model[S, T]) (traces, steps int) {
	t.Helper()
	var toured []*check.Trace[S, T]
	result, err := conform.Drive(t.Context(), m, mirroring(m, &toured), conform.Options[S, T]{})
	require.NoError(t, err)
	require.Nil(t, result.Failure)
	all, _ := transitionsOf(m)
	x := testmodel.Must(m.Expansion())
	taken := map[string]bool{}
	for _, trace := range toured {
		at := trace.States[0]
		for _, step := range trace.Steps {
			steps++
			taken[fmt.Sprintf("%s %v", x.Identity(&at), step)] = true
			m.Steps(at, func(other T, to S) {
				if other == step {
					at = to
				}
			})
		}
	}
	require.Equal(t, all, taken)
	require.Equal(t, []int{len(all), len(all), len(toured), steps}, []int{result.Transitions, result.Covered, result.Traces, result.Steps})
	return len(toured), steps
}

func TestATourIsShorterThanATraceForEachTransition(t *testing.T) {
	m := testmodel.TwoPhase(4)
	all, sum := transitionsOf(m)
	traces, steps := requireTour(t, m)
	t.Logf("%d transitions: %d traces of %d steps, and each by itself would take %d steps", len(all), traces, steps, sum)
	assert.Less(t, traces, len(all)/2)
	assert.Less(t, steps, sum/2)
}

func TestATourTakesEveryTransitionOfAnyGraph(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := graphs(8, 16).Draw(rt, "graph").Model()
		if all, _ := transitionsOf(m); len(all) > 0 {
			requireTour(t, m)
		}
	})
}

// graphs are small models: at most so many states and edges, with one or two initial states.
func graphs(states, edges int) *rapid.Generator[testmodel.Graph] {
	return rapid.Custom(func(t *rapid.T) testmodel.Graph {
		state := rapid.IntRange(0, states-1)
		g := testmodel.Graph{Initial: rapid.SliceOfNDistinct(state, 1, 2, rapid.ID).Draw(t, "initial")}
		for i := range rapid.IntRange(0, edges).Draw(t, "edges") {
			g.Edges = append(g.Edges, testmodel.Edge{From: state.Draw(t, "from"), To: state.Draw(t, "to"), Name: fmt.Sprint(i)})
		}
		return g
	})
}

func TestAStateConstraintBoundsTheTour(t *testing.T) {
	m := letters
	m.Constraint = func(s *[]string) bool { return len(*s) < 2 }
	result, err := conform.Drive(t.Context(), m, driving(right), conform.Options[[]string, string]{})
	require.NoError(t, err)
	assert.Equal(t, 8, result.Transitions, "two out of no letter, three out of each of the two with one letter")
}

func TestALimitOfTheTourIsSaid(t *testing.T) {
	result, err := conform.Drive(t.Context(), letters, driving(right), conform.Options[[]string, string]{MaxStates: 3})
	require.NoError(t, err)
	assert.Equal(t, result.Transitions, result.Covered)
	assert.False(t, result.Complete())
	assert.Contains(t, result.String(), "not all: the model has more than 3 states")
}

// In each of these, the queue goes wrong in its third step or in what is seen then. The story is as long as it has to be.
func TestWhateverGoesWrongIsAStory(t *testing.T) {
	steps := 0
	failing := func(fail func(r *ring, step string) error) ring {
		return ring{wrap: 3, step: func(r *ring, step string) error {
			if step == "take" {
				return fail(r, step)
			}
			return r.do(step)
		}}
	}
	for name, c := range map[string]struct {
		like ring
		kind conform.Kind
		says string
	}{
		"an error":        {failing(func(*ring, string) error { return errors.New("no hands") }), conform.Cannot, "The subject cannot do what the model can: no hands"},
		"a panic":         {failing(func(r *ring, _ string) error { r.array[r.from-1] = ""; return nil }), conform.Cannot, "it panics: runtime error: index out of range [-1] (drive_test.go:"},
		"FailNow":         {failing(func(*ring, string) error { runtime.Goexit(); return nil }), conform.Cannot, "ended its goroutine"},
		"a forbidden one": {failing(func(*ring, string) error { return conform.Instead("take", "put c") }), conform.Differs, "expects Length 0, and saw 1"},
		"only forbidden":  {failing(func(*ring, string) error { return conform.Instead("put c") }), conform.Forbidden, "asked for take, it did put c"},
		"unseen": {ring{wrap: 3, observe: func(r *ring) (view, error) {
			if steps++; r.from > 0 {
				return view{}, errors.New("it is dark")
			}
			return viewOf(&[]string{"a"}), nil
		}}, conform.Differs, "Length 0, and saw 1"},
	} {
		result := drive(t, driving(c.like))
		require.NotNil(t, result.Failure, name)
		assert.Equal(t, c.kind, result.Failure.Kind, name)
		assert.Contains(t, strings.Join(strings.Fields(result.Failure.String()), " "), c.says, name)
		assert.Contains(t, result.Failure.Proof, "smallest", name)
	}
}

func TestAnObservationThatFailsIsAFailure(t *testing.T) {
	like := right
	like.observe = func(r *ring) (view, error) {
		if r.to == 2 {
			return view{}, errors.New("it is dark")
		}
		return view{Length: (r.to - r.from + 3) % 3, Head: map[bool]string{true: r.array[r.from]}[r.from != r.to]}, nil
	}
	f := drive(t, driving(like)).Failure
	require.NotNil(t, f)
	assert.Equal(t, conform.Unseen, f.Kind)
	assert.Len(t, f.Trace.Steps, 2)
	assert.ErrorContains(t, f.Err, "it is dark")
}

// In a bubble the time that is given to a blocked subject passes at once.
func TestASubjectThatIsBlockedOrHangsIsAFailure(t *testing.T) {
	for name, c := range map[string]struct {
		heeds bool
		says  string
	}{
		"blocked": {true, "it is blocked: it is not done after 10s: context deadline exceeded"},
		"hangs":   {false, "it hangs: it is not done after 10s, and does not heed the end of its context"},
	} {
		synctest.Test(t, func(t *testing.T) {
			release, began, stops := make(chan bool), time.Now(), 0
			d := driving(right)
			start := d.Start
			d.Start = func(ctx context.Context, initial *[]string) (conform.Subject[string, view], error) {
				s, err := start(ctx, initial)
				return &blocking{s, release, c.heeds, &stops}, err
			}
			f := drive(t, d).Failure
			close(release)
			require.NotNil(t, f, name)
			assert.Equal(t, conform.Cannot, f.Kind, name)
			assert.ErrorContains(t, f.Err, c.says, name)
			if c.heeds {
				assert.Equal(t, []string{"put a", "take"}, f.Trace.Steps, name)
			} else {
				assert.Equal(t, 11*time.Second, time.Since(began), "one run, which is left alone")
				assert.Zero(t, stops)
			}
		})
	}
}

// blocking blocks in take.
type blocking struct {
	conform.Subject[string, view]
	release chan bool
	heeds   bool
	stops   *int
}

func (b *blocking) Stop() error { *b.stops++; return nil }

func (b *blocking) Step(ctx context.Context, step string) error {
	if step != "take" {
		return b.Subject.Step(ctx, step)
	}
	if !b.heeds {
		<-b.release
		return nil
	}
	select {
	case <-b.release:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// A queue that puts whatever letter it likes is driven along every transition too, and states are tracked where it does not
// say which it put.
func TestASubjectMayChoose(t *testing.T) {
	for name, says := range map[string]func(put string) error{
		"and says what":      func(put string) error { return conform.Instead(put) },
		"and says it either": func(string) error { return conform.Instead("put a", "put b") },
	} {
		choices, did := 0, map[string]bool{}
		like := ring{wrap: 3, step: func(r *ring, step string) error {
			asked := step
			if step != "take" {
				choices++
				step = []string{"put a", "put b"}[choices/2%2]
			}
			content := ""
			for i := r.from; i != r.to; i = (i + 1) % 3 {
				content += r.array[i]
			}
			did[content+" "+step] = true
			if err := r.do(step); err != nil || asked == "take" {
				return err
			}
			return says(step)
		}}
		result := drive(t, driving(like))
		require.Nil(t, result.Failure, name)
		assert.Equal(t, 12, result.Transitions)
		assert.LessOrEqual(t, result.Covered, len(did), "%s: nothing counts that it did not do: %v", name, result)
		assert.True(t, result.Complete(), "%s: what is seen at the head tells: %v", name, result)
	}
}

// Nothing that is seen tells which step the subject took, and so none is counted.
func TestWhatASubjectMayHaveDoneIsNotCounted(t *testing.T) {
	m := testmodel.Graph{Initial: []int{0}, Edges: []testmodel.Edge{{From: 0, To: 1}, {From: 0, To: 2}}}.Model()
	result, err := conform.Drive(t.Context(), m, conform.Driver[int, testmodel.Edge, bool]{
		Start:    func(context.Context, *int) (conform.Subject[testmodel.Edge, bool], error) { return either{}, nil },
		Expected: func(*int) bool { return true },
	}, conform.Options[int, testmodel.Edge]{})
	require.NoError(t, err)
	assert.Nil(t, result.Failure)
	assert.Equal(t, []int{2, 0}, []int{result.Transitions, result.Covered})
}

type either struct{}

func (either) Step(context.Context, testmodel.Edge) error {
	return conform.Instead(testmodel.Edge{From: 0, To: 1}, testmodel.Edge{From: 0, To: 2})
}
func (either) Observe(context.Context) (bool, error) { return true, nil }
func (either) Stop() error                           { return nil }

// A queue of one letter that is asked to take puts another one instead, and then there is no room for what was planned.
func TestATraceIsLeftWhereItsNextStepIsNotPossible(t *testing.T) {
	asked := []string{}
	like := ring{wrap: 3, step: func(r *ring, step string) error {
		asked = append(asked, step)
		if step == "take" && (r.to-r.from+3)%3 == 1 {
			return errors.Join(r.do("put a"), conform.Instead("put a"))
		}
		return r.do(step)
	}}
	trace, err := letters.Run([]string{"put a", "take", "put a", "put b", "take"})
	require.NoError(t, err)
	result, err := conform.Drive(t.Context(), letters, driving(like), conform.Options[[]string, string]{Traces: []check.Trace[[]string, string]{trace}})
	require.NoError(t, err)
	assert.Nil(t, result.Failure)
	assert.Equal(t, []string{"put a", "take"}, asked)
	assert.Len(t, result.Left, 1, "and that is said")
}

func TestTransitionsThatASubjectNeverTakesAreLeft(t *testing.T) {
	like := ring{wrap: 3, step: func(r *ring, step string) error {
		if step == "take" {
			return r.do(step)
		}
		return errors.Join(r.do("put a"), conform.Instead("put b", "put a")) // it does not say which
	}}
	result := drive(t, driving(like))
	require.Nil(t, result.Failure)
	assert.False(t, result.Complete())
	assert.Equal(t, 4, result.Covered, "put a and take, with one letter and with two")
	require.Len(t, result.Left, 8)
	assert.Equal(t, []string{"put b"}, result.Left[0].Steps)
}

func TestGivenTracesAreDriven(t *testing.T) {
	trace, err := letters.Run([]string{"put a", "put b", "take", "take"})
	require.NoError(t, err)
	for wrap, fails := range map[int]bool{3: false, 2: true} {
		result, err := conform.Drive(t.Context(), letters, driving(ring{wrap: wrap}), conform.Options[[]string, string]{Traces: []check.Trace[[]string, string]{trace}})
		require.NoError(t, err)
		assert.Equal(t, fails, result.Failure != nil)
		assert.Empty(t, result.Left)
		assert.Zero(t, result.Transitions)
		assert.False(t, result.Complete(), "nothing is said about the whole")
	}
	_, err = letters.Run([]string{"put a", "take", "take"})
	assert.EqualError(t, err, "check: step 3, take, is not possible in the state that the steps before it lead to")
	trace.Steps[1] = "take"
	_, err = conform.Drive(t.Context(), letters, driving(right), conform.Options[[]string, string]{Traces: []check.Trace[[]string, string]{trace}})
	assert.EqualError(t, err, "conform: trace 1: step 3, take, is not possible in the model; expected a run of it")
}

// A fault that needs a history, which states of the model do not tell: the third letter that was ever put is lost.
func TestAFailureIsMadeAsShortAsRunsTell(t *testing.T) {
	like := ring{wrap: 3, step: func(r *ring, step string) error {
		if step != "take" && r.to == 2 {
			return nil
		}
		return r.do(step)
	}}
	long := make([]string, 0, 60)
	for range 20 {
		long = append(long, "put b", "put a", "take", "take")
	}
	trace, err := letters.Run(long)
	require.NoError(t, err)
	result, err := conform.Drive(t.Context(), letters, driving(like), conform.Options[[]string, string]{Traces: []check.Trace[[]string, string]{trace}})
	require.NoError(t, err)
	require.NotNil(t, result.Failure)
	assert.Len(t, result.Failure.Trace.Steps, 4, "two puts, a take for room, and the third put")
	assert.Contains(t, result.Failure.Proof, "smallest")
}

// Three runs show the fault, none of which is another one with steps left out.
func TestAFailureIsTheShortestOfAllThatShowIt(t *testing.T) {
	like := right
	like.observe = func(r *ring) (view, error) {
		v := view{Length: (r.to - r.from + 3) % 3, Head: map[bool]string{true: r.array[r.from]}[r.from != r.to]}
		switch r.history {
		case "put a; put a; take; put a; ", "put b; put a; take; ", "put b; take; ":
			v.Length = 9
		}
		return v, nil
	}
	trace, err := letters.Run([]string{"put a", "put a", "take", "put a"})
	require.NoError(t, err)
	result, err := conform.Drive(t.Context(), letters, driving(like), conform.Options[[]string, string]{Traces: []check.Trace[[]string, string]{trace}})
	require.NoError(t, err)
	require.NotNil(t, result.Failure)
	assert.Equal(t, []string{"put b", "take"}, result.Failure.Trace.Steps)
	assert.Contains(t, result.Failure.Proof, "smallest")
}

// The queue loses a letter after four steps, and shows a wrong one after the first put of another letter.
func TestAFailureIsNotMadeIntoAnother(t *testing.T) {
	like := ring{wrap: 3,
		step: func(r *ring, step string) error {
			if step != "take" && r.to == 2 {
				return nil
			}
			return r.do(step)
		},
		observe: func(r *ring) (view, error) {
			v := view{Length: (r.to - r.from + 3) % 3}
			if v.Length > 0 {
				v.Head = strings.ReplaceAll(r.array[r.from], "b", "z")
			}
			return v, nil
		},
	}
	trace, err := letters.Run([]string{"put a", "take", "put a", "take", "put a"})
	require.NoError(t, err)
	result, err := conform.Drive(t.Context(), letters, driving(like), conform.Options[[]string, string]{Traces: []check.Trace[[]string, string]{trace}})
	require.NoError(t, err)
	require.NotNil(t, result.Failure)
	assert.Equal(t, []string{"put a", "take", "put a", "put a"}, result.Failure.Trace.Steps)
	assert.Contains(t, result.Failure.Proof, "smallest: the subject does not fail like this")
}

func TestAFailureThatDoesNotComeAgainIsToldAsItWas(t *testing.T) {
	times := 0
	like := ring{wrap: 3, step: func(r *ring, step string) error {
		if times++; times == 10 {
			return errors.New("once")
		}
		return r.do(step)
	}}
	f := drive(t, driving(like)).Failure
	require.NotNil(t, f)
	assert.Len(t, f.Trace.Steps, 10)
	assert.Contains(t, f.String(), "run again, the subject did not fail: it does not depend on the steps alone")
}

func TestADriverThatDoesNotWorkIsAnError(t *testing.T) {
	d := driving(right)
	d.Start = func(context.Context, *[]string) (conform.Subject[string, view], error) {
		return nil, errors.New("no disk")
	}
	_, err := conform.Drive(t.Context(), letters, d, conform.Options[[]string, string]{})
	assert.EqualError(t, err, "conform: the subject does not start: no disk")
	like := right
	like.stop = func() error { return errors.New("it goes on") }
	_, err = conform.Drive(t.Context(), letters, driving(like), conform.Options[[]string, string]{})
	assert.EqualError(t, err, "conform: the subject does not stop: it goes on")
	d = driving(right)
	d.Bound = -1
	_, err = conform.Drive(t.Context(), letters, d, conform.Options[[]string, string]{})
	assert.ErrorContains(t, err, "Bound is -1ns; expected a time, or 0 for 10s")
	d.Bound, d.Expected = 0, nil
	_, err = conform.Drive(t.Context(), letters, d, conform.Options[[]string, string]{})
	assert.ErrorContains(t, err, "no Start or no Expected")
	_, err = conform.Drive(t.Context(), letters, driving(right), conform.Options[[]string, string]{MaxStates: -1})
	assert.ErrorContains(t, err, "MaxStates is -1")
	none := []check.Trace[[]string, string]{}
	_, err = conform.Drive(t.Context(), letters, driving(right), conform.Options[[]string, string]{MaxStates: 1, Traces: none})
	assert.ErrorContains(t, err, "MaxStates is 1; expected a number of states of a tour")
	_, err = conform.Drive(t.Context(), letters, driving(right), conform.Options[[]string, string]{Traces: none})
	assert.ErrorContains(t, err, "there are no traces")
	_, err = conform.Explain(t.Context(), testmodel.Graph{}.Model(), conform.Log[int, testmodel.Edge]{})
	assert.ErrorContains(t, err, "no initial state")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = conform.Drive(ctx, letters, driving(right), conform.Options[[]string, string]{})
	assert.ErrorIs(t, err, context.Canceled)
	_, err = conform.Drive(t.Context(), letters, conform.Driver[[]string, string, *int]{
		Start:    func(context.Context, *[]string) (conform.Subject[string, *int], error) { return nil, nil },
		Expected: func(*[]string) *int { return nil },
	}, conform.Options[[]string, string]{})
	assert.ErrorContains(t, err, "*int")
}
