// Package keep keeps what a failing test has found: as a page, and as a file that the test can run again.
package keep

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"pkgdist/props/check/show"
)

// Variable is the environment variable with which a test runs a kept file again, and does nothing else: it names the file.
const Variable = "CHECK_REPLAY"

// Test is what is needed of a *testing.T, a *testing.B or a *testing.F.
type Test interface {
	Name() string
	ArtifactDir() string
}

// Files are what was kept of a run.
type Files struct{ Page, Again string }

// String says what opens the page, and what runs the file again.
func (f Files) String() string {
	return fmt.Sprintf("look at it:   %s %s\nrun it again: %s", opener(), quoted(f.Page), f.Again)
}

// Keep writes the page and the kept file of a document, both under that name.
func Keep(t Test, name string, d *show.Document) (Files, error) {
	dir, err := artifacts(t)
	if err != nil {
		return Files{}, err
	}
	d.Name = show.FileName(name)
	page, file := filepath.Join(dir, d.Name+".html"), filepath.Join(dir, d.Name+".txtar")
	again := fmt.Sprintf("%s=%s go test -count=1 -run '^%s$' %s", Variable, quoted(file), strings.ReplaceAll(t.Name(), "/", "$/^"), packageOfTest())
	d.Rerun = []string{again}
	for path, format := range map[string]string{page: "html", file: "txtar"} {
		f, err := show.FindFormat(format)
		if err != nil {
			return Files{}, err
		}
		text, err := f.Bytes(d)
		if err != nil {
			return Files{}, err
		}
		if err := show.WriteFile(path, text); err != nil {
			return Files{}, err
		}
	}
	return Files{page, again}, nil
}

// artifacts is a folder whose files are still there when the test has ended.
func artifacts(t Test) (string, error) {
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
