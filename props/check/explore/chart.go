package explore

import (
	"slices"
	"sync"

	"pkgdist/props/check"
)

type (
	// A Map is the space of states, nearest first.
	Map struct {
		Large  bool     // too large to be drawn: then there are the levels alone
		Nodes  []Node   // each state
		Edges  [][2]int // the steps between states, without those that are double
		Path   []int    // the nodes of the path, up to where the person stands
		Levels []Level
	}
	// A Node is a state.
	Node struct {
		Level  int    // steps from an initial state
		Parent int    // the node from which it was found first; -1 is none: the state is initial
		Step   string // from there, as Place.Steps has it; of an initial state nothing
		Broken bool   // a property is violated in it, or by the step from its parent
		AtRest bool
	}
	// A Level is the states of one distance from an initial state.
	Level struct {
		States int64
		Broken []string // properties of which the shortest counterexample ends here
	}
)

// mostDrawn is how many states a map draws: as dots, that is what fits a screen.
const mostDrawn = 5000

// chart is the map of a model, once it is drawn.
type chart struct {
	once    sync.Once
	err     error
	drawn   Map
	numbers map[string]int // by the identity of the state
}

// Map is the space of states, and where in it a path leads.
func (w *walker[S, T]) Map(p Place) (*Map, error) {
	path, _, err := w.standing(p)
	if err != nil {
		return nil, err
	}
	w.chart.once.Do(func() { w.chart.err = guarded(w.draw) })
	if w.chart.err != nil {
		return nil, w.chart.err
	}
	m := w.chart.drawn
	searched := w.Searched()
	for i, n := range searched.Levels {
		level := Level{States: n}
		for _, v := range searched.Verdicts {
			if v.There != nil && v.Outcome == check.Violated.String() && len(v.There.Steps) == i {
				level.Broken = append(level.Broken, v.Name)
			}
		}
		m.Levels = append(m.Levels, level)
	}
	for _, n := range path {
		if at, there := w.chart.numbers[n.identity]; there {
			m.Path = append(m.Path, at)
		}
	}
	return &m, nil
}

// draw draws the states, breadth first. Of a space that is too large nothing stays.
func (w *walker[S, T]) draw() error {
	c := &w.chart
	c.numbers = map[string]int{}
	var states []S
	x, done := w.expansion(&w.initial[0])
	defer done()
	number := func(s *S, n Node) (at int, ok bool) {
		key := x.Identity(s)
		at, known := c.numbers[key]
		if known {
			return at, true
		}
		if len(states) == mostDrawn {
			return 0, false
		}
		at = len(states)
		c.numbers[key], states, c.drawn.Nodes = at, append(states, x.Clone(s)), append(c.drawn.Nodes, n)
		return at, true
	}
	for i := range w.initial {
		if _, ok := number(&w.initial[i], Node{Parent: -1}); !ok {
			return w.tooLarge()
		}
	}
	for i := 0; i < len(states); i++ {
		x.Enter(&states[i])
		if x.Err != nil {
			return x.Err
		}
		n := &c.drawn.Nodes[i]
		n.AtRest, n.Broken = x.AtRest, n.Broken || w.breaks(func(p *check.Property[S]) bool { return x.Decides(p) })
		if w.model.Constraint != nil && !w.model.Constraint(&states[i]) {
			continue
		}
		level := n.Level + 1
		for _, l := range w.listed(x) {
			broken := w.breaks(func(p *check.Property[S]) bool { return x.StepDecides(p, l.index) })
			to, ok := number(&x.Nexts[l.index], Node{Level: level, Parent: i, Step: l.ref, Broken: broken})
			if !ok {
				return w.tooLarge()
			}
			if !slices.Contains(c.drawn.Edges[max(0, len(c.drawn.Edges)-len(x.Steps)):], [2]int{i, to}) {
				c.drawn.Edges = append(c.drawn.Edges, [2]int{i, to})
			}
		}
	}
	return nil
}

// breaks reports whether a property is violated, and not only a situation reached.
func (w *walker[S, T]) breaks(decides func(p *check.Property[S]) bool) bool {
	return slices.ContainsFunc(w.properties, func(p check.Property[S]) bool { return p.Kind().Finite() && decides(&p) })
}

func (w *walker[S, T]) tooLarge() error {
	w.chart.drawn, w.chart.numbers = Map{Large: true}, nil
	return nil
}
