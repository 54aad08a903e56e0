package scenario

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check/show"
)

const small = `title: T
sites:
  A: {}
  B: {parent: A, kind: secondary, dps: 2}
packages: [P]
updates: 2
order: kept
`

func edit(old, new string) string {
	if strings.Count(small, old) != 1 {
		panic("not once in the small scenario: " + old)
	}
	return strings.Replace(small, old, new, 1)
}

func TestAScenarioHasWhatItsFileSays(t *testing.T) {
	got, err := Parse("dir/mine.yaml", []byte(`# A comment.
title: Two
  lines
source: Q1
about: |
  One.

  Two.
sites:
  A: {dps: 1}
  B:
    parent: A
  "001": {parent: B, kind: secondary, dps: 2}
packages: [P, Q.2]
updates: 3
order: none
threads: 2
copies: 4
faults: {duplicates: 1, failed-decompressions: 3}
expect:
  sometimes: [content-first]
`))
	require.NoError(t, err)
	got.Text = nil
	assert.Equal(t, &Scenario{
		Name: "mine", Title: "Two lines", Source: "Q1", About: "One.\n\nTwo.",
		Scope: model.Scope{
			Sites: []model.Site{
				{Name: "A", Parent: model.NoParent, DPs: 1},
				{Name: "B", Parent: 0},
				{Name: "001", Parent: 1, Kind: model.Secondary, DPs: 2},
			},
			Packages: []string{"P", "Q.2"},
			Updates:  3, Threads: 2, Copies: 4,
			Faults: [model.NumFaults]int{model.Duplicate: 1, model.FailedDecompress: 3},
		},
		Expect: Expect{Sometimes: []string{"content-first"}},
	}, got)
}

func TestWhatIsLeftOutHasTheDefaultsOfTheProduct(t *testing.T) {
	got, err := Parse("s.yaml", []byte(small))
	require.NoError(t, err)
	assert.Equal(t, model.DefaultThreads, got.Scope.Threads)
	assert.Equal(t, model.DefaultCopies, got.Scope.Copies)
	assert.True(t, got.Scope.Ordered)
	assert.Zero(t, got.Scope.Faults)
	assert.Equal(t, small, string(got.Text))
}

func TestEditorsMayWriteTheSameScenarioDifferently(t *testing.T) {
	want, err := Parse("s.yaml", []byte(small))
	require.NoError(t, err)
	for name, text := range map[string]string{
		"line ends of Windows":       strings.ReplaceAll(small, "\n", "\r\n"),
		"a byte order mark":          "\ufeff" + small,
		"a document's marks":         "---\n" + small + "...\n# end\n",
		"everything commented out":   small + "faults:\n#  duplicates: 1\nexpect:\n",
		"nothing for an empty site":  edit("A: {}", "A:"),
		"a quoted name":              edit("[P]", "['P']"),
		"a list over several lines":  edit("[P]", "\n- P"),
		"no line feed at the end":    strings.TrimSuffix(small, "\n"),
		"a comment behind the value": edit("updates: 2", "updates: 2 # of each"),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Parse("s.yaml", []byte(text))
			require.NoError(t, err)
			got.Text = want.Text
			assert.Equal(t, want, got)
		})
	}
}

