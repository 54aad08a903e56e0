package main

import (
	"fmt"

	"pkgdist/model"
	"pkgdist/props/mutant"
	"pkgdist/props/report"
)

type mutantsCommand struct {
	Scenario []string `sep:"none" placeholder:"NAME|FILE,…" help:"Scenario; several, to be explored in that order, by commas or by repeating the flag (default: those of at most some ten thousand states)."`
	Design   string   `default:"repaired" placeholder:"NAME" help:"Design: a name, mechanisms joined with +, or none (default ${default})."`
	Table    bool     `xor:"print" help:"Print what became of each mutant."`
	JSON     bool     `name:"json" xor:"print" help:"Print one JSON object."`
	limits   `embed:""`
}

// Run changes the rules of the design in one place at a time, and says what
// notices.
func (c *mutantsCommand) Run(t terminal, code *int) error {
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
	t, cancel := c.within(t)
	defer cancel()
	line := newStatusLine(t.stderr)
	r, err := mutant.Explore(t.ctx, design, model.Mutations(design), scenarios, mutant.Options{
		Check:    c.options(),
		Progress: func(p mutant.Progress) { line.show(fmt.Sprintf("%s: %v", design.Name, p)) },
	})
	line.clear()
	if err != nil {
		return err
	}
	*code = exitCode(r.Outcome())
	if c.JSON {
		return report.MutantsJSON(t.stdout, r)
	}
	if c.Table {
		return t.screen.MutantsTable(t.stdout, r)
	}
	return t.screen.Mutants(t.stdout, r)
}
