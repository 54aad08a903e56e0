package logs

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// messages are the messages that say something about the distribution of
// packages, as the components word them. {field} is a field of Message, with
// :hex if it is hexadecimal; {:30} is not kept, and written as 30. a|b is
// either. Spaces count as one, and dots and spaces at the end do not count.
// Of the rows of a kind, the first is written whose fields there are.
var messages = []struct {
	kind    Kind
	wording string
}{
	// Distribution Manager, the source site.
	{UpdateFound, "Found package properties updated notification for package '{package}'"},
	{UpdateFound, "Found notification for package '{package}'"},
	{ThreadStarted, "Started package processing thread for package '{package}', thread ID = 0x{worker:hex} ({worker})"},
	{ThreadStarted, "Starting package processing thread,thread ID = {worker:hex}"},
	{Capacity, "Used {count} out of {limit} allowed processing threads."},
	{Capacity, "Currently using {count} out of {limit} allowed package processing threads."},
	{VersionsSeen, "Processing package {package} (SourceVersion:{version};StoredVersion:{current})"},
	{StoredVersionSeen, "StoredPkgVersion ({version}) of package {package}. StoredPkgVersion in database is {current}."},
	{SourceVersionSeen, "SourceVersion ({version}) of package {package}. SourceVersion in database is {current}."},
	{Adding, "Start adding package {package}..."},
	{Updating, "Start updating the package {package}..."},
	{Deleting, "Start deleting the package {package}..."},
	{Snapshot, "Taking package snapshot for package {package} from source {path}"},
	{Compressing, "Package {package} doesn't have a compressed copy of the source directory, starting the compression."},
	{Compressed, "The compressed size of package {package} is {count} KBytes"},
	{Sent, "Created minijob to send compressed copy of package {package} to site {site}.  Transfer root = {path}."},
	{Sent, "Setting CMiniJob transfer root to {path}"},

	// Despooler.
	{Received, "Received package {package} version {version}. Compressed file -  {path} as {target}"},
	{ReceivedTooEarly, "This package[{package}]'s information hasn't|haven't arrived yet for this version [{version}]. Retry later ..."},
	{Storing, "Package {package} (version {current}) exists in the distribution source, save the newer version (version {version})."},
	{Stored, "Stored Package {package}. Stored Package Version = {version}"},
	{InstructionDone, "Despooler successfully executed one instruction."},
	{InstructionFailed, "Despooler failed to execute the instruction, error code = {code}"},

	// Despooler in 1.x and since 2012, Distribution Manager in 2.0.
	{Decompressing, "Decompressing package {path} to {target}"},
	{Decompressing, "Extracting content {package}.{version}"},
	{Decompressing, "Extracting package {package}"},
	{DecompressFailed, "Cannot decompress package {path} to {target}, CTool return code = {code}"},

	// Distribution Manager, the replication thread.
	{IncomingFile, "Processing incoming file {path}."},
	{VersionAhead, "Package {package} requires a newer version ({version}) of source files and the new compressed files hasn't|haven't arrived yet, current version is {current}, skip {path}"},
	{VersionBehind, "A newer version ({current}) of package {package} has already arrived, delete the replication file {path} for version {version} ."},
	{WriteConflict, "Cannot update the package {package} in the package source, error = {code}"},
	{StuckFile, "Cannot update the package server {dp} for package {package}, error = {code}"},
	{Applied, "Updated replicated package info for package {package}"},
	{ContentMissing, "The contents for the package {package} hasn't|haven't arrived from site {site} yet, will retry later."},

	// Distribution Manager and Package Transfer Manager, distribution points.
	{DPBegins, "Start adding package {package} to server {dp}..."},
	{DPBegins, "Start updating package {package} on server {dp}..."},
	{DPBegins, "Start adding package to server {dp}..."}, // 2003 and 2007, beside the package of the thread
	{DPDone, "Finished sending SWD|SMS package {package} version {version} to distribution point {dp}"},
	{DPDone, "Successfully updated the package server status for {dp} for package {package}, Status 3"},
	{DPRetry, "Sending failed. Failure count = {count}, Restart time = {:unknown}"},
	{DPRetry, "Retry Interval is {:30} minutes, number of retries left is {limit}."},
	{PackageDone, "Successfully created/updated the package {package}"},
	{ThreadExits, "Exiting package processing thread for package {package}."},
	{Sleep, "Sleep {count} seconds..."},
}

// statuses are the status messages that are of a kind of their own. Others,
// such as 2300 (begins), 2333 (prepares to send to a child site), 8200 and 8210
// (transfer done), are of the kind Status.
var statuses = map[int]Kind{
	2301: PackageDone,      // processed
	2302: PackageFailed,    // failed to process
	2311: PackageDone,      // created or updated
	2321: DecompressFailed, // failed to decompress
	2328: DPFailed,         // failed to copy to a distribution point
	2330: DPDone,           // distributed to a distribution point
	2342: DPBegins,         // starts on a distribution point
	4400: Stored,           // Despooler stored the package
}

// wording is one way to put a message.
type wording struct {
	kind  Kind
	text  string // with its fields
	parts []part // the same, without what does not count
}

// part is a literal text or a field.
type part struct {
	literal string
	field   string // with its braces
}

var fields = regexp.MustCompile(`\{[^}]*\}`)

