// Package beam explores a check.Model on many machines, on any runner of Apache Beam.
//
// The states of a level are packed sorted runs, divided among partitions by a hash of the state. Each level is one pipeline:
// workers expand pieces of the runs, Beam groups what they find by partition, and workers merge what a partition was sent,
// subtract what it knows, and write its run of the next level. Files carry the states from pipeline to pipeline, on any file
// system that Beam knows, and a level that is whole is a checkpoint.
//
// Goals: counts, verdicts, depths, coverage and shortest traces are those of check.Exhaustive with the states on disk,
// whatever bundles are retried or run twice; a run that was killed goes on from its last whole level.
//
// Non-goals: to decide liveness, which needs the steps between states; the runner named direct, whose counts were wrong.
package beam

import (
	"context"
	"fmt"
	"sync"

	"pkgdist/props/check"
	"pkgdist/props/check/internal/store"
	"pkgdist/props/check/show"
)

// A Search is something to explore, known by its name to every process of the program: workers are processes of their own,
// which make the model again from its arguments. It is made by Register.
type Search[S any, T comparable] struct {
	name string
	make func(arguments string) (check.Model[S, T], []check.Property[S], check.Options, error)
}

// searcher is a check.LevelSearch without its types.
type searcher interface {
	Identity() ([]show.Item, error)
	Behaviour() ([]show.Item, error)
	Empty() check.Tally
	Begin() (store.Layout, []uint64, error)
	Expand(ctx context.Context, p check.Piece, yield func(rows, images []uint64, imageWords int) error) (check.Tally, error)
	Back(ctx context.Context, p check.Piece, yield func(marked []uint64) error) (looked int64, err error)
}

var registered = struct {
	sync.Mutex
	open   map[string]func(arguments string) (searcher, error)
	opened map[[2]string]*openedSearch // by name and arguments
}{open: map[string]func(string) (searcher, error){}, opened: map[[2]string]*openedSearch{}}

// openedSearch is a search that was made, and a hash of what has to be the same in all processes.
type openedSearch struct {
	searcher
	behaviour string
}

// Register makes a search known. All processes have to call it before Init: where packages are initialised, or in main. Of the
// options that are made, Expect, Symmetry, Coverage and Subject have a meaning here, and all others are refused.
func Register[S any, T comparable](name string, make func(arguments string) (check.Model[S, T], []check.Property[S], check.Options, error)) *Search[S, T] {
	s := &Search[S, T]{name, make}
	registered.Lock()
	defer registered.Unlock()
	if registered.open[name] != nil {
		panic(fmt.Sprintf("beam: %q is registered twice", name))
	}
	registered.open[name] = func(arguments string) (searcher, error) {
		return s.level(arguments)
	}
	return s
}

// level is the search as package check knows it.
func (s *Search[S, T]) level(arguments string) (*check.LevelSearch[S, T], error) {
	m, properties, opt, err := s.make(arguments)
	if err != nil {
		return nil, err
	}
	if opt.Workers != 0 || opt.MaxStates != 0 || opt.MaxMemory != 0 || opt.Store != check.InMemory || opt.Dir != "" ||
		opt.Reduction || opt.Keep || opt.Progress != nil || opt.Decided != nil {
		return nil, fmt.Errorf("beam: the options of %q are %+v; expected Expect, Symmetry, Coverage and Subject alone, as the others are for one machine or stand in the Options of this package", s.name, opt)
	}
	return check.NewLevelSearch(m, properties, opt)
}

// opened is a registered search, which is made once in a process.
func opened(name, arguments string) (*openedSearch, error) {
	registered.Lock()
	defer registered.Unlock()
	key := [2]string{name, arguments}
	if s := registered.opened[key]; s != nil {
		return s, nil
	}
	open := registered.open[name]
	if open == nil {
		return nil, fmt.Errorf("beam: no search is registered as %q in this process; expected Register to be called in all of them", name)
	}
	s, err := open(arguments)
	if err != nil {
		return nil, err
	}
	is, err := behaviour(s)
	if err != nil {
		return nil, err
	}
	registered.opened[key] = &openedSearch{s, is}
	return registered.opened[key], nil
}
