package logs

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"
)

const (
	// maxRecord bounds what is kept of one record, in bytes. The longest that
	// components write, a status message with all its strings, has some 20 KB.
	maxRecord = 1 << 20

	maxFound = 80 // bytes of a bad piece that its error shows
	maxEnd   = 64 // bytes in which the end of a record shows that it is one
)

// Read reads the records of one file, in any mixture of the grammars, in UTF-8
// or UTF-16. The name is only for the records and errors. A time whose line
// does not say its bias is one in zone, which nil means UTC.
//
// A record may stand on several lines. Where that is not certain, a line goes
// with those after it up to the end of a record, since most grammars say only
// there what they are. In documentation it goes with those before it, up to an
// empty line: there, what is left of a record that was cut off is taken for a
// part of another.
func Read(r io.Reader, name string, zone *time.Location) Log {
	return func(yield func(Record, error) bool) {
		err := pieces(decode(r), name, zone, func(p *piece) bool { return yield(p.record, p.err) })
		if err != nil {
			yield(Record{}, err)
		}
	}
}

// piece is a record, or what is not one, with where it ends in the text.
type piece struct {
	record Record
	err    error
	end    int64
}

// pieces gives each piece of the text to yield, until that returns false. The
// error is that of reading.
func pieces(r io.Reader, name string, zone *time.Location, yield func(*piece) bool) error {
	s := newScanner(name, zone, yield)
	in := lines{in: bufio.NewReaderSize(r, 1<<18)}
	for !s.stopped {
		line, err := in.next()
		s.add(line, in.read)
		if err != nil {
			s.finish("its end before that of the file")
			if errors.Is(err, io.EOF) || s.stopped {
				return nil
			}
			return err
		}
	}
	return nil
}

// lines reads lines of any length, of which it keeps no more than it has to.
type lines struct {
	in   *bufio.Reader
	long []byte
	read int64 // bytes, with those of the last line
}

// next returns the next line, which is valid until the next call. Of a line
// that is too long for a record it returns more than a record may have.
func (l *lines) next() ([]byte, error) {
	line, err := l.in.ReadSlice('\n')
	l.read += int64(len(line))
	if !errors.Is(err, bufio.ErrBufferFull) {
		return line, err
	}
	l.long = l.long[:0]
	for {
		if len(l.long) <= maxRecord {
			l.long = append(l.long, line...)
		} else { // its end may say where the record ends
			l.long = append(l.long[:maxRecord+1], line[max(0, len(line)-maxEnd):]...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return l.long, err
		}
		line, err = l.in.ReadSlice('\n')
		l.read += int64(len(line))
	}
}

// scanner finds where records begin and end.
type scanner struct {
	parser
	name  string
	yield func(*piece) bool
	piece piece // the last, until the next one

	line    int    // the current line, from 1
	joined  []byte // the lines of the piece that has not ended, with a space for each line break
	first   int    // the piece's first line
	last    int    // and its last
	end     int64  // where that ends
	begins  form   // what the first line says
	marked  bool   // the mark at the end of its message was there
	tooLong bool   // so joined has only its beginning and its end
	after   bool   // there was a piece before
	stopped bool
}

func newScanner(name string, zone *time.Location, yield func(*piece) bool) *scanner {
	if zone == nil {
		zone = time.UTC
	}
	return &scanner{parser: parser{zone: zone, components: map[string]string{}}, name: name, yield: yield}
}

// form is what the beginning or the end of a text says about its grammar.
type form uint8

const (
	unknown  form = iota
	ccm           // begins with "<![LOG["
	document      // begins with a component and a thread
	sms           // ends with "<thread=…>"
	clip          // ends with a time of day and a thread
)

var (
	ccmBegin = []byte("<![LOG[")
	ccmMark  = []byte("]LOG]!>")
	smsMark  = []byte("$$<")
)

// add adds a line that ends at the offset end.
func (s *scanner) add(line []byte, end int64) {
	s.line++
	// A CCM record begins wherever its mark is: what stands before it was cut off.
	for !s.stopped && len(line) > 0 {
		next := len(line)
		if i := bytes.Index(line[1:], ccmBegin); i >= 0 {
			next = i + 1
		}
		s.addPart(line[:next], end-int64(len(line)-next))
		line = line[next:]
	}
}

func (s *scanner) addPart(part []byte, end int64) {
	if part = trim(part); len(part) == 0 {
		if s.begins == document {
			s.finish("")
		}
		return
	}
	ends := endOf(part)
	begins := beginOf(part, ends)
	if len(s.joined) > 0 && s.isNext(part, begins, ends) {
		if s.finish("its end before the next record"); s.stopped {
			return
		}
	}
	whole := part
	if len(s.joined) == 0 {
		s.first, s.begins, s.marked, s.tooLong = s.line, begins, false, false
	} else {
		s.joined = append(append(s.joined, ' '), part...)
		whole, ends = s.joined, endOf(s.joined)
	}
	s.last, s.end = s.line, end
	if len(whole) > maxRecord || s.tooLong {
		s.tooLong = true
		s.joined = append(append(s.joined[:0], whole[:maxFound]...), part[max(0, len(part)-maxEnd):]...)
		whole = s.joined
	}
	switch {
	case s.begins == unknown && ends != unknown:
		s.emit(whole, ends)
		return
	case s.begins == unknown:
		s.marked = s.marked || bytes.Contains(part, smsMark)
		if !s.marked && !s.after && isTail(whole) {
			s.bad(whole, "a record, not only its end")
			return
		}
	case s.begins == ccm:
		s.marked = s.marked || bytes.Contains(part, ccmMark)
		if s.marked && bytes.HasSuffix(whole, []byte(`">`)) {
			s.emit(whole, ccm)
			return
		}
	}
	if len(s.joined) == 0 {
		s.joined = append(s.joined, part...)
	}
}

// isNext reports whether a part begins a record though the piece before it has
// not ended.
func (s *scanner) isNext(part []byte, begins, ends form) bool {
	switch {
	case begins == ccm:
		return true
	case s.begins == unknown:
		return begins == document || s.marked && bytes.Contains(part, smsMark)
	case s.begins == document && begins == document:
		return true
	}
	_, problem := s.parse(part, ends)
	return problem == ""
}

// finish ends the piece where no end is to be seen; expected is for its error.
func (s *scanner) finish(expected string) {
	switch {
	case len(s.joined) == 0:
	case s.begins == document || s.tooLong:
		s.emit(s.joined, document)
	default:
		s.bad(s.joined, expected)
	}
}

func (s *scanner) emit(whole []byte, form form) {
	if s.tooLong {
		s.bad(whole, fmt.Sprintf("a record of at most %d bytes", maxRecord))
		return
	}
	record, problem := s.parse(whole, form)
	if problem != "" {
		s.bad(whole, problem)
		return
	}
	record.File, record.Line = s.name, s.first
	s.give(piece{record: record, end: s.end})
}

func (s *scanner) bad(whole []byte, expected string) {
	found := string(whole[:min(len(whole), maxFound)])
	s.give(piece{end: s.end, err: &BadError{
		File: s.name, Line: s.first, Lines: s.last - s.first + 1, Expected: expected, Found: found,
	}})
}

func (s *scanner) give(p piece) {
	s.joined, s.begins, s.after = s.joined[:0], unknown, true
	s.piece = p
	s.stopped = !s.yield(&s.piece)
}
