package props

import "pkgdist/model"

// A place is a site, a package and a distribution point in a state, and for a
// step also in the state before it. It has no more fields than a call can pass
// in registers, for claims are asked of places millions of times.
type place struct {
	sys           *model.System
	before, s     *model.State
	was, now      *model.PackageState // the package at the site, before and now
	site, pkg, dp uint8
	version       model.Version // of a claim about each version
}

// here is the site of the place.
func (at place) here() *model.SiteState { return &at.s.Sites[at.site] }

func (at place) siteName() string    { return at.sys.Bounds().Sites[at.site].Name }
func (at place) packageName() string { return at.sys.Bounds().Packages[at.pkg] }

// places calls visit for each place that the claim is about until visit returns
// false, and tells whether it never did.
func (c *Claim) places(sys *model.System, before, s *model.State, visit func(place) bool) bool {
	scope := sys.Bounds()
	versions := 1
	if c.perVersion {
		versions = int(sys.LastVersion())
	}
	for i := range scope.Sites {
		dps := 1
		if c.perDP {
			dps = scope.Sites[i].DPs
		}
		for p := range scope.Packages {
			at := placeAt(sys, before, s, i, p)
			for dp := range dps {
				at.dp = uint8(dp)
				for v := range versions {
					at.version = model.Version(v + 1)
					if !visit(at) {
						return false
					}
				}
			}
		}
	}
	return true
}

func placeAt(sys *model.System, before, s *model.State, site, pkg int) place {
	return place{sys: sys, site: uint8(site), pkg: uint8(pkg)}.in(before, s)
}

// in is the same place in other states.
func (at place) in(before, s *model.State) place {
	at.before, at.s = before, s
	at.was, at.now = &before.Sites[at.site].Packages[at.pkg], &s.Sites[at.site].Packages[at.pkg]
	return at
}
