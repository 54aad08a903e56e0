package main

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var big = flag.Bool("big", false, "also build the modules of one's own that the READMEs show, and run every command that they give (a minute)")

// A module of one's own, made by the commands of the README.
type module struct {
	t                 *testing.T
	dir, temp, builds string // the module, the user's caches, and what is built
}

// newModule makes the module. The sums are those of the project, so that they
// need not be asked for: a machine that has built the project downloads nothing.
func newModule(t *testing.T, name string, files map[string]string) *module {
	t.Helper()
	if !*big {
		t.Skip("builds modules of one's own, which takes half a minute: -big")
	}
	project, err := filepath.Abs(root)
	require.NoError(t, err)
	builds, err := exec.CommandContext(t.Context(), "go", "env", "GOCACHE").Output()
	require.NoError(t, err)
	m := &module{t, filepath.Join(t.TempDir(), name), t.TempDir(), strings.TrimSpace(string(builds))}
	require.NoError(t, os.Mkdir(m.dir, 0o777))
	m.write("go.sum", file(t, filepath.Join(root, "go.sum")))
	seen := 0
	for _, args := range shellCommands(file(t, readme)) {
		if args[1] != "mod" && args[1] != "get" {
			continue
		}
		seen++
		line := strings.NewReplacer("../pkgdist", project, "example.com/mutex", "example.com/"+name).Replace(strings.Join(args, " "))
		out, ok := m.shell(line)
		require.True(t, ok, "%s: %s", line, out)
	}
	require.Equal(t, 4, seen)
	for path, text := range files {
		m.write(path, text)
	}
	return m
}

func (m *module) write(name, text string) {
	m.t.Helper()
	require.NoError(m.t, os.WriteFile(filepath.Join(m.dir, name), []byte(text), 0o666))
}

// shell runs a command in the module, and returns what it prints and whether it
// ends with 0.
func (m *module) shell(line string) (out string, ok bool) {
	m.t.Helper()
	cmd := exec.CommandContext(m.t.Context(), "sh", "-c", line)
	cmd.Dir = m.dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOCACHE="+m.builds, "XDG_CACHE_HOME="+m.temp)
	text, err := cmd.CombinedOutput()
	if _, failed := err.(*exec.ExitError); !failed {
		require.NoError(m.t, err, line)
	}
	return string(text), err == nil
}

var (
	took     = regexp.MustCompile(`\(\d+\.\d\ds\)`)
	trailing = regexp.MustCompile(`(?m) +$`)
)

// shown is the output of a test as a README shows it: on another machine, and
// without spaces at the ends of lines.
func (m *module) shown(out string) string {
	out = strings.NewReplacer(m.temp, "~/.cache", "it:   open ", "it:   xdg-open ").Replace(took.ReplaceAllString(out, "(0.00s)"))
	return trailing.ReplaceAllString(out, "")
}

func (m *module) fails(line string) string {
	m.t.Helper()
	out, ok := m.shell(line)
	require.False(m.t, ok, "%s: expected a failing test, found %s", line, out)
	return out
}

func (m *module) passes(line string) string {
	m.t.Helper()
	out, ok := m.shell(line)
	require.True(m.t, ok, "%s: %s", line, out)
	return out
}

// again is the command that a failing test gives to replay its counterexample.
var again = regexp.MustCompile(`run it again: (.*)\n`)

