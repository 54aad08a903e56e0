package model_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"pkgdist/model"
)

// exchange says where each part of a scope comes to stand: an element of its
// symmetry group. It is made and applied in ways that share nothing with
// Canonical.
type exchange struct {
	sites, packages []int
	dps             [][]int // of each site, at its old place
}

// permutations lists those of n things.
func permutations(n int) [][]int {
	if n == 0 {
		return [][]int{{}}
	}
	var all [][]int
	for _, shorter := range permutations(n - 1) {
		for at := range n {
			all = append(all, slices.Insert(slices.Clone(shorter), at, n-1))
		}
	}
	return all
}

// keepsTree tells whether a permutation of the sites takes each site to one of
// the same kind, with as many distribution points, and its parent to that one's
// parent.
func keepsTree(scope model.Scope, sites []int) bool {
	for i, to := range sites {
		a, b := scope.Sites[i], scope.Sites[to]
		if a.Kind != b.Kind || a.DPs != b.DPs || (a.Parent == model.NoParent) != (b.Parent == model.NoParent) {
			return false
		}
		if a.Parent != model.NoParent && sites[a.Parent] != b.Parent {
			return false
		}
	}
	return true
}

// group lists all exchanges of a scope.
func group(scope model.Scope) []exchange {
	dps := [][][]int{{}}
	for _, site := range scope.Sites {
		var longer [][][]int
		for _, before := range dps {
			for _, p := range permutations(site.DPs) {
				longer = append(longer, append(slices.Clone(before), p))
			}
		}
		dps = longer
	}
	var all []exchange
	for _, sites := range permutations(len(scope.Sites)) {
		if !keepsTree(scope, sites) {
			continue
		}
		for _, packages := range permutations(len(scope.Packages)) {
			for _, d := range dps {
				all = append(all, exchange{sites, packages, d})
			}
		}
	}
	return all
}

func (g exchange) state(s model.State) model.State {
	next := s
	for i, to := range g.sites {
		from := s.Sites[i]
		site := from
		for d, at := range g.dps[i] {
			site.Away[at] = from.Away[d]
		}
		if from.Despooler.Phase != model.DespoolerIdle {
			site.Despooler.Package = uint8(g.packages[from.Despooler.Package])
		}
		for p, place := range g.packages {
			site.Packages[place] = from.Packages[p]
			for d, at := range g.dps[i] {
				site.Packages[place].DPs[at] = from.Packages[p].DPs[d]
			}
		}
		next.Sites[to] = site
	}
	return next
}

func (g exchange) step(step model.Step) model.Step {
	rule := model.Rules()[step.Rule]
	moved := step
	moved.Site = uint8(g.sites[step.Site])
	if !rule.Site {
		moved.Package = uint8(g.packages[step.Package])
	}
	if rule.DP {
		moved.DP = uint8(g.dps[step.Site][step.DP])
	}
	return moved
}

// drawSymmetric draws a small system with parts to exchange, under any design.
func drawSymmetric(t *rapid.T) *model.System {
	names := []string{"A", "B", "C", "D", "E"}
	scope := model.Scope{
		Sites:    []model.Site{{Name: "A", Parent: model.NoParent, DPs: rapid.IntRange(0, 2).Draw(t, "dps")}},
		Packages: []string{"P", "Q", "R"}[:rapid.IntRange(1, 3).Draw(t, "packages")],
		Updates:  rapid.IntRange(1, 3).Draw(t, "updates"), Ordered: rapid.Bool().Draw(t, "ordered"),
		Threads: rapid.IntRange(1, 2).Draw(t, "threads"), Copies: rapid.IntRange(1, 2).Draw(t, "copies"),
	}
	dps := rapid.IntRange(1, 2).Draw(t, "dps")
	for i := range rapid.IntRange(1, 4).Draw(t, "sites") {
		site := model.Site{Name: names[i+1], Kind: model.Secondary, DPs: dps}
		if i > 0 && rapid.IntRange(0, 5).Draw(t, "odd") == 0 {
			site.DPs = 1
		}
		// Two parents at the most, so that subtrees match now and then.
		if parent := rapid.IntRange(0, min(i, 2)).Draw(t, "parent"); parent > 0 {
			site.Parent = parent
			scope.Sites[parent].Kind = model.Primary
		}
		scope.Sites = append(scope.Sites, site)
	}
	for f := range scope.Faults {
		scope.Faults[f] = rapid.IntRange(0, 1).Draw(t, "faults")
	}
	sys, err := model.NewSystem(scope, model.Design{
		Mechanisms: model.MechanismSet(rapid.IntRange(0, 1<<model.NumMechanisms-1).Draw(t, "mechanisms")),
		Switches:   model.SwitchSet(rapid.IntRange(0, 1<<model.NumSwitches-1).Draw(t, "switches")),
		Policy:     rapid.SampledFrom([]model.Policy{model.Eager, model.Waits, model.Twice}).Draw(t, "policy"),
	})
	require.NoError(t, err)
	return sys
}

