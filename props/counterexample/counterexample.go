// Package counterexample keeps counterexamples as files: a scenario, a
// property, a design and the steps that lead to where the property is broken.
//
// Goals: a person reads the file and sees what happens and why it matters; it
// differs line by line in a review; it can be read as long as its scenario and
// its design are known, however the model's rules have changed since.
//
// Non-goals: the steps are not interpreted, and the property's name is not
// looked up. Whoever replays the steps says which of them is no longer there
// or no longer possible, and points to its line.
package counterexample

import "pkgdist/props/scenario"

// A Counterexample is what one file keeps.
type Counterexample struct {
	Name     string // the base name of the file, without .txtar
	Why      string // why it matters, for a person
	Scenario *scenario.Scenario
	Property string
	Design   string // as model.ParseDesign reads it
	Steps    []Line
	// Loop are the steps that follow and are repeated forever. A counterexample to
	// liveness without a loop stays in its last state.
	Loop []Line
}

// A Line is a step as it is printed, and its line in the file, for error messages.
type Line struct {
	Text string
	Line int
}

// MaxBytes is how large a file can be: a walk of tens of thousands of steps.
const MaxBytes = 4 << 20

// The sections of a file, in the order in which they are written.
const (
	scenarioSection = "scenario"
	propertySection = "property"
	designSection   = "design"
	stepsSection    = "steps"
	loopSection     = "loop" // may be left out
)

var sections = []string{scenarioSection, propertySection, designSection, stepsSection, loopSection}

const extension = ".txtar"
