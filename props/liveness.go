package props

import (
	"fmt"

	"pkgdist/model"
	"pkgdist/props/check"
)

// liveness are the claims about every run that is fair to the system: the
// administrator and the faults may stop at any time, and no component puts off for
// ever what it can do.
func liveness() []Claim {
	return []Claim{
		{
			Name:       "accepted-reaches-all-dps",
			Harm:       true,
			Kind:       check.KindLeadsTo,
			Says:       "A .PKG that is accepted into INCOMING is eventually served: by every distribution point of the site, its version or a later one.",
			Formula:    "∀ s,p,v: v ∈ Incoming(s,p) ⇝ served(s,p,v)",
			Matters:    "It is the promise of the product: what was announced arrives. It also catches a site that is never quiet and gets nowhere, such as one that reads the same file infinitely often.",
			Source:     "Q235788, effect",
			reads:      model.FieldIncoming.And(model.FieldServed.AllDPs()),
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
			Harm:       true,
			Kind:       check.KindLeadsTo,
			Says:       "A file in INCOMING eventually leaves it.",
			Formula:    "∀ s,p,v: v ∈ Incoming(s,p) ⇝ v ∉ Incoming(s,p)",
			Matters:    "A backlog in the inbox grows, and every file that stays is read again at each change. Sooner or later it slows everything else down.",
			Source:     "Q235788, symptom; Q319189",
			reads:      model.FieldIncoming,
			perVersion: true,
			when:       place.waitsInIncoming,
			holds:      func(at place) bool { return !at.waitsInIncoming() },
			wrong: func(at place) string {
				return fmt.Sprintf("The .PKG of version %d of %s lies in INCOMING at site %s and never leaves it.", at.version, at.packageName(), at.siteName())
			},
		},
		{
			Name:    "sites-converge",
			Harm:    true,
			Kind:    check.KindEventuallyAlways,
			Says:    "Once the administrator stops, every distribution point of every site serves the last version, for good.",
			Formula: "◇□ ∀ s,p: served(s,p,Source(source,p))",
			Matters: "It is the same purpose as at rest, without the excuse that the system is still busy: once the updates end, all sites agree, and stay so.",
			Source:  "Q235788, effect; Q245579",
			reads:   model.FieldServed.AllDPs().And(model.FieldSource.AtSource()),
			holds:   func(at place) bool { return at.served(at.s.Sites[0].Packages[at.pkg].Row.Source) },
			wrong: func(at place) string {
				return fmt.Sprintf("The administrator asked for version %d of %s last, and the distribution points of site %s do not come to serve it for good%s.",
					at.s.Sites[0].Packages[at.pkg].Row.Source, at.packageName(), at.siteName(), at.whereTheFileIs())
			},
		},
		{
			Name:       "writers-take-turns",
			Kind:       check.KindLeadsTo,
			Says:       "A writer that waits gets its turn: content that has been sent is stored or refused, and a package thread that has started goes on.",
			Formula:    "∀ s,p,v: waits(s,p,v) ⇝ ¬waits(s,p,v)",
			Matters:    "Whoever adds a lock must show that nobody starves behind it: not Despooler, and not the package thread.",
			Source:     "Q260366, Q304381",
			reads:      model.FieldContent.And(model.FieldThread),
			perVersion: true,
			when:       place.writerWaits,
			holds:      func(at place) bool { return !at.writerWaits() },
			wrong: func(at place) string {
				return fmt.Sprintf("At site %s a writer of version %d of %s waits, and never gets its turn.", at.siteName(), at.version, at.packageName())
			},
		},
		{
			Name:       "status-arrives",
			Harm:       true,
			Kind:       check.KindLeadsTo,
			Says:       "A status that is on its way eventually arrives: its version is reported, or a later one.",
			Formula:    "∀ s,p,v: underWay(s,p,v) ⇝ ¬underWay(s,p,v) ∧ Reported(s,p) ≥ v",
			Matters:    "An administrator who waits for a confirmation must eventually get it, or one for a later version.",
			Source:     "protocol, step 12",
			reads:      model.FieldStatus.And(model.FieldLate, model.FieldReported),
			perVersion: true,
			when:       place.statusUnderWay,
			holds:      func(at place) bool { return !at.statusUnderWay() && at.now.Reported >= at.version },
			wrong: func(at place) string {
				return fmt.Sprintf("The status of version %d of %s is on its way from site %s. It never arrives, and neither does that of a later version.",
					at.version, at.packageName(), at.siteName())
			},
		},
		{
			Name:    "replication-settles",
			Kind:    check.KindEventuallyAlways,
			Says:    "Once the administrator stops, the replication thread of every site comes to wait, for good.",
			Formula: "◇□ ∀ s: ¬busy(s) ∧ ¬notified(s)",
			Matters: "A repair that reads the inbox for ever without result costs the server its time and fills the log. When the work is done, the thread has to sleep.",
			Source:  "Q319189",
			reads:   model.FieldBusy.And(model.FieldNotified),
			holds:   func(at place) bool { return at.here().Replication == model.Replication{} },
			wrong: func(at place) string {
				return fmt.Sprintf("The replication thread of site %s is woken infinitely often, or never ends what it does.", at.siteName())
			},
		},
		{
			Name:       "accepted-served-exactly",
			Kind:       check.KindLeadsTo,
			TooStrong:  true,
			Says:       "A .PKG that is accepted into INCOMING is eventually served: by every distribution point of the site, exactly its version.",
			Formula:    "∀ s,p,v: v ∈ Incoming(s,p) ⇝ (∀ d: Served(s,p,d) = whole(v))",
			Matters:    "Nobody needs it: a later version may overtake an earlier one, which is then never served, and nothing is wrong. It shows why the promise is the version or a later one.",
			Source:     "the strict reading of Q235788, which a later version makes impossible",
			reads:      model.FieldIncoming.And(model.FieldServed.AllDPs()),
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
