package run

import (
	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
	"pkgdist/props/counterexample"
)

// A Replay is a kept counterexample run again, as far as it goes today.
type Replay struct {
	System *model.System
	Claim  props.Claim
	Trace  check.Trace[model.State, model.Step]
	// Reproduced: every step was possible, and the claim fails at the end as
	// the file says (or the situation comes about, for a "sometimes").
	Reproduced bool
	// Stopped is the index of the step at which the replay ended, or -1.
	Stopped int
	// Guard is what stops that step, if the step exists.
	Guard string
	// Unknown says why that step does not exist any more, or is nil.
	Unknown error
}

// Again runs a kept counterexample again. Its errors concern the file; what the
// model makes of the steps is in the Replay.
func Again(ce *counterexample.Counterexample) (*Replay, error) {
	design, err := model.ParseDesign(ce.Design)
	if err != nil {
		return nil, err
	}
	sys, err := model.NewSystem(ce.Scenario.Scope, design)
	if err != nil {
		return nil, err
	}
	claim, err := props.Find(ce.Property)
	if err != nil {
		return nil, err
	}
	r := &Replay{System: sys, Claim: claim, Stopped: -1}
	r.Trace.States = sys.Init()
	for i, line := range ce.Steps {
		if !r.take(line.Text) {
			r.Stopped = i
			return r, nil
		}
	}
	r.Reproduced = r.shows()
	return r, nil
}

func (r *Replay) take(text string) bool {
	step, err := r.System.ParseStep(text)
	if err != nil {
		r.Unknown = err
		return false
	}
	s := r.Trace.States[len(r.Trace.States)-1]
	if r.Guard = r.System.WhyNot(&s, step); r.Guard != "" {
		return false
	}
	next, err := r.System.Next(s, step)
	if err != nil {
		r.Unknown = err
		return false
	}
	r.Trace.Steps = append(r.Trace.Steps, step)
	r.Trace.States = append(r.Trace.States, next)
	return true
}

// shows tells whether the end of the trace shows what the counterexample is
// kept for.
func (r *Replay) shows() bool {
	n := len(r.Trace.States)
	after := &r.Trace.States[n-1]
	before := &r.Trace.States[max(n-2, 0)]
	if r.Claim.AtRest && !r.System.AtRest(after) {
		return false
	}
	if r.Claim.Kind == check.KindSometimes {
		return r.Claim.ComesAbout(r.System, before, after)
	}
	return r.Claim.Wrong(r.System, before, after) != ""
}

// Outcome is what the replay says of the claim: violated where a counterexample
// is reproduced, holds where the witness of a "sometimes" is, and nothing
// otherwise.
func (r *Replay) Outcome() check.Outcome {
	switch {
	case !r.Reproduced:
		return check.Inconclusive
	case r.Claim.Kind == check.KindSometimes:
		return check.Holds
	}
	return check.Violated
}
