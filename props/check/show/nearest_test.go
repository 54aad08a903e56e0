package show_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"pkgdist/props/check/show"
)

func TestNearestFindsWhatWasMeant(t *testing.T) {
	known := []string{"title", "dps", "threads", "update-while-decompressing", "A", "B", "kept"}
	for name, want := range map[string]string{
		"title":                       "title",
		"tilte":                       "title", // two neighbours swapped
		"Title":                       "title",
		"dsp":                         "dps",
		"dp":                          "dps",
		"tread":                       "threads",
		"updates-while-decompressing": "update-while-decompressing",
		"b":                           "B",
		"update-while":                "update-while-decompressing", // its beginning
		// Nothing is left of these, or too little.
		"C": "", "": "", "xyz": "", "keep": "", "decompressing": "",
		strings.Repeat("title", 100_000): "",
	} {
		got, ok := show.Nearest(name, known)
		assert.Equal(t, want, got, "%.40q", name)
		assert.Equal(t, want != "", ok, "%.40q", name)
	}
}

func TestNearestReturnsTheFirstOfTheNearest(t *testing.T) {
	got, _ := show.Nearest("site-d", []string{"sites-dd", "site-a", "site-b"})
	assert.Equal(t, "site-a", got)
}

func TestAMessageListsTheNamesThatThereAre(t *testing.T) {
	assert.Equal(t, "; did you mean steps?", show.DidYouMean("step", []string{"loop", "steps"}))
	assert.Equal(t, "", show.DidYouMean("step", nil))
	assert.Equal(t, "; there are a, "+strings.Repeat("b", 40)+"…", show.DidYouMean("step", []string{"a", strings.Repeat("b", 41)}))
	assert.Equal(t, "; there are b"+strings.Repeat(", b", 45)+" and 19 more", show.DidYouMean("step", slices.Repeat([]string{"b"}, 65)))
}
