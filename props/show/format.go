package show

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"pkgdist/model"
)

// A Format is a form that a document can take.
type Format struct {
	Name      string
	Extension string // of its files
	Write     func(io.Writer, *Document) error
}

// Formats returns the formats, for a person first.
func Formats() []Format {
	return []Format{
		{"text", ".txt", Text},
		{"markdown", ".md", Markdown},
		{"mermaid", ".mmd", Mermaid},
		{"html", ".html", HTML},
		{"dot", ".dot", DOT},
		{"itf", ".itf.json", ITF},
		{"chrome", ".trace.json", Chrome},
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

// FindFormat returns the format of that name.
func FindFormat(name string) (Format, error) {
	for _, f := range Formats() {
		if f.Name == name {
			return f, nil
		}
	}
	return Format{}, &model.UnknownError{What: "format", Name: name, Known: FormatNames()}
}

// Bytes returns the document in the format.
func (f Format) Bytes(d *Document) ([]byte, error) {
	var b bytes.Buffer
	if err := f.Write(&b, d); err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name, err)
	}
	return b.Bytes(), nil
}

// wrap breaks a text between words into lines of about width characters.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len([]rune(line))+1+len([]rune(word)) > width {
			lines = append(lines, line)
			line = ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return append(lines, line)
}
