package walk_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
	random "pkgdist/props/check/walk"
	"pkgdist/props/counterexample"
	"pkgdist/props/internal/testmodel"
	"pkgdist/props/run"
	"pkgdist/props/scenario"
	"pkgdist/props/shard"
	"pkgdist/props/walk"
)

var (
	seeds = flag.Int("seeds", 3, "how many findings of each violated claim are made small")
	walks = flag.Int("walks", 100, "how many walks through the company find nothing under the repaired design")
)

func load(name string) *scenario.Scenario { return testmodel.Must(scenario.Load(name)) }

func design(text string) model.Design { return testmodel.Must(model.ParseDesign(text)) }

func find(name string) props.Claim { return testmodel.Must(props.Find(name)) }

func explore(t testing.TB, sc *scenario.Scenario, d model.Design, claims []props.Claim, opt walk.Options) *walk.Report {
	t.Helper()
	r, err := walk.Explore(t.Context(), sc, d, claims, opt)
	require.NoError(t, err)
	return r
}

// Whatever a walk finds shrinks to exactly the length that the exhaustive search
// proves smallest, and to the claim that it violated.
func TestEveryFindingShrinksToTheSmallest(t *testing.T) {
	article := load("article")
	whole, err := run.Explore(t.Context(), article, model.SMS20, nil, check.Options{})
	require.NoError(t, err)
	violated := 0
	for _, claim := range walk.Claims() {
		v := whole.Result.Verdict(claim.Name)
		if v.Outcome != check.Violated {
			continue
		}
		violated++
		for seed := range *seeds {
			r := explore(t, article, model.SMS20, []props.Claim{claim}, walk.Options{Seed: seed, Walks: 50_000, StopAtFirst: true})
			require.Len(t, r.Found, 1, "seed %d finds no violation of %s", seed, claim.Name)
			s, err := check.Shrink(t.Context(), props.Model(r.System), claim.For(r.System), r.Found[0].Trace, 0)
			require.NoError(t, err)
			require.Len(t, s.Trace.Steps, len(v.Trace.Steps), "%s, seed %d", claim.Name, seed)
			require.True(t, s.Smallest, s.Proof)
			n := len(s.Trace.States)
			require.NotEmpty(t, claim.Wrong(r.System, &s.Trace.States[n-2], &s.Trace.States[n-1]))
		}
	}
	assert.Positive(t, violated)
}

// A scope that nobody can explore: the walks find the failure of Q235788 there,
// and make of it the article's small scenario.
func TestTheCompany(t *testing.T) {
	company := load("company")
	r := explore(t, company, model.SMS20, []props.Claim{find("one-version-among-writers"), find("accepted-served-at-rest")}, walk.Options{Walks: 10_000, StopAtFirst: true})
	require.Len(t, r.Found, 2)
	for _, f := range r.Found {
		s, err := walk.Smaller(t.Context(), r.System, f)
		require.NoError(t, err)
		scope := s.System.Scope()
		assert.Len(t, scope.Sites, 2)
		assert.Len(t, scope.Packages, 1)
		assert.Equal(t, [model.NumFaults]int{}, scope.Faults)
		assert.Equal(t, 1, scope.Sites[0].DPs+scope.Sites[1].DPs)
		assert.True(t, s.Smallest, s.Proof)
		want := map[string]int{"one-version-among-writers": 18, "accepted-served-at-rest": 13}
		assert.Equal(t, want[f.Claim.Name], len(s.Trace.Steps), f.Claim.Name)

		ce, err := s.Counterexample(company)
		require.NoError(t, err)
		path := filepath.Join(t.TempDir(), "found.txtar")
		require.NoError(t, counterexample.Write(path, ce))
		kept, err := counterexample.Read(path)
		require.NoError(t, err)
		again, err := run.Again(kept, "")
		require.NoError(t, err)
		assert.True(t, again.Reproduced)
	}
}

func TestTheCompanyRepaired(t *testing.T) {
	r := explore(t, load("company"), design("repaired"), walk.Claims(), walk.Options{Walks: *walks})
	assert.Empty(t, r.Found)
	assert.Len(t, r.Missed, len(walk.Claims()))
	assert.EqualValues(t, *walks, r.Tally.Walks)
}

