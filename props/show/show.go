// Package show draws a counterexample: as text, Markdown, a sequence diagram, a
// graph, a page to step through, and in the forms that other tools read.
//
// Goals: one reading of a trace, the Document, that every form is made of; what
// a form cannot say it leaves out, and what it says is what the model says; no
// name or title, however it is spelt, breaks a form or adds to it.
//
// Non-goals: it judges nothing and explores nothing but the graph that it draws;
// it reads none of the forms back.
package show

import (
	"fmt"
	"slices"
	"strings"

	"pkgdist/model"
	"pkgdist/props/counterexample"
	"pkgdist/props/run"
	"pkgdist/props/scenario"
	"pkgdist/props/story"
)

// A Document is a counterexample, read for a person: who did what, whom it
// reached and what it changed.
type Document struct {
	Name     string // of the file that keeps it
	Why      string // why it matters: paragraphs
	Scenario string // its title
	Source   string // the article that tells the story; may be empty
	Design   string
	Property string
	Says     string // the property as a sentence

	Sites []Site
	// Lanes are the actors that do something or are reached, in the order of the
	// sites.
	Lanes []Lane
	// Start is what the first state says, and Steps lead from there.
	Start []model.Field
	Steps []Step
	// Loop is the index of the step at which the steps begin that are repeated
	// for ever, or the number of steps if there are none.
	Loop int
	// End says how the story goes on for ever, if it is about that; Wrong what is
	// wrong at its end; and Conclusion whether it is reproduced.
	End, Wrong, Conclusion string
	Reproduced             bool

	// Story is the trace itself.
	Story story.Story
}

// A Site is a site of the scenario.
type Site struct {
	Name, Kind string
	Parent     string // empty at the source site
	Packages   []string
}

// A Lane is an actor at a site. The administrator is at none.
type Lane struct {
	Site  int // in Sites, or model.NoSite
	Place string
	Actor string
}

// Name is the lane in a few words: "Despooler at site B".
func (l Lane) Name() string {
	if l.Site == model.NoSite {
		return l.Actor
	}
	return l.Actor + " at site " + l.Place
}

// A Step is one step of a document.
type Step struct {
	Number   int    // from 1
	Printed  string // as the model prints and reads it
	Sentence string
	Fault    bool
	By       int // in Lanes
	Messages []Message
	Changes  []story.Difference
}

// A Message is what a step hands from one lane to another.
type Message struct {
	From, To int // in Lanes
	What     string
}

// Loops tells whether the document ends in steps that are repeated for ever.
func (d *Document) Loops() bool { return d.Loop < len(d.Steps) }

// Of returns the document of a counterexample that was run again. The file is
// the one that keeps it, for what is said about its lines.
func Of(file string, ce *counterexample.Counterexample, r *run.Replay) *Document {
	s := story.Story{System: r.System, Claim: r.Claim, Trace: r.Trace, Loop: r.Loop, Wrong: r.Wrong}
	d := &Document{
		Name: ce.Name, Why: strings.TrimSpace(ce.Why), Scenario: ce.Scenario.Title, Source: ce.Scenario.Source,
		Design: ce.Design, Property: r.Claim.Name, Says: r.Claim.Says,
		Sites: sites(r.System.Bounds()), Start: r.System.Describe(&r.Trace.States[0]),
		Loop: len(r.Trace.Steps), End: s.End(), Wrong: r.Wrong,
		Conclusion: conclusion(file, ce, r), Reproduced: r.Reproduced, Story: s,
	}
	if s.Loops() {
		d.Loop = s.Loop
	}
	lanes := lanesOf(r.System, r.Trace.Steps)
	if len(lanes) == 0 { // the very first step is not possible: somebody has to say so
		lanes = []model.Lane{{Site: model.NoSite, Actor: model.ActorAdministrator}}
	}
	for _, l := range lanes {
		d.Lanes = append(d.Lanes, laneOf(r.System.Bounds(), l))
	}
	for i, step := range r.Trace.Steps {
		d.Steps = append(d.Steps, stepOf(s, i, step, lanes))
	}
	return d
}

func sites(scope *model.Scope) []Site {
	var list []Site
	for _, site := range scope.Sites {
		s := Site{Name: site.Name, Kind: site.Kind.String(), Packages: scope.Packages}
		if site.Parent != model.NoParent {
			s.Parent = scope.Sites[site.Parent].Name
		}
		list = append(list, s)
	}
	return list
}

// lanesOf returns the lanes that steps touch, in the order of the sites and, at
// a site, of the actors.
func lanesOf(sys *model.System, steps []model.Step) []model.Lane {
	var lanes []model.Lane
	for _, step := range steps {
		lanes = append(lanes, sys.TakenBy(step))
		for _, m := range sys.Messages(step) {
			lanes = append(lanes, m.From, m.To)
		}
	}
	slices.SortFunc(lanes, func(a, b model.Lane) int {
		if a.Site != b.Site {
			return a.Site - b.Site
		}
		return int(a.Actor) - int(b.Actor)
	})
	return slices.Compact(lanes)
}

func laneOf(scope *model.Scope, l model.Lane) Lane {
	lane := Lane{Site: l.Site, Actor: l.Actor.String()}
	if l.Site != model.NoSite {
		lane.Place = scope.Sites[l.Site].Name
	}
	return lane
}

func stepOf(s story.Story, i int, step model.Step, lanes []model.Lane) Step {
	sys, states := s.System, s.Trace.States
	told := Step{
		Number: i + 1, Printed: sys.Format(step), Sentence: sys.Sentence(step), Fault: sys.Noise(int(step.Rule)),
		By:      slices.Index(lanes, sys.TakenBy(step)),
		Changes: story.Differences(sys, &states[i], &states[i+1]),
	}
	for _, m := range sys.Messages(step) {
		told.Messages = append(told.Messages, Message{slices.Index(lanes, m.From), slices.Index(lanes, m.To), m.What})
	}
	return told
}

// conclusion says whether the counterexample is reproduced, and otherwise what
// stands in the way.
func conclusion(file string, ce *counterexample.Counterexample, r *run.Replay) string {
	switch {
	case r.Stopped >= 0:
		line := slices.Concat(ce.Steps, ce.Loop)[r.Stopped]
		why := fmt.Sprintf("is no longer possible there: it is not so that %s.", r.Guard)
		if r.Unknown != nil {
			why = "no longer exists: " + scenario.Describe(r.Unknown)
		}
		return fmt.Sprintf("Not reproduced. Step %d %s\n  %s:%d: %s", r.Stopped+1, why, file, line.Line, line.Text)
	case !r.Reproduced:
		return fmt.Sprintf("Not reproduced. Every step is possible, but %s.", r.Flaw)
	}
	return "Reproduced."
}

// Again runs a kept counterexample again and returns its document.
func Again(file string, ce *counterexample.Counterexample, fairness string) (*Document, *run.Replay, error) {
	r, err := run.Again(ce, fairness)
	if err != nil {
		return nil, nil, err
	}
	return Of(file, ce, r), r, nil
}
