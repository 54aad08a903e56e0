package logs

import (
	"fmt"
	"strconv"
	"strings"
)

// A status message in a log is one line:
//
//	STATMSG: ID=2301 SEV=I LEV=M SOURCE="SMS Server" COMP="…" SYS=HOST SITE=AUS PID=1 TID=2 GMTDATE=…
//	ISTR0="…" … ISTR9="…" NUMATTRS=2 AID0=400 AVAL0="AUS0001B" AID1=410 AVAL1="2"
//
// Quotes in a value are not escaped: it ends where the next key begins.
const statusBegin = "STATMSG:"

// The attributes of a status message that say what it is about.
const (
	attributePackage = 400
	attributeDP      = 404
	attributeVersion = 410
)

var severities = map[string]Severity{"I": Informational, "W": Warning, "E": Error}

func recogniseStatus(r *Record) (Message, bool) {
	id, ok := number(r.Text, "ID")
	if !ok {
		return Message{}, false
	}
	m := Message{Record: *r, Kind: Status, Status: id}
	if kind, known := statuses[id]; known {
		m.Kind = kind
	}
	m.Severity = severities[word(r.Text, "SEV")]
	m.Site = word(r.Text, "SITE")
	rest := r.Text[max(0, strings.LastIndex(r.Text, " NUMATTRS=")):]
	count, _ := number(rest, "NUMATTRS")
	for i := range count {
		attribute, ok := number(rest, fmt.Sprint("AID", i))
		_, value, found := strings.Cut(rest, fmt.Sprintf(` AVAL%d="`, i))
		if !ok || !found {
			break // the line is cut off here
		}
		value, rest = strings.TrimSuffix(value, `"`), ""
		if end := strings.Index(value, fmt.Sprintf(`" AID%d=`, i+1)); end >= 0 && i+1 < count {
			value, rest = value[:end], value[end+1:]
		}
		switch attribute {
		case attributePackage:
			if !strings.Contains(value, `"`) { // else it is part of another line
				m.Package = value
			}
		case attributeDP:
			m.DP = value
		case attributeVersion:
			m.Version, _ = strconv.Atoi(value)
		}
	}
	return m, true
}

// word returns the value of a key that has no quotes.
func word(text, key string) string {
	_, value, _ := strings.Cut(text, " "+key+"=")
	value, _, _ = strings.Cut(value, " ")
	return value
}

func number(text, key string) (int, bool) {
	n, err := strconv.Atoi(word(text, key))
	return n, err == nil
}

// sayStatus returns the status message that says what the message says: that
// of its number, or else the first of its kind.
func (m *Message) sayStatus() string {
	id := m.Status
	for status, kind := range statuses {
		if m.Status == 0 && kind == m.Kind && (id == 0 || status < id) {
			id = status
		}
	}
	severity := "I"
	for letter, s := range severities {
		if s == m.Severity {
			severity = letter
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, `%s ID=%d SEV=%s LEV=M SOURCE="SMS Server" COMP="%s" SYS=SERVER SITE=%s PID=1 TID=%d GMTDATE=%s`,
		statusBegin, id, severity, m.Component, m.Site, m.Thread, m.Time.UTC().Format("Mon Jan 02 15:04:05.000 2006"))
	for i := range 10 {
		fmt.Fprintf(&b, ` ISTR%d=""`, i)
	}
	attributes := []string{}
	add := func(id int, value string) {
		n := len(attributes)
		attributes = append(attributes, fmt.Sprintf(` AID%d=%d AVAL%d="%s"`, n, id, n, value))
	}
	if m.Package != "" {
		add(attributePackage, m.Package)
	}
	if m.Version != 0 {
		add(attributeVersion, strconv.Itoa(m.Version))
	}
	if m.DP != "" { // the last, as it may have quotes
		add(attributeDP, m.DP)
	}
	fmt.Fprintf(&b, " NUMATTRS=%d%s", len(attributes), strings.Join(attributes, ""))
	return b.String()
}
