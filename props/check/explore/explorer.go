// Package explore lets a person walk a model: state by state, with every step that is possible, what stops the others, and
// the shortest way to where a property breaks.
//
// Goals: one call shows any model on a local page (Serve), or in a terminal (package terminal); both show the same; a path
// that was walked is kept as a file, as a Go test, or in any other form of package show; the page answers while the search
// is at work; nobody else can read or steer it.
//
// Non-goals: it judges nothing that package check does not judge. It keeps nothing but what a person asks it to keep: a
// place is in the address of the page.
package explore

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"pkgdist/props/check"
	"pkgdist/props/check/show"
)

// An Explorer walks one model, whatever the types of its states and steps are. Its methods may be called by several
// goroutines at once.
type Explorer interface {
	// About is what there is to say of the model.
	About() About
	// View is what a person sees at a place.
	View(p Place, w Window) (*View, error)
	// Impossible is what cannot happen at a place, and what stops it.
	Impossible(p Place) (*Impossible, error)
	// Why says what is wrong at a place, and what decided it.
	Why(p Place, property string) (*Why, error)
	// Find is the shortest way from a place to a state that meets a condition.
	Find(ctx context.Context, p Place, condition string) (*Found, error)
	// Map is the space of states, and where in it a path leads.
	Map(p Place) (*Map, error)
	// Document is the path that leads to a place, as package show tells and keeps it.
	Document(p Place) (*show.Document, error)

	// Search explores all states, and returns when that is done or ctx has ended.
	Search(ctx context.Context)
	// Searched is what the search has found so far.
	Searched() Searched

	// told are the fields of the states up to a place, as far as they can be walked to.
	told(p Place) ([][]show.Field, error)
}

// Options are what an explorer can be told beside the model. The zero value is fine.
type Options struct {
	Name string // of the model among others, such as a design; empty is the name of the model
	// Search bounds the search behind the walk. Workers is one less than there are CPUs, if it is 0, as somebody has to
	// answer; MaxMemory is a gibibyte. Progress and Decided are not called.
	Search check.Options
	// First names a property that comes before the others where there is a choice.
	First string
	// Tell adds what the client knows to a path that is told or kept: a title, sections, how to run it again.
	Tell func(*show.Document)
}

// searchMemory is what a search may take if nobody says so, in bytes: half of what a small machine has free.
const searchMemory = 1 << 30

// New returns an explorer for a model and its properties.
func New[S any, T comparable](m check.Model[S, T], properties []check.Property[S], opt Options) (Explorer, error) {
	for _, p := range properties {
		if err := p.Validate(); err != nil {
			return nil, fmt.Errorf("explore: %w", err)
		}
	}
	if _, err := m.Expansion(); err != nil {
		return nil, err
	}
	w := &walker[S, T]{model: m, properties: slices.Clone(properties), opt: opt, roots: map[int]*node[S, T]{}}
	w.expansions.New = func() any {
		x, err := m.Expansion()
		if err != nil {
			panic(err) // it was made before
		}
		return x
	}
	if err := guarded(func() error { w.initial = m.Init(); return nil }); err != nil {
		return nil, err
	}
	if len(w.initial) == 0 {
		return nil, errors.New("explore: the model has no initial state; expected Init to return at least one")
	}
	if w.opt.Name == "" {
		w.opt.Name = m.Name
	}
	if w.opt.Search.Workers == 0 {
		w.opt.Search.Workers = max(1, runtime.GOMAXPROCS(0)-1)
	}
	if w.opt.Search.MaxMemory == 0 {
		w.opt.Search.MaxMemory = searchMemory
	}
	w.search.change(func(s *Searched) { s.Verdicts = w.verdicts() })
	return w, nil
}

// walker is the explorer of a model.
type walker[S any, T comparable] struct {
	model      check.Model[S, T]
	properties []check.Property[S]
	opt        Options
	initial    []S
	expansions sync.Pool // of *check.Expansion[S, T]
	universe   universe[T]
	search     searching
	chart      chart

	mu    sync.Mutex
	roots map[int]*node[S, T] // of the tree of all that was walked
	nodes int                 // in it, below the roots
}

// About is what there is to say of a model.
type About struct {
	Name     string // among others
	Title    string
	Items    []show.Item // "Design" "sms20"
	Initial  int         // initial states
	Fields   []string    // what a state says, as conditions name it
	Start    []string    // the values of the fields in the first initial state
	Glossary []show.Item
	Formats  []string // in which a path is kept
}

// About is what there is to say of the model.
func (w *walker[S, T]) About() About {
	a := About{Name: w.opt.Name, Title: w.model.Name, Items: w.model.About, Initial: len(w.initial), Glossary: w.model.Glossary, Formats: show.FormatNames()}
	d := &show.Document{Title: w.model.Name, About: w.model.About}
	if w.opt.Tell != nil {
		w.opt.Tell(d)
	}
	a.Title, a.Items = d.Title, d.About
	if root, err := w.root(0); err == nil {
		for _, f := range root.fields {
			a.Fields, a.Start = append(a.Fields, fieldName(f)), append(a.Start, f.Value)
		}
	}
	return a
}

// fieldName is a field as a condition names it.
func fieldName(f show.Field) string {
	name := f.Label
	if name == "" {
		name = "state"
	}
	if f.Place != "" {
		return f.Place + " " + name
	}
	return name
}

// guarded runs what asks the model, which may panic.
func guarded(ask func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = fmt.Errorf("explore: the model panics: %v", value)
		}
	}()
	return ask()
}
