package main

import (
	"fmt"
	"slices"
	"strings"

	"pkgdist/props/counterexample"
	"pkgdist/props/run"
	"pkgdist/props/story"
	"pkgdist/props/walk"
)

type replayCommand struct {
	File     string `arg:"" help:"A kept counterexample (.txtar)."`
	Explain  bool   `help:"Say for each step what it made possible and impossible, and where another choice would have avoided the end."`
	Fairness string `enum:"model,none,weak,strong" default:"model" help:"Fairness of the system that a loop has to respect: model, none, weak, strong (default ${default})."`
}

// Run replays the file step by step, and says what became of it. The exit code
// is that of the claim: violated where the counterexample is reproduced,
// inconclusive where it cannot be taken to its end.
func (c *replayCommand) Run(t terminal, code *int) error {
	ce, err := counterexample.Read(c.File)
	if err != nil {
		return err
	}
	r, err := run.Again(ce, fairness[c.Fairness])
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	fmt.Fprintf(t.stdout, "%s\n\nScenario: %s\nDesign: %s\nProperty %s: %s\n\n",
		strings.TrimSpace(ce.Why), ce.Scenario.Title, ce.Design, r.Claim.Name, r.Claim.Says)
	s := story.Story{System: r.System, Claim: r.Claim, Trace: r.Trace, Loop: r.Loop, Wrong: r.Wrong}
	if c.Explain {
		s.Explain(t.stdout)
		avoid(t, s)
	} else {
		s.Write(t.stdout)
	}
	*code = c.conclude(t, ce, r)
	return nil
}

// avoid tells the nearest run that does not go wrong.
func avoid(t terminal, s story.Story) {
	if s.Wrong == "" || s.Claim.Kind.InTheEnd() {
		return
	}
	p, ok := walk.Avoid(s.System, s.Claim, s.Trace)
	if !ok {
		fmt.Fprintln(t.stdout, "\nNo other choice was found, on this way, that would have avoided it.")
		return
	}
	fmt.Fprintf(t.stdout, "\nAnother choice at step %d would have avoided it:\n  instead of  %s\n  this        %s\n              %s\n  With no more from the administrator, all comes to rest after %d steps then, and nothing is wrong.\n",
		p.At+1, s.System.Format(s.Trace.Steps[p.At]), s.System.Format(p.Instead), s.System.Sentence(p.Instead), len(p.Trace.Steps))
}

func (c *replayCommand) conclude(t terminal, ce *counterexample.Counterexample, r *run.Replay) int {
	if r.Stopped >= 0 {
		line := slices.Concat(ce.Steps, ce.Loop)[r.Stopped]
		why := fmt.Sprintf("is no longer possible there: it is not so that %s.", r.Guard)
		if r.Unknown != nil {
			why = "no longer exists: " + describe(r.Unknown)
		}
		fmt.Fprintf(t.stdout, "\nNot reproduced. Step %d %s\n  %s:%d: %s\n", r.Stopped+1, why, c.File, line.Line, line.Text)
		return exitInconclusive
	}
	if !r.Reproduced {
		fmt.Fprintf(t.stdout, "\nNot reproduced. Every step is possible, but %s.\n", r.Flaw)
		return exitInconclusive
	}
	fmt.Fprintln(t.stdout, "\nReproduced.")
	return exitCode(r.Outcome())
}
