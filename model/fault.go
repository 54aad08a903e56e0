package model

// What goes wrong. Each fault has a budget in the scope; a crash is followed by
// the restart at once: memory is lost, what is on disk stays.
func faultRules() []Rule {
	threads := FieldThread.And(FieldUnpacked, FieldCopyTo.AllDPs()).AllPackages()
	return []Rule{
		fault(Duplicate, Rule{
			Name:   "fault.duplicate-content",
			Says:   "The Sender resends version {version} of {package} to site {site}: its content will arrive twice.",
			Origin: from("protocol, step 3; Q319207"),
			By:     ActorSender,
			Where:  BelowSource,
			Of:     &Choice{"its content is on its way, once", ContentChannel.ofVersion(), func(c binding) Versions { return c.pkg.Content &^ c.pkg.ContentTwice }},
			Effects: []Effect{
				{Name: "the content will arrive twice", Writes: FieldContentTwice.ofVersion(), Do: func(c binding) { c.pkg.ContentTwice |= c.Version.Set() }},
			},
		}),
		fault(Duplicate, Rule{
			Name:   "fault.duplicate-metadata",
			Says:   "The Sender resends version {version} of {package} to site {site}: its .PKG will arrive twice.",
			Origin: from("protocol, step 3; Q319207"),
			By:     ActorSender,
			Where:  BelowSource,
			Of:     &Choice{"its metadata is on its way, once", metadataChannel.ofVersion(), func(c binding) Versions { return c.pkg.Metadata &^ c.pkg.MetadataTwice }},
			Effects: []Effect{
				{Name: "the .PKG will arrive twice", Writes: FieldMetadataTwice.ofVersion(), Do: func(c binding) { c.pkg.MetadataTwice |= c.Version.Set() }},
			},
		}),
		fault(DespoolerCrash, Rule{
			Name:   "fault.despooler-crash",
			Says:   "Despooler at site {site} crashes and restarts.",
			Origin: from("protocol, step 4 (partial content without its instruction, Q235837)"),
			By:     ActorDespooler,
			Where:  BelowSource,
			Site:   true,
			Guards: []Guard{{Name: "Despooler is at work", Says: "it is storing or forwarding", Reads: FieldDespooler, Holds: func(c binding) bool { return c.site.Despooler.Phase != DespoolerIdle }}},
			Effects: []Effect{
				{Name: "what it worked on is found, and will be done again", Says: "the content that it was storing or forwarding is on its way to it again; if it was still on its way it stays so, once or twice as before", If: with(Journal), Reads: FieldDespooler, Writes: FieldContent.AllPackages(), Do: func(c binding) {
					c.site.Packages[c.site.Despooler.Package].Content |= c.site.Despooler.Version.Set()
				}},
				{Name: "its memory is lost", Says: "Despooler is idle; a copy that it was storing stays torn", Origin: inferred("Q235837"), Writes: FieldDespooler, Do: func(c binding) { c.site.Despooler = Despooler{} },
					Remarks: []Remark{{"the work that was begun is lost: nothing on disk tells of it", func(c binding) bool { return !c.sys.design.Mechanisms.Has(Journal) }}}},
			},
		}),
		fault(ManagerCrash, Rule{
			Name:   "fault.manager-crash",
			Says:   "Distribution Manager at site {site} crashes and restarts.",
			Origin: from("protocol, step 9; Q182419"),
			By:     ActorPackageThread,
			Where:  Anywhere,
			Site:   true,
			Guards: []Guard{{Name: "Distribution Manager is at work", Says: "the replication thread is busy, or a change notification has fired, or a package thread is not idle", Reads: FieldBusy.And(FieldNotified, FieldThread.Phase().AllPackages()), Holds: func(c binding) bool {
				return c.site.Replication != Replication{} ||
					c.anyPackage(func(p *PackageState) bool { return p.Thread.Phase != ThreadIdle })
			}}},
			Effects: []Effect{
				{Name: "its package threads are gone", Says: stopped + "; each is idle", If: without(Journal), Reads: threads, Writes: threads, Do: func(c binding) { c.stopThreads(PackageThread{}) },
					Remarks: []Remark{{"the work that was begun is lost: nothing on disk tells of it", func(c binding) bool {
						return c.anyPackage(func(p *PackageState) bool { return p.Thread.Phase != ThreadIdle })
					}}}},
				{Name: "its package threads begin again", Says: stopped + "; each is started, with the version that it worked on", If: with(Journal), Reads: threads, Writes: threads, Do: func(c binding) { c.stopThreads(PackageThread{Phase: Started}) }},
				{Name: "its replication thread waits, and has forgotten what it listed and heard", Says: "it waits, no change notification has fired, and no file of any package is listed", Origin: inferred(""), Writes: FieldBusy.And(FieldNotified, FieldListed.AllPackages()), Do: func(c binding) {
					c.site.Replication = Replication{}
					for p := range c.sys.scope.Packages {
						c.site.Packages[p].Listed = 0
					}
				}},
				{Name: "INCOMING is not looked at before its next change", Says: "no change notification fires", Origin: inferred(""), If: without(Journal),
					Remarks: []Remark{{"files lie in INCOMING, and nobody looks there after the restart", filesWait}}},
				{Name: "INCOMING is looked at after the restart", Says: "a change notification has fired if a file of any package lies in INCOMING", If: with(Journal), Reads: FieldIncoming.AllPackages(), Writes: FieldNotified, Do: func(c binding) { c.site.Replication.Notified = filesWait(c) }},
			},
		}),
		fault(EarlyRead, Rule{
			Name:   "fault.read-early",
			Says:   "Despooler at site {site} opens version {version} of {package} before its writer lets go of it, and cannot read it.",
			Origin: from("protocol, step 4; Q161043"),
			By:     ActorDespooler,
			Where:  BelowSource,
			Of:     &Choice{"its content is on its way", ContentChannel.ofVersion(), func(c binding) Versions { return c.pkg.Content }},
			Guards: []Guard{{Name: "Despooler is idle", Origin: from("protocol, actors"), Reads: FieldDespooler, Holds: func(c binding) bool { return c.site.Despooler.Phase == DespoolerIdle }}},
			Effects: []Effect{
				{Name: "the file is read later", Says: "it stays on its way, once or twice as before", Origin: inferred(""), If: off(ReadOnce)},
				{Name: "the file is never looked at again", Says: "if it is on its way twice, it is on its way once from here on; else it is on its way no more", If: on(ReadOnce), Reads: ContentChannel.ofVersion(), Writes: ContentChannel.ofVersion(), Do: func(c binding) {
					receive(&c.pkg.Content, &c.pkg.ContentTwice, c.Version)
				}, Remarks: []Remark{{"the content is lost: Despooler never reads the file again", func(c binding) bool { return !c.pkg.ContentTwice.Has(c.Version) }}}},
			},
		}),
		fault(LateStatus, Rule{
			Name:   "fault.status-late",
			Says:   "The status of version {version} of {package} from site {site} is held up on its way.",
			Origin: from("protocol, step 12; Q318834"),
			By:     ActorPackageThread,
			Where:  Anywhere,
			Of:     &Choice{"its status is on its way", FieldStatus, func(c binding) Versions { return c.pkg.Status.Set() }},
			Guards: []Guard{{Name: "no other is held up", Reads: FieldLate, Holds: func(c binding) bool { return c.pkg.Late == 0 }}},
			Effects: []Effect{
				{Name: "later ones overtake it", Says: "it is held up, and no status is on its way", Writes: FieldLate.And(FieldStatus), Do: func(c binding) { c.pkg.Late, c.pkg.Status = c.Version, 0 }},
			},
		}),
		fault(DPAway, Rule{
			Name:   "fault.dp-away",
			Says:   "Distribution point {dp} of site {site} can no longer be reached.",
			Origin: from("protocol, step 11; Q319207"),
			By:     ActorDPs,
			Where:  Anywhere,
			Site:   true,
			DP:     true,
			Guards: []Guard{{Name: "the distribution point can be reached", Reads: FieldAway, Holds: func(c binding) bool { return !c.site.Away[c.DP] }}},
			Effects: []Effect{
				{Name: "it cannot be reached", Says: "a copy to it that is under way stays under way", Writes: FieldAway, Do: func(c binding) { c.site.Away[c.DP] = true }},
			},
		}),
		fault(SharingViolation, Rule{
			Name:    "fault.file-in-use",
			Says:    "The copy of version {version} of {package} to distribution point {dp} of site {site} fails: a file there is in use.",
			Origin:  from("protocol, step 11; Q193766"),
			By:      ActorDPs,
			Hands:   Handover{From: ActorDPs, To: ActorPackageThread, What: "a file on distribution point {dp} is in use"},
			Where:   Anywhere,
			DP:      true,
			Of:      &Choice{"the package thread works on it", FieldThread, func(c binding) Versions { return c.pkg.Thread.Version.Set() }},
			Guards:  []Guard{{Name: "a copy is under way", Says: "whether the distribution point can be reached or not", Reads: FieldCopyTo, Holds: func(c binding) bool { return c.dp().Phase == Copying }}},
			Effects: copyFails(),
		}),
		fault(SharingViolation, Rule{
			Name:   "fault.source-in-use",
			Says:   "The package thread at site {site} cannot read version {version} of {package}: a source file is in use. It will begin again.",
			Origin: inferred("protocol, step 2; Q207416"),
			By:     ActorPackageThread,
			Where:  AtSource,
			Of:     &Choice{"the package thread works on it", FieldThread, func(c binding) Versions { return c.pkg.Thread.Version.Set() }},
			Guards: []Guard{{Name: "the thread is compressing", Reads: FieldThread.Phase(), Holds: func(c binding) bool { return c.pkg.Thread.Phase == Compressing }}},
			Effects: []Effect{
				{Name: "the thread begins again", Says: "it is started, with the version that it worked on; the stored copy stays as it is", Writes: FieldThread.Phase(), Do: func(c binding) { c.pkg.Thread.Phase = Started }},
			},
		}),
		fault(FailedDecompress, Rule{
			Name:   "fault.decompress-fails",
			Says:   "The package thread at site {site} cannot decompress version {version} of {package} (status 2321) and ends; the .PKG stays in INCOMING.",
			Origin: inferred("protocol, step 10; Q319189"),
			By:     ActorPackageThread,
			Where:  BelowSource,
			Of:     &Choice{"the package thread works on it", FieldThread, func(c binding) Versions { return c.pkg.Thread.Version.Set() }},
			Guards: []Guard{{Name: "the thread is decompressing", Reads: FieldThread.Phase(), Holds: func(c binding) bool { return c.pkg.Thread.Phase == Decompressing }}},
			Effects: []Effect{
				{Name: "the .PKG that could not be applied lies in INCOMING, which is no change", Says: "the file of the version in LastRefreshTime, which was applied last, lies in INCOMING; this fires no change notification", Reads: FieldRefresh, Writes: FieldIncoming, Do: func(c binding) {
					c.pkg.Incoming |= c.pkg.Row.Refresh.Set()
				}},
				{Name: "the thread ends", Says: "the thread is idle, and unpacked is none", Writes: FieldThread.And(FieldUnpacked), Do: func(c binding) { c.pkg.Thread, c.pkg.Unpacked = PackageThread{}, Content{} }},
				notifyUnheard(with(RescanOnDone)), notifyLatched(with(RescanOnDone)),
			},
		}),
	}
}

