package props_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
)

// A change makes a state of the article's scenario out of one where all is
// well: site B stores and serves version 1, and .PKG 1 was applied.
type change func(s *model.State, b *model.SiteState, p *model.PackageState)

func system(t testing.TB) *model.System {
	t.Helper()
	sys, err := model.NewSystem(model.Scope{
		Sites:    []model.Site{{Name: "A", Parent: model.NoParent}, {Name: "B", Kind: model.Secondary, DPs: 2}},
		Packages: []string{"P"}, Updates: 2, Threads: 1, Copies: 1,
		Faults: [model.NumFaults]int{model.DespoolerCrash: 1, model.ManagerCrash: 1},
	}, model.SMS20)
	require.NoError(t, err)
	return sys
}

func state(changes ...change) *model.State {
	s := &model.State{}
	one := model.Content{Version: 1}
	s.FaultsLeft[model.DespoolerCrash], s.FaultsLeft[model.ManagerCrash] = 1, 1
	s.Sites[0].Packages[0] = model.PackageState{Copy: one, Row: model.Row{Source: 1, Stored: 1}, Reported: 1}
	s.Sites[1].Packages[0] = model.PackageState{Copy: one, Row: model.Row{Source: 1, Stored: 1, Refresh: 1}, Reported: 1}
	for d := range 2 {
		s.Sites[1].Packages[0].DPs[d].Content = one
	}
	for _, c := range changes {
		c(s, &s.Sites[1], &s.Sites[1].Packages[0])
	}
	return s
}

func thread(phase model.ThreadPhase, v model.Version) change {
	return func(_ *model.State, _ *model.SiteState, p *model.PackageState) {
		p.Thread = model.PackageThread{Phase: phase, Version: v}
	}
}

func storing(v model.Version) change {
	return func(_ *model.State, b *model.SiteState, _ *model.PackageState) {
		b.Despooler = model.Despooler{Phase: model.Storing, Version: v}
	}
}

func set(f func(p *model.PackageState)) change {
	return func(_ *model.State, _ *model.SiteState, p *model.PackageState) { f(p) }
}

func crashed(f model.Fault) change {
	return func(s *model.State, _ *model.SiteState, _ *model.PackageState) { s.FaultsLeft[f]-- }
}

var (
	copyTorn   = set(func(p *model.PackageState) { p.Copy.Torn = true })
	stored2    = set(func(p *model.PackageState) { p.Copy.Version, p.Row.Stored = 2, 2 })
	dpTorn     = set(func(p *model.PackageState) { p.DPs[1].Content.Torn = true })
	dpCopying  = set(func(p *model.PackageState) { p.DPs[1].Phase = model.Copying })
	announce2  = set(func(p *model.PackageState) { p.Row.Source = 2 })
	incoming2  = set(func(p *model.PackageState) { p.Incoming, p.Row.Source = model.Version(2).Set(), 2 })
	serves2    = set(func(p *model.PackageState) { p.DPs[0].Content.Version, p.DPs[1].Content.Version = 2, 2 })
	incoming1  = set(func(p *model.PackageState) { p.Incoming = model.Version(1).Set() })
	reported2  = set(func(p *model.PackageState) { p.Reported = 2 })
	listed2    = set(func(p *model.PackageState) { p.Incoming, p.Listed = model.Version(2).Set(), model.Version(2).Set() })
	status2    = set(func(p *model.PackageState) { p.Status = 2 })
	late2      = set(func(p *model.PackageState) { p.Late = 2 })
	content1   = set(func(p *model.PackageState) { p.Content = model.Version(1).Set() })
	twice2     = set(func(p *model.PackageState) { p.ContentTwice = model.Version(2).Set() })
	content2   = set(func(p *model.PackageState) { p.Content = model.Version(2).Set() })
	unnoticed2 = set(func(p *model.PackageState) { p.Updates = model.Version(2).Set() })
	judging    = func(_ *model.State, b *model.SiteState, _ *model.PackageState) { b.Replication.Busy = true }
	away2      = func(_ *model.State, b *model.SiteState, _ *model.PackageState) { b.Away[1] = true }
	noSource   = func(s *model.State, _ *model.SiteState, _ *model.PackageState) { s.Sites[0] = model.SiteState{} }
	asked2     = func(s *model.State, _ *model.SiteState, _ *model.PackageState) { s.Sites[0].Packages[0].Row.Source = 2 }
)

