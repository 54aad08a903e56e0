package check

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"pkgdist/props/check/internal/store"
)

// Counterexample is a violation of a property, and what it does without.
type Counterexample[S any, T comparable] struct {
	Verdict[S, T]
	// Without is what the counterexample does without, so that each one before it has some of that: remarks, situations by
	// the names of their properties, and rules; in a model without rules, steps. It is empty for the first counterexample.
	Without []string
}

// Counterexamples are different ones of a property, the shortest first.
type Counterexamples[S any, T comparable] struct {
	Found   []Counterexample[S, T]
	Stopped string // why there may be others, shorter ones too; empty if it is known that there are none but more than were asked for
}

// Different finds up to n different counterexamples of a property. Each does without something that each one before it has:
// a remark of the model that is made of none of its steps, a situation that it never comes into, or a rule of which it takes
// no step. Situations are other properties of states or steps: a sometimes that occurs, or a claim that is broken. Of all
// counterexamples that are different from the ones before, each is a shortest; of a liveness property, one with a shortest stem.
//
// Each is found by a search of its own, of the states that can be reached without that. Nothing else changes: a state is
// at rest, and a run is fair, by all steps that are possible. MaxStates and MaxMemory bound each search, and what they cut
// is said in Stopped. Symmetry, Reduction and states on disk are refused; of the other options, Workers alone counts.
func Different[S any, T comparable](ctx context.Context, m Model[S, T], p Property[S], situations []Property[S], n int, opt Options) (*Counterexamples[S, T], error) {
	d, err := newDifferences(ctx, m, p, situations, opt)
	if err != nil {
		return nil, err
	}
	d.open = []*branch[S, T]{{}}
	for len(d.found.Found) < n && len(d.open) > 0 && d.found.Stopped == "" {
		b := slices.MinFunc(d.open, (*branch[S, T]).compare)
		if !b.tried {
			if err := d.try(b); err != nil {
				return nil, err
			}
			continue
		}
		d.take(b)
	}
	return &d.found, nil
}

// differences is a search for different counterexamples. It is Reiter's for smallest hitting sets (1987), best first: a
// branch is a set of things to do without, which has some of what each counterexample found so far has. So every
// counterexample that is different from those found is one of a branch.
type differences[S any, T comparable] struct {
	ctx        context.Context
	model      *machine[S, T]
	property   Property[S]
	situations []Property[S]
	opt        Options
	open, done []*branch[S, T]
	found      Counterexamples[S, T]
}

// thing is something that a counterexample can do without.
type thing struct {
	kind thingKind
	name string
}

type thingKind int

// The kinds of things, what tells a person most first: of counterexamples that are as short, one without it is found first.
const (
	aRemark thingKind = iota
	aSituation
	aRule
	aStep // of a model without rules
)

func (t thing) compare(other thing) int {
	return cmp.Or(cmp.Compare(t.kind, other.kind), cmp.Compare(t.name, other.name))
}

// things are in their order.
type things []thing

func (t things) in(all things) bool {
	return !slices.ContainsFunc(t, func(one thing) bool { return !slices.Contains(all, one) })
}

func (t things) meets(other things) bool {
	return slices.ContainsFunc(t, func(one thing) bool { return slices.Contains(other, one) })
}

// branch is a set of things to do without.
type branch[S any, T comparable] struct {
	without things
	least   int  // steps that a counterexample has at the least, of a lasso those of its stem
	tried   bool // that is a shortest one, or there is none
	verdict *Verdict[S, T]
	has     things // of the counterexample
}

// compare has the shortest first and, of those that may be as short, one that was found.
func (b *branch[S, T]) compare(other *branch[S, T]) int {
	untried := func(b *branch[S, T]) int {
		if b.tried {
			return 0
		}
		return 1
	}
	return cmp.Or(b.least-other.least, untried(b)-untried(other), slices.CompareFunc(b.without, other.without, thing.compare))
}

func newDifferences[S any, T comparable](ctx context.Context, m Model[S, T], p Property[S], situations []Property[S], opt Options) (*differences[S, T], error) {
	compiled, err := compileFor(m, p)
	if err != nil {
		return nil, err
	}
	if err := opt.validate(); err != nil {
		return nil, err
	}
	if p.kind == KindSometimes {
		return nil, fmt.Errorf("check: the property %q is a sometimes, which has no counterexample; expected another kind", p.name)
	}
	if opt.Symmetry || opt.Reduction || opt.Store != InMemory {
		return nil, fmt.Errorf("check: different counterexamples are asked for with Symmetry, Reduction or a store on disk; expected none of these")
	}
	for _, s := range situations {
		if err := s.Validate(); err != nil {
			return nil, fmt.Errorf("check: a situation: %w", err)
		}
		if s.kind.Liveness() || s.atRest {
			return nil, fmt.Errorf("check: the situation %q is about runs, or states at rest; expected a claim about states or steps", s.name)
		}
	}
	return &differences[S, T]{ctx: ctx, model: compiled, property: p, situations: situations, opt: opt}, nil
}

// try finds a shortest counterexample of a branch.
func (d *differences[S, T]) try(b *branch[S, T]) error {
	known := slices.IndexFunc(d.done, func(other *branch[S, T]) bool {
		return other.without.in(b.without) && !other.has.meets(b.without)
	})
	if known >= 0 { // with less to do without, the shortest has nothing of it
		b.verdict, b.has = d.done[known].verdict, d.done[known].has
	} else if err := d.search(b); err != nil || d.found.Stopped != "" {
		return err
	}
	b.tried = true
	d.done = append(d.done, b)
	if b.verdict == nil {
		d.close(b)
		return nil
	}
	b.least = b.verdict.Loop
	if b.has == nil {
		b.has = d.things(b.verdict.Trace)
	}
	return nil
}

