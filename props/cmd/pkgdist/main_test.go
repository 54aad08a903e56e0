package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"pkgdist/props/internal/testbrowser"
)

func TestMain(m *testing.M) {
	testscript.Main(testbrowser.M{M: m}, map[string]func(){"pkgdist": main, "measured": measured})
}

// The stories that are told to users: each file in testdata is one, with what
// it prints.
func TestCommand(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "mod": mod},
		Condition:           func(name string) (bool, error) { return name == "big" && *big, nil },
		Setup: func(env *testscript.Env) error {
			for _, name := range []string{"GOCACHE", "GOMODCACHE"} { // a script has no home
				value, err := exec.CommandContext(t.Context(), "go", "env", name).Output()
				if err != nil {
					return err
				}
				env.Setenv(name, strings.TrimSpace(string(value)))
			}
			// A script is text, so this cannot stand in it.
			return os.WriteFile(filepath.Join(env.WorkDir, "binary.dat"), []byte("ELF\x7f\x00\x01"), 0o666)
		},
	})
}

// mod makes a folder a module that requires this one, and the modules in the folders besides: "mod stock shop". The file is
// go.mod, or the one that is named: "mod stock/old.mod shop".
func mod(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: mod FOLDER|FILE [MODULE=FOLDER…]")
	}
	project, err := filepath.Abs(root)
	ts.Check(err)
	own, err := os.ReadFile(filepath.Join(project, "go.mod"))
	ts.Check(err)
	sums, err := os.ReadFile(filepath.Join(project, "go.sum"))
	ts.Check(err)
	file := ts.MkAbs(args[0])
	if filepath.Ext(file) != ".mod" {
		file = filepath.Join(file, "go.mod")
	}
	text := strings.Replace(string(own), "module pkgdist", "module example.com/"+filepath.Base(filepath.Dir(file)), 1)
	text = regexp.MustCompile(`(?m)^tool .*$`).ReplaceAllString(text, "") + "\nrequire pkgdist v0.0.0\nreplace pkgdist => " + project + "\n"
	for _, arg := range args[1:] {
		module, folder, _ := strings.Cut(arg, "=")
		text += fmt.Sprintf("require %s v0.0.0\nreplace %s => %s\n", module, module, folder)
	}
	ts.Check(os.WriteFile(file, []byte(text), 0o666))
	ts.Check(os.WriteFile(strings.TrimSuffix(file, ".mod")+".sum", sums, 0o666))
}

// exits runs a command and compares its exit code: "exits 2 pkgdist check …".
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARG…]")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := "0"
	if e, ok := err.(interface{ ExitCode() int }); ok {
		code = strconv.Itoa(e.ExitCode())
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if code != args[0] {
		ts.Fatalf("exit code %s, want %s", code, args[0])
	}
}
