package check

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"pkgdist/props/check/internal/store"
)

// shrinkStates is how many states the search that proves a trace smallest stores if nothing is said about it. States of a
// kilobyte, which are large, are then some hundred megabytes.
const shrinkStates = 100_000

// Shrunk is a trace made shorter.
type Shrunk[S any, T comparable] struct {
	Trace    Trace[S, T]
	Smallest bool   // no trace of the model is shorter: all that are were searched
	Proof    string // what is known about its length, in words
	Replays  int    // runs that were tried with steps left out
}

// What is known about the length of a trace.
const (
	unproved    = "interrupted: nothing is proved"
	noStepCanGo = "no single step can be left out"
	smallest    = "smallest: breadth-first proof"
)

// Shrink makes a trace that violates p shorter, and proves that it is the shortest if a search of no more than limit
// states can tell; 0 is 100,000. It draws nothing, so that it gives the same trace each time.
//
// The shorter trace begins in any of the model's initial states. If the longer one does not, it begins where that does.
//
// The end of ctx is no error, as it is none for Exhaustive: Proof says how far it came. A trace that is no run of
// the model, or does not violate p, is an error, and so is a p that no finite trace can violate: a sometimes, or a
// liveness property.
func Shrink[S any, T comparable](ctx context.Context, m Model[S, T], p Property[S], t Trace[S, T], limit int) (Shrunk[S, T], error) {
	s, err := newShrinking(ctx, m, p, t, limit)
	if err != nil {
		return Shrunk[S, T]{}, err
	}
	for _, pass := range []func() error{s.cutLoops, s.leaveOut, s.searchRules, s.searchAll} {
		if err := pass(); err != nil {
			return Shrunk[S, T]{}, err
		}
	}
	return Shrunk[S, T]{Trace: s.trace, Smallest: s.proof == smallest, Proof: s.proof, Replays: s.replays}, nil
}

// shrinking is a trace that gets shorter. At all times it ends with its first violation.
type shrinking[S any, T comparable] struct {
	ctx      context.Context
	model    *machine[S, T]
	property Property[S]
	limit    int
	at       *Expansion[S, T]
	trace    Trace[S, T]
	proof    string
	replays  int
	exceeded bool // the limit, by the last search

	scratch Trace[S, T] // of the last replay
}

func newShrinking[S any, T comparable](ctx context.Context, m Model[S, T], p Property[S], t Trace[S, T], limit int) (*shrinking[S, T], error) {
	compiled, err := compileFor(m, p)
	switch {
	case err != nil:
		return nil, err
	case !p.kind.Finite():
		return nil, fmt.Errorf("check: the property %q (%v) cannot be violated by a trace; expected one of the kinds always, never and step", p.name, p.kind)
	case limit < 0:
		return nil, fmt.Errorf("check: the limit is %d; expected a number of states, or 0 for %d", limit, shrinkStates)
	case len(t.States) == 0:
		return nil, errors.New("check: the trace has no states; expected at least the initial one")
	case limit == 0:
		limit = shrinkStates
	}
	s := &shrinking[S, T]{ctx: ctx, model: compiled, property: p, limit: limit, at: newExpansion(compiled), proof: unproved}
	replayed, err := compiled.replay(t.States[0], t.Steps)
	if err != nil {
		return nil, err
	}
	if !slices.EqualFunc(replayed.States, t.States, s.equal) {
		return nil, errors.New("check: the steps of the trace do not lead through its states")
	}
	return s, s.cut(t)
}

func (s *shrinking[S, T]) equal(a, b S) bool { return s.model.codec.equal(&a, &b, s.at.scratch) }

// cut ends the trace with its first violation.
func (s *shrinking[S, T]) cut(t Trace[S, T]) error {
	first, violates := s.replay(t.States[0], t.Steps)
	if !violates {
		return fmt.Errorf("check: the trace does not violate the property %q", s.property.name)
	}
	s.trace = Trace[S, T]{States: slices.Clone(first.States), Steps: slices.Clone(first.Steps)}
	s.replays = 0
	return nil
}

