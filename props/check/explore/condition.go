package explore

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"pkgdist/props/check/show"
)

// A condition on the fields of a state is one or more comparisons, joined by "and". Each is a field, what is compared, and
// a value:
//
//	INCOMING = 2 and B/P SourceVersion != 1 and replication thread contains busy
//
// A field is named by its label, or by its place and label. A label that several places have means any of them. The
// comparisons are = != < > and contains. A name or a value that has one of these words in it stands in double quotes.
// "at rest" stands alone, and means that no step of the system is possible.
type condition []comparison

type comparison struct {
	field, operator, value string
	rest                   bool // at rest
}

var operators = []string{"=", "!=", "<", ">", "contains"}

// parseCondition reads a condition on states that have the fields.
func parseCondition(text string, fields []show.Field) (condition, error) {
	words, err := splitWords(text)
	if err != nil {
		return nil, err
	}
	var c condition
	for len(words) > 0 {
		end := slices.IndexFunc(words, func(w word) bool { return !w.quoted && w.text == "and" })
		part := words
		if end >= 0 {
			part = words[:end]
		}
		one, err := parseComparison(part, fields)
		if err != nil {
			return nil, err
		}
		c = append(c, one)
		if end < 0 {
			return c, nil
		}
		words = words[end+1:]
	}
	return nil, fmt.Errorf("expected a comparison such as %s, found nothing", example(fields))
}

func example(fields []show.Field) string {
	if len(fields) == 0 {
		return "label = value"
	}
	return fmt.Sprintf("%s = %s", quotedName(fieldName(fields[0])), quotedName(fields[0].Value))
}

// quotedName is a name as a condition has it.
func quotedName(name string) string {
	words, err := splitWords(name)
	if err != nil || name == "" || joined(words) != name || slices.ContainsFunc(words, func(w word) bool { return w.quoted || w.text == "and" || slices.Contains(operators, w.text) }) {
		return strconv.Quote(name)
	}
	return name
}

func parseComparison(words []word, fields []show.Field) (comparison, error) {
	text := joined(words)
	if text == "at rest" {
		return comparison{rest: true}, nil
	}
	at := slices.IndexFunc(words, func(w word) bool { return !w.quoted && slices.Contains(operators, w.text) })
	if at <= 0 || at == len(words)-1 {
		return comparison{}, fmt.Errorf("expected a field, one of %s, and a value, such as %s; found %.60q", strings.Join(operators, " "), example(fields), text)
	}
	c := comparison{field: joined(words[:at]), operator: words[at].text, value: joined(words[at+1:])}
	var names []string
	for _, f := range fields {
		if c.isAbout(f) {
			return c, nil
		}
		names = append(names, fieldName(f), cmp.Or(f.Label, "state"))
	}
	return c, fmt.Errorf("expected a field, found %.60q%s", c.field, show.DidYouMean(c.field, names))
}

// isAbout reports whether a field is meant.
func (c *comparison) isAbout(f show.Field) bool {
	return strings.EqualFold(c.field, cmp.Or(f.Label, "state")) || strings.EqualFold(c.field, fieldName(f))
}

// holds reports whether a state meets the condition.
func (c condition) holds(fields []show.Field, atRest func() bool) bool {
	for i := range c {
		one := &c[i]
		if one.rest {
			if !atRest() {
				return false
			}
			continue
		}
		if !slices.ContainsFunc(fields, func(f show.Field) bool { return one.isAbout(f) && one.compare(f.Value) }) {
			return false
		}
	}
	return true
}

func (c *comparison) compare(is string) bool {
	switch c.operator {
	case "=":
		return is == c.value
	case "!=":
		return is != c.value
	case "contains":
		return strings.Contains(strings.ToLower(is), strings.ToLower(c.value))
	}
	a, wrong := strconv.ParseFloat(is, 64)
	b, alsoWrong := strconv.ParseFloat(c.value, 64)
	if wrong != nil || alsoWrong != nil {
		return false
	}
	return c.operator == "<" && a < b || c.operator == ">" && a > b
}

// A word of a condition: an operator, what stands between spaces, or what stands in quotes.
type word struct {
	text   string
	quoted bool
}

func joined(words []word) string {
	var texts []string
	for _, w := range words {
		texts = append(texts, w.text)
	}
	return strings.Join(texts, " ")
}

// splitWords takes a condition apart. The signs of operators need no spaces around them.
func splitWords(text string) ([]word, error) {
	var words []word
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		switch {
		case text[0] == '"':
			quoted, err := strconv.QuotedPrefix(text)
			if err != nil {
				return nil, fmt.Errorf("expected the second double quote, found %.60q", text)
			}
			value, _ := strconv.Unquote(quoted)
			words, text = append(words, word{value, true}), text[len(quoted):]
		case strings.HasPrefix(text, "=="):
			words, text = append(words, word{"=", false}), text[2:]
		case strings.HasPrefix(text, "!="):
			words, text = append(words, word{"!=", false}), text[2:]
		case strings.ContainsRune("=<>", rune(text[0])):
			words, text = append(words, word{text[:1], false}), text[1:]
		default:
			end := strings.IndexFunc(text, func(r rune) bool { return r == ' ' || r == '=' || r == '<' || r == '>' || r == '"' || r == '!' })
			if end < 0 {
				end = len(text)
			}
			if end == 0 || strings.HasPrefix(text[end:], "!") && !strings.HasPrefix(text[end:], "!=") { // a lone !
				end++
			}
			words, text = append(words, word{text[:end], false}), text[end:]
		}
	}
	return words, nil
}
