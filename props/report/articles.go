package report

import (
	"fmt"
	"io"
	"strings"

	"pkgdist/props/article"
	"pkgdist/props/check/show"
)

// Articles writes a block for each article: what is seen, where the model shows
// it, and what cures it there.
func Articles(w io.Writer, list []*article.Measured) {
	for i, m := range list {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "%s (%s)\n", strings.Join(m.Numbers, ", "), m.Product)
		paragraph(w, "  ", m.Symptom)
		row := func(label, text string) {
			if text != "" {
				paragraph(w, fmt.Sprintf("    %-10s", label), text)
			}
		}
		row("scenario", m.Scenario)
		row("property", m.Property)
		row("shown", shown(m))
		row("absent", "under "+m.AbsentUnder)
		row("cure", strings.Join(m.Cure.Words(), " and "))
		row("note", m.Note)
		for _, wrong := range m.Wrong {
			row("WRONG", wrong)
		}
	}
}

func paragraph(w io.Writer, lead, text string) {
	show.Wrap(w, show.DefaultWidth, lead, strings.Fields(text))
}

// shown says under which design the symptom shows, and how soon.
func shown(m *article.Measured) string {
	if len(m.Steps) == 0 {
		return "not found under " + m.ShownUnder
	}
	return fmt.Sprintf("under %s, %d steps", m.ShownUnder, len(m.Steps))
}

// ArticlesMarkdown writes the articles as a table for a document, and below it
// what is not as an article says.
func ArticlesMarkdown(w io.Writer, list []*article.Measured) {
	fmt.Fprint(w, "| article | what is seen | scenario, property | shown | absent | cure |\n|---|---|---|---|---|---|\n")
	for _, m := range list {
		fmt.Fprintf(w, "| %s (%s) | %s | `%s`, `%s` | %s | under %s | %s |\n", strings.Join(m.Numbers, ", "), m.Product,
			m.Symptom, m.Scenario, m.Property, shown(m), m.AbsentUnder, strings.Join(m.Cure.Words(), " and "))
	}
	for _, m := range list {
		for _, wrong := range m.Wrong {
			fmt.Fprintf(w, "\nWRONG: %s: %s\n", strings.Join(m.Numbers, ", "), wrong)
		}
	}
}
