// Package model is what can happen when SMS 2.0 distributes packages: a tree of
// sites as a pure state machine.
//
// Goals: every step that Microsoft's articles and documentation describe, as
// data (Rules), each with its source or the word "inferred"; the writers' steps
// fine enough to overlap; protective mechanisms and faults as switches and
// budgets, so that designs can be compared. A System is one Scope (which sites,
// packages, updates, faults) under one Design, and hands out the steps of a
// State.
//
// Non-goals: it does not know what ought to hold, nor how states are explored;
// it has no clocks, no sizes and no bytes. A version's content is its number,
// whole or torn.
package model

import (
	"fmt"
	"math/bits"
	"strings"
)

// A Version numbers the versions of a package from 1. Zero is no version.
type Version uint8

// Versions is a set of versions, version v as bit v-1.
type Versions uint8

// Set returns the set that holds v alone, or nothing for version zero.
func (v Version) Set() Versions {
	if v == 0 {
		return 0
	}
	return 1 << (v - 1)
}

// Has tells whether v is in the set.
func (vs Versions) Has(v Version) bool { return vs&v.Set() != 0 }

// Len returns how many versions are in the set.
func (vs Versions) Len() int { return bits.OnesCount8(uint8(vs)) }

// Lowest returns the lowest version of the set, or zero.
func (vs Versions) Lowest() Version {
	if vs == 0 {
		return 0
	}
	return Version(bits.TrailingZeros8(uint8(vs))) + 1
}

// UpTo returns those versions of the set that are v or lower.
func (vs Versions) UpTo(v Version) Versions { return vs & Versions(1<<v-1) }

// String lists the versions: "1 3", or "none".
func (vs Versions) String() string {
	var words []string
	for ; vs != 0; vs &= vs - 1 {
		words = append(words, fmt.Sprint(vs.Lowest()))
	}
	if words == nil {
		return "none"
	}
	return strings.Join(words, " ")
}

// Content is what a file or a folder holds. Torn says that it is not the whole
// of one version: half written, or a mixture. Version is then the one that was
// there before, or the one that the mixture was taken for.
type Content struct {
	Version Version
	Torn    bool
}

// Whole tells whether the content is version v and nothing else.
func (c Content) Whole(v Version) bool { return c == Content{Version: v} }

func (c Content) String() string {
	switch {
	case c.Torn && c.Version == 0:
		return "torn"
	case c.Torn:
		return fmt.Sprintf("torn over %d", c.Version)
	case c.Version == 0:
		return "none"
	}
	return fmt.Sprint(c.Version)
}

// A State is everything that matters at one moment: the sites with what is on
// their disks, in their databases and in the memory of their threads, what is
// on its way to them, and the faults that can still happen. It is one
// comparable value without pointers. Sites and packages beyond the scope stay
// zero.
type State struct {
	Sites [MaxSites]SiteState
	// FaultsLeft is how often each fault can still happen.
	FaultsLeft [NumFaults]uint8
}

// SiteState is one site. The source site, the first, receives nothing, so its
// Despooler and its replication thread stay idle.
type SiteState struct {
	Packages    [MaxPackages]PackageState
	Despooler   Despooler
	Replication Replication
	// Away are the distribution points that cannot be reached.
	Away [MaxDPs]bool
}

// Despooler is the state of a site's Despooler, which does one thing at a time.
type Despooler struct {
	Phase   DespoolerPhase
	Package uint8
	Version Version
}

// Busy tells whether Despooler works on the package in that phase.
func (d Despooler) Busy(phase DespoolerPhase, pkg uint8) bool {
	return d.Phase == phase && d.Package == pkg
}

// A DespoolerPhase is what Despooler does.
type DespoolerPhase uint8

// Despooler rests, overwrites the stored copy, or has content to forward to
// child sites.
const (
	DespoolerIdle DespoolerPhase = iota
	Storing
	Forwarding
)

var despoolerPhaseNames = [...]string{"idle", "storing", "forwarding"}

func (p DespoolerPhase) String() string { return despoolerPhaseNames[p] }

// Replication is the state of a site's replication thread: Distribution
// Manager's reader of INCOMING.
type Replication struct {
	// Busy: it has listed INCOMING and judges the files. Otherwise it waits for
	// the change notification.
	Busy bool
	// Notified: a change notification has fired and is not consumed.
	Notified bool
}

// PackageState is one package at one site.
type PackageState struct {
	// Updates are the administrator's updates that Distribution Manager has
	// not noticed yet (source site only).
	Updates Versions
	// Content and Metadata are on their way from the parent site. A version
	// that is also in ContentTwice or MetadataTwice arrives twice.
	Content, ContentTwice   Versions
	Metadata, MetadataTwice Versions

	// Copy is the stored compressed copy.
	Copy Content
	// Row is the package's row in the site's database.
	Row Row
	// Incoming are the .PKG files that wait in INCOMING, and Listed those that
	// the replication thread has seen there and will judge.
	Incoming, Listed Versions

	// Thread is the package thread of Distribution Manager, and Unpacked what
	// it decompressed for the distribution points.
	Thread   PackageThread
	Unpacked Content
	DPs      [MaxDPs]DP

	// Status is the version whose status is on its way up, Late one whose
	// status is held up there, and Reported the one that was reported last.
	Status, Late, Reported Version
}

// Row is a package's row in a site's database.
type Row struct {
	// Source is SourceVersion: the latest version that the administrator asked
	// for (source site), or that a .PKG accepted into INCOMING has announced.
	Source Version
	// Stored is StoredPkgVersion: what the site believes it stores.
	Stored Version
	// Refresh stands for LastRefreshTime: the version of the .PKG that was
	// applied last. Times rise with versions.
	Refresh Version
}

// PackageThread is the state of a package thread.
type PackageThread struct {
	Phase ThreadPhase
	// Version is what the thread believes it works on.
	Version Version
}

// A ThreadPhase is what a package thread does.
type ThreadPhase uint8

// A package thread does not run; has started; takes the snapshot and
// compresses it, or has it to send (source site); decompresses (other sites);
// feeds the distribution points.
const (
	ThreadIdle ThreadPhase = iota
	Started
	Compressing
	Sending
	Decompressing
	Distributing
)

var threadPhaseNames = [...]string{"idle", "started", "compressing", "sending", "decompressing", "distributing"}

func (p ThreadPhase) String() string { return threadPhaseNames[p] }

// DP is one package at one distribution point.
type DP struct {
	Content Content
	Phase   DPPhase
}

// Serves tells whether the distribution point serves version v or a later one.
func (d DP) Serves(v Version) bool { return !d.Content.Torn && d.Content.Version >= v }

// A DPPhase is what the package thread wants of a distribution point.
type DPPhase uint8

// Nothing is to be done at a distribution point, a copy is due, or a copy is
// under way.
const (
	DPIdle DPPhase = iota
	Due
	Copying
)

var dpPhaseNames = [...]string{"idle", "due", "copying"}

func (p DPPhase) String() string { return dpPhaseNames[p] }
