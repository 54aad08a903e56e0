package diagnose

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pkgdist/model"
	"pkgdist/props/logs"
)

// An Entry is a line of a log, told as a sentence.
type Entry struct {
	*logs.Message
	Says string
	// Step is the step of the model that wrote it in the behaviour that is told, or empty.
	Step string
	// Shows: it is one of those that show the symptom.
	Shows bool
}

// Timeline tells the messages in their order. Where the log is taken as complete, a line is told as the step that wrote it, and of the
// lines that one step wrote there is one. Where lines are missing, a step may be of any version that its line does not name.
func (d *Diagnosis) Timeline() (list []Entry) {
	steps := map[int]model.Step{}
	if d.story != nil {
		for i, m := range d.story.wrote {
			if m >= 0 {
				steps[m] = d.story.trace.Steps[i]
			}
		}
	}
	for i := range d.Messages {
		m := &d.Messages[i]
		e := Entry{Message: m, Says: d.says(m)}
		step, wrote := steps[i]
		switch {
		case wrote && d.tellsAll():
			e.Says, e.Step, e.Shows = d.sentence(step), d.story.sc.sys.Format(step), d.shows(step)
		case wrote:
			e.Step, e.Shows = d.story.sc.sys.Format(step), d.shows(step)
		case d.story != nil && d.tellsAll() && d.belongsToAnother(i):
			continue
		}
		list = append(list, e)
	}
	return list
}

// belongsToAnother tells whether the step of a line is told by another line.
func (d *Diagnosis) belongsToAnother(i int) bool {
	r := readingOf[d.Messages[i].Kind]
	if d.Messages[i].Kind == logs.IncomingFile {
		return i+1 < len(d.Messages) && isJudged(d.Messages[i+1].Kind) && d.Messages[i+1].Kind != logs.IncomingFile
	}
	return len(r.Rules) > 0 && !r.AtSource
}

// sentence tells a step without saying again where it is.
func (d *Diagnosis) sentence(step model.Step) string {
	return strings.NewReplacer(" at site "+d.siteName(), "", " of site "+d.siteName(), "", " of "+d.Package, "", " "+d.Package+" and", " the package and").
		Replace(d.story.sc.model.Sentence(step))
}

func (d *Diagnosis) says(m *logs.Message) string {
	text := readingOf[m.Kind].Says
	if m.Version == 0 {
		text = strings.NewReplacer(" version {version}", " a version", " with version {version}", "", "version {version}", "the version").Replace(text)
	}
	if m.Current == 0 {
		text = strings.NewReplacer("version {current}", "none").Replace(text)
	}
	return strings.NewReplacer("{version}", fmt.Sprint(m.Version), "{current}", fmt.Sprint(m.Current), "{dp}", point(m.DP), "{site}", m.Site, "{count}", fmt.Sprint(m.Count)).Replace(text)
}

// shows tells whether a step is one of those that show the symptom: of the version that it is about, or of the one that the
// package thread worked on meanwhile.
func (d *Diagnosis) shows(step model.Step) bool {
	s := d.Found[0]
	rule := model.RuleNames()[step.Rule]
	if !slices.Contains(s.Rules, rule) {
		return false
	}
	if v, ok := d.story.sc.number(d.Version); ok && d.Version > 0 && (strings.HasPrefix(rule, "despooler.") || strings.HasPrefix(rule, "replication.")) {
		return step.Version == v
	}
	return true
}

// Begin and End are the times of the first and of the last message, if they have any.
func (c *Case) Begin() time.Time { return c.Messages[0].Time }

// End is the time of the last message.
func (c *Case) End() time.Time { return c.Messages[len(c.Messages)-1].Time }

// Name is the package and the site, as a title.
func (c *Case) Name() string { return c.Package + " at site " + c.siteName() }

// SiteName is the site's code, or B where no line names it.
func (c *Case) SiteName() string { return c.siteName() }

// Versions are those that the messages are about.
func (c *Case) Versions() []int {
	named, _ := c.versions()
	return named
}

// Points are the distribution points that the messages name.
func (c *Case) Points() []string { return c.points() }
