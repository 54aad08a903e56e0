package show

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"pkgdist/props/story"
)

// Markdown writes a document with the story as a list and as a Mermaid diagram,
// which GitHub draws.
func Markdown(w io.Writer, d *Document) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "# %s\n\n", markdownText(d.Scenario))
	for _, p := range d.reasons() {
		fmt.Fprintf(out, "%s\n\n", markdownText(p))
	}
	fmt.Fprintf(out, "- Property **%s**: %s\n", markdownText(d.Property), markdownText(d.Says))
	fmt.Fprintf(out, "- Design **%s**\n", markdownText(d.Design))
	if d.Source != "" {
		fmt.Fprintf(out, "- Source: %s\n", markdownText(d.Source))
	}
	fmt.Fprint(out, "\n## The story\n\n")
	for i := range d.Steps {
		if d.Loops() && i == d.Loop {
			fmt.Fprintf(out, "\n*%s*\n\n", story.LoopBegins)
		}
		markdownStep(out, &d.Steps[i])
	}
	for _, text := range endings(d) {
		fmt.Fprintf(out, "\n**%s**\n", markdownText(text))
	}
	fmt.Fprint(out, "\n## The same as a diagram\n\n```mermaid\n")
	if err := Mermaid(out, d); err != nil {
		return err
	}
	fmt.Fprint(out, "```\n")
	return out.Flush()
}

func markdownStep(w io.Writer, step *Step) {
	lead := fmt.Sprintf("%d. ", step.Number)
	fmt.Fprintf(w, "%s%s\n", lead, markdownText(step.Sentence))
	for _, c := range step.Changes {
		text := change(c)
		if c.Place != "" {
			text = c.Place + " " + text
		}
		fmt.Fprintf(w, "%s- %s\n", strings.Repeat(" ", len(lead)), markdownText(text))
	}
}

// reasons are the paragraphs that say why the counterexample matters, without the
// property, which stands beside them.
func (d *Document) reasons() []string {
	list := paragraphs(d.Why)
	if len(list) > 0 {
		list[0] = strings.TrimSpace(strings.TrimPrefix(list[0], d.Says))
	}
	return slices.DeleteFunc(list, func(p string) bool { return p == "" })
}

// paragraphs splits a text at its empty lines.
func paragraphs(text string) []string {
	var list []string
	for _, p := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if p = strings.Join(strings.Fields(p), " "); p != "" {
			list = append(list, p)
		}
	}
	return list
}
