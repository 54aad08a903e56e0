// Package logs reads the logs of the components of SMS, and says what each line
// means for the distribution of packages.
//
// Goals: the six grammars that are met in the field, in any mixture, of any
// size, in memory that does not grow with the file; a piece that cannot be read
// is reported with its place, and nothing is dropped in silence. What is read
// can also be written, so that a publisher or a test makes logs of its own.
//
// Non-goals: it knows no model and judges nothing. What a log says about the
// protocol is held against a model elsewhere.
//
// The grammars, the messages and the numbers of status messages are those of
// SMS 1.x to Configuration Manager 2012, as published logs and the product's
// documentation show them.
package logs

import (
	"fmt"
	"iter"
	"time"
)

// Grammar says how a record stands in a file.
type Grammar uint8

// The grammars, by the product that writes them.
const (
	_             Grammar = iota
	SMS1                  // MSG $$<COMPONENT><Www Mmm DD HH:MM:SS YYYY~><thread=HEX>
	SMS2                  // MSG $$<COMPONENT><Www Mmm DD HH:MM:SS.mmm YYYY TIME ZONE NAME><thread=DEC (0xHEX)>
	SMS2003               // MSG $$<COMPONENT><MM-DD-YYYY HH:MM:SS.mmm±BIAS><thread=DEC (0xHEX)>
	CCM                   // <![LOG[MSG]LOG]!><time="HH:MM:SS.mmm±BIAS" date="M-D-YYYY" component="…" …>: 2007 and later
	Documentation         // COMPONENT DEC (0xHEX) MSG: as the product's documentation prints it, without time
	Clipboard             // MSG, COMPONENT, M/D/YYYY h:mm:ss AM|PM and DEC (0xHEX) between tabs: pasted from the viewer
)

func (g Grammar) String() string {
	return nameOf(g, "no grammar", "SMS 1.x", "SMS 2.0", "SMS 2003", "CCM", "documentation", "clipboard")
}

// Severity says how bad a record is, for who reads the log.
type Severity uint8

// The severities. Only CCM and status messages say one.
const (
	NoSeverity Severity = iota
	Informational
	Warning
	Error
)

func (s Severity) String() string {
	return nameOf(s, "none", "informational", "warning", "error")
}

func nameOf[T ~uint8](value T, names ...string) string {
	if int(value) < len(names) {
		return names[value]
	}
	return fmt.Sprint(uint8(value))
}

// Record is one record of a log: a message, with what its line says of it.
type Record struct {
	File      string    // as given to who reads it
	Line      int       // the record's first line, from 1
	Grammar   Grammar   // in which it stood
	Time      time.Time // UTC; zero: unknown, as in documentation
	Local     bool      // the line does not say the bias of Time, which was read as in the zone that the reader was given
	Component string
	Thread    int // 0: unknown
	Severity  Severity
	Text      string // without the newlines (written as "~") and the spaces at its ends; a line break within is a space
}

// Log is a sequence of records. An error of type *BadError or *OrderError is
// about one place of a file, and reading goes on after it; any other error is
// the last element.
type Log = iter.Seq2[Record, error]

// BadError reports a piece of a file that is not a record.
type BadError struct {
	File     string
	Line     int    // the piece's first line, from 1
	Lines    int    // how many lines it has
	Expected string // and what stands there instead:
	Found    string // its first characters
}

func (e *BadError) Error() string {
	return fmt.Sprintf("%s:%d: expected %s, found %q", e.File, e.Line, e.Expected, e.Found)
}
