package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/dustin/go-humanize"
	"golang.org/x/term"

	"pkgdist/props/check"
	"pkgdist/props/report"
)

// A statusLine shows progress on the last line of a terminal. Where the output
// is no terminal it shows nothing.
type statusLine struct {
	w     io.Writer // nil: no terminal
	width int
	next  time.Time // when it may be replaced
}

func newStatusLine(w io.Writer) *statusLine {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return &statusLine{}
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width < 1 {
		width = 80
	}
	return &statusLine{w: w, width: width}
}

// screenOf is what output is written for. The width of a terminal counts, or that
// which COLUMNS says; colours are for terminals, unless NO_COLOR is set.
func screenOf(w io.Writer) report.Screen {
	var s report.Screen
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		s.Colour = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
		if width, _, err := term.GetSize(int(f.Fd())); err == nil {
			s.Width = width
		}
	}
	if width, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && width > 0 {
		s.Width = width
	}
	if s.Width > 0 {
		s.Width = max(s.Width, 40)
	}
	return s
}

// progress returns what shows the progress of one design, or nil.
func (l *statusLine) progress(design string) func(check.Progress) {
	if l.w == nil {
		return nil
	}
	return func(p check.Progress) {
		l.show(fmt.Sprintf("%s: %s states, %s/s, depth %d, frontier %s, %s, %v", design,
			humanize.Comma(p.States), humanize.SIWithDigits(p.Rate(), 1, ""), p.Depth,
			humanize.Comma(p.Frontier), humanize.IBytes(uint64(p.Memory)), p.Elapsed.Round(time.Second)))
	}
}

// show replaces the line. The last column stays free, for some terminals wrap
// when it is filled.
func (l *statusLine) show(text string) {
	if now := time.Now(); l.w != nil && now.After(l.next) {
		l.next = now.Add(time.Second / 10)
		fmt.Fprintf(l.w, "\r\x1b[K%.*s", l.width-1, text)
	}
}

func (l *statusLine) clear() {
	if l.w != nil {
		fmt.Fprint(l.w, "\r\x1b[K")
	}
}
