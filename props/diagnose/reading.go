package diagnose

import (
	"pkgdist/model"
	"pkgdist/props/logs"
)

// A Reading is what a kind of message says of the model, at a site below the source site.
type Reading struct {
	Kind logs.Kind
	// Says tells the message as a sentence; {version}, {current} and {dp} stand for what it names.
	Says string
	// Rules are those whose steps write such a line, or none.
	Rules []string
	// State is what such a line says of the state at that time, or nil.
	State state
	// Before: the state is that before the step, of a line that says both.
	Before bool
	// AtSource: it is written by the site that sends, where it is told and not judged.
	AtSource bool
	// Why says why the message stands for no step, or what of it is left out.
	Why string
}

// state is what a message says of the state of a site. It is nil if that cannot be said in the numbers of the scope.
type state func(sc *scope, m *logs.Message) func(*model.State) bool

// Readings returns what the model makes of each kind of message: the steps that write it, what it says of the state, or why
// neither.
func Readings() []Reading { return readings }

// Where several kinds are written by one step, the first that a log has stands for the step when lines are missing, and the
// others for the state.
var readings = []Reading{
	{Kind: logs.Received, Says: "Despooler receives version {version} and begins to store it.", Rules: receives, State: storing},
	{Kind: logs.Storing, Says: "Despooler stores version {version} over version {current}.", Rules: receives, State: storing,
		Why: "written only where an older version is stored, so that its absence says nothing"},
	{Kind: logs.ReceivedTooEarly, Says: "Despooler puts version {version} off: the site knows nothing of it yet.",
		Why: "the model's Despooler stores content whether it was announced or not; nothing changes by the line"},
	{Kind: logs.Stored, Says: "Despooler has stored version {version}.", Rules: []string{"despooler.commit"}},
	{Kind: logs.InstructionDone, Says: "Despooler is done with what it had received.", Why: "it names no package, and `Stored` says the same"},
	{Kind: logs.InstructionFailed, Says: "Despooler fails with what it had received.", State: notStoring,
		Why: "the package is the one that its thread received last; whether it had begun to store, and whether it tries again, is not said"},

	{Kind: logs.IncomingFile, Says: "The replication thread looks at a .PKG file in INCOMING.", State: listed,
		Rules: []string{"replication.leave", "replication.discard"}, Why: "what it does with the file, the next line says; if none does, the file is left or discarded"},
	{Kind: logs.Applied, Says: "The replication thread applies the .PKG file.", Rules: []string{"replication.accept"}, State: running},
	{Kind: logs.ThreadStarted, Says: "A package thread starts.", Rules: []string{"replication.accept"}, State: running},
	{Kind: logs.VersionAhead, Says: "The replication thread skips the .PKG of version {version}: version {current} is stored.", Rules: []string{"replication.skip"}, State: believes},
	{Kind: logs.VersionBehind, Says: "The replication thread deletes the .PKG of version {version}: version {current} is stored.", Rules: []string{"replication.delete"}, State: believes},
	{Kind: logs.WriteConflict, Says: "The .PKG file cannot be applied: the package source is in use.", Rules: []string{"replication.leave"}},
	{Kind: logs.StuckFile, Says: "The .PKG file cannot be applied to distribution point {dp}.", Why: "the model applies a .PKG to the site, and not to one distribution point"},
	{Kind: logs.ContentMissing, Says: "The content has not arrived yet; it is tried again later.", Why: "later products: whether and when it is tried again is not in the model"},
	{Kind: logs.Sleep, Says: "Distribution Manager waits.", State: waits, Why: "no step of a package; it judges no file meanwhile. That another component waits says nothing"},

	{Kind: logs.VersionsSeen, Says: "The package thread reads the row: version {version} announced, version {current} stored.", State: sees},
	{Kind: logs.Adding, Says: "The package thread adds the package.", State: running, Why: "the package thread runs, and which step it is at is not said"},
	{Kind: logs.Updating, Says: "The package thread updates the package.", State: running, Why: "as above"},
	{Kind: logs.Decompressing, Says: "The package thread begins to decompress the stored copy.", Rules: []string{"package.decompress"}},
	{Kind: logs.DecompressFailed, Says: "The package thread cannot decompress the stored copy.", State: decompressing,
		Why: "the thread may end there, which is the fault failed-decompressions, or go on with what it could unpack"},
	{Kind: logs.StoredVersionSeen, Says: "The package thread writes its row back with version {version}; version {current} was there.", Rules: []string{"package.record"}, State: overwrites, Before: true},
	{Kind: logs.SourceVersionSeen, Says: "The package thread reads SourceVersion: version {current}.", Why: "which of the announced versions the product writes there, and when, no source says"},
	{Kind: logs.PackageDone, Says: "The package thread is done with the package.", Rules: []string{"package.done"}, State: idle},
	{Kind: logs.ThreadExits, Says: "The package thread ends.", Rules: []string{"package.done"}, State: idle},
	{Kind: logs.PackageFailed, Says: "The package thread fails with the package.", Why: "status 2302 says neither what failed nor how far it came: the thread may have ended there, or go on"},

	{Kind: logs.DPBegins, Says: "A DP thread begins to copy to distribution point {dp}.", Rules: []string{"dp.copy"}, State: copying},
	{Kind: logs.DPDone, Says: "Distribution point {dp} has the package.", Rules: []string{"dp.commit"}, State: copied},
	{Kind: logs.DPFailed, Says: "The copy to distribution point {dp} fails.", Rules: []string{"fault.file-in-use", "dp.fail"}},
	{Kind: logs.DPRetry, Says: "A copy to a distribution point fails, and is to be tried again.", Why: "it names neither the package nor the distribution point"},

	{Kind: logs.Capacity, Says: "{count} package threads run.", Why: "it names no package; the limit of package threads is not reached in the scope of one package"},
	{Kind: logs.Deleting, Says: "The package thread deletes the package.", Why: "the model has no deletion of packages"},
	{Kind: logs.Status, Says: "A status message.", Why: "of another number than those that say something of a step"},

	{Kind: logs.UpdateFound, Says: "Distribution Manager notices an update of the package.", AtSource: true, Rules: []string{"manager.start", "manager.ignore"}},
	{Kind: logs.Snapshot, Says: "A snapshot of the package source is taken.", AtSource: true, Rules: []string{"package.snapshot"}},
	{Kind: logs.Compressing, Says: "The snapshot is compressed.", AtSource: true, Rules: []string{"package.snapshot"}},
	{Kind: logs.Compressed, Says: "The compressed copy is there.", AtSource: true, Rules: []string{"package.compress"}},
	{Kind: logs.Sent, Says: "The package is sent to site {site}.", AtSource: true, Rules: []string{"package.send"}},
}

