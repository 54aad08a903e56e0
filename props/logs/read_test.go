package logs

import (
	"bytes"
	"cmp"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// read returns the records of a log, and the errors about what is none.
func read(t require.TestingT, log Log) (records []Record, bad []error) {
	for r, err := range log {
		if err != nil {
			require.True(t, goesOn(err), "%v", err)
			bad = append(bad, err)
			continue
		}
		records = append(records, r)
	}
	return records, bad
}

func readText(t require.TestingT, text string) ([]Record, []error) {
	return read(t, Read(strings.NewReader(text), "distmgr.log", nil))
}

var grammars = []Grammar{SMS1, SMS2, SMS2003, CCM, Documentation, Clipboard}

func drawText(t *rapid.T) string {
	word := rapid.OneOf(
		rapid.SampledFrom([]string{"Package", "AUS0001B", "-", "a  b", "(version", "2).", "skip", `D:\SMS\inboxes\distmgr.box\INCOMING\U2J0GVIQ.PKG`,
			"PROGRA~1", "ID", "=", "0x1F4", "(500)", "'P'", "(0x1F4)", "12", "10:00", "<5>", `"x">`, "PM", "<thread=9>", "Größe", "版本", "\U0001F4E6"}),
		rapid.StringMatching(`[!-~]{1,12}`),
	)
	text := strings.Join(rapid.SliceOfN(word, 0, 12).Draw(t, "words"), " ")
	return strings.Trim(text, textEnds)
}

func drawRecord(t *rapid.T) Record {
	seconds := rapid.Int64Range(time.Date(1994, 1, 1, 0, 0, 0, 0, time.UTC).Unix(), time.Date(2037, 1, 1, 0, 0, 0, 0, time.UTC).Unix()).Draw(t, "time")
	return Record{
		Grammar:   rapid.SampledFrom(grammars).Draw(t, "grammar"),
		Time:      time.Unix(seconds, rapid.Int64Range(0, 999).Draw(t, "ms")*1e6).UTC(),
		Component: rapid.SampledFrom([]string{"SMS_DISTRIBUTION_MANAGER", "SMS_DESPOOLER", "SMS Provider", "CcmExec"}).Draw(t, "component"),
		Thread:    rapid.IntRange(0, 1<<32-1).Draw(t, "thread"),
		Severity:  Severity(rapid.IntRange(0, 3).Draw(t, "severity")),
		Text:      drawText(t),
	}
}

func drawFormat(t *rapid.T) Format {
	return Format{
		Grammar:  rapid.SampledFrom(append([]Grammar{0}, grammars...)).Draw(t, "grammar"),
		Encoding: Encoding(rapid.IntRange(0, int(UTF16BEMarked)).Draw(t, "encoding")),
		CRLF:     rapid.Bool().Draw(t, "CRLF"),
		Columns:  rapid.SampledFrom([]int{0, 20, 72}).Draw(t, "columns"),
		Bias:     rapid.SampledFrom([]int{0, -60, 300, -330, 480}).Draw(t, "bias"),
	}
}

// Whatever is written in one of the grammars, or in a mixture, in any encoding
// and however it is wrapped, is read as it was. Not every text can be written in
// every grammar: Write then says so, and that is rare.
func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	drawn, written := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		records := rapid.SliceOfN(rapid.Custom(drawRecord), 1, 6).Draw(t, "records")
		f := drawFormat(t)
		var file bytes.Buffer
		drawn++
		if err := Write(&file, f, records...); err != nil {
			t.Log(err)
			return
		}
		written++
		mark := map[Encoding]string{UTF8Marked: "\xef\xbb\xbf", UTF16LEMarked: "\xff\xfe", UTF16BEMarked: "\xfe\xff"}[f.Encoding]
		require.True(t, strings.HasPrefix(file.String(), mark))
		found, bad := read(t, Read(&file, "distmgr.log", time.FixedZone("", -60*f.Bias)))
		require.Empty(t, bad)
		require.Len(t, found, len(records))
		for i, r := range records {
			wanted := f.keeps(r)
			wanted.File, wanted.Line = "distmgr.log", found[i].Line
			require.Equal(t, wanted, found[i])
		}
	})
	assert.Greater(t, written, drawn*8/10)
}

