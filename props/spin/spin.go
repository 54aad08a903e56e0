// Package spin runs Spin, a model checker of long standing, on second readings of models of this project: the files in
// fixtures/spin. What Spin counts is compared with what package check counts, so that an error in the one model, in the
// one checker or in the one reading of the rules shows.
//
// Goals: a count that is exact or none at all. Every state is stored in full, nothing is reduced, and a search that was
// cut is an error.
//
// Non-goals: it does not use what else Spin can do (temporal logic, reductions, bitstate hashing), and it does not hand
// out counterexamples.
package spin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"pkgdist/fixtures"
)

// The models in fixtures/spin.
const (
	Distribution = "distribution.pml"
	TwoPhase     = "twophase.pml"
)

// exact are the options of the C compiler that make a checker without any reduction. Spin's hash compaction (-DHC4)
// would save memory, and it was seen to lose 8 to 10 % of the states of such models without a word about it; so states
// are stored in full.
var exact = []string{"-DSAFETY", "-DNOREDUCE", "-DMEMLIM=8000"}

// Missing returns the programs that Spin needs and the machine lacks.
func Missing() []string {
	var missing []string
	for _, name := range []string{"spin", "cc"} {
		if _, err := exec.LookPath(name); err != nil {
			missing = append(missing, name)
		}
	}
	return missing
}

// A Checker is what Spin makes of a model: a program that explores it.
type Checker struct{ path string }

// Compile makes the checker of a model in fixtures/spin, in an empty folder that it keeps. The macros have the form NAME
// or NAME=VALUE; the options are for the C compiler.
func Compile(ctx context.Context, folder, model string, macros []string, options ...string) (*Checker, error) {
	source, err := fixtures.Spin.ReadFile("spin/" + model)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(folder, model), source, 0o600); err != nil {
		return nil, err
	}
	// Without dataflow optimization (-o1) and the elimination of variables that are written and never read (-o2): either
	// would make one state of several.
	generate := []string{"-a", "-o1", "-o2"}
	for _, m := range macros {
		generate = append(generate, "-D"+m)
	}
	if _, _, err := command(ctx, folder, "spin", append(generate, model)...); err != nil {
		return nil, err
	}
	arguments := append(slices.Concat(options, exact), "-o", "pan", "pan.c")
	if _, _, err := command(ctx, folder, "cc", arguments...); err != nil {
		return nil, err
	}
	return &Checker{filepath.Join(folder, "pan")}, nil
}

// command runs a program in a folder and returns what it printed, and how long it kept a CPU busy.
func command(ctx context.Context, folder, name string, arguments ...string) (string, time.Duration, error) {
	cmd := exec.CommandContext(ctx, name, arguments...)
	var printed bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = folder, &printed, &printed
	if err := cmd.Run(); err != nil {
		return "", 0, fmt.Errorf("%s: %w: %.2000s", filepath.Base(name), err, printed.String())
	}
	return printed.String(), cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), nil
}

// Limits are what a search is given beforehand.
type Limits struct {
	Depth    int // steps on the longest path that the search may follow; a longer one is an error
	HashBits int // the hash table has 2 to this power entries: about as many as there are states, or it is slow
}

// A Count is in how many states a claim was put to the test, and in how many it is violated.
type Count struct{ Tested, Violated int64 }

// A Result is what Spin counted.
type Result struct {
	States int64
	// Transitions counts the initial state as one, as if a step led there. Else it counts what check.Result.Steps does:
	// each step out of each state, also to a state that is known. Spin rounds what is over a hundred million; it is 0 then.
	Transitions int64
	CPU         time.Duration

	// Of a model that observes its claims:
	AtRest int64
	Claims map[string]Count
}

// Run explores the model.
func (c *Checker) Run(ctx context.Context, limits Limits) (*Result, error) {
	printed, cpu, err := command(ctx, filepath.Dir(c.path), c.path,
		fmt.Sprintf("-m%d", limits.Depth), fmt.Sprintf("-w%d", limits.HashBits))
	if err != nil {
		return nil, err
	}
	r, err := parse(printed)
	if err != nil {
		return nil, fmt.Errorf("spin: %w; it printed: %.2000s", err, printed)
	}
	r.CPU = cpu
	return r, nil
}

var (
	complaint   = regexp.MustCompile(`(?mi)^.*(error: |warning: |not completed|too small|out of memory|memlim).*$`)
	reduction   = regexp.MustCompile(`(?m)^\t\+ .*$`)
	inFull      = regexp.MustCompile(`(?m)^Full statespace search for:$`)
	noErrors    = regexp.MustCompile(`errors: 0\n`)
	stored      = regexp.MustCompile(`(?m)^ *(\d+) states, stored$`)
	transitions = regexp.MustCompile(`(?m)^ *(\d+) transitions \(= stored\+matched\)$`)
	rounded     = regexp.MustCompile(`(?m)^ *[\d.]+e\+\d+ transitions \(= stored\+matched\)$`)
	observed    = regexp.MustCompile(`(?m)^observed: (\d+) states, (\d+) at rest$`)
	claimed     = regexp.MustCompile(`(?m)^claim: (\S+) tested (\d+) violated (\d+)$`)
)

// parse reads what a checker printed. Whatever hints at a search that did not see everything is an error.
func parse(printed string) (*Result, error) {
	if line := complaint.FindString(printed); line != "" {
		return nil, fmt.Errorf("the search was cut: %s", strings.TrimSpace(line))
	}
	if line := reduction.FindString(printed); line != "" {
		return nil, fmt.Errorf("the search is not exact: %s", strings.TrimSpace(line))
	}
	if !inFull.MatchString(printed) {
		return nil, errors.New("the search is not exact: its states are not stored in full")
	}
	if !noErrors.MatchString(printed) {
		return nil, errors.New("the search does not end with \"errors: 0\"")
	}
	r := &Result{}
	exactly := numbers(transitions, printed, &r.Transitions)
	if !numbers(stored, printed, &r.States) || !exactly && !rounded.MatchString(printed) {
		return nil, errors.New("the number of states and of transitions is missing")
	}
	return r, r.readClaims(printed)
}

// readClaims reads what a model that observes its claims adds.
func (r *Result) readClaims(printed string) error {
	var states int64
	if !numbers(observed, printed, &states, &r.AtRest) {
		return nil // it does not observe
	}
	if states != r.States {
		return fmt.Errorf("%d states were observed, and %d stored", states, r.States)
	}
	r.Claims = map[string]Count{}
	for _, match := range claimed.FindAllStringSubmatch(printed, -1) {
		var c Count
		numbers(claimed, match[0], nil, &c.Tested, &c.Violated)
		r.Claims[match[1]] = c
	}
	return nil
}

// numbers sets each number to what its group of the expression matches; nil stands for a group that is not one.
func numbers(e *regexp.Regexp, text string, into ...*int64) bool {
	match := e.FindStringSubmatch(text)
	if match == nil {
		return false
	}
	for i, n := range into {
		if n == nil {
			continue
		}
		var err error
		if *n, err = strconv.ParseInt(match[1+i], 10, 64); err != nil {
			return false
		}
	}
	return true
}
