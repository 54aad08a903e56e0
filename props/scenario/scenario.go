// Package scenario reads scenarios: which sites and packages there are, how
// often the administrator updates, what may go wrong and what must occur.
//
// Goals: a scenario is a YAML file that a person writes by copying another; an
// error is one line with the place, what was expected and what was found; no
// input makes reading panic or take long.
//
// Non-goals: it does not take all of YAML (anchors, tags and several documents
// are refused, for a scenario needs none), and it does not decide what a valid
// scope is: model.Scope does.
package scenario

import (
	"fmt"

	"pkgdist/model"
)

// A Scenario is a scope with a story, and with what must occur in it.
type Scenario struct {
	Name   string // the base name of the file, without .yaml
	File   string // its path; empty if it comes with the program
	Title  string // one line
	Source string // the article that tells the story; may be empty
	About  string // a paragraph or two; may be empty
	// Story is the property whose shortest counterexample tells what the scenario
	// is about, of props.Names; may be empty.
	Story  string
	Scope  model.Scope
	Expect Expect
	Text   []byte // the file as it was read
}

// Heading names the scenario in a line, with its source if it has one.
func (s *Scenario) Heading() string {
	text := fmt.Sprintf("Scenario %s: %s", s.Name, s.Title)
	if s.Source != "" {
		text += " (" + s.Source + ")"
	}
	return text
}

// Expect names what must occur under the shipped design. Otherwise properties
// would hold only because nothing interesting happened.
type Expect struct {
	Sometimes []string `yaml:",omitempty,flow"` // of props.SometimesNames
	Rules     []string `yaml:",omitempty,flow"` // of model.RuleNames
}

// MaxBytes is how large a scenario file can be: many times what the largest
// scope needs, and still read in less than a second.
const MaxBytes = 64 << 10