// Each claim, in words: states in which it says nothing, is kept, is broken.
// For a step the state before is the one where all is well.
var cases = map[string]struct{ silent, kept, broken []*model.State }{
	"one-version-among-writers": {
		silent: []*model.State{state(), state(thread(model.Distributing, 1))},
		kept: []*model.State{
			state(thread(model.Decompressing, 1)), state(storing(2)),
			state(storing(1), thread(model.Decompressing, 1)), state(storing(2), thread(model.Distributing, 1)),
		},
		broken: []*model.State{state(storing(2), thread(model.Decompressing, 1)), state(storing(1), thread(model.Decompressing, 2))},
	},
	"copy-matches-record": {
		silent: []*model.State{{}, state(noSource, copyTorn, storing(2)), state(noSource, copyTorn, thread(model.Decompressing, 1))},
		kept:   []*model.State{state(), state(stored2)},
		broken: []*model.State{
			state(set(func(p *model.PackageState) { p.Copy = model.Content{} })),
			state(copyTorn), state(copyTorn, thread(model.Distributing, 1)),
			state(set(func(p *model.PackageState) { p.Row.Stored = 2 })), state(stored2, set(func(p *model.PackageState) { p.Row.Stored = 1 })),
		},
	},
	"dp-serves-whole-version": {
		silent: []*model.State{{}},
		kept:   []*model.State{state(), state(dpTorn, dpCopying), state(serves2)},
		broken: []*model.State{state(dpTorn)},
	},
	"dp-never-goes-back": {
		silent: []*model.State{state(), state(dpTorn)},
		kept:   []*model.State{state(serves2)},
		broken: []*model.State{state(set(func(p *model.PackageState) { p.DPs[1].Content.Version = 0 }))},
	},
	"record-never-goes-back": {
		silent: []*model.State{state(), state(serves2)},
		kept:   []*model.State{state(stored2)},
		broken: []*model.State{state(set(func(p *model.PackageState) { p.Row.Stored = 0 }))},
	},
	"status-never-goes-back": {
		silent: []*model.State{state()},
		kept:   []*model.State{state(reported2)},
		broken: []*model.State{state(set(func(p *model.PackageState) { p.Reported = 0 }))},
	},
	"accepted-not-lost": {
		silent: []*model.State{{}},
		kept: []*model.State{
			state(), state(incoming2), state(announce2, thread(model.Started, 2)), state(announce2, serves2),
			state(dpTorn, stored2), // a later version has arrived
		},
		broken: []*model.State{state(announce2), state(announce2, stored2), state(announce2, thread(model.Started, 1)), state(dpTorn)},
	},
	"noticed-before-sent": {
		silent: []*model.State{{}, state(), state(noSource, thread(model.Compressing, 1))},
		kept:   []*model.State{state(thread(model.Sending, 1)), state(thread(model.Sending, 1), unnoticed2)},
		broken: []*model.State{state(thread(model.Sending, 2), unnoticed2)},
	},
	"one-thread-per-package": {}, // steps from where a thread runs: below
	"threads-within-limits": {
		silent: []*model.State{{}, state()},
		kept: []*model.State{
			state(thread(model.Started, 1)), state(thread(model.Distributing, 1)), state(thread(model.Distributing, 1), dpCopying),
		},
		broken: []*model.State{
			state(dpCopying), state(dpCopying, thread(model.Started, 1)),
			state(thread(model.Distributing, 1), dpCopying, set(func(p *model.PackageState) { p.DPs[0].Phase = model.Copying })),
		},
	},
	"judged-one-way": {
		silent: []*model.State{{}, state(), state(incoming2), state(judging)},
		kept:   []*model.State{state(listed2, judging), state(listed2, judging, stored2), state(listed2, judging, thread(model.Started, 1))},
		broken: []*model.State{state(listed2)},
	},
	"despooler-one-at-a-time": {}, // steps from where content is on its way: below
	"sent-once": {
		silent: []*model.State{state(), state(content2, crashed(model.ManagerCrash)), state(content1, crashed(model.DespoolerCrash))},
		kept:   []*model.State{state(content2)},
		broken: []*model.State{state(content1), state(content1, set(func(p *model.PackageState) { p.Content |= model.Version(2).Set() }))},
	},
	"dp-changes-only-by-copy": {
		silent: []*model.State{state(), state(dpCopying), state(away2)},
		kept:   []*model.State{state(dpTorn, dpCopying)},
		broken: []*model.State{state(dpTorn), state(serves2, dpCopying)},
	},
	"accepted-served-at-rest": {
		silent: []*model.State{{}},
		kept:   []*model.State{state(), state(announce2, serves2), state(serves2)},
		broken: []*model.State{state(announce2), state(incoming2), state(dpTorn)},
	},
	"incoming-empty-at-rest": {
		silent: []*model.State{{}},
		kept:   []*model.State{state(), state(announce2)},
		broken: []*model.State{state(incoming2)},
	},
	"no-file-overlooked-at-rest": {
		silent: []*model.State{{}},
		kept:   []*model.State{state(), state(announce2), state(incoming2)}, // ahead of what is stored: skipped
		broken: []*model.State{state(incoming2, stored2)},
	},
	"sites-converged-at-rest": {
		silent: []*model.State{state()}, // an update is left
		kept:   []*model.State{state(asked2, serves2)},
		broken: []*model.State{state(asked2), state(asked2, serves2, dpTorn), state(asked2, incoming2), state(asked2, incoming2, stored2)},
	},
	"no-writer-waits-at-rest": {
		silent: []*model.State{{}},
		kept:   []*model.State{state()},
		broken: []*model.State{state(thread(model.Started, 1)), state(content2)},
	},
	"status-agrees-at-rest": {
		silent: []*model.State{{}},
		kept:   []*model.State{state(), state(serves2, reported2), state(announce2)},
		broken: []*model.State{
			state(reported2), state(serves2), state(dpTorn), state(set(func(p *model.PackageState) { p.Reported = 0 })),
			state(set(func(p *model.PackageState) { p.DPs[1].Content = model.Content{} })),
		},
	},
	"update-while-decompressing": {
		kept: []*model.State{
			state(thread(model.Decompressing, 1), content2), state(thread(model.Decompressing, 1), incoming2),
			state(thread(model.Decompressing, 1), storing(2)),
		},
		broken: []*model.State{
			state(content2), state(thread(model.Decompressing, 2), content2), state(thread(model.Decompressing, 1), storing(1)),
			state(thread(model.Distributing, 1), incoming2),
		},
	},
	"content-first": {
		kept:   []*model.State{state(stored2, set(func(p *model.PackageState) { p.Metadata = model.Version(2).Set() }))},
		broken: []*model.State{state(), state(set(func(p *model.PackageState) { p.Metadata = model.Version(2).Set() }))},
	},
	"received-while-two-write": {
		kept:   []*model.State{state(incoming2, storing(2), thread(model.Decompressing, 1))},
		broken: []*model.State{state(storing(2), thread(model.Decompressing, 1)), state(incoming2, thread(model.Decompressing, 1)), state(incoming2, storing(2)), state(incoming2, storing(2), thread(model.Decompressing, 2)), state(incoming2, storing(1), thread(model.Decompressing, 1))},
	},
	"metadata-first": {
		kept:   []*model.State{state(incoming2, content2)},
		broken: []*model.State{state(incoming2), state(content2)},
	},
	"two-wait-in-incoming": {
		kept:   []*model.State{state(set(func(p *model.PackageState) { p.Incoming = 0b11 }))},
		broken: []*model.State{state(), state(incoming2)},
	},
	"crash-while-writing":      {}, // a step: below
	"accepted-reaches-all-dps": {}, // liveness: below
	"incoming-drains":          {},
	"overlap-heals":            {},
	"sites-converge":           {},
	"writers-take-turns":       {},
	"status-arrives":           {},
	"replication-settles":      {},
	"accepted-served-exactly":  {},
}

