package logs

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

const nal = `["Display=\\AUS-DP 1\"]MSWNET:["SMS_SITE=AUS"]\\AUS-DP 1\`

const incoming = `D:\SMS\inboxes\distmgr.box\INCOMING\U2J0GVIQ.PKG`

// The messages as the components write them, with what they say. {P} stands for
// the package AUS0001B, {D} for a distribution point, and {F} for a file in
// INCOMING; a message that has one of them says it.
var known = map[string]Message{
	"Found package properties updated notification for package '{P}'":                                {Kind: UpdateFound},
	"Found notification for package '{P}'":                                                           {Kind: UpdateFound},
	"Starting package processing thread,thread ID = E1C":                                             {Kind: ThreadStarted, Worker: 3612},
	"Started package processing thread for package '{P}', thread ID = 0xE1C (3612)":                  {Kind: ThreadStarted, Worker: 3612},
	"Used 2 out of 3 allowed processing threads.":                                                    {Kind: Capacity, Count: 2, Limit: 3},
	"Currently using 2 out of 3 allowed package processing threads.":                                 {Kind: Capacity, Count: 2, Limit: 3},
	"Processing package {P} (SourceVersion:7;StoredVersion:6)":                                       {Kind: VersionsSeen, Version: 7, Current: 6},
	"StoredPkgVersion (7) of package {P}. StoredPkgVersion in database is 6.":                        {Kind: StoredVersionSeen, Version: 7, Current: 6},
	"SourceVersion (7) of package {P}. SourceVersion in database is 6.":                              {Kind: SourceVersionSeen, Version: 7, Current: 6},
	"Start adding package {P}...":                                                                    {Kind: Adding},
	"Start updating the package {P}...":                                                              {Kind: Updating},
	"Start deleting the package {P}...":                                                              {Kind: Deleting},
	`Taking package snapshot for package {P} from source \\AUS1\my files\Office`:                     {Kind: Snapshot, Path: `\\AUS1\my files\Office`},
	"Package {P} doesn't have a compressed copy of the source directory, starting the compression.":  {Kind: Compressing},
	"The compressed size of package {P} is 91 KBytes":                                                {Kind: Compressed, Count: 91},
	`Created minijob to send compressed copy of package {P} to site BNE.  Transfer root = E:\1.PCK.`: {Kind: Sent, Site: "BNE", Path: `E:\1.PCK`},
	`Setting CMiniJob transfer root to E:\1.PCK`:                                                     {Kind: Sent, Path: `E:\1.PCK`},
	`Received package {P} version 7. Compressed file -  C:\1.PKG as E:\2.PCK`:                        {Kind: Received, Version: 7, Path: `C:\1.PKG`, Target: `E:\2.PCK`},
	"This package[{P}]'s information hasn't arrived yet for this version [7]. Retry later ...":       {Kind: ReceivedTooEarly, Version: 7},
	"This package[{P}]'s information haven't arrived yet for this version [7]. Retry later ...":      {Kind: ReceivedTooEarly, Version: 7},
	"Package {P} (version 6) exists in the distribution source, save the newer version (version 7).": {Kind: Storing, Version: 7, Current: 6},
	"Stored Package {P}. Stored Package Version = 7":                                                 {Kind: Stored, Version: 7},
	"Despooler successfully executed one instruction.":                                               {Kind: InstructionDone},
	"Despooler failed to execute the instruction, error code = 12":                                   {Kind: InstructionFailed, Code: 12},
	`Decompressing package E:\1.PCK to E:\x`:                                                         {Kind: Decompressing, Path: `E:\1.PCK`, Target: `E:\x`},
	"Extracting package {P}":                                                                         {Kind: Decompressing},
	"Extracting content {P}.7":                                                                       {Kind: Decompressing, Version: 7},
	`Cannot decompress package E:\1.PCK to E:\x, CTool return code = 11`:                             {Kind: DecompressFailed, Path: `E:\1.PCK`, Target: `E:\x`, Code: 11},
	"Processing incoming file {F}.":                                                                  {Kind: IncomingFile},
	"Package {P} requires a newer version (7) of source files and the new compressed files hasn't arrived yet, current version is 6, skip {F}":  {Kind: VersionAhead, Version: 7, Current: 6},
	"Package {P} requires a newer version (7) of source files and the new compressed files haven't arrived yet, current version is 6, skip {F}": {Kind: VersionAhead, Version: 7, Current: 6},
	"A newer version (7) of package {P} has already arrived, delete the replication file {F} for version 6 .":                                   {Kind: VersionBehind, Version: 6, Current: 7},
	"Cannot update the package {P} in the package source, error = 8":                                                                            {Kind: WriteConflict, Code: 8},
	"Cannot update the package server {D} for package {P}, error = 8":                                                                           {Kind: StuckFile, Code: 8},
	"Updated replicated package info for package {P}":                                                                                           {Kind: Applied},
	"The contents for the package {P} hasn't arrived from site AUS yet, will retry later.":                                                      {Kind: ContentMissing, Site: "AUS"},
	"The contents for the package {P} haven't arrived from site AUS yet, will retry later.":                                                     {Kind: ContentMissing, Site: "AUS"},
	"Start adding package {P} to server {D}...":                                                                                                 {Kind: DPBegins},
	"Start updating package {P} on server {D}...":                                                                                               {Kind: DPBegins},
	"Start adding package to server {D}...":                                                                                                     {Kind: DPBegins},
	"Finished sending SWD package {P} version 7 to distribution point {D}":                                                                      {Kind: DPDone, Version: 7},
	"Finished sending SMS package {P} version 7 to distribution point {D}":                                                                      {Kind: DPDone, Version: 7},
	"Successfully updated the package server status for {D} for package {P}, Status 3":                                                          {Kind: DPDone},
	"Sending failed. Failure count = 2, Restart time = 11/30/2026 10:30:58 AM":                                                                  {Kind: DPRetry, Count: 2},
	"Retry Interval is 30 minutes, number of retries left is 99.":                                                                               {Kind: DPRetry, Limit: 99},
	"Successfully created/updated the package {P}":                                                                                              {Kind: PackageDone},
	"Exiting package processing thread for package {P}.":                                                                                        {Kind: ThreadExits},
	"Sleep 3600 seconds...": {Kind: Sleep, Count: 3600},
}

// Every message of the table is recognised in every grammar, with what it says,
// also where it is wrapped, and where spaces and dots are more or fewer.
func TestEveryMessageIsRecognisedInEveryGrammar(t *testing.T) {
	require.Len(t, known, len(wordings), "one for each wording")
	for text, wanted := range known {
		if strings.Contains(text, "{P}") {
			wanted.Package = "AUS0001B"
		}
		if strings.Contains(text, "{D}") {
			wanted.DP = nal
		}
		if strings.Contains(text, "{F}") {
			wanted.Path = incoming
		}
		text = strings.NewReplacer("{P}", "AUS0001B", "{D}", nal, "{F}", incoming).Replace(text)
		for _, text := range []string{text, "~" + text + " ", strings.TrimRight(text, ". "), text + ".", strings.ReplaceAll(text, "  ", " ")} {
			text = strings.Trim(text, textEnds)
			var file bytes.Buffer
			r := Record{Text: text, Component: "SMS_DISTRIBUTION_MANAGER", Thread: 300, Time: time.Date(2026, 11, 30, 10, 0, 0, 0, time.UTC)}
			for _, grammar := range grammars {
				require.NoError(t, Write(&file, Format{Grammar: grammar}, r), text)
				require.NoError(t, Write(&file, Format{Grammar: grammar, Columns: 50}, r), text)
			}
			records, bad := read(t, Read(&file, "distmgr.log", nil))
			require.Empty(t, bad)
			require.Len(t, records, 2*len(grammars))
			for i := range records {
				m, ok := Recognise(&records[i])
				require.True(t, ok, "%v: %s", records[i].Grammar, text)
				wanted.Record = m.Record
				require.Equal(t, wanted, m, "%v: %s", records[i].Grammar, text)
			}
		}
	}
}

func drawMessage(t *rapid.T) Message {
	number := func(name string) int { return rapid.IntRange(0, 9).Draw(t, name) }
	path := rapid.SampledFrom([]string{`D:\SMS\inboxes\distmgr.box\INCOMING\U2J0GVIQ.PKG`, `\\AUS1\source files\Office`, `E:\SMSPKG\x.PCK`, `C:\PROGRA~1\x.`})
	return Message{
		Kind:    Kind(rapid.IntRange(int(UpdateFound), int(Status)).Draw(t, "kind")),
		Package: rapid.StringMatching(`[A-Z0-9]{3}[0-9A-F]{5}`).Draw(t, "package"),
		Version: number("version"), Current: number("current"),
		Site: rapid.StringMatching(`[A-Z0-9]{3}`).Draw(t, "site"),
		DP:   rapid.SampledFrom([]string{nal, `["Display=\\A\"]MSWNET:["SMS_SITE=A01"]\\A\`, `\\A " AID1=`}).Draw(t, "DP"),
		Path: strings.Trim(path.Draw(t, "path"), "."), Target: strings.Trim(path.Draw(t, "target"), "."),
		Code: number("code"), Count: number("count"), Limit: number("limit"), Worker: rapid.IntRange(0, 1<<32-1).Draw(t, "worker"),
	}
}

// What a message says is recognised as that message, of every kind: the kind
// and all that is in the text.
func TestWhatIsSaidIsRecognised(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMessage(t)
		m.Record = Record{Component: "SMS_DESPOOLER", Thread: 3, Time: time.Date(2026, 11, 30, 10, 0, 0, 0, time.UTC)}
		said, ok := Recognise(&Record{Text: m.Say(), Component: "SMS_DESPOOLER", Thread: 3, Time: m.Time})
		require.True(t, ok, m.Say())
		require.Equal(t, m.Kind, said.Kind)
		require.Equal(t, m.Say(), said.Say())
		for _, w := range wordings {
			if w.kind == m.Kind && w.say(&m) == m.Say() {
				for _, p := range w.parts {
					require.Equal(t, m.get(p.field), said.get(p.field), "%s in %s", p.field, m.Say())
				}
				return
			}
		}
		require.Equal(t, []any{m.Package, m.DP, m.Version, m.Site}, []any{said.Package, said.DP, said.Version, said.Site})
	})
}

// The wording that is said has all that there is to say.
func TestWhatIsSaidIsTheFullestWording(t *testing.T) {
	for text, m := range map[string]Message{
		"Decompressing package a to b":                                  {Kind: Decompressing, Path: "a", Target: "b", Package: "AUS0001B"},
		"Extracting package AUS0001B":                                   {Kind: Decompressing, Package: "AUS0001B"},
		"Extracting content AUS0001B.2":                                 {Kind: Decompressing, Package: "AUS0001B", Version: 2},
		"Starting package processing thread,thread ID = E1C":            {Kind: ThreadStarted, Worker: 0xE1C},
		"Retry Interval is 30 minutes, number of retries left is 9.":    {Kind: DPRetry, Limit: 9},
		"Sending failed. Failure count = 1, Restart time = unknown":     {Kind: DPRetry, Count: 1},
		"Processing package AUS0001B (SourceVersion:1;StoredVersion:0)": {Kind: VersionsSeen, Package: "AUS0001B", Version: 1},
		"Start adding package to server D...":                           {Kind: DPBegins, DP: "D"},
	} {
		assert.Equal(t, text, m.Say())
	}
}

// A status message says what its attributes say, also where values hold quotes
// and keys, and one that is cut off says what is left.
func TestStatusMessages(t *testing.T) {
	const head = `STATMSG: ID=2330 SEV=W LEV=M SOURCE="SMS Server" COMP="SMS_DISTRIBUTION_MANAGER" SYS=AUS1 SITE=BNE PID=14 TID=300 ` +
		`GMTDATE=Mon Nov 30 10:00:00.000 2026 ISTR0="a "quoted" NUMATTRS=9 AID0=400 name" ISTR1="" ISTR9="" `
	for text, wanted := range map[string]Message{
		head + `NUMATTRS=3 AID0=400 AVAL0="AUS0001B" AID1=404 AVAL1="` + nal + `" AID2=410 AVAL2="7"`: {Package: "AUS0001B", DP: nal, Version: 7},
		head + `NUMATTRS=2 AID0=404 AVAL0="` + nal + `" AID1=400 AVAL1="AUS0001B"`:                    {Package: "AUS0001B", DP: nal},
		head + `NUMATTRS=2 AID0=410 AVAL0="7" AID1=400 AV`:                                            {Version: 7},
		head + `NUMATTRS=1 AID0=403 AVAL0="AUS0001B"`:                                                 {},
		head + `NUMATTRS=0`: {},
	} {
		m, ok := Recognise(&Record{Text: text})
		require.True(t, ok)
		wanted.Kind, wanted.Status, wanted.Site, wanted.Record = DPDone, 2330, "BNE", Record{Text: text, Severity: Warning}
		assert.Equal(t, wanted, m)
	}
	assert.Equal(t, "Status", Status.String(), "the last name of a kind")
	for id, kind := range map[int]Kind{2300: Status, 2302: PackageFailed, 2321: DecompressFailed, 2328: DPFailed, 2342: DPBegins, 4400: Stored, 2311: PackageDone, 8200: Status} {
		m := Message{Kind: kind, Status: id}
		said, ok := Recognise(&Record{Text: m.Say()})
		require.True(t, ok)
		assert.Equal(t, []any{kind, id}, []any{said.Kind, said.Status})
	}
}

// A message that only names a file is about the package after which the file
// is called, and about none if it is called like something else.
func TestPackageIsTakenFromTheFile(t *testing.T) {
	for text, id := range map[string]string{
		`Decompressing package D:\SMSPKG\AUS0001B.PCK to E:\x`:                            "AUS0001B",
		`Processing incoming file D:\SMS\inboxes\distmgr.box\INCOMING\AUS0001B.PKG.`:      "AUS0001B",
		`Processing incoming file D:\SMS\inboxes\distmgr.box\INCOMING\U2J0GVIQ.PKG.`:      "",
		`Cannot decompress package AUS0001B.PCK to E:\x, CTool return code = -2147467259`: "AUS0001B",
	} {
		m, ok := Recognise(&Record{Text: text})
		require.True(t, ok, text)
		assert.Equal(t, id, m.Package, text)
	}
}

// What is almost one of the messages is none.
func TestOtherMessagesAreNotRecognised(t *testing.T) {
	for _, text := range []string{
		"", "Found notification for package 'AUS0001'", "Found notification for package 'AUS0001B' and more",
		"Start adding package AUS0001B to nobody", "Processing package AUS0001B (SourceVersion:x;StoredVersion:1)",
		"Sleep -1 seconds...", "Sleeping 30 seconds...", "STATMSG: nothing", "Stored Package AUS0001G. Stored Package Version = 1",
		"Setting CMiniJob transfer root to", "Stored Package AUSX001B. Stored Package Version = 1",
		"Successfully updated the package server status for D for package AUS0001B, Status 2",
	} {
		m, ok := Recognise(&Record{Text: text})
		assert.False(t, ok, "%s: %+v", text, m)
	}
}
