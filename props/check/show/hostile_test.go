package show_test

import (
	"encoding/json"
	"fmt"
	"go/constant"
	"go/format"
	"go/token"
	"go/types"
	"html"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/props/check/show"
)

// hostileTexts are what a format could take for its own, and what would harm a
// page.
var hostileTexts = []string{
	`"quotes" 'and' \backslashes\ \N \l`,
	`<b>bold</b><img src=x onerror="window.harmed=1">`,
	`</script><script>window.harmed=1</script>`,
	`</style><style>body{display:none}</style>`,
	`--> <!-- ]]> ->> -x --) /* */ //`,
	"``` ~~~ ` [a](javascript:harm) ![b](x) # | * _ **",
	"end\nend\r\nloop x\n    L0->>L1: made up\n%% comment",
	`; # #35; #quot; &lt; &#60; &amp; %% : {} {{.}} ${x} $x$`,
	strings.Repeat("long", 60),
	"\u202ereversed\u202c \u0000\u0007 zero\u200bwidth \U0001F600 ☃ é",
	`end`, `note over L0`, `wrap: x`, `__proto__`, `constructor`,
}

// eachText visits every string of a document, with the name of its field.
func eachText(v reflect.Value, name string, visit func(name, text string) string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(visit(name, v.String()))
	case reflect.Interface:
		if text, ok := v.Interface().(string); ok {
			v.Set(reflect.ValueOf(visit(name, text)))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			eachText(v.Elem(), name, visit)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			eachText(v.Field(i), v.Type().String()+"."+v.Type().Field(i).Name, visit)
		}
	case reflect.Slice:
		for i := range v.Len() {
			eachText(v.Index(i), name, visit)
		}
	}
}

// hostile is a document with the text in each of its texts: a loop with messages,
// faults, places and everything else that a document can have.
func hostile(t testing.TB, text string) *show.Document {
	d := mutex()
	d.Forever, d.Loop = true, 2
	for i := range d.States {
		d.States[i].Fields[0].Data = d.States[i].Fields[0].Value
	}
	texts := 0
	eachText(reflect.ValueOf(d).Elem(), "", func(name, old string) string {
		texts++
		switch name {
		case "show.Section.Name": // which the client chooses, and a file has to have
			return old
		case "show.Place.Name", "show.Lane.Place", "show.Field.Place":
			if old == "" { // is no place
				return ""
			}
			return strings.Replace(old, "2", "2 "+strings.ReplaceAll(text, "/", "|"), 1) // a slash divides a place
		}
		return old + " " + text
	})
	require.Greater(t, texts, 100)
	return d
}

var tag = regexp.MustCompile(`</?[a-zA-Z!][^\s>]*`)

func tags(_ testing.TB, page string) []string { return tag.FindAllString(page, -1) }

// openings are the lines of a diagram, without the texts in them.
func openings(_ testing.TB, diagram string) (list []string) {
	for line := range strings.Lines(diagram) {
		for _, before := range []string{":", " as ", " transparent "} {
			line, _, _ = strings.Cut(line, before)
		}
		list = append(list, strings.TrimSpace(line))
	}
	return list
}

// A form has the same elements whatever its texts are, and shows these; what tools read stays valid.
func TestNoTextAddsToAForm(t *testing.T) {
	parts := map[string]func(testing.TB, string) []string{
		"html": tags, "mermaid": openings,
		"markdown": func(t testing.TB, text string) []string { return tags(t, rendered(t, text)) },
	}
	for _, text := range hostileTexts {
		d := hostile(t, text)
		for format, of := range parts {
			assert.Equal(t, of(t, written(t, format, hostile(t, "harmless"))), of(t, written(t, format, d)), "%s: %s", format, text)
		}
		said := letters(show.Printable(sentence(d.Steps[0])))
		assert.Contains(t, letters(html.UnescapeString(rendered(t, written(t, "markdown", d)))), said)
		if !strings.ContainsAny(text, "\x00\r") { // which HTML cannot hold
			assert.Contains(t, html.UnescapeString(written(t, "html", d)), sentence(d.Steps[0]))
		}
		validITF(t, written(t, "itf", d))
		validEvents(t, d)
		var trace struct{ OtherData map[string]string }
		require.NoError(t, json.Unmarshal([]byte(written(t, "chrome", d)), &trace))
		assert.Equal(t, strings.ToValidUTF8(d.Title, "\uFFFD"), trace.OtherData["title"])
	}
}

func TestGraphvizDrawsHostileTexts(t *testing.T) {
	list := hostileTexts
	if !*big {
		list = list[:3]
	}
	for _, text := range list {
		d := hostile(t, text)
		drawn := lettersOf(t, graphviz(t, written(t, "dot", d)))
		assert.Contains(t, drawn, letters(show.Printable(sentence(d.Steps[0]))))
		assert.Contains(t, drawn, letters(show.Printable(d.Wrong)))
	}
}

