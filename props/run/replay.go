package run

import (
	"errors"
	"fmt"
	"slices"

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
	// Loop is the index of the step at which a loop begins that is repeated for
	// ever, for a claim about what happens in the end.
	Loop int
	// Wrong says in plain words what is wrong at the end, if it is reproduced.
	Wrong string
	// Flaw says why the run is none that breaks the claim, if it is not.
	Flaw string
	// Stopped is the index of the step at which the replay ended, or -1.
	Stopped int
	// Guard is what stops that step, if the step exists.
	Guard string
	// Unknown says why that step does not exist any more, or is nil.
	Unknown error
}

// Again runs a kept counterexample again; a loop has to be possible under the
// fairness given. Its errors concern the file; what the model makes of the steps
// is in the Replay.
func Again(ce *counterexample.Counterexample, fairness check.Fairness) (*Replay, error) {
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
	r := &Replay{System: sys, Claim: claim, Stopped: -1, Loop: len(ce.Steps)}
	r.Trace.States = sys.Init()
	for i, line := range slices.Concat(ce.Steps, ce.Loop) {
		if !r.take(line.Text) {
			r.Stopped = i
			return r, nil
		}
	}
	return r, r.judge(fairness)
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
	next, _ := r.System.Next(s, step) // nothing stops it: see above
	r.Trace.Steps = append(r.Trace.Steps, step)
	r.Trace.States = append(r.Trace.States, next)
	return true
}

// judge finds out whether the end of the trace shows what the counterexample is
// kept for.
func (r *Replay) judge(fairness check.Fairness) error {
	n := len(r.Trace.States)
	after := &r.Trace.States[n-1]
	before := &r.Trace.States[max(n-2, 0)]
	switch {
	case r.Claim.Kind.InTheEnd():
		return r.judgeLoop(fairness)
	case r.Claim.AtRest && !r.System.AtRest(after):
		r.Flaw = "at the end the system is not at rest"
	case r.Claim.Kind == check.KindSometimes:
		r.Reproduced = r.Claim.ComesAbout(r.System, before, after)
		r.Flaw = "at the end the situation has not come about"
	case r.Claim.Kind == check.KindAlways, r.Claim.Kind == check.KindNever, r.Claim.Kind == check.KindStep:
		r.Wrong = r.Claim.Wrong(r.System, before, after)
		r.Reproduced = r.Wrong != ""
		r.Flaw = "at the end the property is not violated"
	default:
		panic(fmt.Sprintf("run: unknown kind %v of %s", r.Claim.Kind, r.Claim.Name))
	}
	return nil
}

func (r *Replay) judgeLoop(fairness check.Fairness) error {
	_, instance, err := check.ReplayLasso(r.System, r.Claim.For(r.System), r.Trace.States[0], r.Trace.Steps, r.Loop, fairness)
	var no *check.NoCounterexample
	switch {
	case err == nil:
		r.Reproduced = true
		r.Wrong = r.Claim.WrongAtEnd(r.System, r.Trace.States, r.Loop, instance)
	case errors.As(err, &no):
		r.Flaw = no.Flaw
	default:
		return err
	}
	return nil
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
