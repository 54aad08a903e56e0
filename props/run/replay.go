package run

import (
	"errors"
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
func Again(ce *counterexample.Counterexample, fairness string) (*Replay, error) {
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
	var lines []string
	for _, line := range slices.Concat(ce.Steps, ce.Loop) {
		lines = append(lines, line.Text)
	}
	r := &Replay{System: sys, Claim: claim, Stopped: -1, Loop: len(ce.Steps)}
	v, err := props.Under(props.Model(sys), fairness).ReplayLines(claim.For(sys), lines, r.Loop)
	if v.Trace != nil {
		r.Trace = *v.Trace
	}
	var impossible *check.ImpossibleError[model.State, model.Step]
	var none *check.NoCounterexampleError
	switch {
	case err == nil:
		r.Reproduced, r.Wrong = true, v.Wrong()
	case errors.As(err, &impossible):
		r.Stopped, r.Guard, r.Unknown = impossible.At, impossible.Guard, impossible.Unknown
	case errors.As(err, &none):
		r.Flaw = none.Flaw
	default:
		return nil, err
	}
	return r, nil
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
