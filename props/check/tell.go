package check

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unsafe"

	"pkgdist/props/check/show"
)

// Document is the trace of the verdict, read for a person: nil if there is none.
func (v *Verdict[S, T]) Document() *show.Document {
	if v.Trace == nil || v.model == nil {
		return nil
	}
	m, err := compile(*v.model)
	if err != nil {
		return nil // it was compiled before
	}
	d := m.document(v.Trace)
	d.Property, d.Says = v.Property.name, v.Property.says
	if d.Wrong = v.Wrong(); d.Wrong == "" && v.Outcome == Violated {
		d.Wrong = v.violation()
	}
	d.Reproduced = v.Outcome != Inconclusive || v.Property.kind == KindSometimes
	if v.Property.kind.Liveness() && v.Outcome == Violated {
		d.Forever, d.Loop = true, v.Loop
	}
	if step, instead, known := v.turning(m); known {
		if d.Turn = (&show.Turn{Step: step}); instead != nil {
			d.Turn.Instead = cmp.Or(m.sentence(*instead), m.Text(*instead))
		}
	}
	return d
}

// violation is what is wrong at the end of a trace if the property cannot say so.
func (v *Verdict[S, T]) violation() string {
	claim := cmp.Or(v.Property.says, v.Property.name)
	if name := v.CaseName(); name != "" {
		claim = name + ": " + claim
	}
	return "This violates " + claim
}

// document is a trace without what a verdict says of it.
func (m *machine[S, T]) document(t *Trace[S, T]) *show.Document {
	d := &show.Document{Title: m.Name, About: m.About, Places: m.Places, Groups: m.Groups, Glossary: m.Glossary, Reproduced: true}
	d.Lanes = m.lanes(t.Steps)
	for i, step := range t.Steps {
		s := show.Step{Text: m.Text(step), Sentence: m.sentence(step)}
		if m.Remarks != nil {
			s.Remarks = m.Remarks(&t.States[i], step)
		}
		if m.Fault != nil {
			s.Fault = m.Fault(m.Rule(step))
		}
		if m.Actor != nil {
			s.By = slices.Index(d.Lanes, m.Actor(step))
		}
		for _, h := range m.handovers(step) {
			s.Messages = append(s.Messages, show.Message{From: slices.Index(d.Lanes, h.From), To: slices.Index(d.Lanes, h.To), What: h.What})
		}
		d.Steps = append(d.Steps, s)
	}
	x, beyond, ids := newExpansion(m), newExpansion(m), map[string]int{}
	for i := range t.States {
		d.States = append(d.States, m.stateOf(x, beyond, &t.States[i], ids))
	}
	return d
}

// stateOf is a state with all steps that are possible in it.
func (m *machine[S, T]) stateOf(x, beyond *Expansion[S, T], s *S, ids map[string]int) show.State {
	id := func(s *S) int {
		key := x.Identity(s)
		if _, known := ids[key]; !known {
			ids[key] = len(ids)
		}
		return ids[key]
	}
	x.Enter(s)
	told := show.State{Fields: m.Fields(s), AtRest: x.AtRest, ID: id(s)}
	for i, step := range x.Steps {
		beyond.Enter(&x.Nexts[i])
		told.Possible = append(told.Possible, show.Choice{Text: m.Text(step), Sentence: m.sentence(step), To: id(&x.Nexts[i]), AtRest: beyond.AtRest})
	}
	return told
}

func (m *Model[S, T]) sentence(step T) string {
	if m.Sentence == nil {
		return ""
	}
	return m.Sentence(step)
}

func (m *Model[S, T]) handovers(step T) []show.Handover {
	if m.Messages == nil || m.Actor == nil {
		return nil
	}
	return m.Messages(step)
}

// lanes are the actors of the steps and whom these reach, in the order of the places and of the actors.
func (m *Model[S, T]) lanes(steps []T) []show.Lane {
	if m.Actor == nil {
		return nil
	}
	var lanes []show.Lane
	add := func(l show.Lane) {
		if !slices.Contains(lanes, l) {
			lanes = append(lanes, l)
		}
	}
	for _, step := range steps {
		add(m.Actor(step))
		for _, h := range m.handovers(step) {
			add(h.From)
			add(h.To)
		}
	}
	order := func(l show.Lane) int {
		return slices.IndexFunc(m.Places, func(p show.Place) bool { return p.Name == l.Place && l.Place != "" })
	}
	slices.SortStableFunc(lanes, func(a, b show.Lane) int {
		return cmp.Or(order(a)-order(b), slices.Index(m.Actors, a.Actor)-slices.Index(m.Actors, b.Actor))
	})
	return lanes
}

