package main

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
	"pkgdist/props/check/show"
	"pkgdist/props/counterexample"
	"pkgdist/props/report"
	"pkgdist/props/run"
	"pkgdist/props/scenario"
)

type checkCommand struct {
	Scenario string   `default:"article" placeholder:"NAME|FILE" help:"Scenario: one that comes with the program, or a YAML file."`
	Design   []string `sep:"none" placeholder:"NAME,…" help:"Design: a name, mechanisms joined with +, or none; several by commas or by repeating the flag (default: all that have a name)."`
	Property []string `xor:"property" sep:"none" placeholder:"NAME,…" help:"Property; several as with designs (default: the whole catalogue)."`
	Table    bool     `xor:"print" help:"Print the verdict on every property under every design."`
	Stories  bool     `xor:"print" help:"Print that table, and the steps of every violation under the first design."`
	Story    string   `xor:"print,property" placeholder:"NAME" help:"Print the steps of the shortest counterexample of that property, under each design."`
	JSON     bool     `name:"json" xor:"print" help:"Print one JSON object."`
	Fairness string   `enum:"model,none,weak,strong" default:"model" help:"Fairness of the system, for liveness: as the model has it, none, weak or strong."`
	Explain  string   `name:"explain-fairness" placeholder:"NAME" help:"Find the smallest sets of rules that must be fair for that property to hold."`
	Symmetry bool     `help:"Explore one of the states that differ only by an exchange of distribution points, sibling sites or packages. Liveness is not judged."`
	Reduce   bool     `name:"reduction" help:"Explore one of several orders of independent steps. Liveness is not judged."`
	Store    string   `enum:"auto,memory,disk" default:"auto" placeholder:"auto|memory|disk" help:"Where states are kept: auto is in memory and, from where --max-memory is reached, on disk. Liveness is not judged there."`
	Dir      string   `placeholder:"FOLDER" help:"Keep the states in this folder, on disk, each design in one of its own. A run that was cut or killed goes on there when the command is given again."`
	Differ   int      `name:"counterexamples" default:"1" placeholder:"N" help:"Find up to so many different counterexamples of each property, the shortest first. Each does without a rule, or a situation of the catalogue, that each one before it has."`
	Graph    string   `placeholder:"FILE" help:"Write the graph of all states under one design to this file (- is standard output), for Graphviz: the ${most_states} nearest states, or as many as --max-states says."`
	sharding `embed:""`
	List     bool `help:"Name the scenarios, designs, mechanisms, properties and rules."`
	keeping  `embed:""`
	limits   `embed:""`
}

var stores = map[string]check.Store{"auto": check.MemoryThenDisk, "memory": check.InMemory, "disk": check.OnDisk}

// assumed is a value of the flag, as package run knows it.
func assumed(fairness string) string {
	if fairness == "model" {
		return ""
	}
	return fairness
}

// Run checks the scenario under each design in turn.
func (c *checkCommand) Run(t terminal, parsed *kong.Context, code *int) error {
	if c.List && c.Shard.IsWhole() {
		return list(t.stdout, t.screen.Width, c.JSON)
	}
	sc, err := scenario.Load(c.Scenario)
	if err != nil {
		return err
	}
	c.Property = split(c.Property)
	if c.Story != "" {
		if _, err := props.Find(c.Story); err != nil {
			return err
		}
		c.Property = []string{c.Story}
	}
	if err := c.validateShortcuts(); err != nil {
		return err
	}
	if err := c.validateStore(); err != nil {
		return err
	}
	if err := c.validateDiffer(); err != nil {
		return err
	}
	designs, err := c.designs()
	if err != nil {
		return err
	}
	if err := c.validateGraph(designs); err != nil {
		return err
	}
	forms, err := c.prepare()
	if err != nil {
		return err
	}
	t, cancel := c.within(t)
	defer cancel()
	if c.Explain != "" {
		return c.explain(t, sc, designs, code)
	}
	header, err := c.header(parsed, sc)
	if err != nil {
		return err
	}
	runs, err := c.runs(t, sc, designs)
	if err != nil {
		return err
	}
	if err := c.keep(t, runs, forms); err != nil {
		return err
	}
	if err := c.draw(t, runs); err != nil {
		return err
	}
	var outcomes []check.Outcome
	for _, r := range runs {
		outcomes = append(outcomes, r.Outcome())
	}
	*code = worst(outcomes)
	if c.JSON {
		return report.JSON(t.stdout, header, sc, runs)
	}
	return c.print(t, runs)
}

