package logs

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Encoding says how the characters of a file are written.
type Encoding uint8

// The encodings, without and with a byte order mark.
const (
	UTF8 Encoding = iota
	UTF8Marked
	UTF16LE
	UTF16LEMarked
	UTF16BE
	UTF16BEMarked
)

// Format says how a log is written. The zero value but for Grammar has a line
// for each record, in UTF-8.
type Format struct {
	Grammar  Grammar // the zero Grammar: that of each record
	Encoding Encoding
	CRLF     bool
	Columns  int // a longer line is broken at a space, where there is one; 0: no line is
	Bias     int // of the site's clock: UTC is its local time and that many minutes
}

// Write writes records, and reads them again as it goes: the error is about the
// first that the format cannot say, or about w. Files and lines are not written.
func Write(w io.Writer, f Format, records ...Record) error {
	encoded := f.encode(w)
	out := bufio.NewWriter(encoded)
	if f.Encoding == UTF8Marked {
		out.WriteString("\ufeff")
	}
	newline := "\n"
	if f.CRLF {
		newline = "\r\n"
	}
	again := rereader{format: f, records: records}
	check := newScanner("", time.FixedZone("", -60*f.Bias), again.compare)
	for i := range records {
		lines, err := f.lines(&records[i])
		if err != nil {
			return fmt.Errorf("record %d: %w", i+1, err)
		}
		for _, line := range lines {
			out.WriteString(line)
			out.WriteString(newline)
			check.add([]byte(line), 0)
		}
	}
	if check.finish("its end"); again.read < len(records) && again.err == nil {
		again.err = fmt.Errorf("record %d: expected to read %q again, found nothing", again.read+1, records[again.read].Text)
	}
	return errors.Join(again.err, out.Flush(), encoded.Close())
}

func (f Format) encode(w io.Writer) *transform.Writer {
	var t transform.Transformer = transform.Nop
	switch f.Encoding {
	case UTF16LE:
		t = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder()
	case UTF16LEMarked:
		t = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder()
	case UTF16BE:
		t = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder()
	case UTF16BEMarked:
		t = unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder()
	}
	return transform.NewWriter(w, t)
}

// rereader compares what is read again with what was to be written.
type rereader struct {
	format  Format
	records []Record
	read    int
	err     error
}

func (a *rereader) compare(p *piece) bool {
	if a.read == len(a.records) {
		a.err = fmt.Errorf("record %d: expected to read it alone, found also %q, %v", a.read, p.record.Text, p.err)
		return false
	}
	wanted, found := a.format.keeps(a.records[a.read]), p.record
	wanted.File, wanted.Line = found.File, found.Line
	if a.read++; p.err != nil || found != wanted {
		a.err = fmt.Errorf("record %d: expected to read %v %q again, found %v %q, %v",
			a.read, wanted.Time, wanted.Text, found.Time, found.Text, p.err)
	}
	return a.err == nil
}

// keeps returns what the format has of a record.
func (f Format) keeps(r Record) Record {
	r.Grammar = cmp.Or(f.Grammar, r.Grammar)
	r.Local = r.Grammar == SMS1 || r.Grammar == Clipboard
	switch {
	case r.Grammar == Documentation:
		r.Time = time.Time{}
	case r.Local:
		r.Time = r.Time.UTC().Truncate(time.Second)
	default:
		r.Time = r.Time.UTC().Truncate(time.Millisecond)
	}
	if r.Grammar != CCM {
		r.Severity = NoSeverity
	}
	return r
}

// lines returns the lines of a record.
func (f Format) lines(r *Record) ([]string, error) {
	at := r.Time.UTC().Add(-time.Duration(f.Bias) * time.Minute)
	grammar := cmp.Or(f.Grammar, r.Grammar)
	var line string
	switch grammar {
	case SMS1:
		line = fmt.Sprintf("%s $$<%s><%s~><thread=%X>", r.Text, r.Component, at.Format("Mon Jan 02 15:04:05 2006"), r.Thread)
	case SMS2:
		names := zones[f.Bias]
		if len(names) == 0 {
			return nil, fmt.Errorf("expected the bias of a time zone with a name, found %d minutes", f.Bias)
		}
		line = fmt.Sprintf("%s $$<%s><%s %s><thread=%d (0x%X)>",
			r.Text, r.Component, at.Format("Mon Jan 02 15:04:05.000 2006"), names[0], r.Thread, r.Thread)
	case SMS2003:
		line = fmt.Sprintf("%s $$<%s><%s%s><thread=%d (0x%X)>",
			r.Text, r.Component, at.Format("01-02-2006 15:04:05.000"), f.bias(), r.Thread, r.Thread)
	case CCM:
		line = fmt.Sprintf(`<![LOG[%s]LOG]!><time="%s%s" date="%s" component="%s" context="" type="%d" thread="%d" file="">`,
			r.Text, at.Format("15:04:05.000"), f.bias(), at.Format("1-2-2006"), r.Component, r.Severity, r.Thread)
	case Documentation:
		line = fmt.Sprintf("%s %d (0x%X) %s", r.Component, r.Thread, r.Thread, r.Text)
	case Clipboard:
		line = fmt.Sprintf("%s\t%s\t%s\t%d (0x%X)", r.Text, r.Component, at.Format("1/2/2006 3:04:05 PM"), r.Thread, r.Thread)
	default:
		return nil, fmt.Errorf("expected a grammar, found %v", grammar)
	}
	if strings.ContainsAny(line, "\r\n") {
		return nil, fmt.Errorf("expected a record without line breaks, found %q", line)
	}
	if f.Columns == 0 {
		return []string{line}, nil
	}
	if grammar == Documentation { // the empty line ends it
		return append(wrap(line, f.Columns, strings.IndexByte(line, ')')+1), ""), nil
	}
	return wrap(line, f.Columns, 0), nil
}

// bias returns the bias as the product writes it: +000, +300, -60.
func (f Format) bias() string {
	if f.Bias < 0 {
		return fmt.Sprint(f.Bias)
	}
	return fmt.Sprintf("+%03d", f.Bias)
}

// wrap breaks a line at single spaces, where that leaves some of it beyond the
// columns, and not in the head.
func wrap(line string, columns, head int) []string {
	var lines []string
	for {
		at := 0
		for i := max(head, 1); i < len(line)-1 && len(line) > columns && (at == 0 || i <= columns); i++ {
			if line[i] == ' ' && !isBlank(line[i-1]) && !isBlank(line[i+1]) && i > head {
				at = i
			}
		}
		if at == 0 {
			return append(lines, line)
		}
		lines, line, head = append(lines, line[:at]), line[at+1:], 0
	}
}
