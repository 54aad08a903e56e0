package explore

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"pkgdist/props/check"
)

type (
	// Searched is what the search has found so far.
	Searched struct {
		Begun, Ended  bool
		States, Steps int64
		Frontier      int64 // states found, and not expanded yet
		Depth         int
		Rate          float64 // states in a second
		Seconds       float64
		Levels        []int64 // states at each distance from an initial state
		Stopped       string  // why not all states were explored
		Failed        string  // what is wrong with the model
		Verdicts      []Verdict
	}
	// A Verdict is what the search says of a property.
	Verdict struct {
		Name, Kind, Says string
		Outcome          string // violated, reached, holds or inconclusive; empty is not known yet
		Reason           string
		There            *Place // where it breaks, or is reached; nil is nowhere
	}
)

// searching is a search, as far as it has come.
type searching struct {
	mu       sync.Mutex
	searched Searched
}

func (s *searching) change(change func(*Searched)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.searched)
}

// verdicts are the properties, of which nothing is known yet: the one to come first, and then the others in their order.
func (w *walker[S, T]) verdicts() []Verdict {
	list := []Verdict{}
	for _, p := range w.properties {
		kind := p.Kind().String()
		if p.AtRest() {
			kind += ", at rest"
		}
		list = append(list, Verdict{Name: nameOf(p), Kind: kind, Says: p.Sentence()})
	}
	slices.SortStableFunc(list, func(a, b Verdict) int { return order(a.Name != w.opt.First) - order(b.Name != w.opt.First) })
	return list
}

// Searched is what the search has found so far.
func (w *walker[S, T]) Searched() (now Searched) {
	w.search.change(func(s *Searched) {
		now = *s
		now.Verdicts = slices.Clone(s.Verdicts)
	})
	return now
}

// Search explores all states, and returns when that is done or ctx has ended.
func (w *walker[S, T]) Search(ctx context.Context) {
	w.search.change(func(s *Searched) { s.Begun = true })
	opt, begun := w.opt.Search, time.Now()
	opt.Progress = func(p check.Progress) { w.progress(p) }
	opt.Decided = w.decided
	var result *check.Result[S, T]
	err := guarded(func() (err error) {
		result, err = check.Exhaustive(ctx, w.model, w.properties, opt)
		return err
	})
	w.search.change(func(s *Searched) {
		s.Ended, s.Frontier = true, 0
		if s.Seconds = time.Since(begun).Seconds(); err != nil {
			s.Failed = err.Error()
			return
		}
		s.States, s.Steps, s.Depth, s.Levels, s.Stopped = result.States, result.Steps, result.Depth, result.Levels, result.Stopped
		for i := range s.Verdicts {
			at := slices.IndexFunc(result.Verdicts, func(v check.Verdict[S, T]) bool { return nameOf(v.Property) == s.Verdicts[i].Name })
			w.conclude(&s.Verdicts[i], result.Verdicts[at])
		}
	})
}

func (w *walker[S, T]) progress(p check.Progress) {
	w.search.change(func(s *Searched) {
		s.States, s.Steps, s.Frontier, s.Depth = p.States, p.Steps, p.Frontier, p.Depth
		s.Rate, s.Seconds, s.Levels = p.Rate(), p.Elapsed.Seconds(), p.Levels
	})
}

// decided notes what is decided while the search goes on.
func (w *walker[S, T]) decided(property string, steps []string) {
	p := w.properties[slices.IndexFunc(w.properties, func(p check.Property[S]) bool { return p.Name() == property })]
	there := &Place{Steps: steps, At: len(steps), Property: nameOf(p)}
	for i := range w.initial { // the steps alone do not say from which they are
		there.Initial = i
		if _, stopped, err := w.walk(*there); err == nil && stopped == nil {
			break
		}
	}
	w.search.change(func(s *Searched) {
		for i := range s.Verdicts {
			if v := &s.Verdicts[i]; v.Name == nameOf(p) {
				v.Outcome, v.There = "violated", there
				if p.Kind() == check.KindSometimes {
					v.Outcome = "reached"
				}
			}
		}
	})
}

// conclude notes what a search that has ended says.
func (w *walker[S, T]) conclude(v *Verdict, found check.Verdict[S, T]) {
	v.Outcome, v.Reason, v.There = found.Outcome.String(), found.Reason, nil
	if found.Trace == nil {
		return
	}
	if found.Property.Kind() == check.KindSometimes {
		v.Outcome = "reached"
	}
	place, err := w.place(found.Trace)
	if err != nil {
		v.Reason = err.Error()
		return
	}
	v.There = place
	v.There.Property = v.Name
}

// place is where a trace leads.
func (w *walker[S, T]) place(t *check.Trace[S, T]) (*Place, error) {
	x, done := w.expansion(&t.States[0])
	defer done()
	first := x.Identity(&t.States[0])
	p := &Place{At: len(t.Steps), Steps: []string{}}
	p.Initial = slices.IndexFunc(w.initial, func(s S) bool { return x.Identity(&s) == first })
	if p.Initial < 0 {
		return nil, fmt.Errorf("the trace begins in a state that is no initial one")
	}
	var err error
	p.Steps, err = w.references(x, t)
	return p, err
}

// references are the steps of a trace, as a place names them.
func (w *walker[S, T]) references(x *check.Expansion[S, T], t *check.Trace[S, T]) ([]string, error) {
	refs := []string{}
	for i, step := range t.Steps {
		x.Enter(&t.States[i])
		list := w.listed(x)
		at := slices.IndexFunc(list, func(l listed) bool { return x.Steps[l.index] == step })
		if at < 0 {
			return nil, fmt.Errorf("step %d of the trace, %v, is not possible when the model is asked again", i+1, step)
		}
		refs = append(refs, list[at].ref)
	}
	return refs, nil
}
