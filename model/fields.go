package model

import (
	"fmt"
	"strings"
)

// A Field is one thing that a state says, for a person: where it is, what it is
// called and its value.
type Field struct {
	// Place is the site, with the package where it concerns one: "B", "B/P".
	// It is empty for what concerns no site.
	Place string
	// Site and Package are the same by their index, or NoSite and NoPackage.
	Site, Package int
	// Area is the part of the site that it belongs to.
	Area Area
	// Kept: it is on disk, in the database or on its way, and not lost in a crash.
	Kept  bool
	Label string
	Value string
	// Data is the value itself, of a type that can be compared.
	Data any
}

// NoPackage is the package of what concerns none.
const NoPackage = -1

// An Area is a part of a site, or what is left of the faults.
type Area uint8

// The parts, in the order in which an update passes them.
const (
	AreaFaults Area = iota
	AreaUpdates
	AreaChannels
	AreaDespooler
	AreaIncoming
	AreaReplication
	AreaCopy
	AreaRow
	AreaThread
	AreaUnpacked
	AreaDPs
	AreaStatus
)

func (p Area) String() string {
	return [...]string{"faults left", "updates not noticed yet", "on its way", "Despooler", "INCOMING", "replication thread", "stored copy",
		"row in the database", "package thread", "decompressed source", "distribution points", "status"}[p]
}

// A StateField is one thing that a state says, wherever it has a place. What is
// left of each fault's budget is besides.
type StateField struct {
	// Label is what it is called; {dp} stands for the distribution point.
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

	at func(spot) any // the value, of a type that can be compared
}

// either is a bool with a word for each value.
type either struct {
	is      bool
	yes, no string
}

func (e either) String() string {
	if e.is {
		return e.yes
	}
	return e.no
}

// stateFields is the list of fields, in the order in which a state is described.
var stateFields = []StateField{
	{Label: "Despooler", Area: AreaDespooler, Where: BelowSource, Says: "What Despooler does, in its memory.",
		at: func(c spot) any { return c.site.Despooler }},
	{Label: "replication thread", Area: AreaReplication, Where: BelowSource, Says: "Whether it judges files, or waits for a change notification.",
		at: func(c spot) any { return either{c.site.Replication.Busy, "busy", "waiting"} }},
	{Label: "change notification", Area: AreaIncoming, Where: BelowSource, Says: "Whether one has fired and is not consumed. It is an edge: it says that something has changed, once.",
		at: func(c spot) any { return either{c.site.Replication.Notified, "fired", "none"} }},
	{Label: "DP {dp}", Area: AreaDPs, DP: true, Where: Anywhere, Only: []Fault{DPAway}, Says: "Whether the distribution point can be reached.",
		at: func(c spot) any { return either{c.site.Away>>c.Step.DP&1 != 0, "away", "reachable"} }},

	{Label: "updates not noticed yet", Area: AreaUpdates, Package: true, Where: AtSource, Says: "The administrator's updates of which Distribution Manager has the notification still to read.",
		at: func(c spot) any { return c.pkg.Updates }},
	{Label: "content on its way", Area: AreaChannels, Kept: true, Package: true, Where: BelowSource, Says: "Compressed content (.PCK) that the parent site has sent and that Despooler has not taken.",
		at: func(c spot) any { return c.pkg.Content }},
	{Label: "metadata on its way", Area: AreaChannels, Kept: true, Package: true, Where: BelowSource, Says: "Announcements (.PKG) that the parent site has sent and that are not in INCOMING yet.",
		at: func(c spot) any { return c.pkg.Metadata }},
	{Label: "content on its way twice", Area: AreaChannels, Kept: true, Package: true, Where: BelowSource, Only: []Fault{Duplicate}, Says: "Content on its way that comes once more after it has arrived.",
		at: func(c spot) any { return c.pkg.ContentTwice }},
	{Label: "metadata on its way twice", Area: AreaChannels, Kept: true, Package: true, Where: BelowSource, Only: []Fault{Duplicate}, Says: "Announcements on their way that come once more after they have arrived.",
		at: func(c spot) any { return c.pkg.MetadataTwice }},
	{Label: "INCOMING", Area: AreaIncoming, Kept: true, Package: true, Where: BelowSource, Says: "The .PKG files that were accepted and wait in the inbox.",
		at: func(c spot) any { return c.pkg.Incoming }},
	{Label: "listed, not judged", Area: AreaReplication, Package: true, Where: BelowSource, Says: "The .PKG files that the replication thread has seen in INCOMING and will judge, in its memory.",
		at: func(c spot) any { return c.pkg.Listed }},
	{Label: "LastRefreshTime", Area: AreaRow, Kept: true, Package: true, Where: BelowSource, Says: "In the package's row: which .PKG was applied last. Times rise with versions, so the version stands for the time.",
		at: func(c spot) any { return c.pkg.Row.Refresh }},
	{Label: "SourceVersion", Area: AreaRow, Kept: true, Package: true, Where: Anywhere, Says: "In the package's row: at the source site the version that was asked for last, below it the latest that an accepted .PKG has announced.",
		at: func(c spot) any { return c.pkg.Row.Source }},
	{Label: "stored copy", Area: AreaCopy, Kept: true, Package: true, Where: Anywhere, Says: "The site's compressed copy of the package, on its disk.",
		at: func(c spot) any { return c.pkg.Copy }},
	{Label: "StoredPkgVersion", Area: AreaRow, Kept: true, Package: true, Where: Anywhere, Says: "In the package's row: which version the site believes it stores.",
		at: func(c spot) any { return c.pkg.Row.Stored }},
	{Label: "package thread", Area: AreaThread, Package: true, Where: Anywhere, Says: "What the package thread does, and the version that it believes it works on, in its memory.",
		at: func(c spot) any { return c.pkg.Thread }},
	{Label: "unpacked", Area: AreaUnpacked, Package: true, Where: Anywhere, Says: "What the package thread has ready for the distribution points.",
		at: func(c spot) any { return c.pkg.Unpacked }},
	{Label: "DP {dp} serves", Area: AreaDPs, Kept: true, Package: true, DP: true, Where: Anywhere, Says: "What the distribution point holds of the package.",
		at: func(c spot) any { return c.dp().Content }},
	{Label: "copy to DP {dp}", Area: AreaDPs, Package: true, DP: true, Where: Anywhere, Says: "What is to be done at the distribution point.",
		at: func(c spot) any { return c.dp().Phase }},
	{Label: "status on its way", Area: AreaStatus, Kept: true, Package: true, Where: Anywhere, Says: "The version whose status the package thread has sent up.",
		at: func(c spot) any { return c.pkg.Status }},
	{Label: "status held up on its way", Area: AreaStatus, Kept: true, Package: true, Where: Anywhere, Only: []Fault{LateStatus}, Says: "A version whose status later ones can overtake.",
		at: func(c spot) any { return c.pkg.Late }},
	{Label: "reported", Area: AreaStatus, Kept: true, Package: true, Where: Anywhere, Says: "The version that the administrator sees as the one that the site has.",
		at: func(c spot) any { return c.pkg.Reported }},
}

