package model

// Two designs are alike in a scope if they have the same reachable states and
// steps. That is so more often than not: a journal changes nothing where nothing
// crashes, and whoever holds a lock needs not compare before it sets. Alikes
// finds it out from the states of one of them, so that the other needs not be
// explored.
//
// Why it is sound: a rule, a guard or an effect that only some designs have
// matters in a state if it makes a difference there, whether the design at hand
// has it or not. If no part that differs between two designs matters in any
// reachable state of one, then, by induction over the length of a run, the other
// can take the same steps to the same states: in a state that both reach, no
// rule of only one of them has its common guards hold, no guard of only one of
// them fails where the common guards hold, and no effect of only one of them
// changes anything.
type Alikes struct {
	sys   *System
	rules []rule      // every rule, with the guards and effects of all designs
	parts []Condition // the conditions of all parts that not every design has
	// matters says of each part whether it made a difference.
	matters []bool
	index   [][]int // for each rule: of itself, its guards and its effects, the part, or -1
}

// Alikes returns what has seen no state yet.
func (sys *System) Alikes() *Alikes {
	a := &Alikes{sys: sys}
	part := func(c Condition) int {
		if c.everywhere() {
			return -1
		}
		a.parts = append(a.parts, c)
		return len(a.parts) - 1
	}
	for i := range table {
		r := sys.whole(i)
		index := []int{part(r.If)}
		for _, g := range r.guards {
			index = append(index, part(g.If))
		}
		for _, e := range r.effects {
			index = append(index, part(e.If))
		}
		a.rules, a.index = append(a.rules, r), append(a.index, index)
	}
	a.matters = make([]bool, len(a.parts))
	return a
}

func (c Condition) everywhere() bool {
	return c.With == 0 && c.Without == 0 && c.On == 0 && c.Off == 0 && len(c.Policies) == 0
}

// Look notes what matters in a state.
func (a *Alikes) Look(s *State) {
	for i := range a.rules {
		r := &a.rules[i]
		a.sys.operands(r, s, func(c spot) bool {
			a.lookAt(r, a.index[i], c)
			return true
		})
	}
}

func (a *Alikes) lookAt(r *rule, index []int, c spot) {
	for i := range r.guards {
		if index[1+i] < 0 && !r.guards[i].Holds(c) {
			return // in every design
		}
	}
	if index[0] >= 0 {
		a.matters[index[0]] = true
	}
	if !r.If.Met(a.sys.design) {
		return
	}
	enabled := true
	for i := range r.guards {
		if part := index[1+i]; part >= 0 && !r.guards[i].Holds(c) {
			a.matters[part] = true
			enabled = enabled && !r.guards[i].If.Met(a.sys.design)
		}
	}
	if enabled {
		a.lookAtEffects(r, index[1+len(r.guards):], c)
	}
}

// lookAtEffects takes the step on a copy. An effect that the design lacks is
// tried at its place and undone.
func (a *Alikes) lookAtEffects(r *rule, index []int, c spot) {
	state := *c.s
	c = a.sys.spot(&state, c.Step)
	for i := range r.effects {
		e := &r.effects[i]
		if index[i] < 0 {
			e.Do(c)
			continue
		}
		before := state
		e.Do(c)
		if state != before {
			a.matters[index[i]] = true
		}
		if !e.If.Met(a.sys.design) {
			state = before
		}
	}
}

// With tells whether a design is alike the system's own, after all its reachable
// states were looked at.
func (a *Alikes) With(d Design) bool {
	for i, c := range a.parts {
		if a.matters[i] && c.Met(d) != c.Met(a.sys.design) {
			return false
		}
	}
	return true
}
