package show_test

import (
	"encoding/json"
	"fmt"
	"html"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
	"pkgdist/props/check"
	"pkgdist/props/counterexample"
	"pkgdist/props/run"
	"pkgdist/props/scenario"
	"pkgdist/props/show"
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

// eachText visits the strings of a document, but for the trace itself and the
// fields, whose labels are keys.
func eachText(v reflect.Value, visit func(string) string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(visit(v.String()))
	case reflect.Struct:
		for i := range v.NumField() {
			if name := v.Type().Field(i).Name; name != "Story" && v.Field(i).CanSet() {
				eachText(v.Field(i), visit)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			eachText(v.Index(i), visit)
		}
	}
}

// hostile is the document with the text in each of its texts.
func hostile(t testing.TB, name, text string) *show.Document {
	d := kept(t, name)
	for i := range d.Sites { // shared by all sites
		d.Sites[i].Packages = append([]string(nil), d.Sites[i].Packages...)
	}
	texts := 0
	eachText(reflect.ValueOf(d).Elem(), func(old string) string {
		texts++
		return old + " " + text
	})
	require.Greater(t, texts, 100)
	return d
}

var tag = regexp.MustCompile(`</?[a-zA-Z!][^\s>]*`)

// tags are the tags of a page, in their order.
func tags(page string) []string { return tag.FindAllString(page, -1) }

// The page has the same elements whatever its texts are, and shows these.
func TestNoTextAddsToThePage(t *testing.T) {
	for _, text := range hostileTexts {
		d := hostile(t, "loop-under-rescan-timer", text)
		page := written(t, "html", d)
		plain := written(t, "html", hostile(t, "loop-under-rescan-timer", "harmless"))
		assert.Equal(t, tags(plain), tags(page), text)
		if !strings.ContainsAny(text, "\x00\r") { // which HTML cannot hold
			assert.Contains(t, html.UnescapeString(page), d.Steps[0].Sentence)
		}
	}
}

// Markdown is made of the same elements whatever its texts are.
func TestNoTextAddsToMarkdown(t *testing.T) {
	elements := func(text string) []string {
		d := hostile(t, "loop-under-rescan-timer", text)
		page := rendered(t, written(t, "markdown", d))
		if want := letters(show.Printable(text)); want != "" {
			assert.Contains(t, letters(html.UnescapeString(page)), letters(show.Printable(d.Steps[0].Sentence)))
		}
		return tags(page)
	}
	plain := elements("harmless")
	for _, text := range hostileTexts {
		assert.Equal(t, plain, elements(text), text)
	}
}

// A diagram has one line for what a text is in, whatever the text is.
func TestNoTextAddsToADiagram(t *testing.T) {
	words := func(text string) []string {
		var list []string
		for line := range strings.Lines(written(t, "mermaid", hostile(t, "loop-under-rescan-timer", text))) {
			word, _, _ := strings.Cut(line, ":")
			word, _, _ = strings.Cut(word, " as ")
			word, _, _ = strings.Cut(word, " Site ")
			list = append(list, strings.TrimSpace(word))
		}
		return list
	}
	plain := words("harmless")
	for _, text := range hostileTexts {
		assert.Equal(t, plain, words(text), text)
	}
}

func TestNoTextBreaksWhatToolsRead(t *testing.T) {
	for _, text := range hostileTexts {
		d := hostile(t, "loop-under-rescan-timer", text)
		validITF(t, written(t, "itf", d))
		validEvents(t, d)
		var trace struct{ OtherData map[string]string }
		require.NoError(t, json.Unmarshal([]byte(written(t, "chrome", d)), &trace))
		assert.Equal(t, strings.ToValidUTF8(d.Scenario, "\uFFFD"), trace.OtherData["scenario"])
	}
}

func TestGraphvizDrawsHostileTexts(t *testing.T) {
	list := hostileTexts
	if !*big {
		list = list[:3]
	}
	for _, text := range list {
		d := hostile(t, "one-version-among-writers", text)
		drawn := lettersOf(t, graphviz(t, written(t, "dot", d)))
		assert.Contains(t, drawn, letters(show.Printable(d.Steps[0].Sentence)))
		assert.Contains(t, drawn, letters(show.Printable(d.Wrong)))
	}
}

// Nothing runs in the browser but the page's own script, which shows each text
// as it is.
func TestABrowserShowsHostileTextsAndRunsNothing(t *testing.T) {
	needBrowser(t)
	for i, text := range hostileTexts {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			d := hostile(t, "loop-under-rescan-timer", text)
			p := openPage(t, d)
			p.size(320, 700)
			p.press(kb.End)
			assert.Equal(t, letters(show.Printable(d.Steps[len(d.Steps)-1].Sentence)), letters(show.Printable(get[string](p, sentence))))
			assert.Contains(t, letters(show.Printable(get[string](p, `document.getElementById("ending").textContent`))), letters(show.Printable(d.Wrong)))
			assert.Equal(t, "undefined", get[string](p, `typeof window.harmed`))
			assert.LessOrEqual(t, get[int](p, `document.documentElement.scrollWidth`), 320)
			if i == 8 {
				p.picture("hostile")
			}
			p.quiet()
		})
	}
}

