package main

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/alecthomas/kong"
)

type versionCommand struct{}

// Run prints the version of the module, the revision that it was built from, and
// the version of Go.
func (versionCommand) Run(t terminal) error {
	text, info, err := version()
	if err != nil {
		return err
	}
	fmt.Fprintf(t.stdout, "pkgdist %s, %s %s/%s\n", text, info.GoVersion, runtime.GOOS, runtime.GOARCH)
	return nil
}

// version is that of the module, and the revision that the program was built from if
// Go knows it.
func version() (string, *debug.BuildInfo, error) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "", nil, fmt.Errorf("version: this program was built without modules")
	}
	text := cmp.Or(info.Main.Version, "(devel)")
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	if revision := settings["vcs.revision"]; revision != "" {
		text += ", revision " + revision
	}
	if settings["vcs.modified"] == "true" {
		text += " with changes"
	}
	return text, info, nil
}

// examples stand in the help of each command.
var examples = map[string][]string{
	"check": {
		"check                                              # the bug, and its repair",
		"check --scenario crash --design sms20,repaired --table",
		"check --story incoming-empty-at-rest               # step by step",
	},
	"walk":    {"walk --scenario company --walks 200 --seed 1", "walk --design repaired --walks 1e4 --timeout 5m"},
	"explore": {"explore                                            # opens nothing: go to the address that it prints", "explore --design sms20,repaired                    # two designs beside each other"},
	"designs": {"designs                                            # which sets of mechanisms are enough", "designs --smallest --scenario article,crash,duplicates",
		"designs --shard 2/4 --json        # the second of four shares"},
	"mutants":    {"mutants --table                                    # a minute or two", "mutants --scenario dp-away"},
	"merge":      {"merge part*.json                  # what all shards wrote, in any order"},
	"articles":   {"articles --all"},
	"conform":    {"conform                                            # every subject below this folder", "conform ./stock/... --stories"},
	"logs":       {"logs distmgr.log despool.log                       # what became of each package", "logs --package AUS0001B --format html distmgr.log despool.log > story.html"},
	"doc":        {"doc --check                                        # are the documents current?"},
	"replay":     {"replay fixtures/counterexamples/stuck-without-overlap.txtar --explain"},
	"show":       {"show fixtures/counterexamples/stuck-without-overlap.txtar --out story.html", "show fixtures/counterexamples/stuck-without-overlap.txtar --format mermaid"},
	"help":       {"help check"},
	"version":    {"version"},
	"completion": {"completion bash                                    # source <(pkgdist completion bash), in ~/.bashrc"},
}

func addExamples(parser *kong.Kong) {
	for _, c := range parser.Model.Children {
		c.Detail = strings.TrimSpace(c.Detail + "\n\nExamples:\n\n    pkgdist " + strings.Join(examples[c.Name], "\n    pkgdist "))
	}
}

type helpCommand struct {
	Command []string `arg:"" optional:"" help:"A command (default: all of them)."`
}

// Run prints what --help prints.
func (h *helpCommand) Run(parser *kong.Kong) error {
	_, err := parser.Parse(append(h.Command, "--help"))
	if err != nil {
		return plain(parser, err)
	}
	return nil
}
