package model

// The Sender and the Scheduler carry content and metadata from a parent site
// to its child sites, on two channels. Content waits at the child site for
// Despooler; metadata, the .PKG file, is put into INCOMING.
func senderRules() []Rule {
	return []Rule{
		{
			Name:   "sender.deliver",
			Says:   "The .PKG file that announces version {version} of {package} enters INCOMING at site {site}.",
			Origin: from("protocol, step 6"),
			By:     ActorSender,
			Hands:  Handover{From: ActorSender, To: ActorReplication, What: ".PKG of version {version} of {package}"},
			Where:  BelowSource,
			Of:     &Choice{"its metadata is on its way", metadataChannel.ofVersion(), func(c binding) Versions { return c.pkg.Metadata }},
			Guards: []Guard{
				{
					Name:   "no earlier version and none of its content is on its way (the channels keep their order)",
					Says:   "in a scope with order kept, no metadata of an earlier version is on its way, and no content of version {version} or of an earlier one is on its way or being stored by Despooler; that it is being forwarded does not matter",
					Origin: inferred(ourOrder),
					Reads:  FieldMetadata.And(FieldContent).upToVersion().And(FieldDespooler).ifOrdered(),
					Holds: func(c binding) bool {
						return !c.sys.scope.Ordered || c.pkg.Metadata.Lowest() == c.Version && !c.contentUnderWay()
					},
				},
			},
			Effects: []Effect{
				{Name: "the file arrives, and once more if it was sent twice", Says: "if it is on its way twice, it is on its way once from here on; else it is on its way no more", Origin: from("Q319207"), Reads: metadataChannel.ofVersion(), Writes: metadataChannel.ofVersion(), Do: func(c binding) {
					receive(&c.pkg.Metadata, &c.pkg.MetadataTwice, c.Version)
				}},
				{Name: "INCOMING holds the file, which is thereby accepted", Says: "SourceVersion is {version}, unless it is a later version already", Origin: inferred("protocol, step 6"), Reads: FieldSource, Writes: FieldIncoming.ofVersion().And(FieldSource), Do: func(c binding) {
					c.pkg.Incoming |= c.Version.Set()
					c.pkg.Row.Source = max(c.pkg.Row.Source, c.Version)
				}},
				notifyUnheard(Condition{}), notifyLatched(Condition{}),
			},
		},
	}
}

// contentUnderWay tells whether content of the step's version, or of an
// earlier one, is not stored yet.
func (c binding) contentUnderWay() bool {
	return c.pkg.Content.UpTo(c.Version) != 0 ||
		c.site.Despooler.Busy(Storing, c.Package) && c.site.Despooler.Version <= c.Version
}

// receive removes a version from a channel, or only its second copy.
func receive(channel, twice *Versions, v Version) {
	if twice.Has(v) {
		*twice &^= v.Set()
		return
	}
	*channel &^= v.Set()
}

// sentAgain says what send does with what is on its way already.
const sentAgain = "what is on its way already stays on its way, once or twice as before: to send it again is no duplicate"

// send puts the content and the metadata of a version on their way to every
// child site. What is on its way already is not sent again.
func (c binding) send(v Version) {
	for _, child := range c.sys.children[c.Site] {
		p := &c.s.Sites[child].Packages[c.Package]
		p.Content |= v.Set()
		p.Metadata |= v.Set()
	}
}
