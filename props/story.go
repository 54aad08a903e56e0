package props

import (
	"fmt"

	"pkgdist/model"
	"pkgdist/props/check"
)

// Stories returns the claims that are explored only where they are asked for by
// name, or are the story of the scenario. They claim nothing that the catalogue
// does not, so they are no part of it: each picks a violation that has to be told
// as one run.
func Stories() []Claim {
	return []Claim{
		{
			Name:       "overlap-heals",
			Kind:       check.KindLeadsTo,
			Says:       "A version whose .PKG is in INCOMING while Despooler stores it and the package thread decompresses an earlier one is eventually served: it or a later one, by every distribution point of the site.",
			Formula:    "∀ s,p,v: received(s,p,v) ⇝ served(s,p,v)",
			Matters:    "It is the article's whole story in one run: the cause, two writers with two versions; the symptom, a file that stays; and the effect, distribution points without the package.",
			Source:     "Q235788, cause; Q235788, effect",
			reads:      model.FieldIncoming.And(model.FieldServed.AllDPs(), model.FieldDespooler, model.FieldThread),
			perVersion: true,
			when:       place.receivedWhileTwoWrite,
			holds:      func(at place) bool { return at.served(at.version) },
			wrong: func(at place) string {
				return fmt.Sprintf("Site %s received the .PKG of version %d of %s while Despooler stored that version and Distribution Manager decompressed another. Never do all distribution points of the site serve it or a later version%s.",
					at.siteName(), at.version, at.packageName(), at.whereTheFileIs())
			},
		},
	}
}

// receivedWhileTwoWrite tells whether the .PKG of the version is in INCOMING while
// Despooler stores that version and the package thread decompresses an earlier one.
func (at place) receivedWhileTwoWrite() bool {
	return at.waitsInIncoming() && at.despoolerStores() && at.here().Despooler.Version == at.version &&
		at.threadUnpacks() && at.now.Thread.Version < at.version
}
