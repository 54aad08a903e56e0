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
			},
			Effects: []Effect{
				{Name: "SourceVersion rises by one", Writes: FieldSource, Do: func(c binding) { c.pkg.Row.Source = c.Version }},
				{Name: "Distribution Manager gets a notification of the update", Says: "version {version} is among the updates that are not noticed yet", Origin: from("protocol, step 1; KB834123"), Writes: FieldUpdates.ofVersion(), Do: func(c binding) { c.pkg.Updates |= c.Version.Set() }},
			},
		},
	}
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
