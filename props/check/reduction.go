package check

import (
	"errors"
	"fmt"
)

// Reducible is a model that says what its steps look at and what they change, in terms of variables of its choice, which
// are numbered from 0. Two steps neither of which changes what the other looks at or changes are independent: it makes no
// difference in which order they are taken. With Options.Reduction the search then takes one of the orders.
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
type Reducible[S, T any] interface {
	// Universe lists all steps that are possible in some state, each once.
	Universe() []T
	// Conditions lists the variables on each of which depends whether a step is possible: a list for each of its conditions.
	// That the state is at rest is a condition of no variables.
	Conditions(step T) [][]int
	// Effect is which variables decide what a step changes, besides those of the conditions, and which ones it may change.
	Effect(step T) (reads, writes []int)
	// Obstacle is which one of its Conditions a step does not meet in s, or -1 if it is possible.
	Obstacle(s *S, step T) int
}

// An Observation is what a claim looks at in one place, as variables of a Reducible model. A claim about states is false,
// or a sometimes true, because of the values of Looks in one of its observations. A claim about steps is so because of how a
// step itself changes the variables of Changes, or others with them, and of the values of Looks beside; nil Changes are all.
type Observation struct {
	Looks, Changes []int
}

// maxUniverse bounds the memory for what depends on what: two bits for each pair of steps, and some more.
const maxUniverse = 1 << 14

// reduction is what depends on what, by the numbers of steps in the universe.
type reduction[S, T comparable] struct {
	model      Reducible[S, T]
	universe   []T
	number     map[T]int
	dependents []bitset   // of a step
	enablers   [][]bitset // of each condition of a step: the steps that may make it true
	ofRest     []bitset   // of a step, the conditions that are of no variables
	own        bitset     // the system's own steps
}

func newReduction[S, T comparable](model Model[S, T], properties []Property[S], opt Options) (r *reduction[S, T], err error) {
	defer func() { // a variable that is none, or what the model's own methods do
		if value := recover(); value != nil {
			err = panicked(value, "while the model said what its steps read and write")
		}
	}()
	if !opt.Reduction {
		return nil, nil
	}
	m, ok := any(model).(Reducible[S, T])
	if !ok {
		return nil, fmt.Errorf("check: Reduction is asked for, and the model, a %T, does not say what its steps read and write; expected the methods of Reducible", model)
	}
	for _, p := range properties {
		if p.Kind.InTheEnd() {
			const refusal = "check: the property %q is about what happens in the end (%v), which is not judged with Reduction: a run that is fair may be left out for one that is not; check it without"
			return nil, fmt.Errorf(refusal, p.Name, p.Kind)
		}
	}
	r = &reduction[S, T]{model: m, universe: m.Universe(), number: map[T]int{}}
	if len(r.universe) > maxUniverse {
		return nil, fmt.Errorf("check: Reduction is asked for, and the model has %d steps in its Universe; expected %d at the most", len(r.universe), maxUniverse)
	}
	environment, _ := any(model).(Environment[T])
	r.own = newBitset(len(r.universe))
	for i, step := range r.universe {
		r.number[step] = i
		if environment == nil || !environment.Environment(step) {
			r.own.add(i)
		}
	}
	if len(r.number) < len(r.universe) {
		return nil, errors.New("check: the Universe of the model has a step twice")
	}
	r.relate(properties)
	return r, nil
}

// relate finds out what depends on what.
func (r *reduction[S, T]) relate(properties []Property[S]) {
	readers, writers := accesses{steps: len(r.universe)}, accesses{steps: len(r.universe)}
	conditions := make([][][]int, len(r.universe))
	for i, step := range r.universe {
		conditions[i] = r.model.Conditions(step)
		reads, writes := r.model.Effect(step)
		readers.add(i, reads)
		writers.add(i, writes)
		for _, condition := range conditions[i] {
			readers.add(i, condition)
		}
	}
	for i, step := range r.universe {
		reads, writes := r.model.Effect(step)
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

// observe has steps that change one observation of a property depend on each other. What is only claimed of states at rest
// needs none, as these are all found.
func (r *reduction[S, T]) observe(p *Property[S], writers *accesses) {
	if p.AtRest {
		return
	}
	everything := make([]int, len(writers.of))
	for i := range everything {
		everything[i] = i
	}
	observations := p.Observes
	if observations == nil {
		observations = []Observation{{Looks: everything}}
	}
	for _, o := range observations {
		looking, changing := newBitset(len(r.universe)), newBitset(len(r.universe))
		writers.collect(looking, o.Looks)
		switch {
		case !p.aboutSteps():
			changing = looking
		case o.Changes == nil:
			writers.collect(changing, everything)
		default:
			writers.collect(changing, o.Changes)
		}
		changing.each(func(i int) { r.dependents[i].addAll(looking) })
		looking.each(func(i int) { r.dependents[i].addAll(changing) })
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
