package model

import (
	"fmt"
	"strings"
)

// The limits of a scope. They keep a state at a fixed, small size: a set of
// versions or of distribution points is one word, and a state has no pointers.
// A small scope does not pay for them: a state is packed into what its own
// scope needs.
const (
	// MaxSites is how many sites a hierarchy can have, the source site included.
	MaxSites = 8
	// MaxPackages is how many packages the sites can distribute.
	MaxPackages = 4
	// MaxUpdates is how many times the administrator can update each package.
	MaxUpdates = 7
	// MaxVersions leaves room for the one update more that an administrator who
	// updates a second time asks for.
	MaxVersions = MaxUpdates + 1
	// MaxDPs is how many distribution points a site can have.
	MaxDPs = 6
	// MaxFaults is how many times each fault can happen.
	MaxFaults = 3
	// MaxThreads is how many package threads a site can run.
	MaxThreads = MaxPackages

	// DefaultThreads is the number of package threads that SMS 2.0 allows at a
	// site (the default of Distribution Manager).
	DefaultThreads = 3
	// DefaultCopies is the number of distribution points that one package
	// thread feeds at the same time (the default of Distribution Manager).
	DefaultCopies = 5
)

// A Scope bounds what can happen: which sites there are, which packages, how
// many updates and how many faults. Everything within it is explored.
type Scope struct {
	// Sites is the hierarchy, the source site first and every parent before
	// its child sites.
	Sites []Site
	// Packages names the packages that the source site distributes.
	Packages []string
	// Updates is how many times the administrator updates each package.
	Updates int
	// Ordered says that the channels keep their order: versions arrive in
	// order, and a version's content is stored before its metadata arrives.
	// Otherwise content and metadata overtake each other freely.
	Ordered bool
	// Threads is how many package threads a site runs at the same time.
	Threads int
	// Copies is how many distribution points a package thread feeds at the
	// same time.
	Copies int
	// Faults is how many times each fault can happen.
	Faults [NumFaults]int
}

// A Site is one site of the hierarchy.
type Site struct {
	Name string
	// Parent is the index of the parent site in the scope, or NoParent at the
	// source site.
	Parent int
	Kind   SiteKind
	// DPs is how many distribution points the site has.
	DPs int
}

// NoParent is the parent of the source site.
const NoParent = -1

// A SiteKind tells whether a site can have child sites.
type SiteKind uint8

// A Primary site forwards packages to its child sites; a Secondary site has
// none.
const (
	Primary SiteKind = iota
	Secondary
)

func (k SiteKind) String() string { return [...]string{"primary", "secondary"}[k] }

// A Fault is something that goes wrong although nobody asked for it. Each has
// a budget in the scope.
type Fault uint8

// The faults.
const (
	Duplicate Fault = iota
	DespoolerCrash
	ManagerCrash
	DPAway
	SharingViolation
	FailedDecompress
	EarlyRead
	LateStatus

	// NumFaults is the number of faults.
	NumFaults = int(LateStatus) + 1
)

var faults = [NumFaults]struct{ name, doc string }{
	Duplicate:        {"duplicates", "what is on its way arrives twice (each retry resends, Q319207)"},
	DespoolerCrash:   {"despooler-crashes", "Despooler stops and starts again: its memory is lost, the disk stays"},
	ManagerCrash:     {"manager-crashes", "Distribution Manager stops and starts again at a site, with all its threads"},
	DPAway:           {"dps-away", "a distribution point cannot be reached for a while (Q319207)"},
	SharingViolation: {"sharing-violations", "somebody else has a file open that is to be written or read (Q193766, Q207416)"},
	FailedDecompress: {"failed-decompressions", "the compressed copy cannot be unpacked (status 2321)"},
	EarlyRead:        {"early-reads", "Despooler opens a file before its writer lets go of it (Q161043)"},
	LateStatus:       {"late-statuses", "a status is held up on its way, and later ones overtake it (Q318834)"},
}

func (f Fault) String() string { return faults[f].name }

// Doc returns what the fault is, in a sentence without a full stop.
func (f Fault) Doc() string { return faults[f].doc }

// Faults returns every fault, in the order in which a scope counts them.
func Faults() []Fault {
	all := make([]Fault, NumFaults)
	for i := range all {
		all[i] = Fault(i)
	}
	return all
}

// A ScopeError says which part of a scope is wrong. Path names it as a scenario
// file does ("sites.B.parent"), so that whoever read the scope from a file can
// say where.
type ScopeError struct {
	Path []string
	Want string // what was expected
	Got  string // what was found
}

