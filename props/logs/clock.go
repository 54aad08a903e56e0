package logs

import (
	"bytes"
	"cmp"
	"time"
)

// moment is a time as a line says it.
type moment struct {
	grammar Grammar
	utc     time.Time
	local   bool // the line does not say its bias
}

// months are their names in the product's logs, whatever the language.
var months = [...]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}

// zones are names of time zones that SMS 2.0 writes, by their bias: UTC is the
// local time and that many minutes. The first of several is written.
var zones = map[int][]string{
	-780: {"New Zealand Daylight Time"},
	-720: {"New Zealand Standard Time"},
	-660: {"AUS Eastern Daylight Time"},
	-630: {"Cen. Australia Daylight Time"},
	-600: {"AUS Eastern Standard Time", "E. Australia Standard Time"},
	-570: {"Cen. Australia Standard Time"},
	-540: {"Tokyo Standard Time"},
	-480: {"China Standard Time", "Singapore Standard Time", "W. Australia Standard Time"},
	-330: {"India Standard Time"},
	-180: {"E. Europe Daylight Time", "FLE Daylight Time", "GTB Daylight Time"},
	-120: {"W. Europe Daylight Time", "Central Europe Daylight Time", "Central European Daylight Time", "Romance Daylight Time",
		"E. Europe Standard Time", "FLE Standard Time", "GTB Standard Time", "South Africa Standard Time"},
	-60: {"GMT Daylight Time", "W. Europe Standard Time", "Central Europe Standard Time", "Central European Standard Time", "Romance Standard Time"},
	0:   {"GMT Standard Time", "Greenwich Standard Time", "Coordinated Universal Time"},
	120: {"E. South America Daylight Time"},
	150: {"Newfoundland Daylight Time"},
	180: {"Atlantic Daylight Time", "E. South America Standard Time"},
	210: {"Newfoundland Standard Time"},
	240: {"Eastern Daylight Time", "Atlantic Standard Time"},
	300: {"Eastern Standard Time", "Central Daylight Time"},
	360: {"Central Standard Time", "Mountain Daylight Time"},
	420: {"Pacific Daylight Time", "Mountain Standard Time", "US Mountain Standard Time"},
	480: {"Pacific Standard Time", "Alaskan Daylight Time"},
	540: {"Alaskan Standard Time"},
	600: {"Hawaiian Standard Time"},
}

var biasOf = func() map[string]int {
	biases := map[string]int{}
	for bias, names := range zones {
		for _, name := range names {
			biases[name] = bias
		}
	}
	return biases
}()

// smsTime reads the time of the three grammars of SMS, which it tells apart.
func (p *parser) smsTime(c *cursor) moment {
	if len(c.rest) > 0 && c.rest[0] <= '9' {
		date := cursor{rest: c.upTo(" ", "a date and a time of day")}
		when := p.biased(&date, c)
		c.problem = cmp.Or(date.problem, c.problem)
		when.grammar = SMS2003
		return when
	}
	c.upTo(" ", "the day of the week and the month")
	month := monthOf(c.upTo(" ", "the month and the day"))
	if month == 0 {
		c.fail("a month as in Nov")
	}
	c.spaces()
	day := c.number(10, 2, "the day")
	c.spaces()
	clock := c.clock()
	c.spaces()
	year := c.number(10, 4, "the year")
	name := bytes.Trim(c.rest, " ~")
	if len(name) == 0 {
		return moment{SMS1, c.time(p.zone, year, month, day, clock), true}
	}
	if bias, known := biasOf[string(name)]; known {
		return moment{SMS2, c.time(time.UTC, year, month, day, clock).Add(time.Duration(bias) * time.Minute), false}
	}
	return moment{SMS2, c.time(p.zone, year, month, day, clock), true}
}

func monthOf(name []byte) int {
	for i := range months {
		if string(name) == months[i] {
			return i + 1
		}
	}
	return 0
}

// biased reads M-D-YYYY, and HH:MM:SS.mmm±BIAS.
func (p *parser) biased(date, at *cursor) moment {
	year, month, day := date.date('-')
	clock := at.clock()
	if len(at.rest) == 0 {
		return moment{CCM, at.time(p.zone, year, month, day, clock), true}
	}
	sign := time.Minute
	if at.rest[0] == '-' {
		sign = -time.Minute
	} else if at.rest[0] != '+' {
		at.fail("the bias in minutes as in +300")
		return moment{}
	}
	at.rest = at.rest[1:]
	bias := at.number(10, 4, "the bias in minutes as in +300")
	at.end("nothing after the bias")
	return moment{CCM, at.time(time.UTC, year, month, day, clock).Add(sign * time.Duration(bias)), false}
}

