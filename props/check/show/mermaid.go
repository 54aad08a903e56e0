package show

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// noteWidth is how many characters a line of a note has, about.
const noteWidth = 36

// Lanes are as wide as the notes over them, so that these stay in the frame of their
// place; laneText is how many characters that is.
const (
	mermaidSettings = `%%{init: {"sequence": {"width": 220, "actorMargin": 24, "messageMargin": 18, "height": 40}}}%%`
	laneText        = 27
)

// writeMermaid writes a sequence diagram: a lane an actor, an arrow for what is
// handed over, a note for what an actor does by itself and for what is written.
func writeMermaid(w io.Writer, d *Document) error {
	out := bufio.NewWriter(w)
	fmt.Fprintln(out, "sequenceDiagram")
	fmt.Fprintln(out, mermaidSettings)
	participants(out, d)
	indent := "    "
	matters := d.matters()
	for i := 0; i < len(d.Steps); i++ {
		if d.Loops() && i == d.Loop {
			fmt.Fprintf(out, "%sloop %s\n", indent, loopName)
			indent += "    "
		}
		next := i
		for next < len(d.Steps) && !matters[next] {
			next++
		}
		if next-i > 1 {
			d.drawFold(out, indent, i, next)
			i = next - 1
			continue
		}
		d.drawStep(out, indent, i)
	}
	if d.Loops() {
		fmt.Fprintln(out, "    end")
	}
	everybody := lane(0)
	if last := len(d.Lanes) - 1; last > 0 {
		everybody += "," + lane(last)
	}
	for _, text := range d.endings() {
		fmt.Fprintf(out, "    Note over %s: %s\n", everybody, note(4*laneText, text))
	}
	return out.Flush()
}

// matters tells which steps the diagram shows each by itself: the first and the last
// one, also of a loop, those that hand something over, that something is remarked
// about, that change what is wrong at the end, and the one that decides it. Where
// nothing is said to be wrong, all do.
func (d *Document) matters() []bool {
	list := make([]bool, len(d.Steps))
	offending := d.offending()
	for i, s := range d.Steps {
		list[i] = d.Wrong == "" || i == 0 || i == len(d.Steps)-1 || i == d.Loop || i == d.Loop-1 || len(s.Messages) > 0 || len(d.notes(i)) > 0 ||
			slices.ContainsFunc(d.Changes(i), func(c Change) bool { return offending[c.Index] })
	}
	return list
}

// drawFold draws the steps from one up to another as a note: who takes them.
func (d *Document) drawFold(w io.Writer, indent string, from, to int) {
	var lanes []int
	var names []string
	for _, s := range d.Steps[from:to] {
		if !slices.Contains(lanes, s.By) {
			lanes, names = append(lanes, s.By), append(names, d.actor(s.By))
		}
	}
	over := lane(slices.Min(lanes))
	if len(lanes) > 1 {
		over += "," + lane(slices.Max(lanes))
	}
	text := strings.TrimSuffix(fmt.Sprintf("… %d steps, %d to %d: %s", to-from, from+1, to, strings.Join(names, ", ")), ": ")
	fmt.Fprintf(w, "%sNote over %s: %s\n", indent, over, note(laneText, text))
}

// participants declares the lanes, those of a place in a box.
func participants(w io.Writer, d *Document) {
	place := ""
	end := func() {
		if place != "" {
			fmt.Fprintln(w, "    end")
		}
	}
	for i, l := range d.Lanes {
		at := l.Place
		if l.Actor == "" { // the place says it all
			at = ""
		}
		if at != place {
			end()
			if place = at; place != "" {
				fmt.Fprintf(w, "    box transparent %s\n", MermaidText(Capital(d.place(place))))
			}
		}
		kind := "participant"
		if l.Place == "" && d.hasPlaces() {
			kind = "actor"
		}
		name := cmp.Or(l.Actor, "model")
		if l.Actor == "" && l.Place != "" {
			name = d.place(l.Place)
		}
		fmt.Fprintf(w, "    %s %s as %s\n", kind, lane(i), MermaidText(name))
	}
	end()
}

func lane(i int) string { return fmt.Sprintf("L%d", i) }

func (d *Document) drawStep(w io.Writer, indent string, i int) {
	step := &d.Steps[i]
	for _, m := range step.Messages {
		arrow := "->>"
		if step.Fault {
			arrow = "-x"
		}
		fmt.Fprintf(w, "%s%s%s%s: %s\n", indent, lane(m.From), arrow, lane(m.To), note(noteWidth, numbered(i, m.What)))
	}
	if len(step.Messages) > 0 && d.Turn != nil && i < d.Turn.Step && len(step.Remarks) == 0 {
		return // the arrow says enough before it is decided
	}
	writes := d.writes(i)
	writes[step.By] = append(d.notes(i), writes[step.By]...)
	if len(step.Messages) == 0 {
		writes[step.By] = append([]string{numbered(i, step.Sentence)}, writes[step.By]...)
	}
	for _, at := range slices.Sorted(maps.Keys(writes)) {
		if text := writes[at]; len(text) > 0 {
			fmt.Fprintf(w, "%sNote over %s: %s\n", indent, lane(at), note(laneText, text...))
		}
	}
}

// reached lists who takes the step and whom it reaches, each once.
func (s *Step) reached() []int {
	list := []int{s.By}
	for _, m := range s.Messages {
		if !slices.Contains(list, m.To) {
			list = append(list, m.To)
		}
	}
	return list
}

// writes tells for each lane what step i writes there, of what is wrong at the end if
// that is known: an inbox has a lane; whoever takes the step writes at its own place,
// and elsewhere who is reached. Where nobody is, it is said of who takes the step.
func (d *Document) writes(i int) map[int][]string {
	writes := map[int][]string{}
	step := &d.Steps[i]
	offending := d.offending()
	for _, c := range d.Changes(i) {
		if !d.isWritten(c.Field) || len(offending) > 0 && !offending[c.Index] {
			continue
		}
		c.Was, c.Value = Excerpt(c.Was, noteWidth), Excerpt(c.Value, noteWidth) // a whole state is no note
		at, text := step.By, c.text()
		inbox := slices.Index(d.Lanes, Lane{c.at(), c.Label})
		there := slices.IndexFunc(step.reached(), func(lane int) bool { return d.Lanes[lane].Place == c.at() })
		switch {
		case c.Inbox && inbox >= 0:
			at = inbox
		case there >= 0:
			at = step.reached()[there]
		case c.Place != "":
			text = c.Place + " " + text
		}
		writes[at] = append(writes[at], text)
	}
	return writes
}

// isWritten tells whether notes show a field: what is on disk or in a database,
// if the document says so of any field, and else all. What is on its way, the
// arrows show.
func (d *Document) isWritten(f Field) bool {
	anyKept := slices.ContainsFunc(d.States[0].Fields, func(f Field) bool { return f.Kept })
	return (f.Kept || !anyKept) && !f.OnItsWay
}

func note(width int, paragraphs ...string) string {
	var lines []string
	for _, p := range paragraphs {
		for _, line := range wrap(Printable(p), width) {
			lines = append(lines, MermaidText(line))
		}
	}
	return strings.Join(lines, "<br/>")
}
