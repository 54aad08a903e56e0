package conform

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"pkgdist/props/check"
	"pkgdist/props/check/show"
)

// tourStates is how many states a tour goes through if nothing is said about it. To start a subject and take a step takes a
// fraction of a millisecond at best, so that more is hardly meant.
const tourStates = 100_000

// Options say what is driven. The zero value is a tour of the whole model.
type Options[S any, T comparable] struct {
	Traces    []check.Trace[S, T] // drive these, one after the other; nil is a tour
	MaxStates int                 // of the graph that the tour goes through; 0 is 100,000
}

// Driven is what a drive found. It ends with the first failure.
type Driven[S any, T comparable, O any] struct {
	Failure       *Failure[S, T, O] // nil if the subject did what the model does
	Traces, Steps int               // that the subject has taken, without those to make a failure shorter
	Transitions   int               // that there are: steps out of the states, those that change nothing too. Only a tour counts them
	Covered       int               // those that the subject has surely taken
	Cut           string            // why there are more transitions than that, or empty
	// Left are of a tour the shortest traces to the transitions that were not taken, and of given traces those that a subject
	// left, by its own choice.
	Left []check.Trace[S, T]

	model, module string // what was driven, for Report
}

// Complete reports whether a tour took every transition of the model.
func (d *Driven[S, T, O]) Complete() bool {
	return d.Failure == nil && d.Transitions > 0 && d.Covered == d.Transitions && d.Cut == ""
}

// String is the figures in a line.
func (d *Driven[S, T, O]) String() string {
	text := fmt.Sprintf("driven: %s, %s", show.Count(d.Traces, "trace", "traces"), show.Count(d.Steps, "step", "steps"))
	if d.Transitions > 0 {
		text += fmt.Sprintf(", %d of %d transitions (%.0f %%)", d.Covered, d.Transitions, 100*float64(d.Covered)/float64(d.Transitions))
	}
	if d.Cut != "" {
		text += ", not all: " + d.Cut
	}
	return text
}

// Drive has subjects do what the model does: along a tour, which takes every step from every state at least once, those that
// change nothing too, or along given traces, such as a kept counterexample. For each trace a subject is started afresh. Traces
// that the model does not have are an error, and so is a driver that does not work; a subject that fails is none. The failure
// is made as short as runs of the subject can make it.
func Drive[S any, T comparable, O any](ctx context.Context, m check.Model[S, T], d Driver[S, T, O], opt Options[S, T]) (*Driven[S, T, O], error) {
	r, err := newRunner(m, d)
	if err != nil {
		return nil, err
	}
	result := &Driven[S, T, O]{model: m.Name, module: d.Module}
	switch {
	case opt.MaxStates < 0 || opt.MaxStates > 0 && opt.Traces != nil:
		return nil, fmt.Errorf("conform: MaxStates is %d; expected a number of states of a tour, or 0 for %d", opt.MaxStates, tourStates)
	case opt.Traces == nil:
		return result, r.tour(ctx, result, cmp.Or(opt.MaxStates, tourStates))
	case len(opt.Traces) == 0:
		return nil, errors.New("conform: there are no traces; expected some, or nil for a tour")
	}
	return result, r.given(ctx, result, opt.Traces)
}

// given drives traces that the model has.
func (r *runner[S, T, O]) given(ctx context.Context, result *Driven[S, T, O], traces []check.Trace[S, T]) error {
	for i, t := range traces {
		if err := r.isTrace(t); err != nil {
			return fmt.Errorf("conform: trace %d: %w", i+1, err)
		}
		done, err := r.run(ctx, t)
		if err != nil {
			return err
		}
		result.Traces, result.Steps = result.Traces+1, r.steps
		if result.Failure = done.failure; result.Failure != nil {
			return r.shrink(ctx, result.Failure)
		}
		if slices.ContainsFunc(done.behaviours, func(b check.Trace[S, T]) bool { return !slices.Equal(b.Steps, t.Steps) }) {
			result.Left = append(result.Left, t)
		}
	}
	return nil
}

// isTrace says at which step the model does not follow the trace.
func (r *runner[S, T, O]) isTrace(t check.Trace[S, T]) error {
	if len(t.States) == 0 {
		return fmt.Errorf("it has no states; expected at least the initial one")
	}
	b := check.Trace[S, T]{States: t.States[:1:1]}
	for i, step := range t.Steps {
		var possible bool
		if b, possible = r.then(b, step); !possible {
			return fmt.Errorf("step %d, %s, is not possible in the model; expected a run of it", i+1, printed(&r.model, step))
		}
	}
	return nil
}

// tour drives every transition.
func (r *runner[S, T, O]) tour(ctx context.Context, result *Driven[S, T, O], most int) error {
	g, err := newGraph(ctx, r.model, most)
	if err != nil {
		return err
	}
	t := newTour(g)
	result.Transitions, result.Cut = g.transitions(), g.cut
	defer t.account(&result.Covered, &result.Left)
	if result.Transitions == 0 {
		return r.given(ctx, result, []check.Trace[S, T]{{States: g.states[:1]}})
	}
	for way := t.next(); way != nil; way = t.next() {
		done, err := r.run(ctx, g.trace(way))
		if err != nil {
			return err
		}
		result.Traces, result.Steps = result.Traces+1, r.steps
		t.took(way, done.hops(g, r.at))
		if result.Failure = done.failure; result.Failure != nil {
			return r.shrink(ctx, result.Failure)
		}
	}
	return nil
}

// account counts what was driven, and lists the shortest trace to each transition that was not.
func (t *tour[S, T]) account(covered *int, left *[]check.Trace[S, T]) {
	for s, out := range t.out {
		for i := range out {
			if h := (hop{s, i}); t.driven[t.number(h)] {
				*covered++
			} else {
				*left = append(*left, t.trace(append(t.path(s), h)))
			}
		}
	}
}

// firstLeft is the first of what was left.
func (d *Driven[S, T, O]) firstLeft() string {
	if len(d.Left) == 0 {
		return ""
	}
	return fmt.Sprintf(". This was never taken to its end:\n%v", d.Left[0])
}
