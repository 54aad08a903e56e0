package explore

import (
	"fmt"
	"slices"
	"strings"

	"pkgdist/props/check"
	"pkgdist/props/check/show"
)

// Why is what is wrong at a place, and how it came to that.
type Why struct {
	Property, Says string
	Wrong          string // a sentence
	Decided        string // which step decided it, as a sentence; empty if that is not known
	Step           int    // its number, from 1; 0 if it is not known
	Instead        string // what could have been done instead, as a sentence; may be empty
	Ending         string // how the run goes on for ever, if it does
}

func brokenBy[S any](p check.Property[S]) Broken {
	return Broken{Name: nameOf(p), Says: p.Sentence(), Reached: p.Kind() == check.KindSometimes}
}

// nameOf is the name of a property as it comes back from a page.
func nameOf[S any](p check.Property[S]) string { return strings.ToValidUTF8(p.Name(), "\uFFFD") }

// brokenForever are the properties about infinite runs that are violated if the run stays where it is for ever, at rest,
// or goes round for ever from where the state was the same before.
func (w *walker[S, T]) brokenForever(path []*node[S, T]) []Broken {
	last := path[len(path)-1]
	if !last.atRest && w.met(path) < 0 {
		return nil
	}
	last.ever.Do(func() {
		for _, p := range w.properties {
			if p.Kind().Liveness() {
				if _, err := w.judge(path, p); err == nil {
					b := brokenBy(p)
					b.Forever = true
					last.forever = append(last.forever, b)
				}
			}
		}
	})
	return last.forever
}

// judge is the verdict on a path, and an error if it decides nothing.
func (w *walker[S, T]) judge(path []*node[S, T], p check.Property[S]) (check.Verdict[S, T], error) {
	t := traceOf(path)
	loop := w.met(path)
	if loop < 0 {
		loop = len(t.Steps)
	}
	return check.Replay(w.model, p, t.States[0], t.Steps, loop)
}

func traceOf[S any, T comparable](path []*node[S, T]) *check.Trace[S, T] {
	t := &check.Trace[S, T]{States: []S{path[0].state}}
	for _, n := range path[1:] {
		t.States, t.Steps = append(t.States, n.state), append(t.Steps, n.step)
	}
	return t
}

// Why says what is wrong at a place, and what decided it.
func (w *walker[S, T]) Why(p Place, property string) (*Why, error) {
	p.Property = property
	d, err := w.Document(p)
	if err != nil {
		return nil, err
	}
	if strings.ToValidUTF8(d.Property, "\uFFFD") != property {
		return nil, fmt.Errorf("%s is not violated here", property)
	}
	y := &Why{Property: property, Says: d.Says, Ending: d.Ending()}
	if y.Wrong, y.Decided, err = d.Cause(); d.Turn != nil {
		y.Step, y.Instead = d.Turn.Step+1, d.Turn.Instead
	}
	return y, err
}

// Document is the path that leads to a place, as package show tells and keeps it: a counterexample of the property that it
// was walked for, or else of one that is violated there, if there is one.
func (w *walker[S, T]) Document(p Place) (d *show.Document, err error) {
	path, stopped, err := w.standing(p)
	if err == nil {
		err = stopped
	}
	if err != nil {
		return nil, err
	}
	err = guarded(func() error {
		if d, err = w.counterexample(path, p.Property); d == nil && err == nil {
			d, err = w.model.Document(traceOf(path))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if d.Name = "path"; d.Property != "" {
		d.Name = show.FileName(d.Property)
	}
	if w.opt.Tell != nil {
		w.opt.Tell(d)
	}
	return d, nil
}

// counterexample is the path as one of the property, or else of the first one that it violates; nil if there is none.
func (w *walker[S, T]) counterexample(path []*node[S, T], property string) (*show.Document, error) {
	last := path[len(path)-1]
	broken := slices.Concat(last.broken, w.brokenForever(path))
	at := slices.IndexFunc(broken, func(b Broken) bool { return b.Name == property })
	if at < 0 {
		at = slices.IndexFunc(broken, func(b Broken) bool { return !b.Reached })
	}
	if at < 0 {
		return nil, nil
	}
	i := slices.IndexFunc(w.properties, func(p check.Property[S]) bool { return nameOf(p) == broken[at].Name })
	v, err := w.judge(path, w.properties[i])
	if err != nil {
		return nil, err
	}
	return v.Document(), nil
}
