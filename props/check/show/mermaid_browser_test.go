package show_test

import (
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/props/check/show"
	"pkgdist/props/internal/testbrowser"
)

// mermaidVariable names the file dist/mermaid.min.js of the npm package mermaid.
const mermaidVariable = "MERMAID_JS"

func openMermaid(t *testing.T) *tab {
	t.Helper()
	needBrowser(t)
	path := os.Getenv(mermaidVariable)
	if path == "" {
		needs(t, "Mermaid; "+mermaidVariable+" names its dist/mermaid.min.js")
	}
	script := url.URL{Scheme: "file", Path: path}
	p := open(t, file(t, "mermaid.html", `<!DOCTYPE html><meta charset="utf-8"><body><script src="`+script.String()+`"></script><div id="drawing"></div>`))
	require.Equal(t, "object", get[string](p, `typeof mermaid`))
	p.Do(chromedp.Evaluate[chromedp.Void](`mermaid.initialize({startOnLoad: false, securityLevel: "strict"})`))
	return p
}

// draw has Mermaid parse and draw a diagram, and returns what it says: the text of
// the drawing, or "error: " and its complaint.
func draw(p *tab, diagram string) string {
	p.t.Helper()
	return testbrowser.Await[string](p.Tab, fmt.Sprintf(`(async () => {
		try {
			const text = %s;
			await mermaid.parse(text);
			const {svg} = await mermaid.render("graph", text);
			const drawing = document.getElementById("drawing");
			drawing.innerHTML = svg;
			if (drawing.querySelector("script, img, a, iframe")) return "error: foreign elements";
			return [...drawing.querySelectorAll("text")].map((part) => part.textContent).join(" ");
		} catch (complaint) {
			return "error: " + complaint.message;
		}
	})()`, quoted(p.t, diagram)))
}

// drawn: Mermaid draws the diagram of a document, with all its texts.
func drawn(p *tab, d *show.Document) {
	p.t.Helper()
	text := draw(p, written(p.t, "mermaid", d))
	if !assert.False(p.t, strings.HasPrefix(text, "error: "), "%s: %.300s", d.Name, text) {
		return
	}
	text = letters(text)
	for i, s := range d.Steps {
		want := []string{sentence(s)}
		if len(s.Messages) > 0 {
			want = nil
			for _, m := range s.Messages {
				want = append(want, m.What)
			}
		}
		for _, w := range want {
			assert.Contains(p.t, text, letters(show.Printable(fmt.Sprintf("%d. %s", i+1, w))), d.Name)
		}
	}
	assert.Contains(p.t, text, letters(show.Printable(d.Wrong)), d.Name)
	for _, l := range d.Lanes {
		assert.Contains(p.t, text, letters(show.Printable(l.Actor)), d.Name)
	}
	assert.Equal(p.t, d.Loops(), strings.Contains(text, "["+letters(show.LoopName)+"]"), d.Name)
}

func TestMermaidDrawsEachStory(t *testing.T) {
	p := openMermaid(t)
	require.Contains(t, draw(p, "sequenceDiagram\n    A->>"), "error: ", "it complains about what is wrong")
	for _, d := range append(everyDocument(), fails()) {
		drawn(p, d)
	}
}

var aDiagram = regexp.MustCompile("(?s)```mermaid\n(.*?)```")

func TestMermaidDrawsTheDocuments(t *testing.T) {
	p := openMermaid(t)
	for _, path := range []string{"../../INVARIANTS.md", "../../../model/PROTOCOL.md"} {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		diagrams := aDiagram.FindAllStringSubmatch(string(text), -1)
		assert.NotEmpty(t, diagrams, path)
		for _, d := range diagrams {
			assert.NotContains(t, draw(p, d[1]), "error: ", path)
			assert.Greater(t, get[int](p, `document.querySelectorAll("#drawing .node").length`), 10, path)
		}
	}
}

func TestMermaidDrawsHostileTexts(t *testing.T) {
	p := openMermaid(t)
	for _, text := range hostileTexts {
		drawn(p, hostile(t, text))
	}
	assert.Equal(t, "undefined", get[string](p, `typeof window.harmed`))
}
