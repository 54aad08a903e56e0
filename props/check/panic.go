package check

import (
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

// rescue turns a panic into the error of the share, and notes that the share has outgrown its memory.
func (e *explorer[S, T]) rescue() {
	switch value := recover().(type) {
	case nil:
		return
	case outgrown:
		e.notes.outgrown = true
	case abandoned:
		e.fail(value.err)
	default:
		e.fail(panicked(value, e.whereabouts()))
	}
}

// whereabouts says what was being done when something panicked.
func (e *explorer[S, T]) whereabouts() string {
	if e.verified != nil {
		return fmt.Sprintf("while a state was encoded and decoded, %+v", *e.verified)
	}
	var s S
	if err := abandonable(func() error { e.search.codec.restore(e.image, e.scratch, &s); return nil }); err != nil {
		return fmt.Sprintf("in state %d", e.number)
	}
	text := fmt.Sprintf("in state %d, %+v", e.number, s)
	if e.judging != none {
		return fmt.Sprintf("of the property %q %s", e.search.properties[e.judging].name, text)
	}
	steps := max(e.notes.steps-e.stepsBefore, int64(len(e.inspector.listing)))
	if steps == 0 {
		return text + ", before its first step"
	}
	return fmt.Sprintf("%s, at or after its step %d%s", text, steps, e.stepNumber(s, steps))
}

// stepNumber names a step out of a state, by asking the model again, which may panic again.
func (e *explorer[S, T]) stepNumber(s S, number int64) (text string) {
	defer func() { _ = recover() }()
	newStepper(e.search.machine, func(step T, _ *S) {
		if number--; number == 0 {
			text = fmt.Sprintf(", %v", step)
		}
	}).steps(&s)
	return text
}
