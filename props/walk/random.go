package walk

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
	"pkgdist/props/check/walk"
	"pkgdist/props/counterexample"
	"pkgdist/props/scenario"
)

// Random is a property for rapid.Check and rapid.MakeFuzz: it draws a scope
// within the bounds and one of the designs, and walks. A walk that violates a
// claim fails it. Whoever wants to see what was found passes failed; rapid calls
// it many times while it shrinks, and last for what it kept.
func Random(within model.Scope, designs []model.Design, w walk.Walk, failed func(*model.System, Finding)) func(*rapid.T) {
	var sys *model.System // of the latest draw: the one that failed speaks of
	draw := func(t *rapid.T) (check.Model[model.State, model.Step], []check.Property[model.State]) {
		var err error
		if sys, err = model.NewSystem(DrawScope(t, within), rapid.SampledFrom(designs).Draw(t, "design")); err != nil {
			t.Fatalf("a scope that was drawn is invalid: %v", err)
		}
		var properties []check.Property[model.State]
		for _, c := range Claims() {
			properties = append(properties, c.For(sys))
		}
		return props.Model(sys), properties
	}
	return walk.Random(w, draw, func(t *rapid.T, f walk.Found[model.State, model.Step]) {
		claim, err := props.Find(f.Property.Name())
		if err != nil {
			t.Fatal(err)
		}
		if failed != nil {
			failed(sys, Finding{Claim: claim, Trace: f.Trace})
		}
	})
}

// DrawScope draws a scope that is at most as large as the bounds: the first of
// its sites and packages, with no more of anything.
func DrawScope(t *rapid.T, within model.Scope) model.Scope {
	sc := cloned(within)
	sc.Sites = sc.Sites[:rapid.IntRange(2, len(sc.Sites)).Draw(t, "sites")]
	sc.Packages = sc.Packages[:rapid.IntRange(1, len(sc.Packages)).Draw(t, "packages")]
	sc.Updates = rapid.IntRange(1, sc.Updates).Draw(t, "updates")
	sc.Ordered = sc.Ordered || rapid.Bool().Draw(t, "ordered")
	for i := range sc.Sites {
		sc.Sites[i].DPs = rapid.IntRange(0, sc.Sites[i].DPs).Draw(t, "dps")
	}
	if sc.Validate() != nil { // no distribution point is left
		last := len(sc.Sites) - 1
		sc.Sites[last].DPs = max(1, sc.Sites[last].DPs)
	}
	for f, n := range sc.Faults {
		sc.Faults[f] = rapid.IntRange(0, n).Draw(t, model.Fault(f).String())
	}
	return sc
}

// Check runs Random as a test. What it finds is made small, told in the test's
// log, and written to the test's artifacts, ready to be kept.
func Check(t *testing.T, sc *scenario.Scenario, designs []model.Design, w walk.Walk) {
	t.Helper()
	var sys *model.System
	var found *Finding
	dir := t.ArtifactDir()
	t.Cleanup(func() {
		if found != nil {
			report(t, dir, sc, sys, *found)
		}
	})
	rapid.Check(t, Random(sc.Scope, designs, w, func(s *model.System, f Finding) { sys, found = s, &f }))
}

func report(t *testing.T, dir string, sc *scenario.Scenario, sys *model.System, f Finding) {
	s, err := Smaller(context.Background(), sys, f)
	if err != nil {
		t.Errorf("the finding was not made smaller: %v", err)
		return
	}
	ce, err := s.Counterexample(sc)
	if err != nil {
		t.Error(err)
		return
	}
	path := filepath.Join(dir, ce.Name+".txtar")
	if err := counterexample.Write(path, ce); err != nil {
		t.Error(err)
		return
	}
	var b strings.Builder
	if err := s.Tell(&b); err != nil {
		t.Error(err)
	}
	t.Logf("%s violates %s after %d steps (%v):\n%s\nkept in %s; it runs again with\n%s", s.System.Design().Name, f.Claim.Name, len(s.Trace.Steps), s.Proof, b.String(), path, Rerun(path))
}

// Rerun says how a kept counterexample runs again: by the command, and by a
// test once it is kept with the others.
func Rerun(path string) string {
	name := strings.TrimSuffix(filepath.Base(path), ".txtar")
	return "    go tool pkgdist replay " + path + "\n" +
		"and, once it is in fixtures/counterexamples, with\n" +
		"    go test ./props/run -run 'TestKeptCounterexamplesAreReproduced/^" + name + "$'"
}
