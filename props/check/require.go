package check

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"pkgdist/props/check/show"
)

// replayVariable is the environment variable with which a test that calls Require replays a kept counterexample instead of
// exploring: it names the file.
const replayVariable = "CHECK_REPLAY"

// tester is what Require needs of a *testing.T, a *testing.B or a *testing.F.
type tester interface {
	Helper()
	Name() string
	Context() context.Context
	ArtifactDir() string
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
	if file := os.Getenv(replayVariable); file != "" {
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
	kept, err := keep(t, shortest)
	if err != nil {
		t.Fatal(text + "\nthe counterexample was not kept: " + err.Error())
	}
	t.Fatal(text + "\n" + kept)
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

// keep writes the page and the kept file of a verdict, and says what opens the one and replays the other.
func keep[S any, T comparable](t tester, v *Verdict[S, T]) (string, error) {
	dir, err := artifacts(t)
	if err != nil {
		return "", err
	}
	d := v.Document()
	d.Name = show.FileName(v.Property.name)
	page, file := filepath.Join(dir, d.Name+".html"), filepath.Join(dir, d.Name+".txtar")
	again := fmt.Sprintf("%s=%s go test -count=1 -run '^%s$' %s", replayVariable, quoted(file), strings.ReplaceAll(t.Name(), "/", "$/^"), packageOfTest())
	d.Rerun = []string{again}
	for path, format := range map[string]string{page: "html", file: "txtar"} {
		f, err := show.FindFormat(format)
		if err != nil {
			return "", err
		}
		text, err := f.Bytes(d)
		if err != nil {
			return "", err
		}
		if err := show.WriteFile(path, text); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("look at it:   %s %s\nrun it again: %s", opener(), quoted(page), again), nil
}

// artifacts is a folder whose files are still there when the test has ended.
func artifacts(t tester) (string, error) {
	if f := flag.Lookup("test.artifacts"); f != nil && f.Value.String() == "true" {
		return t.ArtifactDir(), nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	dir := filepath.Join(cache, "pkgdist", show.FileName(packageOfTest()), show.FileName(t.Name()))
	return dir, os.MkdirAll(dir, 0o777)
}

// opener is the command that opens a page.
func opener() string {
	switch runtime.GOOS {
	case "darwin":
		return "open"
	case "windows":
		return "start"
	}
	return "xdg-open"
}

// quoted is a path as a shell reads it.
func quoted(path string) string {
	if strings.ContainsAny(path, " '\"$&;()*?!\\`") {
		return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
	}
	return path
}

// packageOfTest is the import path of the package whose test calls Require.
func packageOfTest() string {
	var counters [32]uintptr
	frames := runtime.CallersFrames(counters[:runtime.Callers(1, counters[:])])
	for more := true; more; {
		var f runtime.Frame
		f, more = frames.Next()
		if strings.HasSuffix(f.File, "_test.go") {
			slash := strings.LastIndex(f.Function, "/") + 1
			name, _, _ := strings.Cut(f.Function[slash:], ".")
			return strings.TrimSuffix(f.Function[:slash]+name, "_test")
		}
	}
	return "."
}

// requireReplay replays a kept counterexample of one of the properties.
func requireReplay[S any, T comparable](t tester, m Model[S, T], properties []Property[S], file string) {
	t.Helper()
	kept, err := show.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	if kept.Property == "" { // nothing is claimed of the run
		run, err := m.Run(lines(kept))
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
	v, err := m.ReplayLines(properties[i], lines(kept), len(kept.Steps))
	if err == nil {
		t.Fatal(v.String())
	}
	t.Log(fmt.Sprintf("%s is not reproduced: %v\n%v", file, err, *v.Trace))
}

func lines(kept *show.Kept) []string {
	var list []string
	for _, line := range slices.Concat(kept.Steps, kept.Loop) {
		list = append(list, line.Text)
	}
	return list
}

// RequireRun stops the test unless the steps, one a line, can be taken from an initial state. It keeps a run as a test.
func RequireRun[S any, T comparable](t tester, m Model[S, T], steps string) {
	t.Helper()
	kept, err := show.Parse(t.Name(), []byte("-- property --\n(none)\n-- steps --\n"+strings.TrimPrefix(steps, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	if run, err := m.Run(lines(kept)); err != nil {
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
	if v, err := m.ReplayLines(property, lines(kept), len(kept.Steps)); err != nil {
		t.Fatal(fmt.Sprintf("%v\nup to there:\n%v", err, *v.Trace))
	}
}
