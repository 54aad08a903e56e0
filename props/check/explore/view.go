package explore

import (
	"cmp"
	"slices"
	"strings"

	"pkgdist/props/check"
	"pkgdist/props/check/show"
)

type (
	// A View is what a person sees at a place.
	View struct {
		Name    string // of the model among others
		Path    []Step // the whole path, as far as it can be walked
		At      int    // steps taken
		Stopped string // why the path cannot be walked as far as was asked for; empty if it can
		Panels  []show.Panel
		Changed []Change // by the last step
		AtRest  bool     // no step of the system is possible
		Met     int      // after so many steps of the path the state was the same; -1 is never
		Broken  []Broken // what is wrong here, or reached
		Steps   []Choice // that are possible here: those in the window
		Total   int      // of those that the filter lets through
		All     int      // of all that are possible
	}
	// A Step is a step of a path.
	Step struct {
		Ref     string // as Place.Steps has it
		Told    []show.Word
		Who     string
		Fault   bool
		Remarks []string
		Changed []Change
		Broken  []string // properties that the step, or the state that it leads to, violates
	}
	// A Change is a field that a step changes.
	Change struct {
		Field        int // in Row.Field
		Place, Label string
		Was, Is      string
		Bad          bool
	}
	// A Choice is a step that is possible.
	Choice struct {
		Ref         string
		Told        []show.Word
		Who         string
		Environment bool     // a step of the users, or a fault
		Broken      []string // properties that the step violates, or the state that it leads to: where there are few steps
		Taken       bool     // the path goes on with it
	}
	// Broken is a property that is violated, or a situation that is reached.
	Broken struct {
		Name, Says string
		Reached    bool // a situation: nothing is wrong
		Forever    bool // violated if the run goes on like this for ever
	}
	// A Window is which of the possible steps are wanted. The zero value is the first ones.
	Window struct {
		Filter string // words that all have to be in the step, in any order and case
		From   int
	}
)

// mostChoices is how many steps a view has at the most: more than that nobody reads. fewChoices is up to how many it
// looks at where each leads.
const mostChoices, fewChoices = 100, 50

// mostLayout is how many states of the path have a say in how the panels are laid out.
const mostLayout = 50

// View is what a person sees at a place.
func (w *walker[S, T]) View(p Place, window Window) (*View, error) {
	whole, stopped, err := w.walk(p)
	if err != nil {
		return nil, err
	}
	p.At = max(p.At, 0)
	path := whole[:min(p.At, len(whole)-1)+1]
	at := path[len(path)-1]
	v := &View{Name: w.opt.Name, At: len(path) - 1, AtRest: at.atRest, Met: w.met(path), Path: []Step{}, Changed: []Change{}, Steps: []Choice{}}
	for _, n := range whole[1:] {
		v.Path = append(v.Path, n.told)
	}
	if stopped != nil && p.At >= len(whole) {
		v.Stopped = stopped.Error()
	}
	if v.At > 0 {
		v.Changed = at.told.Changed
	}
	if v.Panels, err = w.panels(path); err != nil {
		return nil, err
	}
	next := ""
	if v.At < len(whole)-1 {
		next = whole[v.At+1].told.Ref
	}
	err = guarded(func() error {
		v.Broken = append(append([]Broken{}, at.broken...), w.brokenForever(path)...)
		w.choices(v, at, window, next)
		return nil
	})
	slices.SortStableFunc(v.Broken, func(a, b Broken) int {
		return cmp.Or(order(a.Name != p.Property)-order(b.Name != p.Property), order(a.Name != w.opt.First)-order(b.Name != w.opt.First), order(a.Reached)-order(b.Reached))
	})
	return v, err
}

func order(later bool) int {
	if later {
		return 1
	}
	return 0
}

// met is after how many steps the path was in the last state before, or -1.
func (w *walker[S, T]) met(path []*node[S, T]) int {
	last := len(path) - 1
	return slices.IndexFunc(path[:last], func(n *node[S, T]) bool { return n.identity == path[last].identity })
}

// panels are the places with what the last state of the path says of them. How they are laid out depends on what the
// states before it said, so that it changes little.
func (w *walker[S, T]) panels(path []*node[S, T]) ([]show.Panel, error) {
	d := &show.Document{Places: w.model.Places, Groups: w.model.Groups}
	for i := len(path) - 1; i >= max(0, len(path)-mostLayout); i-- {
		d.States = append(d.States, show.State{Fields: path[i].fields})
	}
	d.Steps = make([]show.Step, len(d.States)-1)
	return d.Panels()
}

// choices fills in the steps that are possible in a state.
func (w *walker[S, T]) choices(v *View, at *node[S, T], window Window, next string) {
	x, done := w.expansion(&at.state)
	defer done()
	list := w.listed(x)
	v.All, v.Total = len(list), len(list)
	if words := strings.Fields(strings.ToLower(window.Filter)); len(words) > 0 {
		list = slices.DeleteFunc(list, func(l listed) bool {
			text := strings.ToLower(l.ref + " " + w.sentence(x.Steps[l.index]))
			return slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(text, word) })
		})
		v.Total = len(list)
	}
	from := min(max(window.From, 0), len(list))
	var beyond *check.Expansion[S, T]
	if v.All <= fewChoices {
		beyond = w.expansions.Get().(*check.Expansion[S, T])
		defer w.expansions.Put(beyond)
	}
	for _, l := range list[from:min(from+mostChoices, len(list))] {
		step := x.Steps[l.index]
		c := Choice{Ref: l.ref, Told: w.words(step, l.ref), Who: w.who(step), Environment: !x.Systems(step), Taken: l.ref == next}
		if beyond != nil {
			beyond.Enter(&x.Nexts[l.index])
			for i := range w.properties {
				if p := &w.properties[i]; p.Kind().Finite() && (beyond.Decides(p) || x.StepDecides(p, l.index)) {
					c.Broken = append(c.Broken, nameOf(*p))
				}
			}
		}
		v.Steps = append(v.Steps, c)
	}
}

// stepOf is a step as the path tells it.
func (w *walker[S, T]) stepOf(from, to *node[S, T], ref string) Step {
	s := Step{Ref: ref, Told: w.words(to.step, ref), Who: w.who(to.step)}
	if w.model.Remarks != nil {
		s.Remarks = w.model.Remarks(&from.state, to.step)
	}
	if w.model.Fault != nil {
		s.Fault = w.model.Fault(w.model.Rule(to.step))
	}
	for _, c := range show.Changes(from.fields, to.fields) {
		s.Changed = append(s.Changed, Change{c.Index, c.Place, cmp.Or(c.Label, "state"), c.Was, c.Value, c.Bad})
	}
	for _, b := range to.broken {
		if !b.Reached {
			s.Broken = append(s.Broken, b.Name)
		}
	}
	return s
}

func (w *walker[S, T]) sentence(step T) string {
	if w.model.Sentence == nil {
		return ""
	}
	return w.model.Sentence(step)
}

// words are the sentence of a step, or else how it is referred to.
func (w *walker[S, T]) words(step T, ref string) []show.Word {
	d := show.Document{Glossary: w.model.Glossary}
	return d.Words(cmp.Or(w.sentence(step), ref))
}

// who says who takes a step: "Despooler at site B".
func (w *walker[S, T]) who(step T) string {
	if w.model.Actor == nil {
		return ""
	}
	return w.model.Actor(step).In(w.model.Places)
}
