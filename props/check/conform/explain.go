package conform

import (
	"context"
	"encoding/binary"
	"fmt"

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
type candidate[S any, T comparable] struct {
	state   S
	lines   explained
	decided uint64 // claims: bit i is claim i
	how     *link[T]
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
	at     *expansion[S, T]

	now, next []candidate[S, T] // with n lines explained, and with n+1
	known     [2]map[string]bool
	result    *Explanation[S, T]

	met     map[T]bool // steps that were possible in some candidate
	inOrder []T
	stuck   stuck[S, T]
}

// stuck are the candidates that explain as many lines from the beginning as any.
type stuck[S any, T comparable] struct {
	first  int // the line that they do not explain
	states map[string]bool
	some   []candidate[S, T]
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
	return &explainer[S, T]{ctx: ctx, log: log, claims: claims, model: m, at: at, met: map[T]bool{},
		known: [2]map[string]bool{{}, {}}, result: &Explanation[S, T]{model: &m, log: &log}}, nil
}

func (e *explainer[S, T]) explain() (*Explanation[S, T], error) {
	for root, s := range e.model.Init() {
		e.add(&e.next, e.known[1], candidate[S, T]{state: s, how: &link[T]{root: root}}, nil, noLine)
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

func (e *explainer[S, T]) expand(c candidate[S, T]) error {
	if err := e.at.enter(&c.state); err != nil {
		return err
	}
	c.decided |= e.decides()
	e.noteStuck(c)
	e.log.candidates(c.lines, func(i int) {
		if line := &e.log.Lines[i]; line.Step == nil && line.After(&e.at.State) {
			e.add(&e.next, e.known[1], candidate[S, T]{c.state, c.lines.with(i), c.decided, c.how}, nil, noLine)
		}
	})
	for n, step := range e.at.steps {
		if !e.met[step] {
			e.met[step] = true
			e.inOrder = append(e.inOrder, step)
		}
		next := &e.at.nexts[n]
		then := candidate[S, T]{*next, c.lines, c.decided | e.stepDecides(e.at.index[n]), c.how}
		if e.log.hidden(step) {
			e.add(&e.now, e.known[0], then, &step, noLine)
		}
		e.log.candidates(c.lines, func(i int) {
			line := &e.log.Lines[i]
			if line.Step != nil && line.Step(step) && (line.After == nil || line.After(next)) {
				then.lines = c.lines.with(i)
				e.add(&e.next, e.known[1], then, &step, i)
			}
		})
	}
	return nil
}

// add adds a candidate that follows by a step, or by none, unless it is known. Of candidates with equally many lines
// explained, which ones are ahead tells the rest.
func (e *explainer[S, T]) add(list *[]candidate[S, T], known map[string]bool, c candidate[S, T], step *T, line int) {
	key := []byte(e.at.Identity(&c.state))
	key = binary.LittleEndian.AppendUint64(key, c.lines.ahead)
	key = binary.LittleEndian.AppendUint64(key, c.decided)
	if known[string(key)] {
		return
	}
	known[string(key)] = true
	c.state = e.at.Clone(&c.state)
	if step != nil {
		c.how = &link[T]{c.how, *step, line, c.how.root}
	}
	*list = append(*list, c)
}

// decides is which claims the state that was entered decides.
func (e *explainer[S, T]) decides() (decided uint64) {
	for i := range e.claims {
		if e.at.Decides(&e.claims[i]) {
			decided |= 1 << i
		}
	}
	return decided
}

// stepDecides is which claims a step decides, unless it changes nothing.
func (e *explainer[S, T]) stepDecides(index int) (decided uint64) {
	for i := range e.claims {
		if index >= 0 && e.at.StepDecides(&e.claims[i], index) {
			decided |= 1 << i
		}
	}
	return decided
}

// noteStuck keeps the candidates that came farthest.
func (e *explainer[S, T]) noteStuck(c candidate[S, T]) {
	if c.lines.first > e.stuck.first || e.stuck.states == nil {
		e.stuck = stuck[S, T]{first: c.lines.first, states: map[string]bool{}}
	}
	if c.lines.first < e.stuck.first {
		return
	}
	if key := e.at.Identity(&c.state); !e.stuck.states[key] {
		e.stuck.states[key] = true
		if len(e.stuck.some) < mostTold {
			e.stuck.some = append(e.stuck.some, c)
		}
	}
}

// behaviour is the way to a candidate, and the line that each of its steps wrote.
func (e *explainer[S, T]) behaviour(c *candidate[S, T]) (t check.Trace[S, T], wrote []int, err error) {
	var links []*link[T]
	for l := c.how; l.before != nil; l = l.before {
		links = append(links, l)
	}
	t.States = append(t.States, e.model.Init()[c.how.root])
	for i := len(links) - 1; i >= 0; i-- {
		last := t.States[len(t.States)-1]
		if err := e.at.enter(&last); err != nil {
			return t, nil, err
		}
		found := false
		for n, step := range e.at.steps {
			if found = step == links[i].step; found {
				t.Steps, t.States = append(t.Steps, step), append(t.States, e.at.Clone(&e.at.nexts[n]))
				break
			}
		}
		if !found {
			return t, nil, fmt.Errorf("conform: the model gave other steps when it was asked again about the same state; expected it to be a function of the state")
		}
		wrote = append(wrote, links[i].line)
	}
	return t, wrote, nil
}

// conclude judges the candidates that explain the whole log.
func (e *explainer[S, T]) conclude() (err error) {
	r, states := e.result, map[string]bool{}
	violated, first := make([]int, len(e.claims)), make([]*candidate[S, T], len(e.claims))
	for n := range e.now {
		c := &e.now[n]
		if err := e.at.enter(&c.state); err != nil {
			return err
		}
		states[e.at.Identity(&c.state)] = true
		decided := c.decided | e.decides()
		for i := range e.claims {
			if decided>>i&1 != 0 {
				if violated[i]++; first[i] == nil {
					first[i] = c
				}
			}
		}
	}
	r.Outcome, r.Candidates, r.Most = Explained, len(states), max(r.Most, len(e.now))
	if r.Trace, r.Wrote, err = e.behaviour(&e.now[0]); err != nil {
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