func (e *ScopeError) Error() string {
	return fmt.Sprintf("%s: expected %s, found %s", strings.Join(e.Path, "."), e.Want, e.Got)
}

// Validate returns the first thing that is wrong with the scope, as an
// *ScopeError, or nil.
func (sc *Scope) Validate() error {
	if err := sc.validateSites(); err != nil {
		return err
	}
	if err := sc.validatePackages(); err != nil {
		return err
	}
	counts := []struct {
		path     []string
		n        int
		min, max int
	}{
		{[]string{"updates"}, sc.Updates, 1, MaxUpdates},
		{[]string{"threads"}, sc.Threads, 1, MaxThreads},
		{[]string{"copies"}, sc.Copies, 1, MaxDPs},
	}
	for _, c := range counts {
		if err := inRange(c.n, c.min, c.max, c.path...); err != nil {
			return err
		}
	}
	for _, f := range Faults() {
		if err := inRange(sc.Faults[f], 0, MaxFaults, "faults", f.String()); err != nil {
			return err
		}
	}
	return nil
}

func inRange(n, least, most int, path ...string) error {
	if n < least || n > most {
		return &ScopeError{path, fmt.Sprintf("a number from %d to %d", least, most), fmt.Sprint(n)}
	}
	return nil
}

func (sc *Scope) validateSites() error {
	if n := len(sc.Sites); n < 2 || n > MaxSites {
		return &ScopeError{[]string{"sites"}, fmt.Sprintf("2 to %d sites", MaxSites), fmt.Sprintf("%d", n)}
	}
	seen := map[string]bool{}
	dps := 0
	for i, site := range sc.Sites {
		if err := validName(site.Name, seen, "sites", site.Name); err != nil {
			return err
		}
		if err := sc.validateParent(i); err != nil {
			return err
		}
		if err := inRange(site.DPs, 0, MaxDPs, "sites", site.Name, "dps"); err != nil {
			return err
		}
		dps += site.DPs
	}
	if dps == 0 {
		return &ScopeError{[]string{"sites"}, "a distribution point at one site at least", "none"}
	}
	return nil
}

func (sc *Scope) validateParent(i int) error {
	site := sc.Sites[i]
	at := []string{"sites", site.Name, "parent"}
	switch {
	case i == 0 && site.Parent != NoParent:
		return &ScopeError{at, "no parent, for it is the source site", fmt.Sprint(site.Parent)}
	case i == 0 && site.Kind == Secondary:
		return &ScopeError{[]string{"sites", site.Name, "kind"}, "primary, for it is the source site", "secondary"}
	case i == 0:
		return nil
	case site.Parent == i:
		return &ScopeError{at, "another site", "the site itself"}
	case site.Parent < 0 || site.Parent >= i:
		return &ScopeError{at, "a site that stands before its child sites", fmt.Sprint(site.Parent)}
	case sc.Sites[site.Parent].Kind == Secondary:
		return &ScopeError{at, "a primary site", "secondary site " + sc.Sites[site.Parent].Name}
	}
	return nil
}

func (sc *Scope) validatePackages() error {
	if n := len(sc.Packages); n < 1 || n > MaxPackages {
		return &ScopeError{[]string{"packages"}, fmt.Sprintf("1 to %d packages", MaxPackages), fmt.Sprintf("%d", n)}
	}
	seen := map[string]bool{}
	for _, name := range sc.Packages {
		if err := validName(name, seen, "packages"); err != nil {
			return err
		}
	}
	return nil
}

// validName accepts what can stand in a printed step: a step is read back by
// its spaces, brackets and equal signs.
func validName(name string, seen map[string]bool, path ...string) error {
	ok := name != "" && len(name) <= MaxNameLength
	for _, r := range name {
		ok = ok && (r == '-' || r == '_' || r == '.' || '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z')
	}
	if !ok {
		want := fmt.Sprintf("a name of 1 to %d letters, digits, dots, hyphens and underscores", MaxNameLength)
		return &ScopeError{path, want, fmt.Sprintf("%.40q", name)}
	}
	if seen[name] {
		return &ScopeError{path, "each name once", fmt.Sprintf("%q twice", name)}
	}
	seen[name] = true
	return nil
}

// MaxNameLength bounds the names of sites and packages, in bytes, so that a
// printed step fits a line.
const MaxNameLength = 16
