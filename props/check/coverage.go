package check

// Coverage is how often a rule fired, with a step that changed the state, and which guards were the first to stop it in the
// states expanded.
type Coverage struct {
	Rule    string
	Fired   int64
	Blocked []blocked // of a rule that never fired, or of all rules if Options ask for it; in the order of their first time
}

// blocked is a guard and how often it was the first to stop a rule.
type blocked = struct {
	Guard string
	Times int64
}

func newCoverage(rules []string) []Coverage {
	coverage := make([]Coverage, len(rules))
	for i, rule := range rules {
		coverage[i].Rule = rule
	}
	return coverage
}

// block counts a guard. A rule has few of them, so that looking along a slice is faster than a map, and keeps order.
func (c *Coverage) block(guard string, times int64) {
	for i := range c.Blocked {
		if c.Blocked[i].Guard == guard {
			c.Blocked[i].Times += times
			return
		}
	}
	c.Blocked = append(c.Blocked, blocked{guard, times})
}

func (c *Coverage) merge(later *Coverage) {
	c.Fired += later.Fired
	for _, b := range later.Blocked {
		c.block(b.Guard, b.Times)
	}
}
