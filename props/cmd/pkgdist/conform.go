package main

import (
	"fmt"
	"regexp"
	"strings"

	"pkgdist/props/report"
	"pkgdist/props/subject"
)

type conformCommand struct {
	Where   []string `arg:"" optional:"" name:"folder|package" help:"Folders, each with all that is below, nested modules too, and patterns of packages, such as ./stock/... (default: this folder)."`
	Match   string   `name:"run" placeholder:"REGEXP" help:"Only tests whose names match, as with go test."`
	Stories bool     `xor:"print" help:"Tell the story of each failure, of those too that are expected."`
	JSON    bool     `name:"json" xor:"print" help:"Print one JSON object."`
	Timeout duration `placeholder:"DURATION" help:"End after that time in all, such as 90s or 10m."`
}

// Run runs the tests that hold code against models, and says what they report.
func (c *conformCommand) Run(t terminal, code *int) error {
	for part := range strings.SplitSeq(c.Match, "/") {
		if _, err := regexp.Compile(part); err != nil {
			return fmt.Errorf("--run: expected a regular expression: %w", err)
		}
	}
	b := bounds{Timeout: c.Timeout}
	t, cancel := b.within(t)
	defer cancel()
	line := newStatusLine(t.stderr, "looking for tests that hold code against a model")
	defer line.clear()
	where := c.Where
	if len(where) == 0 {
		where = []string{"."}
	}
	r, err := subject.Run(t.ctx, where, c.Match, line.show)
	line.clear()
	if err != nil {
		return err
	}
	*code = exitOf(r)
	if c.JSON {
		return report.SubjectsJSON(t.stdout, r)
	}
	return t.screen.Subjects(t.stdout, r, c.Where, c.Stories)
}

// Help says what the exit code means here.
func (c *conformCommand) Help() string {
	return "Runs the tests that use pkgdist/props/check/conform, with each set of versions: go.mod, and every other *.mod beside it. " +
		"Exit codes: 0 all of them pass; 1 one fails: code does not do what its model does; 2 one does not build, or what was asked for is not there; 3 inconclusive: nothing was driven, a test was skipped, or time was up."
}

// exitOf is the exit code. What does not build comes first, for what was asked for was not done.
func exitOf(r *subject.Result) int {
	switch {
	case len(r.Broken) > 0:
		return exitUsage
	case len(r.Failed) > 0:
		return exitViolated
	case len(r.Drives) == 0, len(r.Skipped) > 0, r.Stopped != "":
		return exitInconclusive
	}
	return exitHolds
}
