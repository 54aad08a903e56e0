package show

import (
	"fmt"
	"io"
	"strings"
)

// DefaultWidth is how many columns a line of text has where nobody says: what a
// person reads without losing the line.
const DefaultWidth = 100

// mostListed bounds how many steps a line of an explanation names.
const mostListed = 4

// Text tells a document in lines for a terminal.
type Text struct {
	Width int // columns; 0 is DefaultWidth
	// Explain tells after each step which steps it made possible and impossible.
	Explain bool
	shared  int    // steps at the beginning that were told already
	as      string // in the story of that name
}

// Write tells the whole document.
func (t Text) Write(w io.Writer, d *Document) error { return t.tell(w, d, t.head, t.story, t.foot) }

// Head tells what stands above the story.
func (t Text) Head(w io.Writer, d *Document) error { return t.tell(w, d, t.head) }

// Story tells the steps, and what is wrong at their end.
func (t Text) Story(w io.Writer, d *Document) error { return t.tell(w, d, t.story) }

// Foot tells what stands below the story.
func (t Text) Foot(w io.Writer, d *Document) error { return t.tell(w, d, t.foot) }

func (t Text) tell(w io.Writer, d *Document, parts ...func(*printer, *Document)) error {
	p, err := d.prepared()
	if err != nil {
		return err
	}
	out := printer{w: w, width: t.width()}
	for _, part := range parts {
		part(&out, p)
	}
	return out.err
}

func (t Text) width() int {
	if t.Width <= 0 {
		return DefaultWidth
	}
	return t.Width
}

func (t Text) head(out *printer, d *Document) {
	if d.Why != "" {
		for line := range strings.Lines(d.Why) {
			out.line(line)
		}
		out.line("")
	}
	if d.Title != "" {
		out.wrap("", strings.Fields(d.Subject+": "+d.Title))
	}
	for _, item := range d.About {
		out.line(item.Label + ": " + item.Value)
	}
	if d.Property != "" {
		out.wrap("", strings.Fields(strings.TrimSuffix(fmt.Sprintf("Property %s: %s", d.Property, d.Says), ": ")))
	}
	out.line("")
}

func (t Text) story(out *printer, d *Document) {
	if t.shared > 0 {
		out.wrap("        ", strings.Fields(fmt.Sprintf("Steps 1 to %d are those of %s.", t.shared, t.as)))
	}
	for i, step := range d.Steps {
		if i < t.shared {
			continue
		}
		if d.Forever && i == d.Loop {
			out.wrap("      ", strings.Fields(loopBegins))
		}
		out.wrap(fmt.Sprintf("%4d. ", i+1), strings.Fields(step.Sentence))
		for _, remark := range step.Remarks {
			out.wrap("      ! ", strings.Fields(remark))
		}
		for _, line := range step.Log {
			out.wrap("      | ", strings.Fields(line))
		}
		for _, phrases := range d.changesByPlace(i) {
			out.wrap("        ", phrases)
		}
		if t.Explain {
			before, after := d.possible(i), d.possible(i+1)
			out.list("        now possible: ", without(after, before))
			out.list("        no longer possible: ", without(before, append(after, step.Text)))
		}
	}
	if end := d.Ending(); end != "" {
		out.wrap("      ", strings.Fields(end))
	}
	if d.Wrong != "" {
		out.wrap("   => ", strings.Fields(d.Wrong))
	}
	for _, text := range d.turn() {
		out.wrap("      ", strings.Fields(text))
	}
}

func (t Text) foot(out *printer, d *Document) {
	if d.Conclusion != "" {
		out.line("")
		for line := range strings.Lines(d.Conclusion) {
			out.line(line)
		}
	}
	if len(d.Rerun) > 0 {
		out.line("")
		out.line("Run it again:")
		for _, command := range d.Rerun {
			out.line("    " + command)
		}
	}
}

// changesByPlace returns for each place that step i changes the phrases of its
// line.
func (d *Document) changesByPlace(i int) [][]string {
	var lines [][]string
	place := ""
	for n, c := range d.Changes(i) {
		phrase := fmt.Sprintf("%s %s -> %s", c.Label, c.Was, c.Value)
		if last := len(lines) - 1; n > 0 && place == c.Place {
			lines[last][len(lines[last])-1] += ","
			lines[last] = append(lines[last], phrase)
			continue
		}
		place = c.Place
		if place != "" {
			phrase = place + ": " + phrase
		}
		lines = append(lines, []string{phrase})
	}
	return lines
}

func (d *Document) possible(i int) []string {
	var texts []string
	for _, c := range d.States[i].Possible {
		texts = append(texts, c.Text)
	}
	return texts
}
