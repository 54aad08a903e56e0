package diagnose

import (
	"fmt"
	"slices"

	"pkgdist/model"
	"pkgdist/props/check"
	"pkgdist/props/check/conform"
)

// A Symptom is what may have become of a package at a site at the end of a log. Of each behaviour exactly one is true: the
// first in the table.
type Symptom struct {
	Name string
	// Articles tell of it, if any do.
	Articles []string
	// Is says it in a sentence; {site} and {package} stand for what it is about.
	Is string
	// Harm: it is not as it should be, and somebody has to act. Where neither that nor IsUnfinished is true, nobody has to.
	Harm bool
	// Do is what an administrator can do now, in sentences.
	Do []string
	// Look is what would tell it from others that the log leaves open.
	Look string
	// Rules are those whose steps show it.
	Rules []string

	shows func(e *ending) bool
}

// Names of symptoms that differ in what happened to the stuck file before.
const (
	twoWriters   = "two-writers"
	versionAhead = "version-ahead"
	overlooked   = "file-overlooked"
)

// IsSound tells whether the package is well.
func (s *Symptom) IsSound() bool { return s == &symptoms[len(symptoms)-2] }

// IsUnfinished tells whether the package may still get well without anybody's help.
func (s *Symptom) IsUnfinished() bool { return s == &symptoms[len(symptoms)-1] }

// Symptoms returns the table.
func Symptoms() []Symptom { return symptoms }

const again = "Update the distribution points of {package} once more, when nothing of it is under way: a new version is a new change, and takes the file with it (Q258424)."

const another = "Let another .PKG come to the site, of any package, by an update of that one: Distribution Manager then looks at all files in INCOMING."