func canonical(sys *model.System, s model.State) model.State {
	sys.Canonical(&s)
	return s
}

// What can be done in a state can be done in each state that exchanges make of
// it, with the parts exchanged, and nothing else: the exchanges are automorphisms.
func TestExchangesAreAutomorphisms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sys := drawSymmetric(t)
		all := group(sys.Scope())
		walk(t, sys, func(s model.State) {
			g := all[rapid.IntRange(0, len(all)-1).Draw(t, "exchange")]
			requireExchanged(t, sys, s, g)
		})
	})
}

func requireExchanged(t require.TestingT, sys *model.System, s model.State, g exchange) {
	want, got := map[model.Step]model.State{}, map[model.Step]model.State{}
	sys.Steps(s, func(step model.Step, next model.State) { want[g.step(step)] = g.state(next) })
	exchanged := g.state(s)
	sys.Steps(exchanged, func(step model.Step, next model.State) { got[step] = next })
	require.True(t, maps.Equal(want, got), "%v makes other steps possible, or has them lead elsewhere", g)
	require.Equal(t, sys.AtRest(&s), sys.AtRest(&exchanged))
}

// So they are under each mutation of the rules.
func TestExchangesAreAutomorphismsOfMutants(t *testing.T) {
	scope := model.Scope{
		Sites:    []model.Site{{Name: "A", Parent: model.NoParent}, {Name: "B", Kind: model.Secondary, DPs: 2}, {Name: "C", Kind: model.Secondary, DPs: 2}},
		Packages: []string{"P", "Q"}, Updates: 2, Threads: 1, Copies: 1,
	}
	for f := range scope.Faults {
		scope.Faults[f] = 1
	}
	all := group(scope)
	for _, d := range model.Designs() {
		for i, m := range model.Mutations(d) {
			sys, err := model.NewMutant(scope, d, m)
			require.NoError(t, err)
			s := sys.Init()[0]
			for n := range 60 { // a walk of no preference
				if n%3 == i%3 {
					requireExchanged(t, sys, s, all[(n*7+i)%len(all)])
				}
				steps, next := possible(sys, s)
				if len(steps) == 0 {
					break
				}
				s = next[(n*n+3*n+i)%len(next)]
			}
		}
	}
}

// A state and all that exchanges make of it have one representative, and it is
// one of them.
func TestAClassHasOneRepresentative(t *testing.T) {
	exchanged, moved := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		sys := drawSymmetric(t)
		all := group(sys.Scope())
		var s model.State
		walk(t, sys, func(reached model.State) { s = reached })
		want, member := canonical(sys, s), false
		require.Equal(t, want, canonical(sys, want), "idempotent")
		for _, g := range all {
			other := g.state(s)
			require.Equal(t, want, canonical(sys, other), "constant")
			member = member || other == want
			if other != s {
				exchanged++
			}
		}
		require.True(t, member, "a member")
		if want != s {
			moved++
		}
		require.Equal(t, len(all) > 1, sys.Interchangeable())
	})
	assert.Positive(t, exchanged)
	assert.Positive(t, moved)
}

// In scopes up to the limits, where nobody can list all exchanges.
func TestRepresentativesOfLargeScopes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sys := drawSystem(t)
		g := drawExchange(t, sys.Scope())
		require.True(t, keepsTree(sys.Scope(), g.sites))
		walk(t, sys, func(s model.State) {
			want := canonical(sys, s)
			require.Equal(t, want, canonical(sys, want))
			require.Equal(t, want, canonical(sys, g.state(s)))
		})
	})
}

