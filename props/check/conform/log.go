package conform

import (
	"errors"
	"fmt"
	"math/bits"
)

// Line is a line of a log: what it says of a step, of a state, or of both. A value that is not known is one that neither
// function asks for.
type Line[S any, T comparable] struct {
	Text  string            // as it stands in the log
	Step  func(step T) bool // whether such a step writes the line. nil: no step does, the line is about the state at that time
	After func(s *S) bool   // whether the line is true of the state, which is that after the step. nil: of any
}

// Log is what was observed of a run that began in an initial state of the model.
type Log[S any, T comparable] struct {
	Lines []Line[S, T]
	// Hidden reports whether a step may leave no line; nil is that none may. A hidden step may write a line all the same.
	Hidden func(step T) bool
	// Tolerance is how far lines may be out of order: before a line is explained, as many of those right after it may be.
	Tolerance int
	// MaxCandidates is how many candidates are tracked at a time; 0 is 100,000. With more, the log is undecided.
	MaxCandidates int
}

const (
	// maxCandidates takes some hundred megabytes at the most, for states of a kilobyte.
	maxCandidates = 100_000
	// maxTolerance is what a word has bits for.
	maxTolerance = 63
)

func (l *Log[S, T]) validate() error {
	switch {
	case l.Tolerance < 0 || l.Tolerance > maxTolerance:
		return fmt.Errorf("conform: Tolerance is %d; expected a number of lines up to %d", l.Tolerance, maxTolerance)
	case l.MaxCandidates < 0:
		return fmt.Errorf("conform: MaxCandidates is %d; expected a number of candidates, or 0 for %d", l.MaxCandidates, maxCandidates)
	case l.MaxCandidates == 0:
		l.MaxCandidates = maxCandidates
	}
	for i, line := range l.Lines {
		if line.Step == nil && line.After == nil {
			return fmt.Errorf("conform: line %d, %q, says nothing; expected Step or After", i+1, line.Text)
		}
	}
	return nil
}

var errTooManyClaims = errors.New("conform: expected 64 claims at the most")

// explained is which lines of a log are explained: all before the first that is not, and some of those after it.
type explained struct {
	first int    // that is not
	ahead uint64 // bit i: line first+i is
}

// with is explained with one line more, which is not explained yet and not too far ahead.
func (e explained) with(line int) explained {
	e.ahead |= 1 << (line - e.first)
	passed := bits.TrailingZeros64(^e.ahead)
	e.first += passed
	e.ahead >>= passed
	return e
}

// candidates yields the lines that may be explained next.
func (l *Log[S, T]) candidates(e explained, yield func(line int)) {
	for i := 0; i <= l.Tolerance && e.first+i < len(l.Lines); i++ {
		if e.ahead>>i&1 == 0 {
			yield(e.first + i)
		}
	}
}

func (l *Log[S, T]) hidden(step T) bool { return l.Hidden != nil && l.Hidden(step) }
