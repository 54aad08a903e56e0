package conform

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"pkgdist/props/check"
)

// runner runs traces of a model on subjects.
type runner[S any, T comparable, O any] struct {
	model  check.Model[S, T]
	driver Driver[S, T, O]
	at     *expansion[S, T]
	seen   *check.Expansion[O, int] // tells observations apart
	steps  int                      // that subjects have taken
}

func newRunner[S any, T comparable, O any](m check.Model[S, T], d Driver[S, T, O]) (*runner[S, T, O], error) {
	if err := d.validate(); err != nil {
		return nil, err
	}
	at, err := newExpansion(m)
	if err != nil {
		return nil, err
	}
	seen, err := observations[O]().Expansion()
	if err != nil {
		return nil, fmt.Errorf("conform: the observation %T: %w", *new(O), err)
	}
	return &runner[S, T, O]{model: m, driver: d, at: at, seen: seen}, nil
}

// observations are a model of nothing but its states.
func observations[O any]() check.Model[O, int] {
	return check.Model[O, int]{Init: func() []O { return make([]O, 1) }, Steps: func(O, func(int, O)) {}}
}

// run is one run of a subject: the behaviours of the model that it may have followed, and how it failed, if it did.
type run[S any, T comparable, O any] struct {
	behaviours []check.Trace[S, T] // each ends in another state
	failure    *Failure[S, T, O]
}

// run starts a subject and has it take the steps of the trace, as long as they are possible in all states that it may be in.
// An error is about the driver or the context, and says nothing of the subject.
func (r *runner[S, T, O]) run(ctx context.Context, t check.Trace[S, T]) (done run[S, T, O], err error) {
	initial := t.States[0]
	subject, err := within(ctx, r.driver.Bound, func(ctx context.Context) (Subject[T, O], error) { return r.driver.Start(ctx, &initial) })
	if err != nil {
		return done, fmt.Errorf("conform: the subject does not start: %w", err)
	}
	done.behaviours = []check.Trace[S, T]{{States: t.States[:1:1]}}
	done.failure, err = r.observe(ctx, subject, &done)
	for i := 0; i < len(t.Steps) && done.failure == nil && err == nil && r.all(done.behaviours, t.Steps[i]); i++ {
		r.steps++
		if done.failure, err = r.step(ctx, subject, &done, t.Steps[i]); done.failure == nil && err == nil {
			done.failure, err = r.observe(ctx, subject, &done)
		}
	}
	var stuck *stuckError
	if done.failure != nil && errors.As(done.failure.Err, &stuck) && stuck.hangs {
		return done, err
	}
	_, stopped := within(context.WithoutCancel(ctx), r.driver.Bound, func(context.Context) (any, error) { return nil, subject.Stop() })
	if stopped != nil && err == nil && done.failure == nil {
		err = fmt.Errorf("conform: the subject does not stop: %w", stopped)
	}
	return done, err
}

// all reports whether the step is possible at the end of each behaviour.
func (r *runner[S, T, O]) all(behaviours []check.Trace[S, T], step T) bool {
	return !slices.ContainsFunc(behaviours, func(b check.Trace[S, T]) bool {
		_, possible := r.then(b, step)
		return !possible
	})
}

// then is the behaviour one step longer.
func (r *runner[S, T, O]) then(b check.Trace[S, T], step T) (check.Trace[S, T], bool) {
	i := -1
	if r.at.enter(&b.States[len(b.States)-1]) == nil {
		i = slices.Index(r.at.steps, step)
	}
	if i < 0 {
		return b, false
	}
	return check.Trace[S, T]{
		States: append(slices.Clip(b.States), r.at.Clone(&r.at.nexts[i])),
		Steps:  append(slices.Clip(b.Steps), step),
	}, true
}

// step has the subject take a step, and finds the behaviours that it may have followed.
func (r *runner[S, T, O]) step(ctx context.Context, subject Subject[T, O], done *run[S, T, O], step T) (*Failure[S, T, O], error) {
	_, err := within(ctx, r.driver.Bound, func(ctx context.Context) (any, error) { return nil, subject.Step(ctx, step) })
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	asked, _ := r.then(done.behaviours[0], step)
	alternatives := []T{step}
	var chosen instead[T]
	if errors.As(err, &chosen) {
		alternatives = chosen
	} else if err != nil {
		return r.failed(Cannot, asked, err), nil
	}
	var longer []check.Trace[S, T]
	ends := map[string]bool{}
	for _, b := range done.behaviours {
		for _, other := range alternatives {
			next, possible := r.then(b, other)
			if key := r.at.Identity(&next.States[len(next.States)-1]); possible && !ends[key] {
				ends[key] = true
				longer = append(longer, next)
			}
		}
	}
	if len(longer) == 0 {
		return r.failed(Forbidden, asked, r.forbidden(&done.behaviours[0], step, alternatives)), nil
	}
	done.behaviours = longer
	return nil, nil
}

// forbidden says what the subject did, and what stops it in the model.
func (r *runner[S, T, O]) forbidden(b *check.Trace[S, T], asked T, did []T) error {
	text := fmt.Sprintf("asked for %s, it did", printed(&r.model, asked))
	for i, step := range did {
		if i > 0 {
			text += ", or"
		}
		text += " " + printed(&r.model, step)
		if r.model.WhyNot != nil {
			if guard := r.model.WhyNot(&b.States[len(b.States)-1], step); guard != "" {
				text += ", which needs that " + guard
			}
		}
	}
	return errors.New(text)
}

// observe keeps the behaviours at whose end the model expects what is seen.
func (r *runner[S, T, O]) observe(ctx context.Context, subject Subject[T, O], done *run[S, T, O]) (*Failure[S, T, O], error) {
	seen, err := within(ctx, r.driver.Bound, subject.Observe)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return r.failed(Unseen, done.behaviours[0], err), nil
	}
	identity := r.seen.Identity(&seen)
	var left []check.Trace[S, T]
	var expected []O
	for _, b := range done.behaviours {
		one := r.driver.Expected(&b.States[len(b.States)-1])
		if r.seen.Identity(&one) == identity {
			left = append(left, b)
		} else {
			expected = append(expected, one)
		}
	}
	if len(left) == 0 {
		f := r.failed(Differs, done.behaviours[0], nil)
		f.Expected, f.Seen = expected, seen
		return f, nil
	}
	done.behaviours = left
	return nil, nil
}

func (r *runner[S, T, O]) failed(kind Kind, b check.Trace[S, T], err error) *Failure[S, T, O] {
	return &Failure[S, T, O]{Kind: kind, Trace: b, Err: err, model: &r.model}
}

// hops are the transitions of a graph that the subject has surely taken: those that all behaviours have in common from the
// beginning on.
func (done *run[S, T, O]) hops(g *graph[S, T], x *expansion[S, T]) (way []hop) {
	first := done.behaviours[0]
	at := g.numbers[x.Identity(&first.States[0])]
	for i, step := range first.Steps {
		for _, other := range done.behaviours[1:] {
			if other.Steps[i] != step {
				return way
			}
		}
		index := slices.IndexFunc(g.out[at], func(e transition[T]) bool { return e.step == step })
		if index < 0 {
			return way // beyond the limit of the graph
		}
		way = append(way, hop{at, index})
		at = g.out[at][index].to
	}
	return way
}