// The README's model of one's own is what it says, in a module of its own: the
// test fails as shown, its counterexample replays, and the mended model passes.
func TestReadmeModule(t *testing.T) {
	text := file(t, readme)
	code, shown := blocks(text, "go"), failures(text)
	require.Len(t, code, 1)
	require.Len(t, shown, 1)
	m := newModule(t, "mutex", map[string]string{"mutex_test.go": code[0]})
	assert.Contains(t, file(t, filepath.Join(m.dir, "go.mod")), "\tpkgdist v0.0.0-")

	out := m.fails("go test .")
	assert.Equal(t, shown[0], m.shown(out)[:min(len(shown[0]), len(m.shown(out)))])
	replay := again.FindStringSubmatch(out)
	require.Len(t, replay, 2, out)
	assert.Contains(t, m.fails(replay[1]), "violated after 4 steps")

	const bug, mended = `next.At[i] = "at the door"`, `next.At[i], next.Locked = "inside", true`
	assert.Contains(t, strings.ReplaceAll(text, "\n", " "), "(`"+mended+"` instead of `"+bug+"`)")
	m.write("mutex_test.go", strings.Replace(code[0], bug, mended, 1))
	m.passes("go test .")
	assert.Contains(t, m.passes(replay[1]+" -v"), "is not reproduced")

	assert.Contains(t, m.passes("go tool pkgdist check --list"), "Scenarios")
	m.passes("go mod edit -require=pkgdist@v0.0.0")
	m.passes("go test .")
}

// So is the library's README, whose states hold a slice and a map.
func TestReadmeModuleWithMaps(t *testing.T) {
	text := file(t, checkRead)
	code, shown := blocks(text, "go"), failures(text)
	require.Len(t, code, 2)
	require.Len(t, shown, 1)
	m := newModule(t, "jobs", map[string]string{"jobs_test.go": code[0], "more_test.go": code[1]})
	out := m.shown(m.fails("go test -run '^TestJobs$' ."))
	assert.Equal(t, shown[0], out[:min(len(shown[0]), len(out))])
	m.passes("go test -run '^TestForgottenJob$' .")
	assert.Contains(t, m.fails("go test -run '^TestWalks$' ."), "always all-done: violated after 4 steps")
}

// And so is the page on code that is held against a model: it fails as shown, and the mended code passes.
func TestReadmeModuleThatConforms(t *testing.T) {
	text := file(t, conformRead)
	code, shown := slices.DeleteFunc(blocks(text, "go"), func(block string) bool { return !strings.HasPrefix(block, "package ") }), failures(text)
	require.Len(t, code, 3)
	require.Len(t, shown, 2)
	m := newModule(t, "stock", map[string]string{"stock.go": code[0], "stock_test.go": code[1], "log_test.go": code[2]})
	for i, name := range []string{"TestBuy", "TestLog"} {
		out := m.shown(m.fails("go test -run '^" + name + "$' ."))
		assert.Equal(t, shown[i], out[:min(len(shown[i]), len(out))])
	}
	tables := slices.DeleteFunc(blocks(text, "text"), func(block string) bool { return !strings.HasPrefix(block, "  verdict ") })
	require.Len(t, tables, 1)
	assert.Contains(t, m.fails("go tool pkgdist conform --run TestBuy"), tables[0])
	const bug, mended = "s.Replace(n, n-1)\n\treturn true", "return s.Replace(n, n-1) || Buy(s)"
	require.Contains(t, code[0], bug)
	assert.Contains(t, text, "With `"+mended+"` for its last two lines")
	m.write("stock.go", strings.Replace(code[0], bug, mended, 1))
	passed := regexp.MustCompile("`(driven: [^`]*)`").FindStringSubmatch(text)
	require.Len(t, passed, 2)
	assert.Contains(t, m.passes("go test -v -run '^TestBuy$' ."), passed[1])
}

// Without the replace line, the errors are those that the README names.
func TestReadmeModuleWithoutReplace(t *testing.T) {
	text := strings.Join(strings.Fields(file(t, readme)), " ")
	m := newModule(t, "lost", map[string]string{"lost_test.go": "package lost\n\nimport _ \"pkgdist/props/check\"\n"})
	for command, message := range map[string]string{
		"go get pkgdist/props/check": `malformed module path "pkgdist/props/check": missing dot in first path element`,
		"go vet .":                   "package pkgdist/props/check is not in std",
	} {
		m.write("go.mod", "module example.com/lost\n\ngo 1.26\n")
		assert.Contains(t, m.fails(command), message)
		assert.Contains(t, text, "`"+message+"`")
	}
}