// drawExchange draws an exchange from the source site downwards.
func drawExchange(t *rapid.T, scope model.Scope) exchange {
	g := exchange{sites: make([]int, len(scope.Sites))}
	order := func(n int) []int { return rapid.Permutation(permutationOf(n)).Draw(t, "order") }
	g.packages = order(len(scope.Packages))
	for _, site := range scope.Sites {
		g.dps = append(g.dps, order(site.DPs))
	}
	var place func(site, at int)
	place = func(site, at int) {
		g.sites[site] = at
		free := map[string][]int{}
		for _, i := range below(scope, at) {
			free[shapeOf(scope, i)] = append(free[shapeOf(scope, i)], i)
		}
		for _, i := range below(scope, site) {
			shape := shapeOf(scope, i)
			n := rapid.IntRange(0, len(free[shape])-1).Draw(t, "place")
			to := free[shape][n]
			free[shape] = slices.Delete(free[shape], n, n+1)
			place(i, to)
		}
	}
	place(0, 0)
	return g
}

func permutationOf(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

func below(scope model.Scope, parent int) (list []int) {
	for i, site := range scope.Sites {
		if site.Parent == parent {
			list = append(list, i)
		}
	}
	return list
}

func shapeOf(scope model.Scope, site int) string {
	var shapes []string
	for _, i := range below(scope, site) {
		shapes = append(shapes, shapeOf(scope, i))
	}
	slices.Sort(shapes)
	return fmt.Sprint(scope.Sites[site].Kind, scope.Sites[site].DPs, shapes)
}

func site(name string, parent int, kind model.SiteKind, dps int) model.Site {
	return model.Site{Name: name, Parent: parent, Kind: kind, DPs: dps}
}

// What tells members apart keeps them apart.
func TestWhatDiffersIsNotExchanged(t *testing.T) {
	a := model.Site{Name: "A", Parent: model.NoParent}
	for name, c := range map[string]struct {
		sites []model.Site
		want  bool
	}{
		"siblings":              {[]model.Site{a, site("B", 0, model.Secondary, 1), site("C", 0, model.Secondary, 1)}, true},
		"of another kind":       {[]model.Site{a, site("B", 0, model.Primary, 1), site("C", 0, model.Secondary, 1)}, false},
		"with other DPs":        {[]model.Site{a, site("B", 0, model.Secondary, 1), site("C", 0, model.Secondary, 0)}, false},
		"no siblings":           {[]model.Site{a, site("B", 0, model.Primary, 1), site("C", 1, model.Primary, 1)}, false},
		"with a site below one": {[]model.Site{a, site("B", 0, model.Primary, 1), site("C", 0, model.Primary, 1), site("D", 1, model.Secondary, 0)}, false},
		"cousins":               {[]model.Site{a, site("B", 0, model.Primary, 1), site("C", 0, model.Primary, 0), site("D", 1, model.Secondary, 1), site("E", 2, model.Secondary, 1)}, false},
		"matching below": {[]model.Site{a, site("B", 0, model.Primary, 0), site("C", 0, model.Primary, 0),
			site("D", 1, model.Secondary, 1), site("E", 1, model.Secondary, 0), site("F", 2, model.Secondary, 0), site("G", 2, model.Secondary, 1)}, true},
		"one DP": {[]model.Site{a, site("B", 0, model.Secondary, 1)}, false},
		"DPs":    {[]model.Site{a, site("B", 0, model.Secondary, 2)}, true},
	} {
		sys, err := model.NewSystem(model.Scope{Sites: c.sites, Packages: []string{"P"}, Updates: 1, Threads: 1, Copies: 1}, model.SMS20)
		require.NoError(t, err, name)
		assert.Equal(t, c.want, sys.Interchangeable(), name)
	}
}

// Representatives are compared byte by byte.
func TestASiteHasNothingButBytes(t *testing.T) {
	size := 0
	var count func(reflect.Type)
	count = func(of reflect.Type) {
		switch of.Kind() {
		case reflect.Struct:
			for i := range of.NumField() {
				count(of.Field(i).Type)
			}
		case reflect.Array:
			for range of.Len() {
				count(of.Elem())
			}
		default:
			require.EqualValues(t, 1, of.Size(), of)
			size++
		}
	}
	count(reflect.TypeFor[model.SiteState]())
	assert.EqualValues(t, size, reflect.TypeFor[model.SiteState]().Size())
}

func TestCanonicalAllocatesNothing(t *testing.T) {
	a := model.Site{Name: "A", Parent: model.NoParent, DPs: 2}
	b, c := site("B", 0, model.Primary, 3), site("C", 0, model.Primary, 3)
	sys, err := model.NewSystem(model.Scope{Sites: []model.Site{a, b, c}, Packages: []string{"P", "Q", "R", "S"}, Updates: 2, Threads: 1, Copies: 1}, model.SMS20)
	require.NoError(t, err)
	s := sys.Init()[0]
	for range 30 {
		_, next := possible(sys, s)
		s = next[len(next)-1]
	}
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		other := s
		sys.Canonical(&other)
	}))
}

