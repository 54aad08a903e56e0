package run

import (
	"context"
	"slices"

	"pkgdist/props"
	"pkgdist/props/check"
)

// Shortcuts are the ways in which less was explored, or less was kept, than all
// states.
type Shortcuts struct {
	// Symmetry: of the states that differ by an exchange of interchangeable parts
	// one was explored, and only those are counted.
	Symmetry bool
	// Reduction: of several orders of independent steps one was explored.
	Reduction bool
}

func shortcuts(opt check.Options) Shortcuts {
	return Shortcuts{Symmetry: opt.Symmetry, Reduction: opt.Reduction}
}

// NotJudged is why a liveness claim has no verdict, or empty
// if it has one.
func (s Shortcuts) NotJudged() string {
	switch {
	case s.Symmetry:
		return "liveness is not judged under symmetry, as its properties and the fairness that they rest on name places, and places are exchanged: check it without"
	case s.Reduction:
		return "liveness is not judged under reduction, as of two orders the one that is left out may be the fair one: check it without"
	}
	return ""
}

// leavesOut tells whether a claim of the catalogue is not put to the checker. One
// that was named is, for the checker to refuse it.
func (r *Run) leavesOut(c props.Claim) bool {
	return !r.named && c.Kind.Liveness() && r.NotJudged() != ""
}

// addLeftOut adds to the verdicts that there are none on what was left out.
func (r *Run) addLeftOut() {
	for _, c := range r.Claims {
		if r.leavesOut(c) {
			r.Result.Verdicts = append(r.Result.Verdicts, Verdict{Property: c.For(r.System), Reason: r.NotJudged()})
		}
	}
}

// shorten makes counterexamples shorter that need not be the shortest, and takes
// note of those of which it cannot be proven that they now are.
func (r *Run) shorten(ctx context.Context) error {
	for i := range r.Result.Verdicts {
		v := &r.Result.Verdicts[i]
		switch {
		case !r.Reduction || v.Trace == nil:
			continue
		case v.Outcome != check.Violated:
			r.perhapsLonger = append(r.perhapsLonger, v.Property.Name())
			continue
		}
		shrunk, err := check.Shrink(ctx, r.Model(), v.Property, *v.Trace, 0)
		if err != nil {
			return err
		}
		if *v, err = check.Replay(r.Model(), v.Property, shrunk.Trace.States[0], shrunk.Trace.Steps, 0); err != nil {
			return err
		}
		if !shrunk.Smallest {
			r.perhapsLonger = append(r.perhapsLonger, v.Property.Name())
		}
	}
	return nil
}

// Shortest tells whether the trace of a verdict is known to be the shortest.
func (r *Run) Shortest(c props.Claim) bool { return !slices.Contains(r.perhapsLonger, c.Name) }
