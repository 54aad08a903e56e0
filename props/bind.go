package props

import (
	"strings"

	"pkgdist/model"
	"pkgdist/props/check"
	"pkgdist/props/check/show"
)

// Model is a system as the checker takes it.
func Model(sys *model.System) check.Model[model.State, model.Step] {
	m := check.Model[model.State, model.Step]{
		Init:         sys.Init,
		StepsInPlace: sys.StepsInPlace,

		Format:   sys.Format,
		Parse:    sys.ParseStep,
		Sentence: sys.Sentence,
		Describe: func(s *model.State) []show.Field { return describe(sys, s) },
		Places:   places(sys),
		Groups:   groups(),
		Actors:   actors(),
		Actor:    func(step model.Step) show.Lane { return lane(sys, sys.TakenBy(step)) },
		Messages: func(step model.Step) []show.Handover { return handovers(sys, step) },
		WhyNot:   sys.WhyNot,
		Remarks:  sys.Remarks,
		Glossary: glossary(),

		Environment: sys.Environment,
		Rules:       sys.Rules(),
		Rule:        sys.Rule,
		Fault:       sys.Noise,
		Blocked:     sys.Blocked,
		Barred:      sys.Barred,

		Keeps: func(_ *model.State, step model.Step, yield func(int)) {
			if promise := sys.Constraint(step); promise >= 0 {
				yield(promise)
			}
		},

		Canonical: sys.Canonical,
		Independence: &check.Independence[model.State, model.Step]{
			Universe: sys.Universe, Conditions: sys.Conditions, Effect: sys.Effect, Obstacle: sys.Obstacle, Bits: true,
		},
		Encoding: &check.Encoding[model.State]{
			Width: sys.Width(), Decode: sys.Unpack,
			Append: func(b []byte, s *model.State) []byte {
				from := len(b)
				b = append(b, make([]byte, sys.Width())...)
				sys.Pack(s, b[from:])
				return b
			},
		},
		PackedSteps: sys.PackedSteps,
	}
	for i, name := range sys.Constraints() {
		m.Promises = append(m.Promises, check.Promise{Name: name, Strong: sys.Strong(i)})
	}
	return m
}

func describe(sys *model.System, s *model.State) []show.Field {
	var list []show.Field
	for _, f := range sys.Describe(s) {
		told := show.Field{
			Place: f.Place, Group: f.Area.String(), Label: f.Label, Value: f.Value, Data: f.Data, Kept: f.Kept,
			Inbox:    f.Area == model.AreaIncoming && f.Kept,
			OnItsWay: f.Area == model.AreaChannels || f.Area == model.AreaStatus,
		}
		switch v := f.Data.(type) {
		case model.Content:
			told.Bad = v.Torn
		case model.Versions:
			versions := []model.Version{}
			for ; v != 0; v &= v - 1 {
				versions = append(versions, v.Lowest())
			}
			told.Data = versions
		}
		list = append(list, told)
	}
	return list
}

func places(sys *model.System) []show.Place {
	scope := sys.Bounds()
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

func groups() []string {
	var list []string
	for area := model.AreaFaults; area <= model.AreaStatus; area++ {
		list = append(list, area.String())
	}
	return list
}

func actors() []string {
	var list []string
	for _, a := range model.Actors() {
		list = append(list, a.String())
	}
	return list
}

func glossary() []show.Item {
	var list []show.Item
	for _, t := range model.Words() {
		list = append(list, show.Item{Label: t.Text, Value: t.Means})
	}
	return list
}

func lane(sys *model.System, l model.Lane) show.Lane {
	place := ""
	if l.Site != model.NoSite {
		place = sys.Bounds().Sites[l.Site].Name
	}
	return show.Lane{Place: place, Actor: l.Actor.String()}
}

func handovers(sys *model.System, step model.Step) []show.Handover {
	var list []show.Handover
	for _, m := range sys.Messages(step) {
		list = append(list, show.Handover{From: lane(sys, m.From), To: lane(sys, m.To), What: m.What})
	}
	return list
}

// Under is the model with its promises of fairness as the flag of the command names them: as the model has them, none, or
// each weak or strong.
func Under[S any, T comparable](m check.Model[S, T], fairness string) check.Model[S, T] {
	switch strings.ToLower(fairness) {
	case "none":
		m.Promises, m.Keeps = nil, nil
	case "weak", "strong":
		promises := make([]check.Promise, len(m.Promises))
		for i, p := range m.Promises {
			promises[i] = check.Promise{Name: p.Name, Strong: fairness == "strong"}
		}
		m.Promises = promises
	}
	return m
}
