package show

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"pkgdist/model"
	"pkgdist/props/story"
)

// noteWidth is how many characters a line of a note has, about.
const noteWidth = 36

// Mermaid writes a sequence diagram: a lane an actor, an arrow for what is
// handed over, a note for what an actor does by itself and for what is written.
func Mermaid(w io.Writer, d *Document) error {
	out := bufio.NewWriter(w)
	fmt.Fprintln(out, "sequenceDiagram")
	participants(out, d)
	indent := "    "
	for i := range d.Steps {
		if d.Loops() && i == d.Loop {
			fmt.Fprintf(out, "%sloop again and again for ever\n", indent)
			indent += "    "
		}
		drawStep(out, indent, d, &d.Steps[i])
	}
	if d.Loops() {
		fmt.Fprintln(out, "    end")
	}
	everybody := lane(0)
	if last := len(d.Lanes) - 1; last > 0 {
		everybody += "," + lane(last)
	}
	for _, text := range endings(d) {
		fmt.Fprintf(out, "    Note over %s: %s\n", everybody, note(2*noteWidth, text))
	}
	return out.Flush()
}

// participants declares the lanes, those of a site in a box.
func participants(w io.Writer, d *Document) {
	site := model.NoSite
	for i, l := range d.Lanes {
		if l.Site != site {
			if site != model.NoSite {
				fmt.Fprintln(w, "    end")
			}
			site = l.Site
			fmt.Fprintf(w, "    box transparent Site %s\n", mermaidText(l.Place))
		}
		kind := "participant"
		if l.Site == model.NoSite {
			kind = "actor"
		}
		fmt.Fprintf(w, "    %s %s as %s\n", kind, lane(i), mermaidText(l.Actor))
	}
	if site != model.NoSite {
		fmt.Fprintln(w, "    end")
	}
}

func lane(i int) string { return fmt.Sprintf("L%d", i) }

func drawStep(w io.Writer, indent string, d *Document, step *Step) {
	for _, m := range step.Messages {
		arrow := "->>"
		if step.Fault {
			arrow = "-x"
		}
		fmt.Fprintf(w, "%s%s%s%s: %s\n", indent, lane(m.From), arrow, lane(m.To), note(noteWidth, fmt.Sprintf("%d. %s", step.Number, m.What)))
	}
	if len(step.Messages) == 0 {
		text := []string{fmt.Sprintf("%d. %s", step.Number, step.Sentence)}
		fmt.Fprintf(w, "%sNote over %s: %s\n", indent, lane(step.By), note(noteWidth, append(text, writes(step, d.Lanes[step.By].Site)...)...))
		return
	}
	// Whoever takes the step writes at its own site, and elsewhere who is reached.
	writers := []int{step.By}
	for _, m := range step.Messages {
		writers = append(writers, m.To)
	}
	seen := map[int]bool{}
	for _, at := range writers {
		site := d.Lanes[at].Site
		if text := writes(step, site); len(text) > 0 && !seen[site] {
			seen[site] = true
			fmt.Fprintf(w, "%sNote over %s: %s\n", indent, lane(at), note(noteWidth, text...))
		}
	}
}

// writes tells what a step writes at a site, on disk or in the database. What
// it puts on its way, the arrows show.
func writes(step *Step, site int) []string {
	var list []string
	for _, c := range step.Changes {
		onItsWay := c.Area == model.AreaChannels || c.Area == model.AreaStatus
		if c.Site == site && c.Kept && !onItsWay {
			list = append(list, change(c))
		}
	}
	return list
}

// change tells a change without its place.
func change(c story.Difference) string { return fmt.Sprintf("%s %s → %s", c.Label, c.Was, c.Value) }

// endings are what is said below the steps.
func endings(d *Document) []string {
	list := []string{d.End}
	if d.Wrong != "" {
		list = append(list, "⇒ "+d.Wrong)
	}
	if !d.Reproduced {
		list = append(list, d.Conclusion)
	}
	return slices.DeleteFunc(list, func(text string) bool { return text == "" })
}

// note is paragraphs, in lines of about that width.
func note(width int, paragraphs ...string) string {
	var lines []string
	for _, p := range paragraphs {
		for _, line := range wrap(printable(p), width) {
			lines = append(lines, mermaidText(line))
		}
	}
	return strings.Join(lines, "<br/>")
}