// judged is the verdict of the checker on a run through the states, by steps of the system that are fair: it is at rest in
// the last state.
func judged(t *testing.T, p check.Property[model.State], states ...*model.State) check.Verdict[model.State, int] {
	t.Helper()
	type step = int
	m := check.Model[model.State, step]{
		Init: func() []model.State { return []model.State{*states[0]} },
		Steps: func(s model.State, yield func(step, model.State)) {
			for i, next := range states[1:] {
				if s == *states[i] {
					yield(i, *next)
				}
			}
		},
		Promises: []check.Promise{{Name: "the run goes on"}},
		Keeps:    func(_ *model.State, _ step, yield func(int)) { yield(0) },
	}
	r, err := check.Exhaustive(t.Context(), m, []check.Property[model.State]{p}, check.Options{Workers: 1})
	require.NoError(t, err)
	v := r.Verdicts[0]
	if v.Outcome == check.Inconclusive {
		require.Regexp(t, "^never (put to the test|occurred)", v.Reason)
	}
	return v
}

func TestClaimsSayWhatTheyMean(t *testing.T) {
	require.Len(t, cases, len(props.All()))
	sys := system(t)
	for _, c := range props.All() {
		t.Run(c.Name, func(t *testing.T) {
			require.True(t, !c.Kind.Liveness() || cases[c.Name].silent == nil && cases[c.Name].kept == nil && cases[c.Name].broken == nil)
			broken := check.Violated
			if c.Kind == check.KindSometimes {
				broken = check.Inconclusive
			}
			outcome := func(s *model.State) check.Outcome {
				if c.Kind == check.KindStep {
					return judged(t, c.For(sys), state(), s).Outcome
				}
				return judged(t, c.For(sys), s).Outcome
			}
			for i, s := range cases[c.Name].silent {
				assert.Equal(t, check.Inconclusive, outcome(s), "silent state %d", i)
				assert.Empty(t, c.Wrong(sys, state(), s), "silent state %d", i)
			}
			for i, s := range cases[c.Name].kept {
				assert.Equal(t, check.Holds, outcome(s), "kept state %d", i)
				assert.Empty(t, c.Wrong(sys, state(), s), "kept state %d", i)
			}
			for i, s := range cases[c.Name].broken {
				assert.Equal(t, broken, outcome(s), "broken state %d", i)
				assert.Equal(t, c.Kind != check.KindSometimes, c.Wrong(sys, state(), s) != "", "broken state %d", i)
			}
		})
	}
}

