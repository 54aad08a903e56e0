package main

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/alecthomas/kong"
	"github.com/dustin/go-humanize"

	"pkgdist/props/check"
)

// bounds are the flags that bound all work.
type bounds struct {
	Timeout duration `placeholder:"DURATION" help:"End after that time in all, such as 90s or 10m."`
	Workers workers  `placeholder:"N" help:"Goroutines that do the work, ${most_workers} at the most (default: one for each CPU)."`
}

// limits are the flags that bound a search.
type limits struct {
	bounds    `embed:""`
	MaxStates count `unit:"states" placeholder:"N" help:"End after N states of a design."`
	MaxMemory size  `default:"4GiB" placeholder:"SIZE" help:"The most memory that the whole run may take: a design that would need more is ended there, unless it goes on on disk (default ${default})."`
}

// A count is a number from 1; 0 is a flag that was not given.
type count int

// Decode reads a count, and names its unit where it cannot.
func (c *count) Decode(ctx *kong.DecodeContext) error {
	var text string
	if err := ctx.Scan.PopValueInto("number", &text); err != nil {
		return err
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n < 1 || n > 1e15 || n != math.Trunc(n) {
		return fmt.Errorf("expected a number of %s from 1, such as 1000 or 1e6, found %.40q", ctx.Value.Tag.Get("unit"), text)
	}
	*c = count(n)
	return nil
}

// A seed is any number that a random source starts from.
type seed uint32

// UnmarshalText reads a seed.
func (s *seed) UnmarshalText(text []byte) error {
	n, err := strconv.ParseUint(string(text), 10, 32)
	if err != nil {
		return fmt.Errorf("expected a number from 0 to %d, found %.40q", math.MaxUint32, text)
	}
	*s = seed(n)
	return nil
}

// workers is a number of goroutines; 0 is a flag that was not given.
type workers int

// mostWorkers is how many goroutines there can be. More than there are processors
// make nothing faster, and each takes memory.
var mostWorkers = max(256, 4*runtime.NumCPU())

// UnmarshalText reads a number of goroutines.
func (w *workers) UnmarshalText(text []byte) error {
	n, err := strconv.Atoi(string(text))
	if err != nil || n < 1 || n > mostWorkers {
		return fmt.Errorf("expected a number of goroutines from 1 to %d, found %.40q", mostWorkers, text)
	}
	*w = workers(n)
	return nil
}

// duration is a time from 1ns; 0 is a flag that was not given.
type duration time.Duration

// UnmarshalText reads a duration.
func (d *duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil || v <= 0 {
		return fmt.Errorf("expected a duration such as 90s or 10m, found %.40q", text)
	}
	*d = duration(v)
	return nil
}

// size is a number of bytes, from a megabyte, for a forgotten unit is no limit; read as "512MB" or "4GiB".
type size uint64

// UnmarshalText reads a size.
func (s *size) UnmarshalText(text []byte) error {
	n, err := humanize.ParseBytes(string(text))
	if err != nil || n < 1e6 || n > 1<<62 {
		return fmt.Errorf("expected a size from 1MB with its unit, such as 512MB or 4GiB, found %.40q", text)
	}
	*s = size(n)
	return nil
}

func (d duration) String() string { return time.Duration(d).String() }

func (b *bounds) within(t terminal) (terminal, context.CancelFunc) {
	if b.Timeout == 0 {
		return t, func() {}
	}
	var cancel context.CancelFunc
	t.ctx, cancel = context.WithTimeout(t.ctx, time.Duration(b.Timeout))
	return t, cancel
}

// headroom is what the runtime may take beside what the searches may: 16 MiB for
// the rest of the program, and a sixteenth for what is no longer used.
func headroom(most int64) int64 { return 16<<20 + most/16 }

// within does so too, and has what is no longer used collected before the process
// takes much more than the states may. A lower limit of the environment stays.
func (l *limits) within(t terminal) (terminal, context.CancelFunc) {
	t, cancel := l.bounds.within(t)
	before := debug.SetMemoryLimit(-1)
	debug.SetMemoryLimit(min(before, int64(l.MaxMemory)+headroom(int64(l.MaxMemory))))
	return t, func() {
		debug.SetMemoryLimit(before)
		cancel()
	}
}

func (l *limits) options() check.Options {
	return check.Options{Workers: int(l.Workers), MaxStates: int64(l.MaxStates), MaxMemory: int64(l.MaxMemory)}
}