// The forms in which records are met, with what they say.
func TestFormsOfRecords(t *testing.T) {
	at := func(hour, ms int) time.Time { return time.Date(2005, 10, 6, hour, 30, 9, ms*1e6, time.UTC) }
	bst := time.FixedZone("BST", 3600)
	for text, wanted := range map[string]Record{
		"~Sleep 30 seconds...~  $$<SMS_X><Thu Oct 06 10:30:09 2005~><thread=AC8>":                           {Grammar: SMS1, Time: at(9, 0), Local: true, Thread: 0xAC8},
		"Sleep 30 seconds... $$<SMS_X><Thu Oct  6 10:30:09.120 2005 Eastern Daylight Time><thread=9 (0x9)>": {Grammar: SMS2, Time: at(14, 120), Thread: 9},
		"Sleep 30 seconds... $$<SMS_X><Thu Oct 06 10:30:09.120 2005 Westeuropa><thread=9 (0x9)>":            {Grammar: SMS2, Time: at(9, 120), Local: true, Thread: 9},
		"Sleep 30 seconds...  $$<SMS_X><10-06-2005 10:30:09.120+300><thread=2764 (0xACC)>":                  {Grammar: SMS2003, Time: at(15, 120), Thread: 2764},
		"Sleep\n30\tseconds... $$<SMS_X><10-06-2005\n10:30:09.120-60><thread=9\n(0x9)>":                     {Grammar: SMS2003, Time: at(9, 120), Thread: 9, Text: "Sleep 30\tseconds..."},
		`<![LOG[Sleep 30 seconds...]LOG]!><time="10:30:09.120-60" date="10-6-2005" component="SMS_X" context="" type="3" thread="9" file="a.cpp:1">`: {
			Grammar: CCM, Time: at(9, 120), Thread: 9, Severity: Error},
		`<![LOG[Sleep 30 seconds...]LOG]!><time="10:30:09" date="10-06-2005" component="SMS_X" thread="9">`: {Grammar: CCM, Time: at(9, 0), Local: true, Thread: 9},
		"SMS_X    9 (0x9)\tSleep 30 seconds...":                          {Grammar: Documentation, Thread: 9},
		"SMS_X 9 (0x9) Sleep\n30 seconds...":                             {Grammar: Documentation, Thread: 9},
		"Sleep 30 seconds...\tSMS_X\t10/6/2005 12:30:09 AM\t9 (0x9)":     {Grammar: Clipboard, Time: at(0, 0).Add(-time.Hour), Local: true, Thread: 9},
		"Sleep 30 seconds... SMS_X 10/6/2005 12:30:09 PM 9 (0x9)":        {Grammar: Clipboard, Time: at(11, 0), Local: true, Thread: 9},
		"Sleep 30 seconds...\tSMS_X   \t10/6/2005 1:30:09 PM    9 (0x9)": {Grammar: Clipboard, Time: at(12, 0), Local: true, Thread: 9},
	} {
		wanted.File, wanted.Line, wanted.Component = "f", 2, "SMS_X"
		wanted.Text = cmp.Or(wanted.Text, "Sleep 30 seconds...")
		records, bad := read(t, Read(strings.NewReader("\r\n"+text+"\r\n"), "f", bst))
		assert.Empty(t, bad, text)
		assert.Equal(t, []Record{wanted}, records, text)
	}
}

// A file that is cut at both ends, at any byte, has all the records that are
// whole in it, as they are. What is left of a record is two pieces at most
// before them, and one behind. In documentation, a part of a line could as well
// belong to the record before it, so there the cut is between lines.
func TestCutFileKeepsItsWholeRecords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := Format{
			Grammar: rapid.SampledFrom(grammars).Draw(t, "grammar"),
			CRLF:    rapid.Bool().Draw(t, "CRLF"),
			Columns: rapid.SampledFrom([]int{0, 60}).Draw(t, "columns"),
		}
		var file bytes.Buffer
		var begins []int
		var records []Record
		for range rapid.IntRange(1, 5).Draw(t, "records") {
			m := drawMessage(t)
			r := drawRecord(t)
			r.Text = m.Say()
			begins, records = append(begins, file.Len()), append(records, f.keeps(r))
			require.NoError(t, Write(&file, f, r))
		}
		begins = append(begins, file.Len())
		from := rapid.IntRange(0, file.Len()).Draw(t, "from")
		to := rapid.IntRange(from, file.Len()).Draw(t, "to")
		if f.Grammar == Documentation {
			to += 1 + strings.IndexByte(file.String()[to:], '\n')
		}
		found, bad := readText(t, file.String()[from:to])
		for i := range found {
			found[i].File, found[i].Line = "", 0
		}
		var whole []Record
		for i, r := range records {
			if begins[i] >= from && begins[i+1] <= to {
				whole = append(whole, r)
			}
		}
		require.LessOrEqual(t, len(found)+len(bad), len(whole)+3)
		for len(found) > len(whole) && len(whole) > 0 && found[0] != whole[0] {
			found = found[1:]
		}
		require.GreaterOrEqual(t, len(found), len(whole))
		for i := range whole {
			require.Equal(t, whole[i], found[i])
		}
	})
}

