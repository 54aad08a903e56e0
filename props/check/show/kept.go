package show

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/tools/txtar"
)

// A Kept is what a file keeps of a run: why it matters, what its client says of
// the model, the property that it violates, and the steps, one a line, so that a
// person reads it and it differs line by line in a review.
//
// The steps are not interpreted and the property is not looked up. Whoever
// replays them says which is no longer there or no longer possible, and points to
// its line.
type Kept struct {
	Name string // of the file, without extension
	Why  string // why it matters, for a person
	// Sections are those of the client, in order. One that is named "property" has
	// no text and says where the property stands, which is otherwise after them.
	Sections []Section
	Property string // empty, and written as "(none)", where nothing is claimed of the run
	Steps    []Line
	// StepsLine is the line of the mark of the steps, for whoever expects some. A
	// run that violates a property in its first state has none.
	StepsLine int
	// Loop are the steps that follow and are repeated forever. A run that is
	// infinite and has none stays in its last state.
	Loop []Line
}

// A Line is a step as it is printed, and its line in the file, for whoever has
// to say what is wrong with it.
type Line struct {
	Text string
	Line int
}

// A Section is a named part of a kept file. Line is that of its marker, so that
// line n of its text is line Line+n of the file.
type Section struct {
	Name, Text string
	Line       int
}

// MaxBytes is how large a kept file can be: a run of tens of thousands of steps.
const MaxBytes = 4 << 20

// The sections of every kept file, which the client's precede.
const (
	propertySection = "property"
	stepsSection    = "steps"
	loopSection     = "loop" // may be left out
)

// noProperty stands for the property of a run of which nothing is claimed.
const noProperty = "(none)"

// Extension is that of kept files.
const Extension = ".txtar"

// Read reads a kept file. See Parse.
func Read(file string, sections ...string) (*Kept, error) {
	text, err := ReadText(file, MaxBytes)
	if err != nil {
		return nil, err
	}
	return Parse(file, text, sections...)
}

// Parse reads the text of a kept file that has these sections of its client, each
// of them once. "property" may be among them, to say where it is written. Its
// errors are of type *FileError.
func Parse(file string, text []byte, sections ...string) (*Kept, error) {
	if err := CheckText(file, text, MaxBytes); err != nil {
		return nil, err
	}
	if !slices.Contains(sections, propertySection) {
		sections = append(slices.Clone(sections), propertySection)
	}
	archive := txtar.Parse(text)
	parts, err := split(file, archive, append(slices.Clone(sections), stepsSection, loopSection))
	if err != nil {
		return nil, err
	}
	k := &Kept{
		Name:  strings.TrimSuffix(filepath.Base(file), Extension),
		Why:   strings.TrimSpace(strings.ReplaceAll(string(archive.Comment), "\r\n", "\n")),
		Steps: parts[stepsSection].Lines(), StepsLine: parts[stepsSection].Line,
		Loop: parts[loopSection].Lines(),
	}
	if k.Property, _, err = parts[propertySection].Single(file, "the name of a property"); err != nil {
		return nil, err
	}
	if k.Property == noProperty {
		k.Property = ""
	}
	for _, name := range sections {
		s := parts[name]
		if name == propertySection {
			s.Text = ""
		}
		k.Sections = append(k.Sections, s)
	}
	return k, nil
}

// Lines are the steps as they are printed, with those of the loop once.
func (k *Kept) Lines() []string {
	var list []string
	for _, line := range slices.Concat(k.Steps, k.Loop) {
		list = append(list, line.Text)
	}
	return list
}

// Section returns the section of that name, or an empty one.
func (k *Kept) Section(name string) Section {
	for _, s := range k.Sections {
		if s.Name == name {
			return s
		}
	}
	return Section{Name: name}
}

// split returns the sections by their names: each of them once, and all but the
// last, which may be left out.
func split(file string, archive *txtar.Archive, known []string) (map[string]Section, error) {
	parts := map[string]Section{}
	line := 1 + bytes.Count(archive.Comment, []byte("\n"))
	for _, f := range archive.Files {
		s := Section{f.Name, string(f.Data), line}
		if !slices.Contains(known, f.Name) {
			return nil, &FileError{File: file, Line: line, Message: fmt.Sprintf("expected a known section, found %.40q%s", f.Name, DidYouMean(f.Name, known))}
		}
		if before, twice := parts[f.Name]; twice {
			return nil, s.Errorf(file, 0, "expected each section once, found it again; it stands in line %d", before.Line)
		}
		parts[f.Name] = s
		// Its own lines, and the marker's.
		line += bytes.Count(f.Data, []byte("\n")) + 1
	}
	for _, name := range known[:len(known)-1] {
		if _, ok := parts[name]; !ok {
			return nil, &FileError{File: file, Line: line, Message: fmt.Sprintf("expected the section -- %s --, found the end of the file", name)}
		}
	}
	return parts, nil
}

// Errorf returns an error at a line of the section's text; 0 is its marker.
func (s Section) Errorf(file string, line int, format string, args ...any) error {
	return &FileError{File: file, Line: s.Line + line, Message: s.Name + ": " + fmt.Sprintf(format, args...)}
}

