package counterexample

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"

	"pkgdist/model"
	"pkgdist/props/scenario"
)

// Read reads the counterexample that a file keeps.
func Read(file string) (*Counterexample, error) {
	text, err := scenario.ReadText(file, MaxBytes)
	if err != nil {
		return nil, err
	}
	return Parse(file, text)
}

// Parse reads a counterexample from the text of a file. Its errors are of type
// *scenario.Error.
func Parse(file string, text []byte) (*Counterexample, error) {
	if err := scenario.CheckText(file, text, MaxBytes); err != nil {
		return nil, err
	}
	archive := txtar.Parse(text)
	parts, err := split(file, archive)
	if err != nil {
		return nil, err
	}
	c := &Counterexample{
		Name: strings.TrimSuffix(filepath.Base(file), extension),
		Why:  strings.TrimSpace(unixLines(archive.Comment)),
	}
	if c.Scenario, err = parts[scenarioSection].scenario(c.Name); err != nil {
		return nil, err
	}
	if c.Property, _, err = parts[propertySection].word("the name of a property"); err != nil {
		return nil, err
	}
	if c.Design, err = parts[designSection].design(); err != nil {
		return nil, err
	}
	if c.Steps = parts[stepsSection].lines(); len(c.Steps) == 0 {
		return nil, parts[stepsSection].errorf(0, "expected a step in each line, found none")
	}
	c.Loop = parts[loopSection].lines()
	return c, nil
}

// A section is one file of the archive. Line is that of its marker.
type section struct {
	file, name string
	line       int
	text       []byte
}

// split returns the sections by their names: each of them, once.
func split(file string, archive *txtar.Archive) (map[string]section, error) {
	parts := map[string]section{}
	line := 1 + bytes.Count(archive.Comment, []byte("\n"))
	for _, f := range archive.Files {
		s := section{file, f.Name, line, f.Data}
		if !slices.Contains(sections, f.Name) {
			return nil, &scenario.Error{File: file, Line: line, Message: fmt.Sprintf("expected a known section, found %.40q%s", f.Name, scenario.DidYouMean(f.Name, sections))}
		}
		if before, twice := parts[f.Name]; twice {
			return nil, s.errorf(0, "expected each section once, found it again; it stands in line %d", before.line)
		}
		parts[f.Name] = s
		// Its own lines, and the marker's.
		line += bytes.Count(f.Data, []byte("\n")) + 1
	}
	for _, name := range sections {
		if _, ok := parts[name]; !ok && name != loopSection {
			return nil, &scenario.Error{File: file, Line: line, Message: fmt.Sprintf("expected the section -- %s --, found the end of the file", name)}
		}
	}
	return parts, nil
}

// errorf returns an error at a line of the section; 0 is its marker.
func (s section) errorf(line int, format string, args ...any) error {
	return &scenario.Error{File: s.file, Line: s.line + line, Message: s.name + ": " + fmt.Sprintf(format, args...)}
}

// scenario reads the scenario; its errors stand where they stand in the whole file.
func (s section) scenario(name string) (*scenario.Scenario, error) {
	sc, err := scenario.Parse(name, s.text)
	var wrong *scenario.Error
	if errors.As(err, &wrong) {
		return nil, &scenario.Error{File: s.file, Line: s.line + wrong.Line, Column: wrong.Column, Message: s.name + ": " + wrong.Message}
	}
	return sc, err
}

// lines returns the lines that say something: neither empty nor a comment.
func (s section) lines() []Line {
	var lines []Line
	n := s.line
	for text := range strings.SplitSeq(string(s.text), "\n") {
		n++
		if text = strings.TrimSpace(text); text != "" && !strings.HasPrefix(text, "#") {
			lines = append(lines, Line{text, n})
		}
	}
	return lines
}

// word reads a section of one word, and returns its line in the section.
func (s section) word(what string) (string, int, error) {
	lines := s.lines()
	if len(lines) == 0 {
		return "", 0, s.errorf(0, "expected %s, found nothing", what)
	}
	if len(lines) > 1 {
		return "", 0, s.errorf(lines[1].Line-s.line, "expected one line, found another: %.40q", lines[1].Text)
	}
	at := lines[0].Line - s.line
	if strings.ContainsAny(lines[0].Text, " \t") {
		return "", at, s.errorf(at, "expected %s, found %.40q", what, lines[0].Text)
	}
	return lines[0].Text, at, nil
}

// design checks the design, for without it nothing can be replayed.
func (s section) design() (string, error) {
	text, line, err := s.word("a design")
	if err != nil {
		return "", err
	}
	_, err = model.ParseDesign(text)
	var unknown *model.UnknownError
	if errors.As(err, &unknown) {
		return "", s.errorf(line, "expected a %s, found %.40q%s", unknown.What, unknown.Name, scenario.DidYouMean(unknown.Name, unknown.Known))
	}
	if err != nil {
		return "", s.errorf(line, "%v", err)
	}
	return text, nil
}

func unixLines(text []byte) string { return strings.ReplaceAll(string(text), "\r\n", "\n") }
