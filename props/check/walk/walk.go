// Package walk walks models at random, with rapid: for spaces too large to be explored, and for tests that draw the model
// itself.
//
// Goals: schedules that rapid can shrink; a failure that stays the same failure while it is shrunk; walks that get far in
// spite of faults; a count of what was reached.
//
// Non-goals: the silence of a walk is no verdict. Package check has those, and its Shrink says more, in less time, of what a
// walk has found.
package walk

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"pkgdist/props/check"
)

const (
	// defaultLength is enough for a rare step to occur by chance, and for what it breaks to show.
	defaultLength = 200
	// defaultDrain is enough for a system that has some dozens of things in hand to finish them.
	defaultDrain = 400
)

// Walk says how walks go. The zero value is the default.
//
// A walk takes steps drawn at random, and then it is drained: the users and faults of the model are quiet, and the system
// takes its own steps, every rule in its turn, until it is at rest. A system that never rests is left where it is after
// some steps, and that is no failure.
type Walk struct {
	Length    int         // most steps before the walk is drained; 0 is 200. Some walks are shorter
	Drain     int         // most steps of draining; 0 is 400
	Scheduler Scheduler   // how a step is drawn
	Visit     func(Visit) // called in every state of every walk, those of rapid's shrinking too; nil is not at all
}

// Visit is a state that a walk is in.
type Visit struct {
	State uint64 // a hash: it is the same for equal states of one model, in every process on machines of one byte order
	Rule  int    // of the step that led here; -1 for the first state, and if the model has no Rules
	Steps int    // since the first state
}

// Found is a walk that violates a property, in its last state or its last step.
type Found[S any, T comparable] struct {
	Property check.Property[S]
	Trace    check.Trace[S, T]
}

// String names the property and the steps, one a line.
func (f Found[S, T]) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v %s: violated after %d steps", f.Property.Kind(), f.Property.Name(), len(f.Trace.Steps))
	for _, step := range f.Trace.Steps {
		fmt.Fprintf(&b, "\n\t%v", step)
	}
	return b.String()
}

// Random is a property for rapid.Check, or rapid.MakeFuzz, that draws a model and walks it. A walk that violates a
// property fails the test, with what failed says of it first; nil says nothing. The test fails even if failed returns.
//
// While rapid shrinks a failure it calls failed once for each try; it has to say the same of the same walk. It keeps to
// the property that failed first.
//
// Sometimes properties and those about infinite runs are passed over: a walk that fails to show the one, or goes on without
// the other, proves nothing.
func Random[S any, T comparable](w Walk, draw func(t *rapid.T) (check.Model[S, T], []check.Property[S]), failed func(t *rapid.T, f Found[S, T])) func(t *rapid.T) {
	var identities identities
	return func(t *rapid.T) {
		m, properties := draw(t)
		found := Draw(t, w, m, properties)
		if found == nil {
			return
		}
		identities.call(found.Property.Name(), func() {
			if failed != nil {
				failed(t, *found)
			}
			t.Fatalf("%v", *found)
		})
	}
}

// Draw walks m once and returns what it violates, or nil. The walk ends there. It is for whoever wants to go on after a
// violation; Random is the ready-made test.
func Draw[S any, T comparable](t *rapid.T, w Walk, m check.Model[S, T], properties []check.Property[S]) *Found[S, T] {
	r, err := newWalker(w, m, properties)
	if err != nil {
		t.Fatal(err)
	}
	r.walk(t)
	if len(r.found) == 0 {
		return nil
	}
	return &r.found[0]
}

// All walks m once, to the end of the walk, and returns the first violation of each property. Where the walk goes does not
// depend on the properties.
func All[S any, T comparable](t *rapid.T, w Walk, m check.Model[S, T], properties []check.Property[S]) []Found[S, T] {
	r, err := newWalker(w, m, properties)
	if err != nil {
		t.Fatal(err)
	}
	r.toTheEnd = true
	r.walk(t)
	return r.found
}

