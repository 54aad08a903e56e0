// Package walk looks for violations by chance, in scopes that are too large to
// be explored: it draws walks, and makes of what they find the shortest story in
// the smallest scenario that it can.
//
// Goals: one model, one catalogue and one kind of counterexample with the
// exhaustive search; the same seed finds the same, for any number of workers; a
// finding is made small before a person sees it.
//
// Non-goals: it proves nothing. A walk that finds nothing says nothing, and no
// property holds for it.
package walk

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"time"

	"pgregory.net/rapid"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
	"pkgdist/props/check/walk"
	"pkgdist/props/run"
	"pkgdist/props/scenario"
	"pkgdist/props/shard"
)

// Options bound the walks. The zero value is the default.
type Options struct {
	Walks int // 0 is DefaultWalks
	Seed  int
	// Shard is which of the walks are made.
	Shard shard.Shard
	// StopAtFirst ends the walks as soon as every claim is violated.
	StopAtFirst bool
	Walk        walk.Walk
	Workers     int // goroutines that walk; 0 is one for each CPU
	// Progress is called now and then, by one goroutine at a time.
	Progress func(Progress)
}

// DefaultWalks is how many walks there are: enough for what is not rare, in
// seconds.
const DefaultWalks = 2000

const (
	// batchWalks is how many walks are made between two readings of what they
	// found. It does not depend on the workers, so the result does not either.
	batchWalks = 64

	progressInterval = 250 * time.Millisecond
)

// Progress is how far the walks have come.
type Progress struct {
	*walk.Coverage
	Of      int // walks
	Elapsed time.Duration
}

// Report is what the walks found.
type Report struct {
	System  *model.System
	Tally   walk.Coverage // what they have covered
	Found   []Finding     // in the order of the catalogue
	Missed  []props.Claim
	Stopped string // why the walks ended early, or empty
}

// A Finding is the first walk that violates a claim.
type Finding struct {
	Claim  props.Claim
	Walk   int // from 1
	Length int // steps of the walk up to there
	// Trace has these steps, unless the finding was restored.
	Trace check.Trace[model.State, model.Step]

	small *Story // of one that was restored
}

// Claims are the claims that walks are to judge: all that a walk can violate, but
// for those that ask too much.
func Claims() []props.Claim {
	return slices.DeleteFunc(props.Catalogue(), func(c props.Claim) bool { return !c.Kind.Finite() || c.TooStrong })
}

// Explore walks a scenario under a design, and judges the claims.
func Explore(ctx context.Context, sc *scenario.Scenario, design model.Design, claims []props.Claim, opt Options) (*Report, error) {
	sys, err := model.NewSystem(sc.Scope, design)
	if err != nil {
		return nil, err
	}
	if opt.Walks == 0 {
		opt.Walks = DefaultWalks
	}
	e := &exploration{opt: opt, report: &Report{System: sys}, missed: claims, begin: time.Now()}
	made, end := opt.Shard.Range(opt.Walks)
	for made < end && e.report.Stopped == "" && !(opt.StopAtFirst && len(e.missed) == 0) {
		n := min(batchWalks, end-made)
		e.batch(ctx, made, n)
		made += n
	}
	slices.SortFunc(e.report.Found, func(a, b Finding) int { return order(a.Claim) - order(b.Claim) })
	e.report.Missed = e.missed
	return e.report, nil
}

func order(c props.Claim) int { return slices.Index(props.Names(), c.Name) }

type exploration struct {
	opt    Options
	report *Report
	missed []props.Claim // what no walk has violated so far
	begin  time.Time
	said   time.Time
}

type outcome struct {
	found   []walk.Found[model.State, model.Step]
	visited []walk.Visit
}

// batch makes some walks, at the same time, and then takes note of them in their
// order. What was violated before is judged no more, which changes no walk.
func (e *exploration) batch(ctx context.Context, made, n int) {
	var properties []check.Property[model.State]
	for _, c := range e.missed {
		properties = append(properties, c.For(e.report.System))
	}
	outcomes := make([]outcome, n)
	run.Each(cmp.Or(e.opt.Workers, runtime.GOMAXPROCS(0)), n, func(i int) {
		if ctx.Err() == nil {
			outcomes[i] = e.walk(made+i, properties)
		}
	})
	if e.report.Stopped = check.Interruption(ctx.Err()); e.report.Stopped != "" {
		return
	}
	for i := range outcomes {
		e.note(&outcomes[i], made+i+1)
	}
	e.progress()
}

// walk makes the walk of that number, which its seed determines.
func (e *exploration) walk(number int, properties []check.Property[model.State]) (o outcome) {
	w, m := e.opt.Walk, props.Model(e.report.System)
	w.Visit = func(v walk.Visit) { o.visited = append(o.visited, v) }
	o.found = rapid.Custom(func(t *rapid.T) []walk.Found[model.State, model.Step] {
		o.visited = o.visited[:0]
		return walk.All(t, w, m, properties)
	}).Example(e.opt.Seed*seedStride + number)
	return o
}

// seedStride keeps the walks of one seed apart from those of the next.
const seedStride = 1_000_003

func (e *exploration) note(o *outcome, number int) {
	for _, v := range o.visited {
		e.report.Tally.Note(v)
	}
	for _, f := range o.found {
		i := slices.IndexFunc(e.missed, func(c props.Claim) bool { return c.Name == f.Property.Name() })
		if i >= 0 { // another walk of the batch may have found it before
			e.report.Found = append(e.report.Found, Finding{Claim: e.missed[i], Walk: number, Length: len(f.Trace.Steps), Trace: f.Trace})
			e.missed = slices.Delete(slices.Clone(e.missed), i, i+1)
		}
	}
}

func (e *exploration) progress() {
	if e.opt.Progress != nil && time.Since(e.said) >= progressInterval {
		e.said = time.Now()
		from, end := e.opt.Shard.Range(e.opt.Walks)
		e.opt.Progress(Progress{&e.report.Tally, end - from, time.Since(e.begin)})
	}
}

// String says how far the walks have come, in a line.
func (p Progress) String() string {
	return fmt.Sprintf("%d of %d walks, %d steps, %d states, deepest %d, %v", p.Walks, p.Of, p.Steps, p.States(), p.Deepest, p.Elapsed.Round(time.Second))
}
