package props

import (
	"fmt"

	"pkgdist/model"
	"pkgdist/props/check"
)

// safety are the claims about every state and every step.
func safety() []Claim {
	return []Claim{
		{
			Name:    "one-version-among-writers",
			Kind:    check.KindAlways,
			Says:    "No two writers of one package at one site hold different versions.",
			Formula: "□ ∀ s,p: stores(s,p) ∧ unpacks(s,p) → Taken(s) = Working(s,p)",
			Matters: "It is the race that the article names as its cause. What comes of it shows only later: files of two versions in one folder, or a record that disagrees with the disk.",
			Source:  "Q235788, cause",
			reads:   model.FieldDespooler.And(model.FieldThread),
			when:    func(at place) bool { return at.despoolerStores() || at.threadUnpacks() },
			holds: func(at place) bool {
				return !at.despoolerStores() || !at.threadUnpacks() || at.here().Despooler.Version == at.now.Thread.Version
			},
			wrong: func(at place) string {
				return fmt.Sprintf("At site %s, Despooler stores version %d of %s while the package thread decompresses version %d: two writers update the package source at the same time with different version numbers.",
					at.siteName(), at.here().Despooler.Version, at.packageName(), at.now.Thread.Version)
			},
		},
		{
			Name:    "copy-matches-record",
			Kind:    check.KindAlways,
			Says:    "While nobody writes, the stored copy is whole and of the recorded version.",
			Formula: "□ ∀ s,p: ¬writes(s,p) → Copy(s,p) = whole(Stored(s,p))",
			Matters: "The site decides by its record what is new and what it has already. A record that disagrees with the disk makes it hand out the wrong files, or refuse the right ones, and nobody sees why.",
			Source:  "protocol, steps 5 and 10",
			reads:   model.FieldDespooler.And(model.FieldThread.Phase(), model.FieldCopy, model.FieldStored),
			when: func(at place) bool {
				return !at.anybodyWrites() && (at.now.Copy != model.Content{} || at.now.Row.Stored > 0)
			},
			holds: func(at place) bool { return at.now.Copy.Whole(at.now.Row.Stored) },
			wrong: func(at place) string {
				return fmt.Sprintf("At site %s nobody writes %s, its row says that version %d is stored, and the stored copy holds: %v.",
					at.siteName(), at.packageName(), at.now.Row.Stored, at.now.Copy)
			},
		},
		{
			Name:    "dp-serves-whole-version",
			Harm:    true,
			Kind:    check.KindAlways,
			Says:    "A distribution point to which nobody copies serves one whole version, never a mixture.",
			Formula: "□ ∀ s,p,d: CopyTo(s,p,d) ≠ copying → ¬torn(Served(s,p,d))",
			Matters: "Clients install what a distribution point serves. Half of an old version with half of a new one is worse than either of them.",
			Source:  "protocol, step 11",
			perDP:   true,
			reads:   model.FieldServed.And(model.FieldCopyTo),
			when: func(at place) bool {
				return at.now.DPs[at.dp].Phase != model.Copying && at.now.DPs[at.dp].Content != model.Content{}
			},
			holds: func(at place) bool { return !at.now.DPs[at.dp].Content.Torn },
			wrong: func(at place) string {
				return fmt.Sprintf("Distribution point %d of site %s serves %s, nobody is copying to it, and what it serves is not one whole version (%v).",
					at.dp+1, at.siteName(), at.packageName(), at.now.DPs[at.dp].Content)
			},
		},
		neverFalls(Claim{
			Name:    "dp-never-goes-back",
			Harm:    true,
			Says:    "The version that a distribution point serves never falls.",
			Formula: "□[∀ s,p,d: version(Served′(s,p,d)) ≥ version(Served(s,p,d))]",
			Matters: "A site that has the latest version and then loses it again undoes a rollout that was already reported as done: clients that come late install the old version.",
			Source:  "protocol, step 11",
			perDP:   true,
			changes: model.FieldServed.And(model.FieldCopyTo),
		}, func(p *model.PackageState, dp int) model.Version { return p.DPs[dp].Content.Version },
			func(at place) string { return fmt.Sprintf("what distribution point %d serves", at.dp+1) }),
		neverFalls(Claim{
			Name:    "record-never-goes-back",
			Says:    "StoredPkgVersion never falls.",
			Formula: "□[∀ s,p: Stored′(s,p) ≥ Stored(s,p)]",
			Matters: "A record that has gone back makes the site wait for content that it stores already, and that nobody will send again. The file that announces the version is then skipped for ever.",
			Source:  "protocol, step 10",
			changes: model.FieldStored,
		}, func(p *model.PackageState, _ int) model.Version { return p.Row.Stored },
			func(place) string { return "StoredPkgVersion" }),
		neverFalls(Claim{
			Name:    "status-never-goes-back",
			Harm:    true,
			Says:    "The version that a site reports never falls.",
			Formula: "□[∀ s,p: Reported′(s,p) ≥ Reported(s,p)]",
			Matters: "An administrator who sees a version fall believes that the site has lost it, sends it again or searches for a failure that is none.",
			Source:  "Q318834, Q288970",
			changes: model.FieldReported,
		}, func(p *model.PackageState, _ int) model.Version { return p.Reported },
			func(place) string { return "the reported version" }),
		{
			Name:    "accepted-not-lost",
			Harm:    true,
			Kind:    check.KindAlways,
			Says:    "An accepted .PKG is in INCOMING, in work, served or superseded.",
			Formula: "□ ∀ s,p: accepted(s,p) → Source(s,p) ∈ Incoming(s,p) ∨ Thread(s,p) ≠ idle ∧ Working(s,p) ≥ Source(s,p) ∨ Stored(s,p) > Source(s,p) ∨ served(s,p,Source(s,p))",
			Matters: "A file that has vanished without effect cannot be found by looking at the inbox. The site is behind, and nothing there says so.",
			Source:  "Q235788, effect; protocol, step 8",
			reads:   model.FieldSource.And(model.FieldIncoming, model.FieldThread, model.FieldStored, model.FieldServed.AllDPs()),
			when:    place.announced,
			holds: func(at place) bool {
				v := at.now.Row.Source
				return at.now.Incoming.Has(v) || at.now.Thread.Phase != model.ThreadIdle && at.now.Thread.Version >= v ||
					at.now.Row.Stored > v || at.served(v)
			},
			wrong: func(at place) string {
				return fmt.Sprintf("Site %s has accepted the .PKG of version %d of %s. The file is gone, no thread works on it, no later version has arrived, and not every distribution point of the site serves it.",
					at.siteName(), at.now.Row.Source, at.packageName())
			},
		},
		actsAsNoticed(),
	}
}

