package model_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"pkgdist/model"
)

// drawSystem draws a scope and a design, up to the limits.
func drawSystem(t *rapid.T) *model.System {
	var scope model.Scope
	names := []string{"A", "B", "C", "D", "E", "F", "G", "H"}
	parents := []int{0} // the sites that can have child sites
	for i := range rapid.IntRange(2, model.MaxSites).Draw(t, "sites") {
		site := model.Site{Name: names[i], Parent: model.NoParent, DPs: rapid.IntRange(0, model.MaxDPs).Draw(t, "dps")}
		if i > 0 {
			site.Parent = rapid.SampledFrom(parents).Draw(t, "parent")
			site.Kind = rapid.SampledFrom([]model.SiteKind{model.Primary, model.Secondary}).Draw(t, "kind")
			if site.Kind == model.Primary {
				parents = append(parents, i)
			}
		}
		scope.Sites = append(scope.Sites, site)
	}
	scope.Sites[1].DPs = max(scope.Sites[1].DPs, 1)
	scope.Packages = []string{"P", "Q", "R", "S"}[:rapid.IntRange(1, model.MaxPackages).Draw(t, "packages")]
	scope.Updates = rapid.IntRange(1, model.MaxUpdates).Draw(t, "updates")
	scope.Ordered = rapid.Bool().Draw(t, "ordered")
	scope.Threads = rapid.IntRange(1, model.MaxThreads).Draw(t, "threads")
	scope.Copies = rapid.IntRange(1, model.MaxDPs).Draw(t, "copies")
	for f := range scope.Faults {
		scope.Faults[f] = rapid.IntRange(0, model.MaxFaults).Draw(t, "faults")
	}
	design := model.Design{
		Mechanisms: model.MechanismSet(rapid.IntRange(0, 1<<model.NumMechanisms-1).Draw(t, "mechanisms")),
		Switches:   model.SwitchSet(rapid.IntRange(0, 1<<model.NumSwitches-1).Draw(t, "switches")),
		Policy:     rapid.SampledFrom([]model.Policy{model.Eager, model.Waits, model.Twice}).Draw(t, "policy"),
	}
	sys, err := model.NewSystem(scope, design)
	require.NoError(t, err)
	return sys
}

// possible lists the steps that the system hands out, with where they lead.
func possible(sys *model.System, s model.State) (steps []model.Step, next []model.State) {
	sys.Steps(s, func(step model.Step, n model.State) {
		steps, next = append(steps, step), append(next, n)
	})
	return steps, next
}

// walk calls visit with the states of a random walk.
func walk(t *rapid.T, sys *model.System, visit func(model.State)) {
	s := sys.Init()[0]
	visit(s)
	for range rapid.IntRange(0, 120).Draw(t, "length") {
		_, next := possible(sys, s)
		if len(next) == 0 {
			return
		}
		s = rapid.SampledFrom(next).Draw(t, "step")
		visit(s)
	}
}

// everyStep lists each step with operands that the scope has, possible or not.
func everyStep(sys *model.System) []model.Step {
	scope := sys.Scope()
	var steps []model.Step
	for i, r := range model.Rules() {
		packages, versions := len(scope.Packages), int(sys.LastVersion())
		if r.Site {
			packages, versions = 1, 0
		}
		first := min(versions, 1)
		for site := range scope.Sites {
			dps := 1
			if r.DP {
				dps = scope.Sites[site].DPs
			}
			for p := range packages {
				for v := first; v <= versions; v++ {
					for d := range dps {
						steps = append(steps, model.Step{Rule: uint8(i), Site: uint8(site), Package: uint8(p), Version: model.Version(v), DP: uint8(d)})
					}
				}
			}
		}
	}
	return steps
}

func TestAStateLeadsWhereItsStepsSay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sys := drawSystem(t)
		var s model.State
		walk(t, sys, func(reached model.State) { s = reached })
		steps, next := possible(sys, s)
		taken := map[model.Step]model.State{}
		for i, step := range steps {
			require.NotContains(t, taken, step, "handed out twice")
			taken[step] = next[i]
			require.NotEqual(t, s, next[i], "%s changes nothing", sys.Format(step))
		}
		// The other way of asking, one step at a time, agrees on every step.
		for _, step := range everyStep(sys) {
			why := sys.WhyNot(&s, step)
			want, ok := taken[step]
			require.Equal(t, ok, why == "", "%s: %q", sys.Format(step), why)
			got, err := sys.Next(s, step)
			if !ok {
				require.ErrorContains(t, err, why)
				continue
			}
			require.NoError(t, err)
			require.Equal(t, want, got, sys.Format(step))
			delete(taken, step)
		}
		require.Empty(t, taken, "steps with operands that the scope does not have")
	})
}

