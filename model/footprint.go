package model

// What a rule looks at and what it changes is declared with its guards and
// effects, bit by bit of the state. Two steps neither of which changes what the
// other one looks at or changes are independent: they can be taken in either
// order, and neither makes the other possible or impossible. So of two orders a
// search needs only one. Tests hold the declarations against what rules do.

// A footprint marks bits in a state that serves as a mask, at the place of a
// step.
type footprint func(mask spot)

const every = 0xff

// all marks what each of several footprints marks.
func all(list ...footprint) footprint {
	return func(m spot) {
		for _, mark := range list {
			mark(m)
		}
	}
}

// ifOrdered marks only where the channels keep their order.
func ifOrdered(list ...footprint) footprint {
	return func(m spot) {
		if m.sys.scope.Ordered {
			all(list...)(m)
		}
	}
}

// budget marks what is left of a fault.
func budget(f Fault) footprint { return func(m spot) { m.s.FaultsLeft[f] = every } }

// ofPackages marks the same of every package of the site.
func ofPackages(mark func(spot, *PackageState)) footprint {
	return func(m spot) {
		for p := range m.sys.scope.Packages {
			mark(m, &m.site.Packages[p])
		}
	}
}

// wholeContent is all that there is to mark of a content.
var wholeContent = Content{Version: every, Torn: true}

// Of the step's version, package, distribution point and site; a channel is one
// with what arrives twice.
var (
	ownUpdate     footprint = func(m spot) { m.pkg.Updates |= m.Version.Set() }
	updatesUpTo   footprint = func(m spot) { m.pkg.Updates |= upTo(m.Version) }
	ownContent    footprint = func(m spot) { m.pkg.Content |= m.Version.Set(); m.pkg.ContentTwice |= m.Version.Set() }
	contentUpTo   footprint = func(m spot) { m.pkg.Content |= upTo(m.Version) }
	ownMetadata   footprint = func(m spot) { m.pkg.Metadata |= m.Version.Set(); m.pkg.MetadataTwice |= m.Version.Set() }
	metadataUpTo  footprint = func(m spot) { m.pkg.Metadata |= upTo(m.Version) }
	contentAgain  footprint = func(m spot) { m.pkg.ContentTwice |= m.Version.Set() }
	metadataAgain footprint = func(m spot) { m.pkg.MetadataTwice |= m.Version.Set() }
	ownIncoming   footprint = func(m spot) { m.pkg.Incoming |= m.Version.Set() }
	ownListed     footprint = func(m spot) { m.pkg.Listed |= m.Version.Set() }

	packageIncoming footprint = func(m spot) { m.pkg.Incoming = every }
	storedCopy      footprint = func(m spot) { m.pkg.Copy = wholeContent }
	copyTorn        footprint = func(m spot) { m.pkg.Copy.Torn = true }
	rowSource       footprint = func(m spot) { m.pkg.Row.Source = every }
	rowStored       footprint = func(m spot) { m.pkg.Row.Stored = every }
	rowRefresh      footprint = func(m spot) { m.pkg.Row.Refresh = every }
	ownThread       footprint = func(m spot) { m.pkg.Thread = PackageThread{every, every} }
	threadPhase     footprint = func(m spot) { m.pkg.Thread.Phase = every }
	unpackedFiles   footprint = func(m spot) { m.pkg.Unpacked = wholeContent }
	unpackedTorn    footprint = func(m spot) { m.pkg.Unpacked.Torn = true }
	statusSent      footprint = func(m spot) { m.pkg.Status = every }
	statusLate      footprint = func(m spot) { m.pkg.Late = every }
	statusReported  footprint = func(m spot) { m.pkg.Reported = every }

	dpPhase   footprint = func(m spot) { m.dp().Phase = every }
	dpContent footprint = func(m spot) { m.dp().Content = wholeContent }
	dpTorn    footprint = func(m spot) { m.dp().Content.Torn = true }
	dpAway    footprint = func(m spot) { m.site.Away |= 1 << m.Step.DP }
	dpPhases  footprint = func(m spot) { m.pkg.markDPPhases() }

	despooler       footprint = func(m spot) { m.site.Despooler = Despooler{every, every, every} }
	replicationBusy footprint = func(m spot) { m.site.Replication.Busy = true }
	notified        footprint = func(m spot) { m.site.Replication.Notified = true }

	threadPhases = ofPackages(func(_ spot, p *PackageState) { p.Thread.Phase = every })
	allIncoming  = ofPackages(func(_ spot, p *PackageState) { p.Incoming = every })
	allListed    = ofPackages(func(_ spot, p *PackageState) { p.Listed = every })
	allContent   = ofPackages(func(_ spot, p *PackageState) { p.Content = every })
	allThreads   = ofPackages(func(_ spot, p *PackageState) {
		p.Thread, p.Unpacked = PackageThread{every, every}, wholeContent
		p.markDPPhases()
	})

	// What is sent is sent to every child site.
	channelsBelow footprint = func(m spot) {
		for _, child := range m.sys.children[m.Site] {
			p := &m.s.Sites[child].Packages[m.Package]
			p.Content |= m.Version.Set()
			p.Metadata |= m.Version.Set()
		}
	}
)

