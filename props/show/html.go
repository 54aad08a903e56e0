package show

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"pkgdist/model"
	"pkgdist/props/story"
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
	Paragraphs []string
	LoopBegins string
	Rest       []pageRow // what is at no site
	Boxes      [][]pageBox
	Told       []pageStep
}

// A pageBox is a part of a site, with what the first state says of it.
type pageBox struct {
	area  model.Area
	Title string
	Rows  []pageRow
}

// A pageRow is a field; its number is what a change refers to. Name is what is
// shown beside the value, and empty where the title of the box says it.
type pageRow struct {
	Field              int
	Name, Label, Value string
}

type pageStep struct {
	Step
	Who       string
	Changed   []pageChange
	BeginLoop bool
}

type pageChange struct {
	Field                 int
	Place, Label, Was, Is string
	Torn                  bool
}

// HTML writes one page that needs nothing else: a person steps through the story
// and sees each site, or reads the story as a list.
func HTML(w io.Writer, d *Document) error {
	data := pageData{
		Document: d, Policy: policy, Style: template.CSS(pageStyle), Script: template.JS(pageScript),
		Paragraphs: d.reasons(), LoopBegins: story.LoopBegins, Boxes: make([][]pageBox, len(d.Sites)),
	}
	numbers := map[string]int{}
	for i, f := range d.Start {
		numbers[fieldKey(f)] = i
		row := pageRow{i, capital(f.Label), f.Label, f.Value}
		if f.Site == model.NoSite {
			data.Rest = append(data.Rest, row)
			continue
		}
		row.Name = rowName(d, f)
		data.Boxes[f.Site] = intoBox(data.Boxes[f.Site], f.Area, row)
	}
	for i, s := range d.Steps {
		told := pageStep{Step: s, Who: who(d, &s), BeginLoop: d.Loops() && i == d.Loop}
		for _, c := range s.Changes {
			told.Changed = append(told.Changed, pageChange{numbers[fieldKey(c.Field)], c.Place, c.Label, c.Was, c.Value, torn(c)})
		}
		data.Told = append(data.Told, told)
	}
	return page.Execute(w, data)
}

// who says who takes a step, and who hands something to whom.
func who(d *Document, s *Step) string {
	if len(s.Messages) == 0 {
		return d.Lanes[s.By].Name()
	}
	var receivers []string
	for _, m := range s.Messages {
		receivers = append(receivers, d.Lanes[m.To].Name())
	}
	return d.Lanes[s.Messages[0].From].Name() + " → " + strings.Join(receivers, ", ")
}

// fieldKey is what a field keeps from state to state.
func fieldKey(f model.Field) string { return f.Place + "\n" + f.Label }

// rowName is what is shown of a field's label in its box: what the title of the
// box does not say, and of which package it is, if there are several.
func rowName(d *Document, f model.Field) string {
	title := f.Area.String()
	name := strings.TrimSpace(strings.TrimPrefix(strings.TrimSuffix(f.Label, title), title))
	alike := slices.IndexFunc(d.Start, func(other model.Field) bool {
		return other.Site == f.Site && other.Area == f.Area && other.Label != f.Label
	})
	if alike < 0 { // it is all that the box says
		name = ""
	}
	if f.Package != model.NoPackage && len(d.Sites[f.Site].Packages) > 1 {
		return strings.TrimSpace(d.Sites[f.Site].Packages[f.Package] + " " + name)
	}
	return capital(name)
}

// capital begins a text with a capital letter.
func capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + text[size:]
}

// intoBox adds a row to the box of an area. Boxes stand in the order of areas.
func intoBox(boxes []pageBox, area model.Area, row pageRow) []pageBox {
	at := 0
	for at < len(boxes) && boxes[at].area < area {
		at++
	}
	if at == len(boxes) || boxes[at].area != area {
		boxes = slices.Insert(boxes, at, pageBox{area: area, Title: area.String()})
	}
	if rows := &boxes[at].Rows; row.Name == "" { // it stands below the title
		*rows = slices.Insert(*rows, 0, row)
	} else {
		*rows = append(*rows, row)
	}
	return boxes
}

func torn(c story.Difference) bool {
	content, ok := c.Data.(model.Content)
	return ok && content.Torn
}
