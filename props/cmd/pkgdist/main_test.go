package main

import (
	"os"
	"path/filepath"
	"strconv"
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
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
		Setup: func(env *testscript.Env) error {
			// A script is text, so this cannot stand in it.
			return os.WriteFile(filepath.Join(env.WorkDir, "binary.dat"), []byte("ELF\x7f\x00\x01"), 0o666)
		},
	})
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
