package check

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"pkgdist/props/check/internal/keep"
	"pkgdist/props/check/show"
)

// tester is what Require needs of a *testing.T, a *testing.B or a *testing.F.
type tester interface {
	keep.Test
	Helper()
	Context() context.Context
	Log(args ...any)
	Fatal(args ...any)
}

// Require explores m and stops the test unless every property holds. It tells the story of the shortest counterexample, and
// keeps it as a page and as a file that can be replayed: with go test -artifacts among the artifacts of the test, and
// otherwise in the user's folder for caches. With the environment variable CHECK_REPLAY it replays the kept file that this
// names, and explores nothing.
func Require[S any, T comparable](t tester, m Model[S, T], properties ...Property[S]) {
	t.Helper()
	RequireWithin(t, Options{}, m, properties...)
}

// RequireWithin is Require with options, such as limits.
func RequireWithin[S any, T comparable](t tester, opt Options, m Model[S, T], properties ...Property[S]) {
	t.Helper()
	m.Name = cmp.Or(m.Name, t.Name())
	if file := os.Getenv(keep.Variable); file != "" {
		requireReplay(t, m, properties, file)
		return
	}
	result, err := Exhaustive(t.Context(), m, properties, opt)
	if err != nil {
		t.Fatal(err)
	}
	shortest := result.shortest()
	if shortest == nil {
		if slices.ContainsFunc(result.Verdicts, func(v Verdict[S, T]) bool { return v.Outcome != Holds }) {
			t.Fatal("\n" + result.String())
		}
		return
	}
	text := shortest.String() + "\n" + result.others(shortest)
	kept, err := keep.Keep(t, shortest.Property.name, shortest.Document())
	if err != nil {
		t.Fatal(text + "\nthe counterexample was not kept: " + err.Error())
	}
	t.Fatal(text + "\n" + kept.String())
}

// shortest is the violated verdict with the shortest trace.
func (r *Result[S, T]) shortest() *Verdict[S, T] {
	var shortest *Verdict[S, T]
	for i := range r.Verdicts {
		v := &r.Verdicts[i]
		if v.Outcome == Violated && (shortest == nil || len(v.Trace.Steps) < len(shortest.Trace.Steps)) {
			shortest = v
		}
	}
	return shortest
}

// others is a line for each other property that does not hold, and the figures of the search.
func (r *Result[S, T]) others(told *Verdict[S, T]) string {
	var b strings.Builder
	for i := range r.Verdicts {
		if v := &r.Verdicts[i]; v != told && v.Outcome != Holds {
			row := v.row()
			fmt.Fprintf(&b, "\nalso %s: %s", row.Name, row.Cell())
			if v.Outcome == Inconclusive {
				fmt.Fprintf(&b, " (%s)", v.Reason)
			}
		}
	}
	fmt.Fprintf(&b, "\nexplored: %s, %s", show.Count(int(r.States), "state", "states"), show.Count(int(r.Steps), "step", "steps"))
	if !r.Complete() {
		fmt.Fprintf(&b, ", not all: %s", r.Stopped)
	}
	return b.String()
}

// requireReplay replays a kept counterexample of one of the properties.
func requireReplay[S any, T comparable](t tester, m Model[S, T], properties []Property[S], file string) {
	t.Helper()
	kept, err := show.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	if kept.Property == "" { // nothing is claimed of the run
		run, err := m.Run(kept.Lines())
		if err != nil {
			t.Fatal(fmt.Sprintf("%v\nup to there:\n%v", err, run))
		}
		t.Log(run.String())
		return
	}
	i := slices.IndexFunc(properties, func(p Property[S]) bool { return p.name == kept.Property })
	if i < 0 {
		t.Log(fmt.Sprintf("%s is of the property %q, which is not required here", file, kept.Property))
		return
	}
	v, err := m.ReplayLines(properties[i], kept.Lines(), len(kept.Steps))
	if err == nil {
		t.Fatal(v.String())
	}
	t.Log(fmt.Sprintf("%s is not reproduced: %v\n%v", file, err, *v.Trace))
}

// RequireRun stops the test unless the steps, one a line, can be taken from an initial state. It keeps a run as a test.
func RequireRun[S any, T comparable](t tester, m Model[S, T], steps string) {
	t.Helper()
	kept, err := show.Parse(t.Name(), []byte("-- property --\n(none)\n-- steps --\n"+strings.TrimPrefix(steps, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	if run, err := m.Run(kept.Lines()); err != nil {
		t.Fatal(fmt.Sprintf("%v\nup to there:\n%v", err, run))
	}
}

// RequireViolated stops the test unless the steps, one a line, violate the property; those after the line "-- loop --" are
// repeated for ever. It keeps a counterexample as a test: of a model with a bug, or of a design that is known to have it.
func RequireViolated[S any, T comparable](t tester, m Model[S, T], property Property[S], steps string) {
	t.Helper()
	kept, err := show.Parse(t.Name(), []byte("-- property --\n"+property.name+"\n-- steps --\n"+strings.TrimPrefix(steps, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	if v, err := m.ReplayLines(property, kept.Lines(), len(kept.Steps)); err != nil {
		t.Fatal(fmt.Sprintf("%v\nup to there:\n%v", err, *v.Trace))
	}
}
