package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/alecthomas/kong"
	"github.com/dustin/go-humanize"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/lattice"
	"pkgdist/props/report"
	"pkgdist/props/scenario"
)

type designsCommand struct {
	Scenario []string `sep:"none" default:"article" placeholder:"NAME|FILE,…" help:"Scenario; of several, by commas or by repeating the flag, a set must be enough in each (default ${default})."`
	Property []string `sep:"none" placeholder:"NAME,…" help:"Property; several as with scenarios (default: all that count)."`
	Harms    bool     `help:"Judge by the harms alone: what is served is torn, or a package is stuck, lost or goes back."`
	All      bool     `xor:"print" help:"Print all of it: more sets, and how the largest that are not enough go wrong, step by step."`
	JSON     bool     `name:"json" xor:"print" help:"Print one JSON object, with the verdicts under every set."`
	Smallest bool     `xor:"print" help:"Find no more than the smallest sets that are enough: much faster, for it ends at the first size that has one."`
	Without  []string `sep:"none" placeholder:"NAME,…" help:"With --smallest: leave out sets with these mechanisms."`
	sharding `embed:""`
	limits   `embed:""`
}

// Run tries every set of mechanisms, and says which are enough.
func (c *designsCommand) Run(t terminal, parsed *kong.Context, code *int) error {
	t, cancel := c.within(t)
	defer cancel()
	if len(c.Without) > 0 && !c.Smallest {
		return fmt.Errorf("--without: expected --smallest beside it")
	}
	if c.Harms && len(c.Property) > 0 {
		return fmt.Errorf("--harms: expected no --property beside it")
	}
	if c.Harms {
		c.Property = props.HarmNames()
	}
	scenarios, err := loadAll(split(c.Scenario))
	if err != nil {
		return err
	}
	header, err := c.header(parsed, scenarios...)
	if err != nil {
		return err
	}
	if c.Smallest {
		return c.smallest(t, scenarios, code)
	}
	l, err := c.search(t, scenarios)
	if err != nil {
		return err
	}
	*code = enough(l)
	if c.JSON {
		return report.DesignsJSON(t.stdout, header, l)
	}
	if !c.All {
		return t.screen.Designs(t.stdout, scenarios, l)
	}
	failures, err := c.failures(t, scenarios, l)
	if err != nil {
		return err
	}
	return t.screen.AllDesigns(t.stdout, scenarios, l, failures)
}

func loadAll(names []string) ([]*scenario.Scenario, error) {
	var scenarios []*scenario.Scenario
	for _, name := range names {
		sc, err := scenario.Load(name)
		if err != nil {
			return nil, err
		}
		scenarios = append(scenarios, sc)
	}
	return scenarios, nil
}

// Help says what the exit code means here.
func (c *designsCommand) Help() string {
	return "Exit codes: 0 a set is enough, and every verdict is known; 1 no set is enough; 3 inconclusive: what is printed is proven, and a limit, an interruption or a property that was not put to the test leaves a part of the answer open. With --shard, 0 means that every verdict on its sets is known, and 3 that one is not."
}

// enough is the exit code: is there a repair? What is printed says of each
// mechanism what it is for, so that it rests on every verdict. A shard does not know.
func enough(l *lattice.Lattice) int {
	switch {
	case !l.Shard.IsWhole():
		if slices.ContainsFunc(lattice.Judged(l.Shard), func(set model.MechanismSet) bool { return l.Sets[set].Inconclusive != 0 }) {
			return exitInconclusive
		}
		return exitHolds
	case len(lattice.Sets(l.Insufficient)) == lattice.NumSets:
		return exitViolated
	case l.Undecided() > 0:
		return exitInconclusive
	}
	return exitHolds
}

func (c *designsCommand) search(t terminal, scenarios []*scenario.Scenario) (*lattice.Lattice, error) {
	if c.parts != nil {
		return report.Lattice(c.parts)
	}
	line := newStatusLine(t.stderr, "exploring "+scenarios[0].Name+" under every set of mechanisms")
	defer line.clear()
	var all []*lattice.Lattice
	for _, sc := range scenarios {
		opt := lattice.Options{Check: c.options(), Shard: c.Shard, Progress: progressOf(line, sc.Name)}
		l, err := lattice.Search(t.ctx, sc, split(c.Property), opt)
		if err != nil {
			return nil, err
		}
		all = append(all, l)
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return lattice.Merge(all...), nil
}

// failures has the shortest traces of the largest sets that are not enough. They
// are searched again, unless there is no time left.
func (c *designsCommand) failures(t terminal, scenarios []*scenario.Scenario, l *lattice.Lattice) ([]lattice.Failure, error) {
	var failures []lattice.Failure
	if len(l.Minimal()) == 0 || t.ctx.Err() != nil {
		return nil, nil
	}
	for _, set := range l.Maximal() {
		f, err := l.Fail(t.ctx, scenarios, set, lattice.Options{Check: c.options()})
		if err != nil {
			return nil, err
		}
		failures = append(failures, f)
	}
	return failures, nil
}

func (c *designsCommand) smallest(t terminal, scenarios []*scenario.Scenario, code *int) error {
	without, err := c.without()
	if err != nil {
		return err
	}
	line := newStatusLine(t.stderr, "exploring "+scenarios[0].Name+" under the smallest sets")
	defer line.clear()
	found, tried, err := lattice.Smallest(t.ctx, scenarios, split(c.Property), without,
		lattice.Options{Check: c.options(), Progress: progressOf(line, "smallest")})
	line.clear()
	var undecided *lattice.UndecidedError
	switch {
	case errors.As(err, &undecided):
		*code = exitInconclusive
		fmt.Fprintf(t.stdout, "Not known: %v\n", undecided)
		return nil
	case err != nil:
		return err
	}
	if len(found) == 0 {
		*code = exitViolated
	}
	return t.screen.Smallest(t.stdout, scenarios, found, tried)
}

func (c *designsCommand) without() (model.MechanismSet, error) {
	var set model.MechanismSet
	for _, name := range split(c.Without) {
		design, err := model.ParseDesign(name)
		if err != nil {
			return 0, err
		}
		set |= design.Mechanisms
	}
	return set, nil
}

func progressOf(line *statusLine, what string) func(lattice.Progress) {
	return func(p lattice.Progress) {
		line.show(fmt.Sprintf("%s: %s of %s sets, %s explored", what,
			humanize.Comma(int64(p.Judged)), humanize.Comma(lattice.NumSets), humanize.Comma(int64(p.Searched))))
	}
}
