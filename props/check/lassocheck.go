package check

import (
	"cmp"
	"fmt"
	"slices"
)

// checkLasso checks a lasso before anybody sees it, with nothing but the model and the property: it can be replayed, it
// closes, it breaks no promise, and it violates the property. It shares no code with the search for the lasso.
func (l *liveness[S, T]) checkLasso(p *Property[S], instance int, t *Trace[S, T], loop int) error {
	if flaw := l.flaw(p, instance, t, loop); flaw != "" {
		return fmt.Errorf("check: the counterexample for %q is wrong, which is a bug in the checker: %s", p.name, flaw)
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
	if flaw := l.search.flawOfTrace(t); flaw != "" {
		return flaw
	}
	if !l.search.codec.equal(&t.States[loop], &t.States[len(t.States)-1], l.search.codec.scratch()) {
		return "its loop does not close"
	}
	return ""
}

// flawOfTrace says what is wrong with a trace as a run of the model, or nothing.
func (m *machine[S, T]) flawOfTrace(t *Trace[S, T]) string {
	scratch := m.codec.scratch()
	if !slices.ContainsFunc(m.Init(), func(s S) bool { return m.codec.equal(&s, &t.States[0], scratch) }) {
		return "it does not begin in an initial state"
	}
	again, err := m.replay(t.States[0], t.Steps)
	if err != nil {
		return err.Error()
	}
	for i := range again.Steps {
		if !m.codec.equal(&again.States[i+1], &t.States[i+1], scratch) {
			return fmt.Sprintf("step %d leads elsewhere", i)
		}
	}
	return ""
}

// flawOfFairness asks the model again which steps are possible in the states of the loop.
func (l *liveness[S, T]) flawOfFairness(t *Trace[S, T], loop int) string {
	possible := make([]int, len(l.promises.names)) // in how many of the states
	taken := make([]bool, len(l.promises.names))
	scratch := l.search.codec.scratch()
	for _, s := range t.States[loop:] {
		for promise := range l.search.promisesIn(s) {
			possible[promise]++
		}
	}
	for i, step := range t.Steps[loop:] {
		if before := &t.States[loop+i]; l.search.systems(step) && l.search.Keeps != nil && !l.search.codec.equal(before, &t.States[loop+i+1], scratch) {
			l.search.Keeps(before, step, func(promise int) { taken[promise] = true })
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

// promisesIn are the promises of the steps out of s that change it.
func (m *machine[S, T]) promisesIn(s S) map[int]bool {
	promises := map[int]bool{}
	if m.Keeps == nil {
		return promises
	}
	scratch := m.codec.scratch()
	newStepper(m, func(step T, next *S) {
		if m.systems(step) && !m.codec.equal(next, &s, scratch) {
			m.Keeps(&s, step, func(promise int) { promises[promise] = true })
		}
	}).steps(&s)
	return promises
}

// flawOfClaim asks whether the run violates the claim.
func flawOfClaim[S any, T comparable](p *Property[S], instance int, t *Trace[S, T], loop int) string {
	wait, inLoop, ever, stays := false, false, false, true
	c := &p.cases[instance]
	for i := range t.States {
		to := c.holds(&t.States[i])
		wait = !to && (wait || c.when != nil && c.when(&t.States[i]))
		ever = ever || to
		if i >= loop {
			inLoop, stays = inLoop || to, stays && to
		}
	}
	violated := false
	switch p.kind {
	case KindLeadsTo:
		violated = wait && !inLoop
	case KindEventually:
		violated = !ever
	case KindEventuallyAlways:
		violated = !stays
	case KindAlwaysEventually:
		violated = !inLoop
	case KindAlways, KindNever, KindStep, KindSometimes:
		return "the property is about no infinite run"
	}
	if !violated {
		return "the run satisfies the property"
	}
	return ""
}
