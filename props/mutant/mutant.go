// Package mutant asks whether the properties mean anything: it changes the table
// of rules in one place at a time, and finds out whether a property is violated that
// held before.
//
// Goals: every mutation of a design's rules ends as killed (a property is
// violated, with the length of the shortest counterexample), noticed (nothing is
// violated, but something that a scenario expects no longer occurs, or a
// property is no longer put to the test), surviving, or undecided; the same
// result for any number of workers. What survives under the repaired design
// stands on a list, with the reason why no run differs, or why it differs in
// nothing that anybody claims.
//
// Non-goals: it does not change Go code, but the rules, which are data. It says
// nothing about mutations of two places, and nothing beyond the scenarios that it
// is given. What a limit has cut is undecided, and never counts as surviving.
package mutant

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"pkgdist/model"
	"pkgdist/props/check"
	"pkgdist/props/run"
	"pkgdist/props/scenario"
)

// DefaultMaxStates is how many states of a mutant are explored in one scenario:
// a mutant can have far more than the design itself.
const DefaultMaxStates = 2_000_000

// Scenarios returns the names of the scenarios in which mutants are explored
// unless others are named: those of at most some ten thousand states, those with
// the fewest first.
func Scenarios() []string {
	return []string{
		"cannot-apply", "early-read", "dp-threads", "created-and-updated", "version-ahead", "one-thread", "article",
		"file-in-use", "late-status", "dp-away", "quick-updates", "duplicates", "crash", "crash-and-duplicate",
	}
}

// Stories returns the names of small scenarios that are there for their story. In
// each, mutants are killed that others kill for more reasons.
func Stories() []string { return []string{"no-second-update", "received-meanwhile"} }

// LargeScenarios returns the names of the others that can be explored. Each takes
// the time of all others together.
func LargeScenarios() []string { return []string{"three-tiers", "two-packages", "two-sites", "faults"} }

// Options bound the exploration of mutants. The zero value is the default.
type Options struct {
	// Check bounds the exploration of a mutant in a scenario; no MaxStates is
	// DefaultMaxStates. Workers is how many mutants are explored at the same time.
	Check check.Options
	// Progress is called after each mutant, by one goroutine at a time.
	Progress func(Progress)
}

// Progress is how far the exploration has come.
type Progress struct{ Decided, Of int }

func (p Progress) String() string { return fmt.Sprintf("%d of %d mutants", p.Decided, p.Of) }

// An Outcome is what became of a mutant.
type Outcome uint8

// The outcomes. The zero value is the one that promises nothing.
const (
	// Undecided: a limit has cut the exploration, and what was seen violates
	// nothing.
	Undecided Outcome = iota
	// Killed: a property is violated that holds without the mutation.
	Killed
	// Noticed: nothing is violated, but a property that held is inconclusive,
	// because what a scenario expects no longer occurs.
	Noticed
	// Survived: every property holds as it did.
	Survived
)

var outcomes = [...]string{"undecided", "killed", "noticed", "survived"}

func (o Outcome) String() string { return outcomes[o] }

// A Kill is a property that a mutant violates.
type Kill struct {
	Property string `json:"property"`
	// Steps is the length of the shortest counterexample; Loop is how many of
	// them, at its end, are repeated forever.
	Steps int `json:"steps"`
	Loop  int `json:"loop"`
}

// Length is the length of the counterexample as the command prints it: "22", or
// "22+3" where a loop follows.
func (k Kill) Length() string {
	if k.Loop > 0 {
		return fmt.Sprintf("%d+%d", k.Steps-k.Loop, k.Loop)
	}
	return fmt.Sprint(k.Steps)
}

// A Result is what became of one mutant.
type Result struct {
	Mutation model.Mutation
	Outcome  Outcome
	// Scenario is the first one that kills it, or notices it, or in which it is
	// undecided.
	Scenario string
	// Kills are all properties that it violates there, those with the shortest
	// counterexamples first.
	Kills []Kill
	// Why says what was noticed, or what was cut.
	Why string
	// Equivalent is the reason on the list of mutants that nothing can tell from
	// the design, if it survives and stands there.
	Equivalent string
}

// Explore explores mutants of a design, each in one scenario after the other
// until one kills it.
func Explore(ctx context.Context, design model.Design, mutations []model.Mutation, scenarios []*scenario.Scenario, opt Options) (*Report, error) {
	workers, options := run.AtOnce(opt.Check)
	options.MaxStates = cmp.Or(options.MaxStates, DefaultMaxStates)
	report := &Report{Design: design, Results: make([]Result, len(mutations))}
	e := explorer{design: design, options: options}
	for _, sc := range scenarios {
		report.Scenarios = append(report.Scenarios, sc.Name)
		e.unchanged = append(e.unchanged, e.explored(ctx, sc))
	}
	return report, e.all(ctx, mutations, report.Results, workers, opt.Progress)
}

