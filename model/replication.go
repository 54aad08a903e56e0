package model

// The replication thread of Distribution Manager reads INCOMING when a change
// notification wakes it, and judges each .PKG file that it finds there.
func replicationRules() []Rule {
	listed := &Choice{"the replication thread has listed its .PKG", FieldListed.ofVersion(), func(c binding) Versions { return c.pkg.Listed }}
	waiting := Guard{Name: "the replication thread waits", Reads: FieldBusy, Holds: func(c binding) bool { return !c.site.Replication.Busy }}
	// A file that stays is looked at again only if something notifies the thread.
	stays := func(why string) Effect {
		return Effect{Name: "the file stays in INCOMING", Says: "nobody comes back to it before the next change notification", If: without(RescanTimer),
			Remarks: []Remark{{Says: "the file stays in INCOMING: " + why + ", and only another change notification brings the thread back to it"}}}
	}
	judged := Effect{Name: "the file is judged", Writes: FieldListed.ofVersion(), Do: func(c binding) { c.pkg.Listed &^= c.Version.Set() }}
	deleted := Effect{Name: "the file is deleted", Writes: FieldIncoming.ofVersion(), Do: func(c binding) { c.pkg.Incoming &^= c.Version.Set() }}

	current := Guard{Name: "its refresh time is not older than the one applied last", Says: "{version} is LastRefreshTime or later", Reads: FieldRefresh, Holds: func(c binding) bool {
		return c.Version >= c.pkg.Row.Refresh
	}}
	stored := Guard{Name: "its version is the stored one", Says: "{version} is StoredPkgVersion", Reads: FieldStored, Holds: func(c binding) bool { return c.Version == c.pkg.Row.Stored }}
	free := func(c binding) bool { return c.pkg.Thread.Phase == ThreadIdle && c.threadFree() }

	judgement := func(r Rule, guards ...Guard) Rule {
		r.Where, r.Of, r.Guards, r.judges = BelowSource, listed, guards, true
		r.Effects = append([]Effect{judged}, r.Effects...)
		return r
	}
	return []Rule{
		{
			Name:   "replication.wake",
			Says:   "The change notification wakes the replication thread at site {site}, which lists INCOMING.",
			Origin: inferred("protocol, step 7; Q319189"),
			By:     ActorReplication,
			Where:  BelowSource,
			Site:   true,
			Guards: []Guard{waiting,
				{Name: "a change notification has fired", Reads: FieldNotified, Holds: func(c binding) bool { return c.site.Replication.Notified }},
			},
			Effects: []Effect{
				{Name: "the notification is consumed", Says: "the replication thread is busy, also where INCOMING is empty, and no change notification has fired", Writes: FieldBusy.And(FieldNotified), Do: func(c binding) { c.site.Replication = Replication{Busy: true} }},
				{Name: "INCOMING is listed", Says: "of every package, the listed files are those that lie in INCOMING", Reads: FieldIncoming.AllPackages(), Writes: FieldListed.AllPackages(), Do: func(c binding) {
					for p := range c.sys.scope.Packages {
						c.site.Packages[p].Listed = c.site.Packages[p].Incoming
					}
				}},
			},
		},
		judgement(Rule{
			Name:    "replication.discard",
			Says:    "The replication thread at site {site} discards the .PKG of version {version} of {package}: one with a later refresh time was applied.",
			Origin:  from("protocol, step 8; KB936465"),
			By:      ActorReplication,
			Effects: []Effect{deleted},
		}, Guard{Name: "its refresh time is older than the one applied last", Says: "{version} is below LastRefreshTime", Reads: FieldRefresh, Holds: not(current.Holds)}),
		judgement(Rule{
			Name:    "replication.skip",
			Says:    "The replication thread at site {site} skips the .PKG of version {version} of {package}, which stays in INCOMING: the site does not believe that it stores that version yet.",
			Origin:  from("protocol, step 8; Q245579, KB936465"),
			By:      ActorReplication,
			Effects: []Effect{stays("its content is not stored yet, as the row says")},
		}, current, Guard{Name: "its version is ahead of the stored one", Says: "{version} is above StoredPkgVersion", Reads: FieldStored, Holds: func(c binding) bool { return c.Version > c.pkg.Row.Stored }}),
		judgement(Rule{
			Name:    "replication.delete",
			Says:    "The replication thread at site {site} deletes the .PKG of version {version} of {package}: the site stores a later version already.",
			Origin:  from("protocol, step 8"),
			By:      ActorReplication,
			Effects: []Effect{deleted},
		}, current, Guard{Name: "its version is behind the stored one", Says: "{version} is below StoredPkgVersion", Reads: FieldStored, Holds: func(c binding) bool { return c.Version < c.pkg.Row.Stored }}),
		judgement(Rule{
			Name:    "replication.leave",
			Says:    "The replication thread at site {site} leaves the .PKG of version {version} of {package} in INCOMING: the package thread is busy.",
			Origin:  inferred("protocol, step 8"),
			By:      ActorReplication,
			Effects: []Effect{stays("no package thread is free for it")},
		}, current, stored, Guard{Name: "the package has a thread already, or the site has no thread free", Reads: FieldThread.Phase().AllPackages(), Holds: not(free)}),
		judgement(Rule{
			Name:   "replication.accept",
			Says:   "The replication thread at site {site} applies the .PKG of version {version} of {package}, and a package thread starts.",
			Origin: from("protocol, step 8"),
			By:     ActorReplication,
			Hands:  Handover{From: ActorReplication, To: ActorPackageThread, What: ".PKG of version {version} of {package}"},
			Effects: []Effect{deleted,
				{Name: "LastRefreshTime is its time", Says: "LastRefreshTime is {version}", Origin: from("KB936465"), Writes: FieldRefresh, Do: func(c binding) { c.pkg.Row.Refresh = c.Version }},
				{Name: "the package thread starts", Says: "it is started, with version {version}", Writes: FieldThread, Do: func(c binding) { c.pkg.Thread = PackageThread{Started, c.Version} }},
			},
		}, current, stored, Guard{Name: "the package has no thread, and the site has one free", Says: threadsFree, Origin: from("protocol, actors"), Reads: FieldThread.Phase().AllPackages(), Holds: free}),
		{
			Name:   "replication.wait",
			Says:   "The replication thread at site {site} has judged what it listed, and waits for the next change.",
			Origin: from("protocol, step 7"),
			By:     ActorReplication,
			Where:  BelowSource,
			Site:   true,
			Guards: []Guard{
				{Name: "the replication thread is busy", Reads: FieldBusy, Holds: not(waiting.Holds)},
				{Name: "every listed file is judged", Says: "no file of any package is listed", Reads: FieldListed.AllPackages(), Holds: func(c binding) bool {
					return !c.anyPackage(func(p *PackageState) bool { return p.Listed != 0 })
				}},
			},
			Effects: []Effect{{Name: "it waits", Writes: FieldBusy, Do: func(c binding) { c.site.Replication.Busy = false }}},
		},
		{
			Name:   "timer.rescan",
			Says:   "The timer at site {site} fires: INCOMING will be looked at without any change.",
			Origin: from("mechanism rescan-timer"),
			By:     ActorReplication,
			Where:  BelowSource,
			Site:   true,
			If:     with(RescanTimer),
			Guards: []Guard{waiting,
				{Name: "no change notification has fired", Reads: FieldNotified, Holds: func(c binding) bool { return !c.site.Replication.Notified }},
				{Name: "a file lies in INCOMING", Says: "of any package", Reads: FieldIncoming.AllPackages(), Holds: filesWait},
			},
			Effects: []Effect{{Name: "the replication thread is woken", Says: "a change notification has fired", Writes: FieldNotified, Do: func(c binding) { c.site.Replication.Notified = true }}},
		},
	}
}

