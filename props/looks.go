package props

import "pkgdist/model"

// What claims look at, as marks in a state that serves as a mask. A claim about
// steps sees what the step itself may change without a mark, such as the budget of the
// fault that it is.

const every = 0xff

var (
	wholeContent = model.Content{Version: every, Torn: true}
	wholeThread  = model.PackageThread{Phase: every, Version: every}
)

// all marks what each of several marks.
func all(list ...func(place)) func(place) {
	return func(at place) {
		for _, mark := range list {
			mark(at)
		}
	}
}

func despooler(at place) {
	at.here().Despooler = model.Despooler{Phase: every, Package: every, Version: every}
}

func content(at place)         { at.now.Content, at.now.ContentTwice = every, every }
func metadata(at place)        { at.now.Metadata = every }
func incoming(at place)        { at.now.Incoming = every }
func listed(at place)          { at.now.Listed = every }
func updates(at place)         { at.now.Updates = every }
func storedCopy(at place)      { at.now.Copy = wholeContent }
func rowSource(at place)       { at.now.Row.Source = every }
func rowStored(at place)       { at.now.Row.Stored = every }
func rowRefresh(at place)      { at.now.Row.Refresh = every }
func thread(at place)          { at.now.Thread = wholeThread }
func threadPhase(at place)     { at.now.Thread.Phase = every }
func reportedVersion(at place) { at.now.Reported = every }
func ownDP(at place)           { at.now.DPs[at.dp] = model.DP{Content: wholeContent, Phase: every} }
func dpAway(at place)          { at.here().Away |= 1 << at.dp }
func despoolerPhase(at place)  { at.here().Despooler.Phase = every }
func replicationBusy(at place) { at.here().Replication.Busy = true }

// served is what all distribution points of the site serve.
func served(at place) {
	for d := range at.now.DPs {
		at.now.DPs[d].Content = wholeContent
	}
}

func dpPhases(at place) {
	for d := range at.now.DPs {
		at.now.DPs[d].Phase = every
	}
}

func threadPhases(at place) {
	for p := range at.here().Packages {
		at.here().Packages[p].Thread.Phase = every
	}
}

func allIncoming(at place) {
	for p := range at.here().Packages {
		at.here().Packages[p].Incoming = every
	}
}

// disturbances are the budgets of the faults after which something may be done
// twice.
func disturbances(at place) {
	for _, f := range disturbing {
		at.s.FaultsLeft[f] = every
	}
}

// wholeSite is all that a site says, and which versions were asked for.
func wholeSite(at place) {
	site := at.here()
	site.Despooler = model.Despooler{Phase: every, Package: every, Version: every}
	site.Replication, site.Away = model.Replication{Busy: true, Notified: true}, every
	p := at.now
	*p = model.PackageState{Updates: every, Content: every, ContentTwice: every, Metadata: every, MetadataTwice: every, Incoming: every,
		Listed: every, Copy: wholeContent, Thread: wholeThread, Unpacked: wholeContent, Status: every, Late: every, Reported: every,
		Row: model.Row{Source: every, Stored: every, Refresh: every}}
	for d := range p.DPs {
		p.DPs[d] = model.DP{Content: wholeContent, Phase: every}
	}
	at.s.Sites[0].Packages[at.pkg].Row.Source = every
}
