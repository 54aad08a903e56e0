package diagnose

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
	"pkgdist/props/logs"
)

// A scope has six distribution points. Of a package with more it is said, and the package is not called sound.
func TestMoreDistributionPointsThanTheModelHasAreNotCalledSound(t *testing.T) {
	for points := model.MaxDPs; points <= model.MaxDPs+1; points++ {
		var found Collect
		say := func(kind logs.Kind, thread int, dp string) {
			found.Add(logs.Message{Record: logs.Record{File: "site.log", Component: "SMS_DISTRIBUTION_MANAGER", Thread: thread}, Kind: kind, Package: "AUS0001B", Version: 1, DP: dp})
		}
		for _, kind := range []logs.Kind{logs.Received, logs.Stored, logs.Applied, logs.Decompressing} {
			say(kind, 1, "")
		}
		for i := range points { // fewer are copied to at a time than there are
			say(logs.DPBegins, 2, fmt.Sprintf("DP%d", i+1))
			say(logs.DPDone, 2, fmt.Sprintf("DP%d", i+1))
		}
		say(logs.PackageDone, 1, "")
		d, err := Diagnose(t.Context(), found.Cases()[0], unhurried)
		require.NoError(t, err)
		require.True(t, d.Complete, "%+v", d)
		assert.True(t, d.Found[0].IsSound())
		assert.Equal(t, points == model.MaxDPs, d.Certain() != nil)
		assert.Equal(t, points > model.MaxDPs, strings.Contains(strings.Join(d.Assumed, " "), "after DP6, 1 of them, was not looked at"))
	}
}
