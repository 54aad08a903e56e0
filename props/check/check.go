// Package check answers one question about any model that can list its steps: what can happen, all of it, within the
// scope of the model? It explores every reachable state, breadth first, and gives each property a verdict.
//
// Properties are about states (always, never, sometimes), about steps, or about what happens in the end (leads to,
// eventually, eventually always, always eventually). The last are about infinite runs, under the fairness that a model
// promises as a Fair; their counterexample is a lasso, a stem and a loop that is repeated for ever.
//
// Goals: an exact visited set (whole states, and fingerprints only for those who ask for them); the shortest trace for every violation, and the shortest
// stem for a lasso; results that do not depend on the number of workers, on the hash or on the run; no pass by default: a
// property holds only if the whole space was seen and the property was put to the test, and everything else says why not.
//
// Non-goals: no language of its own, as models and properties are plain Go; no hashing to save memory unless asked for; no guess about
// what lies behind a limit; no protection from a model that is not a function of its state. Such a model is reported
// where the search notices it, and not elsewhere.
package check

import (
	"context"
	"fmt"
	"runtime"
	"time"
)

// Options bound a search and say what it is expected to come across. The zero value explores everything, on all CPUs.
type Options struct {
	Workers   int   // goroutines that explore; 0 is one per CPU
	MaxStates int64 // states kept; 0 is no limit

	// MaxMemory limits the bytes of the store of states and, for properties about what happens in the end, of the steps
	// between them; 0 is no limit. The work in hand takes some megabytes more. To judge those properties takes 128 bytes a
	// state besides: they are not judged where this does not fit.
	MaxMemory int64

	// Expect names sometimes properties and rules that must come about. Where one does not, no property holds: the
	// model is not the one that its author had in mind.
	Expect []string

	// Fingerprints has the search keep 8 bytes for each state that is explored, and go by them, where states take more.
	// Different states with the same fingerprint are taken for one, so that some may stay unseen, with all that lies behind
	// them: what holds then does so up to that, and Verdict.Collisions says how much of it is to be expected. A counterexample
	// is as exact as ever, though maybe not the shortest. Properties about what happens in the end are refused.
	Fingerprints bool

	Fairness Fairness // which of the model's promises to rely on; the zero value is all, as the model has them

	// Symmetry has only representatives explored: of the states that differ in nothing but which of several
	// interchangeable parts is which, one. The model has to be a Symmetric, and its properties must be symmetric and
	// not about what happens in the end. Verdicts and the lengths of traces stay the same, and a trace is a run of the model.
	Symmetry bool

	// Reduction leaves out steps that only take what is independent in another order. The model has to be a Reducible, and no
	// property about what happens in the end. Verdicts stay the same, all states at rest are found, and each rule fires that
	// would without it; other states and steps are left out, so a counterexample need not be the shortest.
	Reduction bool

	Coverage bool           // count what blocks every rule, not only the rules that never fired
	Progress func(Progress) // called now and then, never by two goroutines at once; nil is silence

	shortPrints int // bits of a fingerprint, for tests; 0 is all
}

// printBits is how many bits of a fingerprint differ.
func (o Options) printBits() int {
	if o.shortPrints > 0 {
		return o.shortPrints
	}
	return 64
}

// Progress is how far a search has come.
type Progress struct {
	States, Steps, Frontier int64 // found, generated, found but not explored yet
	Depth                   int   // steps from an initial state to the states being explored
	Memory                  int64 // bytes of what MaxMemory limits
	Elapsed                 time.Duration
}

// Rate is the number of states found a second, since the start.
func (p Progress) Rate() float64 {
	if p.Elapsed <= 0 {
		return 0
	}
	return float64(p.States) / p.Elapsed.Seconds()
}

// Exhaustive explores every state that m can reach and judges the properties on the way. A violation does not end the
// search: each violated property gets its own shortest trace. A limit or the end of ctx does, and is no error either:
// what was found stays, and Result.Stopped says what happened. Errors are for what makes no sense as a question, and for
// a model that is found to break its own interface, or that panics while it is explored.
//
// The result holds all states in memory for as long as it is kept.
func Exhaustive[S comparable, T comparable](ctx context.Context, m Model[S, T], properties []Property[S], opt Options) (*Result[S, T], error) {
	s, err := prepare(m, properties, opt)
	if err != nil {
		return nil, err
	}
	if err := s.run(ctx); err != nil {
		return nil, err
	}
	if err := s.decideInTheEnd(ctx); err != nil {
		return nil, err
	}
	return s.conclude()
}

// prepare refuses what makes no sense, and has the initial states stored.
func prepare[S comparable, T comparable](m Model[S, T], properties []Property[S], opt Options) (*search[S, T], error) {
	if err := opt.validate(); err != nil {
		return nil, err
	}
	if err := validateProperties(properties); err != nil {
		return nil, err
	}
	s, err := newSearch(m, properties, opt)
	if err != nil {
		return nil, err
	}
	return s, s.begin()
}

func (o Options) validate() error {
	switch {
	case o.Workers < 0:
		return fmt.Errorf("check: Workers is %d; expected a number of goroutines, or 0 for one per CPU", o.Workers)
	case o.MaxStates < 0:
		return fmt.Errorf("check: MaxStates is %d; expected a number of states, or 0 for no limit", o.MaxStates)
	case o.MaxMemory < 0:
		return fmt.Errorf("check: MaxMemory is %d; expected a number of bytes, or 0 for no limit", o.MaxMemory)
	case o.Fairness < FairAsModelled || o.Fairness > FairStrongly:
		return fmt.Errorf("check: Fairness is %v; expected FairAsModelled, Unfair, FairWeakly or FairStrongly", o.Fairness)
	}
	return nil
}

func (o Options) workers() int {
	if o.Workers == 0 {
		return runtime.GOMAXPROCS(0)
	}
	return o.Workers
}
