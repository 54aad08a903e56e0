package show

import (
	"fmt"
	"go/format"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// writeGo writes the run as a test to be pasted where the model, and the property
// if there is one, are at hand.
func writeGo(w io.Writer, d *Document) error {
	k, err := d.kept()
	if err != nil {
		return err
	}
	var b strings.Builder
	name := testName(d.Property)
	if d.Property == "" {
		name = "TestPath"
	}
	fmt.Fprintf(&b, "func %s(t *testing.T) {\n", name)
	comment := func(text string) {
		for _, p := range paragraphs(text) {
			for _, line := range wrap(Printable(p), noteWidth*2) {
				fmt.Fprintf(&b, "// %s\n", line)
			}
		}
	}
	if d.Property != "" {
		comment(strings.TrimSuffix(d.Property+": "+d.Says, ": "))
	}
	for _, p := range d.reasons() {
		comment(p)
	}
	for _, sentence := range d.turn() {
		comment(sentence)
	}
	call := "check.RequireViolated(t, model, property, "
	if d.Property == "" {
		call = "check.RequireRun(t, model, "
	}
	fmt.Fprintf(&b, "%s%s)\n}\n", call, stepsLiteral(k))
	text, err := format.Source([]byte(b.String()))
	if err != nil {
		return fmt.Errorf("the Go test: %w", err)
	}
	_, err = w.Write(text)
	return err
}

// stepsLiteral is a string of Go with a step in each line, and those of a loop
// below the line "-- loop --", as in a kept file.
func stepsLiteral(k *Kept) string {
	text := string(lines(k.Steps))
	if len(k.Loop) > 0 {
		text += "-- " + loopSection + " --\n" + string(lines(k.Loop))
	}
	if strings.Trim(text, "\n") == "" {
		return `""`
	}
	if strconv.CanBackquote(strings.ReplaceAll(text, "\n", "")) {
		return "`\n" + text + "`"
	}
	var b strings.Builder
	b.WriteString(`""`)
	for line := range strings.Lines(text) {
		b.WriteString(" +\n" + strconv.Quote(line))
	}
	return b.String()
}

func testName(property string) string {
	var b strings.Builder
	for word := range strings.FieldsFuncSeq(property, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		b.WriteString(Capital(word))
	}
	name := b.String()
	if first, _ := utf8.DecodeRuneInString(name); unicode.IsLower(first) {
		name = "_" + name // go vet wants no small letter after Test
	}
	return "Test" + name + "IsViolated"
}
