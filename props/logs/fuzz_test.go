package logs

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func FuzzReadSMS1(f *testing.F)          { fuzzRead(f, SMS1) }
func FuzzReadSMS2(f *testing.F)          { fuzzRead(f, SMS2) }
func FuzzReadSMS2003(f *testing.F)       { fuzzRead(f, SMS2003) }
func FuzzReadCCM(f *testing.F)           { fuzzRead(f, CCM) }
func FuzzReadDocumentation(f *testing.F) { fuzzRead(f, Documentation) }
func FuzzReadClipboard(f *testing.F)     { fuzzRead(f, Clipboard) }

// Whatever is in a file, reading it does not panic, and each byte belongs to one
// piece: a record or a bad one. A piece is what it says, for alone it reads as
// the same; it begins at the line that it says; and what belongs to none is blank.
func fuzzRead(f *testing.F, grammar Grammar) {
	at := time.Date(2026, 11, 30, 10, 0, 0, 0, time.UTC)
	records := []Record{
		{Text: "Sleep 3600 seconds...", Component: "SMS_DISTRIBUTION_MANAGER", Thread: 300, Time: at},
		{Text: "Start updating package AUS0001B on server " + nal, Component: "SMS_DISTRIBUTION_MANAGER", Thread: 301, Time: at},
	}
	for _, format := range []Format{{Grammar: grammar}, {Grammar: grammar, CRLF: true, Columns: 40}, {Grammar: grammar, Encoding: UTF16LE}} {
		var file bytes.Buffer
		require.NoError(f, Write(&file, format, records...))
		f.Add(file.Bytes())
		f.Add(file.Bytes()[file.Len()/3:])
		f.Add(file.Bytes()[:2*file.Len()/3])
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		text, err := io.ReadAll(decode(bytes.NewReader(file)))
		require.NoError(t, err)
		begin, count := 0, 0
		require.NoError(t, pieces(bytes.NewReader(text), "f", nil, func(p *piece) bool {
			end := int(p.end)
			require.Less(t, begin, end)
			requireSamePiece(t, p, text[begin:end], count == 0)
			blank := len(text[begin:end]) - len(bytes.TrimLeft(text[begin:end], " \t\r\n"))
			line := 1 + bytes.Count(text[:begin+blank], []byte("\n"))
			if bad, ok := p.err.(*BadError); ok {
				assert.Equal(t, line, bad.Line)
				assert.Equal(t, bytes.Count(bytes.TrimRight(text[begin+blank:end], " \t\r\n"), []byte("\n"))+1, bad.Lines)
			} else {
				require.NoError(t, p.err)
				assert.Equal(t, line, p.record.Line)
				Recognise(&p.record)
			}
			begin, count = end, count+1
			return true
		}))
		require.Empty(t, bytes.Trim(text[begin:], " \t\r\n"))
	})
}

// first says that the piece is the first of its file, which alone can be what
// is left of a record that was cut.
func requireSamePiece(t *testing.T, p *piece, text []byte, first bool) {
	var again []piece
	s := newScanner("f", nil, func(p *piece) bool {
		again = append(again, *p)
		return true
	})
	s.after = !first
	for line := range bytes.Lines(text) {
		s.add(line, 0)
	}
	s.finish("")
	require.Len(t, again, 1, "%q", text)
	require.Equal(t, p.err == nil, again[0].err == nil, "%q: %v, %v", text, p.err, again[0].err)
	wanted := p.record
	wanted.Line = again[0].record.Line
	require.Equal(t, wanted, again[0].record)
}

// Whatever a record says, recognising it does not panic, and what is recognised
// can be said again and is recognised as the same.
func FuzzRecognise(f *testing.F) {
	for text := range known {
		f.Add(strings.NewReplacer("{P}", "AUS0001B", "{D}", nal, "{F}", incoming).Replace(text))
	}
	f.Add("Received package AUS0001B version 7. Compressed file - \rC:\\1.PKG as E:\\2.PCK")
	f.Add("STATMSG: ID=0 NUMATTRS=2 AID0=0 AVAL0=\"\" AID1=400 AVAL1=\"\" AID1=")
	for status := range statuses {
		m := Message{Package: "AUS0001B", DP: nal, Version: 7, Status: status}
		f.Add(m.Say())
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, ok := Recognise(&Record{Text: text})
		if !ok {
			return
		}
		said := m.Say()
		again, ok := Recognise(&Record{Text: said})
		require.True(t, ok, "%q: %q", text, said)
		require.Equal(t, m.Kind, again.Kind)
		require.Equal(t, said, again.Say())
	})
}
