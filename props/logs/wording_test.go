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

// full has a value in every field that a wording can have.
var full = Message{
	Package: "AUS0001B", Version: 7, Current: 6, Site: "BNE", DP: nal,
	Path: `D:\SMS\inboxes\distmgr.box\INCOMING\U2J0GVIQ.PKG`, Target: `E:\SMSPKG\x.PCK`,
	Code: 8, Count: 2, Limit: 3, Worker: 0xE1C,
}

// Every wording of the table says its fields in every grammar, also where it
// is wrapped, and where spaces and dots are more or fewer.
func TestEveryWordingIsRecognisedInEveryGrammar(t *testing.T) {
	for _, w := range wordings {
		wanted := Message{Kind: w.kind}
		for _, p := range w.parts {
			if text := wanted.textField(p.field); text != nil {
				*text = *full.textField(p.field)
			} else if number := wanted.numberField(p.field); number != nil {
				*number = *full.numberField(p.field)
			}
		}
		text := w.say(&wanted)
		require.NotContains(t, text, "{")
		for _, text := range []string{text, text + " ", strings.TrimRight(text, ". "), text + ".", strings.ReplaceAll(text, "  ", " ")} {
			for _, grammar := range grammars {
				for _, columns := range []int{0, 50} {
					var file bytes.Buffer
					text = strings.Trim(text, textEnds)
					r := Record{Text: text, Component: "SMS_DISTRIBUTION_MANAGER", Thread: 300, Time: time.Date(2026, 11, 30, 10, 0, 0, 0, time.UTC)}
					require.NoError(t, Write(&file, Format{Grammar: grammar, Columns: columns}, r), text)
					records, bad := read(t, Read(&file, "distmgr.log", nil))
					require.Empty(t, bad)
					require.Len(t, records, 1)
					m, ok := Recognise(&records[0])
					require.True(t, ok, "%v: %s", grammar, text)
					wanted.Record = m.Record
					require.Equal(t, wanted, m, "%v: %s", grammar, text)
				}
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
		"Setting CMiniJob transfer root to",
	} {
		m, ok := Recognise(&Record{Text: text})
		assert.False(t, ok, "%s: %+v", text, m)
	}
}
