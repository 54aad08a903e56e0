package main

import (
	"fmt"
	"io"
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
	Walks     count    `unit:"walks" placeholder:"N" help:"How many walks (default: ${walks})."`
	Length    count    `unit:"steps" placeholder:"N" help:"Most steps of a walk, before the system comes to rest (default: 200)."`
	Seed      seed     `placeholder:"S" help:"The same seed makes the same walks (default 0)."`
	Scheduler string   `enum:"masked,rule,step" default:"masked" help:"How a step is drawn: masked (a rule, with some faults left out), rule, or step."`
	JSON      bool     `name:"json" help:"Print one JSON object."`
	keeping   `embed:""`
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
	forms, err := c.prepare()
	if err != nil {
		return err
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
	told := c.sum(sc, r)
	if !c.JSON {
		told.print(t.stdout)
	}
	if r.Stopped != "" {
		*code = exitInconclusive
	}
	for _, f := range r.Found {
		*code = exitViolated
		s, err := walk.Smaller(t.ctx, r.System, f)
		if err != nil {
			return err
		}
		ce, err := s.Counterexample(sc)
		if err != nil {
			return err
		}
		if c.JSON {
			told.Found = append(told.Found, walkFinding{f.Claim.Name, f.Walk, len(f.Trace.Steps), fmt.Sprint(s.Proof), string(ce.Scenario.YAML()), texts(s)})
		} else if err := c.tell(t, s, ce, f); err != nil {
			return err
		}
		if err := c.keepFinding(t, s, ce, forms); err != nil {
			return err
		}
		t.stdout.Flush() // the next may take a while to be made small
	}
	if c.JSON {
		return show.WriteJSON(t.stdout, "  ", told)
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

// The JSON object is an interface: its keys stay.
type (
	walkReport struct {
		heading  string
		Scenario string        `json:"scenario"`
		Design   string        `json:"design"`
		Seed     seed          `json:"seed"`
		Walks    int64         `json:"walks"`
		Steps    int64         `json:"steps"`
		States   int64         `json:"states"`      // different ones, as an estimate
		Full     bool          `json:"more_states"` // there are more than that
		Deepest  int           `json:"deepest"`
		Stopped  string        `json:"stopped,omitempty"`
		Idle     []string      `json:"rules_never_fired"`
		Missed   []string      `json:"not_violated"` // by any walk, which proves nothing
		Found    []walkFinding `json:"found"`
	}
	walkFinding struct {
		Property string   `json:"property"`
		Walk     int      `json:"walk"`
		Length   int      `json:"steps"` // of the walk, before it was made smaller
		Proof    string   `json:"proof"`
		Scope    string   `json:"scenario"` // as YAML
		Trace    []string `json:"trace"`
	}
)

func texts(s walk.Story) []string {
	var lines []string
	for _, step := range s.Trace.Steps {
		lines = append(lines, s.System.Format(step))
	}
	return lines
}

func (c *walkCommand) sum(sc *scenario.Scenario, r *walk.Report) *walkReport {
	told := &walkReport{heading: sc.Heading(), Scenario: sc.Name, Design: r.System.Design().Name, Seed: c.Seed,
		Walks: int64(r.Tally.Walks), Steps: int64(r.Tally.Steps), States: int64(r.Tally.States()), Full: r.Tally.Full,
		Deepest: r.Tally.Deepest, Stopped: r.Stopped, Idle: []string{}, Missed: []string{}, Found: []walkFinding{}}
	for i, name := range r.System.Rules() {
		if r.System.HasRule(name) && !r.Tally.HasFired(i) {
			told.Idle = append(told.Idle, name)
		}
	}
	for _, claim := range r.Missed {
		told.Missed = append(told.Missed, claim.Name)
	}
	return told
}

func (told *walkReport) print(w io.Writer) {
	about := "about"
	if told.Full {
		about = "more than"
	}
	fmt.Fprintf(w, "%s\nDesign %s, seed %d: %s, %s steps, %s %s different states, deepest %d steps\n",
		told.heading, told.Design, told.Seed, show.Count(told.Walks, "walk", "walks"), show.Number(told.Steps), about, show.Number(told.States), told.Deepest)
	if told.Stopped != "" {
		fmt.Fprintf(w, "Ended early: %s\n", told.Stopped)
	}
	if len(told.Idle) > 0 {
		fmt.Fprintf(w, "Rules that never fired: %s\n", strings.Join(told.Idle, ", "))
	}
	for _, name := range told.Missed {
		fmt.Fprintf(w, "%s: no walk violates it, which proves nothing\n", name)
	}
}

func (c *walkCommand) tell(t terminal, s walk.Story, ce *counterexample.Counterexample, f walk.Finding) error {
	heading := fmt.Sprintf("%s violates %s: walk %d, after %d steps; made smaller, %d steps", c.Design, f.Claim.Name, f.Walk, len(f.Trace.Steps), len(s.Trace.Steps))
	fmt.Fprintf(t.stdout, "\n%s\n%s\n%s\n", heading, strings.Repeat("-", len(heading)), f.Claim.Says)
	fmt.Fprintf(t.stdout, "In this scope (%v):\n\n", s.Proof)
	for line := range strings.Lines(string(ce.Scenario.YAML())) {
		fmt.Fprint(t.stdout, "    "+line)
	}
	fmt.Fprintln(t.stdout)
	d, err := s.Document(ce)
	if err != nil {
		return err
	}
	return show.Text{Width: t.screen.Width}.Story(t.stdout, d)
}

func (c *walkCommand) keepFinding(t terminal, s walk.Story, ce *counterexample.Counterexample, forms []show.Format) error {
	if c.Out == "" {
		return nil
	}
	path := filepath.Join(c.Out, ce.Name+show.Extension)
	if err := counterexample.Write(path, ce); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	d, err := s.Document(ce)
	if err != nil {
		return err
	}
	if err := keepForms(t, path, d, forms); err != nil || c.JSON {
		return err
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