func TestRestIsThatNoStepOfTheSystemIsPossible(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sys := drawSystem(t)
		walk(t, sys, func(s model.State) {
			rest := true
			steps, _ := possible(sys, s)
			for _, step := range steps {
				rest = rest && sys.Environment(step)
			}
			require.Equal(t, rest, sys.AtRest(&s))
		})
	})
}

// What was listed is in the memory of the replication thread, so whoever waits
// has nothing left to judge, after a crash too.
func TestWhoWaitsHasListedNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sys := drawSystem(t)
		walk(t, sys, func(s model.State) {
			for _, site := range s.Sites {
				for _, p := range site.Packages {
					require.True(t, site.Replication.Busy || p.Listed == 0, "the replication thread waits, and has listed %v", p.Listed)
				}
			}
		})
	})
}

func TestStepsInPlacePutsTheStateBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sys := drawSystem(t)
		walk(t, sys, func(s model.State) {
			before := s
			sys.StepsInPlace(&s, func(step model.Step, next *model.State) {
				require.NotEqual(t, before, *next, sys.Format(step))
			})
			require.Equal(t, before, s)
		})
	})
}

func TestAPackedStateUnpacksToItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sys := drawSystem(t)
		walk(t, sys, func(s model.State) {
			b := make([]byte, sys.Width())
			sys.Pack(&s, b)
			got := s
			got.Sites[0].Away[0] = true // what was there before must not show through
			sys.Unpack(b, &got)
			require.Equal(t, s, got)
		})
	})
}

func TestASmallScopePacksSmall(t *testing.T) {
	article, err := model.NewSystem(articleScope(), model.SMS20)
	require.NoError(t, err)
	assert.Equal(t, 9, article.Width(), "bytes of a state of the article's scenario")
}

func TestADescriptionTellsStatesApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sys := drawSystem(t)
		walk(t, sys, func(s model.State) {
			fields := sys.Describe(&s)
			steps, next := possible(sys, s)
			if len(steps) == 0 {
				return
			}
			i := rapid.IntRange(0, len(steps)-1).Draw(t, "which")
			other := sys.Describe(&next[i])
			if slices.Equal(fields, other) || len(fields) != len(other) {
				t.Fatalf("%s: %d fields, and then %d, or the same", sys.Format(steps[i]), len(fields), len(other))
			}
			for j, f := range fields {
				f.Value, f.Bad, f.Data = other[j].Value, other[j].Bad, other[j].Data
				if f != other[j] {
					t.Fatalf("another field in the place of %s %s", f.Place, f.Label)
				}
			}
		})
	})
}

func TestAPrintedStepReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sys := drawSystem(t)
		for _, step := range everyStep(sys) {
			got, err := sys.ParseStep(sys.Format(step))
			require.NoError(t, err)
			require.Equal(t, step, got)
			require.NotContains(t, sys.Sentence(step), "{")
		}
	})
}

func articleScope() model.Scope {
	return model.Scope{
		Sites:    []model.Site{{Name: "A", Parent: model.NoParent}, {Name: "B", Kind: model.Secondary, DPs: 2}},
		Packages: []string{"P"}, Updates: 2, Ordered: true, Threads: model.DefaultThreads, Copies: model.DefaultCopies,
	}
}

func TestAStepThatCannotBeReadSaysWhy(t *testing.T) {
	sys, err := model.NewSystem(articleScope(), model.SMS20)
	require.NoError(t, err)
	for text, want := range map[string]string{
		"":                            `expected a step such as despooler.store(site=B package=P version=2), found ""`,
		"despooler.store":             `expected a step such as despooler.store(site=B package=P version=2), found "despooler.store"`,
		"despooler.stor(site=B)":      `unknown rule "despooler.stor"`,
		"despooler.store(site=B)":     `despooler.store has the operands site, package, version, found "site=B"`,
		"replication.wake(package=B)": `replication.wake has the operands site, found "package=B"`,
		"replication.wake(site=C)":    `unknown site "C"`,
		"despooler.store(site=B package=Q version=1)":          `unknown package "Q"`,
		"despooler.store(site=B package=P version=3)":          `expected a version from 1 to 2, found "3"`,
		"despooler.store(site=B package=P version=0)":          `expected a version from 1 to 2, found "0"`,
		"despooler.store(site=B package=P version=01)":         `expected a version from 1 to 2, found "01"`,
		"dp.copy(site=B package=P version=1 dp=3)":             `expected a dp from 1 to 2 at site B, found 3`,
		"dp.copy(site=B package=P version=1 dp=9999999999999)": `expected a dp from 1 to 6, found "9999999999999"`,
	} {
		_, err := sys.ParseStep(text)
		assert.EqualError(t, err, want, text)
	}
}