// replay takes from a state those of the steps that are possible in their turn, up to the first violation, and reports
// whether there is one.
func (s *shrinking[S, T]) replay(from S, steps []T) (Trace[S, T], bool) {
	s.replays++
	t := Trace[S, T]{States: append(s.scratch.States[:0], from), Steps: s.scratch.Steps[:0]}
	defer func() { s.scratch = t }()
	s.at.Enter(&from)
	for _, step := range steps {
		if s.at.Decides(&s.property) {
			return t, true
		}
		i := slices.Index(s.at.Steps, step)
		if i < 0 {
			continue
		}
		t.then(step, s.at.Clone(&s.at.Nexts[i]))
		if s.at.StepDecides(&s.property, i) {
			return t, true
		}
		s.at.Enter(&s.at.Nexts[i])
	}
	return t, s.at.Decides(&s.property)
}

// cutLoops leaves out the way from a state back to the same state. A last step that is itself the violation stays.
func (s *shrinking[S, T]) cutLoops() error {
	end := len(s.trace.States)
	if s.property.aboutSteps() {
		end--
	}
	last := make(map[string]int)
	for i := range s.trace.States[:end] {
		last[s.at.Identity(&s.trace.States[i])] = i
	}
	cut := Trace[S, T]{States: []S{s.trace.States[0]}}
	for i := last[s.at.Identity(&cut.States[0])]; i < len(s.trace.Steps); {
		next := s.trace.States[i+1]
		cut.then(s.trace.Steps[i], next)
		if i+1 == end {
			break
		}
		i = last[s.at.Identity(&next)]
	}
	s.trace = cut
	return nil
}

// leaveOut tries the trace without some of its steps, first long runs of them, then short ones, in the end each by itself,
// until none can be left out.
func (s *shrinking[S, T]) leaveOut() error {
	for size := max(len(s.trace.Steps)/2, 1); s.ctx.Err() == nil; {
		shorter := s.leaveOutRuns(size)
		switch {
		case size > 1:
			size /= 2
		case !shorter && s.ctx.Err() == nil:
			s.proof = noStepCanGo
			return nil
		}
	}
	return nil
}

// leaveOutRuns tries the trace without each run of so many steps, the last first, as the steps before are the same then
// and need no replay. It reports whether the trace got shorter.
func (s *shrinking[S, T]) leaveOutRuns(size int) (shorter bool) {
	for end := len(s.trace.Steps); end > 0 && s.ctx.Err() == nil; end -= size {
		end = min(end, len(s.trace.Steps))
		begin := max(end-size, 0)
		if rest, violates := s.replay(s.trace.States[begin], s.trace.Steps[end:]); violates {
			s.trace.States = append(s.trace.States[:begin], rest.States...)
			s.trace.Steps = append(s.trace.Steps[:begin], rest.Steps...)
			s.cutLoops()
			shorter = true
		}
	}
	return shorter
}

// searchRules looks for a shorter trace with the same rules only, or the same steps if the model has no rules. Most of the
// space is shut then.
func (s *shrinking[S, T]) searchRules() error {
	if len(s.model.Rules) == 0 {
		return s.search(func(_ *S, step T, _ *S) bool { return !slices.Contains(s.trace.Steps, step) }, nil)
	}
	left := make(map[int]bool)
	for _, step := range s.trace.Steps {
		left[s.model.Rule(step)] = true
	}
	return s.search(func(_ *S, step T, _ *S) bool { return !left[s.model.Rule(step)] }, nil)
}

// searchAll looks for a shorter trace anywhere. If there is none, the trace is smallest. What was too much with some of the
// rules is hardly less with all of them.
func (s *shrinking[S, T]) searchAll() error {
	if s.exceeded {
		return nil
	}
	return s.search(nil, func() { s.proof = smallest })
}

// search takes the nearest violation if it is nearer than the end of the trace.
func (s *shrinking[S, T]) search(avoid func(before *S, step T, next *S) bool, proved func()) error {
	if s.ctx.Err() != nil {
		return nil
	}
	if len(s.trace.Steps) == 0 {
		s.proof = smallest
		return nil
	}
	n := newNearest(s.ctx, s.model, s.property, avoid, len(s.trace.Steps)-1, store.Options{MaxStates: int64(s.limit)})
	found, err := n.from(s.initial())
	if err != nil {
		return err
	}
	s.exceeded = found.stopped != ""
	if found.trace != nil {
		s.trace = *found.trace
	}
	if !s.exceeded && proved != nil {
		proved()
	}
	return nil
}

// initial are the states that a shorter trace may begin in.
func (s *shrinking[S, T]) initial() []S {
	if initial := s.model.Init(); slices.ContainsFunc(initial, func(i S) bool { return s.equal(i, s.trace.States[0]) }) {
		return initial
	}
	return s.trace.States[:1]
}