// Lines returns the lines that say something: neither empty nor a comment.
func (s Section) Lines() []Line {
	var lines []Line
	n := s.Line
	for text := range strings.SplitSeq(s.Text, "\n") {
		n++
		if text = strings.TrimSpace(text); text != "" && !strings.HasPrefix(text, "#") {
			lines = append(lines, Line{text, n})
		}
	}
	return lines
}

// Single reads a section of one line, and returns its place in the section.
func (s Section) Single(file, what string) (text string, line int, err error) {
	lines := s.Lines()
	switch {
	case len(lines) == 0:
		return "", 0, s.Errorf(file, 0, "expected %s, found nothing", what)
	case len(lines) > 1:
		return "", 0, s.Errorf(file, lines[1].Line-s.Line, "expected one line, found another: %.40q", lines[1].Text)
	}
	return lines[0].Text, lines[0].Line - s.Line, nil
}

// Format returns the text of the file. It does not keep the comments that a
// person wrote between the steps; Why is the place for what is to last.
func (k *Kept) Format() []byte {
	archive := &txtar.Archive{}
	add := func(name string, text []byte) {
		archive.Files = append(archive.Files, txtar.File{Name: name, Data: text})
	}
	sections := k.Sections
	if !slices.ContainsFunc(sections, func(s Section) bool { return s.Name == propertySection }) {
		sections = append(slices.Clone(sections), Section{Name: propertySection})
	}
	for _, s := range sections {
		if s.Name == propertySection {
			s.Text = cmp.Or(oneLine(k.Property), noProperty) + "\n"
		}
		add(s.Name, []byte(s.Text))
	}
	add(stepsSection, lines(k.Steps))
	if len(k.Loop) > 0 {
		add(loopSection, lines(k.Loop))
	}
	if why := strings.TrimSpace(k.Why); why != "" {
		archive.Comment = []byte(noMarkers(why) + "\n\n")
	}
	return txtar.Format(archive)
}

func lines(steps []Line) []byte {
	var text strings.Builder
	for _, step := range steps {
		text.WriteString(oneLine(step.Text) + "\n")
	}
	return []byte(text.String())
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// IsMarked tells whether a text has a line that begins a section of a kept file.
func IsMarked(text string) bool { return len(txtar.Parse([]byte(text+"\n")).Files) > 0 }

// noMarkers moves lines to the right that would begin a section.
func noMarkers(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if IsMarked(line) {
			lines[i] = " " + line
		}
	}
	return strings.Join(lines, "\n")
}

// kept is what a file keeps of the document, if it is a counterexample whose
// steps read back as they are.
func (d *Document) kept() (*Kept, error) {
	if d.fails() {
		return nil, fmt.Errorf("expected a run that violates its property: %s", oneLine(d.Conclusion))
	}
	k := &Kept{Name: d.Name, Why: d.Why, Sections: d.Sections, Property: d.Property}
	for i, s := range d.Steps {
		if i < d.Loop {
			k.Steps = append(k.Steps, Line{Text: s.Text})
		} else {
			k.Loop = append(k.Loop, Line{Text: s.Text})
		}
	}
	return k, k.checkSteps()
}

// checkSteps finds a step that would not read back as it is.
func (k *Kept) checkSteps() error {
	for i, step := range slices.Concat(k.Steps, k.Loop) {
		if text := step.Text; !readsBack(text) {
			return fmt.Errorf("step %d cannot be kept: expected words that are neither a comment nor the mark of a section, found %.40q", i+1, text)
		}
	}
	return nil
}

// readsBack reports whether a line of a section is read as it is.
func readsBack(text string) bool {
	return text != "" && text[0] != '#' && !IsMarked(text) && oneLine(text) == text && utf8.ValidString(text) && !strings.Contains(text, "\x00")
}

func writeKept(w io.Writer, d *Document) error {
	k, err := d.kept()
	if err != nil {
		return err
	}
	text, err := k.checked(d.Name + Extension)
	if err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}

// checked is the text of the file, unless it would not read back as what it
// keeps.
func (k *Kept) checked(file string) ([]byte, error) {
	if err := k.checkSteps(); err != nil {
		return nil, err
	}
	var names []string
	for _, s := range k.Sections {
		if IsMarked(s.Text) {
			return nil, fmt.Errorf("section %q cannot be kept: a line of it begins another section", s.Name)
		}
		names = append(names, s.Name)
	}
	text := k.Format()
	read, err := Parse(file, text, names...)
	if err == nil && read.Property != k.Property {
		err = fmt.Errorf("the property cannot be kept: expected words in one line, found %.40q", k.Property)
	}
	return text, err
}

// Write keeps a run in a file, as WriteFile writes it. What could not be read
// again is not written.
func Write(path string, k *Kept) error {
	text, err := k.checked(path)
	if err == nil {
		err = WriteFile(path, text)
	}
	if err != nil {
		return fmt.Errorf("counterexample not written: %w", err)
	}
	return nil
}
