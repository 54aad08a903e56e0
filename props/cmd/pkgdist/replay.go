package main

import (
	"fmt"

	"pkgdist/props/check/show"
	"pkgdist/props/counterexample"
	"pkgdist/props/run"
)

type replayCommand struct {
	File     string `arg:"" help:"A kept counterexample (.txtar)."`
	Explain  bool   `help:"Say for each step what it made possible and impossible."`
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
	return show.Text{Explain: c.Explain, Width: t.screen.Width}.Write(t.stdout, d)
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
