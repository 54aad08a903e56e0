package report

import (
	"io"
	"strings"
	"time"

	"pkgdist/props/check/show"
	"pkgdist/props/diagnose"
	"pkgdist/props/logs"
)

// The JSON object is an interface: its keys stay.
type (
	logsDocument struct {
		Files    int           `json:"files"`
		Lines    int           `json:"lines"`
		Messages int           `json:"messages"`
		Bad      int           `json:"bad"`
		Packages []logsPackage `json:"packages"`
	}
	logsPackage struct {
		Package  string   `json:"package"`
		Site     string   `json:"site"`
		Answer   string   `json:"answer"`
		Outcome  string   `json:"outcome"`
		Possible []string `json:"possible"` // symptoms; one, if it is certain
		Articles []string `json:"articles"`
		// What of it is possible for the product as it shipped, and without a restart, where that is less.
		AsShipped    []string `json:"possible_as_shipped,omitempty"`
		NotRestarted []string `json:"possible_without_restart,omitempty"`
		Version      int      `json:"version,omitempty"`
		Complete     bool     `json:"complete"` // explained with every line in its place
		Reason       string   `json:"reason,omitempty"`
		Assumed      []string `json:"assumed"`
		// Designs has for each design whether it explains the log, and Claims on which of the behaviours that do each claim is violated.
		Designs  map[string]string   `json:"designs"`
		Claims   map[string]string   `json:"claims"`
		Known    map[string]string   `json:"known"`
		Open     map[string][]string `json:"not_known"`
		Timeline []logsEntry         `json:"timeline"`
	}
	logsEntry struct {
		Time  string `json:"time,omitempty"`
		File  string `json:"file"`
		Line  int    `json:"line"`
		Says  string `json:"says"`
		Step  string `json:"step,omitempty"`
		Shows bool   `json:"shows"`
	}
)

// LogsJSON writes one object with all packages.
func LogsJSON(w io.Writer, r *Read, list []*diagnose.Diagnosis) error {
	doc := logsDocument{Files: r.Files, Lines: r.Records, Messages: r.Messages, Bad: r.BadCount, Packages: []logsPackage{}}
	for _, d := range list {
		doc.Packages = append(doc.Packages, logsPackageOf(d))
	}
	return show.WriteJSON(w, "  ", doc)
}

func logsPackageOf(d *diagnose.Diagnosis) logsPackage {
	p := logsPackage{Package: d.Package, Site: d.Site, Answer: strings.ToLower(headlineOf(d)), Outcome: LogOutcome(d).String(), Possible: []string{},
		Articles: append([]string{}, articlesOf(d.Found)...), Version: d.Version, Complete: d.Complete, Reason: d.Undecided, Assumed: append([]string{}, d.Assumed...), AsShipped: namesOf(d.AsShipped), NotRestarted: namesOf(d.Undisturbed),
		Designs: map[string]string{}, Claims: map[string]string{}, Known: map[string]string{}, Open: map[string][]string{}, Timeline: []logsEntry{}}
	if d.Unexplained != nil {
		p.Reason = refusal(d.Unexplained)
	}
	p.Possible = append(p.Possible, namesOf(d.Found)...)
	for _, e := range d.Designs {
		p.Designs[e.Design.Name] = e.Outcome.String()
	}
	for _, c := range d.Claims {
		p.Claims[c.Name] = c.On.String()
	}
	for _, f := range d.Known {
		p.Known[f.Label] = f.Values[0]
	}
	for _, f := range d.Open {
		p.Open[f.Label] = f.Values
	}
	for _, e := range d.Timeline() {
		entry := logsEntry{File: e.File, Line: e.Line, Says: e.Says, Step: e.Step, Shows: e.Shows}
		if !e.Time.IsZero() {
			entry.Time = e.Time.Format(time.RFC3339Nano)
		}
		p.Timeline = append(p.Timeline, entry)
	}
	return p
}

func namesOf(list []*diagnose.Symptom) (names []string) {
	for _, s := range list {
		names = append(names, s.Name)
	}
	return names
}

// Readings writes what each kind of message says about the protocol, and which articles no message tells of.
func (s Screen) Readings(w io.Writer) error {
	out := s.writer(w)
	row := func(r diagnose.Reading) {
		m := logs.Message{Kind: r.Kind, Package: "P", Version: 2, Current: 1, Site: "S", DP: "D", Path: "FILE", Target: "TARGET", Code: 5, Count: 1, Limit: 3, Worker: 10}
		text, _, _ := strings.Cut(m.Say(), " SEV=")
		out.wrap("  ", text)
		if r.Rules != nil {
			out.wrap("      = ", strings.Join(r.Rules, " or "))
		}
		if r.Why != "" {
			out.wrap("      ! ", r.Why)
		}
	}
	sections := []struct {
		title string
		is    func(diagnose.Reading) bool
	}{
		{"Messages that a step of a site below the source site writes", func(r diagnose.Reading) bool { return !r.AtSource && len(r.Rules) > 0 }},
		{"Messages that say what a site is at, and stand for no step", func(r diagnose.Reading) bool { return !r.AtSource && len(r.Rules) == 0 && r.State != nil }},
		{"Messages of the source site, which are told and not judged", func(r diagnose.Reading) bool { return r.AtSource }},
		{"Messages that map onto nothing", func(r diagnose.Reading) bool { return !r.AtSource && len(r.Rules) == 0 && r.State == nil }},
	}
	for i, section := range sections {
		if i > 0 {
			out.line("")
		}
		out.line(section.title)
		out.line("")
		for _, r := range diagnose.Readings() {
			if section.is(r) {
				row(r)
			}
		}
	}
	out.line("")
	out.line("Articles that logs are not held against")
	out.line("")
	for _, u := range diagnose.NotDiagnosed() {
		out.wrap("  ", strings.Join(u.Articles, ", ")+": "+u.Is)
		out.wrap("      ! ", u.Why)
	}
	return out.err
}