func BenchmarkCanonical(b *testing.B) {
	for packages := 1; packages <= model.MaxPackages; packages++ {
		for _, sites := range []int{1, 2} {
			b.Run(fmt.Sprintf("packages=%d/sites=%d", packages, sites), func(b *testing.B) {
				scope := model.Scope{Sites: []model.Site{{Name: "A", Parent: model.NoParent}, {Name: "B", Kind: model.Secondary, DPs: 2}, {Name: "C", Kind: model.Secondary, DPs: 2}}[:sites+1],
					Packages: []string{"P", "Q", "R", "S"}[:packages], Updates: 2, Threads: 1, Copies: 1}
				sys, err := model.NewSystem(scope, model.SMS20)
				if err != nil {
					b.Fatal(err)
				}
				states := sys.Init()
				for n := range 1 << 10 {
					_, next := possible(sys, states[n])
					if len(next) == 0 {
						next = sys.Init()
					}
					states = append(states, next[(n*n+n/3)%len(next)])
				}
				b.ResetTimer()
				for i := 0; b.Loop(); i++ {
					s := states[i%len(states)]
					sys.Canonical(&s)
				}
			})
		}
	}
}

// A site is exchanged with all that is below it, which is sorted before it.
func TestSitesAreExchangedWithWhatIsBelowThem(t *testing.T) {
	scope := model.Scope{Sites: []model.Site{
		{Name: "A", Parent: model.NoParent}, site("B", 0, model.Primary, 0), site("C", 0, model.Primary, 0),
		site("D", 1, model.Secondary, 1), site("E", 1, model.Secondary, 0), site("F", 1, model.Secondary, 0),
		site("G", 2, model.Secondary, 0), site("H", 2, model.Secondary, 1), // and the one with a DP is not the first
	}, Packages: []string{"P"}, Updates: 2, Threads: 1, Copies: 1}
	deep := scope
	deep.Sites = append(slices.Clone(scope.Sites[:7]), site("H", 2, model.Secondary, 1))
	deep.Sites[5] = site("F", 2, model.Secondary, 0) // B has D and E below it; C has F, G and H
	equal := scope
	equal.Sites = append(slices.Clone(scope.Sites[:5]), site("F", 2, model.Secondary, 0), site("G", 2, model.Secondary, 1))
	twins := scope
	twins.Sites = append(slices.Clone(scope.Sites[:3]), site("D", 1, model.Secondary, 0), site("E", 1, model.Secondary, 0),
		site("F", 2, model.Secondary, 0), site("G", 2, model.Secondary, 0))
	twins.Sites[1].DPs, twins.Sites[2].DPs = 1, 1
	for _, c := range []struct {
		scope model.Scope
		size  int // of the group
	}{{deep, 2}, {equal, 2}, {twins, 8}} {
		all := group(c.scope)
		require.Len(t, all, c.size)
		sys, err := model.NewSystem(c.scope, model.SMS20)
		require.NoError(t, err)
		rapid.Check(t, func(t *rapid.T) {
			walk(t, sys, func(s model.State) {
				want, member := canonical(sys, s), false
				for _, g := range all {
					if got := canonical(sys, g.state(s)); got != want { // Equal looks at each by reflection
						require.Equal(t, want, got)
					}
					member = member || g.state(s) == want
				}
				require.True(t, member)
			})
		})
	}
}
