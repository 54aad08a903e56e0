package model

import (
	"fmt"
	"slices"
	"strings"
)

// The table of fields: what a state consists of. A new field has its place in the
// struct State and a row here. From the rows come the description of a state, how
// it is packed, the read and write sets of rules and claims, the documents, and
// the names that formulas use.

// A StateField is a row of the table.
type StateField struct {
	// Label is what it is called; {dp} stands for the distribution point, and
	// {fault} for the fault.
	Label string
	// Says what it is, in a sentence.
	Says string
	// Package: there is one for each package at a site, or else one for the site.
	Package bool
	// DP: there is one for each distribution point.
	DP bool
	// Where are the sites that have it.
	Where Where
	// Area is the part of the site that it belongs to.
	Area Area
	// Kept: it is on disk, in the database or on its way, and not lost in a crash.
	Kept bool
	// Only are faults without which it stays what it is at the beginning.
	Only []Fault
	// Terms are the names by which formulas call it, or parts of it.
	Terms []Term

	budget bool      // it is the budget of a fault, and belongs to no site
	words  [2]string // for true and for false
	// at points to the value. Its type tells how many bits the value needs, which
	// values there are, and how they print.
	at func(binding) any
}

// A Term is a name that formulas use for a field, or for a part of it.
type Term struct {
	Name string
	Says string // what it stands for, without a full stop
	Part string // the name of the part in the struct, or empty for the whole
}

var stateFields []*StateField

// row adds a row to the table. It returns the access to the field that it
// describes.
func row(f StateField) Access {
	stateFields = append(stateFields, &f)
	return Access{{field: &f}}
}