// fault makes a rule a fault: it costs one of the budget.
func fault(f Fault, r Rule) Rule {
	r.Kind, r.Fault, r.Only = ByFault, f, []Fault{f}
	r.Guards = append([]Guard{{
		Name:  budgetLeft(f),
		Reads: LeftOf(f),
		Holds: func(c binding) bool { return c.s.FaultsLeft[f] > 0 },
		Bound: true,
	}}, r.Guards...)
	r.Effects = append([]Effect{{
		Name:  "one of the " + f.String() + " is spent",
		Reads: LeftOf(f), Writes: LeftOf(f),
		Do:    func(c binding) { c.s.FaultsLeft[f]-- },
		Bound: true,
	}}, r.Effects...)
	return r
}

// budgetLeft is the guard of every fault.
func budgetLeft(f Fault) string { return budgets[f] }

var budgets = func() (names [NumFaults]string) {
	for f := range names {
		names[f] = "the scope has " + Fault(f).String() + " left"
	}
	return names
}()

const stopped = "of each package whose thread is not idle, unpacked is none, and no copy to a distribution point is due or under way; what a copy has torn stays torn"

// stopThreads ends the package threads of a site: each one that ran becomes next,
// and copies that were under way stay as they are.
func (c binding) stopThreads(next PackageThread) {
	for i := range c.sys.scope.Packages {
		p := &c.site.Packages[i]
		if p.Thread.Phase == ThreadIdle {
			continue
		}
		if next.Phase != ThreadIdle {
			next.Version = p.Thread.Version
		}
		p.Thread, p.Unpacked = next, Content{}
		for d := range p.DPs {
			p.DPs[d].Phase = DPIdle
		}
	}
}

// Noise tells whether the rule only disturbs: a fault. Random walks leave out
// some of them, so that they get further with the rest.
func (sys *System) Noise(rule int) bool { return table[rule].Kind == ByFault }
