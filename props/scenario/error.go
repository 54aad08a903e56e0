package scenario

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"pkgdist/model"
)

// An Error says what is wrong with a file, and where. Line and Column count
// from 1, a column in characters; 0 means that the file as a whole is meant.
type Error struct {
	File         string
	Line, Column int
	Message      string
}

// Error returns "file:line:column: message" in one line, whatever the file
// holds, so that an editor can jump to it.
func (e *Error) Error() string {
	at := e.File
	if e.Line > 0 {
		at += fmt.Sprintf(":%d", e.Line)
	}
	if e.Line > 0 && e.Column > 0 {
		at += fmt.Sprintf(":%d", e.Column)
	}
	return printable(at + ": " + e.Message)
}

// printable escapes what would end the line or drive the terminal.
func printable(s string) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.IsGraphic(r) {
			b.WriteRune(r)
			continue
		}
		quoted := strconv.QuoteRuneToASCII(r)
		b.WriteString(quoted[1 : len(quoted)-1])
	}
	return b.String()
}

// shown bounds what a message repeats of the file, in characters.
const shown = 40

// excerpt cuts a text to what a message repeats of it.
func excerpt(s string) string {
	n := 0
	for i := range s {
		if n == shown {
			return s[:i] + "…"
		}
		n++
	}
	return s
}

// listed is how many names a message lists: all rules of the model, but not
// all sites of a file that has thousands.
const listed = 64

// DidYouMean ends a message about a name that is not known: with the name that
// may have been meant, or with the names that there are.
func DidYouMean(name string, known []string) string {
	if near, ok := Nearest(name, known); ok {
		return "; did you mean " + near + "?"
	}
	if len(known) == 0 {
		return ""
	}
	var names []string
	for _, k := range known[:min(len(known), listed)] {
		names = append(names, excerpt(k))
	}
	if len(known) > listed {
		names = append(names, "…")
	}
	return "; there are " + strings.Join(names, ", ")
}

// Describe is an error with the nearest name, if it is about a name.
func Describe(err error) string {
	var unknown *model.UnknownError
	if errors.As(err, &unknown) {
		return err.Error() + DidYouMean(unknown.Name, unknown.Known)
	}
	return err.Error()
}
