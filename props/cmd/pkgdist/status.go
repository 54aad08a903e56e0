package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
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

// newStatusLine begins with what is done first, for progress may take a while.
func newStatusLine(w io.Writer, begins string) *statusLine {
	l := statusLineOn(w)
	l.begin(begins + " …")
	return l
}

func statusLineOn(w io.Writer) *statusLine {
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
		if p.Back > 0 {
			l.show(fmt.Sprintf("%s: %s states, going back for traces: %s to go, %v", design,
				about(float64(p.States)), about(float64(p.Back)), p.Elapsed.Round(time.Second)))
			return
		}
		room := humanize.IBytes(uint64(p.Memory))
		if p.Disk > 0 {
			room = "disk " + humanize.IBytes(uint64(p.Disk))
		}
		l.show(fmt.Sprintf("%s: %s states, %s/s, depth %d%s, frontier %s, %s, %v", design,
			about(float64(p.States)), about(p.Rate()), p.Depth, suggests(p),
			about(float64(p.Frontier)), room, p.Elapsed.Round(time.Second)))
	}
}

// about is a number in few columns.
func about(n float64) string { return strings.ReplaceAll(humanize.SIWithDigits(n, 1, ""), " ", "") }

// suggests is what the last two levels suggest, once they say something.
func suggests(p check.Progress) string {
	const telling = 10_000 // states of a level
	if p.Before < telling {
		return ""
	}
	if rest, known := p.Rest(); known {
		return fmt.Sprintf(" (some %s to go)", about(float64(rest)))
	}
	return fmt.Sprintf(" (%+.0f %%)", 100*(float64(p.Level)/float64(p.Before)-1))
}

// show replaces the line, but not more often than can be read.
func (l *statusLine) show(text string) {
	if time.Now().After(l.next) {
		l.begin(text)
	}
}

// begin replaces the line with what is done now. The last column stays free, for some
// terminals wrap when it is filled.
func (l *statusLine) begin(text string) {
	if l.w != nil {
		l.next = time.Now().Add(time.Second / 10)
		fmt.Fprintf(l.w, "\r\x1b[K%.*s", l.width-1, text)
	}
}

func (l *statusLine) clear() {
	if l.w != nil {
		fmt.Fprint(l.w, "\r\x1b[K")
	}
}
