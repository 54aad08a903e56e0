package check

// judgement is what is known about one property.
type judgement struct {
	tested   bool  // a state or step met its condition
	decided  bool  // a counterexample, or the witness of a sometimes, was found:
	at       int64 // in this state, or in a step out of it
	instance int   // in this case
}

// then is the judgement on some states followed by the judgement on later ones: the first find counts.
func (j judgement) then(later judgement) judgement {
	later.tested = later.tested || j.tested
	if j.decided {
		later.decided, later.at, later.instance = true, j.at, j.instance
	}
	return later
}

// judge tests p in s. A state decides p if it shows p false or, if p is a sometimes, true.
func (p *Property[S]) judge(s *S, index int64, j *judgement) {
	for i := range p.cases {
		if p.judgeCase(s, i, j); j.decided {
			j.at = index
			return
		}
	}
}

func (p *Property[S]) judgeCase(s *S, instance int, j *judgement) {
	c := &p.cases[instance]
	if c.when != nil && !c.when(s) {
		return
	}
	j.tested = true
	if c.holds(s) != (p.kind == KindAlways) {
		j.decided, j.instance = true, instance
	}
}

// judgeStep is judge for a step, which the state that it leaves stands for.
func (p *Property[S]) judgeStep(before, after *S, index int64, j *judgement) {
	for i := range p.cases {
		if p.judgeStepCase(before, after, i, j); j.decided {
			j.at = index
			return
		}
	}
}

func (p *Property[S]) judgeStepCase(before, after *S, instance int, j *judgement) {
	c := &p.cases[instance]
	if c.whenStep != nil && !c.whenStep(before, after) {
		return
	}
	j.tested = true
	if c.onStep(before, after) != (p.kind == KindStep) {
		j.decided, j.instance = true, instance
	}
}

// decidedIn reports whether a state shows that p, a claim about states, is false or, for a sometimes, true, and in which case.
func (p *Property[S]) decidedIn(s *S, atRest bool) (instance int, decided bool) {
	if p.aboutSteps() || p.kind.Liveness() || p.atRest && !atRest {
		return 0, false
	}
	var j judgement
	p.judge(s, 0, &j)
	return j.instance, j.decided
}

// decidedBy is decidedIn for a claim about steps and a step that changes the state.
func (p *Property[S]) decidedBy(before, after *S) (instance int, decided bool) {
	if !p.aboutSteps() {
		return 0, false
	}
	var j judgement
	p.judgeStep(before, after, 0, &j)
	return j.instance, j.decided
}
