package run_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"pkgdist/model"
	"pkgdist/props/check"
)

// A walk that knows nothing of the search never leaves what the search found,
// and sees nothing wrong that the search did not see.
func TestWalksStayInsideWhatWasFound(t *testing.T) {
	for _, name := range []string{"article", "duplicates", "crash", "dp-away"} {
		for _, d := range []string{"sms20", "workaround-twice", "repaired"} {
			t.Run(name+"/"+d, func(t *testing.T) {
				r := exploreKeeping(t, load(name), design(d), check.Options{})
				rapid.Check(t, func(t *rapid.T) {
					s := r.System.Init()[0]
					for range rapid.IntRange(1, 150).Draw(t, "length") {
						require.True(t, r.Result.Contains(s), "%v", r.System.Describe(&s))
						before := s
						var next []model.State
						r.System.Steps(s, func(_ model.Step, n model.State) { next = append(next, n) })
						if len(next) == 0 {
							return
						}
						s = rapid.SampledFrom(next).Draw(t, "step")
						for _, c := range r.Claims {
							wrong := c.Kind.Finite() && (!c.AtRest || r.System.AtRest(&s)) && c.Wrong(r.System, &before, &s) != ""
							if wrong {
								require.Equal(t, check.Violated, r.Result.Verdict(c.Name).Outcome, c.Name)
							}
						}
					}
				})
			})
		}
	}
}

// A description leaves nothing out: no two states have the same.
func TestDescriptionsTellAllStatesApart(t *testing.T) {
	for _, name := range []string{"article"} {
		r := exploreKeeping(t, load(name), model.SMS20, check.Options{})
		seen := map[string]bool{}
		for s := range r.Result.All() {
			var text strings.Builder
			for _, f := range r.System.Describe(&s) {
				text.WriteString(f.Value + "|")
			}
			seen[text.String()] = true
		}
		require.Len(t, seen, int(r.Result.States), name)
	}
}
