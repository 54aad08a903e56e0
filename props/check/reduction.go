package check

import (
	"errors"
	"fmt"
)

// Reduction takes one of several orders of independent steps. What a model reads and writes is said by its Independence, in
// terms of variables of its choice.
//
// The steps that it takes out of a state are a stubborn set (Valmari), found anew in each state: if it has a step that is
// possible, then every step that depends on that one; if it has one that is not, then every step that could make that one
// possible. So whatever steps outside of the set do, those inside stay possible, and lead to the same. A set is used only
// if one of its steps is the system's own and changes the state, and if one leads to a state that is found later than this
// one, for else a step could be put off for ever. Otherwise, all steps are taken.
//
// Why verdicts stay the same. Any run can be reordered, by exchanging neighbouring steps that are independent, into the
// beginning of one that the search takes, or has such a beginning: if a step of the run is in the set, the first such one
// is independent of all before it, and is taken first; if none is, then a step of the set is taken besides, and, as state
// numbers rise, that happens finitely often. Steps that depend on each other keep their order. So
//
//   - every state at rest is found: the system's own step in the set would still be possible in it, so a run to rest needs
//     no step besides;
//   - what a claim observes goes through the same values as in the run, for all steps that change one observation are made
//     to depend on each other: a claim about one place at a time is judged as without reduction;
//   - every step that is possible in some reachable state is taken in some state.
//
// The declarations are not trusted: in the first states, and then in one in a few, all that is possible is tried, to see
// whether independent steps commute and whether a step makes another possible that it was not to.

// maxUniverse bounds the memory for what depends on what: two bits for each pair of steps, and some more.
const maxUniverse = 1 << 14

// reduction is what depends on what, by the numbers of steps in the universe.
type reduction[S any, T comparable] struct {
	*Independence[S, T]
	universe   []T
	number     map[T]int
	dependents []bitset   // of a step
	enablers   [][]bitset // of each condition of a step: the steps that may make it true
	ofRest     []bitset   // of a step, the conditions that are of no variables
	own        bitset     // the system's own steps
}

func newReduction[S any, T comparable](s *search[S, T]) (r *reduction[S, T], err error) {
	defer func() { // a variable below 0, or what the model's own functions do
		if value := recover(); value != nil {
			err = panicked(value, "while the model said what its steps read and write")
		}
	}()
	switch {
	case !s.opt.Reduction:
		return nil, nil
	case s.Independence == nil:
		return nil, errors.New("check: Reduction is asked for, and the model does not say what its steps read and write; expected Independence")
	case s.Constraint != nil:
		return nil, errors.New("check: Reduction is asked for, and the model has a Constraint; expected none, for of two orders of steps one may leave it")
	}
	for _, p := range s.properties {
		if p.kind.Liveness() {
			const refusal = "check: the property %q is a liveness property (%v), which is not judged with Reduction: a run that is fair may be left out for one that is not; check it without"
			return nil, fmt.Errorf(refusal, p.name, p.kind)
		}
	}
	r = &reduction[S, T]{Independence: s.Independence, universe: s.Independence.Universe(), number: map[T]int{}}
	if len(r.universe) > maxUniverse {
		return nil, fmt.Errorf("check: Reduction is asked for, and the model has %d steps in its Universe; expected %d at the most", len(r.universe), maxUniverse)
	}
	r.own = newBitset(len(r.universe))
	for i, step := range r.universe {
		r.number[step] = i
		if s.systems(step) {
			r.own.add(i)
		}
	}
	if len(r.number) < len(r.universe) {
		return nil, errors.New("check: the Universe of the model has a step twice")
	}
	r.relate(s.properties)
	return r, nil
}

// relate finds out what depends on what.
func (r *reduction[S, T]) relate(properties []Property[S]) {
	readers, writers := accesses{steps: len(r.universe)}, accesses{steps: len(r.universe)}
	conditions := make([][][]int, len(r.universe))
	for i, step := range r.universe {
		conditions[i] = r.Conditions(step)
		reads, writes := r.Effect(step)
		readers.add(i, reads)
		writers.add(i, writes)
		for _, condition := range conditions[i] {
			readers.add(i, condition)
		}
	}
	for i, step := range r.universe {
		reads, writes := r.Effect(step)
		depends := newBitset(len(r.universe))
		writers.collect(depends, reads)
		writers.collect(depends, writes)
		readers.collect(depends, writes)
		var enablers []bitset
		ofRest := newBitset(len(conditions[i]))
		for k, condition := range conditions[i] {
			if len(condition) == 0 {
				ofRest.add(k)
			}
			writers.collect(depends, condition)
			enabling := newBitset(len(r.universe))
			writers.collect(enabling, condition)
			enablers = append(enablers, enabling)
		}
		r.dependents, r.enablers, r.ofRest = append(r.dependents, depends), append(r.enablers, enablers), append(r.ofRest, ofRest)
	}
	for i := range properties {
		r.observe(&properties[i], &writers)
	}
}

// observe has steps that change what one case of a property observes depend on each other. What is only claimed of states at
// rest needs none, as these are all found.
func (r *reduction[S, T]) observe(p *Property[S], writers *accesses) {
	if p.atRest {
		return
	}
	everything := make([]int, len(writers.of))
	for i := range everything {
		everything[i] = i
	}
	for i := range p.cases {
		c := &p.cases[i]
		reads, changes := c.reads, c.changes
		if !c.observed {
			reads = everything
		}
		if changes == nil {
			changes = everything
		}
		reading, changing := newBitset(len(r.universe)), newBitset(len(r.universe))
		writers.collect(reading, reads)
		if p.aboutSteps() {
			writers.collect(changing, changes)
		} else {
			changing = reading
		}
		changing.each(func(i int) { r.dependents[i].addAll(reading) })
		reading.each(func(i int) { r.dependents[i].addAll(changing) })
	}
}

// accesses are the steps that access each variable.
type accesses struct {
	steps int
	of    []bitset
}

func (a *accesses) add(step int, variables []int) {
	for _, v := range variables {
		for len(a.of) <= v {
			a.of = append(a.of, newBitset(a.steps))
		}
		a.of[v].add(step)
	}
}

// collect adds to a set all steps that access one of the variables.
func (a *accesses) collect(steps bitset, variables []int) {
	for _, v := range variables {
		if v < len(a.of) {
			steps.addAll(a.of[v])
		}
	}
}
