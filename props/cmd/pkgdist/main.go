// Command pkgdist checks the model of SMS 2.0 package distribution: which
// designs keep which promises, and where one is broken, the shortest way there.
//
// Goals: with no arguments but "check" it shows the bug of Q235788 and its
// repair; every verdict says what it rests on; bad input is one line and exit
// code 2; Ctrl-C and limits end a run cleanly.
//
// Non-goals: it has no configuration and keeps no state between runs.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"pkgdist/props/check"
	"pkgdist/props/check/show"
	"pkgdist/props/report"
	"pkgdist/props/scenario"
	"pkgdist/props/walk"
)

// The exit codes.
const (
	exitHolds        = 0 // everything asked for holds
	exitViolated     = 1 // something is violated
	exitUsage        = 2 // wrong usage, input that cannot be read, or output that cannot be written
	exitInconclusive = 3 // neither: a limit, an interruption, or no test
)

const description = `Checks designs of package distribution for races, lost wake-ups and restarts.

Exit codes: 0 everything asked for holds; 1 something is violated; 2 wrong usage, unreadable input or lost output; 3 inconclusive.`

type commands struct {
	Check    checkCommand    `cmd:"" help:"Explore a scenario under designs, and say what holds."`
	Walk     walkCommand     `cmd:"" help:"Walk a scenario at random: for scopes too large to be explored."`
	Explore  exploreCommand  `cmd:"" help:"Walk a scenario yourself: every state, every step, and the shortest way to where it breaks."`
	Designs  designsCommand  `cmd:"" help:"Try every set of mechanisms, and say which repairs are enough."`
	Mutants  mutantsCommand  `cmd:"" help:"Change the rules of a design in one place at a time, and say what notices."`
	Merge    mergeCommand    `cmd:"" help:"Read together what shards of check, designs, mutants or walk wrote, and print what the whole comes to."`
	Articles articlesCommand `cmd:"" help:"List the articles that tell of the same kind of bug, each compared with the model."`
	Conform  conformCommand  `cmd:"" help:"Run the tests that hold code against models, and say which code does what its model does."`
	Logs     logsCommand     `cmd:"" help:"Read logs of a site, and say what became of each package: whether it is Q235788, one of its siblings, or something else."`
	Doc      docCommand      `cmd:"" help:"Write the documents about the protocol and about what holds, or check that they are current."`
	Replay   replayCommand   `cmd:"" help:"Run a kept counterexample again, step by step."`
	Show     showCommand     `cmd:"" help:"Show a kept counterexample: as a page to step through, a diagram, a graph, or for other tools."`

	Help       helpCommand       `cmd:"" help:"Tell of a command what its --help tells."`
	Version    versionCommand    `cmd:"" help:"Print the version."`
	Completion completionCommand `cmd:"" help:"Print a script by which a shell completes commands, flags and names."`
	Complete   completeCommand   `cmd:"" hidden:""`
}

// terminal is where a command writes, and what may end it early. The command need
// not look at errors of stdout: it keeps the first, and execute reports it.
type terminal struct {
	ctx    context.Context
	stdout *bufio.Writer
	stderr io.Writer
	screen report.Screen // what stdout is
}

func main() { os.Exit(execute(os.Args[1:], os.Stdout, os.Stderr)) }

// execute runs the command and returns its exit code. Output that is lost is an
// error whatever the command found, though nothing is said of it where the reader
// has gone away, as in "| head".
func execute(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once

	out := bufio.NewWriter(stdout)
	code, err := runCommand(terminal{ctx, out, stderr, screenOf(stdout)}, args)
	switch lost := out.Flush(); {
	case errors.Is(lost, syscall.EPIPE):
		return exitUsage
	case lost != nil:
		return fail(stderr, fmt.Errorf("standard output is not complete: %w", lost))
	case err != nil:
		return fail(stderr, err)
	}
	return code
}

func newParser(cli *commands, options ...kong.Option) (*kong.Kong, error) {
	vars := kong.Vars{
		"most_states": fmt.Sprint(show.MostStates), "most_workers": fmt.Sprint(mostWorkers),
		"walks": fmt.Sprint(walk.DefaultWalks), "formats": strings.Join(show.FormatNames(), ", "),
	}
	parser, err := kong.New(cli, append(options, kong.Name("pkgdist"), kong.Description(description), vars)...)
	if err == nil {
		addExamples(parser)
	}
	return parser, err
}

// runCommand parses the arguments and runs the command that they name.
func runCommand(t terminal, args []string) (int, error) {
	code, done := exitHolds, false
	var cli commands
	parser, err := newParser(&cli, kong.Writers(t.stdout, t.stderr), kong.Exit(func(c int) { code, done = c, true }))
	if err != nil {
		return exitUsage, err
	}
	parsed, err := parser.Parse(args)
	if done { // --help
		return code, nil
	}
	if err != nil {
		return exitUsage, plain(parser, err)
	}
	if err := refuseEmpty(parsed); err != nil {
		return exitUsage, err
	}
	if err = parsed.Run(t, &code); done { // help
		return code, nil
	}
	return code, err
}

// cut matches a message that does not list every name.
var cut = regexp.MustCompile(`; there are .* and \d+ more$`)

// fail prints an error in one line. Whatever cannot even begin is wrong usage.
func fail(stderr io.Writer, err error) int {
	text := printable(scenario.Describe(err))
	if cut.MatchString(text) {
		text += " (pkgdist check --list has all)"
	}
	fmt.Fprintf(stderr, "pkgdist: %s\n", text)
	return exitUsage
}

// exitCode has no code for an outcome that it does not know, and panics.
func exitCode(o check.Outcome) int {
	return [...]int{check.Holds: exitHolds, check.Violated: exitViolated, check.Inconclusive: exitInconclusive}[o]
}
