package report

import (
	"cmp"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"pkgdist/props/check"
	"pkgdist/props/check/conform"
	"pkgdist/props/check/show"
	"pkgdist/props/diagnose"
)

// Read is what was read of logs, before anything was held against the model.
type Read struct {
	Files    int
	Records  int
	Messages int
	Bad      []error // pieces that could not be read, the first few
	BadCount int
}

// The most that is told of many packages, and of one with a long log, unless all is asked for.
const (
	mostPackagesTold   = 3
	mostPackagesListed = 15
	mostEntriesTold    = 14
)

// Logs writes what became of each package at each site: the most relevant first, and unless all is true, no more than fits a few
// screens.
func (s Screen) Logs(w io.Writer, r *Read, list []*diagnose.Diagnosis, all bool) error {
	out := s.writer(w)
	out.wrap("", fmt.Sprintf("%s: %s, %s of %s.", show.Count(r.Files, "log", "logs"), show.Count(r.Records, "line", "lines"),
		show.Count(r.Messages, "message about packages", "messages about packages"), show.Count(len(list), "package and site", "packages and sites")))
	if r.BadCount > 0 {
		out.wrap("", fmt.Sprintf("%s could not be read, the first: %v", show.Count(r.BadCount, "piece", "pieces"), r.Bad[0]))
	}
	for i, d := range list {
		if i == mostPackagesTold && !all && len(list) > i+1 {
			s.rest(&out, list[i:])
			break
		}
		out.line("")
		s.diagnosis(&out, d, all)
	}
	return out.err
}

// rest lists the others with a line each.
func (s Screen) rest(out *writer, list []*diagnose.Diagnosis) {
	out.line("")
	out.line("The others:")
	for i, d := range list {
		if i == mostPackagesListed {
			out.wrap("  ", fmt.Sprintf("and %d more; --all tells all, --package one", len(list)-i))
			return
		}
		text := fmt.Sprintf("%-28s ", d.Name())
		out.hanging("  "+text, len(text)+2, strings.ToLower(headlineOf(d)))
	}
}

// LogOutcome is what the exit code says of a diagnosis: holds where nobody has to act, violated where something certainly is wrong.
func LogOutcome(d *diagnose.Diagnosis) check.Outcome {
	if len(d.Found) == 0 {
		return check.Inconclusive
	}
	switch {
	case d.IsHarmed():
		return check.Violated
	case d.IsWell():
		return check.Holds
	}
	return check.Inconclusive
}

// articlesOf are the articles that tell of the symptoms.
func articlesOf(list []*diagnose.Symptom) (names []string) {
	for _, s := range list {
		names = append(names, s.Articles...)
	}
	return names
}

// headlineOf is the answer in a few words.
func headlineOf(d *diagnose.Diagnosis) string {
	if d.AsShipped != nil {
		as := *d
		as.Found, as.AsShipped = d.AsShipped, nil
		return headlineOf(&as) + ", IF THE PRODUCT IS AS IT SHIPPED"
	}
	articles := strings.Join(articlesOf(d.Found), " or ")
	certain := d.Certain()
	switch {
	case d.Sends:
		return "NOT JUDGED: THIS SITE SENDS IT"
	case d.Unexplained != nil:
		return "NOTHING EXPLAINS THIS LOG"
	case d.Undecided != "":
		return "NOT KNOWN"
	case certain != nil && certain.IsSound():
		return "NOTHING WRONG IS SEEN"
	case d.IsWell():
		return "NOBODY HAS TO ACT"
	case certain != nil && certain.IsUnfinished():
		return "NOT FINISHED"
	case certain != nil && articles != "":
		return "THIS IS " + strings.Join(certain.Articles, ", ")
	case certain != nil:
		return "SOMETHING ELSE IS WRONG"
	case LogOutcome(d) == check.Violated && articles != "":
		return "SOMETHING IS WRONG, PERHAPS " + articles
	case LogOutcome(d) == check.Violated:
		return "SOMETHING IS WRONG"
	case articles != "":
		return "MAY BE " + articles
	case d.Found[0].Harm:
		return "SOMETHING MAY BE WRONG"
	case len(d.Found) == 1 && d.Unjudged() > 0:
		return "NOTHING WRONG IS SEEN, BUT NOT EVERY DISTRIBUTION POINT WAS JUDGED"
	case len(d.Found) == 1:
		return "NOTHING WRONG IS SEEN, BUT LINES ARE MISSING"
	}
	return "NOT FINISHED"
}

