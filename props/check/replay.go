package check

import (
	"fmt"
	"slices"
)

// ReplayError is why a replay does not come to its end, or does not decide its property there.
type ReplayError struct {
	At      int    // the index of the step that cannot be taken, or the number of steps if each was
	Text    string // that step as it is printed
	Guard   string // what stops it, if the model can say
	Unknown error  // why the model has no such step any more, or nil
	Flaw    string // why the run decides nothing, if each step was taken: a sentence without a full stop
}

func (e *ReplayError) Error() string {
	text := fmt.Sprintf("check: step %d, %s, ", e.At+1, e.Text)
	switch {
	case e.Flaw != "":
		return "check: the run is no counterexample: " + e.Flaw
	case e.Unknown != nil:
		return text + "no longer exists: " + e.Unknown.Error()
	case e.Guard != "":
		return text + "is not possible in the state that the steps before it lead to: it needs that " + e.Guard
	}
	return text + "is not possible in the state that the steps before it lead to"
}

// Replay takes the steps from an initial state and finds out whether the run violates p, or shows it if p is a sometimes. A
// liveness property is violated by the run that repeats the steps from loop on for ever, and stays in its last state if there
// are none. The verdict is Violated, or for a sometimes Holds. The error is a *ReplayError if a step cannot be taken, or the run
// decides nothing; the verdict has the trace as far as it went.
func Replay[S any, T comparable](m Model[S, T], p Property[S], initial S, steps []T, loop int) (Verdict[S, T], error) {
	compiled, err := compileFor(m, p)
	if err != nil {
		return Verdict[S, T]{Property: p}, err
	}
	t, err := compiled.replay(initial, steps)
	return compiled.judgeReplay(p, t, loop, err)
}

// ReplayLines is Replay for steps as Format prints them, from whichever initial state they reproduce the verdict. A line is
// read by Parse, or without it looked up among the steps that are possible.
func (m Model[S, T]) ReplayLines(p Property[S], lines []string, loop int) (Verdict[S, T], error) {
	compiled, err := compileFor(m, p)
	if err != nil {
		return Verdict[S, T]{Property: p}, err
	}
	initial, err := compiled.initial()
	if err != nil {
		return Verdict[S, T]{Property: p}, err
	}
	var best Verdict[S, T]
	var flaw error
	for i, s := range initial {
		t, err := compiled.replayLines(s, lines)
		v, err := compiled.judgeReplay(p, t, loop, err)
		if err == nil {
			return v, nil
		}
		if i == 0 || len(v.Trace.Steps) > len(best.Trace.Steps) {
			best, flaw = v, err
		}
	}
	return best, flaw
}

// compileFor compiles a model for one property.
func compileFor[S any, T comparable](m Model[S, T], p Property[S]) (*machine[S, T], error) {
	if err := p.Validate(); err != nil {
		return nil, fmt.Errorf("check: %w", err)
	}
	return compile(m)
}

// judgeReplay judges a trace that was replayed, as far as that went.
func (m *machine[S, T]) judgeReplay(p Property[S], t Trace[S, T], loop int, err error) (Verdict[S, T], error) {
	v := Verdict[S, T]{Property: p, Trace: &t, Loop: loop, model: &m.Model}
	if err != nil {
		return v, err
	}
	flaw := ""
	if p.kind.Liveness() {
		if v.Case, flaw, err = m.flawOfRun(&p, &t, loop); err != nil {
			return v, err
		}
	} else {
		v.Loop = len(t.Steps)
		flaw = m.flawOfEnd(&p, &t)
		v.Case = m.caseAtEnd(&p, &t)
	}
	if flaw != "" {
		return v, &ReplayError{At: len(t.Steps), Flaw: flaw}
	}
	v.Outcome = Violated
	if p.kind == KindSometimes {
		v.Outcome = Holds
	}
	return v, nil
}

// replayLines takes the steps that are printed as the lines.
func (m *machine[S, T]) replayLines(initial S, lines []string) (Trace[S, T], error) {
	t := Trace[S, T]{States: []S{initial}}
	x := newExpansion(m)
	for i, line := range lines {
		impossible := &ReplayError{At: i, Text: line}
		at := -1
		last := &t.States[i]
		x.Enter(last)
		if x.Err != nil {
			return t, x.Err
		}
		if m.Parse == nil {
			at = slices.IndexFunc(x.Steps, func(step T) bool { return m.Text(step) == line })
		} else {
			step, err := m.Parse(line)
			if impossible.Unknown = err; err == nil {
				at = slices.Index(x.Steps, step)
				if at < 0 && m.WhyNot != nil {
					impossible.Guard = m.WhyNot(last, step)
				}
			}
		}
		if at < 0 {
			return t, impossible
		}
		t.then(x.Steps[at], x.Clone(&x.Nexts[at]))
	}
	return t, nil
}

// Text is a step as it is printed.
func (m *Model[S, T]) Text(step T) string {
	if m.Format != nil {
		return m.Format(step)
	}
	return fmt.Sprint(step)
}

// flawOfRun says why a run violates no case of a liveness property, or which it does.
func (m *machine[S, T]) flawOfRun(p *Property[S], t *Trace[S, T], loop int) (instance int, flaw string, err error) {
	promises, labels, err := promisesOf(m.Promises)
	if err != nil {
		return 0, "", err
	}
	l := &liveness[S, T]{search: &search[S, T]{machine: m, labels: labels}, promises: promises}
	for i := range p.cases {
		if flaw = l.flaw(p, i, t, loop); flaw == "" {
			return i, "", nil
		}
	}
	return 0, flaw, nil
}

// caseAtEnd is the case of a property that the end of a trace decides.
func (m *machine[S, T]) caseAtEnd(p *Property[S], t *Trace[S, T]) int {
	last := len(t.States) - 1
	if p.aboutSteps() {
		instance, _ := p.decidedBy(&t.States[max(last-1, 0)], &t.States[last])
		return instance
	}
	instance, _ := p.decidedIn(&t.States[last], true)
	return instance
}

// replay takes the steps from a state, which need not be an initial one.
func (m *machine[S, T]) replay(initial S, steps []T) (Trace[S, T], error) {
	t := Trace[S, T]{States: []S{initial}}
	for i, wanted := range steps {
		err := m.extend(&t, func(step T, _, _ *S) bool { return step == wanted })
		if err == errFickle { // there is no such step
			impossible := &ReplayError{At: i, Text: m.Text(wanted)}
			if m.WhyNot != nil {
				impossible.Guard = m.WhyNot(&t.States[i], wanted)
			}
			return t, impossible
		}
		if err != nil {
			return t, err
		}
	}
	return t, nil
}

// Wrong says what is wrong at the end of the trace of a violated property, if the property can say so.
func (v *Verdict[S, T]) Wrong() string {
	if v.Trace == nil || v.Outcome != Violated || v.Property.cases[v.Case].because == nil {
		return ""
	}
	because, last := v.Property.cases[v.Case].because, len(v.Trace.States)-1
	if !v.Property.kind.Liveness() {
		return because(&v.Trace.States[max(last-1, 0)], &v.Trace.States[last])
	}
	for i := v.Loop; i <= last; i++ {
		if text := because(&v.Trace.States[i], &v.Trace.States[i]); text != "" {
			return text
		}
	}
	return ""
}
