package props

import (
	"fmt"

	"pkgdist/model"
	"pkgdist/props/check"
)

// inTheEnd are the claims about what happens in the end, in every run that is
// fair to the system: the administrator and the faults may stop at any time,
// and no component puts off for ever what it can do.
func inTheEnd() []Claim {
	return []Claim{
		{
			Name:       "accepted-reaches-all-dps",
			Kind:       check.KindLeadsTo,
			Says:       "A .PKG that is accepted into INCOMING is served in the end: by every distribution point of the site, its version or a later one.",
			Source:     "Q235788, effect",
			perVersion: true,
			when:       place.waitsInIncoming,
			holds:      func(at place) bool { return at.served(at.version) },
			wrong: func(at place) string {
				return fmt.Sprintf("Site %s has accepted the .PKG of version %d of %s, and never do all distribution points of the site serve that version or a later one%s.",
					at.siteName(), at.version, at.packageName(), at.whereTheFileIs())
			},
		},
		{
			Name:       "incoming-drains",
			Kind:       check.KindLeadsTo,
			Says:       "A file in INCOMING leaves it in the end.",
			Source:     "Q235788, symptom; Q319189",
			perVersion: true,
			when:       place.waitsInIncoming,
			holds:      func(at place) bool { return !at.waitsInIncoming() },
			wrong: func(at place) string {
				return fmt.Sprintf("The .PKG of version %d of %s lies in INCOMING at site %s and never leaves it.", at.version, at.packageName(), at.siteName())
			},
		},
		{
			Name:   "sites-converge",
			Kind:   check.KindEventuallyAlways,
			Says:   "Once the administrator stops, every distribution point of every site serves the last version, for good.",
			Source: "Q235788, effect; Q245579",
			holds:  func(at place) bool { return at.served(at.s.Sites[0].Packages[at.pkg].Row.Source) },
			wrong: func(at place) string {
				return fmt.Sprintf("The administrator asked for version %d of %s last, and the distribution points of site %s do not come to serve it for good%s.",
					at.s.Sites[0].Packages[at.pkg].Row.Source, at.packageName(), at.siteName(), at.whereTheFileIs())
			},
		},
		{
			Name:       "writers-take-turns",
			Kind:       check.KindLeadsTo,
			Says:       "A writer that waits gets its turn: content that has been sent is stored or refused, and a package thread that has started goes on.",
			Source:     "Q260366, Q304381",
			perVersion: true,
			when:       place.writerWaits,
			holds:      func(at place) bool { return !at.writerWaits() },
			wrong: func(at place) string {
				return fmt.Sprintf("At site %s a writer of version %d of %s waits, and never gets its turn.", at.siteName(), at.version, at.packageName())
			},
		},
		{
			Name:       "status-arrives",
			Kind:       check.KindLeadsTo,
			Says:       "A status that is on its way arrives in the end: its version is reported, or a later one.",
			Source:     "protocol, step 12",
			perVersion: true,
			when:       place.statusUnderWay,
			holds:      func(at place) bool { return !at.statusUnderWay() && at.now.Reported >= at.version },
			wrong: func(at place) string {
				return fmt.Sprintf("The status of version %d of %s is on its way from site %s. It never arrives, and neither does that of a later version.",
					at.version, at.packageName(), at.siteName())
			},
		},
		{
			Name:   "replication-settles",
			Kind:   check.KindEventuallyAlways,
			Says:   "Once the administrator stops, the replication thread of every site comes to wait, for good.",
			Source: "Q319189",
			holds:  func(at place) bool { return at.here().Replication == model.Replication{} },
			wrong: func(at place) string {
				return fmt.Sprintf("The replication thread of site %s is woken again and again, or never ends what it does.", at.siteName())
			},
		},
		{
			Name:       "accepted-served-exactly",
			Kind:       check.KindLeadsTo,
			TooStrong:  true,
			Says:       "A .PKG that is accepted into INCOMING is served in the end: by every distribution point of the site, exactly its version.",
			Source:     "the strict reading of Q235788, which a later version makes impossible",
			perVersion: true,
			when:       place.waitsInIncoming,
			holds:      func(at place) bool { return at.servedExactly(at.version) },
			wrong: func(at place) string {
				return fmt.Sprintf("Site %s has accepted the .PKG of version %d of %s, and at no time do all distribution points of the site serve exactly that version.",
					at.siteName(), at.version, at.packageName())
			},
		},
	}
}

func (at place) waitsInIncoming() bool { return at.now.Incoming.Has(at.version) }

// writerWaits tells whether a writer of the version waits: content for
// Despooler, or a package thread that has started.
func (at place) writerWaits() bool {
	return at.now.Content.Has(at.version) || at.now.Thread == model.PackageThread{Phase: model.Started, Version: at.version}
}

// statusUnderWay tells whether the status of the version is on its way up, or is
// held up there.
func (at place) statusUnderWay() bool {
	return at.now.Status == at.version || at.now.Late == at.version
}

func (at place) servedExactly(v model.Version) bool {
	for d := range at.sys.Bounds().Sites[at.site].DPs {
		if !at.now.DPs[d].Content.Whole(v) {
			return false
		}
	}
	return true
}
