package check

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"
)

const (
	// defaultLength is enough for a rare step to come about by chance, and for what it breaks to show.
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
	State uint64 // a hash: it is the same for equal states as long as the program runs
	Rule  int    // of the step that led here; -1 for the first state, and if the model has no Rules
	Steps int    // since the first state
}

// Found is a walk that violates a property, in its last state or its last step.
type Found[S, T comparable] struct {
	Property Property[S]
	Trace    Trace[S, T]
}

// String names the property and the steps, one a line.
func (f Found[S, T]) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v %s: violated after %d steps", f.Property.Kind, f.Property.Name, len(f.Trace.Steps))
	for _, step := range f.Trace.Steps {
		fmt.Fprintf(&b, "\n\t%v", step)
	}
	return b.String()
}

// Random is a property for rapid.Check, or rapid.MakeFuzz, that draws a model and walks it. A walk that violates a
// property fails the test, with what failed says of it first; nil says nothing. The test fails even if failed returns.
//
// While rapid shrinks a failure it calls failed again and again; it has to say the same of the same walk. It sticks to
// the property that failed first. Shrink says more, in less time, of the walk found last.
//
// Sometimes properties and those about what happens in the end are passed over: a walk that fails to show the one, or
// goes on without the other, proves nothing. Only the violations of a Random are worth anything; its silence is not.
func Random[S, T comparable](w Walk, draw func(t *rapid.T) (Model[S, T], []Property[S]), failed func(t *rapid.T, f Found[S, T])) func(t *rapid.T) {
	var own stacks
	return func(t *rapid.T) {
		m, properties := draw(t)
		found := DrawWalk(t, w, m, properties)
		if found == nil {
			return
		}
		own.call(found.Property.Name, func() {
			if failed != nil {
				failed(t, *found)
			}
			t.Fatalf("%v", *found)
		})
	}
}

// DrawWalk walks m once and returns what it violates, or nil. It does so for whoever wants to go on after a violation;
// Random is the ready-made test.
func DrawWalk[S, T comparable](t *rapid.T, w Walk, m Model[S, T], properties []Property[S]) *Found[S, T] {
	r, err := newWalker(w, m, properties)
	if err != nil {
		t.Fatal(err)
	}
	return r.walk(t)
}

func (w Walk) validate() error {
	switch {
	case w.Length < 0:
		return fmt.Errorf("check: Length is %d; expected a number of steps, or 0 for %d", w.Length, defaultLength)
	case w.Drain < 0:
		return fmt.Errorf("check: Drain is %d; expected a number of steps, or 0 for %d", w.Drain, defaultDrain)
	case w.Scheduler < ByRuleMasked || w.Scheduler > AnyStep:
		return fmt.Errorf("check: Scheduler is %v; expected ByRuleMasked, ByRule or AnyStep", w.Scheduler)
	}
	return nil
}

// onWalks are the properties that a walk is judged by.
func onWalks[S any](properties []Property[S]) []Property[S] {
	return slices.DeleteFunc(slices.Clone(properties), func(p Property[S]) bool { return !p.Kind.walkable() })
}