func TestACrashWhileWritingIsAStep(t *testing.T) {
	c, err := props.Find("crash-while-writing")
	require.NoError(t, err)
	p := c.For(system(t))
	occurs := func(before, after *model.State) bool {
		return judged(t, p, before, after).Outcome == check.Holds
	}
	despooler, manager := crashed(model.DespoolerCrash), crashed(model.ManagerCrash)
	assert.True(t, occurs(state(storing(2)), state(despooler)))
	assert.False(t, occurs(state(storing(2)), state()), "stored")
	assert.False(t, occurs(state(), state(despooler)), "nothing was being written")
	assert.False(t, occurs(state(storing(2)), state(storing(2), manager)), "somebody else crashed")
	for _, phase := range []model.ThreadPhase{model.Compressing, model.Decompressing, model.Distributing} {
		assert.True(t, occurs(state(thread(phase, 1)), state(manager)), phase)
	}
	assert.False(t, occurs(state(thread(model.Started, 1)), state(manager)))
}

// A step is judged by where it comes from, too.
func TestClaimsAboutStepsLookAtTheStateBefore(t *testing.T) {
	sys := system(t)
	for _, c := range []struct {
		name          string
		before, after *model.State
		tested, holds bool
	}{
		{"one-thread-per-package", state(), state(thread(model.Started, 2)), false, true},
		{"one-thread-per-package", state(thread(model.Started, 1)), state(thread(model.Decompressing, 1)), true, true},
		{"one-thread-per-package", state(thread(model.Distributing, 1)), state(), true, true},
		{"one-thread-per-package", state(thread(model.Distributing, 1)), state(thread(model.Started, 1), crashed(model.ManagerCrash)), true, true},
		{"one-thread-per-package", state(thread(model.Distributing, 1)), state(thread(model.Started, 1), crashed(model.DespoolerCrash)), true, false},
		{"one-thread-per-package", state(thread(model.Distributing, 1)), state(thread(model.Started, 2)), true, false},
		{"one-thread-per-package", state(thread(model.Started, 1)), state(thread(model.Started, 2)), true, false},
		{"despooler-one-at-a-time", state(storing(2)), state(stored2), false, true},
		{"despooler-one-at-a-time", state(), state(content2), false, true},
		{"despooler-one-at-a-time", state(content2), state(storing(2)), true, true},
		{"despooler-one-at-a-time", state(content2, storing(1)), state(storing(2)), true, false},
		{"despooler-one-at-a-time", state(content2, storing(1)), state(storing(1)), true, false},
		{"despooler-one-at-a-time", state(content2, twice2, storing(1)), state(content2, storing(1)), true, false},
		{"dp-changes-only-by-copy", state(dpCopying), state(dpTorn), true, true},
		{"dp-changes-only-by-copy", state(dpCopying, away2), state(dpTorn), true, false},
	} {
		claim, err := props.Find(c.name)
		require.NoError(t, err)
		want := check.Violated
		if c.holds {
			want = check.Holds
		}
		if !c.tested {
			want = check.Inconclusive
		}
		assert.Equal(t, want, judged(t, claim.For(sys), c.before, c.after).Outcome, "%s: %v", c.name, claim.Wrong(sys, c.before, c.after))
		assert.Equal(t, c.holds, claim.Wrong(sys, c.before, c.after) == "", c.name)
	}
}