// Each line that is no record is reported with its place and with what was
// expected there, and the records around it are read.
func TestBadLinesAreLocated(t *testing.T) {
	const good = "Sleep 3600 seconds... $$<SMS_DISTRIBUTION_MANAGER><11-30-2026 10:00:00.000+000><thread=300 (0x12C)>"
	for _, c := range []struct{ line, expected string }{
		{"Sleep $$<SMS_X><02-29-2026 10:00:00.000+000><thread=300 (0x12C)>", "a day of the calendar"},
		{"Sleep $$<SMS_X><13-01-2026 10:00:00.000+000><thread=300 (0x12C)>", "a day of the calendar"},
		{"Sleep $$<SMS_X><11-30-2026 24:00:00.000+000><thread=300 (0x12C)>", "a time of day as in 23:59:59.999"},
		{"Sleep $$<SMS_X><11-30-2026 10:00:00.000 000><thread=300 (0x12C)>", "the bias in minutes as in +300"},
		{"Sleep $$<SMS_X><11-30-2026 10:00:00.000+0 0><thread=300 (0x12C)>", "nothing after the bias"},
		{"Sleep $$<SMS_X><11-30-2026 10:00:00.000+000><thread=300 (0x12D)>", "the number of the thread as in 300 (0x12C)"},
		{"Sleep $$<SMS_X><Mon Nob 30 10:00:00.000 2026 GMT Standard Time><thread=300 (0x12C)>", "a month as in Nov"},
		{"Sleep $$<SMS_X><Mon Nov 30 10:00:00 2026~><thread=300 (0x12C)>", "nothing but > after the thread"},
		{"Sleep SMS_X><11-30-2026 10:00:00.000+000><thread=300 (0x12C)>", "$$<COMPONENT> before the time and the thread"},
		{"Sleep $$<SMS_X> 11-30-2026 10:00:00.000+000><thread=300 (0x12C)>", "<"},
		{`<![LOG[Sleep]LOG]!><time="10:00:00.000+000" component="X" type="1" thread="3">`, "a date with month, day and year"},
		{`<![LOG[Sleep]LOG]!><time="10:00:00.000+000" date="11-30-2026" component="X" type="4" thread="3">`, "a type from 0 to 3"},
		{`<![LOG[Sleep]LOG]!><time="10:00:00.000+000" date=11-30-2026 component="X">`, "a date with month, day and year"},
		{"Sleep\tSMS_X\t11/30/2026 13:00:00 PM\t300 (0x12C)", "a time of day as in 12:59:59 PM"},
		{"Sleep\tSMS_X\t11/30/26/ 1:00:00 PM\t300 (0x12C)", "nothing after the date"},
		{"11/30/2026 1:00:00 PM\t300 (0x12C)", "a component before the time"},
	} {
		records, bad := readText(t, good+"\r\n"+c.line+"\n\n"+good)
		require.Len(t, bad, 1, c.line)
		assert.Equal(t, &BadError{File: "distmgr.log", Line: 2, Lines: 1, Expected: c.expected, Found: c.line[:min(80, len(c.line))]}, bad[0])
		require.Len(t, records, 2, c.line)
		assert.Equal(t, []int{1, 4}, []int{records[0].Line, records[1].Line}, c.line)
	}
}

// endless repeats a text for as long as it is read.
type endless struct {
	text string
	at   int
}

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.text[e.at:])
	e.at = (e.at + n) % len(e.text)
	return n, nil
}

