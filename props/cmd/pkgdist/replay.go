package main

import (
	"cmp"
	"fmt"
	"io"

	"pkgdist/props/check"
	"pkgdist/props/check/show"
	"pkgdist/props/counterexample"
	"pkgdist/props/run"
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
		*code = exitCode(r.Outcome)
	}
	text := show.Text{Explain: c.Explain}
	if !c.Explain {
		return text.Write(t.stdout, d)
	}
	return cmp.Or(text.Head(t.stdout, d), text.Story(t.stdout, d), avoid(t.stdout, r), text.Foot(t.stdout, d))
}

func load(file string, fairness string) (*show.Document, *run.Replay, error) {
	ce, err := counterexample.Read(file)
	if err != nil {
		return nil, nil, err
	}
	r, err := run.Again(ce, fairness)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", file, err)
	}
	return r.Document(file, ce), r, nil
}

// avoid tells the nearest run that does not go wrong.
func avoid(w io.Writer, r *run.Replay) error {
	if r.Outcome != check.Violated || r.Claim.Kind.Liveness() {
		return nil
	}
	p, ok := walk.Avoid(r.System, r.Claim, *r.Trace)
	if !ok {
		_, err := fmt.Fprintln(w, "\nNo other choice was found, on this way, that would have avoided it.")
		return err
	}
	_, err := fmt.Fprintf(w, "\nAnother choice at step %d would have avoided it:\n  instead of  %s\n  this        %s\n              %s\n  With no more from the administrator, all comes to rest after %d steps then, and nothing is wrong.\n",
		p.At+1, r.System.Format(r.Trace.Steps[p.At]), r.System.Format(p.Instead), r.System.Sentence(p.Instead), len(p.Trace.Steps))
	return err
}