// The rows, in the order in which a state is described and packed. As an Access,
// each is the whole field.
var (
	fieldBudget = row(StateField{Label: "{fault} left", Area: AreaFaults, budget: true,
		at: func(c binding) any { return &c.s.FaultsLeft[c.DP] }})

	FieldDespooler = row(StateField{Label: "Despooler", Area: AreaDespooler, Where: BelowSource, at: func(c binding) any { return &c.site.Despooler },
		Says:  "What Despooler does, in its memory.",
		Terms: []Term{{"Despooler", "what Despooler does: idle, storing or forwarding", "Phase"}, {"Taken", "the version that Despooler works on", "Version"}}})
	FieldBusy = row(StateField{Label: "replication thread", Area: AreaReplication, Where: BelowSource,
		Says:  "Whether it judges files, or waits for a change notification.",
		Terms: []Term{{"busy", "the replication thread judges files, and does not wait", ""}},
		words: [2]string{"busy", "waiting"}, at: func(c binding) any { return &c.site.Replication.Busy }})
	FieldNotified = row(StateField{Label: "change notification", Area: AreaIncoming, Where: BelowSource,
		Says:  "Whether one has fired and is not consumed. It is an edge: it says that something has changed, once.",
		Terms: []Term{{"notified", "a change notification has fired and is not consumed", ""}},
		words: [2]string{"fired", "none"}, at: func(c binding) any { return &c.site.Replication.Notified }})
	FieldAway = row(StateField{Label: "DP {dp}", Area: AreaDPs, DP: true, Where: Anywhere, Only: []Fault{DPAway},
		Says:  "Whether the distribution point can be reached.",
		Terms: []Term{{"away", "the distribution point cannot be reached", ""}},
		words: [2]string{"away", "reachable"}, at: func(c binding) any { return &c.site.Away[c.DP] }})

	FieldUpdates = row(StateField{Label: "updates not noticed yet", Area: AreaUpdates, Package: true, Where: AtSource, at: func(c binding) any { return &c.pkg.Updates },
		Says:  "The administrator's updates of which Distribution Manager has the notification still to read.",
		Terms: []Term{{"Updates", "the updates that Distribution Manager has not noticed yet", ""}}})
	FieldContent = row(StateField{Label: "content on its way", Area: AreaChannels, Kept: true, Package: true, Where: BelowSource, at: func(c binding) any { return &c.pkg.Content },
		Says:  "Compressed content (.PCK) that the parent site has sent and that Despooler has not taken.",
		Terms: []Term{{"Content", "the versions whose content is on its way to the site", ""}}})
	FieldMetadata = row(StateField{Label: "metadata on its way", Area: AreaChannels, Kept: true, Package: true, Where: BelowSource, at: func(c binding) any { return &c.pkg.Metadata },
		Says:  "Announcements (.PKG) that the parent site has sent and that are not in INCOMING yet.",
		Terms: []Term{{"Metadata", "the versions whose .PKG is on its way to the site", ""}}})
	FieldContentTwice = row(StateField{Label: "content on its way twice", Area: AreaChannels, Kept: true, Package: true, Where: BelowSource, Only: []Fault{Duplicate}, at: func(c binding) any { return &c.pkg.ContentTwice },
		Says:  "Content on its way that comes once more after it has arrived.",
		Terms: []Term{{"ContentTwice", "the versions whose content is on its way and will arrive twice", ""}}})
	FieldMetadataTwice = row(StateField{Label: "metadata on its way twice", Area: AreaChannels, Kept: true, Package: true, Where: BelowSource, Only: []Fault{Duplicate}, at: func(c binding) any { return &c.pkg.MetadataTwice },
		Says: "Announcements on their way that come once more after they have arrived."})
	FieldIncoming = row(StateField{Label: "INCOMING", Area: AreaIncoming, Kept: true, Package: true, Where: BelowSource, at: func(c binding) any { return &c.pkg.Incoming },
		Says:  "The .PKG files that were accepted and wait in the inbox.",
		Terms: []Term{{"Incoming", "the versions whose .PKG lies in INCOMING", ""}}})
	FieldListed = row(StateField{Label: "listed, not judged", Area: AreaReplication, Package: true, Where: BelowSource, at: func(c binding) any { return &c.pkg.Listed },
		Says:  "The .PKG files that the replication thread has seen in INCOMING and will judge, in its memory.",
		Terms: []Term{{"Listed", "those that the replication thread has listed and not judged", ""}}})
	FieldRefresh = row(StateField{Label: "LastRefreshTime", Area: AreaRow, Kept: true, Package: true, Where: BelowSource, at: func(c binding) any { return &c.pkg.Row.Refresh },
		Says: "In the package's row: which .PKG was applied last. Times rise with versions, so the version stands for the time."})
	FieldSource = row(StateField{Label: "SourceVersion", Area: AreaRow, Kept: true, Package: true, Where: Anywhere, at: func(c binding) any { return &c.pkg.Row.Source },
		Says:  "In the package's row: at the source site the version that was asked for last, below it the latest that an accepted .PKG has announced.",
		Terms: []Term{{"Source", "SourceVersion: at the source site the version asked for last, below it the latest that an accepted .PKG has announced, 0 if none", ""}}})
	FieldCopy = row(StateField{Label: "stored copy", Area: AreaCopy, Kept: true, Package: true, Where: Anywhere, at: func(c binding) any { return &c.pkg.Copy },
		Says:  "The site's compressed copy of the package, on its disk.",
		Terms: []Term{{"Copy", "what the stored compressed copy holds", ""}}})
	FieldStored = row(StateField{Label: "StoredPkgVersion", Area: AreaRow, Kept: true, Package: true, Where: Anywhere, at: func(c binding) any { return &c.pkg.Row.Stored },
		Says:  "In the package's row: which version the site believes it stores.",
		Terms: []Term{{"Stored", "StoredPkgVersion: the version that the site believes it stores, 0 if none", ""}}})
	FieldThread = row(StateField{Label: "package thread", Area: AreaThread, Package: true, Where: Anywhere, at: func(c binding) any { return &c.pkg.Thread },
		Says:  "What the package thread does, and the version that it believes it works on, in its memory.",
		Terms: []Term{{"Thread", "what the package thread does: idle, started, compressing, sending, decompressing or distributing", "Phase"}, {"Working", "the version that it works on", "Version"}}})
	FieldUnpacked = row(StateField{Label: "unpacked", Area: AreaUnpacked, Package: true, Where: Anywhere, at: func(c binding) any { return &c.pkg.Unpacked },
		Says: "What the package thread has ready for the distribution points."})
	FieldServed = row(StateField{Label: "DP {dp} serves", Area: AreaDPs, Kept: true, Package: true, DP: true, Where: Anywhere, at: func(c binding) any { return &c.dp().Content },
		Says:  "What the distribution point holds of the package.",
		Terms: []Term{{"Served", "what the distribution point holds of the package", ""}}})
	FieldCopyTo = row(StateField{Label: "copy to DP {dp}", Area: AreaDPs, Package: true, DP: true, Where: Anywhere, at: func(c binding) any { return &c.dp().Phase },
		Says:  "What is to be done at the distribution point.",
		Terms: []Term{{"CopyTo", "the copy to the distribution point: idle, due or copying", ""}}})
	FieldStatus = row(StateField{Label: "status on its way", Area: AreaStatus, Kept: true, Package: true, Where: Anywhere, at: func(c binding) any { return &c.pkg.Status },
		Says:  "The version whose status the package thread has sent up.",
		Terms: []Term{{"Status", "the version whose status is on its way up, 0 if none", ""}}})
	FieldLate = row(StateField{Label: "status held up on its way", Area: AreaStatus, Kept: true, Package: true, Where: Anywhere, Only: []Fault{LateStatus}, at: func(c binding) any { return &c.pkg.Late },
		Says:  "A version whose status later ones can overtake.",
		Terms: []Term{{"Late", "the version whose status is held up on its way, 0 if none", ""}}})
	FieldReported = row(StateField{Label: "reported", Area: AreaStatus, Kept: true, Package: true, Where: Anywhere, at: func(c binding) any { return &c.pkg.Reported },
		Says:  "The version that the administrator sees as the one that the site has.",
		Terms: []Term{{"Reported", "the version that was reported last, 0 if none", ""}}})
)

// A channel is what is on its way, and what of it arrives twice.
var ContentChannel, metadataChannel = FieldContent.And(FieldContentTwice), FieldMetadata.And(FieldMetadataTwice)

// StateFields returns the fields of a site, in the order in which Describe lists
// them at each place.
func StateFields() []*StateField {
	return slices.DeleteFunc(slices.Clone(stateFields), func(f *StateField) bool { return f.budget })
}

// At points to the field at a site, and where there is one for each, at a package
// and at a distribution point.
func (f *StateField) At(s *State, site, pkg, dp int) any {
	return f.at(bind(nil, s, Step{Site: uint8(site), Package: uint8(pkg), DP: uint8(dp)}))
}

// Range tells which values the field can have.
func (f *StateField) Range() string {
	switch v := f.At(&State{}, 0, 0, 0).(type) {
	case *Version:
		return "none, or a version"
	case *Versions:
		return "a set of versions"
	case *Content:
		return "none, or a version; whole or torn, also where it is none"
	case *DPPhase:
		return oneOf(dpPhaseNames[:])
	case *PackageThread:
		return threadPhaseNames[0] + "; or " + oneOf(threadPhaseNames[1:]) + ", a version"
	case *Despooler:
		return despoolerPhaseNames[0] + "; or " + oneOf(despoolerPhaseNames[1:]) + ", a version of a package"
	case *bool:
		return oneOf(f.words[:])
	default:
		panic(fmt.Sprintf("%s: a field of type %T", f.Label, v))
	}
}

func oneOf(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
