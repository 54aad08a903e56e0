package report

import (
	"cmp"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"pkgdist/props/check"
	"pkgdist/props/check/conform/record"
	"pkgdist/props/check/show"
	"pkgdist/props/subject"
)

// mostPrinted is how many lines are printed of what a test has printed.
const mostPrinted = 12

// Subjects writes a row for each drive, and below that what failed, with its story, what was skipped and what does not build.
// With stories, it tells of failures too that are expected. Asked are the arguments of the command, which it names again.
func (s Screen) Subjects(w io.Writer, r *subject.Result, asked []string, stories bool) error {
	out := s.writer(w)
	s.drives(&out, r.Drives)
	untold := 0
	for _, d := range r.Drives {
		switch {
		case len(d.Story) > 0 && (stories || !d.Passed):
			out.failure(d)
		case len(d.Story) > 0:
			untold++
		}
	}
	for _, t := range r.Failed {
		told := slices.ContainsFunc(r.Drives, func(d subject.Drive) bool {
			return d.Package == t.Package && d.Test == t.Name && d.ModFile == t.ModFile && d.Page != ""
		})
		if !told {
			out.printed("FAILED", t)
		}
	}
	for _, t := range r.Skipped {
		out.printed("skipped", t)
	}
	for _, t := range r.Broken {
		out.printed("does not build", t)
	}
	if len(r.Drives)+len(r.Failed)+len(r.Skipped)+len(r.Broken) > 0 {
		out.line("")
	}
	out.wrap("", sumOf(r))
	if untold > 0 {
		out.line("")
		out.commands([][2]string{{strings.Join(slices.Concat([]string{"conform"}, asked, []string{"--stories"}), " "), "how they differ"}})
	}
	return out.err
}

// failure tells the story of a drive.
func (o *writer) failure(d subject.Drive) {
	heading := fmt.Sprintf("%s: %s%s", name(d), word(d), strings.Replace(ending(d), ":", "", 1))
	o.line("")
	o.wrap("", heading)
	o.line(strings.Repeat("-", min(len([]rune(heading)), o.width)))
	o.wrap("", of(d.Package, d.Test, d.ModFile))
	o.line("")
	for _, line := range d.Story {
		o.indented("", line)
	}
	if d.Page != "" {
		o.line("")
		o.line("the page:     " + d.Page)
		o.line("run it again: " + d.Again)
	}
}

// drives writes the table: the drives of a package with a set of versions below a line that names both.
func (s Screen) drives(out *writer, drives []subject.Drive) {
	if len(drives) == 0 {
		return
	}
	rows := [][4]string{{"verdict", "driven", "code", "model"}}
	for _, d := range drives {
		rows = append(rows, [4]string{word(d), driven(d), cmp.Or(d.Version, "own"), name(d) + ending(d)})
	}
	var widths [3]int
	for _, row := range rows {
		for i := range widths {
			widths[i] = max(widths[i], len(row[i]))
		}
	}
	group := ""
	for i, row := range rows {
		if i > 0 {
			if at := of(drives[i-1].Package, "", drives[i-1].ModFile); at != group {
				group = at
				out.wrap("", at)
			}
		}
		lead, columns := "  ", 2
		for n, cell := range row[:3] {
			padding := strings.Repeat(" ", widths[n]-len(cell)+2)
			columns += widths[n] + 2
			if n == 0 && i > 0 {
				cell = s.paint(outcomeOf(drives[i-1]), cell)
			}
			lead += cell + padding
		}
		out.hanging(lead, columns, row[3])
	}
}

// word is the verdict, in capitals if nothing expects it.
func word(d subject.Drive) string {
	if d.Verdict == record.Conforms || d.Passed {
		return string(d.Verdict)
	}
	return strings.ToUpper(string(d.Verdict))
}

func outcomeOf(d subject.Drive) check.Outcome {
	switch {
	case !d.Passed && d.Verdict != record.Conforms:
		return check.Violated
	case d.Verdict == record.Conforms:
		return check.Holds
	}
	return check.Inconclusive
}

