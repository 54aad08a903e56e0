package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"pkgdist/model"
	"pkgdist/props/check/show"
	"pkgdist/props/counterexample"
	"pkgdist/props/document"
	"pkgdist/props/mutant"
)

type docCommand struct {
	Documents []string `arg:"" optional:"" enum:"invariants,mutants,protocol" name:"document" help:"Which to write: invariants, mutants, protocol (default: all)."`
	Check     bool     `help:"Write nothing; fail if a document is not what would be written."`
	Dir       string   `placeholder:"DIR" help:"The project's folder (default: the nearest one above that has a go.mod)."`
	limits    `embed:""`
}

// documents are the files that are written, by the names that the command has for
// them.
var documents = []struct {
	name, path string
	text       func(c *docCommand, t terminal, root string) (string, error)
}{
	{"invariants", "props/INVARIANTS.md", (*docCommand).invariants},
	{"mutants", "props/MUTANTS.md", (*docCommand).mutants},
	{"protocol", "model/PROTOCOL.md", (*docCommand).protocol},
}

// Run writes the documents, or looks whether they are what would be written.
func (c *docCommand) Run(t terminal, code *int) error {
	root, err := c.root()
	if err != nil {
		return err
	}
	t, cancel := c.within(t)
	defer cancel()
	for _, d := range documents {
		if len(c.Documents) > 0 && !slices.Contains(c.Documents, d.name) {
			continue
		}
		text, err := d.text(c, t, root)
		if errors.Is(err, document.ErrCut) {
			fmt.Fprintf(t.stdout, "%s is neither checked nor written: %v\n", d.path, err)
			*code = exitInconclusive
			continue
		}
		if err != nil {
			return err
		}
		if err := c.conclude(t, root, d.path, text, code); err != nil {
			return err
		}
	}
	return nil
}

// conclude compares a document with its file, and writes the file unless it is
// only to be checked.
func (c *docCommand) conclude(t terminal, root, path, want string, code *int) error {
	file := filepath.Join(root, path)
	got, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	switch {
	case err == nil && string(got) == want:
		fmt.Fprintf(t.stdout, "%s is current\n", path)
	case !c.Check:
		if err := show.WriteFile(file, []byte(want)); err != nil {
			return err
		}
		fmt.Fprintf(t.stdout, "%s is written\n", path)
	case err != nil:
		fmt.Fprintf(t.stdout, "%s is missing; write it with: go tool pkgdist doc\n", path)
		*code = exitViolated
	default:
		fmt.Fprintf(t.stdout, "%s is not current; write it again with: go tool pkgdist doc\n", path)
		*code = exitViolated
	}
	return nil
}

func (c *docCommand) protocol(terminal, string) (string, error) {
	return document.Protocol(model.Rules()), nil
}

func (c *docCommand) mutants(terminal, string) (string, error) {
	r, err := mutant.Kept()
	if err != nil {
		return "", err
	}
	return document.Mutants(r), nil
}

// invariants reads what is read before it explores, so that what is missing is
// said at once.
func (c *docCommand) invariants(t terminal, root string) (string, error) {
	kept, err := kept(filepath.Join(root, "fixtures", "counterexamples"))
	if err != nil {
		return "", err
	}
	line := newStatusLine(t.stderr, "exploring the scenarios")
	defer line.clear()
	e, err := document.Gather(t.ctx, c.options(), line.show)
	if err != nil {
		return "", err
	}
	e.Kept = kept
	return document.Invariants(e), nil
}

// kept reads the counterexamples of a folder, in the order of their names.
func kept(dir string) ([]*counterexample.Counterexample, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil {
		return nil, err
	}
	var list []*counterexample.Counterexample
	for _, file := range files {
		ce, err := counterexample.Read(file)
		if err != nil {
			return nil, err
		}
		list = append(list, ce)
	}
	return list, nil
}

// root finds the project's folder.
func (c *docCommand) root() (string, error) {
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return "", err
	}
	for {
		text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		switch parent := filepath.Dir(dir); {
		case err == nil && strings.HasPrefix(string(text), "module pkgdist\n"):
			return dir, nil
		case err == nil || c.Dir != "" || parent == dir:
			return "", fmt.Errorf("--dir: expected the folder of the module pkgdist, found %s", dir)
		default:
			dir = parent
		}
	}
}
