package model_test

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
)

// Some that anybody can read off the rules.
func TestWhatRulesTouch(t *testing.T) {
	want := map[string]model.Touches{
		"status.report": {Reads: []string{"status on its way"}, Changes: []string{"status on its way", "reported"}, ReadsWith: []string{"reported"}},
		"dp.return":     {Reads: []string{"DP {dp}"}, Changes: []string{"DP {dp}"}},
		"package.decompress": {
			Reads: []string{"stored copy", "StoredPkgVersion", "package thread"}, ReadsWith: []string{"Despooler"},
			Changes: []string{"package thread", "unpacked"},
		},
		"despooler.forward": {Reads: []string{"Despooler"}, Changes: []string{"Despooler", "content on its way", "metadata on its way"}},
		"timer.rescan": {
			ReadsWith:   []string{"replication thread", "change notification", "INCOMING"},
			ChangesWith: []string{"change notification"},
		},
	}
	for _, r := range model.Rules() {
		if touches, ok := want[r.Name]; ok {
			assert.Equal(t, touches, r.Touches(), r.Name)
			delete(want, r.Name)
		}
	}
	assert.Empty(t, want)
}

var ofDP = regexp.MustCompile(`DP \d+`)

// A step changes nothing in a description but what its rule says, and some rule
// changes each field.
func TestStepsChangeTheFieldsThatTheirRulesTouch(t *testing.T) {
	changes, changed := make([]map[string]bool, len(model.Rules())), map[string]bool{}
	for i, r := range model.Rules() {
		touches := r.Touches()
		changes[i] = map[string]bool{}
		for _, label := range slices.Concat(touches.Changes, touches.ChangesWith) {
			changes[i][label], changed[label] = true, true
		}
	}
	for _, f := range model.StateFields() {
		require.True(t, changed[f.Label], f.Label)
	}
	scope := small(true)
	scope.Sites = append(scope.Sites[:1], model.Site{Name: "B", DPs: 1}, model.Site{Name: "C", Parent: 1, Kind: model.Secondary, DPs: 1})
	for f := range scope.Faults {
		scope.Faults[f] = 1
	}
	random := rand.New(rand.NewPCG(1, 2))
	taken := map[string]bool{}
	for i := range 100 {
		scope.Ordered = i%2 == 0
		sys, err := model.NewSystem(scope, model.Design{Mechanisms: model.MechanismSet(random.IntN(1 << model.NumMechanisms)), Switches: model.SwitchSet(random.IntN(1 << model.NumSwitches))})
		require.NoError(t, err)
		s := sys.Init()[0]
		was := sys.Describe(&s)
		for range 80 {
			steps, next := possible(sys, s)
			if len(steps) == 0 {
				break
			}
			i := random.IntN(len(steps))
			is, rule := sys.Describe(&next[i]), steps[i].Rule
			for n := range is {
				label := ofDP.ReplaceAllString(is[n].Label, "DP {dp}")
				if is[n] != was[n] && is[n].Place != "" {
					require.True(t, changes[rule][label], "%s changes %s", sys.Format(steps[i]), label)
				}
			}
			taken[model.RuleNames()[rule]] = true
			s, was = next[i], is
		}
	}
	assert.Greater(t, len(taken), len(changes)*4/5, "nearly every rule")
}
