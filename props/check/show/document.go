// Package show draws a run of any model: as text, Markdown, a sequence diagram,
// a graph, a page to step through, a kept file, a Go test, and in the forms that
// other tools read.
//
// Goals: one reading of a run, the Document, from which every form is made; what
// a form cannot say it leaves out; no name or title, however it is spelt, breaks
// a form or adds to it.
//
// Non-goals: it judges nothing and explores nothing. It knows no model: whoever
// has one fills a Document.
package show

import "time"

// A Document is a run of a model, read for a person: who did what, whom it
// reached and what it changed. The zero value of every field is allowed; a form
// leaves out what is not there.
type Document struct {
	Name       string   // of the file that keeps it, without extension
	Subject    string   // what the title names: "Scenario"; empty is "Model"
	Title      string   // of the model or the scenario
	Why        string   // why it matters: paragraphs
	Source     string   // where the story comes from: an article, an issue
	About      []Item   // what else there is to say of it: "Design" "sms20"
	Property   string   // its name
	Says       string   // the property as a sentence
	Places     []Place  // in the order in which they are drawn; those that fields and lanes name are added
	Groups     []string // the parts of places in the order in which they are drawn; those that fields name are added
	Lanes      []Lane   // the actors that act or are reached, in order
	Steps      []Step   // from the first state
	States     []State  // before the first step and after each: len(Steps)+1, or none
	Loop       int      // of a run that is infinite: the index of the step at which the repeated steps begin, or len(Steps)
	Forever    bool     // the run is infinite: it loops, or stays in its last state
	Wrong      string   // what is wrong at its end
	Turn       *Turn    // the step after which that could not be avoided any more; nil is not known
	Conclusion string   // whether it is reproduced, and what stands in the way
	Reproduced bool
	Sections   []Section // what a kept file has besides: a scenario, a design; see Kept
	Rerun      []string  // commands: how to run it again, how to open it
	Glossary   []Item    // words that the sentences use, and what they mean
}

// An Item is a label and its value.
type Item struct{ Label, Value string }

// A Place is where fields and lanes are: a site, a process.
type Place struct {
	Name  string // empty is the place of what is at none
	Title string // as a sentence calls it: "site B"; empty is the name
	Note  string // "secondary, below A"
}

// A Lane is an actor at a place; the place is empty for who is at none, and the
// actor where the place itself acts.
type Lane struct{ Place, Actor string }

// A Field is one thing that a state says. All states of a document say the same
// things in the same order.
type Field struct {
	Place    string // "B", or "B/P": the part before the slash is one of the Places; empty is no place
	Group    string // the part of the place that it belongs to: "INCOMING"; Groups has their order
	Label    string
	Value    string
	Data     any  // the value itself, for tools: a bool, a number, a string, a slice, a map or a struct of them; nil is Value
	Kept     bool // it survives a crash: it is on disk, in a database or on its way
	OnItsWay bool // it is in a channel, so that messages show it
	Inbox    bool // messages go into it and wait there: it has a lane of its own
	Bad      bool // the value is one to look at: torn
}

// A Step is one step of a document.
type Step struct {
	Text     string // as it is printed and read back: "despooler.store(site=B)"
	Sentence string // may be empty: the text is shown
	Fault    bool
	By       int // in Lanes
	Messages []Message
	Remarks  []string  // what it fails to do and what stops it, or what it does harm to; without full stops
	Log      []string  // the lines that it wrote
	Time     time.Time // of the first of them; zero is unknown
}

// A Turn is the step after which what is wrong at the end could not be avoided any
// more, whatever the system did.
type Turn struct {
	Step    int    // counted from 0
	Instead string // a step in its place with which it could still have been avoided, as a sentence; empty is none at all
}

// A Message is what a step hands from one lane to another.
type Message struct {
	From, To int // in Lanes
	What     string
}

// A State is what there is to tell of one state of the run.
type State struct {
	Fields   []Field
	AtRest   bool
	ID       int      // equal states have the same
	Possible []Choice // every step that is possible, in order, with the one that the run takes
}

// A Choice is a step that is possible in a state.
type Choice struct {
	Text     string
	Sentence string // may be empty: the text is shown
	To       int    // the ID of the state that it leads to
	AtRest   bool
}

// A Change is a field after a step, and its value before.
type Change struct {
	Field
	Index int // in the fields of a state
	Was   string
}

// A Handover is what a step hands from one lane to another, before the lanes of a document have numbers.
type Handover struct {
	From, To Lane
	What     string
}
