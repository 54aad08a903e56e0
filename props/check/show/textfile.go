package show

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A FileError says what is wrong with a file, and where. Line and Column count
// from 1, a column in characters; 0 means that the file as a whole is meant.
type FileError struct {
	File         string
	Line, Column int
	Message      string
}

// Error returns "file:line:column: message" in one line, whatever the file
// holds, so that an editor can jump to it.
func (e *FileError) Error() string {
	at := e.File
	if e.Line > 0 {
		at += fmt.Sprintf(":%d", e.Line)
	}
	if e.Line > 0 && e.Column > 0 {
		at += fmt.Sprintf(":%d", e.Column)
	}
	var b strings.Builder
	for _, r := range at + ": " + e.Message {
		if unicode.IsGraphic(r) {
			b.WriteRune(r)
			continue
		}
		quoted := strconv.QuoteRuneToASCII(r)
		b.WriteString(quoted[1 : len(quoted)-1])
	}
	return b.String()
}

// ReadText reads a text file of at most the given number of bytes. It never
// reads much more than that, so an endless device does no harm.
func ReadText(file string, most int) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, cannotRead(file, err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, &FileError{File: file, Message: "expected a file, found a directory"}
	}
	text, err := io.ReadAll(io.LimitReader(f, int64(most)+1))
	if err != nil {
		return nil, cannotRead(file, err)
	}
	return text, CheckText(file, text, most)
}

// cannotRead leaves out the operation and the path, which the error of package
// os repeats.
func cannotRead(file string, err error) error {
	var inner *fs.PathError
	if errors.As(err, &inner) {
		err = inner.Err
	}
	return &FileError{File: file, Message: "cannot be read: " + err.Error()}
}

// CheckText returns nil for UTF-8 text of 1 to the given number of bytes.
func CheckText(file string, text []byte, most int) error {
	if len(text) > most {
		return &FileError{File: file, Message: fmt.Sprintf("expected at most %d KiB, found more", most>>10)}
	}
	line, column := 1, 1
	for rest := text; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		switch {
		case r == 0:
			return &FileError{file, line, column, "not a text file: found a NUL byte"}
		case r == utf8.RuneError && size == 1:
			return &FileError{file, line, column, fmt.Sprintf("not a text file: byte 0x%02x is not UTF-8", rest[0])}
		case r == '\n':
			line, column = line+1, 0
		}
		rest, column = rest[size:], column+1
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return &FileError{File: file, Line: 1, Column: 1, Message: "the file is empty"}
	}
	return nil
}
