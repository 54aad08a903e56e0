package explore

import (
	"cmp"
	"slices"
	"sync"

	"pkgdist/props/check/show"
)

type (
	// Impossible is what cannot happen at a place, and what stops it.
	Impossible struct {
		Rules  []Rule
		Silent bool // the model does not say: it has neither Rules with Blocked, nor Independence with WhyNot
	}
	// A Rule is a kind of steps.
	Rule struct {
		Name     string
		Possible bool   // it has a step that is possible; others of its steps are not
		Barred   string // the guard that stops it in every state
		Guards   []Guard
	}
	// A Guard is what stops steps.
	Guard struct {
		Name  string
		Times int           // how many steps it stops first
		Steps [][]show.Word // these steps, if the model can list them: no more than a few
	}
)

// mostUniverse is how many steps a model may have for all of them to be tried, and mostStopped how many are named of those
// that a guard stops.
const mostUniverse, mostStopped = 1 << 14, 12

// unchanged stands for the guard of a step that is possible and changes nothing.
const unchanged = "it changes something"

// universe is all steps of a model.
type universe[T comparable] struct {
	once  sync.Once
	steps []T
}

// all are the steps of the model that are possible in some state, if it can list them, and say what stops them.
func (w *walker[S, T]) all() []T {
	w.universe.once.Do(func() {
		if w.model.Independence != nil && w.model.WhyNot != nil {
			if steps := w.model.Independence.Universe(); len(steps) <= mostUniverse {
				w.universe.steps = steps
			}
		}
	})
	return w.universe.steps
}

// Impossible is what cannot happen at a place, and what stops it.
func (w *walker[S, T]) Impossible(p Place) (*Impossible, error) {
	path, _, err := w.standing(p)
	if err != nil {
		return nil, err
	}
	i := &Impossible{Rules: []Rule{}}
	return i, guarded(func() error {
		steps := w.all()
		if i.Silent = len(steps) == 0 && w.model.Blocked == nil; !i.Silent {
			w.stopped(i, path[len(path)-1], steps)
		}
		return nil
	})
}

// stopped fills in what is stopped in a state.
func (w *walker[S, T]) stopped(list *Impossible, at *node[S, T], steps []T) {
	x, done := w.expansion(&at.state)
	defer done()
	possible := map[T]bool{}
	rules := make([]Rule, max(1, len(w.model.Rules)))
	for i, name := range w.model.Rules {
		if rules[i].Name = name; w.model.Barred != nil {
			rules[i].Barred = w.model.Barred(i)
		}
	}
	rule := func(step T) *Rule {
		if w.model.Rule == nil {
			return &rules[0]
		}
		return &rules[w.model.Rule(step)]
	}
	for _, step := range x.Steps {
		possible[step] = true
		rule(step).Possible = true
	}
	for _, step := range steps {
		if !possible[step] {
			r := rule(step)
			r.block(cmp.Or(w.model.WhyNot(&at.state, step), unchanged), w.words(step, w.model.Text(step)))
		}
	}
	for i := range rules {
		if r := &rules[i]; r.Barred == "" && len(r.Guards) == 0 && w.model.Blocked != nil {
			w.model.Blocked(&at.state, i, func(guard string) { r.block(guard, nil) })
		}
	}
	slices.SortStableFunc(rules, func(a, b Rule) int {
		return cmp.Or(order(a.Barred != "")-order(b.Barred != ""), order(a.Possible)-order(b.Possible))
	})
	list.Rules = slices.DeleteFunc(rules, func(r Rule) bool { return len(r.Guards) == 0 && r.Barred == "" })
}

// block adds a step that a guard stops.
func (r *Rule) block(guard string, step []show.Word) {
	i := slices.IndexFunc(r.Guards, func(g Guard) bool { return g.Name == guard })
	if i < 0 {
		i = len(r.Guards)
		r.Guards = append(r.Guards, Guard{Name: guard})
	}
	g := &r.Guards[i]
	if g.Times++; step != nil && len(g.Steps) < mostStopped {
		g.Steps = append(g.Steps, step)
	}
}
