package check

import "fmt"

// Fair is a model that promises something of its steps: what can be done for ever is done at last. Each promise, a
// constraint, is about a set of steps, such as those of one rule, or of one rule at one place. Steps in no constraint,
// and steps of the environment, may be put off for ever.
//
// The meaning is that of TLA+. A run may stay in a state for ever, unless a constraint forbids it. Weak fairness: if from
// some point on a step of the constraint is possible without interruption, one is taken again and again. Strong fairness:
// if a step of the constraint is possible again and again, one is taken again and again. A stutter is no step: it is
// neither possible nor taken.
type Fair[T any] interface {
	Constraints() []string // their names
	Constraint(step T) int // an index into Constraints, or -1
	Strong(constraint int) bool
}

// Fairness says which promises of the model a search relies on.
type Fairness int

// The choices. The zero value takes the model at its word.
const (
	FairAsModelled Fairness = iota
	Unfair                  // none: any step may be put off for ever
	FairWeakly              // each constraint weakly
	FairStrongly            // each constraint strongly
)

func (f Fairness) String() string {
	switch f {
	case FairAsModelled:
		return "as modelled"
	case Unfair:
		return "none"
	case FairWeakly:
		return "weak"
	case FairStrongly:
		return "strong"
	}
	return fmt.Sprintf("Fairness(%d)", int(f))
}

// The label of a step is its constraint plus one, or noLabel for a step that may be put off for ever. A constraint that the
// model does not have gets wrongLabel.
const (
	noLabel         = 0
	wrongLabel      = 1<<16 - 1
	mostConstraints = wrongLabel - 1
)

// promises are the constraints that a decision relies on.
type promises struct {
	names          []string
	active, strong []bool
}

// promisesOf asks the model for its constraints, under the fairness that was chosen.
func promisesOf[T any](fair Fair[T], f Fairness) (promises, error) {
	var p promises
	if fair == nil || f == Unfair {
		return p, nil
	}
	p.names = fair.Constraints()
	if n := len(p.names); n > mostConstraints {
		return p, fmt.Errorf("check: the model has %d fairness constraints; expected at most %d", n, mostConstraints)
	}
	p.active, p.strong = make([]bool, len(p.names)), make([]bool, len(p.names))
	for c := range p.names {
		p.active[c] = true
		p.strong[c] = f == FairStrongly || f == FairAsModelled && fair.Strong(c)
	}
	return p, nil
}

// only relies on nothing but those constraints that keep says.
func (p promises) only(keep func(constraint int) bool) promises {
	active := make([]bool, len(p.active))
	for c := range active {
		active[c] = p.active[c] && keep(c)
	}
	p.active = active
	return p
}

// weighing is what a set of states says about each constraint, for a run that visits all of them again and again.
type weighing struct {
	states   int
	enabled  []int  // in how many of the states a step of the constraint is possible
	taken    []bool // a step of the constraint leads from one of the states to another
	last     []int  // the latest state, from 1, in which the constraint was possible
	possible []int  // the constraints that are possible in one of the states: no other can be broken
}

func (p promises) weighing() *weighing {
	n := len(p.names)
	return &weighing{enabled: make([]int, n), taken: make([]bool, n), last: make([]int, n)}
}

// reset forgets the states. It costs no more than they did, as there may be many sets and many constraints.
func (w *weighing) reset() {
	for _, c := range w.possible {
		w.enabled[c], w.taken[c], w.last[c] = 0, false, 0
	}
	w.states, w.possible = 0, w.possible[:0]
}

// visit adds a state, given by the labels of the steps out of it.
func (w *weighing) visit(labels []uint16) {
	w.states++
	for _, label := range labels {
		if label == 0 {
			continue
		}
		c := int(label) - 1
		if w.enabled[c] == 0 {
			w.possible = append(w.possible, c)
		}
		if w.last[c] != w.states {
			w.last[c] = w.states
			w.enabled[c]++
		}
	}
}

// take adds a step out of one of the states.
func (w *weighing) take(label uint16) {
	if label > 0 {
		w.taken[label-1] = true
	}
}

// broken reports whether a run through n states breaks the promise.
func (p promises) broken(w *weighing, constraint, n int) bool {
	switch {
	case !p.active[constraint] || w.taken[constraint]:
		return false
	case p.strong[constraint]:
		return w.enabled[constraint] > 0
	}
	return w.enabled[constraint] == n
}

// brokenBy returns the promises that a run through the states breaks.
func (p promises) brokenBy(w *weighing) []int {
	var broken []int
	for _, c := range w.possible {
		if p.broken(w, c, w.states) {
			broken = append(broken, c)
		}
	}
	return broken
}
