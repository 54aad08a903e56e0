package main

import (
	"context"
	"fmt"
	"time"

	"github.com/dustin/go-humanize"

	"pkgdist/props/check"
)

// limits are the flags that bound a search.
type limits struct {
	MaxStates int64         `placeholder:"N" help:"End after N states of a design."`
	MaxMemory size          `default:"4GiB" placeholder:"SIZE" help:"End when the states of a design take that much (default ${default})."`
	Timeout   time.Duration `placeholder:"DURATION" help:"End after that time in all, such as 90s or 10m."`
	Workers   int           `placeholder:"N" help:"Goroutines that explore (default: one for each CPU)."`
}

// size is a number of bytes, read as "512MB" or "4GiB".
type size uint64

// UnmarshalText reads a size.
func (s *size) UnmarshalText(text []byte) error {
	n, err := humanize.ParseBytes(string(text))
	if err != nil || n == 0 || n > 1<<62 {
		return fmt.Errorf("expected a size such as 512MB or 4GiB, found %.40q", text)
	}
	*s = size(n)
	return nil
}

// Validate says what is wrong with the flags, before anything is run.
func (l *limits) Validate() error {
	switch {
	case l.MaxStates < 0:
		return fmt.Errorf("--max-states: expected a number of states from 1, found %d", l.MaxStates)
	case l.Workers < 0:
		return fmt.Errorf("--workers: expected a number of goroutines from 1, found %d", l.Workers)
	case l.Timeout < 0:
		return fmt.Errorf("--timeout: expected a duration such as 90s, found %v", l.Timeout)
	}
	return nil
}

// within ends what is done in t when the time is up.
func (l *limits) within(t terminal) (terminal, context.CancelFunc) {
	if l.Timeout == 0 {
		return t, func() {}
	}
	var cancel context.CancelFunc
	t.ctx, cancel = context.WithTimeout(t.ctx, l.Timeout)
	return t, cancel
}

func (l *limits) options() check.Options {
	return check.Options{Workers: l.Workers, MaxStates: l.MaxStates, MaxMemory: int64(l.MaxMemory)}
}
