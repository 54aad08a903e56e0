package check

import (
	"context"
	"errors"
)

// pollEvery is how many calls of poll there are between two looks at the context, which take long.
const pollEvery = 1 << 12

// abandoned is what is thrown to end a computation from deep inside: the context has ended, a property has panicked, or a
// share of the work has outgrown its memory.
type abandoned struct{ err error }

// poller looks at a context now and then.
type poller struct {
	ctx   context.Context
	calls int
}

// poll abandons the computation if the context has ended. A nil poller has none.
func (p *poller) poll() {
	if p == nil {
		return
	}
	if p.calls++; p.calls%pollEvery == 0 {
		if err := p.ctx.Err(); err != nil {
			panic(abandoned{err})
		}
	}
}

// abandonable runs a computation, and returns the error with which it was abandoned.
func abandonable(compute func() error) (err error) {
	defer func() {
		value := recover()
		if left, ok := value.(abandoned); ok {
			err = left.err
		} else if value != nil {
			panic(value)
		}
	}()
	return compute()
}

// Interruption is why a search ended whose context has that error, in the words of Result.Stopped. Of other errors it says
// nothing.
func Interruption(err error) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "time limit reached"
	case errors.Is(err, context.Canceled):
		return "interrupted"
	}
	return ""
}
