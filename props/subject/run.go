package subject

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"pkgdist/props/check/conform/record"
)

// patience is how long go test may take to end its tests when it is interrupted.
const patience = 5 * time.Second

// event is a line of go test -json. Events of a build have an ImportPath and no Package.
type event struct {
	Action, Package, ImportPath, Test, Output, FailedBuild, Key, Value string
}

// place is where an event belongs: a test, or a package.
type place struct{ pkg, test string }

// reading is what go test -json has said so far.
type reading struct {
	suite    *suite
	packages []string            // that have begun
	tests    []place             // that have begun
	ended    map[place]string    // pass, fail, skip
	printed  map[place][]string  // by tests and packages
	builds   map[string][]string // what the compiler says
	drives   []Drive
	broken   []Test
}

// run runs the tests of the suite.
func (s *suite) run(ctx context.Context, tests string, r *Result, tell func(string)) error {
	args := []string{"-json", "-count=1"}
	if tests != "" {
		args = append(args, "-run", tests)
	}
	cmd := s.command(ctx, "test", append(args, s.packages...)...)
	ended := grouped(cmd)
	var said bytes.Buffer
	cmd.Stderr = &said
	stream, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	tell("building the tests in " + s.folder)
	read := &reading{suite: s, ended: map[place]string{}, printed: map[place][]string{}, builds: map[string][]string{}}
	wrong := read.all(stream, tell)
	failed := cmd.Wait()
	ended()
	if failed != nil && len(read.ended) == 0 && len(read.broken) == 0 && ctx.Err() == nil {
		return fmt.Errorf("go test in %s: %w\n%s", s.folder, failed, strings.TrimSpace(said.String()))
	}
	if wrong != nil && ctx.Err() == nil {
		return fmt.Errorf("go test in %s: %w", s.folder, wrong)
	}
	r.Packages = append(r.Packages, s.packages...)
	read.into(r, ctx.Err() != nil)
	return s.versions(context.WithoutCancel(ctx), r.Drives[len(r.Drives)-len(read.drives):])
}

func (r *reading) all(stream io.Reader, tell func(string)) error {
	for decoder := json.NewDecoder(stream); ; {
		var e event
		switch err := decoder.Decode(&e); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			_, drained := io.Copy(io.Discard, stream)
			return errors.Join(err, drained)
		}
		if err := r.event(e, tell); err != nil {
			return err
		}
	}
}

func (r *reading) event(e event, tell func(string)) error {
	at := place{e.Package, e.Test}
	switch e.Action {
	case "start":
		r.packages = append(r.packages, e.Package)
	case "run":
		r.tests = append(r.tests, at)
		tell(fmt.Sprintf("%s: %s", e.Package, e.Test))
	case "output":
		r.printed[at] = append(r.printed[at], e.Output)
	case "build-output":
		r.builds[e.ImportPath] = append(r.builds[e.ImportPath], e.Output)
	case "attr":
		if e.Key != record.Key {
			return nil
		}
		found, err := record.Parse(e.Value)
		if err != nil {
			return fmt.Errorf("%s of %s: %w", e.Test, e.Package, err)
		}
		found.Again = r.suite.fromHere(found.Again)
		r.drives = append(r.drives, Drive{Package: e.Package, Test: e.Test, ModFile: r.suite.name(), Record: found})
	case "fail":
		if e.FailedBuild != "" {
			r.broken = append(r.broken, Test{e.Package, "", r.suite.name(), outputLines(r.builds[e.FailedBuild])})
			return nil
		}
		r.ended[at] = e.Action
	case "pass", "skip":
		r.ended[at] = e.Action
	}
	return nil
}

// into adds what was read. A test that has not ended, as one that panics, has failed, unless it was interrupted.
func (r *reading) into(to *Result, interrupted bool) {
	for i := range r.drives {
		r.drives[i].Passed = r.ended[place{r.drives[i].Package, r.drives[i].Test}] == "pass"
	}
	to.Drives, to.Broken = append(to.Drives, r.drives...), append(to.Broken, r.broken...)
	told := map[string]bool{} // packages of which a test failed
	for _, at := range r.tests {
		test := Test{at.pkg, at.test, r.suite.name(), outputLines(r.printed[at])}
		inside := func(other place) bool {
			return other.pkg == at.pkg && strings.HasPrefix(other.test, at.test+"/") && r.ended[other] == r.ended[at]
		}
		switch {
		case r.ended[at] == "pass", slices.ContainsFunc(r.tests, inside):
		case r.ended[at] == "skip":
			to.Skipped = append(to.Skipped, test)
		case r.ended[at] == "fail" || !interrupted:
			to.Failed = append(to.Failed, test)
			told[at.pkg] = true
		}
	}
	for _, pkg := range r.packages {
		if at := (place{pkg, ""}); r.ended[at] == "fail" && !told[pkg] && !interrupted {
			to.Failed = append(to.Failed, Test{pkg, "", r.suite.name(), outputLines(r.printed[at])})
		}
	}
}

// outputLines are the lines that say something, without those that tell how the tests go on.
func outputLines(output []string) []string {
	list := []string{}
	for line := range strings.Lines(strings.Join(output, "")) {
		if line = strings.TrimRight(line, "\n"); line != "" && !strings.HasPrefix(line, "=== ") && !strings.HasPrefix(strings.TrimSpace(line), "--- ") {
			list = append(list, line)
		}
	}
	return list
}

// versions says of each drive the version of its module.
func (s *suite) versions(ctx context.Context, drives []Drive) error {
	known := map[string]string{"": ""}
	for i := range drives {
		module := drives[i].Module
		if _, done := known[module]; !done {
			text, err := outputOf(s.command(ctx, "list", "-m", "-f", "{{with .Replace}}{{or .Version .Path}}{{else}}{{.Version}}{{end}}", module))
			if err != nil {
				return fmt.Errorf("the module that %s of %s names: %w", drives[i].Test, drives[i].Package, err)
			}
			known[module] = strings.TrimSpace(string(text))
		}
		drives[i].Version = known[module]
	}
	return nil
}
