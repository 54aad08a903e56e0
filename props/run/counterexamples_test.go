package run_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
	"pkgdist/props/check/show"
	"pkgdist/props/counterexample"
	"pkgdist/props/run"
)

const kept = "../../fixtures/counterexamples"

// A kept counterexample is the shortest there is: the files are what the search
// finds today, to the letter.
func TestKeptCounterexamplesAreCurrent(t *testing.T) {
	want := map[string]*counterexample.Counterexample{}
	article := explore(t, load("article"), model.SMS20)
	duplicates := explore(t, load("duplicates"), model.SMS20)
	for _, r := range []*run.Run{article, duplicates} {
		for _, c := range r.Claims {
			v := r.Result.Verdict(c.Name)
			// Duplicates break what the article's own scenario does not.
			if v.Outcome == check.Violated && (r == article || article.Result.Verdict(c.Name).Outcome != check.Violated) {
				want[c.Name] = r.Counterexample(c)
			}
		}
	}
	for name, of := range map[string][3]string{
		"loop-under-rescan-timer":    {"article", "rescan-timer", "incoming-drains"},
		"overlap-heals":              {"received-meanwhile", "sms20", "overlap-heals"},
		"no-second-update":           {"no-second-update", "sms20", "incoming-empty-at-rest"},
		"too-early-for-the-dps":      {"article", "workaround-wait-dps", "incoming-empty-at-rest"},
		"too-early-for-the-package":  {"article", "workaround-wait-package", "incoming-empty-at-rest"},
		"two-writers-while-it-waits": {"two-packages", "workaround-wait-package", "one-version-among-writers"},
	} {
		claim, err := props.Find(of[2])
		require.NoError(t, err)
		want[name] = explore(t, load(of[0]), design(of[1]), of[2]).Counterexample(claim)
	}
	for name, ce := range stuck(t) {
		want[name] = ce
	}
	for name, ce := range want {
		ce.Name = name
		path := filepath.Join(kept, name+".txtar")
		if *update {
			require.NoError(t, counterexample.Write(path, ce))
		}
		got, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, string(ce.Format()), string(got), name)
	}
}

// stuck tells the article's symptom twice: with the race that the article names
// as its cause, and without it.
func stuck(t *testing.T) map[string]*counterexample.Counterexample {
	sys, err := model.NewSystem(load("article").Scope, model.SMS20)
	require.NoError(t, err)
	// A .PKG lies in INCOMING; after the race the site believes that it stores an earlier version than it announces.
	at := func(s *model.State) *model.PackageState { return &s.Sites[1].Packages[0] }
	traces := []check.Property[model.State]{
		check.Never("stuck-after-overlap", func(s *model.State) bool { return at(s).Incoming.Lowest() > at(s).Row.Stored }).OnlyAtRest(),
		check.Never("stuck-without-overlap", func(s *model.State) bool { return at(s).Incoming != 0 }).OnlyAtRest(),
	}
	why := map[string]string{
		"stuck-after-overlap": `The story of Q235788. Distribution Manager is decompressing version 1 when
Despooler stores version 2: two writers with different version numbers. The
.PKG of version 2 arrives while the replication thread is busy, so that nobody
hears the notification. Then Distribution Manager writes its row back, and the
site believes that it stores version 1. Nothing looks at INCOMING again, and
whoever looked would skip the file.`,
		"stuck-without-overlap": `The same symptom without the race: no two writers ever overlap. The .PKG of
version 2 arrives while the replication thread is busy, so that nobody hears
the notification, and nothing looks at INCOMING again.`,
	}
	found := map[string]*counterexample.Counterexample{}
	result, err := check.Exhaustive(t.Context(), props.Model(sys), traces, check.Options{})
	require.NoError(t, err)
	for _, v := range result.Verdicts {
		name := v.Property.Name()
		require.Equal(t, check.Violated, v.Outcome, fmt.Sprint(name, v.Reason))
		ce := &counterexample.Counterexample{Scenario: load("article"), Design: model.SMS20.Name}
		ce.Why, ce.Property = why[name], "accepted-served-at-rest"
		for _, step := range v.Trace.Steps {
			ce.Steps = append(ce.Steps, counterexample.Line{Text: sys.Format(step)})
		}
		found[name] = ce
	}
	return found
}

// Each file runs again, under the design it names, whoever has put it there.
func TestKeptCounterexamplesAreReproduced(t *testing.T) {
	for _, file := range keptFiles(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) { isReproduced(t, file) })
	}
}

func isReproduced(t *testing.T, file string) {
	ce, err := counterexample.Read(file)
	require.NoError(t, err)
	r, err := run.Again(ce, "")
	require.NoError(t, err)
	assert.True(t, r.Reproduced, "%s: %v", file, r.Stopped)
	assert.Equal(t, check.Violated, r.Outcome)

	last := &ce.Steps
	if len(ce.Loop) > 0 {
		last = &ce.Loop
	}
	*last = (*last)[:len(*last)-1]
	r, err = run.Again(ce, "")
	require.NoError(t, err)
	assert.False(t, r.Reproduced, "%s: reproduced without its last step", file)
	assert.Equal(t, check.Inconclusive, r.Outcome)
}

// The two stories of the symptom are what they say: the one passes through the
// race, the other does not and so is possible with a lock as well.
func TestTheSymptomComesWithTheRaceAndWithoutIt(t *testing.T) {
	for name, race := range map[string]bool{"stuck-after-overlap": true, "stuck-without-overlap": false} {
		ce, err := counterexample.Read(filepath.Join(kept, name+".txtar"))
		require.NoError(t, err)
		r, err := run.Again(ce, "")
		require.NoError(t, err)
		claim, err := props.Find("one-version-among-writers")
		require.NoError(t, err)
		seen := slices.ContainsFunc(r.Trace.States, func(s model.State) bool { return claim.Wrong(r.System, &s, &s) != "" })
		assert.Equal(t, race, seen, name)

		ce.Design = model.ExclusiveSource.String()
		r, err = run.Again(ce, "")
		require.NoError(t, err)
		assert.Equal(t, !race, r.Reproduced, "%s with a lock: %v", name, r.Stopped)
	}
}

// What the READMEs say of kept counterexamples.
func TestKeptCounterexamplesAreAsLongAsTheReadmesSay(t *testing.T) {
	for name, steps := range map[string]int{
		"no-second-update": 29, "too-early-for-the-package": 31, "too-early-for-the-dps": 30, "two-writers-while-it-waits": 47, "overlap-heals": 28,
	} {
		ce, err := counterexample.Read(filepath.Join(kept, name+".txtar"))
		require.NoError(t, err)
		assert.Len(t, ce.Steps, steps, name)
		if name == "no-second-update" {
			assert.NotContains(t, string(ce.Format()), "version=2")
		}
	}
}

// Who sees only the last three lines of a story knows which step decided its end.
func TestTheLastLinesOfAStoryNameItsCause(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(kept, "*.txtar"))
	require.NoError(t, err)
	for _, file := range files {
		ce, err := counterexample.Read(file)
		require.NoError(t, err)
		r, err := run.Again(ce, "")
		require.NoError(t, err)
		var story strings.Builder
		require.NoError(t, show.Text{}.Story(&story, r.Document(file, ce)))
		lines := strings.Split(strings.TrimSpace(story.String()), "\n")
		assert.Regexp(t, `Step \d+ decides it: `, strings.Join(lines[len(lines)-3:], "\n"), file)
	}
}
