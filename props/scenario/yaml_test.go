package scenario

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"pkgdist/fixtures"
	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check/show"
)

// words are names that YAML, or a careless writer of it, takes for something else.
var words = []string{"null", "true", "no", "on", "y", "0x1", "1e3", "1.5", ".inf", ".nan", "-1", "010", "1_000", "-", "--", "---", "...", "_", "2001-01-01"}

func drawName() *rapid.Generator[string] {
	return rapid.OneOf(rapid.StringMatching(`[-_.A-Za-z0-9]{1,16}`), rapid.SampledFrom(words))
}

func drawScope(t *rapid.T) model.Scope {
	names := rapid.SliceOfNDistinct(drawName(), 2, model.MaxSites, rapid.ID[string]).Draw(t, "sites")
	scope := model.Scope{
		Packages: rapid.SliceOfNDistinct(drawName(), 1, model.MaxPackages, rapid.ID[string]).Draw(t, "packages"),
		Updates:  rapid.IntRange(1, model.MaxUpdates).Draw(t, "updates"),
		Ordered:  rapid.Bool().Draw(t, "ordered"),
		Threads:  rapid.IntRange(1, model.MaxThreads).Draw(t, "threads"),
		Copies:   rapid.IntRange(1, model.MaxDPs).Draw(t, "copies"),
	}
	primaries := []int{0}
	for i, name := range names {
		site := model.Site{Name: name, Parent: model.NoParent, DPs: rapid.IntRange(0, model.MaxDPs).Draw(t, "dps")}
		if i > 0 {
			site.Parent = rapid.SampledFrom(primaries).Draw(t, "parent")
			site.Kind = rapid.SampledFrom([]model.SiteKind{model.Primary, model.Secondary}).Draw(t, "kind")
		}
		if i > 0 && site.Kind == model.Primary {
			primaries = append(primaries, i)
		}
		scope.Sites = append(scope.Sites, site)
	}
	scope.Sites[len(names)-1].DPs = max(scope.Sites[len(names)-1].DPs, 1)
	for f := range scope.Faults {
		scope.Faults[f] = rapid.IntRange(0, model.MaxFaults).Draw(t, "fault")
	}
	return scope
}

func drawScenario(t *rapid.T) *Scenario {
	prose := rapid.StringMatching(`[ -~à-ü→\n]{0,60}`)
	return &Scenario{
		Name:   "drawn",
		Title:  "T" + strings.Join(strings.Fields(prose.Draw(t, "title")), " "),
		Source: strings.Join(strings.Fields(prose.Draw(t, "source")), " "),
		About:  strings.TrimSpace(prose.Draw(t, "about")),
		Scope:  drawScope(t),
		Expect: Expect{
			Sometimes: drawSome(t, props.SometimesNames()),
			Rules:     drawSome(t, model.RuleNames()),
		},
	}
}

// drawSome returns nil where it draws none, as Parse does.
func drawSome(t *rapid.T, known []string) []string {
	some := rapid.SliceOfNDistinct(rapid.SampledFrom(known), 0, len(known), rapid.ID[string]).Draw(t, "some")
	if len(some) == 0 {
		return nil
	}
	return some
}

func TestAnyValidScenarioReadsBackAsItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawScenario(t)
		require.NoError(t, want.Scope.Validate())
		text := want.YAML()
		got, err := Parse("drawn.yaml", text)
		require.NoError(t, err, "%s", text)
		want.Text = text
		require.Equal(t, want, got)
	})
}

// FuzzParse searches for input that makes reading panic, that is refused in more
// than one line or without a place, or that does not read back.
func FuzzParse(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte(staircase(20)))
	for _, name := range Names() {
		text, err := fixtures.Scenarios.ReadFile(folder + "/" + name + extension)
		require.NoError(f, err)
		f.Add(text)
	}
	for _, text := range []string{
		"a: &a [*a, *a]\n<<: *a\n", "!!binary |\n  AAAA\n", "? [a]\n: b\n", "%YAML 1.2\n---\na\n...\n", "{a: [b, {c: d}], e}", "a: \"\\x41\\", "- - - a\n  -\n", "a: |2-\n   x\n", "\ufeffa: >+\n\n\n",
		"title: \"\\ud800\"", "sites: {? : }", "'': \r\n \t- ",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := Parse("f.yaml", text)
		if err != nil {
			require.IsType(t, &show.FileError{}, err)
			require.Equal(t, -1, strings.IndexFunc(err.Error(), func(r rune) bool { return r < ' ' }), "%q", err.Error())
			at := err.(*show.FileError)
			require.True(t, at.Line > 0 && at.Column > 0 || len(text) > MaxBytes, "no place: %v", err)
			require.LessOrEqual(t, at.Line, 1+strings.Count(string(text), "\n")+strings.Count(string(text), "\r"))
			return
		}
		again, err := Parse("f.yaml", s.YAML())
		require.NoError(t, err, "%s", s.YAML())
		again.Text = s.Text
		require.Equal(t, s, again)
	})
}