// The faults and the mechanisms are found in the rules, so that none is a switch
// that nothing looks at.
func TestEverySwitchSwitchesSomething(t *testing.T) {
	used := map[string]bool{}
	faults := map[model.Fault]bool{}
	use := func(c model.Condition) {
		for _, m := range (c.With | c.Without).List() {
			used[m.String()] = true
		}
		for _, s := range (c.On | c.Off).List() {
			used[s.String()] = true
		}
	}
	for _, r := range model.Rules() {
		use(r.If)
		for _, g := range r.Guards {
			use(g.If)
		}
		for _, e := range r.Effects {
			use(e.If)
		}
		if r.Kind == model.ByFault {
			faults[r.Fault] = true
		}
	}
	for _, m := range model.AllMechanisms() {
		assert.True(t, used[m.String()], m)
	}
	for _, s := range model.AllSwitches() {
		assert.True(t, used[s.String()], s)
	}
	for _, f := range model.Faults() {
		assert.True(t, faults[f], f)
	}
}

func TestEveryRuleIsDocumented(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range model.Rules() {
		assert.False(t, seen[r.Name], "%s stands twice", r.Name)
		seen[r.Name] = true
		assert.Regexp(t, `^[a-z]+\.[a-z-]+$`, r.Name)
		for _, origin := range r.Origins() {
			assert.True(t, origin.Source != "" || origin.Inferred, r.Name)
		}
		assert.NotEmpty(t, r.Effects, r.Name)
		assert.Regexp(t, `^[A-Z].*\.$`, r.Says, r.Name)
		if r.DP {
			assert.Contains(t, r.Says, "{dp}", r.Name)
		}
		if !r.Site {
			assert.Contains(t, r.Says, "{package}", r.Name)
		}
		guards := map[string]bool{}
		for _, g := range r.Guards {
			assert.NotEmpty(t, g.Name, r.Name)
			assert.False(t, guards[g.Name], "%s has the guard %q twice", r.Name, g.Name)
			guards[g.Name] = true
		}
		for _, e := range r.Effects {
			assert.NotEmpty(t, e.Name, r.Name)
		}
		if r.Of != nil {
			assert.NotEmpty(t, r.Of.Name, r.Name)
		}
		assert.NotEqual(t, r.Site, r.Of != nil, "%s concerns either a whole site or versions of a package", r.Name)
	}
}

func TestDesignsReadBack(t *testing.T) {
	for _, d := range slices.Concat(model.Designs(), model.OtherDesigns()) {
		got, err := model.ParseDesign(d.Name)
		require.NoError(t, err)
		assert.Equal(t, d, got)
	}
	for set := range model.MechanismSet(1 << model.NumMechanisms) {
		got, err := model.ParseDesign(set.String())
		require.NoError(t, err)
		require.Equal(t, set, got.Mechanisms)
		require.Equal(t, set.String(), got.Name)
		require.Equal(t, model.Eager, got.Policy)
	}
	_, err := model.ParseDesign("journal+latched")
	assert.EqualError(t, err, `unknown design or mechanism "latched"`)
}

