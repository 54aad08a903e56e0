package show

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Printable replaces what no form can show: control characters, what turns the
// direction of text, and bytes that are no text. Line breaks become spaces.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == unicode.ReplacementChar || !unicode.IsGraphic(r):
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
}

// escape replaces each character for which plain is false.
func escape(text string, plain func(rune) bool, replace func(rune) string) string {
	var b strings.Builder
	for _, r := range Printable(text) {
		if plain(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(replace(r))
		}
	}
	return b.String()
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// MermaidText is a text for a label, a note or a message of a Mermaid diagram:
// whatever could mean something else is a character code, which Mermaid turns
// back.
func MermaidText(text string) string {
	return escape(text, func(r rune) bool { return isWord(r) || strings.ContainsRune(" .,()/'_→⇒…⚠◆", r) || r == '-' },
		func(r rune) string { return fmt.Sprintf("#%d;", r) })
}

// dotText is the inside of a string of Graphviz. Graphviz reads entities in it,
// and escapes of its own.
func dotText(text string) string {
	return escape(text, func(r rune) bool { return !strings.ContainsRune(`"\&<>`, r) },
		func(r rune) string {
			return map[rune]string{'"': `\"`, '\\': `\\`, '&': "&amp;", '<': "&lt;", '>': "&gt;"}[r]
		})
}

// markdownText is a text within a line of Markdown, such that it is read as
// itself: no mark-up, no link, no HTML.
func markdownText(text string) string {
	text = escape(text, func(r rune) bool { return !strings.ContainsRune("\\`*_[]<>&|~#$@:", r) }, func(r rune) string {
		return `\` + string(r)
	})
	text = strings.ReplaceAll(text, `\: `, ": ") // is no address
	text = strings.ReplaceAll(strings.Trim(text, " "), "www.", `www\.`)
	if text == "" {
		return text
	}
	// At the beginning of a line a number or a dash makes a list, and a row of
	// signs a heading or a rule.
	if strings.ContainsAny(text[:1], "-+=") {
		return `\` + text
	}
	digits := len(text) - len(strings.TrimLeft(text, "0123456789"))
	if digits > 0 && digits < len(text) && strings.ContainsAny(text[digits:digits+1], ".)") {
		return text[:digits] + `\` + text[digits:]
	}
	return text
}

// Capital begins a text with a capital letter.
func Capital(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + text[size:]
}
