package main

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/term"

	"pkgdist/model"
	"pkgdist/props/article"
	"pkgdist/props/check/explore"
	tui "pkgdist/props/check/explore/terminal"
	"pkgdist/props/run"
	"pkgdist/props/scenario"
)

type exploreCommand struct {
	Scenario string   `default:"article" placeholder:"NAME|FILE" help:"Scenario: one that comes with the program, or a YAML file."`
	Design   []string `sep:"none" default:"sms20" placeholder:"NAME,…" help:"Design: a name, mechanisms joined with +, or none; two by a comma are shown beside each other (default ${default})."`
	Property []string `sep:"none" placeholder:"NAME,…" help:"Property; several by commas or by repeating the flag (default: the whole catalogue)."`
	Fairness string   `enum:"model,none,weak,strong" default:"model" help:"Fairness of the system, for liveness: as the model has it, none, weak or strong."`
	TUI      bool     `name:"tui" help:"Walk in this terminal, without a browser. Paths are kept in the working folder."`
	limits   `embed:""`
}

// Help says what the exit code means here.
func (c *exploreCommand) Help() string {
	return "The page is on this machine alone, and only who has its address can see it. Exit codes: 0 ended by Ctrl-C or --timeout; 2 wrong usage."
}

// Run shows the page until it is interrupted.
func (c *exploreCommand) Run(t terminal, _ *int) error {
	explorers, err := c.explorers()
	if err != nil {
		return err
	}
	t, cancel := c.within(t)
	defer cancel()
	if c.TUI {
		if !term.IsTerminal(int(os.Stdin.Fd())) || !term.IsTerminal(int(os.Stdout.Fd())) {
			return errors.New("--tui: expected a terminal; without one, leave it out and go to the address that is printed")
		}
		return tui.Run(t.ctx, os.Stdin, os.Stdout, ".", explorers...)
	}
	server, err := explore.Listen(explorers...)
	if err != nil {
		return err
	}
	fmt.Fprintf(t.stdout, "Walk it at %s\nCtrl-C ends it.\n", server.Address())
	if err := t.stdout.Flush(); err != nil {
		return err
	}
	return server.Run(t.ctx)
}

// explorers are those of the designs: one, or two.
func (c *exploreCommand) explorers() ([]explore.Explorer, error) {
	sc, err := scenario.Load(c.Scenario)
	if err != nil {
		return nil, err
	}
	names := split(c.Design)
	if len(names) > 2 {
		return nil, fmt.Errorf("--design: expected one design, or two to be shown beside each other, found %d", len(names))
	}
	opt := explore.Options{Search: c.options(), First: sc.Story}
	opt.Search.MaxMemory /= int64(len(names))
	for _, a := range article.All() {
		if a.Scenario == sc.Name && opt.First == "" {
			opt.First = a.Property
		}
	}
	var properties []string
	if len(c.Property) > 0 {
		properties = split(c.Property)
	}
	var list []explore.Explorer
	for _, name := range names {
		design, err := model.ParseDesign(name)
		if err != nil {
			return nil, err
		}
		e, err := run.Explorer(sc, design, assumed(c.Fairness), properties, opt)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, nil
}