var symptoms = []Symptom{
	{
		Name: "file-cannot-be-applied", Articles: []string{"Q319189"}, Harm: true,
		Is:    "The stored copy could not be decompressed, and the .PKG file of version {version} stays in INCOMING of site {site}.",
		Do:    []string{"Find out why the copy cannot be decompressed (status 2321): disk space, rights, a damaged file.", again},
		Look:  "the status messages of the site: 2321 is a copy that cannot be decompressed",
		Rules: []string{"fault.decompress-fails"},
		shows: func(e *ending) bool {
			return e.stuck != 0 && e.spent(model.FailedDecompress) && e.now.Row.Refresh == e.stuck
		},
	},
	{
		Name: "content-lost", Articles: []string{"Q161043"}, Harm: true,
		Is:    "Despooler had the content of version {version} at site {site} and did not store it: it failed, or was restarted, and does not come back to that file. The .PKG file of the version cannot be applied without it.",
		Do:    []string{"Find out why Despooler failed (error 32 is a file that another one had open, which Q161043 tells of SMS 1.2).", again},
		Look:  "despool.log: does \"Received package\" of that version come once more, and \"Stored Package\" after it?",
		Rules: []string{"despooler.store", "fault.despooler-crash", "fault.read-early"},
		shows: func(e *ending) bool {
			stores := e.s.Sites[below].Despooler
			return e.stuck != 0 && !e.now.Content.Has(e.stuck) && e.now.Copy.Version < e.stuck && !stores.Busy(model.Storing, 0)
		},
	},
	{
		Name: twoWriters, Articles: []string{"Q235788"}, Harm: true,
		Is:    "Despooler stored version {version} while Distribution Manager decompressed another version of the same package. The .PKG file of version {version} stays in INCOMING of site {site}, and not all distribution points get that version.",
		Do:    []string{again, "From now on let each update of a package complete before the next one (the workaround of Q235788). The article names a service pack in which this is corrected."},
		Look:  "\\SMS\\Inboxes\\DistMgr.box\\Incoming on the site server: is a .PKG file there that is older than the last line of distmgr.log?",
		Rules: []string{"package.decompress", "despooler.store", "despooler.commit", "package.record", "replication.leave", "replication.skip"},
		shows: func(e *ending) bool { return e.stuck != 0 && e.overlapped(e.stuck) },
	},
	{
		Name: versionAhead, Articles: []string{"Q245579", "KB936465"}, Harm: true,
		Is:    "The .PKG file of version {version} came to site {site} before its content and was skipped. It stays in INCOMING: nothing brings Distribution Manager back to it.",
		Do:    []string{another, "If its content has not come yet, find out why before that."},
		Look:  "distmgr.log: \"requires a newer version … skip\" is the line of a file that was skipped",
		Rules: []string{"replication.skip", "despooler.commit"},
		shows: func(e *ending) bool { return e.stuck != 0 && e.skipped != nil && e.skipped(e.stuck) },
	},
	{
		Name: overlooked, Articles: []string{"Q258424"}, Harm: true,
		Is:    "The .PKG file of version {version} stays in INCOMING of site {site}: it came while something else was worked on, and nothing brings Distribution Manager back to it. Not all distribution points get that version.",
		Do:    []string{another, again, "From now on let each update of a package complete before the next one."},
		Look:  "\\SMS\\Inboxes\\DistMgr.box\\Incoming on the site server: is a .PKG file there that is older than the last line of distmgr.log?",
		Rules: []string{"replication.leave", "package.done"},
		shows: func(e *ending) bool { return e.stuck != 0 },
	},
	{
		Name: "copy-failed", Articles: []string{"Q184489", "Q193766"}, Harm: true,
		Is:    "A copy to a distribution point of site {site} failed half way, and it serves neither the old version nor the new one whole.",
		Do:    []string{"Find out which file on the distribution point was in use, and by whom (Q193766).", again},
		Look:  "the status messages of the site: 2328 is a copy that failed",
		Rules: []string{"fault.file-in-use", "dp.fail"},
		shows: func(e *ending) bool { return e.torn && (e.spent(model.SharingViolation) || e.spent(model.DPAway)) },
	},
	{
		Name: "mixture", Harm: true,
		Is:    "A distribution point of site {site} serves a mixture of two versions: the stored copy was overwritten while it was decompressed. That is the cause that Q235788 names, without the stuck file.",
		Do:    []string{again, "Compare the files on the distribution points with the package source."},
		Look:  "the files on the distribution points: are they those of one version?",
		Rules: []string{"package.decompress", "despooler.store"},
		shows: func(e *ending) bool { return e.torn && e.overlapped(0) },
	},
	{
		Name: "half-written", Harm: true,
		Is:    "A distribution point of site {site} serves files that are not whole: writing them, or the copy that they come from, ended half way.",
		Do:    []string{again, "Compare the files on the distribution points with the package source."},
		Look:  "the files on the distribution points: is one missing, or too short?",
		Rules: []string{"package.decompress", "despooler.store", "dp.copy"},
		shows: func(e *ending) bool { return e.torn },
	},
	{
		Name: "announcement-lost", Harm: true,
		Is:    "The .PKG file of version {version} was taken from INCOMING of site {site}, nobody works on it, and not all distribution points have that version.",
		Do:    []string{again},
		Look:  "the versions on the distribution points, and whether Distribution Manager was restarted",
		Rules: []string{"replication.accept", "fault.manager-crash", "dp.fail", "fault.file-in-use"},
		shows: func(e *ending) bool { return e.lost != 0 },
	},
	{
		Name: "two-writers-met", Harm: true,
		Is:    "Despooler and Distribution Manager worked on two versions of the package at the same time, which is the cause that Q235788 names. This time no file is stuck.",
		Do:    []string{"From now on let each update of a package complete before the next one (the workaround of Q235788)."},
		Look:  "the files on the distribution points: are they those of one version?",
		Rules: []string{"package.decompress", "despooler.store"},
		shows: func(e *ending) bool { return e.overlapped(0) },
	},
	{
		Name:  "file-left-over",
		Is:    "A .PKG file lies in INCOMING of site {site} that nobody needs: every distribution point has its version, or a later one. Distribution Manager takes it away when it looks there next, which may be at the next change.",
		Do:    []string{"Nothing has to be done for the package. If many such files lie in INCOMING, the inbox becomes slow."},
		Look:  "\\SMS\\Inboxes\\DistMgr.box\\Incoming on the site server: is a .PKG file there that is older than the last line of distmgr.log?",
		Rules: []string{"replication.leave"},
		shows: func(e *ending) bool {
			return e.over || e.now.Incoming != 0 && e.served(e.newest())
		},
	},
	{
		Name:  "arrived",
		Is:    "Every distribution point that is named has the last version that is named, whole, and no file waits in INCOMING.",
		shows: func(e *ending) bool { return e.now.Incoming&e.named == 0 && e.served(e.newest()) },
	},
	{
		Name:  "unfinished",
		Is:    "The log ends before the package has come to all distribution points, and what is missing may still be on its way.",
		Do:    []string{"Wait, and read the logs again."},
		Look:  "a log that goes on: this one ends in the middle",
		shows: func(*ending) bool { return true },
	},
}

