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
)

// The page has no data in its script: the script reads the story from the list
// that the page shows without it. So style and script are the same in every
// page, and the page's policy names their hashes and forbids all else.
var (
	//go:embed page.html
	pageText string
	//go:embed page.css
	pageStyle string
	//go:embed page.js
	pageScript string

	page   = template.Must(template.New("page").Parse(pageText))
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
	Panels     []pagePanel
	Told       []pageStep
}

// A pagePanel is a place, with what the first state says of it.
type pagePanel struct {
	Title, Note string
	Boxes       []pageBox
}

// A pageBox is a part of a place.
type pageBox struct {
	Title string
	Rows  []pageRow
	Wide  bool
}

// A pageRow is a field; its number is what a change refers to. Name is what is
// shown beside the value, and empty where the title of the box says it.
type pageRow struct {
	Field              int
	Name, Label, Value string
	Bad, Long          bool
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
}

// writeHTML writes one page that needs nothing else: a person steps through the
// story and sees each place, or reads the story as a list.
func writeHTML(w io.Writer, d *Document) error {
	data := pageData{
		Document: d, Policy: policy, Style: template.CSS(pageStyle), Script: template.JS(pageScript),
		Heading: d.heading(), Paragraphs: d.reasons(), LoopBegins: loopBegins, LoopName: loopName, Panels: d.panels(),
	}
	for i, s := range d.Steps {
		data.Told = append(data.Told, pageStep{Step: s, Number: i + 1, Who: d.who(&s), Changed: d.Changes(i), BeginLoop: d.Loops() && i == d.Loop})
	}
	return page.Execute(w, data)
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

func (d *Document) panels() []pagePanel {
	var list []pagePanel
	for _, p := range d.Places {
		panel := pagePanel{Capital(cmp.Or(d.place(p.Name), stateLabel)), p.Note, d.boxes(p.Name)}
		if len(panel.Boxes) > 0 {
			list = append(list, panel)
		}
	}
	return list
}

func (d *Document) boxes(place string) []pageBox {
	var boxes []pageBox
	for _, group := range d.Groups {
		box := pageBox{Title: group}
		for i, f := range d.States[0].Fields {
			if f.at() != place || f.Group != group {
				continue
			}
			long := slices.ContainsFunc(d.States, func(s State) bool { return columns(s.Fields[i].Value) > longValue })
			row := pageRow{i, d.rowName(f), f.Label, f.Value, f.Bad, long}
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
