package model

// The DP threads of Distribution Manager copy what the package thread unpacked
// to the site's distribution points, a few at the same time.
func dpRules() []Rule {
	working := &Choice{"the package thread distributes it", FieldThread, func(c binding) Versions {
		if c.pkg.Thread.Phase != Distributing {
			return 0
		}
		return c.pkg.Thread.Version.Set()
	}}
	copying := Guard{Name: "a copy is under way", Reads: FieldCopyTo, Holds: func(c binding) bool { return c.dp().Phase == Copying }}
	away := func(c binding) bool { return c.site.Away[c.DP] }
	here := Guard{Name: "the distribution point can be reached", Origin: from("Q319207"), Reads: FieldAway, Holds: not(away)}
	return []Rule{
		{
			Name:   "dp.copy",
			Says:   "A DP thread at site {site} begins to copy version {version} of {package} to distribution point {dp}.",
			Origin: from("protocol, step 11"),
			By:     ActorPackageThread,
			Hands:  Handover{From: ActorPackageThread, To: ActorDPs, What: "version {version} of {package}, to distribution point {dp}"},
			Where:  Anywhere,
			DP:     true,
			Of:     working,
			Guards: []Guard{
				{Name: "a copy is due", Reads: FieldCopyTo, Holds: func(c binding) bool { return c.dp().Phase == Due }},
				here,
				{Name: "the package has a DP thread free", Says: "fewer copies of the package are under way at the site than the scope allows", Origin: from("protocol, actors"), Reads: FieldCopyTo.AllDPs(), Holds: func(c binding) bool { return c.copies() < c.sys.scope.Copies }},
			},
			Effects: []Effect{
				{Name: "the copy is under way", Writes: FieldCopyTo, Do: func(c binding) { c.dp().Phase = Copying }},
				{Name: "what the distribution point holds is torn from here on", Says: "it keeps the version that it had, or none", Origin: inferred("Q184489, of SMS 1.2"), If: without(StagedWrite), Writes: FieldServed.torn(), Do: func(c binding) { c.dp().Content.Torn = true }},
			},
		},
		{
			Name:   "dp.commit",
			Says:   "Distribution point {dp} of site {site} has what was unpacked as version {version} of {package}.",
			Origin: from("protocol, step 11"),
			By:     ActorDPs,
			Where:  Anywhere,
			DP:     true,
			Of:     working,
			Guards: []Guard{copying, here},
			Effects: []Effect{
				{Name: "the distribution point serves what was unpacked", Says: "what is unpacked now, with its version, and torn if that is torn; the copy is idle", Reads: FieldUnpacked, Writes: FieldCopyTo.And(FieldServed), Do: func(c binding) { *c.dp() = DP{Content: c.pkg.Unpacked} },
					Remarks: []Remark{
						{"what was unpacked is torn", func(c binding) bool { return c.pkg.Unpacked.Torn }},
						{"an older version is copied over a newer one", func(c binding) bool { return c.pkg.Unpacked.Version < c.dp().Content.Version }},
					}},
			},
		},
		{
			Name:   "dp.fail",
			Only:   []Fault{DPAway},
			Says:   "The copy of version {version} of {package} to distribution point {dp} of site {site} fails: it cannot be reached.",
			Origin: from("protocol, step 11; Q319207"),
			By:     ActorDPs,
			Hands:  Handover{From: ActorDPs, To: ActorPackageThread, What: "distribution point {dp} cannot be reached"},
			Where:  Anywhere,
			DP:     true,
			Of:     working,
			Guards: []Guard{
				{Name: "the distribution point cannot be reached", Reads: FieldAway, Holds: away},
				{Name: "a copy is due or under way", Reads: FieldCopyTo, Holds: func(c binding) bool { return c.dp().Phase != DPIdle }},
				{Name: copying.Name, If: with(RetryDP), Reads: copying.Reads, Holds: copying.Holds},
			},
			Effects: copyFails(),
		},
		{
			Name:   "dp.return",
			Only:   []Fault{DPAway},
			Says:   "Distribution point {dp} of site {site} can be reached again.",
			Origin: from("protocol, step 11; Q319207"),
			By:     ActorDPs,
			Where:  Anywhere,
			Site:   true,
			DP:     true,
			Guards: []Guard{{Name: "the distribution point cannot be reached", Reads: FieldAway, Holds: away}},
			Effects: []Effect{
				{Name: "it can be reached", Writes: FieldAway, Do: func(c binding) { c.site.Away[c.DP] = false }},
			},
		},
	}
}

// copyFails is what a failed copy leads to. What it has overwritten stays torn.
func copyFails() []Effect {
	return []Effect{
		{Name: "the copy is given up", Says: "it is idle until the next package thread; Q319207 says that it is tried again, which is the mechanism retry-dp", Origin: inferred(""), If: without(RetryDP), Writes: FieldCopyTo, Do: func(c binding) { c.dp().Phase = DPIdle }, Remarks: []Remark{{Says: "the copy is given up: nobody tries it again before the next package thread"}}},
		{Name: "the copy is due again", Origin: from("Q319207"), If: with(RetryDP), Writes: FieldCopyTo, Do: func(c binding) { c.dp().Phase = Due }},
	}
}

func (c binding) dp() *DP { return &c.pkg.DPs[c.DP] }

// copies returns how many copies of the package are under way at the site.
func (c binding) copies() int {
	n := 0
	for _, d := range c.pkg.DPs {
		if d.Phase == Copying {
			n++
		}
	}
	return n
}
