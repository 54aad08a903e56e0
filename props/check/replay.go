package check

import "fmt"

// Impossible is the error of Replay for a step that the model cannot take where it comes.
type Impossible[S comparable, T comparable] struct {
	At      int         // the index of the step
	Step    T           // the step
	Reached Trace[S, T] // the way up to it
}

func (e *Impossible[S, T]) Error() string {
	return fmt.Sprintf("check: step %d, %v, is not possible in the state that the steps before it lead to", e.At, e.Step)
}

// Replay takes the steps one after the other, from the initial state given, which need not be one of the model's own.
// The error is an *Impossible if the model has no such step in a state.
func Replay[S comparable, T comparable](m Model[S, T], initial S, steps []T) (Trace[S, T], error) {
	t := Trace[S, T]{States: []S{initial}}
	for i, wanted := range steps {
		var reached []S
		lent := t.States[i]
		newStepper(m, func(step T, next *S) {
			if step == wanted && (len(reached) == 0 || reached[0] != *next) {
				reached = append(reached, *next)
			}
		}).steps(&lent)
		switch len(reached) {
		case 0:
			return t, &Impossible[S, T]{At: i, Step: wanted, Reached: t}
		case 1:
			t.then(wanted, reached[0])
		default:
			return t, fmt.Errorf("check: step %d, %v, leads from one state to several; expected one, as a step is its own name", i, wanted)
		}
	}
	return t, nil
}