func driven(d subject.Drive) string {
	unit := " " + d.Unit
	if d.Unit == "transitions" {
		unit = ""
	}
	if d.All == 0 {
		return show.Count(d.Covered, strings.TrimSuffix(d.Unit, "s"), d.Unit)
	}
	return fmt.Sprintf("%d of %d%s", d.Covered, d.All, unit)
}

// name is that of the model, or of the test if the model has none.
func name(d subject.Drive) string { return cmp.Or(d.Model, d.Test) }

// ending is what stands behind the name of a model.
func ending(d subject.Drive) string {
	var parts []string
	if d.Steps > 0 {
		parts = append(parts, "after "+show.Count(d.Steps, "step", "steps"))
	}
	if d.Verdict != record.Conforms && d.Passed {
		parts = append(parts, "as expected")
	}
	if parts == nil {
		return ""
	}
	return ": " + strings.Join(parts, ", ")
}

// of is where a test stands.
func of(pkg, test, modFile string) string {
	text := pkg
	if test != "" {
		text = test + " of " + pkg
	}
	if modFile != "" {
		text += ", versions of " + modFile
	}
	return text
}

// leading is what a line of a story begins with, below whose end it is continued.
var leading = regexp.MustCompile(`^ *(\d+\. |=> |! )?`)

// printed writes the beginning of what a test has printed.
func (o *writer) printed(what string, t subject.Test) {
	o.line("")
	o.wrap("", what+": "+of(t.Package, t.Name, t.ModFile))
	for _, line := range t.Output[:min(len(t.Output), mostPrinted)] {
		o.indented("  ", line)
	}
	if more := len(t.Output) - mostPrinted; more > 0 {
		o.line(fmt.Sprintf("  … and %s …", show.Count(more, "line more", "lines more")))
	}
}

// indented writes a line that may be indented, and continues it below the beginning of its words.
func (o *writer) indented(lead, line string) {
	if strings.TrimSpace(line) == "" {
		o.line("")
		return
	}
	own := leading.FindString(line)
	o.wrap(lead+own, line[len(own):])
}

// sumOf says what the exit code rests on.
func sumOf(r *subject.Result) string {
	count := map[string]int{}
	for _, d := range r.Drives {
		switch {
		case d.Verdict == record.Conforms:
			count["conforms"]++
		case d.Passed && d.Verdict == record.InPart:
			count["in part"]++
		case d.Passed:
			count["expected"]++
		default:
			count["fails"]++
		}
	}
	text := show.Count(len(r.Drives), "drive", "drives") + "."
	for _, part := range []struct {
		n         int
		one, many string
	}{
		{count["conforms"], "conforms", "conform"},
		{count["in part"], "conforms in part, as expected", "conform in part, as expected"},
		{count["expected"], "fails as expected", "fail as expected"},
		{count["fails"], "fails", "fail"},
		{len(r.Failed), "test failed", "tests failed"},
		{len(r.Skipped), "test was skipped: what it drives is not known", "tests were skipped: what they drive is not known"},
		{len(r.Broken), "package does not build", "packages do not build"},
	} {
		if part.n > 0 {
			text += fmt.Sprintf(" %s.", show.Count(part.n, part.one, part.many))
		}
	}
	if len(r.Drives) == 0 {
		why := "no test here uses pkgdist/props/check/conform"
		if len(r.Packages) > 0 {
			why = "no test that ran has reported a drive, as conform.Require and conform.Report do"
		}
		text = "Nothing was driven: " + why + "." + strings.TrimPrefix(text, "0 drives.")
	}
	if r.Stopped != "" {
		text = fmt.Sprintf("Ended early: %s. %s.", r.Stopped, show.Count(len(r.Drives), "drive", "drives"))
	}
	return text
}

// SubjectsJSON writes one JSON object with all drives and tests.
func SubjectsJSON(w io.Writer, r *subject.Result) error { return show.WriteJSON(w, "  ", r) }
