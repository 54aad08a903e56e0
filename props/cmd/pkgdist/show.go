package main

import (
	"fmt"
	"strings"

	"pkgdist/props/check/show"
)

type showCommand struct {
	File     string `arg:"" help:"A kept counterexample (.txtar)."`
	Format   string `default:"text" placeholder:"NAME" help:"Form: ${formats} (default ${default})."`
	Out      string `placeholder:"FILE" help:"Write it to this file."`
	Fairness string `enum:"model,none,weak,strong" default:"model" help:"Fairness of the system that a loop has to respect: model, none, weak, strong (default ${default})."`
}

// Run shows the counterexample. It was asked to show and not to judge, so the
// exit code is 0 where it could show all of it; where the steps are no longer
// possible, it shows those that are, and the exit code is that of what cannot be
// said.
func (c *showCommand) Run(t terminal, code *int) error {
	format, err := show.FindFormat(c.Format)
	if err != nil {
		return err
	}
	d, r, err := load(c.File, assumed(c.Fairness))
	if err != nil {
		return err
	}
	text, err := format.Bytes(d)
	if err != nil {
		return err
	}
	if !r.Reproduced {
		*code = exitInconclusive
		fmt.Fprintf(t.stderr, "pkgdist: %s\n", strings.ReplaceAll(d.Conclusion, "\n", " "))
	}
	if c.Out == "" {
		_, err = t.stdout.Write(text)
		return err
	}
	if err := show.WriteFile(c.Out, text); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	fmt.Fprintf(t.stderr, "wrote %s\n", c.Out)
	return nil
}

// formats returns the formats of that name, each once. An empty name is refused.
func formats(names []string) ([]show.Format, error) {
	var list []show.Format
	seen := map[string]bool{}
	for _, name := range split(names) {
		f, err := show.FindFormat(name)
		if err != nil {
			return nil, err
		}
		if !seen[name] {
			list = append(list, f)
		}
		seen[name] = true
	}
	return list, nil
}