// runs explores the designs, or those of the shard, or has from all shards what they explored.
func (c *checkCommand) runs(t terminal, sc *scenario.Scenario, designs []model.Design) ([]*run.Run, error) {
	if c.parts != nil {
		return report.Runs(c.parts, sc, designs, assumed(c.Fairness), c.Property)
	}
	from, end := c.Shard.Range(len(designs))
	return c.explore(t, sc, designs[from:end])
}

// print writes what was asked for: on a screen, unless something else was.
func (c *checkCommand) print(t terminal, runs []*run.Run) error {
	switch {
	case c.Graph == "-":
		return nil
	case c.Story != "":
		return t.screen.Story(t.stdout, runs, runs[0].Claims[0])
	case c.Table, c.Stories:
		return t.screen.Table(t.stdout, runs, c.Stories)
	}
	return t.screen.Summary(t.stdout, runs)
}

// validateShortcuts refuses to leave out what was asked for by name.
func (c *checkCommand) validateShortcuts() error {
	flag, how := "", ""
	switch {
	case c.Symmetry:
		flag, how = "--symmetry", "under symmetry"
	case c.Reduce:
		flag, how = "--reduction", "under reduction"
	default:
		return nil
	}
	if c.Explain != "" {
		return fmt.Errorf("%s: liveness is not judged %s, nor which fairness it needs; expected no --explain-fairness beside it", flag, how)
	}
	for _, name := range c.Property {
		if slices.Contains(namesLiveness(), name) {
			return fmt.Errorf("%s: %s is a liveness property, which is not judged %s; expected other properties, or the whole catalogue, of which the rest is judged", flag, name, how)
		}
	}
	return nil
}

// validateStore refuses what is not done on disk.
func (c *checkCommand) validateStore() error {
	onDisk := c.Dir != "" || c.Store == "disk"
	switch {
	case c.Dir != "" && c.Store == "memory":
		return fmt.Errorf("--dir: is for states on disk; expected no --store memory beside it")
	case onDisk && c.Reduce:
		return fmt.Errorf("--reduction: is done in memory; expected no --store disk and no --dir beside it")
	case onDisk && c.Explain != "":
		return fmt.Errorf("--explain-fairness: liveness is judged in memory; expected no --store disk and no --dir beside it")
	}
	for _, name := range c.Property {
		if onDisk && slices.Contains(namesLiveness(), name) {
			return fmt.Errorf("--store disk: %s is a liveness property, which is judged in memory; expected other properties, or the whole catalogue, of which the rest is judged", name)
		}
	}
	return nil
}

// validateDiffer refuses what is not done for several counterexamples.
func (c *checkCommand) validateDiffer() error {
	switch {
	case c.Differ < 1:
		return fmt.Errorf("--counterexamples: expected a number from 1, found %d", c.Differ)
	case c.Differ > 1 && (c.Symmetry || c.Reduce || c.Store == "disk" || c.Dir != ""):
		return fmt.Errorf("--counterexamples: several are found in memory, among all states; expected no --symmetry, --reduction, --store disk and --dir beside it")
	case c.Differ > 1 && (c.Explain != "" || c.Graph != ""):
		return fmt.Errorf("--counterexamples: expected no --explain-fairness and no --graph beside it")
	}
	return nil
}

func (c *checkCommand) validateGraph(designs []model.Design) error {
	switch {
	case c.Graph != "" && len(designs) != 1:
		return fmt.Errorf("--graph: draws the states of one design; expected --design with one beside it, found %d designs", len(designs))
	case c.Graph != "" && c.Explain != "":
		return fmt.Errorf("--graph: expected no --explain-fairness beside it")
	case c.Graph == "-" && (c.JSON || c.Table || c.Stories || c.Story != ""):
		return fmt.Errorf("--graph -: takes standard output for itself; expected a file, or no --json, --table, --stories and --story beside it")
	}
	return nil
}

// split takes apart what was joined by commas. An empty name stays, to be
// refused: whoever says --design "$D" does not mean all designs.
func split(values []string) []string {
	var names []string
	for _, v := range values {
		names = append(names, strings.Split(v, ",")...)
	}
	return names
}

func (c *checkCommand) designs() ([]model.Design, error) {
	if len(c.Design) == 0 {
		return model.Designs(), nil
	}
	var designs []model.Design
	for _, text := range split(c.Design) {
		d, err := model.ParseDesign(text)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(designs, func(other model.Design) bool { return other.Name == d.Name }) {
			designs = append(designs, d)
		}
	}
	return designs, nil
}