var readingOf = func() map[logs.Kind]*Reading {
	list := map[logs.Kind]*Reading{}
	for i := range readings {
		list[readings[i].Kind] = &readings[i]
	}
	return list
}()

// receives are the rules of Despooler that receive content. The second needs the fault, which only a message of a failure allows.
var receives = []string{"despooler.store", "fault.read-early"}

func at(s *model.State) *model.PackageState { return &s.Sites[below].Packages[0] }

func storing(sc *scope, m *logs.Message) func(*model.State) bool {
	v, ok := sc.number(m.Version)
	if !ok {
		return nil
	}
	return func(s *model.State) bool {
		d := s.Sites[below].Despooler
		return d.Busy(model.Storing, 0) && d.Version == v
	}
}

func notStoring(*scope, *logs.Message) func(*model.State) bool {
	return func(s *model.State) bool { return !s.Sites[below].Despooler.Busy(model.Storing, 0) }
}

func listed(*scope, *logs.Message) func(*model.State) bool {
	return func(s *model.State) bool { return s.Sites[below].Replication.Busy && at(s).Listed != 0 }
}

func waits(_ *scope, m *logs.Message) func(*model.State) bool {
	if !isManager(m) {
		return nil
	}
	return func(s *model.State) bool { return !s.Sites[below].Replication.Busy }
}

func running(*scope, *logs.Message) func(*model.State) bool {
	return func(s *model.State) bool { return at(s).Thread.Phase != model.ThreadIdle }
}

func idle(*scope, *logs.Message) func(*model.State) bool {
	return func(s *model.State) bool { return at(s).Thread.Phase == model.ThreadIdle }
}

func decompressing(*scope, *logs.Message) func(*model.State) bool {
	return func(s *model.State) bool { return at(s).Thread.Phase == model.Decompressing }
}

// believes is that StoredPkgVersion is what the line calls the version that is there.
func believes(sc *scope, m *logs.Message) func(*model.State) bool {
	v, ok := sc.current(m.Current)
	if !ok {
		return nil
	}
	return func(s *model.State) bool { return at(s).Row.Stored == v }
}

func sees(sc *scope, m *logs.Message) func(*model.State) bool {
	stored := believes(sc, m)
	return func(s *model.State) bool {
		return at(s).Thread.Phase != model.ThreadIdle && (stored == nil || stored(s))
	}
}

// overwrites is what a line says that has two versions: whether the database had the other one before the row was written or
// has it since is not said, so that it says something only where they differ.
func overwrites(sc *scope, m *logs.Message) func(*model.State) bool {
	if m.Version == m.Current {
		return nil
	}
	return believes(sc, m)
}

func copying(sc *scope, m *logs.Message) func(*model.State) bool {
	dp, ok := sc.dp(m.DP)
	if !ok {
		return nil
	}
	return func(s *model.State) bool { return at(s).DPs[dp].Phase == model.Copying }
}

func copied(sc *scope, m *logs.Message) func(*model.State) bool {
	dp, ok := sc.dp(m.DP)
	if !ok {
		return nil
	}
	return func(s *model.State) bool { return at(s).DPs[dp].Phase == model.DPIdle }
}
