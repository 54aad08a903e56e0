package model

// Despooler receives content at a site below the source site and stores it as
// the site's compressed copy. It does one thing at a time, for all packages of
// the site.
func despoolerRules() []Rule {
	arrived := &Choice{"its content is on its way", ContentChannel.ofVersion(), func(c binding) Versions { return c.pkg.Content }}
	at := func(phase DespoolerPhase) *Choice {
		return &Choice{"Despooler is " + phase.String() + " it", FieldDespooler, func(c binding) Versions {
			if !c.site.Despooler.Busy(phase, c.Package) {
				return 0
			}
			return c.site.Despooler.Version.Set()
		}}
	}
	idle := Guard{Name: "Despooler is idle", Origin: from("protocol, actors"), Reads: FieldDespooler, Holds: func(c binding) bool { return c.site.Despooler.Phase == DespoolerIdle }}
	inOrder := Guard{Name: "no earlier version is on its way (the channels keep their order)", Origin: inferred(ourOrder),
		Says:  "in a scope with order kept, no content of an earlier version is on its way; metadata does not matter",
		Reads: FieldContent.upToVersion().ifOrdered(), Holds: func(c binding) bool {
			return !c.sys.scope.Ordered || c.pkg.Content.Lowest() == c.Version
		}}
	arrives := Effect{Name: "the content has arrived, and comes once more if it was sent twice", Origin: from("Q319207"),
		Says:  "if it is on its way twice, it is on its way once from here on; else it is on its way no more",
		Reads: ContentChannel.ofVersion(), Writes: ContentChannel.ofVersion(), Do: func(c binding) {
			receive(&c.pkg.Content, &c.pkg.ContentTwice, c.Version)
		}}
	older := func(c binding) bool { return c.Version < c.pkg.Row.Stored }
	return []Rule{
		{
			Name:   "despooler.store",
			Says:   "Despooler at site {site} begins to store version {version} of {package}.",
			Origin: from("protocol, step 4"),
			By:     ActorDespooler,
			Hands:  Handover{From: ActorSender, To: ActorDespooler, What: "content of version {version} of {package}"},
			Where:  BelowSource,
			Of:     arrived,
			Guards: []Guard{
				idle, inOrder,
				{Name: "the content is not older than what is stored", Says: "{version} is StoredPkgVersion or later", If: with(DropOlderContent), Reads: FieldStored, Holds: not(older)},
				{Name: "the package thread is not decompressing the package", If: with(ExclusiveSource), Reads: FieldThread.Phase(), Holds: func(c binding) bool {
					return !c.decompressing()
				}},
			},
			Effects: []Effect{
				arrives,
				{Name: "Despooler is storing it", Writes: FieldDespooler, Do: func(c binding) {
					c.site.Despooler = Despooler{Phase: Storing, Package: c.Package, Version: c.Version}
				}},
				{Name: "the stored copy is torn from here on", Says: "it keeps the version that it had, or none", If: without(StagedWrite), Writes: FieldCopy.torn(), Do: func(c binding) { c.pkg.Copy.Torn = true }},
				{Name: "who is decompressing it gets a mixture", Says: "if the package thread decompresses the package, what is unpacked is torn, and keeps the version that it had", Origin: inferred("Q235788, cause"), If: without(StagedWrite), Reads: FieldThread.Phase(), Writes: FieldUnpacked.torn(), Do: func(c binding) {
					if c.decompressing() {
						c.pkg.Unpacked.Torn = true
					}
				}, Remarks: []Remark{{"two writers at once: the package thread is decompressing the copy that Despooler writes over", binding.decompressing}}},
			},
		},
		{
			Name:   "despooler.refuse",
			Says:   "Despooler at site {site} refuses version {version} of {package}: it stores a later one.",
			Origin: from("mechanism drop-older-content"),
			By:     ActorDespooler,
			Hands:  Handover{From: ActorSender, To: ActorDespooler, What: "content of version {version} of {package}"},
			Where:  BelowSource,
			If:     with(DropOlderContent),
			Of:     arrived,
			Guards: []Guard{
				idle, inOrder,
				{Name: "the content is older than what is stored", Says: "{version} is below StoredPkgVersion", Reads: FieldStored, Holds: older},
			},
			Effects: []Effect{arrives},
		},
		{
			Name:   "despooler.commit",
			Says:   "Despooler at site {site} has stored version {version} of {package} and records it.",
			Origin: inferred("protocol, step 5"),
			By:     ActorDespooler,
			Where:  BelowSource,
			Of:     at(Storing),
			Effects: []Effect{
				{Name: "the stored copy is whole", Says: "it is version {version}, whole", Writes: FieldCopy, Do: func(c binding) { c.pkg.Copy = Content{Version: c.Version} }},
				{Name: "StoredPkgVersion is its version", Writes: FieldStored, Do: func(c binding) { c.pkg.Row.Stored = c.Version },
					Remarks: []Remark{{"an older version is stored over a newer one", func(c binding) bool { return c.pkg.Row.Stored > c.Version }}}},
				{Name: "Despooler goes on to the child sites, or is idle where there are none", Says: "it is forwarding version {version} where the site has child sites", Origin: from("protocol, step 13"), Writes: FieldDespooler, Do: func(c binding) {
					c.site.Despooler.Phase = Forwarding
					if len(c.sys.children[c.Site]) == 0 {
						c.site.Despooler = Despooler{}
					}
				}},
				notifyUnheard(with(WakeOnStore)), notifyLatched(with(WakeOnStore)),
			},
		},
		{
			Name:   "despooler.forward",
			Says:   "Site {site} forwards version {version} of {package}, content and metadata, to its child sites.",
			Origin: from("protocol, step 13"),
			By:     ActorDespooler,
			Hands:  Handover{From: ActorDespooler, To: ActorSender, What: "content and metadata of version {version} of {package}", Down: true},
			Where:  BetweenSites,
			Of:     at(Forwarding),
			Effects: []Effect{
				{Name: "content and metadata are on their way to every child site", Says: sentAgain, Writes: FieldContent.And(FieldMetadata).ofVersion().below(), Do: func(c binding) { c.send(c.Version) }},
				{Name: "Despooler is idle", Writes: FieldDespooler, Do: func(c binding) { c.site.Despooler = Despooler{} }},
			},
		},
	}
}

func (c binding) decompressing() bool { return c.pkg.Thread.Phase == Decompressing }
