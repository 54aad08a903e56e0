package check

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
)

// panicFrames is how much of the stack the error for a panic tells.
const panicFrames = 6

// panicked is the error for a panic of a model or of a property. It is made in the function that is deferred, where the
// stack is still that of the panic.
func panicked(value any, where string) error {
	return fmt.Errorf("check: panic %s: %v%s", where, value, stackOfPanic())
}

// stackOfPanic names the innermost functions, without their addresses, so that it is the same in every run.
func stackOfPanic() string {
	var counters [64]uintptr
	frames := runtime.CallersFrames(counters[:runtime.Callers(1, counters[:])])
	var text strings.Builder
	inside, told := false, 0
	for more := true; more && told < panicFrames; {
		var f runtime.Frame
		f, more = frames.Next()
		if inside && !strings.HasPrefix(f.Function, "runtime.") {
			fmt.Fprintf(&text, "\n\t%s (%s:%d)", f.Function, filepath.Base(f.File), f.Line)
			told++
		}
		inside = inside || f.Function == "runtime.gopanic"
	}
	return text.String()
}

// rescue turns a panic into the error of the share.
func (e *explorer[S, T]) rescue() {
	if value := recover(); value != nil {
		e.fail(panicked(value, e.whereabouts()))
		e.waiting.lookup.states, e.waiting.strange, e.waiting.images = 0, nil, nil
	}
}

// whereabouts says how far the exploration of a state has come.
func (e *explorer[S, T]) whereabouts() string {
	var s S
	e.load(e.number, &s)
	text := fmt.Sprintf("in state %d, %+v", e.number, s)
	steps := e.notes.steps - e.stepsBefore
	if steps == 0 {
		return text + ", before its first step"
	}
	return fmt.Sprintf("%s, at or after its step %d%s", text, steps, e.stepNumber(s, steps))
}

// stepNumber names a step out of a state, by asking the model again, which may panic again.
func (e *explorer[S, T]) stepNumber(s S, number int64) (text string) {
	defer func() { _ = recover() }()
	newStepper(e.model, func(step T, _ *S) {
		if number--; number == 0 {
			text = fmt.Sprintf(", %v", step)
		}
	}).steps(&s)
	return text
}

// patience runs out when the context ends. To look at a context takes long, so that it is done only now and then.
type patience struct {
	ctx   context.Context
	looks int
}

// looksAtOnce is how often patience is asked before it looks at the context.
const looksAtOnce = 1 << 12

// abandoned is what is thrown to end a decision from deep inside: the context has ended, or a property has panicked.
type abandoned struct{ err error }

// keep ends the decision if the context has ended. A nil patience never runs out.
func (p *patience) keep() {
	if p == nil {
		return
	}
	if p.looks++; p.looks%looksAtOnce == 0 {
		if err := p.ctx.Err(); err != nil {
			panic(abandoned{err})
		}
	}
}

// patiently makes a decision, and returns the error with which it was abandoned.
func patiently(decide func() error) (err error) {
	defer func() {
		value := recover()
		if left, ok := value.(abandoned); ok {
			err = left.err
		} else if value != nil {
			panic(value)
		}
	}()
	return decide()
}

// interruption says why a context ended. Of other errors it says nothing.
func interruption(err error) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "time limit reached"
	case errors.Is(err, context.Canceled):
		return "interrupted"
	}
	return ""
}
