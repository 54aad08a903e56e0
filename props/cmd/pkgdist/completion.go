package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check/show"
	"pkgdist/props/scenario"
)

// scripts ask the program itself what can follow, so that they need not be written
// again when it changes.
var scripts = map[string]string{
	"bash": `_pkgdist() { local IFS=$'\n'; COMPREPLY=($(pkgdist complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)); }
complete -o default -F _pkgdist pkgdist
`,
	"zsh": `#compdef pkgdist
_pkgdist() {
  local -a names=("${(@f)$(pkgdist complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n $names ]]; then compadd -a names; else _files; fi
}
compdef _pkgdist pkgdist
`,
	"fish": `complete -c pkgdist -a '(pkgdist complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'
`,
}

type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"The shell: bash, zsh, fish."`
}

// Run prints a script for the shell.
func (c *completionCommand) Run(t terminal) error {
	_, err := t.stdout.WriteString(scripts[c.Shell])
	return err
}

type completeCommand struct {
	Words []string `arg:"" optional:""`
}

// Run prints what the last word can be. Where it prints nothing, it is a file.
func (c *completeCommand) Run(t terminal, parser *kong.Kong) error {
	words := append([]string{""}, c.Words...)
	word := words[len(words)-1]
	for _, name := range candidates(parser.Model.Node, words[1:max(1, len(words)-1)], word) {
		if name != "" && strings.HasPrefix(name, word) {
			fmt.Fprintln(t.stdout, name)
		}
	}
	return nil
}

// candidates are what can stand in the place of a word after others.
func candidates(root *kong.Node, before []string, word string) []string {
	node := root
	var names, commands []string
	for _, c := range root.Children {
		if len(before) > 0 && c.Name == before[0] {
			node = c
		}
		if !c.Hidden {
			commands = append(commands, c.Name)
		}
	}
	for _, f := range slices.Concat(root.Flags, node.Flags) {
		if len(before) > 0 && "--"+f.Name == before[len(before)-1] && !f.IsBool() {
			given := word[:strings.LastIndexAny(word, ",+")+1] // of several, only the last is looked for
			names = valuesOf(f)
			for i := range names {
				names[i] = given + names[i]
			}
			return names
		}
		names = append(names, "--"+f.Name)
	}
	switch {
	case strings.HasPrefix(word, "-"):
		return names
	case len(before) == 0 || node.Name == "help":
		return commands
	}
	names = nil
	for _, arg := range node.Positional {
		names = append(names, arg.EnumSlice()...)
	}
	return names
}

// valuesOf are the names that a flag takes.
func valuesOf(f *kong.Flag) []string {
	switch f.Name {
	case "scenario":
		return scenario.Names()
	case "design", "without":
		return model.DesignWords()
	case "property", "story", "explain-fairness":
		var names []string
		for _, c := range props.All() {
			if f.Name != "explain-fairness" || c.Kind.Liveness() {
				names = append(names, c.Name)
			}
		}
		return names
	case "format":
		return show.FormatNames()
	}
	return f.EnumSlice()
}
