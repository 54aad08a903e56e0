package mutant

import "pkgdist/model"

// An Equivalence is a mutation of the repaired design that no property can tell
// from it, and the reason.
type Equivalence struct {
	Rule string
	Part model.Part
	Name string // of the guard or the effect
	Why  string // no run differs, or only in what nobody claims
}

// Reasons that several mutations share.
const (
	onlyAFaultLess = "The fault then does nothing but use itself up. What is left are the runs without it, which are explored in any case; nobody claims that a fault must do harm."
	anyOrder       = "The channels are then not kept in order, and the repair does not rely on it: all claims hold in the scenarios with order none, where they are in no order at all."
	refreshStored  = "LastRefreshTime is that of a version that was stored, and StoredPkgVersion never falls under the repair: a file whose version is the stored one or ahead of it is never older than LastRefreshTime."
	overwritten    = "The copy is given up and, in the same step, due again: the second effect overwrites the first."
)

// Equivalences returns the mutations that survive under the repaired design, in
// the order of the table of rules. A test keeps the list exact.
func Equivalences() []Equivalence {
	rule, guard, effect := model.WholeRule, model.OneGuard, model.OneEffect
	return []Equivalence{
		{"sender.deliver", guard, "no earlier version and none of its content is on its way (the channels keep their order)", anyOrder},
		{"sender.deliver", effect, "the change notification fires, unheard while the replication thread is busy",
			"The timer makes the replication thread look at every file in INCOMING, notified or not. The file is judged later, and no claim says how soon."},
		{"despooler.store", guard, "no earlier version is on its way (the channels keep their order)", anyOrder},
		{"despooler.store", effect, "who is decompressing it gets a mixture",
			"With the lock Despooler does not begin to store a package that is being decompressed, so there is nobody to get a mixture."},
		{"despooler.refuse", guard, "no earlier version is on its way (the channels keep their order)",
			"An earlier version would be refused as well, and content that is refused leaves nothing behind: in which order two are refused makes no difference."},
		{"replication.wake", guard, "the replication thread waits",
			"A notification is consumed when the thread begins, and none is kept while it is busy: where one has fired, the thread waits."},
		{"replication.skip", guard, "its refresh time is not older than the one applied last", refreshStored},
		{"replication.delete", effect, "the file is deleted",
			"The file is found again at every look until the .PKG of the later version, which is stored and so will be applied, makes its refresh time too old; then it is discarded. It goes later, and no claim says how soon."},
		{"replication.leave", guard, "its refresh time is not older than the one applied last", refreshStored},
		{"replication.accept", guard, "its refresh time is not older than the one applied last", refreshStored},
		{"replication.wait", guard, "the replication thread is busy", "A thread that waits already goes on waiting: the step changes nothing."},
		{"timer.rescan", guard, "the replication thread waits",
			"The timer can then wake a busy thread, which looks at INCOMING once more when it is done. A look too many does no harm, and there are no more of them once INCOMING is empty."},
		{"timer.rescan", guard, "no change notification has fired", "A notification that has fired already fires again: the step changes nothing."},
		{"manager.start", effect, "the notification is consumed",
			"It is consumed when the thread has ended: the version is stored by then, so manager.ignore takes it. Only noticed-before-sent looks at it meanwhile, which is too strong for every design."},
		{"manager.ignore", guard, "the package has no thread", "The update is noticed a little sooner. It is stored, so nothing starts or stops for it."},
		{"package.record", effect, "StoredPkgVersion is the version that the thread read, whatever it is by now",
			"With the lock nothing is stored while the thread decompresses, so the row holds the version that the thread read already."},
		{"dp.copy", guard, "the distribution point can be reached",
			"The copy cannot end: it fails and is due again, as one does whose distribution point goes away just after it began. With the staged write nothing is torn by it."},
		{"dp.fail", rule, "",
			"The copy stays under way until the distribution point is back, and ends then; with the staged write nothing is torn meanwhile. It keeps a DP thread busy that another distribution point might have had, and no claim says how soon that one is served."},
		{"dp.fail", guard, "a copy is due or under way", "The repair asks for more: a copy that is under way."},
		{"dp.fail", guard, "a copy is under way", "A copy that is due is then due again: the step changes nothing."},
		{"dp.fail", effect, "the copy is given up", overwritten},
		{"dp.fail", effect, "the copy is due again", "The step then changes nothing, and the copy stays under way until the distribution point is back, as without the rule."},
		{"dp.return", guard, "the distribution point cannot be reached", "What can be reached can still be reached: the step changes nothing."},
		{"fault.duplicate-content", effect, "the content will arrive twice", onlyAFaultLess},
		{"fault.duplicate-metadata", effect, "the .PKG will arrive twice", onlyAFaultLess},
		{"fault.despooler-crash", guard, "Despooler is at work", "An idle Despooler has nothing in its memory to lose: the step uses up the fault, and changes nothing else."},
		{"fault.manager-crash", guard, "Distribution Manager is at work",
			"An idle Distribution Manager has nothing in its memory to lose. All that the crash does is to make it look at INCOMING, which the timer does as well."},
		{"fault.manager-crash", effect, "its package threads begin again",
			"The crash then spares the package threads, which go on as in the runs without it; nobody claims that a fault must do harm."},
		{"fault.manager-crash", effect, "its replication thread waits, and has forgotten what it listed and heard",
			"The crash then spares the replication thread, which goes on with what it has listed. It may be notified while busy, and a look too many does no harm."},
		{"fault.manager-crash", effect, "INCOMING is looked at after the restart",
			"The timer makes the replication thread look at it too. The files are judged later, and no claim says how soon."},
		{"fault.read-early", guard, "Despooler is idle",
			"A file that could not be read is tried again, but for the switch read-once: the step uses up the fault, and changes nothing else, whatever Despooler does."},
		{"fault.status-late", guard, "no other is held up",
			"No scenario has two late statuses. If one had, the second would take the place of the first, and a later version is reported for it."},
		{"fault.dp-away", guard, "the distribution point can be reached", "What is away already is still away: the step uses up the fault, and changes nothing else."},
		{"fault.file-in-use", guard, "a copy is under way",
			"A copy that is not under way is then due: either it was, or it is made once more with what was unpacked, or the next package thread makes all copies due anyway."},
		{"fault.file-in-use", effect, "the copy is given up", overwritten},
		{"fault.file-in-use", effect, "the copy is due again", onlyAFaultLess},
		{"fault.source-in-use", effect, "the thread begins again", onlyAFaultLess},
		{"fault.decompress-fails", effect, "the thread ends",
			"The thread goes on, and the .PKG lies in INCOMING again. It is judged once more: applied a second time, or deleted for a later version."},
	}
}

// equivalent returns the reason why nothing tells the mutant from the design, if
// it stands on the list, which is of the repaired design alone.
func equivalent(d model.Design, m model.Mutation) string {
	if d.Name != "repaired" {
		return ""
	}
	for _, e := range Equivalences() {
		if e.Rule == m.Rule && e.Part == m.Part && e.Name == m.Name {
			return e.Why
		}
	}
	return ""
}
