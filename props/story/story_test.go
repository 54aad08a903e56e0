package story_test

import (
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/props/check"
	"pkgdist/props/counterexample"
	"pkgdist/props/run"
	"pkgdist/props/story"
)

func kept(t *testing.T, name string) story.Story {
	t.Helper()
	ce, err := counterexample.Read(filepath.Join("../../fixtures/counterexamples", name))
	require.NoError(t, err)
	r, err := run.Again(ce, check.FairAsModelled)
	require.NoError(t, err)
	require.True(t, r.Reproduced)
	return story.Story{System: r.System, Claim: r.Claim, Trace: r.Trace, Loop: r.Loop, Wrong: r.Wrong}
}

func TestStoriesFitATerminal(t *testing.T) {
	files, err := filepath.Glob("../../fixtures/counterexamples/*.txtar")
	require.NoError(t, err)
	for _, file := range files {
		var b strings.Builder
		kept(t, filepath.Base(file)).Explain(&b)
		for line := range strings.Lines(b.String()) {
			line = strings.TrimRight(line, "\n")
			// One phrase is never broken, however long the lists in it are.
			assert.LessOrEqual(t, utf8.RuneCountInString(line), 110, line)
			assert.Equal(t, strings.TrimRight(line, " "), line)
		}
	}
}

// A story names every step by its sentence and number, and all that changed.
func TestAStoryTellsEveryStepAndEveryChange(t *testing.T) {
	s := kept(t, "stuck-after-overlap.txtar")
	var b strings.Builder
	s.Write(&b)
	words := strings.Join(strings.Fields(b.String()), " ")
	for i, step := range s.Trace.Steps {
		assert.Contains(t, words, s.System.Sentence(step))
		was, is := s.System.Describe(&s.Trace.States[i]), s.System.Describe(&s.Trace.States[i+1])
		lines := strings.Join(story.Changes(s.System, &s.Trace.States[i], &s.Trace.States[i+1]), "\n")
		changes := 0
		for f := range is {
			if was[f] != is[f] {
				changes++
				assert.Contains(t, lines, is[f].Label+" "+was[f].Value+" -> "+is[f].Value)
			}
		}
		assert.Equal(t, changes, strings.Count(lines, " -> "))
	}
	assert.True(t, strings.HasSuffix(words, "=> "+s.Wrong))
}

func TestALoopIsMarked(t *testing.T) {
	var b strings.Builder
	s := kept(t, "loop-under-rescan-timer.txtar")
	s.Write(&b)
	before, after, found := strings.Cut(b.String(), "      From here on, again and again for ever:\n")
	require.True(t, found)
	assert.Contains(t, before, "  29. ")
	assert.True(t, strings.HasPrefix(after, "  30. "))
	assert.Contains(t, after, "      And so on with step 30.\n")
}

func TestAnExplanationSaysWhatBecomesPossible(t *testing.T) {
	var b strings.Builder
	kept(t, "one-version-among-writers.txtar").Explain(&b)
	first, _, _ := strings.Cut(b.String(), "   2. ")
	assert.Contains(t, first, "        now possible: administrator.update(site=A package=P version=2),\n                      manager.start(site=A package=P version=1)\n")
	assert.NotContains(t, first, "no longer possible")
	b.Reset()
	kept(t, "stuck-without-overlap.txtar").Explain(&b)
	assert.Contains(t, b.String(), "no longer possible: ")
}
