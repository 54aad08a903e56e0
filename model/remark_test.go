package model_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
)

// A step is remarked upon exactly where the states before and after it show what the remark says. The remarks that are
// always made with their effect are left out.
func TestRemarksSayWhatIsSo(t *testing.T) {
	type at struct{ was, is *model.SiteState }
	before := func(a at) *model.PackageState { return &a.was.Packages[0] }
	after := func(a at) *model.PackageState { return &a.is.Packages[0] }
	shows := map[string]map[string]func(at) bool{
		"sender.deliver": {"the change notification is lost: the replication thread is busy": func(a at) bool {
			return !a.is.Replication.Notified
		}},
		"despooler.store": {"two writers at once: the package thread is decompressing the copy that Despooler writes over": func(a at) bool {
			return after(a).Thread.Phase == model.Decompressing
		}},
		"despooler.commit": {"an older version is stored over a newer one": func(a at) bool {
			return after(a).Row.Stored < before(a).Row.Stored
		}},
		"package.decompress": {
			"two writers at once: Despooler is writing over the copy that the package thread decompresses": func(a at) bool {
				return a.is.Despooler.Phase == model.Storing
			},
			"the stored copy is not what the row says: it is torn, or of another version": func(a at) bool {
				return a.is.Despooler.Phase != model.Storing && after(a).Unpacked != model.Content{Version: after(a).Row.Stored}
			},
		},
		"package.record": {"the write goes over a newer version: StoredPkgVersion goes back": func(a at) bool {
			return after(a).Row.Stored < before(a).Row.Stored
		}},
		"package.done": {"its status takes the place of a later one that is on its way": func(a at) bool {
			return after(a).Status < before(a).Status
		}},
		"dp.commit": {
			"what was unpacked is torn":                   func(a at) bool { return after(a).DPs[0].Content.Torn },
			"an older version is copied over a newer one": func(a at) bool { return after(a).DPs[0].Content.Version < before(a).DPs[0].Content.Version },
		},
		"status.report": {"an older status overwrites a newer one: nobody compares them": func(a at) bool {
			return after(a).Reported < before(a).Reported
		}},
	}
	seen := map[string]map[bool]bool{}
	scope := small(false)
	scope.Faults[model.Duplicate] = 1
	sys, err := model.NewSystem(scope, model.SMS20)
	require.NoError(t, err)
	for s := range reachable(sys) {
		sys.Steps(s, func(step model.Step, next model.State) {
			remarks := sys.Remarks(&s, step)
			for says, is := range shows[model.RuleNames()[step.Rule]] {
				want := is(at{&s.Sites[step.Site], &next.Sites[step.Site]})
				require.Equal(t, want, slices.Contains(remarks, says), "%s: %s", sys.Format(step), says)
				if seen[says] == nil {
					seen[says] = map[bool]bool{}
				}
				seen[says][want] = true
			}
		})
	}
	for rule, remarks := range shows {
		for says := range remarks {
			assert.Len(t, seen[says], 2, "%s: %s: made somewhere, and somewhere not", rule, says)
		}
	}
}
