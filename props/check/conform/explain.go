package conform

import (
	"context"
	"fmt"
	"slices"

	"pkgdist/props/check"
)

// Explain finds out whether a behaviour of the model explains a log: a run from an initial state, each of whose steps writes
// a line or is hidden, with the lines in the order of the log within its tolerance, and which ends with the last of them.
//
// It goes through the log with all candidates at once: every state that the model may be in after the lines so far, and
// whatever hidden steps. So refuted means that there is no such behaviour, whatever was hidden. The claims, none of which may be a
// liveness property, are judged on those behaviours alone that explain the whole log.
//
// Errors are for what makes no sense. The end of ctx is none: the log is undecided then.
func Explain[S any, T comparable](ctx context.Context, m check.Model[S, T], log Log[S, T], claims ...check.Property[S]) (*Explanation[S, T], error) {
	e, err := newExplainer(ctx, m, log, claims)
	if err != nil {
		return nil, err
	}
	return e.explain()
}

// candidate is a state in which the system may be when the lines are explained. The same state with other lines explained, or
// other claims decided, is another candidate.
type candidate[T comparable] struct {
	node    int // the state, in the graph
	lines   explained
	decided uint64 // claims: bit i is claim i
	how     *link[T]
}

// key is what tells a candidate from others with equally many lines explained: of those, which ones are ahead tells the rest.
type key struct {
	node           int
	ahead, decided uint64
}

// link is the last step of a way to a candidate.
type link[T comparable] struct {
	before *link[T] // nil before the first step
	step   T
	line   int // that it wrote, or noLine
	root   int // the index of the initial state
}

const (
	noLine = -1
	// contextCandidates is how many candidates are expanded between two looks at the context.
	contextCandidates = 256
)

// explainer goes through a log, a number of explained lines after the other.
type explainer[S any, T comparable] struct {
	ctx    context.Context
	log    Log[S, T]
	claims []check.Property[S]
	model  check.Model[S, T]
	graph  *states[S, T]

	now, next []candidate[T] // with n lines explained, and with n+1
	known     [2]map[key]bool
	result    *Explanation[S, T]
	stuck     stuck[S, T]
}

// stuck are the candidates that explain as many lines from the beginning as any.
type stuck[S any, T comparable] struct {
	first  int // the line that they do not explain
	states map[string]bool
	some   []stopped[S, T]
}

// stopped is one of them, with its state: the graph may forget it.
type stopped[S any, T comparable] struct {
	state S
	how   *link[T]
}

func newExplainer[S any, T comparable](ctx context.Context, m check.Model[S, T], log Log[S, T], claims []check.Property[S]) (*explainer[S, T], error) {
	at, err := newExpansion(m)
	if err != nil {
		return nil, err
	}
	if err := log.validate(); err != nil {
		return nil, err
	}
	if len(claims) > 64 {
		return nil, errTooManyClaims
	}
	for _, p := range claims {
		if err := p.Validate(); err != nil {
			return nil, fmt.Errorf("conform: %w", err)
		}
		if p.Kind().Liveness() {
			return nil, fmt.Errorf("conform: the claim %q (%v) is about infinite runs, and a log is finite", p.Name(), p.Kind())
		}
	}
	e := &explainer[S, T]{ctx: ctx, log: log, claims: claims, model: m, known: [2]map[key]bool{{}, {}}}
	e.graph, e.result = newStates(at, claims, &e.log), &Explanation[S, T]{model: &e.model, log: &e.log}
	return e, nil
}

func (e *explainer[S, T]) explain() (*Explanation[S, T], error) {
	for root, s := range e.model.Init() {
		e.add(&e.next, e.known[1], candidate[T]{node: e.graph.number(&s), how: &link[T]{root: root}}, nil, noLine)
	}
	for n := range len(e.log.Lines) {
		e.turn()
		if err := e.expandAll(n); err != nil || e.result.Reason != "" {
			return e.result, err
		}
		if len(e.next) == 0 {
			return e.result, e.refute()
		}
	}
	e.turn()
	return e.result, e.conclude()
}

// turn makes the next candidates those of now.
func (e *explainer[S, T]) turn() {
	e.now, e.next = e.next, e.now[:0]
	e.known[0], e.known[1] = e.known[1], e.known[0]
	clear(e.known[1])
	if len(e.graph.nodes) <= e.log.MaxCandidates {
		return
	}
	old := e.graph.forget()
	clear(e.known[0])
	for i := range e.now {
		c := &e.now[i]
		c.node = e.graph.number(&old[c.node].state)
		e.known[0][key{c.node, c.lines.ahead, c.decided}] = true
	}
}

// expandAll finds all candidates with n lines explained, by hidden steps, and then those with one more.
func (e *explainer[S, T]) expandAll(n int) error {
	for i := 0; i < len(e.now); i++ {
		if i%contextCandidates == 0 && e.ctx.Err() != nil {
			e.result.Reason = fmt.Sprintf("interrupted after %d of the %d lines: %v", n, len(e.log.Lines), e.ctx.Err())
			return nil
		}
		if err := e.expand(e.now[i]); err != nil {
			return err
		}
		if len(e.now) > e.log.MaxCandidates || len(e.next) > e.log.MaxCandidates {
			e.result.Reason = fmt.Sprintf("more than %d candidates after %d of the %d lines", e.log.MaxCandidates, n, len(e.log.Lines))
			return nil
		}
	}
	e.result.Most = max(e.result.Most, len(e.now))
	return nil
}