type explorer struct {
	design  model.Design
	options check.Options
	// unchanged are the runs without a mutation, in the order of the scenarios.
	// Each is made when the first mutant gets there.
	unchanged []func() (*run.Run, error)
}

func (e *explorer) explored(ctx context.Context, sc *scenario.Scenario) func() (*run.Run, error) {
	return sync.OnceValues(func() (*run.Run, error) { return run.Explore(ctx, sc, e.design, nil, e.options) })
}

func (e *explorer) all(ctx context.Context, mutations []model.Mutation, results []Result, workers int, progress func(Progress)) error {
	var mutex sync.Mutex // of what follows
	var failed error
	decided := 0
	run.Each(workers, len(mutations), func(i int) {
		result, err := e.mutant(ctx, mutations[i])
		mutex.Lock()
		defer mutex.Unlock()
		results[i], failed = result, cmp.Or(failed, err)
		if decided++; progress != nil {
			progress(Progress{decided, len(mutations)})
		}
	})
	return failed
}

// mutant explores one mutant. A violation in any scenario counts for more than
// what was only noticed, and what was noticed for more than what was cut.
func (e *explorer) mutant(ctx context.Context, m model.Mutation) (Result, error) {
	best := Result{Mutation: m, Outcome: Survived, Equivalent: equivalent(e.design, m)}
	for _, explored := range e.unchanged {
		before, err := explored()
		if err != nil {
			return best, err
		}
		r, err := e.in(ctx, before, m)
		if err != nil || r.Outcome == Killed {
			return r, err
		}
		if weight(r.Outcome) > weight(best.Outcome) {
			best = r
		}
	}
	return best, nil
}

// weight orders the outcomes in which nothing is violated.
func weight(o Outcome) int { return slices.Index([]Outcome{Survived, Undecided, Noticed}, o) }

// in explores a mutant in the scenario of the run without the mutation.
func (e *explorer) in(ctx context.Context, before *run.Run, m model.Mutation) (Result, error) {
	result := Result{Mutation: m, Outcome: Survived, Scenario: before.Scenario.Name}
	sys, err := model.NewMutant(before.Scenario.Scope, e.design, m)
	if err != nil {
		return result, err
	}
	after, err := run.ExploreSystem(ctx, before.Scenario, sys, nil, e.options)
	if err != nil {
		return result, fmt.Errorf("%v: %w", m, err)
	}
	result.Kills = kills(before, after)
	switch {
	case len(result.Kills) > 0:
		result.Outcome = Killed
	case !before.Result.Complete():
		result.Outcome, result.Why = Undecided, "without the mutation: "+before.Result.Stopped
	case !after.Result.Complete():
		result.Outcome, result.Why = Undecided, after.Result.Stopped
	default:
		if result.Why = noticed(before, after); result.Why != "" {
			result.Outcome = Noticed
		}
	}
	return result, nil
}

// kills lists the properties that are violated with the mutation and hold
// without it, those with the shortest counterexamples first. What is too strong
// is violated by the design itself, or as good as; what must be reachable cannot
// be violated.
func kills(before, after *run.Run) []Kill {
	var list []Kill
	for _, c := range after.Violated() {
		if c.TooStrong || before.Result.Verdict(c.Name).Outcome != check.Holds {
			continue
		}
		v := after.Result.Verdict(c.Name)
		k := Kill{Property: c.Name, Steps: len(v.Trace.Steps)}
		if c.Kind.Liveness() {
			k.Loop = k.Steps - v.Loop
		}
		list = append(list, k)
	}
	slices.SortStableFunc(list, func(a, b Kill) int { return cmp.Compare(a.Steps, b.Steps) })
	return list
}

// noticed says why a property that is required and holds without the mutation
// does not with it, though nothing violates it.
func noticed(before, after *run.Run) string {
	for _, c := range after.Claims {
		v := after.Result.Verdict(c.Name)
		if after.Required(c) && before.Result.Verdict(c.Name).Outcome == check.Holds && v.Outcome == check.Inconclusive {
			return fmt.Sprintf("%s is inconclusive: %s", c.Name, v.Reason)
		}
	}
	return ""
}
