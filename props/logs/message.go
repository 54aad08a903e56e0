package logs

import "strings"

// Kind says what a message tells about the distribution of packages. The
// comment is what happened, and names the fields beside Package that the
// message fills.
type Kind uint8

// The kinds of messages.
const (
	_                 Kind = iota
	UpdateFound            // the source site was told to update the package
	ThreadStarted          // a package thread starts: Worker
	Capacity               // package threads: Count in use, Limit allowed
	VersionsSeen           // a package thread read the row: Version is SourceVersion, Current is StoredPkgVersion
	StoredVersionSeen      // StoredPkgVersion: Version as announced, Current in the database
	SourceVersionSeen      // SourceVersion: Version as announced, Current in the database
	Adding                 // a package thread adds the package
	Updating               // a package thread updates the package
	Deleting               // a package thread deletes the package
	Snapshot               // a snapshot of the source is taken: Path
	Compressing            // the snapshot is compressed
	Compressed             // the compressed copy is there: Count is its size in KBytes
	Sent                   // the compressed copy is given to Scheduler: Site, Path
	Received               // Despooler has the content: Version, Path, Target
	ReceivedTooEarly       // Despooler has content of which the site knows nothing yet: Version
	Storing                // Despooler begins to store: Version, over Current
	Stored                 // Despooler has stored: Version
	InstructionDone        // Despooler is done with what it had received
	InstructionFailed      // Despooler failed with what it had received: Code
	Decompressing          // the stored copy is decompressed: Path, Target, or Version
	DecompressFailed       // decompressing failed: Path, Target, Code
	IncomingFile           // the replication thread looks at a file in INCOMING: Path
	VersionAhead           // the file announces Version, Current is stored, so it is skipped and stays: Path
	VersionBehind          // the file announces Version, Current is stored, so it is deleted: Path
	WriteConflict          // the file cannot be applied to the package source: Code
	StuckFile              // the file cannot be applied to a distribution point: DP, Code
	Applied                // the file is applied
	ContentMissing         // the package cannot be distributed before its content is here: Site that has to send it
	DPBegins               // copying to a distribution point begins: DP
	DPDone                 // the distribution point has the package: DP, Version
	DPRetry                // copying failed and is tried again: Count failures, or Limit tries left
	DPFailed               // copying failed: DP
	PackageDone            // a package thread is done with the package
	PackageFailed          // a package thread failed with the package
	ThreadExits            // a package thread ends
	Sleep                  // the component waits for Count seconds, or for a change
	Status                 // a status message that says none of the above
)

func (k Kind) String() string {
	return nameOf(k, "nothing", "UpdateFound", "ThreadStarted", "Capacity", "VersionsSeen", "StoredVersionSeen", "SourceVersionSeen",
		"Adding", "Updating", "Deleting", "Snapshot", "Compressing", "Compressed", "Sent", "Received", "ReceivedTooEarly", "Storing", "Stored",
		"InstructionDone", "InstructionFailed", "Decompressing", "DecompressFailed", "IncomingFile", "VersionAhead", "VersionBehind",
		"WriteConflict", "StuckFile", "Applied", "ContentMissing", "DPBegins", "DPDone", "DPRetry", "DPFailed", "PackageDone",
		"PackageFailed", "ThreadExits", "Sleep", "Status")
}

// Message is a record that says something about the distribution of packages.
// A field is zero if the message does not fill it.
type Message struct {
	Record
	Kind    Kind
	Package string // its id; where the message names only a file that is called like the id, from there
	Version int    // which the message is about
	Current int    // which the site, or its database, has
	Site    string // code of the site that it is about; of a status message, the site that reports it
	DP      string // NAL path of the distribution point
	Path    string // the file or folder that is read
	Target  string // and the one that is written
	Status  int    // number of the status message; 0: it is none
	Code    int    // error code
	Count   int
	Limit   int
	Worker  int // the thread that is started
}

// Recognise returns what the record says about the distribution of packages,
// and whether it says anything. A status message has a severity of its own.
func Recognise(r *Record) (Message, bool) {
	first, _, _ := strings.Cut(strings.TrimLeft(r.Text, textEnds), " ")
	if first == statusBegin {
		return recogniseStatus(r)
	}
	candidates := byFirstWord[first]
	if candidates == nil {
		return Message{}, false
	}
	text := plain(r.Text)
	for i := range candidates {
		m := Message{Kind: candidates[i].kind}
		if candidates[i].match(text, &m) {
			if m.Record = *r; m.Package == "" {
				m.Package = packageOf(m.Path)
			}
			return m, true
		}
	}
	return Message{}, false
}

// packageOf returns the id after which a file is called, if it is.
func packageOf(path string) string {
	name := path[strings.LastIndexAny(path, `\/`)+1:]
	if name, _, _ = strings.Cut(name, "."); isPackage(name) {
		return name
	}
	return ""
}

// Say returns the message as text that Recognise takes back. Of the wordings of
// its kind, it is the first whose fields the message has; what that does not
// mention is not in the text. With a Status, it is that status message.
func (m *Message) Say() string {
	if m.Status != 0 {
		return m.sayStatus()
	}
	for _, enough := range []func(*wording) bool{
		func(w *wording) bool { return w.fits(m, true) },
		func(w *wording) bool { return w.fits(m, false) }, // a number can be 0
		func(*wording) bool { return true },
	} {
		for i := range wordings {
			if w := &wordings[i]; w.kind == m.Kind && enough(w) {
				return w.say(m)
			}
		}
	}
	return m.sayStatus()
}