func (s Screen) diagnosis(out *writer, d *diagnose.Diagnosis, all bool) {
	title, word := d.Name(), headlineOf(d)
	if len(title)+2+len(word) <= out.width {
		out.line(title + ": " + s.paint(LogOutcome(d), word))
	} else {
		out.line(title + ":")
		for _, line := range show.Lines(word, out.width) {
			out.line(s.paint(LogOutcome(d), line))
		}
	}
	out.line(strings.Repeat("-", min(len(title)+2+len(word), out.width)))
	out.wrap("", whatIsKnown(d))
	out.line("")
	s.verdict(out, d)
	s.timeline(out, d, all)
	s.facts(out, d, all)
	if all {
		s.claims(out, d)
		s.designs(out, d)
	}
}

// whatIsKnown is what the log is about.
func whatIsKnown(d *diagnose.Diagnosis) string {
	text := show.Count(len(d.Messages), "line", "lines")
	if !d.Begin().IsZero() {
		text += fmt.Sprintf(" from %s to %s", d.Begin().Format("2 January 2006 15:04:05"), d.End().Format("2 January 2006 15:04:05 MST"))
	}
	if v := d.Versions(); len(v) > 0 {
		text += ", " + strings.Replace(show.Count(len(v), "version", "versions"), fmt.Sprint(len(v))+" ", "", 1) + " " + strings.ReplaceAll(strings.Trim(fmt.Sprint(v), "[]"), " ", ", ")
	}
	if p := d.Points(); len(p) > 0 {
		text += fmt.Sprintf(", %s (%s)", show.Count(len(p), "distribution point", "distribution points"), strings.Join(p, ", "))
	}
	if d.Site == "" {
		text += "; no line names the site, which is called B here"
	}
	return text + "."
}

// verdict says what it is, what that rests on, and what to do.
func (s Screen) verdict(out *writer, d *diagnose.Diagnosis) {
	switch {
	case d.Unexplained != nil:
		out.wrap("", "No behaviour of SMS 2.0 as it shipped explains these lines, even if others are missing. "+refusal(d.Unexplained))
		out.wrap("", "The product may be another one, a clock may have been set back, or a line may stand in the wrong order.")
		return
	case d.Undecided != "":
		out.wrap("", "Nothing is said of this package: "+d.Undecided+".")
		return
	}
	if len(d.Found) == 1 {
		out.wrap("", d.Fill(d.Found[0].Is))
	} else {
		out.wrap("", "The lines allow more than one answer:")
		for _, symptom := range d.Found {
			out.wrap("  - ", strings.TrimPrefix(strings.Join(symptom.Articles, ", ")+": ", ": ")+d.Fill(symptom.Is))
		}
	}
	how := "Explained by SMS 2.0 as it shipped"
	switch {
	case d.Complete:
		how += ", with every line in its place."
	case d.Repaired:
		how = "SMS 2.0 as it shipped does not explain these lines, even if others are missing. A product that is repaired does, with every line in its place."
	default:
		how += ", if lines are missing." + missing(d)
	}
	if lacks := d.Lacks(); lacks != nil && len(d.Found) == 1 && d.Certain() == nil {
		how += fmt.Sprintf(" Nothing is called sound, for these logs have no line such as %q.", lacks[0])
	}
	out.wrap("", how+" Taken for granted: "+strings.Join(d.Assumed, " "))
	if text := unless(d); text != "" {
		out.wrap("", text)
	}
	s.todo(out, d)
}