// A record that is too long is one error with its place, whether it is one line
// or many, and those around it are read. Memory does not grow with it, nor with
// the file.
func TestLongFilesAndRecordsNeedLittleMemory(t *testing.T) {
	const sms = "Sleep 30 seconds... $$<SMS_X><11-30-2026 10:00:00.000+000><thread=3 (0x3)>\n"
	const size = 16 << 20
	long := func(text string) io.Reader { return io.LimitReader(&endless{text: text}, size) }
	for _, c := range []struct {
		name             string
		file             io.Reader
		records, bad     int
		badLine, badSize int
	}{
		{"records", io.LimitReader(&endless{text: sms}, int64(size/len(sms)*len(sms))), size / len(sms), 0, 0, 0},
		{"one line", io.MultiReader(strings.NewReader(sms), long("x"), strings.NewReader(" "+sms+sms)), 2, 1, 2, 1},
		{"many lines", io.MultiReader(strings.NewReader(sms), long("a log, but one of another product in the\n"), strings.NewReader("\n"+sms+sms)), 2, 1, 2, 1 + size/41},
		{"a CCM record", io.MultiReader(strings.NewReader(sms+"<![LOG["), long(`<attribute name="a" value="some values">`+"\n"), strings.NewReader("]LOG]!><x=\">\n"+sms)), 2, 1, 2, 1 + size/41},
		{"another log", long("a log, but one of another product in the\n"), 0, 1, 1, size / 41},
		{"zeros", io.MultiReader(strings.NewReader(sms), long("\x00"), strings.NewReader("\n")), 1, 1, 2, 1},
	} {
		records, pieces, most := 0, 0, uint64(0)
		for r, err := range Read(c.file, "f", nil) {
			if pieces++; pieces%100_000 == 1 || err != nil {
				var m runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapAlloc)
			}
			if err == nil {
				records++
				assert.Equal(t, "Sleep 30 seconds...", r.Text)
				continue
			}
			bad := err.(*BadError)
			assert.Equal(t, []any{c.badLine, "a record of at most 1048576 bytes"}, []any{bad.Line, bad.Expected}, c.name)
			assert.InDelta(t, c.badSize, bad.Lines, 1, c.name)
		}
		assert.Equal(t, []int{c.records, c.bad}, []int{records, pieces - records}, c.name)
		assert.Less(t, most, uint64(8*maxRecord), c.name)
	}
}

// What does not end before the next record, or before the file, is reported.
func TestWhatDoesNotEndIsReported(t *testing.T) {
	const ccm = `<![LOG[Sleep 3600 seconds...]LOG]!><time="10:00:00.000+000" date="11-30-2026" component="SMS_X" type="1" thread="3" file="">`
	const sms = "Sleep 3600 seconds... $$<SMS_X><11-30-2026 10:00:00.000+000><thread=3 (0x3)>"
	for _, c := range []struct {
		text     string
		bad      []string
		records  []int // their lines
		expected string
	}{
		{ccm[:59] + "\n" + ccm + "\n", []string{ccm[:59]}, []int{2}, "its end before the next record"},
		{ccm[:59] + ccm + "\n", []string{ccm[:59]}, []int{1}, "its end before the next record"},
		{ccm + ccm + "\n", nil, []int{1, 1}, ""},
		{ccm[:59] + "\n" + sms, []string{ccm[:59]}, []int{2}, "its end before the next record"},
		{sms[:40] + "\n" + sms, []string{sms[:40]}, []int{2}, "its end before the next record"},
		{sms[:40] + "\n" + ccm, []string{sms[:40]}, []int{2}, "its end before the next record"},
		{"Sleep\n\nSMS_X 3 (0x3) Sleep", []string{"Sleep"}, []int{3}, "its end before the next record"},
		{"SMS_X 3 (0x3) Sleep\n30 seconds\n\nSleep\n" + sms, nil, []int{1, 4}, ""},
		{sms + "\nSleep\n3600 seconds", []string{"Sleep 3600 seconds"}, []int{1}, "its end before that of the file"},
		{"read=3 (0x3)>\n" + sms, []string{"read=3 (0x3)>"}, []int{2}, "a record, not only its end"},
		{"3 (0x3)\n" + sms, []string{"3 (0x3)"}, []int{2}, "a record, not only its end"},
		{"C>\n" + sms, []string{"C>"}, []int{2}, "a record, not only its end"},
		{"C)\n" + sms, []string{"C)"}, []int{2}, "a record, not only its end"},
		{"Sleep\n0x186A0 (100000)\n" + sms, nil, []int{1}, ""},
		{`3" file="">` + "\n" + ccm, []string{`3" file="">`}, []int{2}, "a record, not only its end"},
	} {
		records, bad := readText(t, c.text)
		var found []string
		var lines []int
		for _, err := range bad {
			bad := err.(*BadError)
			found = append(found, bad.Found)
			assert.Equal(t, c.expected, bad.Expected, c.text)
		}
		for _, r := range records {
			lines = append(lines, r.Line)
			assert.Equal(t, "Sleep", r.Text[:5], c.text)
		}
		assert.Equal(t, c.bad, found, c.text)
		assert.Equal(t, c.records, lines, c.text)
	}
}
