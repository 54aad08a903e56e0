package run_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
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
	timer := explore(t, load("article"), design(model.RescanTimer.String()))
	loop, err := props.Find("incoming-drains")
	require.NoError(t, err)
	want["loop-under-rescan-timer"] = timer.Counterexample(loop)
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

// overlaps: two writers of the package at site B hold different versions.
func overlaps(sys *model.System) func(*model.State) bool {
	claim, err := props.Find("one-version-among-writers")
	if err != nil {
		panic(err)
	}
	return func(s *model.State) bool { return claim.Wrong(sys, s, s) != "" }
}

// history is a state that remembers whether the run has been through the race.
type history struct {
	model.State
	raced bool
}

func withHistory(sys *model.System) check.Model[history, model.Step] {
	overlap := overlaps(sys)
	after := func(raced bool, s model.State) history { return history{s, raced || overlap(&s)} }
	return check.Model[history, model.Step]{
		Init: func() (initial []history) {
			for _, s := range sys.Init() {
				initial = append(initial, after(false, s))
			}
			return initial
		},
		Steps: func(h history, yield func(model.Step, history)) {
			sys.Steps(h.State, func(step model.Step, next model.State) { yield(step, after(h.raced, next)) })
		},
		Environment: sys.Environment,
	}
}

// stuck tells the article's symptom twice: with the race that the article names
// as its cause, and without it.
func stuck(t *testing.T) map[string]*counterexample.Counterexample {
	sys, err := model.NewSystem(load("article").Scope, model.SMS20)
	require.NoError(t, err)
	// A .PKG lies in INCOMING, and the site believes that it stores an earlier version than it announces.
	ahead := func(s *model.State) bool {
		p := s.Sites[1].Packages[0]
		return p.Incoming.Lowest() > p.Row.Stored
	}
	stuck := func(s *model.State) bool { return s.Sites[1].Packages[0].Incoming != 0 }
	traces := []check.Property[history]{
		check.Never("stuck-after-overlap", func(h *history) bool { return h.raced && ahead(&h.State) }).OnlyAtRest(),
		check.Never("stuck-without-overlap", func(h *history) bool { return !h.raced && stuck(&h.State) }).OnlyAtRest(),
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
	result, err := check.Exhaustive(t.Context(), withHistory(sys), traces, check.Options{})
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
		seen := false
		for i := range r.Trace.States {
			seen = seen || overlaps(r.System)(&r.Trace.States[i])
		}
		assert.Equal(t, race, seen, name)

		ce.Design = model.ExclusiveSource.String()
		r, err = run.Again(ce, "")
		require.NoError(t, err)
		assert.Equal(t, !race, r.Reproduced, "%s with a lock: %v", name, r.Stopped)
	}
}
