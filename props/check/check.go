// Package check is a model checker for Go: it explores every state that a model can reach, breadth first, and gives each
// property a verdict.
//
// A Model is a struct of functions: its initial states, and the steps out of a state. A Property is a claim about states,
// steps, or infinite runs; about the last under the fairness that the model promises, with a lasso as the counterexample.
// Require is the assertion for go test, Exhaustive the search for everybody else.
//
// Goals: an exact visited set; the shortest trace of every violation, and the shortest
// stem of every lasso; results that do not depend on the number of workers, on the hash or on the run; no silent pass: a
// property holds only if the whole space was explored and the property was tested, and everything else says why not.
//
// Non-goals: no language of its own, as models and properties are plain Go; no guess about what lies behind a limit. A model
// that is no function of its state is reported where the search notices it: in its first states, in a sample, and in traces.
package check

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"pkgdist/props/check/show"
)

// Options bound a search and say what it is expected to reach. The zero value explores everything, on all CPUs.
type Options struct {
	Workers   int   // goroutines that explore; 0 is one per CPU
	MaxStates int64 // states kept; 0 is no limit
	// MaxMemory limits the memory of the search, in bytes; 0 is no limit. It counts the states found, for liveness
	// properties the steps between them, and an eighth of it, 512 MiB at the most, is left for the work in hand: what
	// was found and is not stored yet. To decide liveness takes 128 bytes a state in place of that work: liveness is not
	// decided where this does not fit. Not counted are some megabytes, about one of them for each worker, and what is no
	// longer used and not collected yet: debug.SetMemoryLimit bounds that. On disk, a half of it is for states found that
	// are not compared with the known ones yet, and a quarter for reading these.
	MaxMemory int64
	// Expect names sometimes properties and rules that must occur. Where one does not, no property holds: the model is not
	// the one that its author had in mind.
	Expect []string

	// Symmetry explores one representative of each class of states that differ only in which of several interchangeable
	// parts is which. It needs Model.Canonical, and properties that are symmetric and no liveness properties. Verdicts and
	// the lengths of traces stay the same, and a trace is a run of the model.
	Symmetry bool
	// Reduction leaves out steps that only take what is independent in another order: partial-order reduction by stubborn
	// sets. It needs Model.Independence, and no liveness property. Verdicts stay the same, all states at rest are found, and
	// each rule fires that would without it; other states and steps are left out, so a counterexample need not be the shortest.
	Reduction bool

	// Store is where the states are kept.
	Store Store
	// Dir is the folder for states on disk: an empty one, or that of an earlier search of the same, which goes on where that
	// one ended, and refuses what belongs to another. Without it, a temporary folder is used, and removed at the end.
	Dir string
	// Subject is what is searched, beside the name of the model and what it says of itself: what the folder has to agree with.
	Subject []show.Item

	Keep     bool           // keep the states, for Result.All and Result.Contains
	Coverage bool           // count what blocks every rule, not only the rules that never fired
	Progress func(Progress) // called now and then, never by two goroutines at once; nil is silence
	// Decided is called as soon as a property is violated, or a situation reached, with the steps of the shortest trace as
	// Format prints them, and in the goroutine of Progress. Of liveness properties, and on disk, it hears nothing: they are
	// in the Result.
	Decided func(property string, steps []string)
}

// Store is where the states of a search are kept. The result does not depend on it, but for liveness properties: they need
// the steps between states, which are kept in memory alone, and are inconclusive where states are on disk.
type Store int

// The stores.
const (
	InMemory       Store = iota // some 15 bytes a state; a limit of memory ends the search
	MemoryThenDisk              // a limit of memory moves the states to disk, where the search goes on, but not with Reduction
	OnDisk                      // sorted and compressed, about a byte a state or less
)

// Progress is how far a search has come.
type Progress struct {
	States, Steps, Frontier int64   // found, generated, found but not expanded yet
	Depth                   int     // steps from an initial state to the states being expanded
	Memory                  int64   // bytes of the states and of the steps between them, without the work in hand
	Disk                    int64   // bytes of the files, if the states are on disk
	Level, Before           int64   // states of the level being expanded, and of the one before it
	Levels                  []int64 // states of each level that is whole, the initial states first
	Back                    int64   // states still to be looked at on the way back through the levels on disk, for the traces; 0 before
	Elapsed                 time.Duration
}

// Rest is about how many states are still to be found, if levels go on to shrink as the last two did. Where they do not
// shrink, nothing is known.
func (p Progress) Rest() (states int64, known bool) {
	if p.Level >= p.Before {
		return 0, false
	}
	return int64(float64(p.Level) * float64(p.Level) / float64(p.Before-p.Level)), true
}

// Rate is the number of states found a second, since the start.
func (p Progress) Rate() float64 {
	if p.Elapsed <= 0 {
		return 0
	}
	return float64(p.States) / p.Elapsed.Seconds()
}

// Exhaustive explores every state that m can reach, breadth first, and judges the properties on the way. A violation does
// not end the search: each violated property gets its own shortest trace. A limit or the end of ctx does, and is no error
// either: what was found stays, and Result.Stopped says what happened. Errors are for invalid options, and for a model that
// breaks its own contract or panics.
func Exhaustive[S any, T comparable](ctx context.Context, m Model[S, T], properties []Property[S], opt Options) (*Result[S, T], error) {
	s, err := explored(ctx, m, properties, opt)
	if s != nil && s.disk != nil {
		defer s.disk.close()
	}
	if err != nil {
		return nil, err
	}
	return s.conclude()
}

// explored is a search that has ended, maybe with an error.
func explored[S any, T comparable](ctx context.Context, m Model[S, T], properties []Property[S], opt Options) (*search[S, T], error) {
	return exploredWithout(ctx, m, nil, properties, opt)
}

// exploredWithout is one that does not take the steps to avoid, which are possible all the same.
func exploredWithout[S any, T comparable](ctx context.Context, m Model[S, T], avoid func(before *S, step T, next *S) bool, properties []Property[S], opt Options) (*search[S, T], error) {
	if err := opt.validate(); err != nil {
		return nil, err
	}
	if err := validateProperties(properties); err != nil {
		return nil, err
	}
	s, err := newSearch(ctx, m, avoid, properties, opt)
	if err != nil {
		return nil, err
	}
	for _, phase := range []func() error{s.begin, s.run, s.decideLiveness} {
		if err := phase(); err != nil {
			return s, err
		}
	}
	return s, nil
}

func (o Options) validate() error {
	switch {
	case o.Workers < 0:
		return fmt.Errorf("check: Workers is %d; expected a number of goroutines, or 0 for one per CPU", o.Workers)
	case o.MaxStates < 0:
		return fmt.Errorf("check: MaxStates is %d; expected a number of states, or 0 for no limit", o.MaxStates)
	case o.MaxMemory < 0:
		return fmt.Errorf("check: MaxMemory is %d; expected a number of bytes, or 0 for no limit", o.MaxMemory)
	case o.Store < InMemory || o.Store > OnDisk:
		return fmt.Errorf("check: Store is %d; expected InMemory, MemoryThenDisk or OnDisk", o.Store)
	case o.Store != InMemory && o.Keep:
		return errors.New("check: Keep is asked for, and a store on disk; expected InMemory, where states can be looked up")
	case o.Store == OnDisk && o.Reduction:
		return errors.New("check: Reduction is asked for, and a store on disk; expected InMemory, for on disk it is not known in time which states are new")
	}
	return nil
}

func (o Options) workers() int {
	if o.Workers == 0 {
		return runtime.GOMAXPROCS(0)
	}
	return o.Workers
}