// The same seed finds the same, whoever walks, and another seed something else.
func TestWalksDoNotDependOnTheWorkers(t *testing.T) {
	walked := func(seed, workers int) *walk.Report {
		r := explore(t, load("duplicates"), model.SMS20, walk.Claims(), walk.Options{Walks: 500, Seed: seed, Workers: workers})
		r.System, r.Missed = nil, nil
		for i := range r.Found {
			r.Found[i].Claim = props.Claim{Name: r.Found[i].Claim.Name}
		}
		return r
	}
	one := walked(1, 1)
	assert.Equal(t, one, walked(1, 2))
	assert.Equal(t, one, walked(1, 8))
	assert.NotEqual(t, one.Tally.Steps, walked(2, 1).Tally.Steps)
	assert.NotEmpty(t, one.Found)
}

// Every state of every walk is one that the exhaustive search has found, and nothing that it says to hold is violated.
func TestWalksStayInsideWhatIsExplored(t *testing.T) {
	for _, name := range []string{"article", "crash", "dp-away"} {
		r, err := run.Explore(t.Context(), load(name), model.SMS20, nil, check.Options{Keep: true})
		require.NoError(t, err)
		properties := []check.Property[model.State]{check.Always("inside", func(s *model.State) bool { return r.Result.Contains(*s) })}
		for _, c := range walk.Claims() {
			if r.Result.Verdict(c.Name).Outcome != check.Violated {
				properties = append(properties, c.For(r.System))
			}
		}
		for _, scheduler := range []random.Scheduler{random.ByRuleMasked, random.ByRule, random.AnyStep} {
			rapid.Check(t, random.Random(random.Walk{Scheduler: scheduler}, func(*rapid.T) (check.Model[model.State, model.Step], []check.Property[model.State]) {
				return r.Model(), properties
			}, nil))
		}
	}
}

// In scopes that are drawn the repair is enough, whatever mechanisms are on beside it.
func TestRandomScopesRepaired(t *testing.T) {
	company := load("company").Scope
	var repaired []model.Design
	for set := range model.MechanismSet(1 << model.NumMechanisms) {
		if set&model.Repair == model.Repair {
			repaired = append(repaired, design(set.String()))
		}
	}
	require.Len(t, repaired, 16)
	rapid.Check(t, random.Random(random.Walk{Length: 120}, func(t *rapid.T) (check.Model[model.State, model.Step], []check.Property[model.State]) {
		sys, err := model.NewSystem(drawScope(t, company), rapid.SampledFrom(repaired).Draw(t, "design"))
		require.NoError(t, err)
		var properties []check.Property[model.State]
		for _, c := range walk.Claims() {
			properties = append(properties, c.For(sys))
		}
		return props.Model(sys), properties
	}, nil))
}

// drawScope draws a scope that is at most as large as the other: the first of its
// sites and packages, with no more of anything.
func drawScope(t *rapid.T, sc model.Scope) model.Scope {
	sc.Sites = slices.Clone(sc.Sites[:rapid.IntRange(2, len(sc.Sites)).Draw(t, "sites")])
	sc.Packages = sc.Packages[:rapid.IntRange(1, len(sc.Packages)).Draw(t, "packages")]
	sc.Updates = rapid.IntRange(1, sc.Updates).Draw(t, "updates")
	sc.Ordered = sc.Ordered || rapid.Bool().Draw(t, "ordered")
	for i := range sc.Sites {
		sc.Sites[i].DPs = rapid.IntRange(0, sc.Sites[i].DPs).Draw(t, "dps")
	}
	sc.Sites[1].DPs = max(1, sc.Sites[1].DPs)
	for f, n := range sc.Faults {
		sc.Faults[f] = rapid.IntRange(0, n).Draw(t, model.Fault(f).String())
	}
	return sc
}

// The reports of shards are joined to that of all walks: the same is covered, found first, and missed.
func TestShardsAreJoinedToTheWhole(t *testing.T) {
	sc, opt := load("duplicates"), walk.Options{Walks: 150, Seed: 1}
	told := func(r *walk.Report) (lines []string) {
		covered, err := json.Marshal(&r.Tally)
		require.NoError(t, err)
		lines = append(lines, string(covered), r.Stopped)
		for _, f := range r.Found {
			lines = append(lines, fmt.Sprint(f.Claim.Name, f.Walk, f.Length, f.Trace.Steps))
		}
		for _, c := range r.Missed {
			lines = append(lines, c.Name)
		}
		return lines
	}
	whole := explore(t, sc, model.SMS20, walk.Claims(), opt)
	require.NotEmpty(t, whole.Found)
	require.NotEmpty(t, whole.Missed)
	for _, n := range []int{1, 2, 7, 151} {
		var all []*walk.Report
		for i := range n {
			opt.Shard = shard.Shard{Number: i + 1, Of: n}
			all = append(all, explore(t, sc, model.SMS20, walk.Claims(), opt))
		}
		require.Equal(t, told(whole), told(walk.Join(all...)), "%d shards", n)
	}
}
