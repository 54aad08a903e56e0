package props

import (
	"fmt"

	"pkgdist/model"
	"pkgdist/props/check"
)

// atRest are the claims about states in which nothing more can happen unless
// the administrator acts or something fails: what eventually comes has come by
// then, or never will. A system that never rests does not break them;
// they cannot see a loop.
func atRest() []Claim {
	claim := func(c Claim) Claim {
		c.Kind, c.AtRest = check.KindAlways, true
		return c
	}
	return []Claim{
		claim(Claim{
			Name:    "accepted-served-at-rest",
			Harm:    true,
			Says:    "When nothing more can happen, every distribution point serves the version of each accepted .PKG, or a later one.",
			Formula: "□ ∀ s,p: atRest ∧ accepted(s,p) → served(s,p,Source(s,p))",
			Matters: "It is what users of the site notice: the package was announced, all is quiet, and the distribution points do not have it.",
			Source:  "Q235788, effect",
			when:    place.announced,
			holds:   func(at place) bool { return at.served(at.now.Row.Source) },
			wrong: func(at place) string {
				return fmt.Sprintf("Nothing more can happen. Site %s has accepted the .PKG of version %d of %s, and not every distribution point of the site serves it%s.",
					at.siteName(), at.now.Row.Source, at.packageName(), at.whereTheFileIs())
			},
		}),
		claim(Claim{
			Name:    "incoming-empty-at-rest",
			Harm:    true,
			Says:    "When nothing more can happen, INCOMING is empty.",
			Formula: "□ ∀ s,p: atRest ∧ accepted(s,p) → Incoming(s,p) = ∅",
			Matters: "It is what the article tells an administrator to look for: a file that stays in the inbox while Distribution Manager runs and logs, and does nothing about it.",
			Source:  "Q235788, symptom",
			when:    place.announced,
			holds:   func(at place) bool { return at.now.Incoming == 0 },
			wrong: func(at place) string {
				return fmt.Sprintf("Nothing more can happen, and the .PKG of version %v of %s lies in INCOMING at site %s. No change will make Distribution Manager look at it.",
					at.now.Incoming, at.packageName(), at.siteName())
			},
		}),
		claim(Claim{
			Name:    "no-file-overlooked-at-rest",
			Harm:    true,
			Says:    "When nothing more can happen, no .PKG lies in INCOMING of a version that the site stores, or of an earlier one.",
			Formula: "□ ∀ s,p: atRest ∧ accepted(s,p) → (∀ v: v ∈ Incoming(s,p) → v > Stored(s,p))",
			Matters: "Such a file would be applied or deleted if anybody looked at it: Distribution Manager does not detect it, and its log says nothing. A file of a later version is skipped at each look, and the log says so.",
			Source:  "Q235788, symptom",
			when:    place.announced,
			holds:   func(at place) bool { return at.overlooked() == 0 },
			wrong: func(at place) string {
				return fmt.Sprintf("Nothing more can happen, and the .PKG of version %v of %s lies in INCOMING at site %s, which stores version %d. Distribution Manager does not detect it: it has nothing to wait for, and nothing in the log says why it stays.",
					at.overlooked(), at.packageName(), at.siteName(), at.now.Row.Stored)
			},
		}),
		claim(Claim{
			Name:    "sites-converged-at-rest",
			Harm:    true,
			Says:    "When nothing more can happen and the administrator has stopped, every distribution point of every site serves the last version.",
			Formula: "□ ∀ s,p: atRest ∧ stopped → served(s,p,last)",
			Matters: "It is the purpose of the whole: after the last update every site has the last version, without anybody going round to look.",
			Source:  "Q235788, effect; Q245579",
			when:    func(at place) bool { return at.sys.AdministratorDone(at.s) },
			holds:   func(at place) bool { return at.served(at.sys.LastVersion()) },
			wrong: func(at place) string {
				return fmt.Sprintf("Nothing more can happen. The administrator asked for version %d of %s last, and not every distribution point of site %s serves it%s.",
					at.sys.LastVersion(), at.packageName(), at.siteName(), at.whereTheFileIs())
			},
		}),
		claim(Claim{
			Name:    "no-writer-waits-at-rest",
			Says:    "When nothing more can happen, no writer waits for its turn: no content for Despooler, no package thread that has started.",
			Formula: "□ ∀ s,p: atRest ∧ Stored(s,p) > 0 → Content(s,p) = ∅ ∧ Thread(s,p) = idle",
			Matters: "A lock that cures the race could bring a deadlock in its place. This says that it does not: nobody is left waiting for a turn that never comes.",
			Source:  "Q260366, Q304381",
			when:    func(at place) bool { return at.now.Row.Stored > 0 },
			holds:   func(at place) bool { return at.now.Content == 0 && at.now.Thread.Phase == model.ThreadIdle },
			wrong: func(at place) string {
				return fmt.Sprintf("Nothing more can happen, and at site %s a writer of %s waits for its turn: content on its way %v, package thread %v.",
					at.siteName(), at.packageName(), at.now.Content, at.now.Thread.Phase)
			},
		}),
		claim(Claim{
			Name:    "status-agrees-at-rest",
			Harm:    true,
			Says:    "When nothing more can happen, each distribution point serves the version that its site reports.",
			Formula: "□ ∀ s,p,d: atRest → Served(s,p,d) = whole(Reported(s,p))",
			Matters: "The status is all that an administrator far away can see. If it disagrees with what is served, the failure looks like a success.",
			Source:  "protocol, step 12; Q318834",
			perDP:   true,
			when: func(at place) bool {
				return at.now.Reported > 0 || at.now.DPs[at.dp].Content != model.Content{}
			},
			holds: func(at place) bool { return at.now.DPs[at.dp].Content.Whole(at.now.Reported) },
			wrong: func(at place) string {
				return fmt.Sprintf("Nothing more can happen. Site %s has reported %v of %s, and its distribution point %d serves: %v.",
					at.siteName(), reported(at.now.Reported), at.packageName(), at.dp+1, at.now.DPs[at.dp].Content)
			},
		}),
	}
}

// overlooked are the versions in INCOMING that the site has stored, or a later one.
func (at place) overlooked() model.Versions { return at.now.Incoming.UpTo(at.now.Row.Stored) }

// whereTheFileIs tells why the latest accepted .PKG does not help.
func (at place) whereTheFileIs() string {
	v := at.now.Row.Source
	switch {
	case !at.announced():
		return ""
	case !at.now.Incoming.Has(v):
		return ": the file is gone"
	case at.now.Row.Stored < v:
		return fmt.Sprintf(": the file lies in INCOMING, the site believes that it stores version %d, and no change will make Distribution Manager look again", at.now.Row.Stored)
	}
	return ": the file lies in INCOMING, and no change will make Distribution Manager look at it"
}

// reported names the version that was reported, if one was.
func reported(v model.Version) string {
	if v == 0 {
		return "no version"
	}
	return fmt.Sprintf("version %d", v)
}
