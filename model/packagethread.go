package model

// The package thread of Distribution Manager, at most one for each package and
// a few for each site. At the source site it takes a snapshot of the package
// source, compresses and sends it; below, it decompresses the stored copy.
// Then it feeds the distribution points.
func packageRules() []Rule {
	at := func(phase ThreadPhase) *Choice {
		return &Choice{"the package thread is " + phase.String(), FieldThread, func(c binding) Versions {
			if c.pkg.Thread.Phase != phase {
				return 0
			}
			return c.pkg.Thread.Version.Set()
		}}
	}
	noticed := &Choice{"it is the first update that is not noticed yet", FieldUpdates.upToVersion(), func(c binding) Versions { return c.pkg.Updates.Lowest().Set() }}
	notice := Effect{Name: "the notification is consumed", Says: "version {version} is noticed", Writes: FieldUpdates.ofVersion(), Do: func(c binding) { c.pkg.Updates &^= c.Version.Set() }}
	due := Effect{Name: "every distribution point is due", Origin: from("protocol, step 11"),
		Says:   "the thread distributes from here on, and a copy to every distribution point of the site is due, whatever it serves and whether it can be reached",
		Writes: FieldThread.Phase().And(FieldCopyTo.AllDPs()), Do: func(c binding) {
			c.pkg.Thread.Phase = Distributing
			for d := range c.sys.scope.Sites[c.Site].DPs {
				c.pkg.DPs[d].Phase = Due
			}
		}}
	threadIdle := Guard{Name: "the package has no thread", Origin: from("protocol, actors"), Reads: FieldThread.Phase(), Holds: func(c binding) bool { return c.pkg.Thread.Phase == ThreadIdle }}
	current := func(c binding) bool { return c.Version <= c.pkg.Row.Stored }
	return []Rule{
		{
			Name:   "manager.start",
			Says:   "Distribution Manager at site {site} notices the update to version {version} of {package} and starts a package thread.",
			Origin: from("protocol, step 2"),
			By:     ActorPackageThread,
			Where:  AtSource,
			Of:     noticed,
			Guards: []Guard{threadIdle,
				{Name: "the site has a thread free", Says: threadsFree, Origin: from("protocol, actors"), Reads: FieldThread.Phase().AllPackages(), Holds: binding.threadFree},
				{Name: "the version is not stored yet", Says: "StoredPkgVersion is below {version}", Origin: inferred("KB834123"), Reads: FieldStored, Holds: not(current)},
			},
			Effects: []Effect{notice,
				{Name: "the package thread starts", Says: "it is started, with version {version}", Writes: FieldThread, Do: func(c binding) { c.pkg.Thread = PackageThread{Started, c.Version} }},
			},
		},
		{
			Name:   "manager.ignore",
			Says:   "Distribution Manager at site {site} notices the update to version {version} of {package}, which an earlier snapshot has taken in already.",
			Origin: from("protocol, step 1; KB834123"),
			By:     ActorPackageThread,
			Where:  AtSource,
			Of:     noticed,
			Guards: []Guard{threadIdle,
				{Name: "the version is stored already", Says: "StoredPkgVersion is {version} or later", Origin: inferred("KB834123"), Reads: FieldStored, Holds: current},
			},
			Effects: []Effect{notice},
		},
		{
			Name:   "package.snapshot",
			Says:   "The package thread at site {site} begins to compress version {version} of {package}, the latest.",
			Origin: from("protocol, step 2; KB834123"),
			By:     ActorPackageThread,
			Where:  AtSource,
			Of:     &Choice{"it is the latest version", FieldSource, func(c binding) Versions { return c.pkg.Row.Source.Set() }},
			Guards: []Guard{
				{Name: "the package thread has started", Says: "with whatever version it was started", Reads: FieldThread.Phase(), Holds: func(c binding) bool { return c.pkg.Thread.Phase == Started }},
			},
			Effects: []Effect{
				{Name: "the thread is compressing that version", Says: "{version} is the version that it works on from here on", Writes: FieldThread, Do: func(c binding) { c.pkg.Thread = PackageThread{Compressing, c.Version} }},
				{Name: "the stored copy is torn from here on", Says: "it keeps the version that it had, or none", Origin: inferred("protocol, step 2"), If: without(StagedWrite), Writes: FieldCopy.torn(), Do: func(c binding) { c.pkg.Copy.Torn = true }},
			},
		},
		{
			Name:   "package.compress",
			Says:   "The package thread at site {site} has compressed version {version} of {package} and records it.",
			Origin: from("protocol, step 2"),
			By:     ActorPackageThread,
			Where:  AtSource,
			Of:     at(Compressing),
			Effects: []Effect{
				{Name: "the stored copy is whole", Says: "it is version {version}, whole, and so is what is unpacked: the source site feeds its own distribution points from it", Origin: inferred("protocol, step 2"), Writes: FieldCopy.And(FieldUnpacked), Do: func(c binding) {
					c.pkg.Copy = Content{Version: c.Version}
					c.pkg.Unpacked = c.pkg.Copy
				}},
				{Name: "StoredPkgVersion is its version", Writes: FieldStored, Do: func(c binding) { c.pkg.Row.Stored = c.Version }},
				{Name: "the thread has it to send", Writes: FieldThread.Phase(), Do: func(c binding) { c.pkg.Thread.Phase = Sending }},
			},
		},
		{
			Name:   "package.send",
			Says:   "Site {site} sends version {version} of {package}, content and metadata, to its child sites.",
			Origin: from("protocol, step 3"),
			By:     ActorPackageThread,
			Hands:  Handover{From: ActorPackageThread, To: ActorSender, What: "content and metadata of version {version} of {package}", Down: true},
			Where:  AtSource,
			Of:     at(Sending),
			Effects: []Effect{
				{Name: "content and metadata are on their way to every child site", Says: sentAgain, Writes: FieldContent.And(FieldMetadata).ofVersion().below(), Do: func(c binding) { c.send(c.Version) }},
				due,
			},
		},
		{
			Name:   "package.decompress",
			Says:   "The package thread at site {site} reads that version {version} of {package} is stored, and begins to decompress it.",
			Origin: from("protocol, step 9"),
			By:     ActorPackageThread,
			Where:  BelowSource,
			Of:     &Choice{"it is the stored version, in StoredPkgVersion", FieldStored, func(c binding) Versions { return c.pkg.Row.Stored.Set() }},
			Guards: []Guard{
				{Name: "the package thread has started", Says: "with whatever version it was started", Reads: FieldThread.Phase(), Holds: func(c binding) bool { return c.pkg.Thread.Phase == Started }},
				{Name: "Despooler is not storing the package", If: with(ExclusiveSource), Reads: FieldDespooler, Holds: func(c binding) bool {
					return !c.site.Despooler.Busy(Storing, c.Package)
				}},
			},
			Effects: []Effect{
				{Name: "the thread works with the version that it read", Says: "it is decompressing, and {version} is the version that it works on", Writes: FieldThread, Do: func(c binding) { c.pkg.Thread = PackageThread{Decompressing, c.Version} }},
				{Name: "it unpacks what the stored copy holds", Says: "what is unpacked is what the stored copy is now: its version, and torn if that is torn", Reads: FieldCopy, Writes: FieldUnpacked, Do: func(c binding) { c.pkg.Unpacked = c.pkg.Copy },
					Remarks: []Remark{
						{"two writers at once: Despooler is writing over the copy that the package thread decompresses", func(c binding) bool { return c.site.Despooler.Busy(Storing, c.Package) }},
						{"the stored copy is not what the row says: it is torn, or of another version", func(c binding) bool {
							return !c.site.Despooler.Busy(Storing, c.Package) && !c.pkg.Copy.Whole(c.Version)
						}},
					}},
			},
		},
		{
			Name:   "package.record",
			Says:   "The package thread at site {site} has decompressed {package} and writes its row back, with version {version}.",
			Origin: inferred("protocol, step 10"),
			By:     ActorPackageThread,
			Where:  BelowSource,
			Of:     at(Decompressing),
			Effects: []Effect{
				{Name: "the row is written back only if it has not changed", Says: "if StoredPkgVersion is another version by now it stays so, and if it is the same there is nothing to change; the thread goes on to distribute in either case", If: with(CompareAndSet)},
				{Name: "StoredPkgVersion is the version that the thread read, whatever it is by now", If: without(CompareAndSet), Writes: FieldStored, Do: func(c binding) {
					c.pkg.Row.Stored = c.Version
				}, Remarks: []Remark{{"the write goes over a newer version: StoredPkgVersion goes back", func(c binding) bool { return c.pkg.Row.Stored > c.Version }}}},
				due,
			},
		},
		{
			Name:   "package.done",
			Says:   "The package thread at site {site} has done version {version} of {package} and ends.",
			Origin: from("protocol, step 12"),
			By:     ActorPackageThread,
			Where:  Anywhere,
			Of:     at(Distributing),
			Guards: []Guard{
				{Name: "no distribution point is due or being copied to", Says: "no copy of the package to a distribution point of the site is due or under way", Reads: FieldCopyTo.AllDPs(), Holds: func(c binding) bool {
					return !c.anyDP(func(d DP) bool { return d.Phase != DPIdle })
				}},
			},
			Effects: []Effect{
				{Name: "the thread ends, and its unpacked files go", Says: "the thread is idle, and unpacked is none", Writes: FieldThread.And(FieldUnpacked), Do: func(c binding) {
					c.pkg.Thread, c.pkg.Unpacked = PackageThread{}, Content{}
				}},
				{Name: "its status is on its way up", Says: "it takes the place of an earlier one that is on its way; one that is held up on its way stays there", Origin: inferred("protocol, step 12"), Writes: FieldStatus, Do: func(c binding) { c.pkg.Status = c.Version },
					Remarks: []Remark{{"its status takes the place of a later one that is on its way", func(c binding) bool { return c.pkg.Status > c.Version }}}},
				notifyUnheard(with(RescanOnDone)), notifyLatched(with(RescanOnDone)),
			},
		},
	}
}

const threadsFree = "fewer package threads run at the site, of all packages together, than the scope allows; a thread runs unless it is idle"

// threadFree tells whether the site may run one package thread more.
func (c binding) threadFree() bool {
	running := 0
	for p := range c.sys.scope.Packages {
		if c.site.Packages[p].Thread.Phase != ThreadIdle {
			running++
		}
	}
	return running < c.sys.scope.Threads
}

// anyDP tells whether the package at a distribution point of the site satisfies
// the condition.
func (c binding) anyDP(is func(DP) bool) bool {
	for d := range c.sys.scope.Sites[c.Site].DPs {
		if is(c.pkg.DPs[d]) {
			return true
		}
	}
	return false
}