func upTo(v Version) Versions { return Versions(every).UpTo(v) }

func (p *PackageState) markDPPhases() {
	for d := range p.DPs {
		p.DPs[d].Phase = every
	}
}

// Universe lists every step that may be possible in some state.
func (sys *System) Universe() []Step {
	var list []Step
	for i := range sys.rules {
		r := &sys.rules[i]
		lowest, last := Version(0), Version(0)
		if r.Of != nil {
			lowest, last = 1, sys.last
		}
		for _, at := range r.places {
			for v := lowest; v <= last; v++ {
				for dp := range at.dps {
					list = append(list, Step{Rule: r.index, Site: at.site, Package: at.pkg, Version: v, DP: dp})
				}
			}
		}
	}
	return list
}

// Conditions lists for each thing that has to be so for a step to be possible, in
// the order in which they are tried, which bits of the packed state it depends
// on. Whether the sites are at rest depends on none: that is for the search to
// know.
func (sys *System) Conditions(step Step) [][]int {
	r := sys.find(int(step.Rule))
	var list [][]int
	if r.Of != nil {
		list = append(list, sys.marked(step, r.Of.Reads))
	}
	for _, g := range r.guards {
		list = append(list, sys.marked(step, g.Reads))
	}
	return list
}

// Obstacle returns which one of the Conditions stops a step in s, or -1 if it is
// possible.
func (sys *System) Obstacle(s *State, step Step) int {
	r, c, first := sys.find(int(step.Rule)), sys.spot(s, step), 0
	if r.Of != nil {
		if !r.Of.Set(c).Has(step.Version) {
			return 0
		}
		first = 1
	}
	for i := range r.guards {
		if !r.guards[i].Holds(c) {
			return first + i
		}
	}
	return -1
}

// Effect tells which bits of the packed state decide what a step changes, besides
// its Conditions, and which it may change.
func (sys *System) Effect(step Step) (reads, writes []int) {
	var read, written []footprint
	for _, e := range sys.find(int(step.Rule)).effects {
		read, written = append(read, e.Reads), append(written, e.Writes)
	}
	return sys.marked(step, read...), sys.marked(step, written...)
}

func (sys *System) marked(step Step, list ...footprint) []int {
	var mask State
	for _, mark := range list {
		if mark != nil {
			mark(sys.spot(&mask, step))
		}
	}
	return sys.Bits(&mask)
}

// Bits lists the bits of the packed state that are set in a state that serves as
// a mask.
func (sys *System) Bits(mask *State) []int {
	list := []int{}
	for i := range sys.slots {
		f := &sys.slots[i]
		for bit := range int(f.bits) {
			if *f.of(mask)>>bit&1 != 0 {
				list = append(list, int(f.at)*8+int(f.shift)+bit)
			}
		}
	}
	return list
}
