package diagnose

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
	"pkgdist/props/logs"
)

// siteWith is a state of the scope's first design in which the site below is as it says.
func siteWith(change func(s *model.SiteState, p *model.PackageState)) *model.State {
	s := &model.State{}
	change(&s.Sites[below], at(s))
	return s
}

// scopeOfTwo has versions 7 and 8 of a package, as 1 and 2 of the model, and two distribution points.
func scopeOfTwo(t *testing.T) *scope {
	t.Helper()
	c := excerpt(t, received(7), received(8))
	sc, err := c.scope(model.SMS20, mostVersions, []string{"DP1", "DP2"}, c.faults(), false)
	require.NoError(t, err)
	sc.real = []int{7, 8}
	return sc
}

func TestWhatALineSaysOfTheState(t *testing.T) {
	sc := scopeOfTwo(t)
	despooler := func(phase model.DespoolerPhase, v model.Version) *model.State {
		return siteWith(func(s *model.SiteState, _ *model.PackageState) {
			s.Despooler = model.Despooler{Phase: phase, Version: v}
		})
	}
	thread := func(phase model.ThreadPhase, stored model.Version) *model.State {
		return siteWith(func(_ *model.SiteState, p *model.PackageState) { p.Thread.Phase, p.Row.Stored = phase, stored })
	}
	replication := func(busy bool, listed model.Versions) *model.State {
		return siteWith(func(s *model.SiteState, p *model.PackageState) { s.Replication.Busy, p.Listed = busy, listed })
	}
	dps := func(first, second model.DPPhase) *model.State {
		return siteWith(func(_ *model.SiteState, p *model.PackageState) { p.DPs[0].Phase, p.DPs[1].Phase = first, second })
	}
	for _, c := range []struct {
		kind              logs.Kind
		version, current  int
		dp                string
		isSo, isNot, nor  *model.State
		saysNothingOfThis *logs.Message
	}{
		{kind: logs.Received, version: 8, isSo: despooler(model.Storing, 2), isNot: despooler(model.Storing, 1), nor: despooler(model.Forwarding, 2), saysNothingOfThis: &logs.Message{Version: 9}},
		{kind: logs.Storing, version: 8, current: 7, isSo: despooler(model.Storing, 2), isNot: despooler(model.Storing, 1), nor: despooler(model.DespoolerIdle, 2)},
		{kind: logs.InstructionFailed, isSo: despooler(model.DespoolerIdle, 0), isNot: despooler(model.Storing, 1), nor: despooler(model.Storing, 2)},
		{kind: logs.IncomingFile, isSo: replication(true, 2), isNot: replication(false, 2), nor: replication(true, 0)},
		{kind: logs.Sleep, isSo: replication(false, 0), isNot: replication(true, 0), nor: replication(true, 1)},
		{kind: logs.Applied, isSo: thread(model.Started, 1), isNot: thread(model.ThreadIdle, 1), nor: thread(model.ThreadIdle, 0)},
		{kind: logs.ThreadStarted, isSo: thread(model.Distributing, 1), isNot: thread(model.ThreadIdle, 1), nor: thread(model.ThreadIdle, 0)},
		{kind: logs.Adding, isSo: thread(model.Started, 1), isNot: thread(model.ThreadIdle, 1), nor: thread(model.ThreadIdle, 0)},
		{kind: logs.Updating, isSo: thread(model.Started, 1), isNot: thread(model.ThreadIdle, 1), nor: thread(model.ThreadIdle, 0)},
		{kind: logs.VersionAhead, version: 8, current: 7, isSo: thread(model.ThreadIdle, 1), isNot: thread(model.ThreadIdle, 2), nor: thread(model.ThreadIdle, 0), saysNothingOfThis: &logs.Message{Current: 6}},
		{kind: logs.VersionBehind, version: 7, current: 8, isSo: thread(model.ThreadIdle, 2), isNot: thread(model.ThreadIdle, 1), nor: thread(model.ThreadIdle, 0)},
		{kind: logs.VersionsSeen, version: 8, current: 7, isSo: thread(model.Started, 1), isNot: thread(model.Started, 2), nor: thread(model.ThreadIdle, 1)},
		{kind: logs.DecompressFailed, isSo: thread(model.Decompressing, 1), isNot: thread(model.Started, 1), nor: thread(model.ThreadIdle, 1)},
		{kind: logs.StoredVersionSeen, version: 7, current: 8, isSo: thread(model.Decompressing, 2), isNot: thread(model.Decompressing, 1), nor: thread(model.Decompressing, 0), saysNothingOfThis: &logs.Message{Version: 7, Current: 7}},
		{kind: logs.PackageDone, isSo: thread(model.ThreadIdle, 1), isNot: thread(model.Distributing, 1), nor: thread(model.Started, 1)},
		{kind: logs.ThreadExits, isSo: thread(model.ThreadIdle, 1), isNot: thread(model.Distributing, 1), nor: thread(model.Started, 1)},
		{kind: logs.DPBegins, dp: "DP2", isSo: dps(model.DPIdle, model.Copying), isNot: dps(model.Copying, model.Due), nor: dps(model.Copying, model.DPIdle), saysNothingOfThis: &logs.Message{DP: "DP3"}},
		{kind: logs.DPDone, dp: "DP2", isSo: dps(model.Copying, model.DPIdle), isNot: dps(model.DPIdle, model.Copying), nor: dps(model.DPIdle, model.Due), saysNothingOfThis: &logs.Message{DP: "DP3"}},
	} {
		state := readingOf[c.kind].State
		holds := state(sc, &logs.Message{Record: logs.Record{Component: "SMS_DISTRIBUTION_MANAGER"}, Version: c.version, Current: c.current, DP: c.dp})
		require.NotNil(t, holds, c.kind)
		assert.True(t, holds(c.isSo), c.kind)
		assert.False(t, holds(c.isNot), c.kind)
		assert.False(t, holds(c.nor), c.kind)
		if m := c.saysNothingOfThis; m != nil {
			assert.Nil(t, state(sc, m), "%v: nothing is known in the numbers of the scope", c.kind)
		}
	}
	assert.Nil(t, readingOf[logs.Sleep].State(sc, &logs.Message{Record: logs.Record{Component: "SMS_DESPOOLER"}}), "Despooler's sleep is not that of Distribution Manager")
}

