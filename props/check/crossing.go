package check

// crossing is a state and the ways out of it: the steps that change it. One crossing is moved from state to state, so that
// looking around allocates nothing once its slices have grown.
type crossing[S, T comparable] struct {
	environment Environment[T]
	stepper     *stepper[S, T]
	lent        S // to the model, which may change it

	state  S
	steps  []T
	nexts  []S // where they lead
	atRest bool
}

func newCrossing[S, T comparable](m Model[S, T]) *crossing[S, T] {
	c := &crossing[S, T]{}
	c.environment, _ = any(m).(Environment[T])
	c.stepper = newStepper(m, c.see)
	return c
}

// arrive looks around in s, which may be one of the nexts.
func (c *crossing[S, T]) arrive(s *S) {
	c.state, c.lent = *s, *s
	c.steps, c.nexts, c.atRest = c.steps[:0], c.nexts[:0], true
	c.stepper.steps(&c.lent)
}

func (c *crossing[S, T]) see(step T, next *S) {
	if *next == c.state {
		return // a stutter
	}
	c.steps = append(c.steps, step)
	c.nexts = append(c.nexts, *next)
	c.atRest = c.atRest && !c.systems(step)
}

// systems reports whether the step is one of the system.
func (c *crossing[S, T]) systems(step T) bool {
	return c.environment == nil || !c.environment.Environment(step)
}

// breaks reports whether the state at the crossing shows that p, which is not about steps, is false.
func (c *crossing[S, T]) breaks(p *Property[S]) bool {
	if p.aboutSteps() || p.AtRest && !c.atRest {
		return false
	}
	var j judgement
	p.judge(&c.state, 0, &j)
	return j.decided
}

// breaksBy reports whether going on to a state shows that p, which is about steps, is false.
func (c *crossing[S, T]) breaksBy(p *Property[S], after *S) bool {
	if !p.aboutSteps() {
		return false
	}
	var j judgement
	p.judgeStep(&c.state, after, 0, &j)
	return j.decided
}

// walkable reports whether a single way can show that a property of the kind is false.
func (k Kind) walkable() bool { return k == KindAlways || k == KindNever || k == KindStep }
