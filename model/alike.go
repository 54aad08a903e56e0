package model

// Alikes tells which designs are alike one in a scope: they have the same reachable
// states and steps. That is so more often than not: a journal changes nothing where nothing
// crashes, and whoever holds a lock needs not compare before it sets. It is found
// out from the states of the one, so that the others need not be explored.
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
	rules []variedRule
	parts []Condition // the conditions of all parts that not every design has
	// matters says of each part whether it made a difference.
	matters []bool
}

// A variedRule is a rule that has such parts, with the guards and effects of all
// designs. The other slices say of the rule itself, of its guards and of its
// effects which part each is, or none.
type variedRule struct {
	rule
	itself          int
	guards, effects []int
	parts           []int
}

const noPart = -1

// Alikes returns what has seen no state yet.
func (sys *System) Alikes() *Alikes {
	a := &Alikes{sys: sys}
	for i := range table {
		r := variedRule{rule: sys.whole(i)}
		part := func(c Condition) int {
			if c.everywhere() {
				return noPart
			}
			a.parts = append(a.parts, c)
			r.parts = append(r.parts, len(a.parts)-1)
			return len(a.parts) - 1
		}
		r.itself = part(r.If)
		for _, g := range r.rule.guards {
			r.guards = append(r.guards, part(g.If))
		}
		for _, e := range r.rule.effects {
			r.effects = append(r.effects, part(e.If))
		}
		if len(r.parts) > 0 {
			a.rules = append(a.rules, r)
		}
	}
	a.matters = make([]bool, len(a.parts))
	return a
}

func (c Condition) everywhere() bool {
	return c.With == 0 && c.Without == 0 && c.On == 0 && c.Off == 0 && len(c.Policies) == 0
}

// Look notes what matters in a state. It changes the state and puts it back.
func (a *Alikes) Look(s *State) {
	for i := range a.rules {
		r := &a.rules[i]
		if a.allMatter(r.parts) {
			continue
		}
		a.sys.operands(&r.rule, s, func(c spot) bool {
			a.lookAt(r, c)
			return true
		})
	}
}

func (a *Alikes) allMatter(parts []int) bool {
	for _, part := range parts {
		if !a.matters[part] {
			return false
		}
	}
	return true
}

func (a *Alikes) lookAt(r *variedRule, c spot) {
	for i, part := range r.guards {
		if part == noPart && !r.rule.guards[i].Holds(c) {
			return // in every design
		}
	}
	if r.itself != noPart {
		a.matters[r.itself] = true
	}
	if !r.If.Met(a.sys.design) {
		return
	}
	enabled := true
	for i, part := range r.guards {
		if g := &r.rule.guards[i]; part != noPart && !g.Holds(c) {
			a.matters[part] = true
			enabled = enabled && !g.If.Met(a.sys.design)
		}
	}
	if enabled && !a.allMatter(r.parts) {
		a.lookAtEffects(r, c)
	}
}

// lookAtEffects takes the step and undoes it. An effect that the design lacks is
// tried at its place.
func (a *Alikes) lookAtEffects(r *variedRule, c spot) {
	if r.sends { // such an effect could change other sites, which are not compared
		for _, part := range r.effects {
			if part != noPart {
				a.matters[part] = true
			}
		}
		return
	}
	site, faults := *c.site, c.s.FaultsLeft
	for i, part := range r.effects {
		e := &r.rule.effects[i]
		if part == noPart {
			e.Do(c)
			continue
		}
		before, left := *c.site, c.s.FaultsLeft
		e.Do(c)
		if *c.site != before || c.s.FaultsLeft != left {
			a.matters[part] = true
		}
		if !e.If.Met(a.sys.design) {
			*c.site, c.s.FaultsLeft = before, left
		}
	}
	*c.site, c.s.FaultsLeft = site, faults
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