// missing says which lines are missing.
func missing(d *diagnose.Diagnosis) string {
	if len(d.Missing) > 0 {
		g := d.Missing[0]
		text := fmt.Sprintf(" After %s:%d, %s.", filepath.Base(g.Message.File), g.Message.Line, g.Why)
		if more := len(d.Missing) - 1; more > 0 {
			text += fmt.Sprintf(" Besides, %s.", show.Count(more, "more line stands alone", "more lines stand alone"))
		}
		return text
	}
	if d.Refused != nil {
		return " One is missing before " + refusal(d.Refused)
	}
	return ""
}

// needs is the step of the model that a reason begins with.
var needs = regexp.MustCompile(`^\S+\([^)]*\) needs that `)

// refusal is a message with what stops the step that would write it.
func refusal(r *diagnose.Refusal) string {
	text := fmt.Sprintf("%s:%d: %q", filepath.Base(r.Message.File), r.Message.Line, show.Excerpt(r.Message.Text, 100))
	var why []string
	for _, w := range r.Why {
		if w = needs.ReplaceAllString(w, "it needs that "); !slices.Contains(why, w) {
			why = append(why, w)
		}
	}
	if why != nil {
		text += " (" + show.Excerpt(strings.Join(why, "; "), 300) + ")"
	}
	return text + "."
}

// unless says under which condition no more is possible than what was found first.
func unless(d *diagnose.Diagnosis) string {
	answers := func(list []*diagnose.Symptom) string {
		if len(list) == 1 {
			return "only the first answer"
		}
		return fmt.Sprintf("only the first %d answers", len(list))
	}
	switch {
	case d.Undisturbed != nil:
		return fmt.Sprintf("As long as no component was restarted, which leaves no line, %s can be.", answers(d.Undisturbed))
	case d.AsShipped != nil:
		return fmt.Sprintf("Of SMS 2.0 as it shipped %s can be; a product that is repaired in one way (%s) leaves more open.", answers(d.AsShipped), d.Other[0].Name)
	}
	return ""
}

// designs says which products write such a log.
func (s Screen) designs(out *writer, d *diagnose.Diagnosis) {
	if len(d.Designs) == 0 {
		return
	}
	out.line("")
	out.line("Which products write such a log")
	words := map[conform.Outcome]string{conform.Explained: "may", conform.Refuted: "does not", conform.Undecided: "not known"}
	for _, e := range d.Designs {
		out.hanging(fmt.Sprintf("  %-26s %-9s ", e.Design.Name, words[e.Outcome]), 39, e.Design.Doc)
	}
	out.wrap("", "The workarounds are not among them: they are what an administrator does at the source site, and whatever is updated when, this site may write the same lines as SMS 2.0 as it shipped.")
}

// todo is what an administrator can do now.
func (s Screen) todo(out *writer, d *diagnose.Diagnosis) {
	var do, look []string
	for _, symptom := range d.Found {
		for _, text := range symptom.Do {
			if text = d.Fill(text); !slices.Contains(do, text) && (symptom.Harm || d.Certain() != nil) {
				do = append(do, text)
			}
		}
		if d.Certain() == nil && symptom.Look != "" && !slices.Contains(look, symptom.Look) {
			look = append(look, symptom.Look)
		}
	}
	if len(look) > 0 {
		out.line("")
		out.line("What would tell which of them it is")
		for _, text := range look {
			out.wrap("  - ", text)
		}
	}
	if len(do) > 0 {
		out.line("")
		out.line("What you can do now")
		for _, text := range do {
			out.wrap("  - ", text)
		}
	}
}

