package show

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// prepared returns the document with all that it may leave out, or an error if
// its parts contradict each other. Every form is made of a prepared document.
func (d *Document) prepared() (*Document, error) {
	p := *d
	p.Steps = slices.Clone(d.Steps)
	for i := range p.Steps {
		p.Steps[i].Messages = slices.Clone(d.Steps[i].Messages)
		p.Steps[i].Sentence = cmp.Or(p.Steps[i].Sentence, p.Steps[i].Text)
	}
	p.Subject = cmp.Or(p.Subject, "Model")
	if len(p.Lanes) == 0 {
		p.Lanes = []Lane{{}}
	}
	if !p.Forever {
		p.Loop = len(p.Steps)
	}
	if p.Loop < 0 || p.Loop > len(p.Steps) {
		return nil, fmt.Errorf("document: Loop is %d; expected 0 to %d", p.Loop, len(p.Steps))
	}
	if len(p.States) == 0 {
		p.nameStates()
	}
	if err := p.validate(); err != nil {
		return nil, err
	}
	p.labelFields()
	p.addInboxes()
	p.Places, p.Groups = slices.Clone(d.Places), slices.Clone(d.Groups)
	for _, f := range p.States[0].Fields {
		p.addPlace(f.at())
		if !slices.Contains(p.Groups, f.Group) {
			p.Groups = append(p.Groups, f.Group)
		}
	}
	for _, l := range p.Lanes {
		p.addPlace(l.Place)
	}
	return &p, nil
}

// nameStates adds states that say nothing; a loop comes back to where it began.
func (d *Document) nameStates() {
	for i := range len(d.Steps) + 1 {
		d.States = append(d.States, State{ID: i})
	}
	if d.Loops() && d.Ending() != "" {
		d.States[len(d.Steps)].ID = d.Loop
	}
}

// stateLabel is what a state says that has no other label.
const stateLabel = "state"

// labelFields calls a field that has no label the state: it is all that a model
// says of one when nobody has taken it apart.
func (d *Document) labelFields() {
	d.States = slices.Clone(d.States)
	for i := range d.States {
		d.States[i].Fields = slices.Clone(d.States[i].Fields)
		for f := range d.States[i].Fields {
			field := &d.States[i].Fields[f]
			field.Label = cmp.Or(field.Label, stateLabel)
		}
	}
}

// addInboxes gives a lane of its own to each inbox that a message goes into: there
// it ends, and not where somebody may take it up later.
func (d *Document) addInboxes() {
	d.Lanes = slices.Clone(d.Lanes)
	for i := range d.Steps {
		for m := range d.Steps[i].Messages {
			to := &d.Steps[i].Messages[m].To
			for _, c := range d.Changes(i) {
				was, _ := d.States[i].Fields[c.Index].size()
				is, _ := c.size()
				if inbox := (Lane{c.at(), c.Label}); c.Inbox && is > was && d.Lanes[*to].Place == inbox.Place {
					d.addLane(inbox, *to)
					*to = slices.Index(d.Lanes, inbox)
				}
			}
		}
	}
}

// addLane adds a lane, unless it is there, before another one.
func (d *Document) addLane(l Lane, at int) {
	if slices.Contains(d.Lanes, l) {
		return
	}
	d.Lanes = slices.Insert(d.Lanes, at, l)
	move := func(lane *int) {
		if *lane >= at {
			*lane++
		}
	}
	for i := range d.Steps {
		move(&d.Steps[i].By)
		for m := range d.Steps[i].Messages {
			move(&d.Steps[i].Messages[m].From)
			move(&d.Steps[i].Messages[m].To)
		}
	}
}

func (d *Document) validate() error {
	if len(d.States) != len(d.Steps)+1 {
		return fmt.Errorf("document: %d Steps and %d States; expected a state before the first step and one after each", len(d.Steps), len(d.States))
	}
	if d.Turn != nil && (d.Turn.Step < 0 || d.Turn.Step >= len(d.Steps)) {
		return fmt.Errorf("document: Turn is step %d; expected 0 to %d", d.Turn.Step, len(d.Steps)-1)
	}
	first := d.States[0].Fields
	for i, s := range d.States {
		if !slices.EqualFunc(first, s.Fields, func(a, b Field) bool { return a.Place == b.Place && a.Label == b.Label }) {
			return fmt.Errorf("document: States[%d] has other fields than the first; expected the same in the same order", i)
		}
	}
	for i, s := range d.Steps {
		lanes := []int{s.By}
		for _, m := range s.Messages {
			lanes = append(lanes, m.From, m.To)
		}
		for _, l := range lanes {
			if l < 0 || l >= len(d.Lanes) {
				return fmt.Errorf("document: Steps[%d] names lane %d; expected 0 to %d", i, l, len(d.Lanes)-1)
			}
		}
	}
	return nil
}

func (d *Document) addPlace(name string) {
	if !slices.ContainsFunc(d.Places, func(p Place) bool { return p.Name == name }) {
		d.Places = append(d.Places, Place{Name: name})
	}
}

// at is the place of the field, without what follows the slash.
func (f Field) at() string {
	name, _, _ := strings.Cut(f.Place, "/")
	return name
}

// within is what follows the slash.
func (f Field) within() string {
	_, part, _ := strings.Cut(f.Place, "/")
	return part
}

