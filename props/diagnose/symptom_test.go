package diagnose

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
)

// Of a .PKG of version 2 that will lie in INCOMING for good, what happened before says which symptom it is.
func TestWhatHappenedToAStuckFileSaysWhichSymptomItIs(t *testing.T) {
	c := excerpt(t, received(1), received(2))
	var faults [model.NumFaults]int
	faults[model.FailedDecompress], faults[model.SharingViolation] = 1, 1
	sc, err := c.scope(model.SMS20, mostVersions, []string{"DP1"}, faults, true)
	require.NoError(t, err)
	has := func(versions model.Versions) func(model.Version) bool {
		return func(v model.Version) bool { return v == 0 && versions != 0 || versions.Has(v) }
	}
	for _, is := range []struct {
		what                string
		change              func(s *model.State, p *model.PackageState)
		overlapped, skipped model.Versions
		symptom             string
	}{
		{"nothing more is known", nil, 0, 0, "file-overlooked"},
		{"two writers, and it was stored meanwhile", nil, 2, 0, "two-writers"},
		{"two writers, and another was", nil, 1, 0, "file-overlooked"},
		{"it was skipped", nil, 0, 2, "version-ahead"},
		{"another was skipped", nil, 0, 1, "file-overlooked"},
		{"both", nil, 2, 2, "two-writers"},
		{"its content is gone", func(_ *model.State, p *model.PackageState) { p.Copy.Version = 1 }, 0, 2, "content-lost"},
		{"its content is on its way", func(_ *model.State, p *model.PackageState) { p.Copy.Version, p.Content = 1, 2 }, 0, 2, "version-ahead"},
		{"its content is being stored", func(s *model.State, p *model.PackageState) {
			p.Copy.Version, s.Sites[below].Despooler = 1, model.Despooler{Phase: model.Storing, Version: 2}
		}, 0, 2, "version-ahead"},
		{"it could not be decompressed", func(s *model.State, p *model.PackageState) {
			s.FaultsLeft[model.FailedDecompress], p.Row.Refresh = 0, 2
		}, 2, 2, "file-cannot-be-applied"},
		{"another could not", func(s *model.State, p *model.PackageState) {
			s.FaultsLeft[model.FailedDecompress], p.Row.Refresh = 0, 1
		}, 0, 0, "file-overlooked"},
		{"each could be decompressed", func(_ *model.State, p *model.PackageState) { p.Row.Refresh = 2 }, 0, 0, "file-overlooked"},
		{"a copy failed too", func(s *model.State, p *model.PackageState) {
			s.FaultsLeft[model.SharingViolation], p.DPs[0].Content.Torn = 0, true
		}, 0, 0, "file-overlooked"},
		{"it is not stuck, and a copy failed", func(s *model.State, p *model.PackageState) {
			p.Incoming, s.FaultsLeft[model.SharingViolation], p.DPs[0].Content.Torn = 0, 0, true
		}, 2, 0, "copy-failed"},
		{"it is not stuck, and two writers were", func(_ *model.State, p *model.PackageState) { p.Incoming, p.DPs[0].Content.Torn = 0, true }, 2, 0, "mixture"},
		{"it is not stuck, and nobody was", func(_ *model.State, p *model.PackageState) { p.Incoming, p.DPs[0].Content.Torn = 0, true }, 0, 0, "half-written"},
		{"each distribution point has it", func(_ *model.State, p *model.PackageState) { p.DPs[0].Content.Version = 2 }, 0, 2, "file-left-over"},
		{"each has it, and two writers were", func(_ *model.State, p *model.PackageState) { p.DPs[0].Content.Version = 2 }, 2, 0, "two-writers-met"},
	} {
		s := siteWith(func(_ *model.SiteState, p *model.PackageState) {
			p.Incoming, p.Row, p.Copy = 2, model.Row{Source: 2, Stored: 1, Refresh: 1}, model.Content{Version: 2}
			p.DPs[0].Content.Version = 1
		})
		s.FaultsLeft[model.FailedDecompress], s.FaultsLeft[model.SharingViolation] = 1, 1
		if is.change != nil {
			is.change(s, at(s))
		}
		e := ending{sc: sc, ahead: sc.rest(), s: s, named: 3, overlapped: has(is.overlapped), skipped: has(is.skipped)}
		assert.Equal(t, []string{is.symptom}, names(e.symptoms()), is.what)
	}

	// What happened before is not known: each that it may be.
	s := siteWith(func(_ *model.SiteState, p *model.PackageState) {
		p.Incoming, p.Row, p.Copy = 2, model.Row{Source: 2, Stored: 1}, model.Content{Version: 2}
	})
	e := ending{sc: sc, ahead: sc.rest(), s: s, named: 3, overlapped: has(2)}
	s.FaultsLeft[model.FailedDecompress] = 1
	assert.Equal(t, []string{"two-writers", "version-ahead", "file-overlooked"}, names(e.symptoms()))
	e.overlapped = has(0)
	assert.Equal(t, []string{"version-ahead", "file-overlooked"}, names(e.symptoms()))
}