// What has a name can be joined with more, and the same design has the same name
// however it was put together.
func TestDesignsAreJoined(t *testing.T) {
	for text, want := range map[string]model.Design{
		"journal+sms20":                        {Name: "journal", Mechanisms: model.Mechanisms(model.Journal)},
		"none+sms20":                           {Name: "none"},
		"status-check+repaired+retry-dp":       {Name: model.Repair.String() + "+status-check", Mechanisms: model.Repair, Switches: model.Switches(model.StatusCheck)},
		"sms12-despooler+status-hotfix":        {Name: "read-once+status-check", Switches: model.Switches(model.ReadOnce, model.StatusCheck)},
		"rescan-timer+workaround-wait":         {Name: "workaround-wait+rescan-timer", Policy: model.Waits, Mechanisms: model.Mechanisms(model.RescanTimer)},
		"workaround-wait+workaround-wait+none": {Name: "workaround-wait", Policy: model.Waits},
	} {
		got, err := model.ParseDesign(text)
		require.NoError(t, err)
		assert.NotEmpty(t, got.Doc)
		got.Doc = ""
		assert.Equal(t, want, got)
		again, err := model.ParseDesign(got.Name)
		require.NoError(t, err)
		again.Doc = ""
		assert.Equal(t, got, again)
	}
	_, err := model.ParseDesign("workaround-wait+workaround-twice")
	assert.EqualError(t, err, "workaround-wait+workaround-twice: expected one administrator, found two")
}

func TestScopesThatMakeNoSense(t *testing.T) {
	for want, spoil := range map[string]func(*model.Scope){
		"sites: expected 2 to 8 sites, found 1":                                                           func(sc *model.Scope) { sc.Sites = sc.Sites[:1] },
		"sites: expected a distribution point at one site at least, found none":                           func(sc *model.Scope) { sc.Sites[1].DPs = 0 },
		"sites.B.dps: expected a number from 0 to 6, found 7":                                             func(sc *model.Scope) { sc.Sites[1].DPs = 7 },
		"sites.B.dps: expected a number from 0 to 6, found -1":                                            func(sc *model.Scope) { sc.Sites[1].DPs = -1 },
		"sites.B.parent: expected another site, found the site itself":                                    func(sc *model.Scope) { sc.Sites[1].Parent = 1 },
		"sites.B.parent: expected a site that stands before its child sites, found -1":                    func(sc *model.Scope) { sc.Sites[1].Parent = model.NoParent },
		"sites.A.parent: expected no parent, for it is the source site, found 1":                          func(sc *model.Scope) { sc.Sites[0].Parent = 1 },
		"sites.A.kind: expected primary, for it is the source site, found secondary":                      func(sc *model.Scope) { sc.Sites[0].Kind = model.Secondary },
		"sites.C.parent: expected a primary site, found secondary site B":                                 func(sc *model.Scope) { sc.Sites = append(sc.Sites, model.Site{Name: "C", Parent: 1}) },
		`sites.A: expected each name once, found "A" twice`:                                               func(sc *model.Scope) { sc.Sites[1].Name = "A" },
		"packages: expected 1 to 4 packages, found 0":                                                     func(sc *model.Scope) { sc.Packages = nil },
		`packages: expected each name once, found "P" twice`:                                              func(sc *model.Scope) { sc.Packages = []string{"P", "P"} },
		`packages: expected a name of 1 to 16 letters, digits, dots, hyphens and underscores, found "P "`: func(sc *model.Scope) { sc.Packages = []string{"P "} },
		"updates: expected a number from 1 to 7, found 8":                                                 func(sc *model.Scope) { sc.Updates = 8 },
		"threads: expected a number from 1 to 4, found 0":                                                 func(sc *model.Scope) { sc.Threads = 0 },
		"copies: expected a number from 1 to 6, found 0":                                                  func(sc *model.Scope) { sc.Copies = 0 },
		"faults.dps-away: expected a number from 0 to 3, found 4":                                         func(sc *model.Scope) { sc.Faults[model.DPAway] = 4 },
	} {
		scope := articleScope()
		spoil(&scope)
		_, err := model.NewSystem(scope, model.SMS20)
		assert.EqualError(t, err, want)
	}
}

func TestSetsOfVersions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		members := rapid.SliceOfDistinct(rapid.IntRange(1, model.MaxVersions), rapid.ID[int]).Draw(t, "members")
		var set model.Versions
		lowest := 0
		for _, v := range members {
			set |= model.Version(v).Set()
			if lowest == 0 || v < lowest {
				lowest = v
			}
		}
		require.Equal(t, len(members), set.Len())
		require.Equal(t, model.Version(lowest), set.Lowest())
		require.Len(t, strings.Fields(strings.TrimPrefix(set.String(), "none")), len(members))
		limit := model.Version(rapid.IntRange(0, model.MaxVersions).Draw(t, "limit"))
		for v := model.Version(1); v <= model.MaxVersions; v++ {
			require.Equal(t, set.Has(v) && v <= limit, set.UpTo(limit).Has(v))
		}
		require.False(t, set.Has(0))
	})
}