// halfDay reads M/D/YYYY, h:mm:ss and AM or PM.
func (p *parser) halfDay(date, at *cursor, half string) moment {
	year, month, day := date.date('/')
	clock := at.clock()
	at.end("AM or PM after the time of day")
	const noon = 12 * time.Hour
	if clock < time.Hour || clock >= noon+time.Hour || half != "AM" && half != "PM" {
		at.fail("a time of day as in 12:59:59 PM")
	}
	clock %= noon
	if half == "PM" {
		clock += noon
	}
	return moment{Clipboard, at.time(p.zone, year, month, day, clock), true}
}

// cursor reads a text from left to right. Once something is not as expected,
// problem says what was, and there is nothing more to read.
type cursor struct {
	rest    []byte
	problem string
}

func (c *cursor) fail(expected string) {
	c.problem, c.rest = cmp.Or(c.problem, expected), nil
}

// skip skips what has to be next.
func (c *cursor) skip(literal string) {
	rest, ok := bytes.CutPrefix(c.rest, []byte(literal))
	if c.rest = rest; !ok {
		c.fail(literal)
	}
}

func (c *cursor) spaces() { c.rest = bytes.TrimLeft(c.rest, " ") }

// upTo returns what is before the literal, and skips both.
func (c *cursor) upTo(literal, expected string) []byte {
	before, rest, ok := bytes.Cut(c.rest, []byte(literal))
	if c.rest = rest; !ok {
		c.fail(expected)
		return nil
	}
	return before
}

func (c *cursor) end(expected string) {
	if len(c.rest) > 0 {
		c.fail(expected)
	}
}

// number reads one digit or more, and no more than those.
func (c *cursor) number(base, digits int, expected string) int {
	n, i := 0, 0
	for ; i < len(c.rest); i++ {
		digit := digitOf(c.rest[i])
		if digit >= base {
			break
		}
		if n = n*base + digit; i >= digits {
			i = 0
			break
		}
	}
	if i == 0 {
		c.fail(expected)
		return 0
	}
	c.rest = c.rest[i:]
	return n
}

func digitOf(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return 16
}

// thread reads DEC (0xHEX).
func (c *cursor) thread() int {
	const expected = "the number of the thread as in 300 (0x12C)"
	n := c.number(10, 10, expected)
	c.spaces()
	c.skip("(0x")
	if c.number(16, 8, expected) != n {
		c.fail(expected)
	}
	c.skip(")")
	return n
}

// clock reads HH:MM:SS, and a fraction of a second if there is one.
func (c *cursor) clock() time.Duration {
	const expected = "a time of day as in 23:59:59.999"
	h := c.number(10, 2, expected)
	c.skip(":")
	m := c.number(10, 2, expected)
	c.skip(":")
	s := c.number(10, 2, expected)
	if h > 23 || m > 59 || s > 59 {
		c.fail(expected)
	}
	d := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second
	if len(c.rest) > 0 && c.rest[0] == '.' {
		digits := len(c.rest) - 1
		c.rest = c.rest[1:]
		n := c.number(10, 9, expected)
		for digits -= len(c.rest); digits < 9; digits++ {
			n *= 10
		}
		d += time.Duration(n)
	}
	return d
}

// date reads M-D-YYYY, or with another separator.
func (c *cursor) date(separator byte) (year, month, day int) {
	const expected = "a date with month, day and year"
	month = c.number(10, 2, expected)
	c.skip(string(separator))
	day = c.number(10, 2, expected)
	c.skip(string(separator))
	year = c.number(10, 4, expected)
	c.end("nothing after the date")
	return year, month, day
}

// time returns the moment at which it is that late in the zone.
func (c *cursor) time(zone *time.Location, year, month, day int, clock time.Duration) time.Time {
	if c.problem == "" && (month < 1 || month > 12 || day < 1 || day > 28 && day > daysIn(year, month)) {
		c.fail("a day of the calendar")
	}
	return time.Date(year, time.Month(month), day, 0, 0, int(clock/time.Second), int(clock%time.Second), zone).UTC()
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}
