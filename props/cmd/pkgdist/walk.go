package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check/show"
	random "pkgdist/props/check/walk"
	"pkgdist/props/counterexample"
	"pkgdist/props/scenario"
	"pkgdist/props/walk"
)

type walkCommand struct {
	Scenario  string   `default:"article" placeholder:"NAME|FILE" help:"Scenario: one that comes with the program, or a YAML file."`
	Design    string   `default:"sms20" placeholder:"NAME" help:"Design: a name, mechanisms joined with +, or none (default ${default})."`
	Property  []string `sep:"none" placeholder:"NAME,…" help:"Property; several by commas or by repeating the flag (default: all that a walk can violate)."`
	Walks     count    `placeholder:"N" help:"How many walks (default: ${walks})."`
	Length    count    `placeholder:"N" help:"Most steps of a walk, before the system comes to rest (default: 200)."`
	Seed      uint32   `placeholder:"S" help:"The same seed makes the same walks (default 0)."`
	Scheduler string   `enum:"masked,rule,step" default:"masked" help:"How a step is drawn: masked (a rule, with some faults left out), rule, or step."`
	Out       string   `placeholder:"DIR" help:"Write each counterexample to a file in this folder."`
	bounds    `embed:""`
}

var schedulers = map[string]random.Scheduler{"masked": random.ByRuleMasked, "rule": random.ByRule, "step": random.AnyStep}

// Help says what the exit code means here.
func (c *walkCommand) Help() string {
	return "Exit codes: 0 all walks were made, and none violates a property, which proves nothing; 1 a walk violates one; 3 the walks ended early, and none that was made violates one."
}

// Run walks, makes what it finds small, and tells it.
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
	timed, cancel := c.within(t)
	defer cancel()
	line := newStatusLine(t.stderr)
	r, err := walk.Explore(timed.ctx, sc, design, claims, walk.Options{
		Walks: int(c.Walks), Seed: int(c.Seed), Workers: int(c.Workers), Walk: random.Walk{Length: int(c.Length), Scheduler: schedulers[c.Scheduler]},
		Progress: func(p walk.Progress) { line.show(design.Name + ": " + p.String()) },
	})
	line.clear()
	if err != nil {
		return err
	}
	c.summary(t, sc, r)
	if r.Stopped != "" {
		*code = exitInconclusive
	}
	for _, f := range r.Found {
		*code = exitViolated
		if err := c.tell(t, sc, r, f); err != nil {
			return err
		}
		t.stdout.Flush() // the next may take a while to be made small
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
		if !claim.Kind.Finite() {
			return nil, fmt.Errorf("--property: expected a property that a walk can violate, found %s (%v); check judges it", name, claim.Kind)
		}
	}
	if len(names) == 0 {
		return walk.Claims(), nil
	}
	return slices.DeleteFunc(props.Catalogue(), func(c props.Claim) bool { return !slices.Contains(names, c.Name) }), nil
}

func (c *walkCommand) summary(t terminal, sc *scenario.Scenario, r *walk.Report) {
	about := "about"
	if r.Tally.Full {
		about = "more than"
	}
	fmt.Fprintf(t.stdout, "Scenario %s: %s (%s)\nDesign %s, seed %d: %s walks, %s steps, %s %s different states, deepest %d steps\n",
		sc.Name, sc.Title, sc.Source, r.System.Design().Name, c.Seed,
		show.Number(r.Tally.Walks), show.Number(r.Tally.Steps), about, show.Number(r.Tally.States()), r.Tally.Deepest)
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
	fmt.Fprintf(t.stdout, "\nKept in %s. It runs again with\n%s\n", path, rerun(path))
	return nil
}

// rerun says how a kept counterexample runs again: by the command, and by a
// test once it is kept with the others.
func rerun(path string) string {
	name := strings.TrimSuffix(filepath.Base(path), ".txtar")
	return "    go tool pkgdist replay " + path + "\n" +
		"and, once it is in fixtures/counterexamples, with\n" +
		"    go test ./props/run -run 'TestKeptCounterexamplesAreReproduced/^" + name + "$'"
}
