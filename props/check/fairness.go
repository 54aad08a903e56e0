package check

import (
	"encoding/binary"
	"fmt"
	"slices"
	"sync"
)

// mostLabels bounds the sets of promises that the steps of a model can be in.
const mostLabels = 1 << 16

// labels number the sets of promises that steps are in. Label 0 is no promise, and the label of a promise alone is its
// index plus one. Several goroutines may use them.
type labels struct {
	promises int
	sets     [][]int // by label; the promises alone never change, and the others are guarded
	mutex    sync.RWMutex
	numbers  map[string]uint16
}

func newLabels(promises int) *labels {
	l := &labels{promises: promises, numbers: map[string]uint16{}, sets: make([][]int, promises+1)}
	for i := range promises {
		l.sets[i+1] = []int{i}
	}
	return l
}

// of is the label of a set of promises.
func (l *labels) of(set []int) (uint16, error) {
	for _, p := range set {
		if p < 0 || p >= l.promises {
			return noLabel, fmt.Errorf("it is of promise %d; expected an index into the %d promises of the model", p, l.promises)
		}
	}
	switch len(set) {
	case 0:
		return noLabel, nil
	case 1:
		return uint16(set[0] + 1), nil
	}
	var room [64]byte
	key := room[:0]
	for _, promise := range set {
		key = binary.AppendUvarint(key, uint64(promise))
	}
	l.mutex.RLock()
	number, known := l.numbers[string(key)]
	l.mutex.RUnlock()
	if known {
		return number, nil
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if number, known := l.numbers[string(key)]; known {
		return number, nil
	}
	if len(l.sets) == mostLabels {
		return noLabel, fmt.Errorf("the steps of the model are in more than %d different sets of promises", mostLabels-1)
	}
	l.sets = append(l.sets, slices.Clone(set))
	number = uint16(len(l.sets) - 1)
	l.numbers[string(key)] = number
	return number, nil
}

// labelOf is the label of a step that changes s.
func (m *machine[S, T]) labelOf(l *labels, s *S, step T) (uint16, error) {
	if len(m.Promises) == 0 || !m.systems(step) {
		return noLabel, nil
	}
	var promised []int
	m.Keeps(s, step, func(p int) { promised = append(promised, p) })
	return l.of(promised)
}

const noLabel = 0

// promises are the promises of fairness that a decision relies on.
type promises struct {
	names          []string
	active, strong []bool
	labels         *labels
}

// promisesOf checks the promises of a model.
func promisesOf(list []Promise) (promises, *labels, error) {
	if n := len(list); n >= mostLabels {
		return promises{}, nil, fmt.Errorf("check: the model has %d promises of fairness; expected at most %d", n, mostLabels-1)
	}
	p := promises{labels: newLabels(len(list))}
	for _, promise := range list {
		p.names = append(p.names, promise.Name)
		p.active, p.strong = append(p.active, true), append(p.strong, promise.Strong)
	}
	return p, p.labels, nil
}

// of are the promises of a label.
func (p promises) of(label uint16) []int { return p.labels.sets[label] }

// only relies on nothing but those promises that keep says.
func (p promises) only(keep func(promise int) bool) promises {
	active := make([]bool, len(p.active))
	for c := range active {
		active[c] = p.active[c] && keep(c)
	}
	p.active = active
	return p
}

// weighing is what a set of states says about each promise, for a run that visits all of them infinitely often.
type weighing struct {
	promises
	states   int
	enabled  []int  // in how many of the states a step of the promise is possible
	taken    []bool // a step of the promise leads from one of the states to another
	last     []int  // the latest state, from 1, in which a step was possible
	possible []int  // the promises a step of which is possible in one of the states: no other can be broken
}

func (p promises) weighing() *weighing {
	n := len(p.names)
	return &weighing{promises: p, enabled: make([]int, n), taken: make([]bool, n), last: make([]int, n)}
}

// reset forgets the states. It costs no more than they did, as there may be many sets and many promises.
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
		for _, c := range w.of(label) {
			if w.enabled[c] == 0 {
				w.possible = append(w.possible, c)
			}
			if w.last[c] != w.states {
				w.last[c] = w.states
				w.enabled[c]++
			}
		}
	}
}

// take adds a step out of one of the states.
func (w *weighing) take(label uint16) {
	for _, c := range w.of(label) {
		w.taken[c] = true
	}
}

// broken reports whether a run through n states breaks the promise.
func (p promises) broken(w *weighing, promise, n int) bool {
	switch {
	case !p.active[promise] || w.taken[promise]:
		return false
	case p.strong[promise]:
		return w.enabled[promise] > 0
	}
	return w.enabled[promise] == n
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
