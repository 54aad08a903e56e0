// Package counterexample keeps counterexamples of the model as files: a scenario,
// a design, a property and the steps that lead to where the property is broken.
//
// Goals: such a file can be read as long as its scenario and its design are
// known, however the model's rules have changed since.
//
// Non-goals: what any kept file has is read and written by package check/show.
package counterexample

import (
	"errors"
	"fmt"

	"pkgdist/model"
	"pkgdist/props/check/show"
	"pkgdist/props/scenario"
)

// A Counterexample is what one file keeps. The scenario and the design are
// written from their fields.
type Counterexample struct {
	show.Kept
	Scenario *scenario.Scenario
	Design   string // as model.ParseDesign reads it
}

// A Line is a step as it is printed, and its line in the file.
type Line = show.Line

const (
	scenarioSection = "scenario"
	propertySection = "property"
	designSection   = "design"
)

// Read reads the counterexample that a file keeps.
func Read(file string) (*Counterexample, error) {
	k, err := show.Read(file, scenarioSection, propertySection, designSection)
	if err != nil {
		return nil, err
	}
	return of(file, k)
}

// Parse reads a counterexample from the text of a file. Its errors are of type
// *show.FileError.
func Parse(file string, text []byte) (*Counterexample, error) {
	k, err := show.Parse(file, text, scenarioSection, propertySection, designSection)
	if err != nil {
		return nil, err
	}
	return of(file, k)
}

// of reads the sections that are the model's.
func of(file string, k *show.Kept) (*Counterexample, error) {
	c := &Counterexample{Kept: *k}
	var err error
	if c.Scenario, err = readScenario(file, k.Name, k.Section(scenarioSection)); err != nil {
		return nil, err
	}
	if c.Design, err = readDesign(file, k.Section(designSection)); err != nil {
		return nil, err
	}
	if len(c.Steps)+len(c.Loop) == 0 { // the first state violates nothing
		return nil, &show.FileError{File: file, Line: k.StepsLine, Message: "steps: expected a step in each line, found none"}
	}
	c.Sections = nil // their fields have it
	return c, nil
}

// readScenario reads the scenario; its errors stand where they stand in the whole
// file.
func readScenario(file, name string, s show.Section) (*scenario.Scenario, error) {
	sc, err := scenario.Parse(name, []byte(s.Text))
	var wrong *show.FileError
	if errors.As(err, &wrong) {
		return nil, &show.FileError{File: file, Line: s.Line + wrong.Line, Column: wrong.Column, Message: s.Name + ": " + wrong.Message}
	}
	return sc, err
}

// readDesign checks the design, for without it nothing can be replayed.
func readDesign(file string, s show.Section) (string, error) {
	text, line, err := s.Single(file, "a design")
	if err != nil {
		return "", err
	}
	_, err = model.ParseDesign(text)
	var unknown *model.UnknownError
	if errors.As(err, &unknown) {
		return "", s.Errorf(file, line, "expected a %s, found %.40q%s", unknown.What, unknown.Name, show.DidYouMean(unknown.Name, unknown.Known))
	}
	if err != nil {
		return "", s.Errorf(file, line, "%v", err)
	}
	return text, nil
}

// Write keeps a counterexample in a file. What could not be read again is not
// written.
func Write(path string, c *Counterexample) error {
	if _, err := Parse(path, c.Format()); err != nil {
		return fmt.Errorf("counterexample not written: %w", err)
	}
	return show.Write(path, c.kept())
}

// Format returns the text of the file.
func (c *Counterexample) Format() []byte { return c.kept().Format() }

// kept is the counterexample with its scenario and its design as sections.
func (c *Counterexample) kept() *show.Kept {
	k := c.Kept
	k.Sections = c.Written()
	return &k
}

// Written are the sections of the file, but for the steps. The scenario stays as
// a person wrote it. One that nobody wrote, or whose text would end its section,
// is written anew.
func (c *Counterexample) Written() []show.Section {
	var text []byte
	if c.Scenario != nil {
		text = c.Scenario.Text
		if len(text) == 0 || show.IsMarked(string(text)) {
			text = c.Scenario.YAML()
		}
	}
	return []show.Section{
		{Name: scenarioSection, Text: string(text)},
		{Name: propertySection},
		{Name: designSection, Text: c.Design + "\n"},
	}
}
