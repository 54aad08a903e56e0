package walk

// turns remembers when each rule, and each step, was last taken.
type turns[T comparable] struct {
	now   int
	rules map[int]int
	steps map[T]int
}

// drain lets the system go on by itself. It takes the step whose turn it is: the rule that was taken longest ago, and of
// its steps the one that was taken longest ago. Nothing is drawn, so that nothing of it is in the way of shrinking.
func (w *walker[S, T]) drain() {
	turns := turns[T]{rules: make(map[int]int), steps: make(map[T]int)}
	for range w.Drain {
		if w.over() || w.at.AtRest {
			return
		}
		w.take(w.nextInTurn(&turns))
	}
}

// nextInTurn is the index of the system's step whose turn it is. There is one, as the system is not at rest.
func (w *walker[S, T]) nextInTurn(turns *turns[T]) int {
	best := -1
	for i, step := range w.at.Steps {
		if w.at.Systems(step) && (best < 0 || turns.before(w.schedule.rule[i], step, w.schedule.rule[best], w.at.Steps[best])) {
			best = i
		}
	}
	turns.now++
	turns.rules[w.schedule.rule[best]], turns.steps[w.at.Steps[best]] = turns.now, turns.now
	return best
}

// before reports whether the turn of a comes before that of b.
func (t *turns[T]) before(ruleA int, a T, ruleB int, b T) bool {
	if t.rules[ruleA] != t.rules[ruleB] {
		return t.rules[ruleA] < t.rules[ruleB]
	}
	return t.steps[a] < t.steps[b]
}
