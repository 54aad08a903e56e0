package logs

import (
	"bytes"
	"cmp"
	"regexp"
	"strings"
	"time"
)

// parser reads the grammars.
type parser struct {
	zone       *time.Location
	components map[string]string // their names, each kept once
}

// maxComponents bounds the names that are kept; SMS has some fifty.
const maxComponents = 1 << 10

// beginOf says what the beginning of a line tells. Where the end tells more, a
// component and a thread at the beginning are part of the message.
func beginOf(line []byte, ends form) form {
	if bytes.HasPrefix(line, ccmBegin) {
		return ccm
	}
	if ends == unknown {
		if _, _, _, ok := documentHead(line); ok {
			return document
		}
	}
	return unknown
}

// endOf says what the end of a line or record tells.
func endOf(line []byte) form {
	if len(line) == 0 {
		return unknown
	}
	end := line[max(0, len(line)-maxEnd):]
	switch end[len(end)-1] {
	case '>':
		if i := bytes.LastIndexByte(end, '<'); i >= 0 && bytes.HasPrefix(end[i:], []byte("<thread=")) {
			return sms
		}
	case ')':
		before, _, ok := cutThread(end)
		if ok && (bytes.HasSuffix(before, []byte("AM")) || bytes.HasSuffix(before, []byte("PM"))) {
			return clip
		}
	}
	return unknown
}

// tail is what can be left of <thread=…>, or of DEC (0xHEX).
var tail = regexp.MustCompile(`^([<thread=]*[0-9A-Fa-f]* ?(\(?0?x?[0-9A-Fa-f]*\))?>|[0-9]* ?(\(0x|0x|x)?[0-9A-Fa-f]*\))$`)

// isTail reports whether a text is most likely the end of a record, whose
// beginning is in a file before this one.
func isTail(text []byte) bool {
	return bytes.HasSuffix(text, []byte(`">`)) || bytes.HasSuffix(text, []byte(")>")) || tail.Match(text)
}

// parse reads one record of the form. The string is what it expected instead,
// or empty.
func (p *parser) parse(text []byte, form form) (Record, string) {
	switch form {
	case ccm:
		return p.ccm(text)
	case sms:
		return p.sms(text)
	case clip:
		return p.clip(text)
	case document:
		if component, thread, message, ok := documentHead(text); ok {
			return p.record(Documentation, message, component, thread), ""
		}
	}
	return Record{}, "a record"
}

func (p *parser) record(g Grammar, text, component []byte, thread int) Record {
	name, ok := p.components[string(component)]
	if !ok {
		name = string(component)
		if len(p.components) < maxComponents {
			p.components[name] = name
		}
	}
	return Record{Grammar: g, Component: name, Thread: thread, Text: strings.Trim(string(text), textEnds)}
}

// textEnds are what Record.Text does not have at its ends: "~" is a newline.
const textEnds = " \t\r\n~"

// sms reads the three grammars that end in <COMPONENT><time><thread=…>.
func (p *parser) sms(text []byte) (Record, string) {
	i := lastIndex(text, smsMark)
	if i < 0 {
		return Record{}, "$$<COMPONENT> before the time and the thread"
	}
	c := cursor{rest: text[i+len(smsMark):]}
	component := c.upTo(">", "the component and >")
	c.skip("<")
	at := cursor{rest: c.upTo("><thread=", "the time and a thread"), problem: c.problem}
	when := p.smsTime(&at)
	thread := 0
	if when.grammar == SMS1 {
		thread = c.number(16, 8, "the number of the thread in hexadecimal digits")
	} else {
		thread = c.thread()
	}
	if string(c.rest) != ">" {
		c.fail("nothing but > after the thread")
	}
	if problem := cmp.Or(at.problem, c.problem); problem != "" {
		return Record{}, problem
	}
	r := p.record(when.grammar, text[:i], component, thread)
	r.Time, r.Local = when.utc, when.local
	return r, ""
}

