// Package subject runs the tests that hold code against models, in any module, and collects what they report.
//
// Goals: whatever package uses the library is found, in nested modules and with each set of versions; a test that fails, does
// not build, is skipped or reports nothing is part of the result, so that nothing passes that was not driven.
//
// Non-goals: it drives nothing itself, and knows no model. The tests do, and say so in an attribute that go test -json passes on.
package subject

import (
	"context"

	"pkgdist/props/check"
	"pkgdist/props/check/conform/record"
)

// A Drive is what a test reports of code that was held against a model.
type Drive struct {
	Package string `json:"package"`
	Test    string `json:"test"`
	ModFile string `json:"modfile"` // the file with the versions; empty is go.mod
	Version string `json:"version"` // of the module whose code it is; empty is the code of the test's own module
	record.Record
	// Passed reports whether the test passed. If it did, it takes for expected what it reports.
	Passed bool `json:"passed"`
}

// A Test is a test, or a package as a whole if Name is empty, that failed or was skipped, with what it printed.
type Test struct {
	Package string   `json:"package"`
	Name    string   `json:"test"`
	ModFile string   `json:"modfile"`
	Output  []string `json:"output"`
}

// A Result is what tests came to.
type Result struct {
	Packages []string `json:"packages"` // whose tests were run
	Drives   []Drive  `json:"drives"`
	Failed   []Test   `json:"failed"`
	Skipped  []Test   `json:"skipped"`
	Broken   []Test   `json:"broken"` // packages that do not build, with what the compiler says
	// Stopped says why not all tests have run to their end; empty if they have.
	Stopped string `json:"stopped"`
}

// Run runs the tests that use the library, in folders, each of which means all that is in it, nested modules too, and in packages
// that match patterns. Each file *.mod beside a go.mod that requires the same is a set of versions, and has a run of its own. Only
// tests whose names match the regular expression run. Tests that fail are no error. What is running is told now and then.
func Run(ctx context.Context, asked []string, tests string, tell func(string)) (*Result, error) {
	r := &Result{Packages: []string{}, Drives: []Drive{}, Failed: []Test{}, Skipped: []Test{}, Broken: []Test{}}
	suites, err := suites(ctx, asked)
	for i := 0; i < len(suites) && err == nil && ctx.Err() == nil; i++ {
		err = suites[i].run(ctx, tests, r, tell)
	}
	if ctx.Err() != nil {
		r.Stopped, err = check.Interruption(ctx.Err()), nil
	}
	return r, err
}
