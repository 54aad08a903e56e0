// Command pkgdist-beam is the check of the command pkgdist, of the model of SMS 2.0, on any runner of Apache Beam.
//
//	go run ./cmd/pkgdist-beam check --scenario article --design sms20
//
// Goals: scenarios, designs, properties, reports and exit codes are those of pkgdist. Non-goals: what is not explored level by
// level: liveness, which is inconclusive here, and --reduction.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"pkgdist/model"
	"pkgdist/props/check"
	"pkgdist/props/check/beam"
	"pkgdist/props/report"
	"pkgdist/props/run"
	"pkgdist/props/scenario"
)

// The exit codes are those of pkgdist.
const (
	exitHolds        = 0
	exitViolated     = 1
	exitUsage        = 2
	exitInconclusive = 3
)

type checkCommand struct {
	*beam.Flags
	scenario, design, property, fairness, story string
	symmetry, table, stories, json              bool
}

func main() {
	c := &checkCommand{Flags: beam.AddFlags()}
	c.addFlags()
	args := os.Args[1:]
	if len(args) > 0 && args[0] == "check" {
		args = args[1:]
	}
	_ = flag.CommandLine.Parse(args) // it exits where there is an error
	ctx, done, err := c.Init(context.Background())
	code := exitUsage
	if err == nil {
		code, err = c.run(ctx)
		done()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "pkgdist-beam:", err)
	}
	os.Exit(code)
}

func (c *checkCommand) addFlags() {
	flag.StringVar(&c.scenario, "scenario", "article", "Scenario: one that comes with the program, or a YAML file.")
	flag.StringVar(&c.design, "design", "", "Design: a name, mechanisms joined with +, or none; several by commas. (default: all that have a name)")
	flag.StringVar(&c.property, "property", "", "Property; several by commas. (default: the whole catalogue)")
	flag.StringVar(&c.fairness, "fairness", "model", "Fairness of the system: model, none, weak or strong.")
	flag.BoolVar(&c.symmetry, "symmetry", false, "Explore one of the states that differ only by an exchange of interchangeable parts.")
	flag.BoolVar(&c.table, "table", false, "Print the verdict on every property under every design.")
	flag.BoolVar(&c.stories, "stories", false, "Print that table, and the steps of every violation under the first design.")
	flag.StringVar(&c.story, "story", "", "Print the steps of the shortest counterexample of that property, under each design.")
	flag.BoolVar(&c.json, "json", false, "Print one JSON object.")
}

// run checks the scenario under each design in turn.
func (c *checkCommand) run(ctx context.Context) (code int, err error) {
	if flag.NArg() > 0 {
		return exitUsage, fmt.Errorf("there is %q beside the flags; expected nothing, after the command check", flag.Args())
	}
	if c.story != "" && c.property != "" {
		return exitUsage, errors.New("--story names the property; expected no --property beside it")
	}
	sc, err := scenario.Load(c.scenario)
	if err != nil {
		return exitUsage, err
	}
	designs, err := c.designs()
	if err != nil {
		return exitUsage, err
	}
	var runs []*run.Run
	dir := c.Dir
	for _, d := range designs {
		c.Dir = strings.TrimSuffix(dir, "/") + "/" + d.Name
		r, err := explore(ctx, sc, question{
			Name: sc.Name, Text: string(sc.Text), Design: d.Name, Fairness: strings.TrimPrefix(c.fairness, "model"),
			Properties: split(c.property + c.story), Symmetry: c.symmetry,
		}, c.Options)
		if err != nil {
			return exitUsage, err
		}
		runs = append(runs, r)
	}
	out := bufio.NewWriter(os.Stdout)
	return worst(runs), errors.Join(c.print(out, sc, runs), out.Flush())
}

func (c *checkCommand) designs() (designs []model.Design, err error) {
	if c.design == "" {
		return model.Designs(), nil
	}
	for _, name := range split(c.design) {
		d, err := model.ParseDesign(name)
		if err != nil {
			return nil, err
		}
		designs = append(designs, d)
	}
	return designs, nil
}

func split(names string) []string {
	if names == "" {
		return nil
	}
	return strings.Split(names, ",")
}

func (c *checkCommand) print(out *bufio.Writer, sc *scenario.Scenario, runs []*run.Run) error {
	screen := report.Screen{}
	switch {
	case c.json:
		return report.JSON(out, nil, sc, runs)
	case c.story != "":
		return screen.Story(out, runs, runs[0].Claims[0])
	case c.table, c.stories:
		return screen.Table(out, runs, c.stories)
	}
	return screen.Summary(out, runs)
}

// worst is the exit code of all runs together, as pkgdist has it.
func worst(runs []*run.Run) int {
	code := exitHolds
	for _, r := range runs {
		switch r.Outcome() {
		case check.Violated:
			return exitViolated
		case check.Inconclusive:
			code = exitInconclusive
		}
	}
	return code
}
