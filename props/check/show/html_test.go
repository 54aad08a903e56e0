package show_test

import (
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"pkgdist/props/check/show"
)

// What is wrong stands beside the property, and does not repeat it.
func TestThePropertyIsSaidOnce(t *testing.T) {
	for _, format := range []string{"html", "markdown"} {
		text := written(t, format, mutex())
		assert.Equal(t, 1, strings.Count(html.UnescapeString(text), mutex().Says), format)
		assert.Contains(t, text, "They test the lock")
	}
}

var boxRow = regexp.MustCompile(`<div class="row" data-row="\d+"><dt(?: class="unseen")?>([^<]*)</dt>`)

// Where a place has several parts, a row says of which one it is; a row below a
// title that says it all has its name for those who do not see the title.
func TestRowsSayWhatTheirBoxDoesNot(t *testing.T) {
	names := func(parts ...string) []string {
		var fields []show.Field
		for _, part := range parts {
			at := strings.TrimSuffix("B/"+part, "/")
			fields = append(fields,
				show.Field{Place: at, Group: "stored copy", Label: "stored copy"},
				show.Field{Place: at, Group: "on its way", Label: "content on its way"}, show.Field{Place: at, Group: "on its way", Label: "metadata on its way"})
		}
		var list []string
		for _, row := range boxRow.FindAllStringSubmatch(written(t, "html", &show.Document{States: []show.State{{Fields: fields}}}), -1) {
			list = append(list, row[1])
		}
		return list
	}
	assert.Equal(t, []string{"stored copy", "Content", "Metadata"}, names(""))
	assert.Equal(t, []string{"stored copy", "Content", "Metadata"}, names("P"))
	assert.Equal(t, []string{"P", "Q", "P content", "P metadata", "Q content", "Q metadata"}, names("P", "Q"))
}

// What the title of a box names stands below it, wherever its field is.
func TestARowWithoutANameStandsBelowTheTitle(t *testing.T) {
	fields := []show.Field{{Group: "INCOMING", Label: "notification", Value: "a"}, {Group: "INCOMING", Label: "INCOMING", Value: "b"}}
	page := written(t, "html", &show.Document{States: []show.State{{Fields: fields}}})
	assert.Contains(t, page, `<h4>INCOMING</h4>
<dl>
<div class="row" data-row="1"><dt class="unseen">INCOMING</dt><dd>b</dd></div>
<div class="row" data-row="0"><dt>Notification</dt><dd>a</dd></div>
`)
}

// The boxes of a place stand in the order of the groups, and not in that of the
// fields.
func TestBoxesHaveTheOrderOfTheGroups(t *testing.T) {
	d := &show.Document{Groups: []string{"c", "a"}, States: []show.State{{Fields: []show.Field{{Group: "a", Label: "1"}, {Group: "b", Label: "2"}, {Group: "c", Label: "3"}}}}}
	assert.Equal(t, [][]string{{"<h4>c", "c"}, {"<h4>a", "a"}, {"<h4>b", "b"}}, regexp.MustCompile(`<h4>(.)`).FindAllStringSubmatch(written(t, "html", d), -1))
}