func TestALineAgreesWithTheStepsOfWhatItNames(t *testing.T) {
	sc := scopeOfTwo(t)
	step := model.Step{Site: below, Version: 2, DP: 1}
	for _, c := range []struct {
		m      logs.Message
		agrees bool
	}{
		{logs.Message{}, true},
		{logs.Message{Version: 8}, true},
		{logs.Message{Version: 7}, false},
		{logs.Message{Version: 2}, false}, // numbered as the log does, and not as the model does
		{logs.Message{DP: "DP2"}, true},
		{logs.Message{DP: "DP1"}, false},
		{logs.Message{DP: "DP3"}, false},
		{logs.Message{Version: 8, DP: "DP2"}, true},
		{logs.Message{Version: 7, DP: "DP2"}, false},
		{logs.Message{Version: 8, DP: "DP1"}, false},
	} {
		assert.Equal(t, c.agrees, sc.agrees(step, &c.m), "%d %s", c.m.Version, c.m.DP)
	}
}

// Two writers are two only if their versions differ.
func TestTwoWritersOfOneVersionDoNotOverlap(t *testing.T) {
	writers := func(stores, unpacks model.Version, phase model.ThreadPhase) *model.State {
		return siteWith(func(s *model.SiteState, p *model.PackageState) {
			s.Despooler = model.Despooler{Phase: model.Storing, Version: stores}
			p.Thread = model.PackageThread{Phase: phase, Version: unpacks}
		})
	}
	assert.True(t, overlap(writers(2, 1, model.Decompressing), 0))
	assert.True(t, overlap(writers(2, 1, model.Decompressing), 2), "the version that is stored")
	assert.False(t, overlap(writers(2, 1, model.Decompressing), 1), "and not the one that is unpacked")
	assert.False(t, overlap(writers(2, 2, model.Decompressing), 0), "one version")
	assert.False(t, overlap(writers(2, 1, model.Distributing), 0), "nobody unpacks")
	idle := writers(2, 1, model.Decompressing)
	idle.Sites[below].Despooler.Phase = model.DespoolerIdle
	assert.False(t, overlap(idle, 0), "nobody stores")
}

// A file is skipped if it was listed, is judged, stays, and is ahead of what is stored.
func TestAFileThatIsSkippedStays(t *testing.T) {
	state := func(listed, incoming model.Versions, stored model.Version, busy bool) *model.State {
		return siteWith(func(s *model.SiteState, p *model.PackageState) {
			s.Replication.Busy, p.Listed, p.Incoming, p.Row.Stored = busy, listed, incoming, stored
		})
	}
	before := state(2, 2, 1, true)
	assert.True(t, skips(before, state(0, 2, 1, true), 2))
	assert.False(t, skips(before, state(0, 0, 1, true), 2), "it is deleted")
	assert.False(t, skips(before, before, 2), "it is not judged yet")
	assert.False(t, skips(before, state(0, 2, 1, true), 1), "another version")
	assert.False(t, skips(before, state(0, 2, 1, false), 2), "Distribution Manager is restarted")
	assert.False(t, skips(state(0, 2, 1, true), state(0, 2, 1, true), 2), "it was not listed")
	assert.False(t, skips(state(2, 2, 2, true), state(0, 2, 2, true), 2), "it is stored, and the package thread is busy")
}