func (d *differences[S, T]) close(b *branch[S, T]) {
	d.open = slices.DeleteFunc(d.open, func(other *branch[S, T]) bool { return other == b })
}

// take takes the counterexample of a branch for the next one. Every other has to do without something of it from now on.
func (d *differences[S, T]) take(b *branch[S, T]) {
	c := Counterexample[S, T]{Verdict: *b.verdict}
	for _, one := range b.without {
		c.Without = append(c.Without, one.name)
	}
	d.found.Found = append(d.found.Found, c)
	for _, old := range slices.Clone(d.open) {
		if old.without.meets(b.has) {
			continue
		}
		d.close(old)
		for _, one := range b.has {
			without := append(slices.Clone(old.without), one)
			slices.SortFunc(without, thing.compare)
			covered := func(other *branch[S, T]) bool { return other.without.in(without) }
			if !slices.ContainsFunc(d.open, covered) {
				d.open = append(d.open, &branch[S, T]{without: without, least: old.least})
			}
		}
	}
}

// things is what a trace has.
func (d *differences[S, T]) things(t *Trace[S, T]) things {
	has := d.addSituations(nil, func(p *Property[S]) bool { return occursIn(p, &t.States[0]) })
	for i, step := range t.Steps {
		has = append(has, d.thingsOf(&t.States[i], step, &t.States[i+1])...)
	}
	slices.SortFunc(has, thing.compare)
	return slices.Compact(has)
}

// thingsOf are those of a step and of the state that it leads to.
func (d *differences[S, T]) thingsOf(before *S, step T, next *S) (has things) {
	if d.model.Remarks != nil {
		for _, remark := range d.model.Remarks(before, step) {
			has = append(has, thing{aRemark, remark})
		}
	}
	has = d.addSituations(has, func(p *Property[S]) bool { return occursBy(p, before, next) })
	if len(d.model.Rules) > 0 {
		return append(has, thing{aRule, d.model.Rules[d.model.Rule(step)]})
	}
	return append(has, thing{aStep, d.model.Text(step)})
}

// addSituations appends the situations that occur.
func (d *differences[S, T]) addSituations(has things, occurs func(p *Property[S]) bool) things {
	for i := range d.situations {
		if occurs(&d.situations[i]) {
			has = append(has, thing{aSituation, d.situations[i].name})
		}
	}
	return has
}

// occursIn reports whether the situation occurs in the state.
func occursIn[S any](p *Property[S], s *S) bool {
	if p.aboutSteps() {
		return false
	}
	_, decided := p.decidedIn(s, false)
	return decided
}

// occursBy reports whether it occurs in the step, or in the state that the step leads to.
func occursBy[S any](p *Property[S], before, next *S) bool {
	if !p.aboutSteps() {
		return occursIn(p, next)
	}
	_, decided := p.decidedBy(before, next)
	return decided
}

// search finds a shortest counterexample without some things, if there is one.
func (d *differences[S, T]) search(b *branch[S, T]) error {
	initial, err := d.model.initial()
	if err != nil {
		return err
	}
	initial = slices.DeleteFunc(slices.Clone(initial), func(s S) bool {
		return d.addSituations(nil, func(p *Property[S]) bool { return occursIn(p, &s) }).meets(b.without)
	})
	if len(initial) == 0 {
		return nil
	}
	var avoid func(before *S, step T, next *S) bool
	if len(b.without) > 0 {
		avoid = func(before *S, step T, next *S) bool { return d.thingsOf(before, step, next).meets(b.without) }
	}
	if d.property.kind.Finite() {
		return d.searchNearest(b, initial, avoid)
	}
	return d.searchLassos(b, initial, avoid)
}

// searchNearest finds a counterexample that ends.
func (d *differences[S, T]) searchNearest(b *branch[S, T], initial []S, avoid func(before *S, step T, next *S) bool) error {
	n := newNearest(d.ctx, d.model, d.property, avoid, math.MaxInt, store.Options{MaxStates: d.opt.MaxStates, MaxMemory: d.opt.MaxMemory})
	n.within = d.model.Constraint
	found, err := n.from(initial)
	if err != nil {
		return err
	}
	if found.trace != nil {
		v := Verdict[S, T]{Property: d.property, Outcome: Violated, Trace: found.trace, Loop: len(found.trace.Steps), model: &d.model.Model}
		v.Case = d.model.caseAtEnd(&v.Property, v.Trace)
		b.verdict = &v
	}
	d.found.Stopped = found.stopped
	return nil
}

// searchLassos finds a counterexample that goes on for ever.
func (d *differences[S, T]) searchLassos(b *branch[S, T], initial []S, avoid func(before *S, step T, next *S) bool) error {
	m := d.model.Model
	m.Init = func() []S { return initial }
	s, err := exploredWithout(d.ctx, m, avoid, []Property[S]{d.property}, Options{Workers: d.opt.Workers, MaxStates: d.opt.MaxStates, MaxMemory: d.opt.MaxMemory})
	if err != nil {
		return err
	}
	result, err := s.conclude()
	if err != nil {
		return err
	}
	if v := result.Verdicts[0]; v.Outcome == Violated {
		v.model = &d.model.Model
		b.verdict = &v
	}
	d.found.Stopped = cmp.Or(s.stopped, s.undecided)
	return nil
}
