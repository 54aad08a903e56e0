package check

import (
	"fmt"
	"math/bits"
)

// inspector asks the model again about the first states, and then about a sample: whether it has the same steps, and whether
// each leads to one state. It finds out who is to blame where a state was changed.
type inspector[S any, T comparable] struct {
	explorer     *explorer[S, T]
	search       *search[S, T]
	listing      []listed[T]
	first, again []listed[T]
	leads        map[T]uint64 // where each step leads
	stepper      *stepper[S, T]
	identity     []byte
	watched      []byte
}

// listed is a step, and a hash of the state that it leads to.
type listed[T comparable] struct {
	step T
	next uint64
}

// mostListed is how many steps out of a state are compared.
const mostListed = 1 << 10

func newInspector[S any, T comparable](e *explorer[S, T]) *inspector[S, T] {
	i := &inspector[S, T]{explorer: e, search: e.search, leads: map[T]uint64{}}
	i.stepper = newStepper(e.search.machine, i.list)
	return i
}

// due reports whether a state is one to inspect.
func (i *inspector[S, T]) due(number int64) bool {
	return number < verifiedStates || number%verifiedOneIn == 0
}

func (i *inspector[S, T]) list(step T, next *S) {
	if len(i.listing) < mostListed {
		i.listing = append(i.listing, listed[T]{step: step}) // before anything of it can panic
		record, hash := i.search.codec.record(next, i.stepper.scratch), &i.listing[len(i.listing)-1].next
		for _, p := range i.search.codec.parts {
			*hash = bits.RotateLeft64((*hash^p.Load(record))*0x9e3779b97f4a7c15, 29)
		}
	} else if i.search.ctx.Err() != nil {
		panic(abandoned{i.search.ctx.Err()})
	}
}

// inspect asks the model twice for the steps out of the state being expanded.
func (i *inspector[S, T]) inspect() {
	i.listing = i.first[:0]
	i.stepper.steps(&i.explorer.state)
	i.first, i.listing = i.listing, i.again[:0]
	i.stepper.steps(&i.explorer.state)
	i.again, i.listing = i.listing, nil
	if len(i.first) != len(i.again) {
		i.explorer.fail(fmt.Errorf("%w: %d steps and then %d, in %+v", errFickle, len(i.first), len(i.again), i.explorer.state))
		return
	}
	clear(i.leads)
	for n, one := range i.first {
		if one != i.again[n] {
			i.explorer.fail(fmt.Errorf("%w: step %d was %v and then %v, or led elsewhere, in %+v", errFickle, n, one.step, i.again[n].step, i.explorer.state))
			return
		}
		if other, twice := i.leads[one.step]; twice && other != one.next {
			i.explorer.fail(ambiguous(one.step, &i.explorer.state))
			return
		}
		i.leads[one.step] = one.next
	}
}

// watch takes note of a state, and unchanged reports whether it still is the same.
func (i *inspector[S, T]) watch(s *S) { i.watched = i.search.codec.identity(i.watched[:0], s) }

func (i *inspector[S, T]) unchanged(s *S) bool {
	i.identity = i.search.codec.identity(i.identity[:0], s)
	return string(i.identity) == string(i.watched)
}

func changes[S any](p *Property[S], s *S) error {
	return fmt.Errorf("check: the property %q changes the state that it is asked about, and left %+v; expected it to look only", p.name, *s)
}

// blame says who has changed the state being expanded, by asking everybody again.
func (i *inspector[S, T]) blame() error {
	var s S
	fresh := func() { i.search.codec.restore(i.explorer.image, i.search.codec.scratch(), &s) }
	for n := range i.search.properties {
		p := &i.search.properties[n]
		if fresh(); p.aboutSteps() {
			before := s
			newStepper(i.search.machine, func(_ T, next *S) { p.decidedBy(&before, next) }).steps(&s)
			s = before
		} else {
			p.judge(&s, 0, new(judgement))
		}
		if !i.explorer.isState(&s) {
			return changes(p, &s)
		}
	}
	fresh()
	if i.search.StepsInPlace != nil {
		i.search.StepsInPlace(&s, func(T, *S) {})
		return fmt.Errorf("check: StepsInPlace did not put the state back; left %+v", s)
	}
	return fmt.Errorf("check: Steps changes what the state that it is given refers to, and left %+v; expected it to copy slices and maps before it changes them (slices.Clone, maps.Clone)", i.explorer.state)
}