// Nothing runs in the browser but the page's own script, which shows each text
// as it is.
func TestABrowserShowsHostileTextsAndRunsNothing(t *testing.T) {
	needBrowser(t)
	for i, text := range hostileTexts {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			d := hostile(t, text)
			p := openPage(t, d)
			p.Size(320, 700)
			p.Press(kb.End)
			assert.Equal(t, letters(show.Printable(sentence(d.Steps[len(d.Steps)-1]))), letters(show.Printable(get[string](p, theSentence))))
			assert.Contains(t, letters(show.Printable(get[string](p, `document.getElementById("ending").textContent`))), letters(show.Printable(d.Wrong)))
			assert.Equal(t, "undefined", get[string](p, `typeof window.harmed`))
			assert.LessOrEqual(t, get[int](p, `document.documentElement.scrollWidth`), 320)
			p.quiet()
		})
	}
}

// A text is in a Go test and in a kept file as it is, or neither is written.
func TestNoTextAddsToATestOrAKeptFile(t *testing.T) {
	refused := 0
	for _, text := range hostileTexts {
		d := hostile(t, text)
		d.Property = "mutual-exclusion" // is one word, or refused by Parse
		file, fileErr := formOf(t, "txtar").Bytes(d)
		test, testErr := formOf(t, "go").Bytes(d)
		if strings.ContainsAny(text, "\n\x00") {
			refused++
			assert.Error(t, fileErr, text)
			assert.Error(t, testErr, text)
			continue
		}
		require.NoError(t, fileErr, text)
		require.NoError(t, testErr, text)
		k, err := show.Parse("a.txtar", file, "model", "property", "version")
		require.NoError(t, err)
		var want, got []string
		for _, s := range d.Steps {
			want = append(want, s.Text)
		}
		for _, l := range slices.Concat(k.Steps, k.Loop) {
			got = append(got, l.Text)
		}
		assert.Equal(t, want, got)
		assert.Len(t, k.Steps, d.Loop)
		want = slices.Insert(want, d.Loop, "-- loop --")
		assert.Equal(t, want, strings.Split(strings.Trim(stepsOf(t, string(test)), "\n"), "\n"))
	}
	assert.Equal(t, 2, refused)
}

func formOf(t testing.TB, name string) show.Format {
	t.Helper()
	f, err := show.FindFormat(name)
	require.NoError(t, err)
	return f
}

// stepsOf is the value of the last argument of the only call in a function, which is formatted as gofmt does.
func stepsOf(t *testing.T, function string) string {
	t.Helper()
	formatted, err := format.Source([]byte(function))
	require.NoError(t, err)
	assert.Equal(t, string(formatted), function)
	_, argument, _ := strings.Cut(function, "\n\tcheck.RequireViolated(t, model, property, ")
	steps, err := types.Eval(token.NewFileSet(), nil, token.NoPos, strings.TrimSuffix(argument, ")\n}\n"))
	require.NoError(t, err)
	return constant.StringVal(steps.Value)
}

func TestATestIsNamedAfterItsProperty(t *testing.T) {
	for property, want := range map[string]string{
		"mutual-exclusion": "TestMutualExclusionIsViolated", "1st": "Test1stIsViolated",
		"x(); panic(`)": "TestXPanicIsViolated", "élan vital": "TestÉlanVitalIsViolated", "ßa": "Test_ßaIsViolated", "\xff": "TestIsViolated",
	} {
		d := mutex()
		d.Property = property
		text := written(t, "go", d)
		assert.Contains(t, text, "func "+want+"(t *testing.T) {\n")
		stepsOf(t, text)
	}
	d := mutex()
	d.Property = ""
	assert.Contains(t, written(t, "go", d), "func TestPath(t *testing.T) {\n")
	assert.Contains(t, written(t, "go", d), "\tcheck.RequireRun(t, model, `\ntest(1)\n")
}

// No text drives the terminal.
func TestNoTextDrivesTheTerminal(t *testing.T) {
	for _, text := range append(hostileTexts, "\x1b[2J\x1b]0;title\a\b\r") {
		d := hostile(t, text)
		table := show.Table{Title: text, Notes: []string{text}, Runs: []show.Result{{Name: text, Figures: show.Figures{
			Rules:    []show.Rule{{Name: text, Stopped: text}},
			Verdicts: []show.Verdict{{Name: text, Outcome: "violated", HasTrace: true, Says: text, Story: d}, {Name: text, Outcome: "inconclusive", Reason: text}},
		}}}}
		var b strings.Builder
		require.NoError(t, show.Text{Explain: true}.Write(&b, d))
		require.NoError(t, table.Text(&b, 0))
		for line := range strings.Lines(b.String()) {
			line = strings.TrimSuffix(line, "\n")
			assert.Equal(t, show.Printable(line), line)
		}
	}
}
