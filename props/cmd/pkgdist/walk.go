package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"pkgdist/model"
	"pkgdist/props"
	random "pkgdist/props/check/walk"
	"pkgdist/props/counterexample"
	"pkgdist/props/scenario"
	"pkgdist/props/walk"
)

type walkCommand struct {
	Scenario  string        `default:"article" placeholder:"NAME|FILE" help:"Scenario: one that comes with the program, or a YAML file."`
	Design    string        `default:"sms20" placeholder:"NAME" help:"Design: a name, mechanisms joined with +, or none (default ${default})."`
	Property  []string      `sep:"none" placeholder:"NAME,…" help:"Property; several by commas or by repeating the flag (default: all that a walk can violate)."`
	Walks     int           `placeholder:"N" help:"How many walks (default: 2000)."`
	Length    int           `placeholder:"N" help:"Most steps of a walk, before the system comes to rest (default: 200)."`
	Seed      int           `placeholder:"S" help:"The same seed makes the same walks (default 0)."`
	Scheduler string        `enum:"masked,rule,step" default:"masked" help:"How a step is drawn: masked (a rule, with some faults left out), rule, or step."`
	Timeout   time.Duration `placeholder:"DURATION" help:"End after that time, such as 90s or 10m."`
	Workers   int           `placeholder:"N" help:"Goroutines that walk (default: one for each CPU)."`
	Out       string        `placeholder:"DIR" help:"Write each counterexample to a file in this folder."`
}

var schedulers = map[string]random.Scheduler{"masked": random.ByRuleMasked, "rule": random.ByRule, "step": random.AnyStep}

// Validate says what is wrong with the flags, before anything is run.
func (c *walkCommand) Validate() error {
	for flag, n := range map[string]int{"walks": c.Walks, "length": c.Length, "workers": c.Workers, "seed": c.Seed, "timeout": int(c.Timeout)} {
		if n < 0 {
			return fmt.Errorf("--%s: expected nothing below zero, found %d", flag, n)
		}
	}
	return nil
}

// Run walks, makes what it finds small, and tells it. Nothing holds for having
// been walked, so a run that finds nothing is inconclusive.
func (c *walkCommand) Run(t terminal, code *int) error {
	sc, err := scenario.Load(c.Scenario)
	if err != nil {
		return err
	}
	design, err := model.ParseDesign(c.Design)
	if err != nil {
		return err
	}
	claims, err := c.claims()
	if err != nil {
		return err
	}
	if c.Out != "" {
		if err := os.MkdirAll(c.Out, 0o777); err != nil {
			return fmt.Errorf("--out: %w", err)
		}
	}
	ctx := t.ctx
	if c.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.Timeout)
		defer cancel()
	}
	line := newStatusLine(t.stderr)
	r, err := walk.Explore(ctx, sc, design, claims, walk.Options{
		Walks: c.Walks, Seed: c.Seed, Workers: c.Workers, Walk: random.Walk{Length: c.Length, Scheduler: schedulers[c.Scheduler]},
		Progress: func(p walk.Progress) { line.show(design.Name + ": " + p.String()) },
	})
	line.clear()
	if err != nil {
		return err
	}
	c.summary(t, sc, r)
	*code = exitInconclusive
	for _, f := range r.Found {
		*code = exitViolated
		if err := c.tell(t, sc, r, f); err != nil {
			return err
		}
	}
	return nil
}

func (c *walkCommand) claims() ([]props.Claim, error) {
	names := split(c.Property)
	for _, name := range names {
		claim, err := props.Find(name)
		if err != nil {
			return nil, err
		}
		if !walk.CanViolate(claim) {
			return nil, fmt.Errorf("--property: expected a property that a walk can violate, found %s (%v); check judges it", name, claim.Kind)
		}
	}
	if len(names) == 0 {
		return walk.Claims(), nil
	}
	return slices.DeleteFunc(props.Catalogue(), func(c props.Claim) bool { return !slices.Contains(names, c.Name) }), nil
}

// summary says what the walks have covered, and what they have not found.
func (c *walkCommand) summary(t terminal, sc *scenario.Scenario, r *walk.Report) {
	about := "about"
	if r.Tally.Full {
		about = "more than"
	}
	fmt.Fprintf(t.stdout, "Scenario %s: %s (%s)\nDesign %s, seed %d: %s walks, %s steps, %s %s different states, deepest %d steps\n",
		sc.Name, sc.Title, sc.Source, r.System.Design().Name, c.Seed,
		humanize.Comma(r.Tally.Walks), humanize.Comma(r.Tally.Steps), about, humanize.Comma(int64(r.Tally.States())), r.Tally.Deepest)
	if r.Stopped != "" {
		fmt.Fprintf(t.stdout, "Ended early: %s\n", r.Stopped)
	}
	var idle []string
	for i, name := range r.System.Rules() {
		if r.System.HasRule(name) && !r.Tally.HasFired(i) {
			idle = append(idle, name)
		}
	}
	if len(idle) > 0 {
		fmt.Fprintf(t.stdout, "Rules that never fired: %s\n", strings.Join(idle, ", "))
	}
	for _, claim := range r.Missed {
		fmt.Fprintf(t.stdout, "%s: no walk violates it, which proves nothing\n", claim.Name)
	}
}

// tell makes a finding small and tells it.
func (c *walkCommand) tell(t terminal, sc *scenario.Scenario, r *walk.Report, f walk.Finding) error {
	s, err := walk.Smaller(t.ctx, r.System, f)
	if err != nil {
		return err
	}
	heading := fmt.Sprintf("%s violates %s: walk %d, after %d steps; made smaller, %d steps", c.Design, f.Claim.Name, f.Walk, len(f.Trace.Steps), len(s.Trace.Steps))
	fmt.Fprintf(t.stdout, "\n%s\n%s\n%s\n", heading, strings.Repeat("-", len(heading)), f.Claim.Says)
	ce, err := s.Counterexample(sc)
	if err != nil {
		return err
	}
	fmt.Fprintf(t.stdout, "In this scope (%v):\n\n", s.Proof)
	for line := range strings.Lines(string(ce.Scenario.YAML())) {
		fmt.Fprint(t.stdout, "    "+line)
	}
	fmt.Fprintln(t.stdout)
	if err := s.Tell(t.stdout); err != nil {
		return err
	}
	if c.Out == "" {
		return nil
	}
	path := filepath.Join(c.Out, ce.Name+".txtar")
	if err := counterexample.Write(path, ce); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	fmt.Fprintf(t.stdout, "\nKept in %s. It runs again with\n%s\n", path, walk.Rerun(path))
	return nil
}
