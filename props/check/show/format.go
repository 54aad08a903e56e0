package show

import (
	"bytes"
	"fmt"
	"io"
)

// A Format is a form that a document can take.
type Format struct {
	Name      string
	Extension string // of its files
	write     func(io.Writer, *Document) error
}

// Formats returns the formats, for a person first.
func Formats() []Format {
	return []Format{
		{"text", ".txt", Text{}.Write},
		{"markdown", ".md", writeMarkdown},
		{"mermaid", ".mmd", writeMermaid},
		{"html", ".html", writeHTML},
		{"dot", ".dot", writeDOT},
		{"itf", ".itf.json", writeITF},
		{"chrome", ".trace.json", writeChrome},
		{"txtar", Extension, writeKept},
		{"go", "_test.go.txt", writeGo},
	}
}

// FormatNames returns the names of the formats.
func FormatNames() []string {
	var names []string
	for _, f := range Formats() {
		names = append(names, f.Name)
	}
	return names
}

// An UnknownFormatError says that there is no format of that name.
type UnknownFormatError struct{ Name string }

// Error says which name may have been meant.
func (e *UnknownFormatError) Error() string {
	return fmt.Sprintf("unknown format %.40q%s", e.Name, DidYouMean(e.Name, FormatNames()))
}

// FindFormat returns the format of that name, or an *UnknownFormatError.
func FindFormat(name string) (Format, error) {
	for _, f := range Formats() {
		if f.Name == name {
			return f, nil
		}
	}
	return Format{}, &UnknownFormatError{name}
}

// Write writes the document in the format.
func (f Format) Write(w io.Writer, d *Document) error {
	p, err := d.prepared()
	if err == nil {
		err = f.write(w, p)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", f.Name, err)
	}
	return nil
}

// Bytes returns the document in the format.
func (f Format) Bytes(d *Document) ([]byte, error) {
	var b bytes.Buffer
	err := f.Write(&b, d)
	return b.Bytes(), err
}
