package model_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
)

var operand = regexp.MustCompile(`\{(\w+)\}`)

// Whoever takes a step hands something over or gets it, in words that the operands
// complete.
func TestRulesHandOverWhatTheirOperandsComplete(t *testing.T) {
	for _, r := range model.Rules() {
		h := r.Hands
		if h == (model.Handover{}) {
			continue
		}
		assert.True(t, h.From == r.By || h.To == r.By, "%s hands over what others have", r.Name)
		assert.NotEqual(t, h.From, h.To, r.Name)
		assert.NotEmpty(t, h.What, r.Name)
		for _, o := range operand.FindAllString(h.What, -1) {
			assert.Contains(t, r.Says, o, r.Name)
		}
	}
}

// smallScope has a source site, two sites below it, and one below these.
func smallScope() model.Scope {
	return model.Scope{
		Sites:    []model.Site{{Name: "A", Parent: model.NoParent}, {Name: "B", DPs: 1}, {Name: "C"}, {Name: "D", Parent: 1, DPs: 1}},
		Packages: []string{"P"}, Updates: 2, Threads: 1, Copies: 1,
	}
}

// eachStep visits the steps out of the first few thousand states.
func eachStep(t *testing.T, scope model.Scope, visit func(sys *model.System, s model.State, step model.Step, next model.State)) *model.System {
	t.Helper()
	sys, err := model.NewSystem(scope, model.SMS20)
	require.NoError(t, err)
	seen := map[model.State]bool{}
	for frontier := sys.Init(); len(frontier) > 0; frontier = frontier[1:] {
		s := frontier[0]
		sys.Steps(s, func(step model.Step, next model.State) {
			if !seen[next] && len(seen) < 3000 {
				seen[next] = true
				frontier = append(frontier, next)
			}
			visit(sys, s, step, next)
		})
	}
	return sys
}

// What a step hands over is what it changes: of other sites only the receivers,
// and each of these.
func TestMessagesReachTheSitesThatAStepChanges(t *testing.T) {
	scope, down := smallScope(), 0
	scope.Updates = 1
	eachStep(t, scope, func(sys *model.System, s model.State, step model.Step, next model.State) {
		receivers := map[int]bool{}
		for _, m := range sys.Messages(step) {
			assert.NotContains(t, m.What, "{")
			receivers[m.To.Site] = true
		}
		for i := range scope.Sites {
			if i == int(step.Site) {
				continue
			}
			assert.Equal(t, receivers[i], s.Sites[i] != next.Sites[i], sys.Format(step))
			if receivers[i] {
				down++
			}
		}
	})
	assert.Greater(t, down, 10)
}

func TestMessagesSayWhoHandsWhatToWhom(t *testing.T) {
	sys, err := model.NewSystem(smallScope(), model.SMS20)
	require.NoError(t, err)
	step := func(text string) model.Step {
		s, err := sys.ParseStep(text)
		require.NoError(t, err)
		return s
	}
	send := step("package.send(site=A package=P version=2)")
	from := model.Lane{Site: 0, Actor: model.ActorPackageThread}
	assert.Equal(t, from, sys.TakenBy(send))
	assert.Equal(t, []model.Message{
		{From: from, To: model.Lane{Site: 1, Actor: model.ActorSender}, What: "content and metadata of version 2 of P"},
		{From: from, To: model.Lane{Site: 2, Actor: model.ActorSender}, What: "content and metadata of version 2 of P"},
	}, sys.Messages(send))

	update := step("administrator.update(site=A package=P version=1)")
	assert.Equal(t, model.Lane{Site: model.NoSite, Actor: model.ActorAdministrator}, sys.TakenBy(update))
	assert.Empty(t, sys.Messages(step("replication.wait(site=B)")))
}

// The fields of a state say where they belong, by names and by numbers alike.
func TestFieldsSayWhereTheyBelong(t *testing.T) {
	scope := smallScope()
	scope.Packages = []string{"P", "Q"}
	for f := range scope.Faults {
		scope.Faults[f] = 1
	}
	sys, err := model.NewSystem(scope, model.SMS20)
	require.NoError(t, err)
	var areas []model.Area
	for _, f := range sys.Describe(&sys.Init()[0]) {
		areas = append(areas, f.Area)
		var place []string
		if f.Site != model.NoSite {
			place = append(place, scope.Sites[f.Site].Name)
		}
		if f.Package != model.NoPackage {
			place = append(place, scope.Packages[f.Package])
		}
		assert.Equal(t, strings.Join(place, "/"), f.Place, f.Label)
		assert.NotNil(t, f.Data, f.Label)
	}
	for a := model.AreaFaults; a <= model.AreaStatus; a++ {
		assert.True(t, slices.Contains(areas, a), a.String())
	}
}

// What is kept is what a crash leaves as it was, where nothing is done again.
func TestACrashLeavesWhatIsKept(t *testing.T) {
	scope, crashes, lost := smallScope(), 0, map[string]bool{}
	scope.Sites = scope.Sites[:2]
	scope.Faults[model.DespoolerCrash], scope.Faults[model.ManagerCrash] = 1, 1
	eachStep(t, scope, func(sys *model.System, s model.State, step model.Step, next model.State) {
		if !strings.HasSuffix(model.RuleNames()[step.Rule], "-crash") {
			return
		}
		crashes++
		was, is := sys.Describe(&s), sys.Describe(&next)
		for i := range is {
			if is[i].Kept {
				assert.Equal(t, was[i], is[i], sys.Format(step))
			} else if was[i] != is[i] {
				lost[is[i].Label] = true
			}
		}
	})
	assert.Greater(t, crashes, 10)
	assert.Subset(t, slices.Collect(maps.Keys(lost)), []string{"Despooler", "replication thread", "package thread", "unpacked"})
}
