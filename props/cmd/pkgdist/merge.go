package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/document"
	"pkgdist/props/scenario"
	"pkgdist/props/shard"
)

// sharding is the flag of a command whose work is a list of independent parts.
type sharding struct {
	Shard shard.Shard `placeholder:"I/N" help:"Do no more than the share I of N, on each of N machines; --json is needed beside it. Then pkgdist merge prints what the whole comes to."`

	parts []shard.Part // what all shards wrote, for merge
}

func (s *sharding) merged(parts []shard.Part) { s.parts = parts }

// notBySharding are flags for what only a whole command does.
var notBySharding = []string{"explain-fairness", "graph", "list", "out", "smallest"}

// header is that of the JSON of a shard, or nil where the work is whole.
func (s *sharding) header(parsed *kong.Context, scenarios ...*scenario.Scenario) (*shard.Header, error) {
	if s.parts == nil && s.Shard.IsWhole() {
		return nil, nil
	}
	for _, name := range notBySharding {
		if given(parsed, name) {
			return nil, fmt.Errorf("--shard: expected no --%s beside it", name)
		}
	}
	version, _, err := version()
	if err != nil {
		return nil, err
	}
	h := &shard.Header{Shard: s.Shard, Command: parsed.Selected().Name, Arguments: arguments(parsed), Version: version, Inputs: inputs(scenarios)}
	for _, p := range s.parts {
		if err := p.BelongsTo(*h); err != nil {
			return nil, err
		}
	}
	if s.parts != nil {
		return nil, nil
	}
	if !given(parsed, "json") {
		return nil, errors.New("--shard: expected --json beside it, for pkgdist merge to read")
	}
	return h, nil
}

func given(parsed *kong.Context, flag string) bool {
	return slices.ContainsFunc(parsed.Path, func(p *kong.Path) bool { return p.Flag != nil && p.Flag.Name == flag })
}

// arguments are the flags that were given, but for the shard and how to print, in the order of the help.
func arguments(parsed *kong.Context) []string {
	list := []string{}
	for _, f := range parsed.Selected().Flags {
		if !given(parsed, f.Name) || f.Name == "shard" || slices.Contains(f.Xor, "print") || f.Name == "json" {
			continue
		}
		text := fmt.Sprint(f.Target.Interface())
		if names, ok := f.Target.Interface().([]string); ok {
			text = strings.Join(names, ",")
		}
		list = append(list, "--"+f.Name+"="+text)
	}
	return list
}

// inputs is a hash of what verdicts are about: scenarios, the rules and the properties.
func inputs(scenarios []*scenario.Scenario) string {
	hash := sha256.New()
	for _, sc := range scenarios {
		fmt.Fprintf(hash, "%q %q\n", sc.Name, sc.YAML())
	}
	io.WriteString(hash, document.Protocol(model.Rules()))
	for _, c := range props.All() {
		fmt.Fprintf(hash, "%q %q %q\n", c.Name, c.Says, c.Formula)
	}
	return hex.EncodeToString(hash.Sum(nil))
}

type mergeCommand struct {
	Parts   []string `arg:"" name:"file" help:"What each of the shards wrote, in any order."`
	JSON    bool     `name:"json" xor:"print" help:"Print what the whole command prints with --json."`
	Table   bool     `xor:"print" help:"The same with --table, of check and mutants."`
	Stories bool     `xor:"print" help:"The same with --stories, of check."`
	All     bool     `xor:"print" help:"The same with --all, of designs."`
}

// Help says what the result and the exit code are.
func (c *mergeCommand) Help() string {
	return `Prints what the command would have printed without --shard, and ends with the same exit code. A machine each writes

    pkgdist designs --shard 1/4 --json > part1.json    up to 4/4 > part4.json

All shards have to be there, whole, and of the same command line, inputs and version of the program. Anything else is an error.`
}

// Run reads the parts, and has the command that wrote them conclude from all of them.
func (c *mergeCommand) Run(t terminal, code *int) error {
	parts, err := shard.Read(c.Parts)
	if err != nil {
		return err
	}
	args := append([]string{parts[0].Command}, parts[0].Arguments...)
	for name, asked := range map[string]bool{"--json": c.JSON, "--table": c.Table, "--stories": c.Stories, "--all": c.All} {
		if asked {
			args = append(args, name)
		}
	}
	var cli commands
	parser, err := newParser(&cli, kong.Writers(io.Discard, io.Discard), kong.Exit(func(int) {}))
	if err != nil {
		return err
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return fmt.Errorf("%s: %s: %w", parts[0].File, strings.Join(args, " "), plain(parser, err))
	}
	into, ok := parsed.Selected().Target.Addr().Interface().(interface{ merged([]shard.Part) })
	if !ok {
		return fmt.Errorf("%s: expected a command with --shard, found %s", parts[0].File, parts[0].Command)
	}
	into.merged(parts)
	return parsed.Run(t, code)
}
