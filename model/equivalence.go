package model

// An Equivalence tells which designs are equivalent to one design in a scope: they
// have the same reachable states and steps. Most are: a journal changes nothing
// where nothing crashes, and with a lock there is no need for compare-and-set. The
// states of the one design decide, so the others need not be explored.
//
// Why it is sound: a rule, a guard or an effect that only some designs have
// matters in a state if it makes a difference there, whether the design at hand
// has it or not. If no part that differs between two designs matters in any
// reachable state of one, then, by induction over the length of a run, the other
// can take the same steps to the same states: in a state that both reach, no
// rule of only one of them has its common guards hold, no guard of only one of
// them fails where the common guards hold, and no effect of only one of them
// changes anything.
type Equivalence struct {
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

// Equivalence returns an Equivalence to the system's design, before any state was
// examined.
func (sys *System) Equivalence() *Equivalence {
	e := &Equivalence{sys: sys}
	for i := range table {
		r := variedRule{rule: sys.whole(i)}
		part := func(c Condition) int {
			if c.everywhere() {
				return noPart
			}
			e.parts = append(e.parts, c)
			r.parts = append(r.parts, len(e.parts)-1)
			return len(e.parts) - 1
		}
		r.itself = part(r.If)
		for _, g := range r.rule.guards {
			r.guards = append(r.guards, part(g.If))
		}
		for _, effect := range r.rule.effects {
			r.effects = append(r.effects, part(effect.If))
		}
		if len(r.parts) > 0 {
			e.rules = append(e.rules, r)
		}
	}
	e.matters = make([]bool, len(e.parts))
	return e
}

func (c Condition) everywhere() bool {
	return c.With == 0 && c.Without == 0 && c.On == 0 && c.Off == 0 && len(c.Policies) == 0
}

// Examine records what matters in a state. It changes the state and restores it.
func (e *Equivalence) Examine(s *State) {
	for i := range e.rules {
		r := &e.rules[i]
		if e.allMatter(r.parts) {
			continue
		}
		e.sys.bindings(&r.rule, s, func(c binding) bool {
			e.examineStep(r, c)
			return true
		})
	}
}

func (e *Equivalence) allMatter(parts []int) bool {
	for _, part := range parts {
		if !e.matters[part] {
			return false
		}
	}
	return true
}

func (e *Equivalence) examineStep(r *variedRule, c binding) {
	for i, part := range r.guards {
		if part == noPart && !r.rule.guards[i].Holds(c) {
			return // in every design
		}
	}
	if r.itself != noPart {
		e.matters[r.itself] = true
	}
	if !r.If.Met(e.sys.design) {
		return
	}
	enabled := true
	for i, part := range r.guards {
		if g := &r.rule.guards[i]; part != noPart && !g.Holds(c) {
			e.matters[part] = true
			enabled = enabled && !g.If.Met(e.sys.design)
		}
	}
	if enabled && !e.allMatter(r.parts) {
		e.examineEffects(r, c)
	}
}

// examineEffects takes the step and undoes it. An effect that the design lacks is
// tried where it would be.
func (e *Equivalence) examineEffects(r *variedRule, c binding) {
	if r.sends { // such an effect could change other sites, which are not compared
		for _, part := range r.effects {
			if part != noPart {
				e.matters[part] = true
			}
		}
		return
	}
	site, faults := *c.site, c.s.FaultsLeft
	for i, part := range r.effects {
		effect := &r.rule.effects[i]
		if part == noPart {
			effect.Do(c)
			continue
		}
		before, left := *c.site, c.s.FaultsLeft
		effect.Do(c)
		if *c.site != before || c.s.FaultsLeft != left {
			e.matters[part] = true
		}
		if !effect.If.Met(e.sys.design) {
			*c.site, c.s.FaultsLeft = before, left
		}
	}
	*c.site, c.s.FaultsLeft = site, faults
}

// Includes tells whether a design is equivalent to the system's own, after all
// reachable states of this were examined.
func (e *Equivalence) Includes(d Design) bool {
	for i, c := range e.parts {
		if e.matters[i] && c.Met(d) != c.Met(e.sys.design) {
			return false
		}
	}
	return true
}