func TestEveryErrorSaysWhereWhatWasExpectedAndWhatWasFound(t *testing.T) {
	plain := func(what string) string {
		return "expected plain YAML (no anchor, alias, merge key, tag, directive or complex key), found \"" + what + "\"; write the value out, or put text in quotes"
	}
	const nameWanted = "expected a name of 1 to 16 letters, digits, dots, hyphens and underscores, found "
	rule := model.RuleNames()[0]
	tests := []struct{ name, text, want string }{
		{"empty file", "", "1:1: the file is empty"},
		{"only comments", "# c\n", "1:1: expected a scenario, found only comments"},
		{"very big", strings.Repeat("#", MaxBytes+1), " expected at most 64 KiB, found more"},
		{"a list", "- a\n", "1:1: expected a mapping (key: value), found a list"},
		{"a word", "hello\n", `1:1: expected a mapping (key: value), found text "hello"`},

		{"unknown key", edit("title", "tilte"), `1:1: expected a known key, found "tilte"; did you mean title?`},
		{"unknown key, nothing near", small + "colour: red\n", `8:1: expected a known key, found "colour"; there are title, source, about, story, sites, packages, updates, order, threads, copies, faults, expect`},
		{"unknown key of a site", edit("dps:", "dp:"), `4:35: sites.B: expected a known key, found "dp"; did you mean dps?`},
		{"a number among the keys", edit("dps: 2", "dps: 2, 1: x"), `4:43: sites.B: expected a known key, found "1"; there are parent, kind, dps`},
		{"the first of several unknown keys", small + "z: 1\ny: 1\nx: 1\n", `8:1: expected a known key, found "z"; there are title, source, about, story, sites, packages, updates, order, threads, copies, faults, expect`},
		{"key twice", small + "updates: 3\n", `8:1: expected each key once, found "updates" again`},
		{"site twice", edit("packages", "  B: {parent: A}\npackages"), `5:3: sites: expected each key once, found "B" again`},
		{"key of a site twice", edit("dps: 2", "dps: 2, dps: 3"), `4:43: sites.B: expected each key once, found "dps" again`},
		{"missing key", edit("updates: 2\n", ""), "1:1: expected the key updates, found none"},
		{"missing key below a comment", "# c\n" + edit("title: T\n", ""), "2:1: expected the key title, found none"},
		{"empty title", edit("title: T", "title: ' '"), "1:8: title: expected a line of text, found none"},
		{"no title", edit("title: T", "title:"), "1:1: title: expected text, found nothing"},
		{"control character", small + `about: "x\ey"`, `8:8: about: expected printable text, found '\x1b'`},

		{"word for a number", edit("updates: 2", "updates: two"), `6:10: updates: expected a whole number, found text "two"`},
		{"quoted number", edit("updates: 2", `updates: "2"`), `6:10: updates: expected a whole number, found text "2"`},
		{"float", edit("updates: 2", "updates: 2.5"), "6:10: updates: expected a whole number, found 2.5"},
		{"octal", edit("updates: 2", "updates: 010"), "6:10: updates: expected a whole number, found 010"},
		{"hexadecimal", edit("updates: 2", "updates: 0x2"), "6:10: updates: expected a whole number, found 0x2"},
		{"truth value", edit("updates: 2", "updates: true"), "6:10: updates: expected a whole number, found true"},
		{"nothing", edit("updates: 2", "updates:"), "6:1: updates: expected a whole number, found nothing"},
		{"a list for a number", edit("updates: 2", "updates: [2]"), "6:1: updates: expected a whole number, found a list"},
		{"number with an underscore", edit("updates: 2", "updates: 1_0"), "6:10: updates: expected a whole number, found 1_0"},
		{"nothing for what has a default", small + "threads:\n", "8:1: threads: expected a whole number, found nothing"},
		{"nothing for a kind", edit("kind: secondary", "kind: "), "4:18: sites.B.kind: expected text, found nothing"},
		{"nothing for a parent", edit("parent: A", "parent: "), "4:7: sites.B.parent: expected text, found nothing"},
		{"huge number", edit("updates: 2", "updates: 99999999999999999999"), "6:10: updates: expected a whole number, found 99999999999999999999"},
		{"large number", edit("updates: 2", "updates: 4000000000"), "6:10: updates: expected a number from 1 to 7, found 4000000000"},
		{"too many DPs", edit("dps: 2", "dps: 7"), "4:40: sites.B.dps: expected a number from 0 to 6, found 7"},
		{"too many threads", small + "threads: 9\n", "8:10: threads: expected a number from 1 to 4, found 9"},
		{"too many faults", small + "faults:\n  dps-away: 4\n", "9:13: faults.dps-away: expected a number from 0 to 3, found 4"},

		{"site without a mapping", edit("A: {}", "A: 1"), "3:6: sites.A: expected a mapping (key: value), found 1"},
		{"no DP", edit("dps: 2", "dps: 0"), "2:1: sites: expected a distribution point at one site at least, found none"},
		{"one site", edit("  B: {parent: A, kind: secondary, dps: 2}\n", ""), "2:1: sites: expected 2 to 8 sites, found 1"},
		{"no sites", "title: T\nsites:\npackages: [P]\nupdates: 1\norder: kept\n", "2:1: sites: expected 2 to 8 sites, found 0"},
		{"own parent", edit("parent: A", "parent: B"), "4:15: sites.B.parent: expected another site, found the site itself"},
		{"unknown parent", edit("parent: A", "parent: X"), `4:15: sites.B.parent: expected the name of a site, found "X"; there are A, B`},
		{"parent after child", edit("packages", "  C: {parent: D}\n  D: {parent: A}\npackages"), "5:15: sites.C.parent: expected a site that stands before its child sites, found D"},
		{"source site with a parent", edit("A: {}", "A: {parent: B}"), "3:15: sites.A.parent: expected no parent, for it is the source site, found B"},
		{"secondary source site", edit("A: {}", "A: {kind: secondary}"), "3:13: sites.A.kind: expected primary, for it is the source site, found secondary"},
		{"two source sites", edit("packages", "  C:\npackages"), "5:3: sites.C: expected the key parent, found none; only the first site, A, is the source site"},
		{"child of a secondary", edit("packages", "  C: {parent: B}\npackages"), "5:15: sites.C.parent: expected a primary site, found secondary site B"},
		{"unknown kind", edit("secondary", "secundary"), `4:24: sites.B.kind: expected a kind of site, found "secundary"; did you mean secondary?`},
		{"site with a bad name", edit("B:", `"B\n":`), `4:3: sites.B\n: ` + nameWanted + `"B\n"`},
		{"key that is a list", edit("A: {}", "[A]: {}"), "3:6: not YAML: found an invalid key for this map"},
		{"key that is nothing", edit("A: {}", "~: {}"), "3:3: sites: expected a name as key, found nothing"},

		{"no packages", edit("[P]", "[]"), "5:1: packages: expected 1 to 4 packages, found 0"},
		{"too many packages", edit("[P]", "[P, Q, R, S, T]"), "5:24: packages[4]: expected 1 to 4 packages, found 5"},
		{"package twice", edit("[P]", "[P, P]"), `5:15: packages[1]: expected each name once, found "P" again`},
		{"package with a bad name", edit("[P]", "[P, 'a b']"), "5:15: packages[1]: " + nameWanted + `"a b"`},
		{"packages no list", edit("[P]", "P"), `5:11: packages: expected a list ([a, b]), found text "P"`},
		{"list in a list", edit("[P]", "[[P]]"), "5:12: packages[0]: expected text, found a list"},
		{"nothing in a list", edit("[P]", "[P, ~]"), "5:15: packages[1]: expected text, found nothing"},

		{"unknown order", edit("kept", "Kept"), `7:8: order: expected the order of the channels, found "Kept"; did you mean kept?`},
		{"unknown fault", small + "faults: {duplicate: 1}\n", `8:10: faults: expected a known key, found "duplicate"; did you mean duplicates?`},
		{"fault twice", small + "faults: {dps-away: 1, dps-away: 1}\n", `8:23: faults: expected each key once, found "dps-away" again`},
		{"unknown expectation", small + "expect: {never: [x]}\n", `8:10: expect: expected a known key, found "never"; there are sometimes, rules`},
		{"unknown sometimes", small + "expect:\n  sometimes:\n  - content-frist\n", `10:5: expect.sometimes[0]: expected the name of a sometimes property, found "content-frist"; did you mean content-first?`},
		{"unknown sometimes, nothing near", small + "expect: {sometimes: [zzz]}\n", `8:22: expect.sometimes[0]: expected the name of a sometimes property, found "zzz"; there are ` + strings.Join(props.SometimesNames(), ", ")},
		{"unknown rule", small + "expect: {rules: [" + strings.ToUpper(rule) + "]}\n", fmt.Sprintf("8:18: expect.rules[0]: expected the name of a rule, found %q; did you mean %s?", strings.ToUpper(rule), rule)},
		{"rule twice", small + "expect: {rules: [" + rule + ", " + rule + "]}\n", fmt.Sprintf("8:%d: expect.rules[1]: expected each name once, found %q again", 18+len(rule)+2, rule)},

		{"two documents", small + "---\nx: 1\n", "9:1: expected one document, found another"},
		{"text behind the document", small + "...\nx\n", "9:1: expected one document, found another"},
		{"anchor", edit("A: {}", "A: &a {}"), "3:6: " + plain("&")},
		{"alias", small + "about: *a\n", "8:8: " + plain("*")},
		{"tag", small + "about: !!str x\n", "8:8: " + plain("!!str")},
		{"merge key", small + "<<: {}\n", "8:1: " + plain("<<")},
		{"complex key", small + "? x\n", "8:1: " + plain("?")},
		{"directive", "%YAML 1.2\n---\n" + small, "1:1: " + plain("%")},
		{"open quote", small + "about: 'x\n", "8:8: not YAML: could not find end character of single-quoted text"},
		{"open list", small + "about: [1\n", "8:8: not YAML: sequence end token ']' not found"},
		{"tab", small + "\tabout: x\n", "8:1: not YAML: found character '\\t' that cannot start any token"},
		{"reserved character", small + "about: @x\n", "8:8: not YAML: '@' is a reserved character"},
		{"colon in a text", small + "about: x: y\n", "8:8: not YAML: mapping value is not allowed in this context"},

		{"deep flow", "a: " + strings.Repeat("[", MaxBytes-3), "1:12: expected at most 8 levels of mappings and lists, found more"},
		{"deep blocks", strings.Repeat("- ", MaxBytes/2), "1:101: expected block mappings and lists to begin before column 100, found one after it"},
		{"deep mappings", staircase(200), "101:102: expected block mappings and lists to begin before column 100, found one after it"},

		{"place below text of several lines", "about: >\n  x\n\n  y\nsource: 'a\n  b'\n" + edit("order", "odrer"), `13:1: expected a known key, found "odrer"; did you mean order?`},
		{"place behind letters of two bytes", edit("A: {}", "A: {}   # é\n  é: {pärent: A}"), `4:7: sites.é: expected a known key, found "pärent"; did you mean parent?`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse("s.yaml", []byte(tt.text))
			assert.EqualError(t, err, "s.yaml:"+tt.want)
			assert.IsType(t, &show.FileError{}, err)
		})
	}
}

