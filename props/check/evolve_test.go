package check_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/props/check"
)

// corridor leads from 0 to 3 by steps with names, which change as the model grows older.
type corridor map[string][2]int

func (c corridor) model() check.Model[int, string] {
	return check.Model[int, string]{Init: func() []int { return []int{0} }, Steps: c.Steps}
}

func (c corridor) Steps(s int, yield func(string, int)) {
	for _, name := range []string{"go", "turn", "stop", "halt", "rest"} {
		if way, ok := c[name]; ok && way[0] == s {
			yield(name, way[1])
		}
	}
}

// A kept trace outlives the model that it was found in: it is reproduced, or it is known which step is the first that is
// not possible any more.
func TestATraceOutlivesChangesOfTheModel(t *testing.T) {
	kept := []string{"go", "turn", "stop"}
	original := corridor{"go": {0, 1}, "turn": {1, 2}, "stop": {2, 3}}
	for name, c := range map[string]struct {
		model corridor
		at    int // of the step that is gone, or -1
	}{
		"as it was":             {original, -1},
		"with a harmless step":  {corridor{"go": {0, 1}, "rest": {1, 1}, "turn": {1, 2}, "stop": {2, 3}}, -1},
		"with a step removed":   {corridor{"go": {0, 1}, "stop": {2, 3}}, 1},
		"with a step renamed":   {corridor{"go": {0, 1}, "turn": {1, 2}, "halt": {2, 3}}, 2},
		"with a step from afar": {corridor{"go": {0, 1}, "turn": {7, 2}, "stop": {2, 3}}, 1},
		"with no way to begin":  {corridor{"turn": {1, 2}, "stop": {2, 3}}, 0},
	} {
		v, err := check.Replay(c.model.model(), check.Never("stopped", is(3)), 0, kept, 0)
		if c.at < 0 {
			require.NoError(t, err, name)
			assert.Equal(t, []int{0, 1, 2, 3}, v.Trace.States, name)
			continue
		}
		var gone *check.ReplayError
		require.True(t, errors.As(err, &gone), name)
		assert.Equal(t, c.at, gone.At, name)
		assert.Equal(t, kept[c.at], gone.Text, name)
		assert.Len(t, v.Trace.States, c.at+1, name)
	}
}
