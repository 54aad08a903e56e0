package explore

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"pkgdist/props/check"
	"pkgdist/props/check/show"
)

// A Place is where a person stands: a path, and how far along it.
type Place struct {
	Initial  int      // the number of the initial state
	Steps    []string // the path, as Choice.Ref names its steps
	At       int      // how many of them are taken; a person may go back, and forward again
	Property string   // what the path was walked for; may be empty
}

// mostNodes is how many states that were walked are remembered, each with the path to it: some megabytes. Beyond it all
// are forgotten, and found again when they are asked for.
const mostNodes = 20_000

// A node is a state that was walked to, and the path to it.
type node[S any, T comparable] struct {
	parent   *node[S, T] // nil is an initial state
	step     T
	state    S
	told     Step
	fields   []show.Field
	identity string
	atRest   bool
	broken   []Broken // what is wrong in the state, or with the step
	children map[string]*node[S, T]

	ever    sync.Once
	forever []Broken // what is wrong if the path goes on like this for ever
}

// expansion borrows an expansion of a state; done gives it back.
func (w *walker[S, T]) expansion(s *S) (x *check.Expansion[S, T], done func()) {
	x = w.expansions.Get().(*check.Expansion[S, T])
	x.Err = nil
	x.Enter(s)
	return x, func() { w.expansions.Put(x) }
}

// root is the node of an initial state.
func (w *walker[S, T]) root(number int) (*node[S, T], error) {
	if number < 0 || number >= len(w.initial) {
		return nil, fmt.Errorf("there is no initial state %d; expected 1 to %d", number+1, len(w.initial))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.roots[number] == nil {
		n := &node[S, T]{}
		if err := guarded(func() error { return w.enter(n, &w.initial[number]) }); err != nil {
			return nil, err
		}
		w.roots[number] = n
	}
	return w.roots[number], nil
}

// enter fills in what is known of a node's state.
func (w *walker[S, T]) enter(n *node[S, T], s *S) error {
	x, done := w.expansion(s)
	defer done()
	n.state, n.identity, n.atRest = x.Clone(s), x.Identity(s), x.AtRest
	n.fields = w.model.Fields(&n.state)
	for i := range w.properties {
		if p := &w.properties[i]; x.Decides(p) {
			n.broken = append(n.broken, brokenBy(*p))
		}
	}
	return x.Err
}

// An errImpossible is a step that cannot be taken.
type errImpossible struct{ check.ReplayError }

func (e *errImpossible) Error() string {
	return strings.TrimPrefix(e.ReplayError.Error(), "check: ")
}

// child is the node to which a step leads.
func (w *walker[S, T]) child(n *node[S, T], ref string, number int) (*node[S, T], error) {
	w.mu.Lock()
	known := n.children[ref]
	w.mu.Unlock()
	if known != nil {
		return known, nil
	}
	x, done := w.expansion(&n.state)
	defer done()
	if x.Err != nil {
		return nil, x.Err
	}
	steps := w.listed(x)
	at := slices.IndexFunc(steps, func(l listed) bool { return l.ref == ref })
	if at < 0 {
		return nil, w.impossible(n, ref, number)
	}
	i := steps[at].index
	c := &node[S, T]{parent: n, step: x.Steps[i]}
	if err := w.enter(c, &x.Nexts[i]); err != nil {
		return nil, err
	}
	for k := range w.properties {
		if p := &w.properties[k]; x.StepDecides(p, i) {
			c.broken = append(c.broken, brokenBy(*p))
		}
	}
	c.told = w.stepOf(n, c, ref)
	return w.adopt(n, ref, c), nil
}

// adopt adds a node to the tree, unless another request has.
func (w *walker[S, T]) adopt(n *node[S, T], ref string, c *node[S, T]) *node[S, T] {
	w.mu.Lock()
	defer w.mu.Unlock()
	if known := n.children[ref]; known != nil {
		return known
	}
	if w.nodes++; w.nodes > mostNodes {
		clear(w.roots)
		w.nodes = 0
	}
	if n.children == nil {
		n.children = map[string]*node[S, T]{}
	}
	n.children[ref] = c
	return c
}

// impossible says why a step cannot be taken.
func (w *walker[S, T]) impossible(n *node[S, T], ref string, number int) error {
	e := &errImpossible{check.ReplayError{At: number, Text: ref}}
	if w.model.Parse != nil {
		step, err := w.model.Parse(ref)
		e.Unknown = err
		if err == nil && w.model.WhyNot != nil {
			e.Guard = w.model.WhyNot(&n.state, step)
		}
	}
	return e
}

// walk is the states of the path, as far as it can be walked, and why it cannot be walked further.
func (w *walker[S, T]) walk(p Place) (path []*node[S, T], stopped error, err error) {
	n, err := w.root(p.Initial)
	if err != nil {
		return nil, nil, err
	}
	path = append(path, n)
	for i, ref := range p.Steps {
		err := guarded(func() (err error) { n, err = w.child(n, ref, i); return err })
		var impossible *errImpossible
		if errors.As(err, &impossible) {
			return path, err, nil
		}
		if err != nil {
			return nil, nil, err
		}
		path = append(path, n)
	}
	return path, nil, nil
}

// standing is the states up to where a person stands.
func (w *walker[S, T]) standing(p Place) (path []*node[S, T], stopped error, err error) {
	p.Steps = p.Steps[:min(max(p.At, 0), len(p.Steps))]
	return w.walk(p)
}

// listed is a step of an expansion that can be chosen.
type listed struct {
	ref   string
	index int
}

// listed are the steps of an expansion that differ, each with a reference to it: its text, and where several have the same
// text, their number among these.
func (w *walker[S, T]) listed(x *check.Expansion[S, T]) []listed {
	list := make([]listed, 0, len(x.Steps))
	seen, times := make(map[T]bool, len(x.Steps)), make(map[string]int, len(x.Steps))
	for i, step := range x.Steps {
		if seen[step] {
			continue
		}
		seen[step] = true
		ref := strings.ToValidUTF8(w.model.Text(step), "\uFFFD") // or it would not come back from a page as it is
		if times[ref]++; times[ref] > 1 {
			ref = fmt.Sprintf("%s\t#%d", ref, times[ref])
		}
		list = append(list, listed{ref, i})
	}
	return list
}
