package props

import (
	"pkgdist/model"
	"pkgdist/props/check"
)

// reachable are the situations that must occur: otherwise the rest would be true
// only because nothing interesting happened.
func reachable() []Claim {
	waits := model.Condition{Policies: []model.Policy{model.Waits, model.WaitsForPackage, model.WaitsForDPs}}
	claim := func(c Claim) Claim {
		c.Kind = check.KindSometimes
		return c
	}
	return []Claim{
		claim(Claim{
			Name:     "update-while-decompressing",
			Says:     "A later version of a package has reached a site whose package thread decompresses an earlier one.",
			Formula:  "E◇ ∃ s,p: unpacks(s,p) ∧ (∃ v: v > Working(s,p) ∧ (v ∈ Content(s,p) ∪ Incoming(s,p) ∨ stores(s,p) ∧ Taken(s) = v))",
			Matters:  "It is the situation of which the article warns. If it never occurred, that nothing goes wrong would say nothing.",
			Source:   "Q235788, cause",
			Excluded: []model.Condition{waits},
			reads:    model.FieldThread.And(model.ContentChannel, model.FieldIncoming, model.FieldDespooler),
			when:     place.threadUnpacks,
			holds: func(at place) bool {
				later := ^model.Versions(0) &^ (^model.Versions(0)).UpTo(at.now.Thread.Version)
				return (at.now.Content|at.now.Incoming)&later != 0 ||
					at.despoolerStores() && later.Has(at.here().Despooler.Version)
			},
		}),
		claim(Claim{
			Name:       "received-while-two-write",
			Says:       "A .PKG is in INCOMING while Despooler stores its version and the package thread decompresses an earlier one.",
			Formula:    "E◇ ∃ s,p,v: received(s,p,v)",
			Matters:    "It is the article's cause to the letter: Distribution Manager receives the update while it decompresses the same package.",
			Source:     "Q235788, cause",
			Excluded:   []model.Condition{waits, {With: model.Mechanisms(model.ExclusiveSource)}},
			reads:      model.FieldIncoming.And(model.FieldDespooler, model.FieldThread),
			perVersion: true,
			holds:      place.receivedWhileTwoWrite,
		}),
		claim(Claim{
			Name:    "content-first",
			Says:    "A site stores a version whose metadata is still on its way.",
			Formula: "E◇ ∃ s,p: Stored(s,p) ∈ Metadata(s,p)",
			Matters: "Content and announcement travel apart. Here the content wins, which is the usual order.",
			Source:  "protocol, steps 5 and 6",
			reads:   model.FieldMetadata.And(model.FieldStored),
			holds:   func(at place) bool { return at.now.Metadata.Has(at.now.Row.Stored) },
		}),
		claim(Claim{
			Name:    "metadata-first",
			Says:    "A .PKG is in INCOMING while the content that it announces is still on its way.",
			Formula: "E◇ ∃ s,p: Incoming(s,p) ∩ Content(s,p) ≠ ∅",
			Matters: "Here the announcement wins, so that the site has to come back to the file when the content is there: the situation of Q245579.",
			Source:  "protocol, step 8; Q245579",
			reads:   model.FieldIncoming.And(model.ContentChannel),
			holds:   func(at place) bool { return at.now.Incoming&at.now.Content != 0 },
		}),
		claim(Claim{
			Name:     "two-wait-in-incoming",
			Says:     "Two .PKG files wait in INCOMING of one site.",
			Formula:  "E◇ ∃ s: files(s) ≥ 2",
			Matters:  "Only with two files in the inbox can one of them hide behind the other.",
			Source:   "protocol, step 8",
			Excluded: []model.Condition{waits},
			reads:    model.FieldIncoming.AllPackages(),
			holds: func(at place) bool {
				n := 0
				for p := range at.sys.Bounds().Packages {
					n += at.here().Packages[p].Incoming.Len()
				}
				return n >= 2
			},
		}),
		claim(Claim{
			Name:    "crash-while-writing",
			Says:    "Despooler or Distribution Manager crashes while it writes the package.",
			Formula: "E◇⟨∃ s,p: happens(despooler-crashes) ∧ stores(s,p) ∧ ¬stores′(s,p) ∨ happens(manager-crashes) ∧ feeds(s,p) ∧ ¬feeds′(s,p)⟩",
			Matters: "A crash does harm when it comes in the middle of writing. A scenario in which it never does has not tested the repair.",
			Source:  "protocol, steps 4 and 9; Q182419",
			perStep: true,
			changes: model.FieldDespooler.And(model.FieldThread.Phase()),
			holds: func(at place) bool {
				before := place{sys: at.sys, s: at.before, site: at.site, pkg: at.pkg, now: at.was}
				return at.spent(model.DespoolerCrash) && before.despoolerStores() && !at.despoolerStores() ||
					at.spent(model.ManagerCrash) && before.threadWrites() && !at.threadWrites()
			},
		}),
	}
}

// spent tells whether the step is that fault.
func (at place) spent(f model.Fault) bool { return at.s.FaultsLeft[f] < at.before.FaultsLeft[f] }

// threadWrites tells whether the package thread writes: it compresses,
// decompresses or feeds the distribution points.
func (at place) threadWrites() bool {
	return at.threadUnpacks() || at.now.Thread.Phase == model.Compressing || at.now.Thread.Phase == model.Distributing
}
