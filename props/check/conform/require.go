package conform

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"pkgdist/props/check"
	"pkgdist/props/check/conform/record"
	"pkgdist/props/check/internal/keep"
	"pkgdist/props/check/show"
)

// tester is what Require needs of a *testing.T, a *testing.B or a *rapid.T.
type tester interface {
	Helper()
	Name() string
	Context() context.Context
	Log(args ...any)
	Fatal(args ...any)
}

// recorder is a test that reports and keeps what is found. A *rapid.T is none: it tries much that it finds nothing in.
type recorder interface {
	keep.Test
	attributed
}

// Require drives subjects along every transition of the model, and stops the test with the story of the shortest failure
// unless they do what the model does. It stops the test too if transitions were left, by a limit of 100,000 states or by a
// subject that chooses others.
//
// A failure is kept as a page and as a file that can be driven again, as check.Require keeps a counterexample. With the
// environment variable CHECK_REPLAY it drives the kept file that this names, and nothing else.
func Require[S any, T comparable, O any](t tester, m check.Model[S, T], d Driver[S, T, O]) {
	t.Helper()
	RequireWithin(t, Options[S, T]{}, m, d)
}

// RequireWithin is Require with options, such as given traces.
func RequireWithin[S any, T comparable, O any](t tester, opt Options[S, T], m check.Model[S, T], d Driver[S, T, O]) {
	t.Helper()
	m.Name = cmp.Or(m.Name, t.Name())
	if file := os.Getenv(keep.Variable); file != "" {
		requireAgain(t, m, d, file)
		return
	}
	result, err := Drive(t.Context(), m, d, opt)
	if err != nil {
		t.Fatal(err)
	}
	kept := result.noted(t)
	switch {
	case result.Failure != nil:
		t.Fatal(fmt.Sprintf("%v\n%v%s", result.Failure, result, kept))
	case opt.Traces == nil && !result.Complete(), len(result.Left) > 0:
		t.Fatal(strings.TrimRight(fmt.Sprintf("%v; expected all of them%s", result, result.firstLeft()), "\n"))
	}
	t.Log(result)
}

// noted reports the result and keeps its failure, and says where.
func (d *Driven[S, T, O]) noted(t tester) (kept string) {
	r, ok := t.(recorder)
	if !ok {
		return ""
	}
	found := d.record()
	if d.Failure != nil {
		doc, err := d.Failure.Document()
		if err == nil {
			var files keep.Files
			files, err = keep.Keep(r, doc.Property, doc)
			found.Page, found.Again, kept = files.Page, files.Again, "\n\n"+files.String()
		}
		if err != nil {
			kept = "\nthe failure was not kept: " + err.Error()
		}
	}
	r.Attr(record.Key, found.String())
	return kept
}

// conformsTo is what a kept failure violates, in the place of a property.
func conformsTo(model string) string { return strings.TrimSpace("conforms to " + model) }

// requireAgain drives a kept failure of this model.
func requireAgain[S any, T comparable, O any](t tester, m check.Model[S, T], d Driver[S, T, O], file string) {
	t.Helper()
	kept, err := show.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	if property := conformsTo(m.Name); kept.Property != property {
		t.Log(fmt.Sprintf("%s is of the property %q, and what is driven here is %q", file, kept.Property, property))
		return
	}
	traces, err := traces(m, kept.Lines())
	if err != nil {
		t.Log(fmt.Sprintf("%s is not reproduced: %v", file, err))
		return
	}
	result, err := Drive(t.Context(), m, d, Options[S, T]{Traces: traces})
	if err != nil {
		t.Fatal(err)
	}
	if result.Failure != nil {
		t.Fatal(fmt.Sprintf("%v\n%v", result.Failure, result))
	}
	t.Log(fmt.Sprintf("%s is not reproduced: %v", file, result))
}

// ReadKept reads the steps of a kept file, be it a failure of code or a counterexample of the model, to be driven again by
// Options.Traces: a trace from each initial state in which they are possible. The error is a *check.ReplayError if there is none.
func ReadKept[S any, T comparable](m check.Model[S, T], file string) ([]check.Trace[S, T], error) {
	kept, err := show.Read(file)
	if err != nil {
		return nil, err
	}
	return traces(m, kept.Lines())
}

// traces are those whose steps are printed as the lines. Other than those of check.Model.Run, they may have steps that change
// nothing.
func traces[S any, T comparable](m check.Model[S, T], lines []string) (all []check.Trace[S, T], failed error) {
	x, err := newExpansion(m)
	if err != nil {
		return nil, err
	}
	farthest := -1
	for _, initial := range m.Init() {
		t, err := x.trace(initial, lines)
		var impossible *check.ReplayError
		switch {
		case err == nil:
			all = append(all, t)
		case !errors.As(err, &impossible):
			return nil, err
		case impossible.At > farthest:
			farthest, failed = impossible.At, err
		}
	}
	if len(all) > 0 {
		return all, nil
	}
	return nil, failed
}

// trace takes the steps that are printed as the lines.
func (x *expansion[S, T]) trace(initial S, lines []string) (check.Trace[S, T], error) {
	t := check.Trace[S, T]{States: []S{initial}}
	for i, line := range lines {
		if err := x.enter(&t.States[i]); err != nil {
			return t, err
		}
		n, err := x.find(line)
		if n < 0 {
			err.At = i
			return t, err
		}
		t.Steps, t.States = append(t.Steps, x.steps[n]), append(t.States, x.Clone(&x.nexts[n]))
	}
	return t, nil
}

// find is the possible step that a line stands for.
func (x *expansion[S, T]) find(line string) (n int, impossible *check.ReplayError) {
	impossible = &check.ReplayError{Text: line}
	if x.model.Parse == nil {
		return slices.IndexFunc(x.steps, func(step T) bool { return printed(&x.model, step) == line }), impossible
	}
	step, err := x.model.Parse(line)
	if impossible.Unknown = err; err != nil {
		return -1, impossible
	}
	n = slices.Index(x.steps, step)
	if n < 0 && x.model.WhyNot != nil {
		impossible.Guard = x.model.WhyNot(&x.State, step)
	}
	return n, impossible
}