// Judgements returns in how many ways the replication thread of a site can judge
// the listed .PKG of a version of a package, and whether the file is off the list
// after each of them.
func (sys *System) Judgements(s *State, site, pkg int, v Version) (ways int, each bool) {
	each = true
	for i := range sys.rules {
		r := &sys.rules[i]
		c := bind(sys, s, Step{Rule: r.index, Site: uint8(site), Package: uint8(pkg), Version: v})
		if !r.judges || !r.Of.Set(c).Has(v) || r.blocked(c) != nil {
			continue
		}
		ways++
		after := *c.site // the state is not to be changed
		c.site, c.pkg = &after, &after.Packages[pkg]
		for _, e := range r.effects {
			e.Do(c)
		}
		each = each && !c.pkg.Listed.Has(v)
	}
	return ways, each
}

func filesWait(c binding) bool {
	return c.anyPackage(func(p *PackageState) bool { return p.Incoming != 0 })
}

// The change notification is an edge: whoever waits hears it, and SMS 2.0 looks
// at INCOMING on a change only (Q319189). The source site receives no files and
// has nobody to notify.
func notifyUnheard(when Condition) Effect {
	when.Without |= Mechanisms(LatchedNotification)
	return Effect{Name: "the change notification fires, unheard while the replication thread is busy", Origin: inferred("protocol, step 7; Q319189"),
		Says: "one has fired if the replication thread waits, or if one had fired already; the source site has no INCOMING, and none fires there",
		If:   when, Reads: FieldBusy.And(FieldNotified), Writes: FieldNotified, Do: func(c binding) {
			c.site.Replication.Notified = c.site.Replication.Notified || c.Site > 0 && !c.site.Replication.Busy
		}, Remarks: []Remark{{"the change notification is lost: the replication thread is busy", func(c binding) bool { return c.Site > 0 && c.site.Replication.Busy }}}}
}

// A latched notification is remembered until the replication thread waits.
func notifyLatched(when Condition) Effect {
	when.With |= Mechanisms(LatchedNotification)
	return Effect{Name: "the change notification fires, and is remembered while the replication thread is busy",
		Says: "one has fired, whatever the replication thread does; the source site has no INCOMING, and none fires there",
		If:   when, Writes: FieldNotified, Do: func(c binding) {
			c.site.Replication.Notified = c.Site > 0
		}}
}

// anyPackage tells whether a package of the site satisfies the condition.
func (c binding) anyPackage(is func(*PackageState) bool) bool {
	for p := range c.sys.scope.Packages {
		if is(&c.site.Packages[p]) {
			return true
		}
	}
	return false
}
