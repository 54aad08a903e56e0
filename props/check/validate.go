package check

import (
	"cmp"
	"fmt"
)

// validate checks a lasso before anybody sees it, with nothing but the model and the property: it can be replayed, it
// closes, it breaks no promise, and it violates the property. It shares no code with the search for the lasso.
func (l *liveness[S, T]) validate(p *Property[S], instance int, t *Trace[S, T], loop int) error {
	if flaw := l.flaw(p, instance, t, loop); flaw != "" {
		return fmt.Errorf("check: the counterexample for %q is wrong, which is a bug in the checker: %s", p.Name, flaw)
	}
	return nil
}

// flaw says what is wrong with a lasso as a counterexample, or nothing.
func (l *liveness[S, T]) flaw(p *Property[S], instance int, t *Trace[S, T], loop int) string {
	if flaw := l.flawOfSteps(t, loop); flaw != "" {
		return flaw // what is no run of the model has no fairness to speak of
	}
	return cmp.Or(l.flawOfFairness(t, loop), flawOfClaim(p, instance, t, loop))
}

func (l *liveness[S, T]) flawOfSteps(t *Trace[S, T], loop int) string {
	if loop < 0 || loop > len(t.Steps) {
		return fmt.Sprintf("its loop begins after %d of its %d steps", loop, len(t.Steps))
	}
	initial := false
	for _, s := range l.model.Init() {
		initial = initial || s == t.States[0]
	}
	if !initial {
		return "it does not begin in an initial state"
	}
	again, err := Replay(l.model, t.States[0], t.Steps)
	if err != nil {
		return err.Error()
	}
	for i := range again.Steps {
		if again.States[i+1] != t.States[i+1] {
			return fmt.Sprintf("step %d leads elsewhere", i)
		}
	}
	if t.States[loop] != t.States[len(t.States)-1] {
		return "its loop does not close"
	}
	return ""
}

// flawOfFairness asks the model again which steps are possible in the states of the loop.
func (l *liveness[S, T]) flawOfFairness(t *Trace[S, T], loop int) string {
	possible := make([]int, len(l.promises.names)) // in how many of the states
	taken := make([]bool, len(l.promises.names))
	for _, s := range t.States[loop:] {
		for label := range l.labelsOf(s) {
			possible[label-1]++
		}
	}
	for i, step := range t.Steps[loop:] {
		if label := l.label(step); label != noLabel && t.States[loop+i] != t.States[loop+i+1] {
			taken[label-1] = true
		}
	}
	for c, name := range l.promises.names {
		always, sometimes := possible[c] == len(t.States)-loop, possible[c] > 0
		if l.promises.active[c] && !taken[c] && (always || sometimes && l.promises.strong[c]) {
			return "it breaks the fairness of " + name
		}
	}
	return ""
}

// labelsOf are the labels of the steps that change the state.
func (l *liveness[S, T]) labelsOf(s S) map[uint16]bool {
	labels, lent := map[uint16]bool{}, s
	newStepper(l.model, func(step T, next *S) {
		if label := l.label(step); label != noLabel && *next != s {
			labels[label] = true
		}
	}).steps(&lent)
	return labels
}

// flawOfClaim asks whether the run violates the claim.
func flawOfClaim[S, T comparable](p *Property[S], instance int, t *Trace[S, T], loop int) string {
	wait, inLoop, ever, stays := false, false, false, true
	for i := range t.States {
		to := p.To(&t.States[i], instance)
		wait = !to && (wait || p.From != nil && p.From(&t.States[i], instance))
		ever = ever || to
		if i >= loop {
			inLoop, stays = inLoop || to, stays && to
		}
	}
	violated := false
	switch p.Kind {
	case KindLeadsTo:
		violated = wait && !inLoop
	case KindEventually:
		violated = !ever
	case KindEventuallyAlways:
		violated = !stays
	case KindAlwaysEventually:
		violated = !inLoop
	}
	if !violated {
		return "the run satisfies the property"
	}
	return ""
}
