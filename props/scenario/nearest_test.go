package scenario

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
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
		// Nothing is left of these, or too little.
		"C": "", "": "", "xyz": "", "keep": "", "decompressing": "",
		strings.Repeat("title", 100_000): "",
	} {
		got, ok := Nearest(name, known)
		assert.Equal(t, want, got, "%.40q", name)
		assert.Equal(t, want != "", ok, "%.40q", name)
	}
}

func TestNearestReturnsTheFirstOfTheNearest(t *testing.T) {
	got, _ := Nearest("site-d", []string{"sites-dd", "site-a", "site-b"})
	assert.Equal(t, "site-a", got)
}