// ccm reads <![LOG[MSG]LOG]!><name="value" …>.
func (p *parser) ccm(text []byte) (Record, string) {
	i := lastIndex(text, ccmMark)
	if i < len(ccmBegin) {
		return Record{}, string(ccmMark)
	}
	c := cursor{rest: text[i+len(ccmMark):]}
	c.skip("<")
	var component []byte
	var at, date cursor
	var thread, severity int
	for c.problem == "" && string(c.rest) != ">" {
		c.rest = bytes.TrimLeft(c.rest, " ")
		name := c.upTo(`="`, `attributes as in date="11-30-2026"`)
		value := cursor{rest: c.upTo(`"`, `a value and "`)}
		switch string(name) {
		case "component":
			component = value.rest
		case "time":
			at = value
		case "date":
			date = value
		case "thread":
			thread = value.number(10, 10, "the number of the thread")
		case "type":
			severity = value.number(10, 1, "a type from 0 to 3")
		}
		c.problem = cmp.Or(c.problem, value.problem)
	}
	when := p.biased(&date, &at)
	if problem := cmp.Or(c.problem, date.problem, at.problem); problem != "" {
		return Record{}, problem
	}
	if severity > int(Error) {
		return Record{}, "a type from 0 to 3"
	}
	r := p.record(CCM, text[len(ccmBegin):i], component, thread)
	r.Time, r.Local, r.Severity = when.utc, when.local, Severity(severity)
	return r, ""
}

// clip reads MSG, COMPONENT, M/D/YYYY h:mm:ss AM|PM and DEC (0xHEX). The tabs
// between them become spaces where a page was pasted once more.
func (p *parser) clip(text []byte) (Record, string) {
	rest, thread, _ := cutThread(text)
	rest, half := lastWord(rest)
	rest, clock := lastWord(rest)
	rest, day := lastWord(rest)
	date, at := cursor{rest: day}, cursor{rest: clock}
	when := p.halfDay(&date, &at, string(half))
	if problem := cmp.Or(date.problem, at.problem); problem != "" {
		return Record{}, problem
	}
	message, component := lastWord(rest)
	if bytes.HasSuffix(rest, []byte("\t")) {
		rest = trimEnd(rest)
		i := bytes.LastIndexByte(rest, '\t')
		message, component = rest[:i+1], bytes.TrimLeft(rest[i+1:], " ")
	}
	if len(component) == 0 {
		return Record{}, "a component before the time"
	}
	r := p.record(Clipboard, message, component, thread)
	r.Time, r.Local = when.utc, true
	return r, ""
}

// maxHead bounds the component and the thread at the beginning of a line.
const maxHead = 100

// documentHead cuts COMPONENT DEC (0xHEX) MSG.
func documentHead(line []byte) (component []byte, thread int, message []byte, ok bool) {
	i := bytes.Index(line[:min(len(line), maxHead)], []byte("(0x"))
	if i < 0 {
		return nil, 0, nil, false
	}
	before, _ := lastWord(line[:i])
	c := cursor{rest: line[len(before):]}
	thread = c.thread()
	component = trimEnd(before)
	ok = c.problem == "" && isComponent(component) && len(component) < len(before) &&
		(len(c.rest) == 0 || c.rest[0] == ' ' || c.rest[0] == '\t')
	return component, thread, c.rest, ok
}

// isComponent reports whether a text can be the name of a component, such as
// SMS_DESPOOLER or SMS Provider.
func isComponent(text []byte) bool {
	for i, c := range text {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (i == 0 || c != '_' && c != ' ' && (c < '0' || c > '9')) {
			return false
		}
	}
	return len(text) > 0 && bytes.Count(text, []byte(" ")) <= 2
}

// cutThread cuts DEC (0xHEX) off the end of a text.
func cutThread(text []byte) (before []byte, thread int, ok bool) {
	rest, _ := lastWord(text)
	rest, _ = lastWord(rest)
	c := cursor{rest: text[len(rest):]}
	thread = c.thread()
	return trimEnd(rest), thread, c.problem == "" && len(c.rest) == 0
}

// lastWord cuts the last word off a text, and the spaces after it.
func lastWord(text []byte) (before, word []byte) {
	text = trimEnd(text)
	i := len(text)
	for i > 0 && !isBlank(text[i-1]) {
		i--
	}
	return text[:i], text[i:]
}

// lastIndex is bytes.LastIndex, which is slow, for marks that are rare.
func lastIndex(text, mark []byte) int {
	last := -1
	for {
		i := bytes.Index(text[last+1:], mark)
		if i < 0 {
			return last
		}
		last += 1 + i
	}
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

func trimEnd(text []byte) []byte {
	for len(text) > 0 && isBlank(text[len(text)-1]) {
		text = text[:len(text)-1]
	}
	return text
}

func trim(text []byte) []byte {
	text = trimEnd(text)
	for len(text) > 0 && isBlank(text[0]) {
		text = text[1:]
	}
	return text
}
