package main

import (
	"pkgdist/props/article"
	"pkgdist/props/check"
	"pkgdist/props/report"
)

type articlesCommand struct {
	All      bool `xor:"print" help:"Print also what is seen, and where the model shows it."`
	Markdown bool `xor:"print" help:"Print one table in Markdown."`
}

// Run holds every article against the model and lists them.
func (c *articlesCommand) Run(t terminal, code *int) error { return c.list(t, article.All(), code) }

// list measures the articles. The exit code is that of a violation if the model
// is not what an article says, unless a run ended early: then nothing is known.
func (c *articlesCommand) list(t terminal, articles []article.Article, code *int) error {
	line := newStatusLine(t.stderr)
	var list []*article.Measured
	for _, a := range articles {
		m, err := article.Measure(t.ctx, a, check.Options{Progress: line.progress(a.Numbers[0])})
		if err != nil {
			line.clear()
			return err
		}
		list = append(list, m)
	}
	line.clear()
	var outcomes []check.Outcome
	for _, m := range list {
		outcomes = append(outcomes, outcome(m))
	}
	*code = worst(outcomes)
	switch {
	case c.Markdown:
		report.ArticlesMarkdown(t.stdout, list)
		return nil
	case c.All:
		return t.screen.AllArticles(t.stdout, list)
	}
	return t.screen.Articles(t.stdout, list)
}

func outcome(m *article.Measured) check.Outcome {
	switch {
	case m.Cut != "":
		return check.Inconclusive
	case len(m.Wrong) > 0:
		return check.Violated
	}
	return check.Holds
}
