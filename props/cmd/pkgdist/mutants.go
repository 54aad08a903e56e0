package main

import (
	"fmt"

	"github.com/alecthomas/kong"

	"pkgdist/model"
	"pkgdist/props/mutant"
	"pkgdist/props/report"
	"pkgdist/props/scenario"
)

type mutantsCommand struct {
	Scenario []string `sep:"none" placeholder:"NAME|FILE,…" help:"Scenario; several, to be explored in that order, by commas or by repeating the flag (default: those of at most some ten thousand states)."`
	Design   string   `default:"repaired" placeholder:"NAME" help:"Design: a name, mechanisms joined with +, or none (default ${default})."`
	Table    bool     `xor:"print" help:"Print what became of each mutant."`
	JSON     bool     `name:"json" xor:"print" help:"Print one JSON object."`
	sharding `embed:""`
	limits   `embed:""`
}

// Run changes the rules of the design in one place at a time, and says what
// notices.
func (c *mutantsCommand) Run(t terminal, parsed *kong.Context, code *int) error {
	design, err := model.ParseDesign(c.Design)
	if err != nil {
		return err
	}
	names := split(c.Scenario)
	if len(names) == 0 {
		names = mutant.Scenarios()
	}
	scenarios, err := loadAll(names)
	if err != nil {
		return err
	}
	header, err := c.header(parsed, scenarios...)
	if err != nil {
		return err
	}
	r, err := c.report(t, design, scenarios)
	if err != nil {
		return err
	}
	*code = exitCode(r.Outcome())
	if c.JSON {
		return report.MutantsJSON(t.stdout, header, r)
	}
	if c.Table {
		return t.screen.MutantsTable(t.stdout, r)
	}
	return t.screen.Mutants(t.stdout, r)
}

// report explores the mutants, or those of the shard, or has from all shards what became of theirs.
func (c *mutantsCommand) report(t terminal, design model.Design, scenarios []*scenario.Scenario) (*mutant.Report, error) {
	all := model.Mutations(design)
	if c.parts != nil {
		return report.MutantsOf(c.parts, design, all, scenarios)
	}
	t, cancel := c.within(t)
	defer cancel()
	line := newStatusLine(t.stderr, "exploring the mutants of "+design.Name)
	defer line.clear()
	from, end := c.Shard.Range(len(all))
	return mutant.Explore(t.ctx, design, all[from:end], scenarios, mutant.Options{
		Check:    c.options(),
		Progress: func(p mutant.Progress) { line.show(fmt.Sprintf("%s: %v", design.Name, p)) },
	})
}
