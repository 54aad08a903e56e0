package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// The first difference is shown, with little around it, however long the line.
func TestTheFirstDifferenceIsShown(t *testing.T) {
	long := strings.Repeat("ä", 500)
	for name, c := range map[string]struct{ got, want, is, shouldBe, line string }{
		"in a word":          {"a\nb c\n", "a\nb d\n", "b c", "b d", "line 2"},
		"in a long one":      {long + "x" + long, long + "y" + long, "…" + strings.Repeat("ä", before) + "x" + strings.Repeat("ä", shown-before-1) + "…", "…" + strings.Repeat("ä", before) + "y" + strings.Repeat("ä", shown-before-1) + "…", "line 1"},
		"a line more":        {"a\nb", "a", "b", "(the end)", "line 2"},
		"a line less":        {"a", "a\nb", "(the end)", "b", "line 2"},
		"no line at the end": {"a", "a\n", "(the end)", "", "line 2"},
		"a longer line":      {"ab", "abc", "ab", "abc", "line 1"},
	} {
		text := difference(c.got, c.want)
		assert.Equal(t, "  "+c.line+"\n    is:        "+c.is+"\n    should be: "+c.shouldBe+"\n", text, name)
	}
}
