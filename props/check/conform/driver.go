package conform

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// Driver connects a model, with states S and steps T, to an implementation of which O can be observed. O is compared as
// states are: a nil slice or map is the same as an empty one, and pointers, interfaces, channels and functions are refused.
type Driver[S any, T comparable, O any] struct {
	// Start starts the subject afresh, in an initial state of the model.
	Start func(ctx context.Context, initial *S) (Subject[T, O], error)
	// Expected is what should be observed in a state of the model: its projection.
	Expected func(s *S) O
	// Bound is how long one call of the subject may take; 0 is ten seconds. A subject that takes longer is blocked.
	Bound time.Duration
	// Module is the path of the module whose code it is, for go tool pkgdist conform, which says its version. Empty is that of
	// the test.
	Module string
}

// Subject is an implementation that was started. All calls come one after the other, each from a goroutine of its own.
type Subject[T comparable, O any] interface {
	// Step does one step of the model, and returns when it is done. The step is possible in the model. An error says that
	// the subject cannot do it, unless it is made by Instead.
	Step(ctx context.Context, step T) error
	// Observe is what can be seen now. It is called after the start and after each step.
	Observe(ctx context.Context) (O, error)
	// Stop ends the subject, in whatever state it is. A subject that hangs is left alone.
	Stop() error
}

// Instead is what Step returns if the subject chose for itself, and did one of these steps and not the one that it was asked
// for. More than one says that it cannot be told which: all of them are tracked until an observation tells.
func Instead[T comparable](steps ...T) error { return instead[T](steps) }

type instead[T comparable] []T

func (steps instead[T]) Error() string { return fmt.Sprintf("did one of %v instead", []T(steps)) }

const (
	// bound is far more than a call takes on a busy machine, and less than a person waits.
	bound = 10 * time.Second
	// grace is how long a call may take to heed the end of its context.
	grace = time.Second
)

func (d *Driver[S, T, O]) validate() error {
	switch {
	case d.Start == nil || d.Expected == nil:
		return errors.New("conform: the driver has no Start or no Expected; expected both")
	case d.Bound < 0:
		return fmt.Errorf("conform: Bound is %v; expected a time, or 0 for %v", d.Bound, bound)
	case d.Bound == 0:
		d.Bound = bound
	}
	return nil
}

// stuckError says that a call of the subject did not come to its end.
type stuckError struct {
	after time.Duration
	hangs bool // it did not heed its context either, so that nothing more can be asked of the subject
	err   error
}

func (e *stuckError) Error() string {
	switch {
	case e.hangs:
		return fmt.Sprintf("it hangs: it is not done after %v, and does not heed the end of its context", e.after)
	case e.err != nil:
		return fmt.Sprintf("it is blocked: it is not done after %v: %v", e.after, e.err)
	}
	return fmt.Sprintf("it is blocked: it is not done after %v", e.after)
}

func (e *stuckError) Unwrap() error { return e.err }

// placeOfPanic is the line that panics, in the function that is deferred.
func placeOfPanic() string {
	var counters [64]uintptr
	frames := runtime.CallersFrames(counters[:runtime.Callers(1, counters[:])])
	for inside, more := false, true; more; {
		var f runtime.Frame
		f, more = frames.Next()
		if inside && !strings.HasPrefix(f.Function, "runtime.") {
			return fmt.Sprintf(" (%s:%d)", filepath.Base(f.File), f.Line)
		}
		inside = inside || f.Function == "runtime.gopanic"
	}
	return ""
}

// within calls f in a goroutine of its own, and comes back whatever f does.
func within[R any](ctx context.Context, bound time.Duration, f func(ctx context.Context) (R, error)) (R, error) {
	type answer struct {
		result R
		err    error
	}
	ctx, cancel := context.WithTimeout(ctx, bound)
	defer cancel()
	answers := make(chan answer, 1)
	go func() {
		a := answer{err: errors.New("the driver ended its goroutine, as t.FailNow does; expected it to return an error")}
		defer func() {
			if thrown := recover(); thrown != nil {
				a.err = fmt.Errorf("it panics: %v%s", thrown, placeOfPanic())
			}
			answers <- a
		}()
		a.result, a.err = f(ctx)
	}()
	var a answer
	select {
	case a = <-answers:
	case <-ctx.Done():
		patience := time.NewTimer(grace)
		defer patience.Stop()
		select {
		case a = <-answers:
		case <-patience.C:
			return a.result, &stuckError{after: bound, hangs: true}
		}
	}
	if a.err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		a.err = &stuckError{after: bound, err: a.err}
	}
	return a.result, a.err
}
