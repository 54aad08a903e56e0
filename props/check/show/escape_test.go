package show_test

import (
	"html"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"pgregory.net/rapid"

	"pkgdist/props/check/show"
)

// signs mean something to one format or another.
var signs = []string{
	"end", "-->", "->>", "</script>", "<!--", "]]>", "<br/>", "```", "~~~", "%%", "#", "# ", "#35;", "#quot;", "&lt;", "&#60;",
	";", ":", "\n", "\r\n", "\u2028", "\t", "\x00", "\"", "'", "\\", `\N`, `\l`, "|", "*", "_", "**", "[x](y)", "![", "1. ", "1) ", "- ", "+ ", "= ", "===",
	"> ", "http://a.b", "www.a.b", "a@b.c", "{{.}}", "${x}", "$x$", "\u202e", "é", "→", "☃", "\U0001F600", "\xff", " ", "wrap:", "loop", "note over",
}

// anyText checks a claim of each sign, alone and before and after a word, and of
// texts that are drawn from them.
func anyText(t *testing.T, claim func(t require.TestingT, text string)) {
	for _, sign := range signs {
		for _, text := range []string{sign, sign + "x", "x" + sign, sign + sign} {
			claim(t, text)
		}
	}
	part := rapid.OneOf(rapid.SampledFrom(signs), rapid.String())
	texts := rapid.Map(rapid.SliceOfN(part, 0, 6), func(parts []string) string { return strings.Join(parts, "") })
	rapid.Check(t, func(t *rapid.T) { claim(t, texts.Draw(t, "text")) })
}

var mermaidCode = regexp.MustCompile(`#(\d+);`)

// What Mermaid reads is the text, and nothing that means something to it.
func TestMermaidReadsEachTextAsItself(t *testing.T) {
	plain := regexp.MustCompile(`^[\p{L}\p{Nd} .,()/'_→⇒…⚠◆-]*$`)
	anyText(t, func(t require.TestingT, text string) {
		got := show.MermaidText(text)
		assert.Regexp(t, plain, mermaidCode.ReplaceAllString(got, ""))
		back := mermaidCode.ReplaceAllStringFunc(got, func(code string) string {
			n, err := strconv.Atoi(code[1 : len(code)-1])
			require.NoError(t, err)
			return string(rune(n))
		})
		assert.Equal(t, show.Printable(text), back)
	})
}

// Graphviz reads quotes and backslashes first, and entities then.
func TestGraphvizReadsEachTextAsItself(t *testing.T) {
	anyText(t, func(t require.TestingT, text string) {
		var back strings.Builder
		got := show.DOTText(text)
		for i := 0; i < len(got); i++ {
			assert.NotEqual(t, byte('"'), got[i], "the string ends here")
			if got[i] == '\\' {
				i++
				assert.Contains(t, `"\`, string(got[i]), "an escape that means something")
			}
			back.WriteByte(got[i])
		}
		assert.Equal(t, show.Printable(text), html.UnescapeString(back.String()))
	})
}

var markdown = goldmark.New(goldmark.WithExtensions(extension.GFM))

func rendered(t require.TestingT, text string) string {
	var b strings.Builder
	require.NoError(t, markdown.Convert([]byte(text), &b))
	return b.String()
}

// A Markdown parser finds a paragraph with the text, and no mark-up in it, at the
// beginning of a line and elsewhere.
func TestMarkdownReadsEachTextAsItself(t *testing.T) {
	anyText(t, func(t require.TestingT, text string) {
		want := strings.Trim(show.Printable(text), " ")
		if want == "" {
			return
		}
		got := rendered(t, show.MarkdownText(text))
		assert.Equal(t, 2, strings.Count(got, "<"), "%q: %s", text, got)
		assert.Equal(t, "<p>"+want+"</p>\n", html.UnescapeString(got))
		item := rendered(t, "1. "+show.MarkdownText(text))
		assert.Equal(t, "<ol>\n<li>"+want+"</li>\n</ol>\n", html.UnescapeString(item))
	})
}
