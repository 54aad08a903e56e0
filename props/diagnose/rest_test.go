package diagnose

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
)

// What lies in INCOMING when a site has come to rest, whatever it does until then.
func TestWhatWillLieInIncomingForGood(t *testing.T) {
	c := excerpt(t, received(1), received(2), received(3))
	sc, err := c.scope(model.SMS20, mostVersions, []string{"DP1", "DP2"}, c.faults(), true)
	require.NoError(t, err)
	of := func(change func(s *model.SiteState, p *model.PackageState)) lying {
		return sc.rest().of(siteWith(change))
	}
	waits := func(stored model.Version, serves ...model.Version) func(s *model.SiteState, p *model.PackageState) {
		return func(_ *model.SiteState, p *model.PackageState) {
			p.Incoming, p.Row = 2, model.Row{Source: 2, Stored: stored}
			p.Copy = model.Content{Version: stored}
			for i, v := range serves {
				p.DPs[i].Content.Version = v
			}
		}
	}
	and := func(first func(*model.SiteState, *model.PackageState), more func(*model.SiteState, *model.PackageState)) lying {
		return of(func(s *model.SiteState, p *model.PackageState) { first(s, p); more(s, p) })
	}
	wakes := func(s *model.SiteState, _ *model.PackageState) { s.Replication.Notified = true }

	assert.Equal(t, lying{2, 2}, of(waits(2, 1, 1)), "nobody looks at it")
	assert.Equal(t, lying{2, 2}, of(waits(2, 2, 1)), "one distribution point of two has the version")
	assert.Equal(t, lying{2, 0}, of(waits(2, 2, 2)), "each has it: nobody misses the file")
	assert.Equal(t, lying{}, and(waits(2, 1, 1), wakes), "it is about to be applied")
	assert.Equal(t, lying{2, 2}, and(waits(1, 1, 1), wakes), "it is about to be skipped")
	assert.Equal(t, lying{4, 4}, and(waits(2, 1, 1), func(_ *model.SiteState, p *model.PackageState) { p.Metadata = 4 }), "a .PKG on its way wakes Distribution Manager, and lies there itself")
	assert.Equal(t, lying{}, of(func(*model.SiteState, *model.PackageState) {}), "an empty site")
	// What is on its way may come in any order: only what lies there after each is sure to.
	assert.Equal(t, lying{}, and(waits(1, 1, 1), func(s *model.SiteState, p *model.PackageState) { wakes(s, p); p.Content = 2 }), "the content may come before the file is looked at")
	assert.Equal(t, lying{2, 2}, and(waits(1, 1, 1), func(_ *model.SiteState, p *model.PackageState) { p.Content = 2 }), "nobody looks at it when the content comes")
}

// A version that was announced is lost if nobody works on it, it is not served, and nothing else will bring it or a later one.
func TestWhenAnAnnouncementIsLost(t *testing.T) {
	c := excerpt(t, received(1), received(2))
	sc, err := c.scope(model.SMS20, mostVersions, []string{"DP1"}, c.faults(), true)
	require.NoError(t, err)
	lost := func(change func(p *model.PackageState)) model.Version {
		e := ending{sc: sc, ahead: sc.rest(), named: 3, s: siteWith(func(_ *model.SiteState, p *model.PackageState) {
			p.Row, p.Copy = model.Row{Source: 1, Stored: 1, Refresh: 1}, model.Content{Version: 1}
			change(p)
		})}
		e.look()
		return e.lost
	}
	assert.Equal(t, model.Version(1), lost(func(*model.PackageState) {}))
	assert.Zero(t, lost(func(p *model.PackageState) { p.Incoming = 1 }), "its file lies there")
	assert.Zero(t, lost(func(p *model.PackageState) { p.Thread = model.PackageThread{Phase: model.Started, Version: 1} }), "it is worked on")
	assert.Zero(t, lost(func(p *model.PackageState) { p.DPs[0].Content.Version = 1 }), "it is served")
	assert.Equal(t, model.Version(1), lost(func(p *model.PackageState) { p.DPs[0].Content = model.Content{Version: 1, Torn: true} }), "it is served in part")
	assert.Zero(t, lost(func(p *model.PackageState) { p.Row.Stored = 2 }), "a later one is stored, whose file has not come")
	assert.Zero(t, lost(func(p *model.PackageState) { p.Row = model.Row{} }), "none was announced")
}
