package conform_test

import (
	"context"
	"errors"
	"slices"
	"strings"

	"pkgdist/props/check"
	"pkgdist/props/check/conform"
)

// letters is the model of a queue of two letters at the most.
var letters = check.Model[[]string, string]{
	Name: "Queue",
	Init: func() [][]string { return [][]string{{}} },
	Steps: func(s []string, yield func(string, []string)) {
		if len(s) < 2 {
			yield("put a", append(slices.Clone(s), "a"))
			yield("put b", append(slices.Clone(s), "b"))
		}
		if len(s) > 0 {
			yield("take", s[1:])
		}
	},
	WhyNot: func(s *[]string, step string) string {
		switch {
		case step == "take" && len(*s) == 0:
			return "there is a letter"
		case step != "take" && len(*s) == 2:
			return "there is room"
		}
		return ""
	},
}

// view is what can be seen of a queue: how long it is and what is at its head.
type view struct {
	Length int
	Head   string
}

func viewOf(s *[]string) view {
	v := view{Length: len(*s)}
	if v.Length > 0 {
		v.Head = (*s)[0]
	}
	return v
}

// ring is a queue in an array. It is right if wrap is the length of the array.
type ring struct {
	array    [3]string
	from, to int
	wrap     int
	history  string                           // the steps that it was asked for
	step     func(r *ring, step string) error // instead of its own
	observe  func(r *ring) (view, error)
	stop     func() error
}

func (r *ring) put(letter string) {
	r.array[r.to] = letter
	if r.to++; r.to == r.wrap {
		r.to = 0
	}
}

func (r *ring) take() {
	if r.from++; r.from == 3 {
		r.from = 0
	}
}

func (r *ring) do(step string) error {
	if letter, ok := strings.CutPrefix(step, "put "); ok {
		r.put(letter)
		return nil
	}
	if r.from == r.to {
		return errors.New("it is empty")
	}
	r.take()
	return nil
}

func (r *ring) Step(_ context.Context, step string) error {
	r.history += step + "; "
	if r.step != nil {
		return r.step(r, step)
	}
	return r.do(step)
}

func (r *ring) Observe(context.Context) (view, error) {
	if r.observe != nil {
		return r.observe(r)
	}
	v := view{Length: (r.to - r.from + 3) % 3}
	if v.Length > 0 {
		v.Head = r.array[r.from]
	}
	return v, nil
}

func (r *ring) Stop() error {
	if r.stop != nil {
		return r.stop()
	}
	return nil
}

// driving is a driver of a ring like that.
func driving(like ring) conform.Driver[[]string, string, view] {
	return conform.Driver[[]string, string, view]{
		Start: func(context.Context, *[]string) (conform.Subject[string, view], error) {
			fresh := like
			return &fresh, nil
		},
		Expected: viewOf,
	}
}

// mirror is a subject that is the model itself.
type mirror[S any, T comparable] struct {
	model check.Model[S, T]
	trace *check.Trace[S, T] // what it was asked to do
}

// mirroring is a driver of mirrors of a model with Steps. It notes the traces that it is asked for.
func mirroring[S any, T comparable](m check.Model[S, T], traces *[]*check.Trace[S, T]) conform.Driver[S, T, S] {
	return conform.Driver[S, T, S]{
		Start: func(_ context.Context, initial *S) (conform.Subject[T, S], error) {
			t := &check.Trace[S, T]{States: []S{*initial}}
			*traces = append(*traces, t)
			return &mirror[S, T]{m, t}, nil
		},
		Expected: func(s *S) S { return *s },
	}
}

func (m *mirror[S, T]) Step(_ context.Context, step T) error {
	err := errors.New("no such step")
	m.model.Steps(m.trace.States[len(m.trace.Steps)], func(other T, next S) {
		if other == step && err != nil {
			m.trace.Steps, m.trace.States, err = append(m.trace.Steps, step), append(m.trace.States, next), nil
		}
	})
	return err
}

func (m *mirror[S, T]) Observe(context.Context) (S, error) {
	return m.trace.States[len(m.trace.Steps)], nil
}
func (m *mirror[S, T]) Stop() error { return nil }
