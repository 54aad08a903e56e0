package walk_test

import (
	"cmp"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

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
	"pkgdist/props/walk"
)

var (
	seeds = flag.Int("seeds", 8, "how many findings of each violated claim are made small")
	every = flag.Bool("every", false, "make findings of every design with a single mechanism small too")
	walks = flag.Int("walks", 300, "how many walks through the company find nothing under the repaired design")
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

// minimal are the lengths of the shortest counterexamples, by the exhaustive
// search.
func minimal(t testing.TB, sc *scenario.Scenario, d model.Design) map[string]int {
	t.Helper()
	r, err := run.Explore(t.Context(), sc, d, nil, check.Options{})
	require.NoError(t, err)
	lengths := map[string]int{}
	for _, c := range walk.Claims() {
		if v := r.Result.Verdict(c.Name); v.Outcome == check.Violated {
			lengths[c.Name] = len(v.Trace.Steps)
		}
	}
	return lengths
}

// Whatever a walk finds shrinks to exactly the length that the exhaustive search
// proves smallest, and to the claim that it violated.
func TestEveryFindingShrinksToTheSmallest(t *testing.T) {
	article := load("article")
	for _, name := range designs() {
		d := design(name)
		smallest := minimal(t, article, d)
		require.NotEmpty(t, smallest)
		for claim, want := range smallest {
			for seed := range *seeds {
				r := explore(t, article, d, []props.Claim{find(claim)}, walk.Options{Seed: seed, Walks: 50_000, StopAtFirst: true})
				require.Len(t, r.Found, 1, "%s: seed %d finds no violation of %s", name, seed, claim)
				s := shrink(t, r.System, r.Found[0])
				require.Len(t, s.Trace.Steps, want, "%s: %s, seed %d", name, claim, seed)
				require.True(t, s.Smallest, s.Proof)
				n := len(s.Trace.States)
				require.NotEmpty(t, find(claim).Wrong(r.System, &s.Trace.States[n-2], &s.Trace.States[n-1]))
			}
		}
	}
}

// designs are the product as shipped and, if asked for, with one mechanism each.
func designs() []string {
	names := []string{"sms20"}
	if *every {
		for _, m := range model.AllMechanisms() {
			names = append(names, m.String())
		}
	}
	return names
}

func shrink(t testing.TB, sys *model.System, f walk.Finding) check.Shrunk[model.State, model.Step] {
	t.Helper()
	s, err := check.Shrink(t.Context(), props.Model(sys), f.Claim.For(sys), f.Trace, 0)
	require.NoError(t, err)
	return s
}

// How long it takes to make a finding of a claim small, and how many walks it
// takes each scheduler to find one.
func BenchmarkFindings(b *testing.B) {
	article := load("article")
	for _, name := range designs() {
		for claim, least := range minimal(b, article, design(name)) {
			for _, scheduler := range []random.Scheduler{random.ByRuleMasked, random.ByRule, random.AnyStep} {
				b.Run(name+"/"+claim+"/"+scheduler.String(), func(b *testing.B) {
					benchmarkFindings(b, article, design(name), find(claim), least, scheduler)
				})
			}
		}
	}
}

func benchmarkFindings(b *testing.B, sc *scenario.Scenario, d model.Design, claim props.Claim, least int, scheduler random.Scheduler) {
	var taken []time.Duration
	var needed, replays []int
	excess := 0
	for seed := 0; b.Loop(); seed++ {
		r := explore(b, sc, d, []props.Claim{claim},
			walk.Options{Seed: seed, Walks: 50_000, StopAtFirst: true, Walk: random.Walk{Scheduler: scheduler}})
		if len(r.Found) == 0 {
			needed = append(needed, int(r.Tally.Walks))
			continue
		}
		begin := time.Now()
		s := shrink(b, r.System, r.Found[0])
		taken = append(taken, time.Since(begin))
		needed, replays = append(needed, r.Found[0].Walk), append(replays, s.Replays)
		excess = max(excess, len(s.Trace.Steps)-least)
	}
	b.ReportMetric(float64(median(taken).Microseconds())/1000, "ms/shrink")
	b.ReportMetric(float64(median(needed)), "walks")
	b.ReportMetric(float64(median(replays)), "replays")
	b.ReportMetric(float64(excess), "excess")
}

func median[T cmp.Ordered](values []T) (m T) {
	if slices.Sort(values); len(values) > 0 {
		m = values[len(values)/2]
	}
	return m
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

// Every state of every walk is one that the exhaustive search has found.
func TestWalksStayInsideWhatIsExplored(t *testing.T) {
	for _, name := range []string{"article", "crash", "dp-away"} {
		r, err := run.Explore(t.Context(), load(name), model.SMS20, nil, check.Options{Keep: true})
		require.NoError(t, err)
		inside := check.Always("inside", func(s *model.State) bool { return r.Result.Contains(*s) })
		for _, scheduler := range []random.Scheduler{random.ByRuleMasked, random.ByRule, random.AnyStep} {
			rapid.Check(t, random.Random(random.Walk{Scheduler: scheduler}, func(*rapid.T) (check.Model[model.State, model.Step], []check.Property[model.State]) {
				return r.Model(), []check.Property[model.State]{inside}
			}, nil))
		}
	}
}

// Where another choice would have avoided the end, it does: the other run goes
// the same way up to there, comes to rest, and violates nothing on the way.
func TestTheNearestPassingRunPasses(t *testing.T) {
	files, err := filepath.Glob("../../fixtures/counterexamples/*.txtar")
	require.NoError(t, err)
	avoided := 0
	for _, file := range files {
		ce, err := counterexample.Read(file)
		require.NoError(t, err)
		r, err := run.Again(ce, "")
		require.NoError(t, err)
		p, ok := walk.Avoid(r.System, r.Claim, *r.Trace)
		assert.Equal(t, r.Claim.Kind.Liveness(), !ok, file)
		if !ok {
			continue
		}
		avoided++
		assert.Equal(t, r.Trace.Steps[:p.At], p.Trace.Steps[:p.At])
		assert.Equal(t, p.Instead, p.Trace.Steps[p.At])
		assert.NotEqual(t, r.Trace.Steps[p.At], p.Instead)
		for i := range p.Trace.Steps {
			before, after := &p.Trace.States[i], &p.Trace.States[i+1]
			next, err := r.System.Next(*before, p.Trace.Steps[i])
			require.NoError(t, err)
			require.True(t, next == *after)
			if !r.Claim.AtRest || r.System.AtRest(after) {
				require.Empty(t, r.Claim.Wrong(r.System, before, after), file)
			}
		}
		assert.True(t, r.System.AtRest(&p.Trace.States[len(p.Trace.States)-1]))
	}
	assert.GreaterOrEqual(t, avoided, 10)
}

// The choice is the last one that helps: the thread could still have written its
// row back before Despooler did.
func TestTheNearestPassingRunIsTheNearest(t *testing.T) {
	ce, err := counterexample.Read("../../fixtures/counterexamples/copy-matches-record.txtar")
	require.NoError(t, err)
	r, err := run.Again(ce, "")
	require.NoError(t, err)
	p, ok := walk.Avoid(r.System, r.Claim, *r.Trace)
	require.True(t, ok)
	assert.Equal(t, 18, p.At)
	assert.Equal(t, "despooler.commit(site=B package=P version=2)", r.System.Format(r.Trace.Steps[p.At]))
	assert.Equal(t, "package.record(site=B package=P version=1)", r.System.Format(p.Instead))
}

// In a test of one's own: the repair, and whatever mechanisms beside it, in
// scopes that are drawn.
func TestRandomScopesRepaired(t *testing.T) {
	var repaired []model.Design
	for set := range model.MechanismSet(1 << model.NumMechanisms) {
		if set&model.Repair == model.Repair {
			repaired = append(repaired, design(set.String()))
		}
	}
	require.Len(t, repaired, 16)
	walk.Check(t, load("company"), repaired, random.Walk{Length: 120})
}

func FuzzRepaired(f *testing.F) {
	f.Fuzz(rapid.MakeFuzz(walk.Random(load("faults").Scope, []model.Design{design("repaired")}, random.Walk{Length: 60}, nil)))
}

// The test above fails for the shipped product, and says all that there is to
// say. It runs in a process of its own, for it must fail.
func TestAFailureIsToldAndKept(t *testing.T) {
	const inside = "PKGDIST_TEST_FAILS"
	if os.Getenv(inside) != "" {
		walk.Check(t, load("crash"), []model.Design{model.SMS20}, random.Walk{})
		return
	}
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0], "-test.run=^TestAFailureIsToldAndKept$", "-test.artifacts", "-test.outputdir="+dir, "-rapid.nofailfile")
	cmd.Env = append(os.Environ(), inside+"=1")
	out, err := cmd.CombinedOutput()
	require.Error(t, err, "%.2000s", out)
	assert.Regexp(t, `sms20 violates [a-z-]+ after \d+ steps \(smallest: breadth-first proof\)`, string(out))
	assert.Contains(t, string(out), "   1. The administrator updates")
	assert.Contains(t, string(out), "go tool pkgdist replay ")
	var kept []string
	require.NoError(t, filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if filepath.Ext(path) == ".txtar" {
			kept = append(kept, path)
		}
		return err
	}))
	require.Len(t, kept, 1)
	ce, err := counterexample.Read(kept[0])
	require.NoError(t, err)
	r, err := run.Again(ce, "")
	require.NoError(t, err)
	assert.True(t, r.Reproduced)
}

// Whether a walk can violate a claim is said of each kind.
func TestWhatAWalkCanViolate(t *testing.T) {
	for kind, can := range map[check.Kind]bool{
		check.KindAlways: true, check.KindNever: true, check.KindStep: true, check.KindSometimes: false,
		check.KindLeadsTo: false, check.KindEventually: false, check.KindEventuallyAlways: false, check.KindAlwaysEventually: false,
	} {
		assert.Equal(t, can, walk.CanViolate(props.Claim{Kind: kind}), kind)
	}
	assert.Panics(t, func() { walk.CanViolate(props.Claim{Kind: 99}) })
}