// timeline tells the lines, the last of them if there are many. Those that show the symptom are marked.
func (s Screen) timeline(out *writer, d *diagnose.Diagnosis, all bool) {
	entries := d.Timeline()
	left := len(entries) - mostEntriesTold
	if all || left < 3 {
		left = 0
	}
	form := time.TimeOnly
	if d.Begin().Format(time.DateOnly) != d.End().Format(time.DateOnly) {
		form = time.DateTime
	}
	out.line("")
	out.line("Who did what, by these lines" + timelineNotes(d, entries))
	longest := 0
	for _, e := range entries {
		longest = max(longest, len(placeOf(e, form)))
	}
	hidden := 0
	for i, e := range entries {
		if i < left && !e.Shows {
			hidden++
			continue
		}
		if hidden > 0 {
			out.line(fmt.Sprintf("    … %s, with --all", show.Count(hidden, "line", "lines")))
			hidden = 0
		}
		mark := " "
		if e.Shows {
			mark = s.paint(check.Violated, ">")
		}
		text := fmt.Sprintf(" %s %-*s ", mark, longest, placeOf(e, form))
		out.hanging(text, longest+4, e.Says)
	}
}

// timelineNotes says what times and marks mean.
func timelineNotes(d *diagnose.Diagnosis, entries []diagnose.Entry) string {
	var notes []string
	if !d.Begin().IsZero() {
		notes = append(notes, "times are UTC")
	}
	switch marked := slices.ContainsFunc(entries, func(e diagnose.Entry) bool { return e.Shows }); {
	case marked && len(d.Found) > 1:
		notes = append(notes, "> would show the first answer")
	case marked:
		notes = append(notes, "> shows it")
	}
	if notes == nil {
		return ""
	}
	return " (" + strings.Join(notes, "; ") + ")"
}

// placeOf is when and where a line stands.
func placeOf(e diagnose.Entry, form string) string {
	text := fmt.Sprintf("%s:%d", filepath.Base(e.File), e.Line)
	if !e.Time.IsZero() {
		text = e.Time.Format(form) + " " + text
	}
	return text
}

// isPlain tells whether a field of the model is one that an administrator can look at, in the database or on a disk.
func isPlain(label string) bool {
	return slices.Contains([]string{"INCOMING", "SourceVersion", "StoredPkgVersion", "stored copy", "package thread", "Despooler"}, label) ||
		strings.HasSuffix(label, " serves")
}

// words has the model's words for contents as an administrator reads them.
var words = strings.NewReplacer("torn over ", "not whole, over ", "torn", "not whole")

// facts say what is known at the end and what is not: of each field of the model if all is true, and else of those that can be looked at.
func (s Screen) facts(out *writer, d *diagnose.Diagnosis, all bool) {
	var known, open []string
	for _, f := range d.Known {
		if all || isPlain(f.Label) {
			known = append(known, f.Label+": "+words.Replace(f.Values[0]))
		}
	}
	for _, f := range d.Open {
		if all || isPlain(f.Label) {
			open = append(open, f.Label+": "+words.Replace(strings.Join(f.Values, " or ")))
		}
	}
	if len(known)+len(open) == 0 {
		return
	}
	out.line("")
	out.line("At the end of the log")
	if len(known) > 0 {
		out.list("  known      ", known)
	}
	if len(open) > 0 {
		out.wrap("  not known  ", strings.Join(open, "; "))
	}
}

// claims says on how many of the behaviours that explain the log each claim is violated.
func (s Screen) claims(out *writer, d *diagnose.Diagnosis) {
	if len(d.Claims) == 0 {
		return
	}
	out.line("")
	out.line("What must hold, and on which of the behaviours that explain the log it does not")
	for _, c := range d.Claims {
		out.hanging(fmt.Sprintf("  %-26s %-9s ", c.Name, c.On), 39, c.Says)
	}
}

// Relevance orders diagnoses: what is wrong first, and then what may be.
func Relevance(a, b *diagnose.Diagnosis) int { return cmp.Compare(relevance(a), relevance(b)) }

func relevance(d *diagnose.Diagnosis) int {
	switch {
	case LogOutcome(d) == check.Violated:
		return 0
	case len(d.Found) > 0 && d.Found[0].Harm && len(articlesOf(d.Found)) > 0:
		return 1
	case d.Unexplained != nil:
		return 2
	case len(d.Found) > 0 && d.Found[0].Harm:
		return 3
	case d.Undecided != "" && !d.Sends:
		return 4
	case d.Sends:
		return 7
	case LogOutcome(d) == check.Holds:
		return 6
	}
	return 5
}
