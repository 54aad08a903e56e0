package props

import (
	"fmt"

	"pkgdist/model"
	"pkgdist/props/check"
)

// work are the claims about how the components work: what the documentation says
// of their threads, and what nobody does twice, at the wrong time or behind the
// back of another. Every design keeps them; they are about the rules themselves.
func work() []Claim {
	return []Claim{
		{
			Name:    "one-thread-per-package",
			Kind:    check.KindStep,
			Says:    "No package thread starts while the package has one at the site, unless that one has to begin again.",
			Formula: "□[∀ s,p: Thread(s,p) ≠ idle ∧ (Thread′(s,p) ≠ Thread(s,p) ∨ Working′(s,p) ≠ Working(s,p)) ∧ ¬happens(manager-crashes) ∧ ¬happens(sharing-violations) → Thread′(s,p) ≠ started]",
			Matters: "The product's documentation promises it. Were it broken, Distribution Manager would race with itself, and a lock against Despooler would not help.",
			Source:  "protocol, actors",
			changes: model.FieldThread,
			when:    func(at place) bool { return at.was.Thread.Phase != model.ThreadIdle && at.was.Thread != at.now.Thread },
			holds: func(at place) bool {
				return at.now.Thread.Phase != model.Started || at.spent(model.ManagerCrash) || at.spent(model.SharingViolation)
			},
			wrong: func(at place) string {
				return fmt.Sprintf("At site %s a package thread starts for version %d of %s, and the thread of version %d was still %v.",
					at.siteName(), at.now.Thread.Version, at.packageName(), at.was.Thread.Version, at.was.Thread.Phase)
			},
		},
		{
			Name:    "threads-within-limits",
			Kind:    check.KindAlways,
			Says:    "No site runs more package threads than it may, no package thread more DP threads, and no DP thread runs without its package thread.",
			Formula: "□ ∀ s,p: running(s) ≤ threadLimit ∧ copies(s,p) ≤ copyLimit ∧ (copies(s,p) > 0 → Thread(s,p) = distributing)",
			Matters: "The limits are what an administrator tunes a site server with. A system that exceeds them loads disks and lines that somebody else needs.",
			Source:  "protocol, actors",
			reads:   model.FieldThread.Phase().AllPackages().And(model.FieldCopyTo.AllDPs()),
			when:    func(at place) bool { return at.now.Thread.Phase != model.ThreadIdle || at.copies() > 0 },
			holds: func(at place) bool {
				scope := at.sys.Bounds()
				return at.threads() <= scope.Threads && at.copies() <= scope.Copies &&
					(at.copies() == 0 || at.now.Thread.Phase == model.Distributing)
			},
			wrong: func(at place) string {
				return fmt.Sprintf("Site %s runs %d package threads, and for %s %d DP threads while the package thread is %v; it may run %d package threads, and %d DP threads for each that distributes.",
					at.siteName(), at.threads(), at.packageName(), at.copies(), at.now.Thread.Phase, at.sys.Bounds().Threads, at.sys.Bounds().Copies)
			},
		},
		{
			Name:    "judged-one-way",
			Kind:    check.KindAlways,
			Says:    "A .PKG that the replication thread has listed can be judged at once and in one way, after which it is off the list; a thread that waits has listed none.",
			Formula: "□ ∀ s,p: Listed(s,p) ≠ ∅ → busy(s) ∧ (∀ v: v ∈ Listed(s,p) → ways(s,p,v) = 1 ∧ settled(s,p,v))",
			Matters: "Were there two answers to one file, what happens would be chance; were there none, the thread would hang with the file, and with it the whole inbox.",
			Source:  "protocol, steps 7 and 8",
			reads:   model.FieldListed.And(model.FieldRefresh, model.FieldStored, model.FieldThread.Phase().AllPackages(), model.FieldBusy),
			when:    func(at place) bool { return at.now.Listed != 0 },
			holds: func(at place) bool {
				for left := at.now.Listed; left != 0; left &^= left.Lowest().Set() {
					if ways, each := at.sys.Judgements(at.s, int(at.site), int(at.pkg), left.Lowest()); ways != 1 || !each {
						return false
					}
				}
				return at.here().Replication.Busy
			},
			wrong: func(at place) string {
				return fmt.Sprintf("At site %s the .PKG of %s is listed for version %v, and there is not one way to judge each and have done with it, or nobody is at it.",
					at.siteName(), at.packageName(), at.now.Listed)
			},
		},
		{
			Name:    "despooler-one-at-a-time",
			Kind:    check.KindStep,
			Says:    "Despooler takes content only when it has done with what it took before.",
			Formula: "□[∀ s,p: (Content(s,p) ∖ Content′(s,p)) ∪ (ContentTwice(s,p) ∖ ContentTwice′(s,p)) ≠ ∅ → Despooler(s) = idle]",
			Matters: "Despooler is one component with one job at a time. If it could begin a second one, the first would be lost half done.",
			Source:  "protocol, actors",
			reads:   model.FieldDespooler.Phase(),
			changes: model.ContentChannel,
			when: func(at place) bool {
				return (at.was.Content&^at.now.Content)|(at.was.ContentTwice&^at.now.ContentTwice) != 0
			},
			holds: func(at place) bool { return at.before.Sites[at.site].Despooler.Phase == model.DespoolerIdle },
			wrong: func(at place) string {
				return fmt.Sprintf("At site %s content of %s is taken from the channel while Despooler is %v.",
					at.siteName(), at.packageName(), at.before.Sites[at.site].Despooler.Phase)
			},
		},
		{
			Name:    "sent-once",
			Kind:    check.KindStep,
			Says:    "Unless a component has crashed, or something has arrived twice, no site is sent the version that it stores already.",
			Formula: "□[∀ s,p: ¬disturbed′ → Stored(s,p) ∉ Content′(s,p) ∖ Content(s,p)]",
			Matters: "Packages are large and lines between sites are slow. What a site has already should not travel again without a reason.",
			Source:  "protocol, step 3; KB834123",
			reads:   model.FieldStored.And(model.LeftOf(disturbing...)),
			changes: model.ContentChannel,
			when:    func(at place) bool { return at.now.Content&^at.was.Content != 0 && !at.disturbed() },
			holds:   func(at place) bool { return !(at.now.Content &^ at.was.Content).Has(at.was.Row.Stored) },
			wrong: func(at place) string {
				return fmt.Sprintf("Site %s is sent version %d of %s, which it stores already.", at.siteName(), at.was.Row.Stored, at.packageName())
			},
		},
		{
			Name:    "dp-changes-only-by-copy",
			Kind:    check.KindStep,
			Says:    "What a distribution point serves changes only by a copy, and only while the distribution point can be reached.",
			Formula: "□[∀ s,p,d: Served′(s,p,d) ≠ Served(s,p,d) → (CopyTo(s,p,d) = copying ∨ CopyTo′(s,p,d) = copying) ∧ ¬away(s,d)]",
			Matters: "Whoever reads the log must be able to trust that files on a distribution point change only while a copy to it is logged.",
			Source:  "protocol, step 11",
			perDP:   true,
			reads:   model.FieldServed.And(model.FieldCopyTo, model.FieldAway),
			changes: model.FieldServed.And(model.FieldCopyTo),
			when:    func(at place) bool { return at.was.DPs[at.dp].Content != at.now.DPs[at.dp].Content },
			holds: func(at place) bool {
				copied := at.was.DPs[at.dp].Phase == model.Copying || at.now.DPs[at.dp].Phase == model.Copying
				return copied && !at.before.Sites[at.site].Away[at.dp]
			},
			wrong: func(at place) string {
				return fmt.Sprintf("At distribution point %d of site %s, what is served of %s changes from %v to %v, and nobody was copying or could reach it.",
					at.dp+1, at.siteName(), at.packageName(), at.was.DPs[at.dp].Content, at.now.DPs[at.dp].Content)
			},
		},
	}
}

// threads is how many package threads the site runs.
func (at place) threads() int {
	n := 0
	for p := range at.sys.Bounds().Packages {
		if at.here().Packages[p].Thread.Phase != model.ThreadIdle {
			n++
		}
	}
	return n
}

// copies is how many DP threads copy the package.
func (at place) copies() int {
	n := 0
	for _, d := range at.now.DPs {
		if d.Phase == model.Copying {
			n++
		}
	}
	return n
}

var disturbing = []model.Fault{model.DespoolerCrash, model.ManagerCrash, model.Duplicate}

// disturbed tells whether a component has crashed or something was sent twice, in
// this step or before.
func (at place) disturbed() bool {
	for _, f := range disturbing {
		if int(at.s.FaultsLeft[f]) < at.sys.Bounds().Faults[f] {
			return true
		}
	}
	return false
}
