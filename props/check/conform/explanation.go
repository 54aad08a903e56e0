package conform

import (
	"cmp"
	"fmt"
	"strings"

	"pkgdist/props/check"
	"pkgdist/props/check/show"
)

// Outcome is what Explain says about a log.
type Outcome int

// The outcomes. The zero value is the one that promises nothing.
const (
	Undecided Outcome = iota
	Explained
	Refuted
)

func (o Outcome) String() string {
	switch o {
	case Undecided:
		return "undecided"
	case Explained:
		return "explained"
	case Refuted:
		return "refuted"
	}
	return fmt.Sprintf("Outcome(%d)", int(o))
}

// Explanation is what Explain found.
type Explanation[S any, T comparable] struct {
	Outcome Outcome
	Reason  string // why it is undecided
	Most    int    // candidates that were tracked at a time

	Trace      check.Trace[S, T] // of an explained log: one behaviour that explains it
	Wrote      []int             // for each step of the trace the index of the line that it wrote, or -1
	Candidates int               // of an explained log: the different states in which such a behaviour ends
	Claims     []Judged[S, T]    // of an explained log
	Ends       []End[S, T]       // of an explained log: where such behaviours end, for what is to be said of the end

	Line  int             // of a refuted log: the index of the first line that no candidate explains, with all before it explained
	Stuck int             // of a refuted log: the different states before that line, with whatever hidden steps
	Told  []Stopped[S, T] // some of them, those without hidden steps since the line before first

	model *check.Model[S, T]
	log   *Log[S, T]
}

// Stopped is a candidate that does not explain a line.
type Stopped[S any, T comparable] struct {
	Trace check.Trace[S, T] // one way to it
	Why   []string          // what stops each step that would write the line
}

// Share is on how many of the behaviours that explain a log a claim is violated or, if it is a sometimes, true.
type Share int

// The shares.
const (
	OnNone Share = iota
	OnSome
	OnEvery
)

func (s Share) String() string {
	switch s {
	case OnNone:
		return "none"
	case OnSome:
		return "some"
	case OnEvery:
		return "every one"
	}
	return fmt.Sprintf("Share(%d)", int(s))
}

// Judged is a claim about the behaviours that explain a log.
type Judged[S any, T comparable] struct {
	Property check.Property[S]
	On       Share              // violated or, if it is a sometimes, true
	Trace    *check.Trace[S, T] // a behaviour that explains the log, on which it is; nil if there is none
}

// End is where behaviours end that explain a log. Those that end in the same state and decide the same claims have one.
type End[S any, T comparable] struct {
	State     *S
	decided   uint64
	behaviour func() (check.Trace[S, T], []int, error)
}

// Decided reports whether the claim with that index is violated or, if it is a sometimes, true on these behaviours.
func (e *End[S, T]) Decided(claim int) bool { return e.decided>>claim&1 != 0 }

// Behaviour is one of them, and for each of its steps the index of the line that it wrote, or -1.
func (e *End[S, T]) Behaviour() (t check.Trace[S, T], wrote []int, err error) {
	return e.behaviour()
}

// mostTold is how many candidates are told of a refuted log: what a person reads.
const mostTold = 4

// refute says which line no candidate explains, and why.
func (e *explainer[S, T]) refute() error {
	r := e.result
	r.Outcome, r.Line, r.Stuck = Refuted, e.stuck.first, len(e.stuck.states)
	for _, c := range e.stuck.some {
		t, _, err := e.behaviour(c.how)
		if err != nil {
			return err
		}
		why, err := e.why(&c.state)
		if err != nil {
			return err
		}
		r.Told = append(r.Told, Stopped[S, T]{t, why})
	}
	return nil
}

// why says what stops each step that would write the line. Steps are those that were possible in some candidate, as a line is
// no list of steps.
func (e *explainer[S, T]) why(s *S) (list []string, err error) {
	line := &e.log.Lines[e.stuck.first]
	if line.Step == nil {
		return []string{"the line is false of this state"}, nil
	}
	if err := e.graph.at.enter(s); err != nil {
		return nil, err
	}
	possible := map[T]bool{}
	for _, step := range e.graph.at.steps {
		if possible[step] = true; line.Step(step) {
			list = append(list, fmt.Sprintf("%s is possible, and the line is false of the state that it leads to", printed(&e.model, step)))
		}
	}
	for _, step := range e.graph.met {
		if possible[step] || !line.Step(step) {
			continue
		}
		text := printed(&e.model, step) + " is not possible"
		if e.model.WhyNot != nil {
			if guard := e.model.WhyNot(s, step); guard != "" {
				text = printed(&e.model, step) + " needs that " + guard
			}
		}
		list = append(list, text)
	}
	if list == nil {
		list = []string{"no step that was possible so far writes such a line"}
	}
	return list, nil
}

// Document is the behaviour that explains the log, read for a person, with the line that each step wrote.
func (x *Explanation[S, T]) Document() (*show.Document, error) {
	d, err := x.model.Document(&x.Trace)
	if err != nil {
		return nil, err
	}
	for i, line := range x.Wrote {
		if line != noLine {
			d.Steps[i].Log = append(d.Steps[i].Log, x.line(line))
		}
	}
	return d, nil
}

func (x *Explanation[S, T]) line(i int) string {
	return fmt.Sprintf("line %d: %s", i+1, cmp.Or(x.log.Lines[i].Text, "(no text)"))
}

// String is the outcome as a person reads it: the behaviour that explains the log, or what is in its way.
func (x *Explanation[S, T]) String() string {
	var b strings.Builder
	switch x.Outcome {
	case Explained:
		fmt.Fprintf(&b, "explained: %s, in %s at the end\n", show.Count(len(x.log.Lines), "line", "lines"), show.Count(x.Candidates, "state", "states"))
		for _, j := range x.Claims {
			fmt.Fprintf(&b, "%s (%v): %s on %v of the behaviours that explain it\n", j.Property.Name(), j.Property.Kind(), decidedAs(j.Property.Kind()), j.On)
		}
		b.WriteByte('\n')
		d, err := x.Document()
		if err == nil {
			err = (show.Text{}).Story(&b, d)
		}
		if err != nil {
			return err.Error()
		}
	case Refuted:
		fmt.Fprintf(&b, "refuted: nothing explains %s\n", x.line(x.Line))
		fmt.Fprintf(&b, "%s what is before it\n", show.Count(x.Stuck, "state is what may follow", "states are what may follow"))
		for i, told := range x.Told {
			fmt.Fprintf(&b, "\n%d. after %s:\n", i+1, show.Count(len(told.Trace.Steps), "step", "steps"))
			d, err := x.model.Document(&told.Trace)
			if err != nil {
				return err.Error()
			}
			for _, field := range d.States[len(d.States)-1].Fields {
				fmt.Fprintf(&b, "     %s %s\n", field.Label, cmp.Or(field.Value, `""`))
			}
			for _, why := range told.Why {
				fmt.Fprintf(&b, "   => %s\n", why)
			}
		}
	default:
		return "undecided: " + x.Reason
	}
	return strings.TrimRight(b.String(), "\n")
}

func decidedAs(kind check.Kind) string {
	if kind == check.KindSometimes {
		return "true"
	}
	return "violated"
}