func (e *explainer[S, T]) expand(c candidate[T]) error {
	n, err := e.graph.expanded(c.node)
	if err != nil {
		return err
	}
	c.decided |= n.decides
	e.noteStuck(c, n)
	e.log.candidates(c.lines, func(i int) {
		if line := &e.log.Lines[i]; line.Step == nil && line.After(&n.state) {
			e.add(&e.next, e.known[1], candidate[T]{c.node, c.lines.with(i), c.decided, c.how}, nil, noLine)
		}
	})
	for i, step := range n.steps {
		then := candidate[T]{n.nexts[i], c.lines, c.decided | n.stepDecides[i], c.how}
		if e.log.hidden(step) {
			e.add(&e.now, e.known[0], then, &step, noLine)
		}
		e.log.candidates(c.lines, func(i int) {
			line := &e.log.Lines[i]
			if line.Step != nil && line.Step(step) && (line.After == nil || line.After(&e.graph.nodes[then.node].state)) {
				then.lines = c.lines.with(i)
				e.add(&e.next, e.known[1], then, &step, i)
			}
		})
	}
	return nil
}

// add adds a candidate that follows by a step, or by none, unless it is known.
func (e *explainer[S, T]) add(list *[]candidate[T], known map[key]bool, c candidate[T], step *T, line int) {
	k := key{c.node, c.lines.ahead, c.decided}
	if known[k] {
		return
	}
	known[k] = true
	if step != nil {
		c.how = &link[T]{c.how, *step, line, c.how.root}
	}
	*list = append(*list, c)
}

// noteStuck keeps the candidates that came farthest.
func (e *explainer[S, T]) noteStuck(c candidate[T], n *node[S, T]) {
	if c.lines.first > e.stuck.first || e.stuck.states == nil {
		e.stuck = stuck[S, T]{first: c.lines.first, states: map[string]bool{}}
	}
	if c.lines.first < e.stuck.first || n.stuckAt == c.lines.first+1 || e.stuck.states[n.identity] {
		return
	}
	e.stuck.states[n.identity], n.stuckAt = true, c.lines.first+1
	if len(e.stuck.some) < mostTold {
		e.stuck.some = append(e.stuck.some, stopped[S, T]{n.state, c.how})
	}
}

// behaviour is the way to a candidate, and the line that each of its steps wrote.
func (e *explainer[S, T]) behaviour(last *link[T]) (t check.Trace[S, T], wrote []int, err error) {
	var links []*link[T]
	for l := last; l.before != nil; l = l.before {
		links = append(links, l)
	}
	at := e.graph.at
	t.States = append(t.States, e.model.Init()[last.root])
	for i := len(links) - 1; i >= 0; i-- {
		last := t.States[len(t.States)-1]
		if err := at.enter(&last); err != nil {
			return t, nil, err
		}
		n := slices.Index(at.steps, links[i].step)
		if n < 0 {
			return t, nil, fmt.Errorf("conform: the model gave other steps when it was asked again about the same state; expected it to be a function of the state")
		}
		t.Steps, t.States = append(t.Steps, at.steps[n]), append(t.States, at.Clone(&at.nexts[n]))
		wrote = append(wrote, links[i].line)
	}
	return t, wrote, nil
}

// conclude judges the candidates that explain the whole log.
func (e *explainer[S, T]) conclude() (err error) {
	r, states := e.result, map[int]bool{}
	violated, first := make([]int, len(e.claims)), make([]*link[T], len(e.claims))
	for _, c := range e.now {
		n, err := e.graph.expanded(c.node)
		if err != nil {
			return err
		}
		states[c.node] = true
		end := End[S, T]{State: &n.state, decided: c.decided | n.decides, behaviour: func() (check.Trace[S, T], []int, error) { return e.behaviour(c.how) }}
		r.Ends = append(r.Ends, end)
		for i := range e.claims {
			if end.Decided(i) {
				if violated[i]++; first[i] == nil {
					first[i] = c.how
				}
			}
		}
	}
	r.Outcome, r.Candidates, r.Most = Explained, len(states), max(r.Most, len(e.now))
	if r.Trace, r.Wrote, err = r.Ends[0].Behaviour(); err != nil {
		return err
	}
	for i, p := range e.claims {
		j := Judged[S, T]{Property: p, On: OnSome}
		switch violated[i] {
		case 0:
			j.On = OnNone
		case len(e.now):
			j.On = OnEvery
		}
		if first[i] != nil {
			t, _, err := e.behaviour(first[i])
			if err != nil {
				return err
			}
			j.Trace = &t
		}
		r.Claims = append(r.Claims, j)
	}
	return nil
}