// Fields is what a state says: by the model, or by its type.
func (m *Model[S, T]) Fields(s *S) []show.Field {
	if m.Describe != nil {
		return m.Describe(s)
	}
	var list []show.Field
	describe(reflect.ValueOf(s).Elem(), "", &list)
	return list
}

// mostElements is how long an array may be to have a field for each element.
const mostElements = 16

// describe adds a field for each part of a value that has one value of its own in every state. What prints itself is one
// part, and so is what has varying length.
func describe(v reflect.Value, label string, list *[]show.Field) {
	_, prints := v.Interface().(fmt.Stringer)
	switch {
	case !prints && v.Kind() == reflect.Struct && v.NumField() > 0:
		i := 0
		for f := range v.Type().Fields() {
			field := v.Field(i)
			if i++; f.Name != "_" {
				describe(reflect.NewAt(f.Type, unsafe.Pointer(field.UnsafeAddr())).Elem(), strings.TrimPrefix(label+"."+f.Name, "."), list)
			}
		}
	case !prints && v.Kind() == reflect.Array && v.Len() <= mostElements:
		for i := range v.Len() {
			describe(v.Index(i), fmt.Sprintf("%s[%d]", label, i), list)
		}
	default:
		*list = append(*list, show.Field{Label: cmp.Or(label, "state"), Value: fmt.Sprint(v.Interface()), Data: v.Interface()})
	}
}

// String is the verdict as a person reads it, with the story of its trace.
func (v Verdict[S, T]) String() string {
	var b strings.Builder
	b.WriteString(v.headline())
	if d := v.Document(); d != nil {
		b.WriteString("\n\n")
		if err := (show.Text{}).Story(&b, d); err != nil {
			fmt.Fprintf(&b, "(the story cannot be told: %v)", err)
		}
	}
	return strings.TrimRight(b.String(), "\n")
}

// headline is the verdict in a line.
func (v *Verdict[S, T]) headline() string {
	text := fmt.Sprintf("%s (%v", v.Property.name, v.Property.kind)
	if v.Property.atRest {
		text += ", at rest"
	}
	text += ")"
	if v.Property.says != "" {
		text += ": " + v.Property.says
	}
	length := ""
	if v.Trace != nil {
		length = show.Length(len(v.Trace.Steps), v.Loop)
	}
	switch {
	case v.Outcome == Violated:
		return text + "\nviolated after " + length
	case v.Property.kind == KindSometimes && v.Trace != nil && v.Outcome == Holds:
		return text + "\nreached after " + length
	case v.Outcome == Inconclusive:
		return text + "\ninconclusive: " + v.Reason
	}
	return text + "\n" + v.Outcome.String()
}

// String is the trace with a step a line, and what each changes.
func (t Trace[S, T]) String() string {
	var b strings.Builder
	m, err := compile(Model[S, T]{Init: func() []S { return t.States[:1] }, Steps: func(S, func(T, S)) {}})
	if err != nil || len(t.States) == 0 { // states without an encoding
		for i, step := range t.Steps {
			fmt.Fprintf(&b, "%4d. %v\n", i+1, step)
		}
		return b.String()
	}
	if err := (show.Text{}).Story(&b, m.document(&t)); err != nil {
		fmt.Fprintf(&b, "(the story cannot be told: %v)", err)
	}
	return b.String()
}

// Table is the verdicts in a row each, and the figures of the search.
func (r *Result[S, T]) Table() *show.Table {
	figures := show.Figures{
		OnDisk: r.OnDisk,
		States: r.States, Steps: r.Steps, Depth: r.Depth, Complete: r.Complete(), Symmetry: r.symmetric,
	}
	for i := range r.Verdicts {
		figures.Verdicts = append(figures.Verdicts, r.Verdicts[i].row())
	}
	for _, c := range r.Rules {
		figures.Rules = append(figures.Rules, show.Rule{Name: c.Rule, Fired: c.Fired})
	}
	return &show.Table{Title: r.machine.Name, Runs: []show.Result{{Name: "verdict", Figures: figures}}}
}

func (v *Verdict[S, T]) row() show.Verdict {
	row := show.Verdict{
		Name: v.Property.name, Kind: v.Property.kind.String(), Outcome: v.Outcome.String(), Reason: v.Reason,
		HasTrace: v.Trace != nil,
	}
	if v.Trace != nil {
		for _, step := range v.Trace.Steps {
			row.Trace = append(row.Trace, v.model.Text(step))
		}
		if v.Property.kind.Liveness() {
			row.Loop = &v.Loop
		}
	}
	return row
}

// String is the table of verdicts, with the reasons for what is inconclusive.
func (r *Result[S, T]) String() string {
	var b strings.Builder
	if err := r.Table().Text(&b, 0); err != nil {
		return err.Error()
	}
	return b.String()
}