// ending is the end of a behaviour, with what happened on the way.
type ending struct {
	sc    *scope
	s     *model.State
	now   *model.PackageState
	named model.Versions
	// overlapped and skipped tell what happened to a version; 0 is any. skipped is nil where that is known of none, and overlapped is
	// of any version then.
	overlapped, skipped func(model.Version) bool

	ahead *rest
	stuck model.Version // the newest of which a file will lie in INCOMING for good, and that not every distribution point has
	over  bool          // a file will lie there for good
	lost  model.Version // that was accepted, is gone and did not arrive
	torn  bool          // a distribution point to which nobody copies serves a mixture
}

// symptom is the one that a behaviour shows.
func (e *ending) symptom() *Symptom {
	e.look()
	i := slices.IndexFunc(symptoms, func(s Symptom) bool { return s.shows(e) }) // the last is true of everything
	return &symptoms[i]
}

// symptoms are those that the behaviours with this end may show: several, where what happened to the stuck file is not known.
func (e *ending) symptoms() []*Symptom {
	first := e.symptom()
	if e.skipped != nil || e.stuck == 0 || first.Name != twoWriters && first.Name != overlooked {
		return []*Symptom{first}
	}
	var list []*Symptom
	for i := range symptoms {
		switch s := &symptoms[i]; {
		case s.Name == twoWriters && first == s, s.Name == versionAhead, s.Name == overlooked:
			list = append(list, s)
		}
	}
	return list
}

func (e *ending) look() {
	e.now = at(e.s)
	e.stuck, e.lost, e.torn = 0, 0, false
	lies := e.ahead.of(e.s)
	e.over = lies.all != 0
	for left := lies.missed; left != 0; left &= left - 1 {
		e.stuck = left.Lowest()
	}
	for _, d := range e.points() {
		e.torn = e.torn || d.Phase == model.DPIdle && d.Content.Torn
	}
	v := e.now.Row.Source
	working := e.now.Thread.Phase != model.ThreadIdle && e.now.Thread.Version >= v
	if v > 0 && !e.now.Incoming.Has(v) && !working && e.now.Row.Stored <= v && !e.served(v) {
		e.lost = v
	}
}

func (e *ending) points() []model.DP { return e.now.DPs[:e.sc.sys.Bounds().Sites[below].DPs] }

func (e *ending) served(v model.Version) bool {
	for _, d := range e.points() {
		if !d.Serves(v) {
			return false
		}
	}
	return true
}

// newest is the last version that is named.
func (e *ending) newest() (v model.Version) {
	for left := e.named; left != 0; left &= left - 1 {
		v = left.Lowest()
	}
	return v
}

func (e *ending) spent(f model.Fault) bool {
	return int(e.s.FaultsLeft[f]) < e.sc.sys.Bounds().Faults[f]
}

// A history is the claims by which Explain remembers what happened: that two writers met, and for some versions that Despooler
// stored that version meanwhile, and that its .PKG was skipped.
type history struct {
	of     []model.Version
	claims []check.Property[model.State]
}

func historyOf(versions ...model.Version) history {
	h := history{of: versions, claims: []check.Property[model.State]{check.Never("two writers", func(s *model.State) bool { return overlap(s, 0) })}}
	for _, v := range versions {
		h.claims = append(h.claims,
			check.Never(fmt.Sprintf("two writers, version %d", v), func(s *model.State) bool { return overlap(s, v) }),
			check.OnStep(fmt.Sprintf("skipped, version %d", v), func(before, after *model.State) bool { return !skips(before, after, v) }))
	}
	return h
}

// ending is an end that Explain found with these claims first.
func (h history) ending(sc *scope, ahead *rest, end *conform.End[model.State, model.Step]) *ending {
	e := &ending{sc: sc, ahead: ahead, s: end.State, named: sc.named, overlapped: func(model.Version) bool { return end.Decided(0) }}
	if h.of == nil {
		return e
	}
	claim := func(v model.Version, n int) bool {
		i := slices.Index(h.of, v)
		return i >= 0 && end.Decided(1+2*i+n)
	}
	e.overlapped = func(v model.Version) bool { return v == 0 && end.Decided(0) || claim(v, 0) }
	e.skipped = func(v model.Version) bool { return claim(v, 1) }
	return e
}

// overlap tells whether Despooler stores a version, or any, while the package thread unpacks another.
func overlap(s *model.State, v model.Version) bool {
	stores, thread := s.Sites[below].Despooler, at(s).Thread
	return stores.Busy(model.Storing, 0) && thread.Phase == model.Decompressing && stores.Version != thread.Version && (v == 0 || stores.Version == v)
}

func skips(before, after *model.State, v model.Version) bool {
	was, is := at(before), at(after)
	return was.Listed.Has(v) && !is.Listed.Has(v) && is.Incoming.Has(v) && v > was.Row.Stored && before.Sites[below].Replication.Busy && after.Sites[below].Replication.Busy
}
