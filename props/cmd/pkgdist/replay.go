package main

import (
	"fmt"
	"strings"

	"pkgdist/props/counterexample"
	"pkgdist/props/run"
	"pkgdist/props/story"
)

type replayCommand struct {
	File string `arg:"" help:"A kept counterexample (.txtar)."`
}

// Run replays the file step by step, and says what became of it. The exit code
// is that of the claim: violated where the counterexample is reproduced,
// inconclusive where it cannot be taken to its end.
func (c *replayCommand) Run(t terminal, code *int) error {
	ce, err := counterexample.Read(c.File)
	if err != nil {
		return err
	}
	r, err := run.Again(ce)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	fmt.Fprintf(t.stdout, "%s\n\nScenario: %s\nDesign: %s\nProperty %s: %s\n\n",
		strings.TrimSpace(ce.Why), ce.Scenario.Title, ce.Design, r.Claim.Name, r.Claim.Says)
	for i, step := range r.Trace.Steps {
		story.Step(t.stdout, r.System, i+1, step, &r.Trace.States[i], &r.Trace.States[i+1])
	}
	*code = c.conclude(t, ce, r)
	return nil
}

func (c *replayCommand) conclude(t terminal, ce *counterexample.Counterexample, r *run.Replay) int {
	if r.Stopped >= 0 {
		line := ce.Steps[r.Stopped]
		why := fmt.Sprintf("is no longer possible there: it is not so that %s.", r.Guard)
		if r.Unknown != nil {
			why = "no longer exists: " + describe(r.Unknown)
		}
		fmt.Fprintf(t.stdout, "\nNot reproduced. Step %d %s\n  %s:%d: %s\n", r.Stopped+1, why, c.File, line.Line, line.Text)
		return exitInconclusive
	}
	if !r.Reproduced {
		fmt.Fprintf(t.stdout, "\nNot reproduced. Every step is possible, but at the end the property is not violated.\n")
		return exitInconclusive
	}
	story.End(t.stdout, r.System, r.Claim, r.Trace)
	fmt.Fprintln(t.stdout, "\nReproduced.")
	return exitCode(r.Outcome())
}
