package main

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check/show"
	random "pkgdist/props/check/walk"
	"pkgdist/props/counterexample"
	"pkgdist/props/scenario"
	"pkgdist/props/shard"
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
	sharding  `embed:""`
	bounds    `embed:""`
}

var schedulers = map[string]random.Scheduler{"masked": random.ByRuleMasked, "rule": random.ByRule, "step": random.AnyStep}

// Help says what the exit code means here.
func (c *walkCommand) Help() string {
	return "Exit codes: 0 all walks were made, and none violates a property, which proves nothing; 1 a walk violates one; 3 the walks ended early, and none that was made violates one."
}

// Run walks, makes what it finds small, and tells it.
func (c *walkCommand) Run(t terminal, parsed *kong.Context, code *int) error {
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
	header, err := c.header(parsed, sc)
	if err != nil {
		return err
	}
	r, err := c.report(t, sc, design, claims)
	if err != nil {
		return err
	}
	told := c.sum(sc, r, header)
	if !c.JSON {
		told.print(t)
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
			told.Found = append(told.Found, walkFinding{f.Claim.Name, f.Walk, f.Length, fmt.Sprint(s.Proof), string(ce.Scenario.YAML()), texts(s)})
		} else if err := c.tell(t, s, ce, f); err != nil {
			return err
		}
		if err := c.keepFinding(t, s, ce, forms); err != nil {
			return err
		}
		t.stdout.Flush() // the next may take a while to be made small
	}
	if header != nil {
		return shard.Write(t.stdout, header, told)
	}
	if c.JSON {
		return show.WriteJSON(t.stdout, "  ", told)
	}
	return nil
}

// report makes the walks, or those of the shard, or has from all shards what theirs came to.
func (c *walkCommand) report(t terminal, sc *scenario.Scenario, design model.Design, claims []props.Claim) (*walk.Report, error) {
	if c.parts != nil {
		return c.joined(sc, design, claims)
	}
	t, cancel := c.within(t)
	defer cancel()
	line := newStatusLine(t.stderr, "walking "+sc.Name+" under "+design.Name)
	defer line.clear()
	return walk.Explore(t.ctx, sc, design, claims, walk.Options{
		Walks: int(c.Walks), Seed: int(c.Seed), Workers: int(c.Workers), Walk: random.Walk{Length: int(c.Length), Scheduler: schedulers[c.Scheduler]},
		Shard: c.Shard, Progress: func(p walk.Progress) { line.show(design.Name + ": " + p.String()) },
	})
}

// joined reads what all shards wrote.
func (c *walkCommand) joined(sc *scenario.Scenario, design model.Design, claims []props.Claim) (*walk.Report, error) {
	sys, err := model.NewSystem(sc.Scope, design)
	if err != nil {
		return nil, err
	}
	var all []*walk.Report
	for _, p := range c.parts {
		var told walkReport
		if err := p.Decode(&told); err != nil {
			return nil, err
		}
		r, err := told.report(sys, claims)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.File, err)
		}
		all = append(all, r)
	}
	return walk.Join(all...), nil
}

// report is what the walks of a shard came to. Its findings are taken again, step by step.
func (told *walkReport) report(sys *model.System, claims []props.Claim) (*walk.Report, error) {
	if told.Covered == nil {
		return nil, errors.New(`expected what the walks have covered, found no object "coverage"`)
	}
	r := &walk.Report{System: sys, Tally: *told.Covered, Stopped: told.Stopped}
	for _, f := range told.Found {
		found, err := walk.Restore(sys, f.Property, f.Walk, f.Length, []byte(f.Scope), f.Trace, f.Proof)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Property, err)
		}
		r.Found = append(r.Found, found)
	}
	for _, claim := range claims {
		violated := slices.ContainsFunc(told.Found, func(f walkFinding) bool { return f.Property == claim.Name })
		if violated == slices.Contains(told.Missed, claim.Name) {
			return nil, fmt.Errorf("expected %s to be violated or not, found it in both lists or in none", claim.Name)
		}
		if !violated {
			r.Missed = append(r.Missed, claim)
		}
	}
	return r, nil
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
		Shard    *shard.Header `json:"shard,omitempty"`
		Scenario string        `json:"scenario"`
		Design   string        `json:"design"`
		Seed     uint32        `json:"seed"`
		Walks    int64         `json:"walks"`
		Steps    int64         `json:"steps"`
		States   int64         `json:"states"`      // different ones, as an estimate
		Full     bool          `json:"more_states"` // there are more than that
		Deepest  int           `json:"deepest"`
		Stopped  string        `json:"stopped,omitempty"`
		Idle     []string      `json:"rules_never_fired"`
		Missed   []string      `json:"not_violated"` // by any walk, which proves nothing
		Found    []walkFinding `json:"found"`

		Covered *random.Coverage `json:"coverage,omitempty"` // of a shard, so that it can be added to that of others
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

func (c *walkCommand) sum(sc *scenario.Scenario, r *walk.Report, header *shard.Header) *walkReport {
	told := &walkReport{heading: sc.Heading(), Shard: header, Scenario: sc.Name, Design: r.System.Design().Name, Seed: uint32(c.Seed),
		Walks: int64(r.Tally.Walks), Steps: int64(r.Tally.Steps), States: int64(r.Tally.States()), Full: r.Tally.Full,
		Deepest: r.Tally.Deepest, Stopped: r.Stopped, Idle: []string{}, Missed: []string{}, Found: []walkFinding{}}
	if header != nil {
		told.Covered = &r.Tally
	}
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

func (told *walkReport) print(t terminal) {
	about := "about"
	if told.Full {
		about = "more than"
	}
	line := func(text string) {
		show.Wrap(t.stdout, cmp.Or(t.screen.Width, 1<<16), "", strings.Fields(text))
	}
	line(told.heading)
	line(fmt.Sprintf("Design %s, seed %d: %s, %s steps, %s %s different states, deepest %d steps",
		told.Design, told.Seed, show.Count(told.Walks, "walk", "walks"), show.Number(told.Steps), about, show.Number(told.States), told.Deepest))
	if told.Stopped != "" {
		line("Ended early: " + told.Stopped)
	}
	if len(told.Idle) > 0 {
		line("Rules that never fired: " + strings.Join(told.Idle, ", "))
	}
	if len(told.Missed) > 0 {
		line("No walk violates these, which proves nothing: " + strings.Join(told.Missed, ", "))
	}
}

func (c *walkCommand) tell(t terminal, s walk.Story, ce *counterexample.Counterexample, f walk.Finding) error {
	heading := fmt.Sprintf("%s violates %s: walk %d, after %d steps; made smaller, %d steps", c.Design, f.Claim.Name, f.Walk, f.Length, len(s.Trace.Steps))
	width := cmp.Or(t.screen.Width, show.DefaultWidth)
	fmt.Fprintln(t.stdout)
	show.Wrap(t.stdout, width, "", strings.Fields(heading))
	fmt.Fprintln(t.stdout, strings.Repeat("-", min(len(heading), width)))
	show.Wrap(t.stdout, width, "", strings.Fields(f.Claim.Says))
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
