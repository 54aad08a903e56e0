package main

import (
	"fmt"
	"strings"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
	"pkgdist/props/run"
	"pkgdist/props/scenario"
)

func (c *checkCommand) explain(t terminal, sc *scenario.Scenario, designs []model.Design, code *int) error {
	if c.JSON || c.Out != "" || len(c.Property) > 0 {
		return fmt.Errorf("--explain-fairness: expected neither --json nor --out nor --property beside it")
	}
	claim, err := props.Find(c.Explain)
	if err != nil {
		return err
	}
	if !claim.Kind.Liveness() {
		return fmt.Errorf("--explain-fairness: expected a liveness property, found %s (%v); there are %s",
			claim.Name, claim.Kind, strings.Join(namesLiveness(), ", "))
	}
	fmt.Fprintf(t.stdout, "%s: %s\n", claim.Name, claim.Says)
	line := newStatusLine(t.stderr, "exploring "+sc.Name)
	defer line.clear()
	var outcomes []check.Outcome
	for _, d := range designs {
		sets, v, err := run.ExplainFairness(t.ctx, sc, d, assumed(c.Fairness), claim.Name, c.options(line.progress(d.Name)))
		line.clear()
		if err != nil {
			return err
		}
		outcomes = append(outcomes, v.Outcome)
		fmt.Fprintf(t.stdout, "\n%s: ", d.Name)
		switch v.Outcome {
		case check.Violated:
			fmt.Fprintln(t.stdout, "violated, with every rule of the system fair.")
		case check.Inconclusive:
			fmt.Fprintf(t.stdout, "inconclusive, %s.\n", v.Reason)
		case check.Holds:
			printSets(t, sets)
		default:
			return fmt.Errorf("unknown outcome %v of %s", v.Outcome, claim.Name)
		}
		t.stdout.Flush() // the next design may take a while
	}
	*code = worst(outcomes)
	return nil
}

func printSets(t terminal, sets [][]string) {
	fmt.Fprintf(t.stdout, "holds if these rules are fair, and with fewer it does not")
	if len(sets) > 1 {
		fmt.Fprintf(t.stdout, " (%d sets are equally small)", len(sets))
	}
	fmt.Fprintln(t.stdout, ":")
	for _, set := range sets {
		fmt.Fprintf(t.stdout, "  - %s\n", strings.Join(set, "\n    "))
	}
}

func namesLiveness() []string {
	var names []string
	for _, c := range props.All() {
		if c.Kind.Liveness() {
			names = append(names, c.Name)
		}
	}
	return names
}
