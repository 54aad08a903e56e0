package show_test

import (
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
	"pkgdist/props/run"
	"pkgdist/props/scenario"
	"pkgdist/props/show"
)

// What is wrong stands beside the property, and does not repeat it.
func TestThePropertyIsSaidOnce(t *testing.T) {
	for _, d := range all(t) {
		for _, format := range []string{"html", "markdown"} {
			text := written(t, format, d)
			said := strings.Count(html.UnescapeString(text), d.Says)
			assert.Equal(t, 1, said, "%s as %s", d.Name, format)
		}
	}
}

var boxRow = regexp.MustCompile(`<div class="row" data-row="\d+"><dt(?: class="unseen")?>([^<]*)</dt>`)

// Where there are several packages, a row says of which one it is; a row below a
// title that says it all has its name for those who do not see the title.
func TestRowsSayWhatTheirBoxDoesNot(t *testing.T) {
	sc, err := scenario.Load("two-packages")
	require.NoError(t, err)
	sys, err := model.NewSystem(sc.Scope, model.SMS20)
	require.NoError(t, err)
	claim, err := props.Find("one-version-among-writers")
	require.NoError(t, err)
	ce := run.Counterexample(sc, sys, claim, []model.Step{{}}, 1, "")
	two, _, err := show.Again("two.txtar", ce, check.FairAsModelled)
	require.NoError(t, err)
	names := func(d *show.Document) []string {
		var list []string
		for _, row := range boxRow.FindAllStringSubmatch(written(t, "html", d), -1) {
			list = append(list, row[1])
		}
		assert.Len(t, list, len(d.Start))
		return list
	}
	assert.Subset(t, names(two), []string{"P SourceVersion", "Q SourceVersion", "P", "Q", "P content", "replication thread"})
	one := names(kept(t, "incoming-drains"))
	assert.Subset(t, one, []string{"SourceVersion", "Content", "stored copy", "DP 1 serves"})
}
