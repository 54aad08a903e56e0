package show

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
)

// writeMarkdown writes a document with the story as a list and as a Mermaid
// diagram, which GitHub draws.
func writeMarkdown(w io.Writer, d *Document) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "# %s\n\n", markdownText(d.heading()))
	for _, p := range d.reasons() {
		fmt.Fprintf(out, "%s\n\n", markdownText(p))
	}
	if d.Property != "" {
		says := strings.TrimSuffix(": "+markdownText(d.Says), ": ")
		fmt.Fprintf(out, "- Property **%s**%s\n", markdownText(d.Property), says)
	}
	for _, item := range d.About {
		fmt.Fprintf(out, "- %s **%s**\n", markdownText(item.Label), markdownText(item.Value))
	}
	if d.Source != "" {
		fmt.Fprintf(out, "- Source: %s\n", markdownText(d.Source))
	}
	fmt.Fprint(out, "\n## The story\n\n")
	for i := range d.Steps {
		if d.Loops() && i == d.Loop {
			fmt.Fprintf(out, "\n*%s*\n\n", loopBegins)
		}
		d.markdownStep(out, i)
	}
	for _, text := range d.endings() {
		fmt.Fprintf(out, "\n**%s**\n", markdownText(text))
	}
	fmt.Fprint(out, "\n## The same as a diagram\n\n```mermaid\n")
	if err := writeMermaid(out, d); err != nil {
		return err
	}
	fmt.Fprint(out, "```\n")
	if len(d.Rerun) > 0 {
		fmt.Fprint(out, "\n## Run it again\n\n")
		for _, command := range d.Rerun {
			fmt.Fprintf(out, "    %s\n", Printable(command))
		}
	}
	return out.Flush()
}

func (d *Document) markdownStep(w io.Writer, i int) {
	lead := fmt.Sprintf("%d. ", i+1)
	fmt.Fprintf(w, "%s%s\n", lead, markdownText(d.Steps[i].Sentence))
	for _, note := range d.notes(i) {
		fmt.Fprintf(w, "%s- **%s**\n", strings.Repeat(" ", len(lead)), markdownText(note))
	}
	for _, line := range d.Steps[i].Log {
		fmt.Fprintf(w, "%s- log: %s\n", strings.Repeat(" ", len(lead)), markdownText(line))
	}
	for _, c := range d.Changes(i) {
		text := strings.TrimPrefix(c.Place+" "+c.text(), " ")
		fmt.Fprintf(w, "%s- %s\n", strings.Repeat(" ", len(lead)), markdownText(text))
	}
}

// reasons are the paragraphs that say why the run matters, without the property,
// which stands beside them.
func (d *Document) reasons() []string {
	list := paragraphs(d.Why)
	if len(list) > 0 {
		list[0] = strings.TrimSpace(strings.TrimPrefix(list[0], d.Says))
	}
	return slices.DeleteFunc(list, func(p string) bool { return p == "" })
}

func paragraphs(text string) []string {
	var list []string
	for _, p := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if p = strings.Join(strings.Fields(p), " "); p != "" {
			list = append(list, p)
		}
	}
	return list
}