// Trace walks m once and returns the whole walk, for whoever has something to do along it, such as package conform.
func Trace[S any, T comparable](t *rapid.T, w Walk, m check.Model[S, T]) check.Trace[S, T] {
	r, err := newWalker(w, m, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.walk(t)
	return r.trace
}

func (w Walk) validate() error {
	switch {
	case w.Length < 0:
		return fmt.Errorf("walk: Length is %d; expected a number of steps, or 0 for %d", w.Length, defaultLength)
	case w.Drain < 0:
		return fmt.Errorf("walk: Drain is %d; expected a number of steps, or 0 for %d", w.Drain, defaultDrain)
	case w.Scheduler < ByRuleMasked || w.Scheduler > AnyStep:
		return fmt.Errorf("walk: Scheduler is %v; expected ByRuleMasked, ByRule or AnyStep", w.Scheduler)
	}
	return nil
}

// walker takes one walk.
type walker[S any, T comparable] struct {
	Walk
	properties []check.Property[S]
	initial    func() []S
	at         *check.Expansion[S, T]
	schedule   *schedule[T]

	trace    check.Trace[S, T]
	toTheEnd bool // the walk goes on after a violation
	found    []Found[S, T]
	err      error // of the model
}

func newWalker[S any, T comparable](w Walk, m check.Model[S, T], properties []check.Property[S]) (*walker[S, T], error) {
	if err := w.validate(); err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for _, p := range properties {
		if err := p.Validate(); err != nil {
			return nil, fmt.Errorf("walk: %w", err)
		}
		if names[p.Name()] {
			return nil, fmt.Errorf("walk: two properties have the same name, %q", p.Name())
		}
		names[p.Name()] = true
	}
	at, err := m.Expansion()
	if err != nil {
		return nil, err
	}
	if w.Length == 0 {
		w.Length = defaultLength
	}
	if w.Drain == 0 {
		w.Drain = defaultDrain
	}
	// What a finite walk cannot violate, it cannot be judged by.
	judged := slices.DeleteFunc(slices.Clone(properties), func(p check.Property[S]) bool { return !p.Kind().Finite() })
	return &walker[S, T]{Walk: w, properties: judged, initial: m.Init, at: at, schedule: newSchedule(m, w.Scheduler)}, nil
}

func (w *walker[S, T]) walk(t *rapid.T) {
	w.start(t)
	w.wander(t)
	w.drain()
	if w.err != nil {
		t.Fatal(w.err)
	}
}

// over reports whether there is nothing left to find out.
func (w *walker[S, T]) over() bool { return w.err != nil || len(w.found) > 0 && !w.toTheEnd }

// judge takes note of the properties that are violated at the end of the trace so far, and judges them no more.
func (w *walker[S, T]) judge(violated func(p *check.Property[S]) bool) {
	trace := check.Trace[S, T]{States: slices.Clip(w.trace.States), Steps: slices.Clip(w.trace.Steps)}
	w.properties = slices.DeleteFunc(w.properties, func(p check.Property[S]) bool {
		if w.over() || !violated(&p) {
			return false
		}
		w.found = append(w.found, Found[S, T]{Property: p, Trace: trace})
		return true
	})
}

func (w *walker[S, T]) start(t *rapid.T) {
	initial := w.initial()
	first := 0
	switch n := len(initial); n {
	case 0:
		w.err = errors.New("walk: the model has no initial state; expected Init to return at least one")
		return
	case 1:
	default:
		first = index(n).Draw(t, "initial state")
	}
	w.trace.States = append(w.trace.States, w.at.Clone(&initial[first]))
	w.enter(&initial[first], noRule)
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
	w.trace.Steps = append(w.trace.Steps, w.at.Steps[i])
	w.trace.States = append(w.trace.States, w.at.Clone(&w.at.Nexts[i]))
	w.judge(func(p *check.Property[S]) bool { return w.at.StepDecides(p, i) })
	if !w.over() {
		w.enter(&w.at.Nexts[i], w.schedule.rule[i])
	}
}

// enter expands a state, and judges it.
func (w *walker[S, T]) enter(s *S, rule int) {
	w.at.Enter(s)
	if w.Visit != nil {
		w.Visit(Visit{State: hash(w.at.Identity(&w.at.State)), Rule: rule, Steps: len(w.trace.Steps)})
	}
	w.judge(w.at.Decides)
	if w.over() {
		return
	}
	if w.err = w.at.Err; w.err == nil {
		w.err = w.schedule.look(w.at.Steps)
	}
}

// hash is 64 bits of a hash for which nobody knows two identities that collide.
func hash(identity string) uint64 {
	sum := sha256.Sum256([]byte(identity))
	return binary.BigEndian.Uint64(sum[:])
}
