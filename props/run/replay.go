package run

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
	"pkgdist/props/check/show"
	"pkgdist/props/counterexample"
	"pkgdist/props/scenario"
)

// A Replay is a kept counterexample run again, as far as it goes today.
type Replay struct {
	System *model.System
	Claim  props.Claim
	Verdict
	// Reproduced: every step was possible, and the claim fails at the end as
	// the file says (or the situation occurs, for a "sometimes").
	Reproduced bool
	// Stopped says why the run is not reproduced, or is nil.
	Stopped *check.ReplayError
}

// path claims nothing of a run but that there is one.
var path = check.Sometimes("path", func(*model.State) bool { return true })

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
	property, claim := path, props.Claim{}
	if ce.Property != "" {
		if claim, err = props.Find(ce.Property); err != nil {
			return nil, err
		}
		property = claim.For(sys)
	}
	var lines []string
	for _, line := range slices.Concat(ce.Steps, ce.Loop) {
		lines = append(lines, line.Text)
	}
	r := &Replay{System: sys, Claim: claim}
	r.Verdict, err = props.Under(props.Model(sys), fairness).ReplayLines(property, lines, len(ce.Steps))
	if r.Reproduced = err == nil; err != nil && !errors.As(err, &r.Stopped) {
		return nil, err
	}
	return r, nil
}

// Document returns the document of a counterexample that was run again. The file
// is the one that keeps it, for what is said about its lines.
func (r *Replay) Document(file string, ce *counterexample.Counterexample) *show.Document {
	d := Document(ce, &r.Verdict)
	d.Conclusion, d.Reproduced = r.conclusion(file, ce), r.Reproduced
	return d
}

// Document returns the document of a counterexample and the verdict with its trace.
func Document(ce *counterexample.Counterexample, v *Verdict) *show.Document {
	d := v.Document()
	d.Property, d.Name, d.Why = ce.Property, ce.Name, strings.TrimSpace(ce.Why)
	d.Subject, d.Title, d.Source = "Scenario", ce.Scenario.Title, ce.Scenario.Source
	d.About = []show.Item{{Label: "Design", Value: ce.Design}}
	d.Conclusion, d.Sections = "Reproduced.", ce.Written()
	return d
}

// conclusion says whether the counterexample is reproduced, and otherwise what
// stands in the way.
func (r *Replay) conclusion(file string, ce *counterexample.Counterexample) string {
	switch {
	case r.Reproduced:
		return "Reproduced."
	case r.Stopped.Flaw != "":
		return fmt.Sprintf("Not reproduced. Every step is possible, but %s.", r.Stopped.Flaw)
	}
	line := slices.Concat(ce.Steps, ce.Loop)[r.Stopped.At]
	why := fmt.Sprintf("is no longer possible there: it needs that %s.", r.Stopped.Guard)
	if r.Stopped.Unknown != nil {
		why = "no longer exists: " + scenario.Describe(r.Stopped.Unknown)
	}
	return fmt.Sprintf("Not reproduced. Step %d %s\n  %s:%d: %s", r.Stopped.At+1, why, file, line.Line, line.Text)
}
