package report

import (
	"fmt"
	"io"
	"strings"

	"pkgdist/props/article"
	"pkgdist/props/check"
	"pkgdist/props/check/show"
)

// Articles writes two lines or three for each article, all of them on one screen:
// whether the model is as it says, how soon the symptom shows, and what cures it.
func (s Screen) Articles(w io.Writer, list []*article.Measured) error {
	out := s.writer(w)
	for _, m := range list {
		outcome := check.Holds
		text := shown(m) + "; cure: " + strings.Join(m.Cure.Words(), " and ")
		switch {
		case m.Cut != "":
			outcome, text = check.Inconclusive, m.Cut
		case len(m.Wrong) > 0:
			outcome, text = check.Violated, strings.Join(m.Wrong, "; ")
		}
		word := [...]string{check.Holds: "as it says", check.Violated: "WRONG", check.Inconclusive: "not known"}[outcome]
		lead := fmt.Sprintf("%-18s  %s%*s  ", strings.Join(m.Numbers, ", "), s.paint(outcome, word), 10-len(word), "")
		out.hanging(lead, 32, text)
	}
	out.line("")
	out.commands([][2]string{
		{"articles --all", "what is seen, and where the model shows it"},
		{"check --scenario " + list[0].Scenario + " --story " + list[0].Property, "the first, step by step"},
	})
	return out.err
}

// AllArticles writes a block for each article: what is seen, where the model shows
// it, and what cures it there.
func (s Screen) AllArticles(w io.Writer, list []*article.Measured) error {
	out := s.writer(w)
	for i, m := range list {
		if i > 0 {
			out.line("")
		}
		out.wrap("", fmt.Sprintf("%s (%s)", strings.Join(m.Numbers, ", "), m.Product))
		out.wrap("  ", m.Symptom)
		row := func(label, text string) {
			if text != "" {
				out.wrap(fmt.Sprintf("    %-10s", label), text)
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
	return out.err
}

// shown says under which design the symptom shows, and how soon.
func shown(m *article.Measured) string {
	if len(m.Steps) == 0 {
		return "not found under " + m.ShownUnder
	}
	return fmt.Sprintf("under %s, %s", m.ShownUnder, show.Count(len(m.Steps), "step", "steps"))
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