// wordings are all that the table says, in its order.
var wordings = func() []wording {
	var all []wording
	for _, row := range messages {
		for _, text := range variants(row.wording) {
			w := wording{kind: row.kind, text: text}
			rest := plain(text)
			for rest != "" {
				at := fields.FindStringIndex(rest)
				switch {
				case at == nil:
					w.parts, rest = append(w.parts, part{literal: rest}), ""
				case at[0] > 0:
					w.parts, rest = append(w.parts, part{literal: rest[:at[0]]}), rest[at[0]:]
				default:
					w.parts, rest = append(w.parts, part{field: rest[:at[1]]}), rest[at[1]:]
				}
			}
			all = append(all, w)
		}
	}
	return all
}()

// byFirstWord has the wordings by the word that they begin with.
var byFirstWord = func() map[string][]wording {
	index := map[string][]wording{}
	for _, w := range wordings {
		first, _, _ := strings.Cut(w.parts[0].literal, " ")
		index[first] = append(index[first], w)
	}
	return index
}()

// variants writes out the words that are either of several.
func variants(text string) []string {
	words := strings.Split(text, " ")
	for i, word := range words {
		var all []string
		if either := strings.Split(word, "|"); len(either) > 1 {
			for _, one := range either {
				all = append(all, variants(strings.Join(append(append(slices.Clone(words[:i]), one), words[i+1:]...), " "))...)
			}
			return all
		}
	}
	return []string{text}
}

// plain leaves out what does not count in a wording.
func plain(text string) string {
	if strings.Contains(text, "  ") || strings.ContainsAny(text, "\t\r\n") {
		text = strings.Join(strings.FieldsFunc(text, func(c rune) bool { return c < 0x80 && isBlank(byte(c)) }), " ")
	}
	return strings.TrimRight(strings.TrimLeft(text, textEnds), textEnds+".")
}

// match fills the fields of the message from a plain text, if it is of this
// wording.
func (w *wording) match(text string, m *Message) bool {
	for i, p := range w.parts {
		if p.field == "" {
			rest, ok := strings.CutPrefix(text, p.literal)
			if text = rest; !ok {
				return false
			}
			continue
		}
		end := len(text)
		if i+1 < len(w.parts) {
			end = strings.Index(text, w.parts[i+1].literal)
		}
		if end < 0 || !m.set(p.field, text[:end]) {
			return false
		}
		text = text[end:]
	}
	return text == ""
}

// fits reports whether the message has the fields of the wording: its texts, and
// its numbers too if they are asked for.
func (w *wording) fits(m *Message, numbers bool) bool {
	return !slices.ContainsFunc(w.parts, func(p part) bool {
		text, number := m.textField(p.field), m.numberField(p.field)
		return text != nil && *text == "" || numbers && number != nil && *number == 0
	})
}

func (w *wording) say(m *Message) string {
	return fields.ReplaceAllStringFunc(w.text, m.get)
}

// textField returns the field that is a text, or nil.
func (m *Message) textField(field string) *string {
	switch field {
	case "{package}":
		return &m.Package
	case "{site}":
		return &m.Site
	case "{dp}":
		return &m.DP
	case "{path}":
		return &m.Path
	case "{target}":
		return &m.Target
	}
	return nil
}

// numberField returns the field that is a number, or nil.
func (m *Message) numberField(field string) *int {
	switch field {
	case "{version}":
		return &m.Version
	case "{current}":
		return &m.Current
	case "{code}":
		return &m.Code
	case "{count}":
		return &m.Count
	case "{limit}":
		return &m.Limit
	case "{worker}", "{worker:hex}":
		return &m.Worker
	}
	return nil
}

// get returns the field as it is written.
func (m *Message) get(field string) string {
	if text := m.textField(field); text != nil {
		return *text
	}
	number := m.numberField(field)
	switch {
	case number == nil:
		return strings.Trim(field, "{:}")
	case field == "{worker:hex}":
		return fmt.Sprintf("%X", *number)
	}
	return strconv.Itoa(*number)
}

// set reads the field, and reports whether the value can be one.
func (m *Message) set(field, value string) bool {
	if text := m.textField(field); text != nil {
		*text = value
		return value != "" && (field != "{package}" || isPackage(value)) && (field != "{site}" || isSite(value))
	}
	number := m.numberField(field)
	if number == nil {
		return value != ""
	}
	base := 10
	if hex, ok := strings.CutPrefix(value, "0x"); ok && field == "{code}" {
		base, value = 16, hex
	} else if field == "{worker:hex}" {
		base = 16
	}
	n, err := strconv.ParseInt(value, base, strconv.IntSize)
	*number = int(n)
	return err == nil && (n >= 0 || field == "{code}")
}

// isPackage reports whether a text is the id of a package: the code of its
// source site, and five hexadecimal digits.
func isPackage(id string) bool {
	if len(id) != 8 || !isSite(id[:3]) {
		return false
	}
	for i := 3; i < len(id); i++ {
		if digitOf(id[i]) >= 16 {
			return false
		}
	}
	return true
}

// isSite reports whether a text is the code of a site: three letters or digits.
func isSite(code string) bool {
	if len(code) != 3 {
		return false
	}
	for i := range len(code) {
		if c := code[i] | 0x20; (c < 'a' || c > 'z') && (code[i] < '0' || code[i] > '9') {
			return false
		}
	}
	return true
}
