package check

// Claim is what a property claims in one of its cases, for tests that judge by themselves.
func (p Property[S]) Claim(i int) (when, holds func(s *S) bool, whenStep, onStep func(before, after *S) bool) {
	c := p.cases[i]
	return c.when, c.holds, c.whenStep, c.onStep
}

// Cases is the number of cases.
func (p Property[S]) Cases() int { return len(p.cases) }
