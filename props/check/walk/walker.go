package check

import (
	"errors"
	"hash/maphash"

	"pgregory.net/rapid"
)

// visitSeed makes the hashes of all walks comparable.
var visitSeed = maphash.MakeSeed()

// walker takes one walk. It keeps the steps and no states but the one that it is in: the few walks that find something
// are replayed.
type walker[S, T comparable] struct {
	Walk
	model      Model[S, T]
	properties []Property[S]
	at         *crossing[S, T]
	schedule   *schedule[T]

	initial S
	steps   []T
	broken  *Property[S]
	err     error // of the model
}

func newWalker[S, T comparable](w Walk, m Model[S, T], properties []Property[S]) (*walker[S, T], error) {
	if err := w.validate(); err != nil {
		return nil, err
	}
	if err := validateProperties(properties); err != nil {
		return nil, err
	}
	if w.Length == 0 {
		w.Length = defaultLength
	}
	if w.Drain == 0 {
		w.Drain = defaultDrain
	}
	return &walker[S, T]{
		Walk: w, model: m, properties: onWalks(properties),
		at: newCrossing(m), schedule: newSchedule[T](m, w.Scheduler),
	}, nil
}

func (w *walker[S, T]) walk(t *rapid.T) *Found[S, T] {
	w.start(t)
	w.wander(t)
	w.drain()
	if w.err != nil {
		t.Fatal(w.err)
	}
	if w.broken == nil {
		return nil
	}
	trace, err := Replay(w.model, w.initial, w.steps)
	if err != nil {
		t.Fatal(err)
	}
	return &Found[S, T]{Property: *w.broken, Trace: trace}
}

// over reports whether there is nothing left to find out.
func (w *walker[S, T]) over() bool { return w.broken != nil || w.err != nil }

func (w *walker[S, T]) start(t *rapid.T) {
	initial := w.model.Init()
	switch n := len(initial); n {
	case 0:
		w.err = errors.New("check: the model has no initial state; expected Init to return at least one")
		return
	case 1:
		w.initial = initial[0]
	default:
		w.initial = initial[index(n).Draw(t, "initial state")]
	}
	w.enter(&w.initial, noRule)
}

// wander takes the steps that are drawn.
func (w *walker[S, T]) wander(t *rapid.T) {
	if w.over() {
		return
	}
	w.schedule.drawMask(t)
	for range lengths(w.Length).Draw(t, "length") {
		if w.over() || w.schedule.ends() {
			return
		}
		if i := w.schedule.drawStep(t); i != stutter {
			w.take(i)
		}
	}
}

// take goes on with one of the steps.
func (w *walker[S, T]) take(i int) {
	w.steps = append(w.steps, w.at.steps[i])
	next := &w.at.nexts[i]
	for p := range w.properties {
		if w.at.breaksBy(&w.properties[p], next) {
			w.broken = &w.properties[p]
			return
		}
	}
	w.enter(next, w.schedule.rule[i])
}

// enter looks around in a state, and judges it.
func (w *walker[S, T]) enter(s *S, rule int) {
	w.at.arrive(s)
	if w.Visit != nil {
		w.Visit(Visit{State: maphash.Comparable(visitSeed, w.at.state), Rule: rule, Steps: len(w.steps)})
	}
	for p := range w.properties {
		if w.at.breaks(&w.properties[p]) {
			w.broken = &w.properties[p]
			return
		}
	}
	w.err = w.schedule.look(w.at.steps)
}
