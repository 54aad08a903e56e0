package check

import (
	"errors"
	"slices"
)

// Trace is a way through the model: len(States) is len(Steps)+1, and step i leads from state i to state i+1.
type Trace[S comparable, T comparable] struct {
	States []S
	Steps  []T
}

// then is the trace one step longer.
func (t *Trace[S, T]) then(step T, next S) {
	t.Steps = append(t.Steps, step)
	t.States = append(t.States, next)
}

var errFickle = errors.New("check: the model gave other steps when asked again about the same state; expected it to be a function of the state")

// trace leads to what decided the property. The store knows only parents, so the steps are asked of the model again: of
// several that lead to the same state, the first is taken.
func (s *search[S, T]) trace(property int) (*Trace[S, T], error) {
	var chain []int64
	for i := s.verdicts[property].at; ; i = int64(s.store.parent(i)) {
		chain = append(chain, i)
		if s.store.parent(i) == noParent {
			break
		}
	}
	slices.Reverse(chain)
	if s.symmetric != nil {
		return s.runThrough(chain, &s.properties[property])
	}

	t := &Trace[S, T]{States: make([]S, 1, len(chain)+1)}
	if !s.initial(chain[0], &t.States[0]) {
		return nil, errFickle
	}
	for _, child := range chain[1:] {
		if !s.extend(t, func(_ T, _, next *S) bool {
			number, known := s.codec.find(s.store, next)
			return known && number == child
		}) {
			return nil, errFickle
		}
	}
	if p := &s.properties[property]; p.aboutSteps() && !s.extend(t, func(_ T, before, next *S) bool {
		var j judgement
		p.judgeStep(before, next, 0, &j)
		return j.decided && *before != *next
	}) {
		return nil, errFickle
	}
	return t, nil
}

// initial sets state to the initial one of the number. It is asked of the model too, as it may not be kept: of several that
// have the same fingerprint the first is the one of that number, and so is, of several steps, the first.
func (s *search[S, T]) initial(number int64, state *S) bool {
	if !s.store.printed {
		s.load(number, state)
		return true
	}
	for _, *state = range s.model.Init() {
		if at, known := s.codec.find(s.store, state); known && at == number {
			return true
		}
	}
	return false
}

// extend takes the first step out of the last state for which match is true, and reports whether there is one.
func (s *search[S, T]) extend(t *Trace[S, T], match func(step T, before, next *S) bool) bool {
	before, found := t.States[len(t.States)-1], false
	lent := before
	newStepper(s.model, func(step T, next *S) {
		if !found && match(step, &before, next) {
			found = true
			t.then(step, *next)
		}
	}).steps(&lent)
	return found
}