// The limit on package threads is of the site, not of the package.
func TestThreadsOfAllPackagesCount(t *testing.T) {
	claim, err := props.Find("threads-within-limits")
	require.NoError(t, err)
	scope := system(t).Scope()
	scope.Packages = []string{"P", "Q"}
	s := state(thread(model.Started, 1))
	s.Sites[1].Packages[1].Thread = model.PackageThread{Phase: model.Started, Version: 1}
	for threads, want := range map[int]check.Outcome{1: check.Violated, 2: check.Holds} {
		scope.Threads = threads
		sys, err := model.NewSystem(scope, model.SMS20)
		require.NoError(t, err)
		assert.Equal(t, want, judged(t, claim.For(sys), s).Outcome, "%d threads", threads)
	}
}

// Each file that is listed can be judged in one way in every design, and in two
// or none where a rule of judgement is taken away or loses a guard.
func TestAFileIsJudgedInOneWay(t *testing.T) {
	sys := system(t)
	repaired, err := model.ParseDesign("repaired")
	require.NoError(t, err)
	claim, err := props.Find("judged-one-way")
	require.NoError(t, err)
	ahead := state(listed2, judging)
	assert.Equal(t, check.Holds, judged(t, claim.For(sys), ahead).Outcome)
	for _, m := range []model.Mutation{
		{Rule: "replication.skip", Part: model.WholeRule},
		{Rule: "replication.skip", Part: model.OneEffect, Name: "the file is judged"},
		{Rule: "replication.accept", Part: model.OneGuard, Name: "its version is the stored one"},
	} {
		mutant, err := model.NewMutant(sys.Scope(), repaired, m)
		require.NoError(t, err)
		assert.Equal(t, check.Violated, judged(t, claim.For(mutant), ahead).Outcome, m)
		assert.NotEmpty(t, claim.Wrong(mutant, ahead, ahead), m)
	}
}

// Whoever judges does not change the state that it is asked about.
func TestJudgementsLeaveTheStateAlone(t *testing.T) {
	s := state(listed2, judging, stored2)
	before := *s
	ways, each := system(t).Judgements(s, 1, 0, 2)
	assert.Equal(t, 1, ways)
	assert.True(t, each)
	assert.Equal(t, before, *s)
}