// Names of sites and packages that are worse are refused before there is anything
// to show.
func TestTheModelRefusesWorseNames(t *testing.T) {
	for _, text := range hostileTexts {
		scope := model.Scope{
			Sites:    []model.Site{{Name: "A", Parent: model.NoParent}, {Name: text, DPs: 1}},
			Packages: []string{"P"}, Updates: 1, Threads: 1, Copies: 1,
		}
		_, err := model.NewSystem(scope, model.SMS20)
		if allowed := regexp.MustCompile(`^[\w.-]{1,16}$`).MatchString(text); allowed {
			assert.NoError(t, err, text)
		} else {
			assert.Error(t, err, text)
		}
	}
}

// The worst scenario that can be written: its title says anything, and its names
// are words of the formats.
const worst = `title: "</script><script>window.harmed=1</script> \"quoted\" --> ;#%% end ` + "```" + ` | <img src=x onerror=alert(1)>"
source: "*Q1* [x](javascript:y) <b>"
sites:
  end: {}
  __proto__: {parent: end, kind: secondary, dps: 2}
packages: [--]
updates: 2
order: kept
`

// worstDocument is what violates a property in that scenario.
func worstDocument(t *testing.T) *show.Document {
	t.Helper()
	sc, err := scenario.Parse("worst.yaml", []byte(worst))
	require.NoError(t, err)
	r, err := run.Explore(t.Context(), sc, model.SMS20, []string{"one-version-among-writers"}, check.Options{})
	require.NoError(t, err)
	require.Len(t, r.Violated(), 1)
	ce := r.Counterexample(r.Violated()[0])
	ce.Why = "-- steps\n```\n# " + sc.Title + "\n\n- " + sc.Title + "\n\n<!-- " + sc.Title
	ce, err = counterexample.Parse("worst.txtar", ce.Format())
	require.NoError(t, err)
	d, _, err := show.Again("worst.txtar", ce, check.FairAsModelled)
	require.NoError(t, err)
	require.True(t, d.Reproduced)
	return d
}

func TestTheWorstScenarioIsShown(t *testing.T) {
	d := worstDocument(t)
	validITF(t, written(t, "itf", d))
	validEvents(t, d)
	page := written(t, "html", d)
	assert.Equal(t, 1, strings.Count(page, "<script"))
	assert.NotContains(t, page, "<img")
	for _, element := range tags(rendered(t, written(t, "markdown", d))) {
		assert.NotContains(t, []string{"<script", "<img", "<a", "<b"}, element)
	}
	assert.Contains(t, lettersOf(t, graphviz(t, written(t, "dot", d))), letters(d.Wrong))
}
