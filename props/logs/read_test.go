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

// What the grammar has of a record.
func sayable(r Record, f Format) Record {
	if f.Grammar != 0 {
		r.Grammar = f.Grammar
	}
	switch r.Grammar {
	case Documentation:
		r.Time = time.Time{}
	case SMS1, Clipboard:
		r.Time, r.Local = r.Time.Truncate(time.Second), true
	}
	if r.Grammar != CCM {
		r.Severity = NoSeverity
	}
	return r
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
		found, bad := read(t, Read(&file, "distmgr.log", time.FixedZone("", -60*f.Bias)))
		require.Empty(t, bad)
		require.Len(t, found, len(records))
		for i, r := range records {
			wanted := sayable(r, f)
			wanted.File, wanted.Line = "distmgr.log", found[i].Line
			require.Equal(t, wanted, found[i])
		}
	})
	t.Log(drawn, written)
	assert.Greater(t, written, drawn*8/10)
}