func (d *Document) place(name string) string {
	for _, p := range d.Places {
		if p.Name == name {
			return cmp.Or(p.Title, p.Name)
		}
	}
	return name
}

// heading is the title, or else the best that there is.
func (d *Document) heading() string {
	for _, text := range []string{d.Title, d.Property, d.Name} {
		if strings.TrimSpace(text) != "" {
			return text
		}
	}
	return "A run"
}

// actor is the lane in a few words.
func (d *Document) actor(lane int) string { return d.Lanes[lane].In(d.Places) }

// In is the lane in a few words, among places that may have titles: "Despooler at
// site B".
func (l Lane) In(places []Place) string {
	place := (&Document{Places: places}).place(l.Place)
	switch {
	case l.Place == "":
		return l.Actor
	case l.Actor == "":
		return place
	}
	return l.Actor + " at " + place
}

func (d *Document) hasPlaces() bool {
	return slices.ContainsFunc(d.Places, func(p Place) bool { return p.Name != "" })
}

// Loops tells whether the run ends in steps that are repeated forever.
func (d *Document) Loops() bool { return d.Forever && d.Loop < len(d.Steps) }

// fails tells whether the run is known not to be what it is kept for.
func (d *Document) fails() bool { return !d.Reproduced && d.Conclusion != "" }

// Changes lists the fields that step i, counted from 0, changes.
func (d *Document) Changes(i int) []Change {
	if len(d.States) == 0 {
		return nil
	}
	return Changes(d.States[i].Fields, d.States[i+1].Fields)
}

// Changes lists the fields that are not as they were; both states say the same things.
func Changes(was, is []Field) []Change {
	var list []Change
	for f := range is {
		if was[f].Value != is[f].Value || was[f].Bad != is[f].Bad {
			list = append(list, Change{is[f], f, was[f].Value})
		}
	}
	return list
}

// What the forms say of a loop.
const (
	loopBegins = "Repeated for ever from here on:"
	loopName   = "repeated for ever"
)

// Ending says how the run goes on after its last step, forever, if it does.
func (d *Document) Ending() string {
	switch {
	case !d.Forever || d.fails():
		return ""
	case d.Loops():
		return fmt.Sprintf("And so on with step %d.", d.Loop+1)
	}
	return "Nothing more has to happen, and so it may stay like this for ever."
}

// endings are what is said below the steps.
func (d *Document) endings() []string {
	list := []string{d.Ending()}
	if d.Wrong != "" {
		list = append(list, "⇒ "+d.Wrong)
	}
	list = append(list, d.turn()...)
	if d.fails() {
		list = append(list, d.Conclusion)
	}
	return slices.DeleteFunc(list, func(text string) bool { return text == "" })
}

// Cause says what is wrong at the end, and which step decided that; the latter is
// empty if it is not known.
func (d *Document) Cause() (wrong, why string, err error) {
	p, err := d.prepared()
	if err != nil {
		return "", "", err
	}
	if turn := p.turn(); turn != nil {
		why = turn[len(turn)-1]
	}
	return p.Wrong, why, nil
}

// turn says which step decided the end, why, and what could have been done instead.
func (d *Document) turn() []string {
	if d.Turn == nil || d.fails() {
		return nil
	}
	at := d.Turn.Step
	why := fmt.Sprintf("Step %d decides it: %s.", at+1, strings.Join(d.Steps[at].Remarks, "; "))
	if len(d.Steps[at].Remarks) == 0 {
		why = fmt.Sprintf("Step %d decides it: %s", at+1, d.Steps[at].Sentence)
		if i := d.remarkable(at); i >= 0 {
			why += fmt.Sprintf(" In step %d, %s.", i+1, strings.Join(d.Steps[i].Remarks, "; "))
		}
	}
	if d.Turn.Instead == "" {
		return []string{why}
	}
	return []string{fmt.Sprintf("What would still avoid it instead of step %d: %s", at+1, d.Turn.Instead), why}
}

// remarkable is the step with a remark that comes first after a step, or else last
// before it; or -1.
func (d *Document) remarkable(at int) int {
	has := func(s Step) bool { return len(s.Remarks) > 0 }
	if i := slices.IndexFunc(d.Steps[at:], has); i >= 0 {
		return at + i
	}
	for i := at - 1; i >= 0; i-- {
		if has(d.Steps[i]) {
			return i
		}
	}
	return -1
}

// decides tells whether step i is the one after which the end could not be avoided.
func (d *Document) decides(i int) bool { return d.Turn != nil && !d.fails() && d.Turn.Step == i }

// notes are what is to be said at step i: its remarks, and that it decides the end.
func (d *Document) notes(i int) []string {
	var list []string
	for _, remark := range d.Steps[i].Remarks {
		list = append(list, "⚠ "+remark)
	}
	if d.decides(i) {
		list = append(list, "◆ "+decides)
	}
	return list
}

// HasLog tells whether the run explains a log.
func (d *Document) HasLog() bool {
	return slices.ContainsFunc(d.Steps, func(s Step) bool { return len(s.Log) > 0 })
}

// decides is what the forms say of the deciding step.
const decides = "this step decides it"

// numbered is a sentence with the number of step i.
func numbered(i int, sentence string) string { return fmt.Sprintf("%d. %s", i+1, sentence) }

func (c Change) text() string { return fmt.Sprintf("%s %s → %s", c.Label, c.Was, c.Value) }
