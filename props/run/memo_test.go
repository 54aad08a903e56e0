package run_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
	"pkgdist/props/scenario"
)

// Answers that are remembered are those of the claims: a search that evaluates every claim in every state and step comes to
// the same, for each scenario that takes no more than some seconds, or with -big for each.
func TestRememberedAnswersAreThoseOfTheClaims(t *testing.T) {
	for _, name := range scenario.Names() {
		sc := load(name)
		for _, d := range model.Designs() {
			sys, err := model.NewSystem(sc.Scope, d)
			require.NoError(t, err)
			var properties []check.Property[model.State]
			for _, c := range props.Catalogue() {
				properties = append(properties, c.For(sys))
			}
			opt := check.Options{MaxStates: 800}
			if *big {
				opt.MaxStates = 0
			}
			remembered := props.Model(sys)
			plain := remembered
			independence := *plain.Independence
			independence.Bits = false
			plain.Independence = &independence
			one, err := check.Exhaustive(t.Context(), remembered, properties, opt)
			require.NoError(t, err)
			other, err := check.Exhaustive(t.Context(), plain, properties, opt)
			require.NoError(t, err)
			require.Equal(t, other.States, one.States, "%s, %s", name, d.Name)
			for i, v := range one.Verdicts {
				w := other.Verdicts[i]
				assert.Equal(t, [4]any{w.Outcome, w.Reason, w.Loop, w.Case}, [4]any{v.Outcome, v.Reason, v.Loop, v.Case}, "%s, %s, %s", name, d.Name, v.Property.Name())
				assert.Equal(t, w.Trace, v.Trace, "%s, %s, %s", name, d.Name, v.Property.Name())
			}
		}
	}
}
