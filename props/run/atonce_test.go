package run_test

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"

	"pkgdist/props/check"
	"pkgdist/props/run"
)

func TestSearchesAtOnceShareWhatIsAllowed(t *testing.T) {
	n, each := run.AtOnce(check.Options{Workers: 4, MaxMemory: 4000, MaxStates: 7, Progress: func(check.Progress) {}})
	assert.Equal(t, 4, n)
	assert.Nil(t, each.Progress, "several searches would show theirs at once")
	each.Progress = nil
	assert.Equal(t, check.Options{Workers: 1, MaxMemory: 1000, MaxStates: 7}, each)

	n, each = run.AtOnce(check.Options{})
	assert.Equal(t, runtime.GOMAXPROCS(0), n)
	assert.Zero(t, each.MaxMemory, "no limit stays none")
	_, each = run.AtOnce(check.Options{Workers: 4, MaxMemory: 3})
	assert.Positive(t, each.MaxMemory, "a small limit stays one")
}