// staircase nests mappings, each a line further down and a column further right.
func staircase(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	return b.String()
}

func TestAnErrorDoesNotRepeatHugeNames(t *testing.T) {
	huge := strings.Repeat("x", 10_000)
	cut := strings.Repeat("x", 40) + "…"
	_, err := Parse("s.yaml", []byte(edit("B:", huge+":")))
	assert.ErrorContains(t, err, "4:3: sites."+cut+": expected a name of 1 to 16 letters")
	assert.Less(t, len(err.Error()), 250)

	_, err = Parse("s.yaml", []byte(edit("order: kept", "order: "+huge)))
	assert.EqualError(t, err, `s.yaml:7:8: order: expected the order of the channels, found "`+cut+`"; there are kept, none`)
}

func TestWhatTheFileDoesNotHaveIsFoundWhereItShouldStand(t *testing.T) {
	wrong := func(path ...string) error {
		r, err := decode("s.yaml", []byte(small), &document[map[string]site]{})
		require.NoError(t, err)
		r.errorf(path, "expected more, found 3")
		return r.err
	}
	assert.EqualError(t, wrong("sites", "B", "zone"), "s.yaml:4:3: sites.B.zone: expected more, found 3")
	assert.EqualError(t, wrong("faults", "dps-away"), "s.yaml:1:1: faults.dps-away: expected more, found 3")
	assert.EqualError(t, wrong(), "s.yaml:1:1: expected more, found 3")
}

func TestNoFileTakesLong(t *testing.T) {
	full := func(part string) string { return strings.Repeat(part, MaxBytes/len(part)) }
	for _, text := range []string{
		full("a: 1\n"), full("- a\n"), full("x "), full(" "), "a:\n" + full(" x\n")[5:], "a: >\n" + full(" x\n")[8:],
		"[" + full("x,")[2:] + "]", "{" + full("x: 1,")[2:] + "}", "a: '" + full("x\n ")[6:] + "'", full("'' "), full("a:"), full("\n\r"),
		edit("[P]", "["+distinct((MaxBytes-len(small))/6)+"]"),
	} {
		start := time.Now()
		_, err := Parse("s.yaml", []byte(text))
		assert.Error(t, err, "%.20q", text)
		// It takes half a second at most; the rest is for slow machines.
		assert.Less(t, time.Since(start), 20*time.Second, "%.20q", text)
	}
}

func distinct(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "x%04d,", i)
	}
	return b.String()
}
