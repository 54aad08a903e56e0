package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
	"pkgdist/props/lattice"
	"pkgdist/props/report"
	"pkgdist/props/scenario"
)

// A single set that is not decided leaves the answer open, and the text says so
// wherever it matters, and nowhere else.
func TestASetThatIsNotDecidedLeavesTheAnswerOpen(t *testing.T) {
	sc, err := scenario.Load("cannot-apply")
	require.NoError(t, err)
	l, err := lattice.Search(t.Context(), sc, []string{"incoming-drains", "accepted-reaches-all-dps", "one-version-among-writers"}, lattice.Options{})
	require.NoError(t, err)
	whole := *l
	text := func(undecided ...model.Mechanism) string {
		*l = whole
		if len(undecided) > 0 {
			l.Sets[model.Mechanisms(undecided...)] = lattice.Verdicts{Inconclusive: 1}
		}
		var b bytes.Buffer
		require.NoError(t, report.Screen{}.AllDesigns(&b, []*scenario.Scenario{sc}, l, nil))
		return b.String()
	}
	said := text()
	assert.Equal(t, exitHolds, enough(l))
	assert.Contains(t, said, "\nOf 1,024 sets of 10 mechanisms, 640 are enough. The smallest:\n  rescan-timer\n")
	assert.Contains(t, said, "  rescan-timer          can be replaced by latched-notification+rescan-on-done\n")
	assert.Contains(t, said, "  in no smallest set: exclusive-source, ")
	assert.NotContains(t, said, "nown")

	said = text(model.LatchedNotification) // insufficient, if it were known
	assert.Equal(t, exitInconclusive, enough(l))
	assert.Regexp(t, `\AInconclusive: 1 set, under which not every verdict is known`, said)
	assert.Contains(t, said, "\nOf 1,024 sets of 10 mechanisms, at least 640 are enough. Of these nothing can be left out:\n  rescan-timer\n"+
		"Enough, and not known whether something can be left out:\n  latched-notification+rescan-on-done\n"+
		"Not known whether enough, while every part is not:\n  latched-notification\n")
	assert.Contains(t, said, "  rescan-timer          not known what can replace it\n")
	assert.Contains(t, said, "  in no smallest set: exclusive-source, ", "no set with it can be one, whatever becomes of the other")
	assert.Contains(t, said, "  not known whether in a smallest set: latched-notification, rescan-on-done\n")

	said = text(model.ExclusiveSource, model.RescanTimer) // beyond the smallest
	assert.Equal(t, exitInconclusive, enough(l))
	assert.Contains(t, said, "\nOf 1,024 sets of 10 mechanisms, at least 639 are enough. The smallest:\n  rescan-timer\n  latched-notification+rescan-on-done\n\n")
	assert.NotContains(t, said, "not known whether in a smallest set")

	for set := range l.Sets {
		l.Sets[set] = lattice.Verdicts{Violated: 1, Inconclusive: 2}
	}
	assert.Equal(t, exitViolated, enough(l), "that no set is enough is known")
	l.Sets[0] = lattice.Verdicts{Inconclusive: 1}
	assert.Equal(t, exitInconclusive, enough(l))
}
