package model

// The administrator asks for new versions of a package at the source site, and
// is the only one to do so.
func administratorRules() []Rule {
	return []Rule{
		{
			Name:   "administrator.update",
			Says:   "The administrator updates the distribution points of {package}: its source version is now {version}.",
			Origin: from("protocol, step 1"),
			By:     ActorAdministrator,
			Hands:  Handover{From: ActorAdministrator, To: ActorPackageThread, What: "update of {package} to version {version}"},
			Kind:   ByAdministrator,
			Where:  AtSource,
			Of:     &Choice{"it is the next version", FieldSource, func(c binding) Versions { return (c.pkg.Row.Source + 1).Set() }},
			Guards: []Guard{
				{
					Name:  "an update is left in the scope",
					Says:  "SourceVersion is below the number of updates of the scope, or at it where the administrator updates a second time",
					Reads: FieldSource,
					Holds: func(c binding) bool { return c.sys.updatesLeft(c.s, c.Package) },
					Bound: true,
				},
				{
					Name:   "the sites are at rest",
					Origin: from("Q235788, workaround"),
					If:     Condition{Policies: []Policy{Waits}},
					Rest:   true,
					Holds:  func(c binding) bool { return c.sys.AtRest(c.s) },
				},
				{
					Name:   "the sites are at rest before the update a second time",
					Says:   "version {version} is within the number of updates of the scope, or the sites are at rest",
					Origin: from("Q258424"),
					If:     Condition{Policies: []Policy{Twice}},
					Rest:   true,
					Holds: func(c binding) bool {
						return int(c.Version) <= c.sys.scope.Updates || c.sys.AtRest(c.s)
					},
				},
				{
					Name: "nothing of the package is under way",
					Says: "at every site, no update of it is unnoticed, nothing of it is on its way or listed, Despooler is not at work on it, its package thread is idle, and no file of it lies in INCOMING for which a change notification has fired",
					If:   Condition{Policies: []Policy{WaitsForPackage}}, Origin: from("Q235788, workaround"),
					Reads: FieldUpdates.And(ContentChannel, metadataChannel, FieldIncoming, FieldListed, FieldThread.Phase(), FieldStatus, FieldLate, FieldDespooler, FieldNotified).everywhere(),
					Holds: func(c binding) bool { return !c.anySite(binding.packageUnderWay) },
				},
				{
					Name: "every distribution point serves the last version",
					Says: "at every site, it serves SourceVersion that the package has at the source site, or a later version, whole",
					If:   Condition{Policies: []Policy{WaitsForDPs}}, Origin: inferred("Q235788, workaround"),
					Reads: FieldServed.AllDPs().everywhere().And(FieldSource),
					Holds: func(c binding) bool {
						last := c.pkg.Row.Source
						return !c.anySite(func(c binding) bool { return c.anyDP(func(d DP) bool { return !d.Serves(last) }) })
					},
				},
			},
			Effects: []Effect{
				{Name: "SourceVersion rises by one", Writes: FieldSource, Do: func(c binding) { c.pkg.Row.Source = c.Version }},
				{Name: "Distribution Manager gets a notification of the update", Says: "version {version} is among the updates that are not noticed yet", Origin: from("protocol, step 1; KB834123"), Writes: FieldUpdates.ofVersion(), Do: func(c binding) { c.pkg.Updates |= c.Version.Set() }},
			},
		},
	}
}

// anySite tells whether the package at some site satisfies the condition.
func (c binding) anySite(is func(binding) bool) bool {
	for i := range c.sys.scope.Sites {
		at := c.Step
		at.Site = uint8(i)
		if is(bind(c.sys, c.s, at)) {
			return true
		}
	}
	return false
}

// packageUnderWay tells whether something of the package is under way at the site.
func (c binding) packageUnderWay() bool {
	p, despooler := c.pkg, c.site.Despooler
	return p.Updates|p.Content|p.Metadata|p.Listed != 0 || p.Status|p.Late != 0 || p.Thread.Phase != ThreadIdle ||
		despooler.Phase != DespoolerIdle && despooler.Package == c.Package ||
		p.Incoming != 0 && c.site.Replication.Notified
}

// updatesLeft tells whether the administrator has not asked for the last
// version of the package yet.
func (sys *System) updatesLeft(s *State, pkg uint8) bool {
	return s.Sites[0].Packages[pkg].Row.Source < sys.last
}

// AdministratorDone tells whether the administrator has asked for the last
// version of every package.
func (sys *System) AdministratorDone(s *State) bool {
	for p := range sys.scope.Packages {
		if sys.updatesLeft(s, uint8(p)) {
			return false
		}
	}
	return true
}