func (c *checkCommand) explore(t terminal, sc *scenario.Scenario, designs []model.Design) ([]*run.Run, error) {
	line := newStatusLine(t.stderr, "exploring "+sc.Name)
	defer line.clear()
	var runs []*run.Run
	for _, d := range designs {
		line.begin(fmt.Sprintf("exploring %s under %s …", sc.Name, d.Name))
		opt := c.options(line.progress(d.Name))
		if opt.Store = stores[c.Store]; c.Dir != "" {
			opt.Store, opt.Dir = check.OnDisk, filepath.Join(c.Dir, d.Name)
		}
		r, err := run.ExploreUnder(t.ctx, sc, d, assumed(c.Fairness), c.Property, opt)
		if err != nil {
			return nil, err
		}
		if c.Differ > 1 {
			line.begin(fmt.Sprintf("looking for other counterexamples in %s under %s …", sc.Name, d.Name))
			if err := r.Differ(t.ctx, c.Differ, c.limits.options()); err != nil {
				return nil, err
			}
		}
		runs = append(runs, r)
	}
	return runs, nil
}

func (c *checkCommand) options(progress func(check.Progress)) check.Options {
	opt := c.limits.options()
	opt.Symmetry, opt.Progress = c.Symmetry, progress
	opt.Reduction = c.Reduce
	return opt
}

// worst is the exit code of all runs together: a violation tells more than a
// doubt, and a doubt more than a promise kept.
func worst(outcomes []check.Outcome) int {
	code := exitHolds
	for _, o := range outcomes {
		switch c := exitCode(o); c {
		case exitViolated:
			return c
		case exitInconclusive:
			code = c
		}
	}
	return code
}

// keep writes the counterexamples of all runs into the folder that was asked
// for, each also in the forms that were.
func (c *checkCommand) keep(t terminal, runs []*run.Run, forms []show.Format) error {
	if c.Out == "" {
		return nil
	}
	for _, r := range runs {
		for _, claim := range r.Violated() {
			for ce, v := range r.Counterexamples(claim) {
				if err := c.keepOne(t, ce, v, forms); err != nil {
					return err
				}
			}
		}
	}
	return c.keepIndex(t, runs, forms)
}

func (c *checkCommand) keepOne(t terminal, ce *counterexample.Counterexample, v *run.Verdict, forms []show.Format) error {
	path := filepath.Join(c.Out, ce.Name+show.Extension)
	if err := counterexample.Write(path, ce); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	fmt.Fprintf(t.stderr, "kept %s\n", path)
	return keepForms(t, path, run.Document(ce, v), forms)
}

// keepIndex writes a page over all runs beside the pages of their counterexamples.
func (c *checkCommand) keepIndex(t terminal, runs []*run.Run, forms []show.Format) error {
	if !slices.ContainsFunc(forms, func(f show.Format) bool { return f.Name == "html" }) {
		return nil
	}
	var text bytes.Buffer
	if err := report.Index(&text, runs); err != nil {
		return err
	}
	path := filepath.Join(c.Out, "index.html")
	if err := show.WriteFile(path, text.Bytes()); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	fmt.Fprintf(t.stderr, "kept %s\n", path)
	return nil
}

func keepForms(t terminal, kept string, d *show.Document, forms []show.Format) error {
	for _, f := range forms {
		text, err := f.Bytes(d)
		if err != nil {
			return err
		}
		path := strings.TrimSuffix(kept, show.Extension) + f.Extension
		if err := show.WriteFile(path, text); err != nil {
			return fmt.Errorf("--out: %w", err)
		}
		fmt.Fprintf(t.stderr, "kept %s\n", path)
	}
	return nil
}

func (c *checkCommand) draw(t terminal, runs []*run.Run) error {
	if c.Graph == "" {
		return nil
	}
	most := show.MostStates
	if c.MaxStates > 0 {
		most = int(c.MaxStates)
	}
	var text bytes.Buffer
	g, err := runs[0].Graph(most)
	if err != nil {
		return err
	}
	if err := g.DOT(&text); err != nil {
		return err
	}
	if c.Graph == "-" {
		_, err := t.stdout.Write(text.Bytes())
		return err
	}
	if err := show.WriteFile(c.Graph, text.Bytes()); err != nil {
		return fmt.Errorf("--graph: %w", err)
	}
	more := ""
	if g.Cut {
		more = "; --max-states draws more"
	}
	fmt.Fprintf(t.stderr, "drew %s: %v%s\n", c.Graph, g, more)
	return nil
}
