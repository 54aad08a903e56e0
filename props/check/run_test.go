package check_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/props/check"
)

// A failing is a test that is told that it fails, and what it says.
type failing struct {
	*testing.T
	failed, logged string
}

func (f *failing) Fatal(args ...any) { f.failed = fmt.Sprint(args...); panic(f) }
func (f *failing) Log(args ...any)   { f.logged = fmt.Sprint(args...) }

// A run that is kept as a test passes as long as its steps are possible, and else says which is not.
func TestARunIsRequired(t *testing.T) {
	m := ledger{}.model()
	check.RequireRun(t, m, "clerk 0 reads 0\nclerk 1 reads 0\n")
	check.RequireRun(t, m, "")
	f := &failing{T: t}
	assert.PanicsWithValue(t, f, func() { check.RequireRun(f, m, "clerk 0 reads 0\nclerk 1 reads 7\n") })
	assert.Contains(t, f.failed, "check: step 2, clerk 1 reads 7, is not possible in the state that the steps before it lead to")
	assert.Contains(t, f.failed, "1. clerk 0 reads 0")
}

// With CHECK_REPLAY, a run of which nothing is claimed is told, or fails where it is not possible.
func TestAKeptRunOfWhichNothingIsClaimedIsReplayed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "path.txtar")
	t.Setenv("CHECK_REPLAY", file)
	keep := func(step string) {
		require.NoError(t, os.WriteFile(file, []byte("-- property --\n(none)\n-- steps --\n"+step+"\n"), 0o666))
	}
	keep("clerk 1 reads 0")
	f := &failing{T: t}
	check.Require(f, ledger{}.model(), check.Never("p", func(*office) bool { return true }))
	assert.Contains(t, f.logged, "1. clerk 1 reads 0")
	keep("clerk 1 reads 1")
	assert.Panics(t, func() { check.Require(&failing{T: t}, ledger{}.model()) })
}