// actsAsNoticed claims what SMS 2.0 does not keep, and nobody needs: the last
// version arrives under the repair all the same.
func actsAsNoticed() Claim {
	return Claim{
		Name:      "noticed-before-sent",
		Kind:      check.KindAlways,
		TooStrong: true,
		Says:      "No version is sent before Distribution Manager has noticed the update that asked for it.",
		Formula:   "□ ∀ s,p: Thread(s,p) = sending → Working(s,p) ∉ Updates(s,p)",
		Matters:   "Nobody needs it, and the product does not keep it: a quick second update is swept up by the first. It explains log files in which a version is sent before the update to it is mentioned.",
		Source:    "KB834123, cause",
		reads:     model.FieldThread.And(model.FieldUpdates),
		when:      func(at place) bool { return at.now.Thread.Phase == model.Sending },
		holds:     func(at place) bool { return !at.now.Updates.Has(at.now.Thread.Version) },
		wrong: func(at place) string {
			return fmt.Sprintf("Site %s is about to send version %d of %s, and Distribution Manager has not noticed the update to it yet: the action has outrun its notification.",
				at.siteName(), at.now.Thread.Version, at.packageName())
		},
	}
}

// neverFalls claims of a version that no step lowers it.
func neverFalls(c Claim, of func(*model.PackageState, int) model.Version, what func(place) string) Claim {
	before := func(at place) model.Version { return of(at.was, int(at.dp)) }
	after := func(at place) model.Version { return of(at.now, int(at.dp)) }
	c.Kind = check.KindStep
	c.when = func(at place) bool { return before(at) != after(at) }
	c.holds = func(at place) bool { return before(at) < after(at) }
	c.wrong = func(at place) string {
		return fmt.Sprintf("At site %s, %s falls from version %d of %s to version %d.", at.siteName(), what(at), before(at), at.packageName(), after(at))
	}
	return c
}

// despoolerStores tells whether Despooler overwrites the stored copy.
func (at place) despoolerStores() bool { return at.here().Despooler.Busy(model.Storing, at.pkg) }

// threadUnpacks tells whether the package thread decompresses the package.
func (at place) threadUnpacks() bool { return at.now.Thread.Phase == model.Decompressing }

func (at place) anybodyWrites() bool {
	return at.despoolerStores() || at.threadUnpacks() || at.now.Thread.Phase == model.Compressing
}

// announced tells whether the site has accepted a .PKG of the package. Only the
// latest counts: it supersedes the others.
func (at place) announced() bool { return at.site > 0 && at.now.Row.Source > 0 }

// served tells whether every distribution point of the site serves version v or
// a later one.
func (at place) served(v model.Version) bool {
	for d := range at.sys.Bounds().Sites[at.site].DPs {
		if !at.now.DPs[d].Serves(v) {
			return false
		}
	}
	return true
}
