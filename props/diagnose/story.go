package diagnose

import (
	"fmt"
	"slices"
	"strings"

	"pkgdist/model"
	"pkgdist/props/check"
	"pkgdist/props/check/conform"
	"pkgdist/props/check/show"
	"pkgdist/props/logs"
)

// story is a behaviour that explains a log, from the beginning, and for each step the message that it wrote, or -1.
type story struct {
	sc    *scope
	trace check.Trace[model.State, model.Step]
	wrote []int
}

// tell is the behaviour of an end, with what the source site did before: each version is sent when the site below needs it.
func (a *attempted) tell(c *Case, end *conform.End[model.State, model.Step]) (*story, error) {
	t, wrote, err := end.Behaviour()
	if err != nil {
		return nil, err
	}
	first := slices.IndexFunc(a.sc.starts, func(s start) bool { return s.state == t.States[0] })
	st := &story{sc: a.sc}
	st.trace.States = a.sc.sys.Init()
	b := builder{sc: a.sc, start: start{state: st.trace.States[0]}}
	pending := slices.Clone(a.sc.starts[first].steps)
	take := func(step model.Step, message int) {
		b.step(step)
		st.trace.Steps, st.trace.States, st.wrote = append(st.trace.Steps, step), append(st.trace.States, b.state), append(st.wrote, message)
	}
	// send takes what the source site does up to the sending of a version, and what is below it before.
	send := func(v model.Version) {
		for len(pending) > 0 && !b.sent(v) {
			take(pending[0], -1)
			pending = pending[1:]
		}
	}
	if i := lastBelow(pending); i >= 0 {
		for range i + 1 {
			take(pending[0], -1)
			pending = pending[1:]
		}
	}
	for i, step := range t.Steps {
		switch model.RuleNames()[step.Rule] {
		case "despooler.store", "fault.read-early", "despooler.refuse", "sender.deliver", "fault.duplicate-content", "fault.duplicate-metadata":
			send(step.Version)
		}
		message := -1
		if wrote[i] >= 0 {
			message = a.told.messages[wrote[i]]
		}
		take(step, message)
	}
	return st, b.err
}

// sent tells whether the source site has sent a version.
func (b *builder) sent(v model.Version) bool {
	return slices.ContainsFunc(b.steps, func(s model.Step) bool {
		return s.Site == 0 && s.Version == v && model.RuleNames()[s.Rule] == "package.send"
	})
}

func lastBelow(steps []model.Step) int {
	for i := len(steps) - 1; i >= 0; i-- {
		if steps[i].Site == below {
			return i
		}
	}
	return -1
}

// Document is a behaviour that explains the log and shows the first of the symptoms, read for a person, with the lines beside the
// steps that wrote them.
func (d *Diagnosis) Document() (*show.Document, error) {
	st := d.story
	doc, err := st.sc.model.Document(&st.trace)
	if err != nil {
		return nil, err
	}
	doc.Subject, doc.Title = "Package", d.Package+" at site "+d.siteName()
	for i, m := range st.wrote {
		if m >= 0 {
			doc.Steps[i].Log, doc.Steps[i].Time = []string{line(&d.Messages[m])}, d.Messages[m].Time
		}
	}
	s := d.Found[0]
	is := strings.TrimPrefix(strings.Join(s.Articles, ", ")+": ", ": ") + d.Fill(s.Is)
	if s.Harm {
		doc.Wrong = d.Fill(s.Is)
	}
	if d.Certain() == nil {
		is = "The lines allow more than one answer. One of them is told here. " + is
	}
	about := []string{is}
	if s.Do != nil {
		about = append(about, "What you can do now: "+d.Fill(strings.Join(s.Do, " ")))
	}
	doc.Why = strings.Join(append(about, "Beside each step are the lines of the log that tell of it. A step without lines was worked out: the others need it, or it may have been."), "\n\n")
	return doc, nil
}

// line is a message with its place, in one line.
func line(m *logs.Message) string { return fmt.Sprintf("%s:%d %s", base(m.File), m.Line, m.Text) }

func base(file string) string { return file[strings.LastIndexAny(file, `/\`)+1:] }

// Fill puts the names of the case into a text of the table of symptoms.
func (d *Diagnosis) Fill(text string) string {
	version := "that is missing"
	if d.Version > 0 {
		version = fmt.Sprint(d.Version)
	}
	return strings.NewReplacer("{site}", d.siteName(), "{package}", d.Package, "version {version}", "version "+version, "{version}", version).Replace(text)
}
