package conform

import (
	"context"
	"errors"
	"slices"

	"pkgdist/props/check"
)

// shrinkRuns is how many runs of the subject are spent on a shorter trace: seconds, if a run takes milliseconds.
const shrinkRuns = 1000

// What is known about the length of a trace.
const (
	interrupted   = "interrupted: the trace may be longer than it has to be"
	notAgain      = "run again, the subject did not fail: it does not depend on the steps alone"
	noStepCanGo   = "no single step can be left out"
	smallest      = "smallest: the subject does not fail like this in any shorter trace"
	tooManyToTell = "the trace may be longer than it has to be: 1000 runs of the subject did not tell"
)

// shrinking is a failure whose trace gets shorter, by running the subject again.
type shrinking[S any, T comparable, O any] struct {
	*runner[S, T, O]
	ctx      context.Context
	best     *Failure[S, T, O]
	identity string
	runs     int
}

// shrink makes the trace of a failure shorter: by leaving steps out, and by running every shorter trace, if there are few. Only
// the same failure counts.
func (r *runner[S, T, O]) shrink(ctx context.Context, f *Failure[S, T, O]) error {
	s := &shrinking[S, T, O]{runner: r, ctx: ctx, best: f, identity: f.identity()}
	proof, err := s.shorten()
	s.best.Proof, s.best.Runs = proof, s.runs
	*f = *s.best
	if ctx.Err() != nil {
		f.Proof, err = interrupted, nil
	}
	return err
}

func (s *shrinking[S, T, O]) shorten() (proof string, err error) {
	if s.hangs() {
		return "the subject hangs, so the trace was not made shorter", nil
	}
	if again, err := s.tryTrace(s.best.Trace); err != nil || !again {
		return notAgain, err
	}
	for size := max(len(s.best.Trace.Steps)/2, 1); ; {
		shorter, err := s.leaveOut(size)
		switch {
		case err != nil:
			return "", err
		case s.runs >= shrinkRuns:
			return tooManyToTell, nil
		case size > 1:
			size /= 2
		case !shorter:
			return s.runShorter()
		}
	}
}

// runShorter runs every trace that is one step shorter, and so every shorter one, until there are too many.
func (s *shrinking[S, T, O]) runShorter() (proof string, err error) {
	for len(s.best.Trace.Steps) > 0 {
		var traces []check.Trace[S, T]
		few := true
		for _, initial := range s.model.Init() {
			few = few && s.traces(check.Trace[S, T]{States: []S{initial}}, len(s.best.Trace.Steps)-1, &traces)
		}
		if !few {
			return noStepCanGo, nil
		}
		shorter := false
		for i := 0; i < len(traces) && !shorter; i++ {
			if shorter, err = s.tryTrace(traces[i]); err != nil {
				return "", err
			}
		}
		if !shorter {
			break
		}
	}
	return smallest, nil
}

// traces adds the traces that go on for so many steps, or end before, and reports whether there are few enough to run.
func (s *shrinking[S, T, O]) traces(t check.Trace[S, T], left int, list *[]check.Trace[S, T]) bool {
	if s.at.enter(&t.States[len(t.States)-1]) != nil || left == 0 || len(s.at.steps) == 0 {
		*list = append(*list, t)
		return s.runs+len(*list) <= shrinkRuns
	}
	for _, step := range slices.Clone(s.at.steps) {
		next, _ := s.then(t, step)
		if !s.traces(next, left-1, list) {
			return false
		}
	}
	return true
}

// hangs reports whether each further run would leave goroutines behind.
func (s *shrinking[S, T, O]) hangs() bool {
	var stuck *stuckError
	return errors.As(s.best.Err, &stuck) && stuck.hangs
}

// try runs those of the steps that are possible in their turn.
func (s *shrinking[S, T, O]) try(from S, steps []T) (same bool, err error) {
	t := check.Trace[S, T]{States: []S{from}}
	for _, step := range steps {
		t, _ = s.then(t, step)
	}
	return s.tryTrace(t)
}

// tryTrace runs a trace, and keeps the failure if it is the same and no longer.
func (s *shrinking[S, T, O]) tryTrace(t check.Trace[S, T]) (same bool, err error) {
	s.runs++
	done, err := s.run(s.ctx, t)
	if err != nil || done.failure == nil || done.failure.identity() != s.identity || len(done.failure.Trace.Steps) > len(s.best.Trace.Steps) {
		return false, err
	}
	s.best = done.failure
	return true, nil
}

// leaveOut tries the trace without each run of so many steps, the last first, and reports whether it got shorter.
func (s *shrinking[S, T, O]) leaveOut(size int) (shorter bool, err error) {
	for end := len(s.best.Trace.Steps); end > 0 && s.runs < shrinkRuns; end -= size {
		end = min(end, len(s.best.Trace.Steps))
		begin := max(end-size, 0)
		steps := s.best.Trace.Steps
		same, err := s.try(s.best.Trace.States[0], slices.Concat(steps[:begin], steps[end:]))
		if err != nil {
			return shorter, err
		}
		shorter = shorter || same
	}
	return shorter, nil
}
