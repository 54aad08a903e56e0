package show

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// wrap breaks a text between words into lines of about width characters.
func wrap(text string, width int) []string { return fill(strings.Fields(text), width) }

// fill sets phrases in lines of at most width characters. A phrase that fits no
// line is broken between its words, and a word never.
func fill(phrases []string, width int) []string {
	var lines []string
	line := ""
	add := func(part string) {
		if line != "" && columns(line)+1+columns(part) > width {
			lines = append(lines, line)
			line = ""
		}
		line = strings.TrimPrefix(line+" "+part, " ")
	}
	for _, phrase := range phrases {
		if columns(phrase) <= width {
			add(phrase)
			continue
		}
		for _, word := range strings.Fields(phrase) {
			add(word)
		}
	}
	return append(lines, line)
}

// Lines breaks a text between words into lines of at most width columns; a word is
// never broken.
func Lines(text string, width int) []string { return wrap(Printable(text), width) }

func columns(text string) int { return utf8.RuneCountInString(text) }

// Excerpt cuts a text to so many characters.
func Excerpt(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// Wrap writes phrases in lines of at most width columns, the first after lead
// and the others below it.
func Wrap(w io.Writer, width int, lead string, phrases []string) {
	(&printer{w: w, width: width}).wrap(lead, phrases)
}

// A printer writes lines of text, and keeps the first error.
type printer struct {
	w     io.Writer
	width int
	err   error
}

func (p *printer) line(text string) { p.raw(Printable(text)) }

// raw writes a line that may have colours.
func (p *printer) raw(text string) {
	if p.err == nil {
		_, p.err = fmt.Fprintln(p.w, strings.TrimRight(text, " "))
	}
}

func (p *printer) wrap(lead string, phrases []string) {
	var clean []string
	for _, phrase := range phrases {
		clean = append(clean, strings.Trim(Printable(phrase), " "))
	}
	for i, line := range fill(clean, p.width-columns(lead)) {
		if i == 1 {
			lead = strings.Repeat(" ", columns(lead))
		}
		p.line(lead + line)
	}
}

// list writes the first of some names, if there are any.
func (p *printer) list(lead string, names []string) {
	if len(names) == 0 {
		return
	}
	phrases := slices.Clone(names[:min(len(names), mostListed)])
	for i := range phrases[:len(phrases)-1] {
		phrases[i] += ","
	}
	if more := len(names) - mostListed; more > 0 {
		phrases = append(phrases, fmt.Sprintf("and %d more", more))
	}
	p.wrap(lead, phrases)
}

func without(list, others []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(others, s) })
}
