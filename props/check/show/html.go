package show

import (
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// The page has no data in its script: the script reads the story from the list
// that the page shows without it. So style and script are the same in every
// page, and the page's policy names their hashes and forbids all else.
var (
	//go:embed page.html
	pageText string
	//go:embed sequence.html
	sequenceText string
	//go:embed page.css
	pageStyle string
	//go:embed page.js
	pageScript string

	page   = template.Must(template.New("page").Parse(sequenceText + pageText))
	policy = fmt.Sprintf("default-src 'none'; style-src %s; script-src %s; base-uri 'none'; form-action 'none'", hash(pageStyle), hash(pageScript))
)

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

type pageData struct {
	*Document
	Policy     string
	Style      template.CSS
	Script     template.JS
	Heading    string
	Paragraphs []string
	LoopBegins string
	LoopName   string
	Panels     []Panel
	Told       []pageStep
	Turning    []string     // which step decides the end, and what would have avoided it
	Decides    string       // the last of these
	Since      int          // the step from which the cells that the end is about are marked
	Beyond     []pageChoice // what is possible after the last step
	Sequence   *sequence
}

// Style is the style sheet of the pages.
func Style() string { return pageStyle }

// Panels are the places as the page of a counterexample draws them, with what the
// first state of the document says of each.
func (d *Document) Panels() ([]Panel, error) {
	p, err := d.prepared()
	if err != nil {
		return nil, err
	}
	return p.panels(), nil
}

// A Panel is a place, with what the first state says of it.
type Panel struct {
	Title, Note string
	Boxes       []Box
}

// A Box is a part of a place.
type Box struct {
	Title string
	Rows  []Row
	Wide  bool
}

// A Row is a field; its number is what a change refers to. Name is what is
// shown beside the value, and empty where the title of the box says it.
type Row struct {
	Field              int
	Name, Label, Value string
	Bad, Long, Offends bool
}

// longValue is how many characters of a value are too many for a box beside
// others.
const longValue = 30

type pageStep struct {
	Step
	Number    int
	Who       string
	Changed   []Change
	BeginLoop bool
	Decides   bool
	Beside    []pageChoice // what else was possible
}

// A pageChoice is a step that the run does not take.
type pageChoice struct {
	Sentence string
	Avoids   bool // what is wrong at the end
}

// writeHTML writes one page that needs nothing else: a person steps through the
// story and sees each place, or reads the story as a list.
func writeHTML(w io.Writer, d *Document) error {
	data := pageData{
		Document: d, Policy: policy, Style: template.CSS(pageStyle), Script: template.JS(pageScript),
		Heading: d.heading(), Paragraphs: d.reasons(), LoopBegins: loopBegins, LoopName: loopName, Panels: d.panels(),
		Turning: d.turn(), Since: d.decided(), Sequence: d.sequence(),
	}
	if turn := data.Turning; len(turn) > 0 {
		data.Decides = turn[len(turn)-1]
	}
	for i, s := range d.Steps {
		data.Told = append(data.Told, pageStep{Step: s, Number: i + 1, Who: d.who(&s), Changed: d.Changes(i),
			BeginLoop: d.Loops() && i == d.Loop, Decides: d.decides(i), Beside: d.beside(i)})
	}
	if !d.Loops() {
		data.Beyond = d.beside(len(d.Steps))
	}
	return page.Execute(w, data)
}

// decided counts the steps after which what is wrong at the end is certain, as far
// as that is known.
func (d *Document) decided() int {
	if d.Turn != nil && !d.fails() {
		return d.Turn.Step + 1
	}
	return len(d.Steps)
}

// offending are the fields that what is wrong is about: those that are bad at the
// end, and those that the deciding step changes, or else the last one; and where the
// deciding step does nothing that is remarked, the step that does. It is about what is written
// alone, if the document says so of any field.
func (d *Document) offending() map[int]bool {
	fields := map[int]bool{}
	if d.Wrong == "" || len(d.Steps) == 0 {
		return fields
	}
	steps := []int{d.decided() - 1}
	if i := d.remarkable(steps[0]); i > steps[0] && d.decides(steps[0]) {
		steps = append(steps, i)
	}
	for _, i := range steps {
		for _, c := range d.Changes(i) {
			fields[c.Index] = d.isWritten(c.Field)
		}
	}
	for i, f := range d.States[len(d.Steps)].Fields {
		fields[i] = fields[i] || f.Bad
	}
	return fields
}

// beside lists what is possible in state i, without the step that the run takes.
func (d *Document) beside(i int) []pageChoice {
	var list []pageChoice
	for _, c := range d.States[i].Possible {
		if i < len(d.Steps) && c.Text == d.Steps[i].Text && c.To == d.States[i+1].ID {
			continue
		}
		choice := pageChoice{Sentence: cmp.Or(c.Sentence, c.Text)}
		choice.Avoids = i < len(d.Steps) && d.decides(i) && choice.Sentence == d.Turn.Instead
		list = append(list, choice)
	}
	return list
}

// A Word is a part of a sentence; what it means is empty where the glossary has
// no such word.
type Word struct {
	Text  string
	Means string `json:",omitempty"`
}

// Words takes a sentence apart: the first time that it has a word of the glossary,
// in the singular or with an s, that is a part of its own.
func (d *Document) Words(text string) []Word {
	at, end, found := len(text), 0, Item{}
	for _, item := range d.Glossary {
		for from := 0; item.Label != "" && from < len(text); {
			i := strings.Index(text[from:], item.Label)
			if i < 0 {
				break
			}
			i += from
			rest := strings.TrimPrefix(text[i+len(item.Label):], "s")
			before, _ := utf8.DecodeLastRuneInString(text[:i])
			after, _ := utf8.DecodeRuneInString(rest)
			if !isWord(before) && !isWord(after) {
				if i < at || i == at && len(item.Label) > len(found.Label) {
					at, end, found = i, len(text)-len(rest), item
				}
				break
			}
			from = i + len(item.Label)
		}
	}
	if found.Label == "" {
		return []Word{{text, ""}}
	}
	others := Document{Glossary: slices.DeleteFunc(slices.Clone(d.Glossary), func(i Item) bool { return i == found })}
	return append([]Word{{text[:at], ""}, {text[at:end], found.Value}}, others.Words(text[end:])...)
}

// who says who takes a step, and who hands something to whom.
func (d *Document) who(s *Step) string {
	if len(s.Messages) == 0 {
		return d.actor(s.By)
	}
	var receivers []string
	for _, m := range s.Messages {
		receivers = append(receivers, d.actor(m.To))
	}
	return d.actor(s.Messages[0].From) + " → " + strings.Join(receivers, ", ")
}

func (d *Document) panels() []Panel {
	var list []Panel
	for _, p := range d.Places {
		panel := Panel{Capital(cmp.Or(d.place(p.Name), stateLabel)), p.Note, d.boxes(p.Name)}
		if len(panel.Boxes) > 0 {
			list = append(list, panel)
		}
	}
	return list
}

func (d *Document) boxes(place string) []Box {
	var boxes []Box
	offending := d.offending()
	for _, group := range d.Groups {
		box := Box{Title: group}
		for i, f := range d.States[0].Fields {
			if f.at() != place || f.Group != group {
				continue
			}
			long := slices.ContainsFunc(d.States, func(s State) bool { return columns(s.Fields[i].Value) > longValue })
			row := Row{i, d.rowName(f), f.Label, f.Value, f.Bad, long, offending[i]}
			box.Wide = box.Wide || long
			if row.Name == "" { // it stands below the title
				box.Rows = slices.Insert(box.Rows, 0, row)
			} else {
				box.Rows = append(box.Rows, row)
			}
		}
		if len(box.Rows) > 0 {
			boxes = append(boxes, box)
		}
	}
	return boxes
}

// rowName is what is shown of a field's label in its box: what the title of the
// box does not say, and of which part of the place it is, if there are several.
func (d *Document) rowName(f Field) string {
	name := f.Label
	if f.Group != "" {
		name = strings.TrimSpace(strings.TrimPrefix(strings.TrimSuffix(name, f.Group), f.Group))
	}
	var alone, only = true, true
	for _, other := range d.States[0].Fields {
		if other.at() == f.at() {
			alone = alone && (other.Group != f.Group || other.Label == f.Label)
			only = only && (other.within() == "" || other.within() == f.within())
		}
	}
	if alone && (f.Group != "" || f.Label == stateLabel) { // it is all that the box says
		name = ""
	}
	if f.within() != "" && !only {
		return strings.TrimSpace(f.within() + " " + name)
	}
	return Capital(name)
}