// What leads to what, of version 2 at site B.
func TestClaimsAboutInfiniteRuns(t *testing.T) {
	sys := system(t)
	for name, c := range map[string]struct{ from, to []*model.State }{
		"accepted-reaches-all-dps": {[]*model.State{state(incoming2)}, []*model.State{state(serves2)}},
		"accepted-served-exactly":  {[]*model.State{state(incoming2)}, []*model.State{state(serves2)}},
		"incoming-drains":          {[]*model.State{state(incoming2)}, []*model.State{state()}},
		"overlap-heals":            {[]*model.State{state(incoming2, storing(2), thread(model.Decompressing, 1))}, []*model.State{state(serves2)}},
		"status-arrives":           {[]*model.State{state(status2), state(late2)}, []*model.State{state(reported2)}},
		"writers-take-turns":       {[]*model.State{state(content2), state(thread(model.Started, 2))}, []*model.State{state(), state(storing(2))}},
	} {
		p := property(t, sys, name)
		for i, from := range c.from {
			v := judged(t, p, from)
			assert.Equal(t, check.Violated, v.Outcome, "%s from %d", name, i)
			assert.Equal(t, "site B, package P, version 2", v.CaseName(), "%s from %d", name, i)
			assert.Equal(t, 3, v.Case, "%s has a case for each version at each site", name)
			assert.Contains(t, v.Wrong(), "version 2 of P")
			for j, to := range c.to {
				assert.Equal(t, check.Holds, judged(t, p, from, to).Outcome, "%s from %d to %d", name, i, j)
			}
		}
		for i, to := range c.to {
			assert.Equal(t, check.Inconclusive, judged(t, p, to).Outcome, "%s to %d", name, i)
		}
	}
	exactly := judged(t, property(t, sys, "accepted-served-exactly"), state(incoming1, serves2), state(serves2))
	assert.Equal(t, check.Violated, exactly.Outcome, "version 2 is not exactly version 1")
	assert.Equal(t, "site B, package P, version 1", exactly.CaseName())

	arrives := property(t, sys, "status-arrives")
	assert.Equal(t, check.Violated, judged(t, arrives, state(status2), state()).Outcome, "gone, and not reported")
	assert.Equal(t, check.Violated, judged(t, arrives, state(reported2, late2)).Outcome, "reported, and on its way again")

	settles := property(t, sys, "replication-settles")
	assert.Equal(t, check.Holds, judged(t, settles, state(incoming2)).Outcome)
	for _, s := range []*model.State{state(judging), state(func(_ *model.State, b *model.SiteState, _ *model.PackageState) { b.Replication.Notified = true })} {
		v := judged(t, settles, s)
		assert.Equal(t, check.Violated, v.Outcome)
		assert.Contains(t, v.Wrong(), "site B")
	}

	converge := property(t, sys, "sites-converge")
	assert.Equal(t, check.Holds, judged(t, converge, state()).Outcome)
	assert.Equal(t, check.Holds, judged(t, converge, state(asked2, serves2)).Outcome)
	assert.Equal(t, check.Violated, judged(t, converge, state(asked2)).Outcome)
	assert.Equal(t, check.Violated, judged(t, converge, state(dpTorn)).Outcome)
	around := judged(t, converge, state(), state(asked2), state())
	assert.Equal(t, check.Violated, around.Outcome)
	assert.Len(t, around.Trace.Steps[around.Loop:], 2)
	assert.Contains(t, around.Wrong(), "asked for version 2 of P last", "which is wrong in one state of the loop")
}

func property(t *testing.T, sys *model.System, name string) check.Property[model.State] {
	t.Helper()
	claim, err := props.Find(name)
	require.NoError(t, err)
	return claim.For(sys)
}

func TestClaimsAreDocumented(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range props.All() {
		assert.False(t, seen[c.Name], "%s stands twice", c.Name)
		seen[c.Name] = true
		assert.Regexp(t, `^[a-z]+(-[a-z]+)+$`, c.Name)
		assert.Regexp(t, `^[A-Z].*\.$`, c.Says, c.Name)
		assert.Regexp(t, `^[A-Z].*\.$`, c.Matters, c.Name)
		assert.NotEmpty(t, c.Source, c.Name)
	}
	_, err := props.Find("nothing")
	assert.EqualError(t, err, `unknown property "nothing"`)
	assert.Subset(t, props.Names(), props.SometimesNames())
}
