// Package show reads runs of the model for package check/show, which draws them.
//
// Goals: what a form says is what the model says.
//
// Non-goals: it draws nothing and judges nothing.
package show

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
	"pkgdist/props/check/show"
	"pkgdist/props/counterexample"
	"pkgdist/props/run"
	"pkgdist/props/scenario"
)

// Again runs a kept counterexample again and returns its document.
func Again(file string, ce *counterexample.Counterexample, fairness check.Fairness) (*show.Document, *run.Replay, error) {
	r, err := run.Again(ce, fairness)
	if err != nil {
		return nil, nil, err
	}
	return Of(file, ce, r), r, nil
}

// Of returns the document of a counterexample that was run again. The file is
// the one that keeps it, for what is said about its lines.
func Of(file string, ce *counterexample.Counterexample, r *run.Replay) *show.Document {
	d := Trace(r.System, r.Claim, r.Trace, r.Loop, r.Wrong)
	d.Name, d.Why = ce.Name, strings.TrimSpace(ce.Why)
	d.Subject, d.Title, d.Source = "Scenario", ce.Scenario.Title, ce.Scenario.Source
	d.About = []show.Item{{Label: "Design", Value: ce.Design}}
	d.Conclusion, d.Reproduced = conclusion(file, ce, r), r.Reproduced
	d.Sections = ce.Written()
	return d
}

// conclusion says whether the counterexample is reproduced, and otherwise what
// stands in the way.
func conclusion(file string, ce *counterexample.Counterexample, r *run.Replay) string {
	switch {
	case r.Stopped >= 0:
		line := slices.Concat(ce.Steps, ce.Loop)[r.Stopped]
		why := fmt.Sprintf("is no longer possible there: it is not so that %s.", r.Guard)
		if r.Unknown != nil {
			why = "no longer exists: " + scenario.Describe(r.Unknown)
		}
		return fmt.Sprintf("Not reproduced. Step %d %s\n  %s:%d: %s", r.Stopped+1, why, file, line.Line, line.Text)
	case !r.Reproduced:
		return fmt.Sprintf("Not reproduced. Every step is possible, but %s.", r.Flaw)
	}
	return "Reproduced."
}

// Trace returns the document of a trace, with what is wrong at its end. The steps
// from loop on are repeated forever, for a claim about what happens then.
func Trace(sys *model.System, claim props.Claim, trace check.Trace[model.State, model.Step], loop int, wrong string) *show.Document {
	d := &show.Document{
		Property: claim.Name, Says: claim.Says, Wrong: wrong, Reproduced: true,
		Forever: claim.Kind.InTheEnd(), Loop: min(loop, len(trace.Steps)), Places: places(sys.Bounds()),
	}
	for area := model.AreaFaults; area <= model.AreaStatus; area++ {
		d.Groups = append(d.Groups, area.String())
	}
	lanes := lanesOf(sys, trace.Steps)
	for _, l := range lanes {
		d.Lanes = append(d.Lanes, show.Lane{Place: siteName(sys, l.Site), Actor: l.Actor.String()})
	}
	for _, step := range trace.Steps {
		s := show.Step{Text: sys.Format(step), Sentence: sys.Sentence(step), Fault: sys.Noise(int(step.Rule)), By: slices.Index(lanes, sys.TakenBy(step))}
		for _, m := range sys.Messages(step) {
			s.Messages = append(s.Messages, show.Message{From: slices.Index(lanes, m.From), To: slices.Index(lanes, m.To), What: m.What})
		}
		d.Steps = append(d.Steps, s)
	}
	ids := map[model.State]int{}
	for i := range trace.States {
		d.States = append(d.States, state(sys, trace.States[i], ids))
	}
	return d
}

func places(scope *model.Scope) []show.Place {
	var list []show.Place
	for _, site := range scope.Sites {
		p := show.Place{Name: site.Name, Title: "site " + site.Name, Note: site.Kind.String() + ", the source"}
		if site.Parent != model.NoParent {
			p.Note = site.Kind.String() + ", below " + scope.Sites[site.Parent].Name
		}
		list = append(list, p)
	}
	return append(list, show.Place{Title: "what can still go wrong"})
}

// lanesOf returns the lanes that steps touch, in the order of the sites and, at
// a site, of the actors.
func lanesOf(sys *model.System, steps []model.Step) []model.Lane {
	var lanes []model.Lane
	for _, step := range steps {
		lanes = append(lanes, sys.TakenBy(step))
		for _, m := range sys.Messages(step) {
			lanes = append(lanes, m.From, m.To)
		}
	}
	slices.SortFunc(lanes, func(a, b model.Lane) int { return cmp.Or(a.Site-b.Site, int(a.Actor)-int(b.Actor)) })
	if len(lanes) == 0 { // the very first step is not possible: somebody has to say so
		lanes = []model.Lane{{Site: model.NoSite, Actor: model.ActorAdministrator}}
	}
	return slices.Compact(lanes)
}

func siteName(sys *model.System, site int) string {
	if site == model.NoSite {
		return ""
	}
	return sys.Bounds().Sites[site].Name
}

func state(sys *model.System, s model.State, ids map[model.State]int) show.State {
	id := func(s model.State) int {
		if _, known := ids[s]; !known {
			ids[s] = len(ids)
		}
		return ids[s]
	}
	told := show.State{AtRest: sys.AtRest(&s), ID: id(s)}
	for _, f := range sys.Describe(&s) {
		told.Fields = append(told.Fields, field(f))
	}
	sys.Steps(s, func(step model.Step, next model.State) {
		told.Possible = append(told.Possible, show.Choice{Text: sys.Format(step), To: id(next), AtRest: sys.AtRest(&next)})
	})
	return told
}

func field(f model.Field) show.Field {
	told := show.Field{Place: f.Place, Group: f.Area.String(), Label: f.Label, Value: f.Value, Data: f.Data, Kept: f.Kept,
		OnItsWay: f.Area == model.AreaChannels || f.Area == model.AreaStatus}
	switch v := f.Data.(type) {
	case model.Content:
		told.Bad = v.Torn
	case model.Versions:
		list := []model.Version{}
		for ; v != 0; v &= v - 1 {
			list = append(list, v.Lowest())
		}
		told.Data = list
	}
	return told
}