// Every step of the system is covered by the promise of its rule and its place,
// and no other step by any.
func TestPromisesOfFairness(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sys := drawSystem(t)
		names := sys.Constraints()
		walk(t, sys, func(s model.State) {
			steps, _ := possible(sys, s)
			for _, step := range steps {
				c := sys.Constraint(step)
				require.Equal(t, sys.Environment(step), c < 0, sys.Format(step))
				if c >= 0 {
					require.False(t, sys.Strong(c))
					want, got := strings.Fields(strings.Trim(sys.Format(step), ")")), strings.Fields(strings.Trim(names[c], ")"))
					require.Subset(t, want, got)
					require.LessOrEqual(t, len(want)-len(got), 1, "no operand but the version is left out")
				}
			}
		})
	})
}

// Whatever is packed, a description tells: a bit of a packed state that is turned
// over is another description, or no state at all.
func TestEveryPackedBitIsDescribed(t *testing.T) {
	scope := articleScope()
	scope.Sites[1].Kind = model.Primary
	scope.Sites = append(scope.Sites, model.Site{Name: "C", Parent: 1, DPs: 1})
	scope.Packages = []string{"P", "Q"}
	for _, faults := range []int{0, model.MaxFaults} {
		for f := range scope.Faults {
			scope.Faults[f] = faults
		}
		sys, err := model.NewSystem(scope, model.SMS20)
		require.NoError(t, err)
		everyBitIsDescribed(t, sys)
	}
}

func everyBitIsDescribed(t *testing.T, sys *model.System) {
	s := sys.Init()[0]
	for i := range sys.Bounds().Sites {
		if i > 0 {
			s.Sites[i].Despooler = model.Despooler{Phase: model.Storing, Version: 1}
		}
		for p := range sys.Bounds().Packages {
			s.Sites[i].Packages[p].Thread = model.PackageThread{Phase: model.Started, Version: 1}
		}
	}
	packed := make([]byte, sys.Width())
	sys.Pack(&s, packed)
	told := sys.Describe(&s)
	for i := range 8 * len(packed) {
		packed[i/8] ^= 1 << (i % 8)
		var other model.State
		sys.Unpack(packed, &other)
		packed[i/8] ^= 1 << (i % 8)
		if other == s { // the last byte is not full
			require.Equal(t, len(packed)-1, i/8)
			continue
		}
		require.NotEqual(t, told, describe(sys, &other), "bit %d", i)
	}
}

// describe describes a state, or nothing where it is none.
func describe(sys *model.System, s *model.State) (fields []model.Field) {
	defer func() { _ = recover() }() // a phase that there is not
	return sys.Describe(s)
}

func TestFieldsAreDocumented(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range model.StateFields() {
		assert.False(t, seen[f.Label], "%s stands twice", f.Label)
		seen[f.Label] = true
		assert.Regexp(t, `^[A-Z].*\.$`, f.Says, f.Label)
		assert.Equal(t, f.DP, strings.Contains(f.Label, "{dp}"), f.Label)
		assert.NotEmpty(t, f.Range(), f.Label)
	}
}

// Every rule says who takes its steps, and whoever is told of takes some.
func TestActorsAreThoseOfTheRules(t *testing.T) {
	taken := map[model.Actor]bool{}
	for _, r := range model.Rules() {
		taken[r.By] = true
		assert.Equal(t, r.By == model.ActorAdministrator, r.Kind == model.ByAdministrator, r.Name)
	}
	assert.ElementsMatch(t, model.Actors(), slices.Collect(maps.Keys(taken)))
	for _, a := range model.Actors() {
		assert.Regexp(t, `^[A-Z].*\.$`, a.Doc(), a.String())
	}
}

func TestSourcesAreCited(t *testing.T) {
	for source, want := range map[string][]string{
		"Q235788, effect; protocol, step 8": {"Q235788, effect", "protocol, step 8"},
		"protocol, steps 5 and 10":          {"protocol, step 5", "protocol, step 10"},
		"Q260366, Q304381":                  {"Q260366", "Q304381"},
		"protocol, step 4 (partial content without its instruction, Q235837)": {"protocol, step 4", "Q235837"},
		"protocol, actors":       {"protocol, actors"},
		"mechanism rescan-timer": nil,
	} {
		assert.Equal(t, want, model.Cited(source), source)
	}
}
