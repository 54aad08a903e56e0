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
	"metadata-first": {
		kept:   []*model.State{state(incoming2, content2)},
		broken: []*model.State{state(incoming2), state(content2)},
	},
	"two-wait-in-incoming": {
		kept:   []*model.State{state(set(func(p *model.PackageState) { p.Incoming = 0b11 }))},
		broken: []*model.State{state(), state(incoming2)},
	},
	"crash-while-writing":      {}, // a step: below
	"accepted-reaches-all-dps": {}, // in the end: below
	"incoming-drains":          {},
	"sites-converge":           {},
	"writers-take-turns":       {},
	"status-arrives":           {},
	"replication-settles":      {},
	"accepted-served-exactly":  {},
}

func TestClaimsSayWhatTheyMean(t *testing.T) {
	require.Len(t, cases, len(props.Catalogue()))
	sys := system(t)
	for _, c := range props.Catalogue() {
		t.Run(c.Name, func(t *testing.T) {
			p := c.For(sys)
			tested, holds := func(s *model.State) bool { return p.When == nil || p.When(s) }, p.Claim
			if c.Kind == check.KindLeadsTo || c.Kind == check.KindEventuallyAlways {
				return
			}
			if c.Kind == check.KindStep {
				tested = func(s *model.State) bool { return p.WhenStep(state(), s) }
				holds = func(s *model.State) bool { return p.ClaimStep(state(), s) }
			}
			for i, s := range cases[c.Name].silent {
				assert.False(t, tested(s), "silent state %d", i)
				assert.Empty(t, c.Wrong(sys, state(), s), "silent state %d", i)
			}
			for i, s := range cases[c.Name].kept {
				assert.True(t, tested(s), "kept state %d", i)
				assert.True(t, holds(s), "kept state %d", i)
				assert.Empty(t, c.Wrong(sys, state(), s), "kept state %d", i)
			}
			for i, s := range cases[c.Name].broken {
				assert.True(t, tested(s), "broken state %d", i)
				assert.False(t, holds(s), "broken state %d", i)
				assert.Equal(t, c.Kind != check.KindSometimes, c.Wrong(sys, state(), s) != "", "broken state %d", i)
			}
		})
	}
}

func TestACrashWhileWritingIsAStep(t *testing.T) {
	c, err := props.Find("crash-while-writing")
	require.NoError(t, err)
	sys := system(t)
	p := c.For(sys)
	comesAbout := func(before, after *model.State) bool {
		assert.Equal(t, p.ClaimStep(before, after), c.ComesAbout(sys, before, after))
		return p.ClaimStep(before, after)
	}
	despooler, manager := crashed(model.DespoolerCrash), crashed(model.ManagerCrash)
	assert.True(t, comesAbout(state(storing(2)), state(despooler)))
	assert.False(t, comesAbout(state(storing(2)), state()), "stored")
	assert.False(t, comesAbout(state(), state(despooler)), "nothing was being written")
	assert.False(t, comesAbout(state(storing(2)), state(storing(2), manager)), "somebody else crashed")
	for _, phase := range []model.ThreadPhase{model.Compressing, model.Decompressing, model.Distributing} {
		assert.True(t, comesAbout(state(thread(phase, 1)), state(manager)), phase)
	}
	assert.False(t, comesAbout(state(thread(model.Started, 1)), state(manager)))
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
		p := claim.For(sys)
		assert.Equal(t, c.tested, p.WhenStep(c.before, c.after), "%s tested: %v", c.name, claim.Wrong(sys, c.before, c.after))
		assert.Equal(t, c.holds, p.ClaimStep(c.before, c.after), c.name)
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
	for threads, holds := range map[int]bool{1: false, 2: true} {
		scope.Threads = threads
		sys, err := model.NewSystem(scope, model.SMS20)
		require.NoError(t, err)
		assert.Equal(t, holds, claim.For(sys).Claim(s), "%d threads", threads)
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
	assert.True(t, claim.For(sys).Claim(ahead))
	for _, m := range []model.Mutation{
		{Rule: "replication.skip", Part: model.WholeRule},
		{Rule: "replication.skip", Part: model.OneEffect, Name: "the file is judged"},
		{Rule: "replication.accept", Part: model.OneGuard, Name: "its version is the stored one"},
	} {
		mutant, err := model.NewMutant(sys.Scope(), repaired, m)
		require.NoError(t, err)
		assert.False(t, claim.For(mutant).Claim(ahead), m)
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
func TestClaimsAboutTheEnd(t *testing.T) {
	sys := system(t)
	const instance = 1*2 + 1 // site B, its only package, version 2 of 2
	served := map[string]struct{ from, to []*model.State }{
		"accepted-reaches-all-dps": {[]*model.State{state(incoming2)}, []*model.State{state(serves2)}},
		"accepted-served-exactly":  {[]*model.State{state(incoming2)}, []*model.State{state(serves2)}},
		"incoming-drains":          {[]*model.State{state(incoming2)}, []*model.State{state()}},
		"status-arrives":           {[]*model.State{state(status2), state(late2)}, []*model.State{state(reported2)}},
		"writers-take-turns":       {[]*model.State{state(content2), state(thread(model.Started, 2))}, []*model.State{state(), state(storing(2))}},
	}
	for name, c := range served {
		claim, err := props.Find(name)
		require.NoError(t, err)
		p := claim.For(sys)
		assert.Equal(t, 4, p.Cases, name)
		for i, s := range c.from {
			assert.True(t, p.From(s, instance), "%s from %d", name, i)
			assert.False(t, p.To(s, instance), "%s from %d", name, i)
			for other := range p.Cases {
				assert.Equal(t, other == instance, p.From(s, other), "%s case %d", name, other)
			}
			assert.Contains(t, claim.WrongAtEnd(sys, []model.State{*s}, 0, instance), "version 2 of P")
		}
		for i, s := range c.to {
			assert.True(t, p.To(s, instance), "%s to %d", name, i)
			assert.False(t, p.From(s, instance), "%s to %d", name, i)
		}
	}
	exactly, err := props.Find("accepted-served-exactly")
	require.NoError(t, err)
	assert.False(t, exactly.For(sys).To(state(serves2), instance-1), "version 2 is not exactly version 1")

	arrives, err := props.Find("status-arrives")
	require.NoError(t, err)
	assert.False(t, arrives.For(sys).To(state(), instance), "gone, and not reported")
	assert.False(t, arrives.For(sys).To(state(reported2, late2), instance), "reported, and on its way again")

	settles, err := props.Find("replication-settles")
	require.NoError(t, err)
	assert.True(t, settles.For(sys).To(state(incoming2), 0))
	for _, s := range []*model.State{state(judging), state(func(_ *model.State, b *model.SiteState, _ *model.PackageState) { b.Replication.Notified = true })} {
		assert.False(t, settles.For(sys).To(s, 0))
		assert.Contains(t, settles.WrongAtEnd(sys, []model.State{*s}, 0, 0), "site B")
	}

	converge, err := props.Find("sites-converge")
	require.NoError(t, err)
	to := converge.For(sys).To
	assert.True(t, to(state(), 0))
	assert.True(t, to(state(asked2, serves2), 0))
	assert.False(t, to(state(asked2), 0))
	assert.False(t, to(state(dpTorn), 0))
	assert.Contains(t, converge.WrongAtEnd(sys, []model.State{*state(), *state(), *state(asked2)}, 1, 0), "asked for version 2 of P last")
}

func TestClaimsAreDocumented(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range props.Catalogue() {
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
