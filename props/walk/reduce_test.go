package walk

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
	"pkgdist/props/scenario"
)

func company(t *testing.T) model.Scope {
	t.Helper()
	sc, err := scenario.Load("company")
	require.NoError(t, err)
	return sc.Scope
}

func stepAt(t *testing.T, rule string, site, pkg, version, dp int) model.Step {
	t.Helper()
	for i, name := range model.RuleNames() {
		if name == rule {
			return model.Step{Rule: uint8(i), Site: uint8(site), Package: uint8(pkg), Version: model.Version(version), DP: uint8(dp)}
		}
	}
	t.Fatalf("no rule is named %s", rule)
	return model.Step{}
}

// Each reduction is smaller in one thing, makes sense, and keeps what a step is
// about: the site and the package by their names, versions and distribution
// points in their order.
func TestReductionsKeepWhatAStepIsAbout(t *testing.T) {
	large := company(t)
	list := reductions(large)
	assert.Len(t, list, 3+6+5+6*4+3+1, "packages, sites, versions, distribution points, faults, order")
	for _, r := range list {
		require.NoError(t, r.scope.Validate())
		last := model.Step{}
		for site := range large.Sites {
			for pkg := range large.Packages {
				for version := 1; version <= large.Updates; version++ {
					for dp := range large.Sites[site].DPs {
						step := stepAt(t, "dp.copy", site, pkg, version, dp)
						got, ok := r.step(step)
						if !ok {
							continue
						}
						assert.Equal(t, large.Sites[site].Name, r.scope.Sites[got.Site].Name)
						assert.Equal(t, large.Packages[pkg], r.scope.Packages[got.Package])
						assert.LessOrEqual(t, int(got.Version), r.scope.Updates)
						assert.Less(t, int(got.DP), r.scope.Sites[got.Site].DPs)
						assert.NotEqual(t, last, got, "two steps become one")
						last = got
					}
				}
			}
		}
	}
	assert.Equal(t, company(t), large, "the larger scope is left as it was")
}

// B is left out: its child sites D and E get A for a parent, and C's keep C.
func TestASiteThatIsLeftOutHandsItsChildSitesOn(t *testing.T) {
	withoutB := withoutSites(company(t))[0].scope
	parents := map[string]string{}
	for _, site := range withoutB.Sites[1:] {
		parents[site.Name] = withoutB.Sites[site.Parent].Name
	}
	assert.Equal(t, map[string]string{"C": "A", "D": "A", "E": "A", "F": "C", "G": "C"}, parents)

	deep := model.Scope{Sites: []model.Site{{Name: "A", Parent: model.NoParent}, {Name: "B"}, {Name: "C", Parent: 1}, {Name: "D", Parent: 2, DPs: 1}}}
	withoutC := withoutSites(deep)[1].scope
	assert.Equal(t, 1, withoutC.Sites[2].Parent, "D's parent is B, not A")
}

// Steps about a whole site have no package, and stay when a package goes.
func TestStepsAboutASiteOutliveItsPackages(t *testing.T) {
	for _, r := range withoutPackages(company(t)) {
		_, ok := r.step(stepAt(t, "replication.wake", 1, 0, 0, 0))
		assert.True(t, ok)
	}
	_, ok := withoutPackages(company(t))[0].step(stepAt(t, "despooler.store", 1, 0, 1, 0))
	assert.False(t, ok)
}