// StateFields returns the fields of a state, in the order in which Describe lists
// them at each place.
func StateFields() []StateField { return append([]StateField(nil), stateFields...) }

// Range tells which values the field can have.
func (f StateField) Range() string {
	var s State
	site := &s.Sites[0]
	switch v := f.at(spot{s: &s, site: site, pkg: &site.Packages[0]}).(type) {
	case Version:
		return "none, or a version"
	case Versions:
		return "a set of versions"
	case Content:
		return "none, or a version, whole or torn"
	case DPPhase:
		return oneOf(dpPhaseNames[:])
	case PackageThread:
		return threadPhaseNames[0] + "; or " + oneOf(threadPhaseNames[1:]) + ", a version"
	case Despooler:
		return despoolerPhaseNames[0] + "; or " + oneOf(despoolerPhaseNames[1:]) + ", a version of a package"
	case either:
		return oneOf([]string{v.yes, v.no})
	default:
		panic(fmt.Sprintf("%s: a field of type %T", f.Label, v))
	}
}

func oneOf(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// Describe lists everything that a state says, always the same fields in the
// same order for one system, so that two states can be compared field by field.
func (sys *System) Describe(s *State) []Field {
	var list []Field
	for f, n := range sys.scope.Faults {
		if left := s.FaultsLeft[f]; n > 0 {
			list = append(list, Field{Site: NoSite, Package: NoPackage, Area: AreaFaults, Label: Fault(f).String() + " left", Value: fmt.Sprint(left), Data: left})
		}
	}
	for i := range sys.scope.Sites {
		list = append(list, sys.describe(s, i, NoPackage)...)
		for p := range sys.scope.Packages {
			list = append(list, sys.describe(s, i, p)...)
		}
	}
	return list
}

// describe lists the fields of a site, or those of a package at a site. Fields
// of distribution points that stand side by side are listed point by point.
func (sys *System) describe(s *State, site, pkg int) []Field {
	place, step := sys.scope.Sites[site].Name, Step{Site: uint8(site)}
	if pkg != NoPackage {
		place, step.Package = place+"/"+sys.scope.Packages[pkg], uint8(pkg)
	}
	var list []Field
	add := func(f *StateField, dp int) {
		step.DP = uint8(dp)
		data, label := f.at(sys.spot(s, step)), f.Label
		if f.DP {
			label = strings.ReplaceAll(label, "{dp}", fmt.Sprint(dp+1))
		}
		list = append(list, Field{place, site, pkg, f.Area, f.Kept, label, sys.text(data), data})
	}
	fields := sys.fieldsAt(site, pkg != NoPackage)
	for i, f := range fields {
		switch {
		case !f.DP:
			add(f, 0)
		case i == 0 || !fields[i-1].DP:
			for d := range sys.scope.Sites[site].DPs {
				for _, f := range sideBySide(fields[i:]) {
					add(f, d)
				}
			}
		}
	}
	return list
}

// sideBySide returns the first fields, up to one that is not of distribution points.
func sideBySide(fields []*StateField) []*StateField {
	for i, f := range fields {
		if !f.DP {
			return fields[:i]
		}
	}
	return fields
}

// fieldsAt lists the fields that the scope has at a site.
func (sys *System) fieldsAt(site int, ofPackage bool) []*StateField {
	var list []*StateField
	for i := range stateFields {
		f := &stateFields[i]
		if f.Package == ofPackage && sys.applies(f.Where, site) && sys.hasOneOf(f.Only) {
			list = append(list, f)
		}
	}
	return list
}

// text is the value of a field, in words.
func (sys *System) text(value any) string {
	switch v := value.(type) {
	case Version:
		return v.text()
	case PackageThread:
		if v.Phase == ThreadIdle {
			return v.Phase.String()
		}
		return fmt.Sprintf("%v version %d", v.Phase, v.Version)
	case Despooler:
		if v.Phase == DespoolerIdle {
			return v.Phase.String()
		}
		return fmt.Sprintf("%v version %d of %s", v.Phase, v.Version, sys.scope.Packages[v.Package])
	default:
		return fmt.Sprint(value)
	}
}

func (v Version) text() string {
	if v == 0 {
		return "none"
	}
	return fmt.Sprint(uint8(v))
}
