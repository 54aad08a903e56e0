package main

import (
	"fmt"

	"pkgdist/props/counterexample"
	"pkgdist/props/run"
	"pkgdist/props/show"
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
	d, r, err := load(c.File, assumed(c.Fairness))
	if err != nil {
		return err
	}
	*code = exitInconclusive
	if r.Reproduced {
		*code = exitCode(r.Outcome())
	}
	if !c.Explain {
		return show.Text(t.stdout, d)
	}
	show.Head(t.stdout, d)
	d.Story.Explain(t.stdout)
	avoid(t, d.Story)
	fmt.Fprintf(t.stdout, "\n%s\n", d.Conclusion)
	return nil
}

// load runs a kept counterexample again.
func load(file string, fairness string) (*show.Document, *run.Replay, error) {
	ce, err := counterexample.Read(file)
	if err != nil {
		return nil, nil, err
	}
	d, r, err := show.Again(file, ce, fairness)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", file, err)
	}
	return d, r, nil
}

// avoid tells the nearest run that does not go wrong.
func avoid(t terminal, s story.Story) {
	if s.Wrong == "" || s.Claim.Kind.Liveness() {
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
