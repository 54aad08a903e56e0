package diagnose

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check/conform"
	"pkgdist/props/counterexample"
	"pkgdist/props/logs"
)

// unhurried bounds the work by candidates alone, so that a test is the same on every machine.
var unhurried = Options{Limit: time.Hour, MaxCandidates: 60_000}

func kept(t *testing.T, name string) *run {
	t.Helper()
	ce, err := counterexample.Read("../../fixtures/counterexamples/" + name + ".txtar")
	require.NoError(t, err)
	design, err := model.ParseDesign(ce.Design)
	require.NoError(t, err)
	sys, err := model.NewSystem(ce.Scenario.Scope, design)
	require.NoError(t, err)
	var lines []string
	for _, line := range slices.Concat(ce.Steps, ce.Loop) {
		lines = append(lines, line.Text)
	}
	trace, err := props.Model(sys).Run(lines)
	require.NoError(t, err)
	return runOf(sys, trace)
}

func diagnosed(t *testing.T, r *run) *Diagnosis {
	t.Helper()
	cases := r.cases()
	require.Len(t, cases, 1)
	return diagnosedCase(t, cases[0])
}

func diagnosedCase(t *testing.T, c *Case) *Diagnosis {
	t.Helper()
	d, err := Diagnose(t.Context(), c, unhurried)
	require.NoError(t, err)
	return d
}

func names(list []*Symptom) (all []string) {
	for _, s := range list {
		all = append(all, s.Name)
	}
	return all
}

func TestTheArticlesStoryIsDiagnosed(t *testing.T) {
	d := diagnosed(t, kept(t, "stuck-after-overlap"))
	assert.True(t, d.Complete)
	assert.Equal(t, []string{"two-writers"}, names(d.Found))
	assert.Equal(t, []string{"Q235788"}, d.Certain().Articles)
	assert.Equal(t, 2, d.Version)
	var shows []string
	for _, e := range d.Timeline() {
		if e.Shows {
			shows = append(shows, fmt.Sprintf("%s:%d %s", base(e.File), e.Line, e.Step))
		}
	}
	assert.Equal(t, []string{
		"distmgr.log:5 package.decompress(site=B package=AUS0001B version=1)",
		"despool.log:4 despooler.store(site=B package=AUS0001B version=2)",
		"despool.log:6 despooler.commit(site=B package=AUS0001B version=2)",
		"distmgr.log:6 package.record(site=B package=AUS0001B version=1)",
	}, shows)
	require.Len(t, d.Designs, len(compared()))
	for i, e := range d.Designs {
		assert.Equal(t, compared()[i].Name, e.Design.Name)
		excluded := e.Design.Mechanisms.Has(model.ExclusiveSource)
		assert.Equal(t, excluded, e.Outcome == conform.Refuted, e.Design.Name)
	}
	judged := map[string]conform.Share{}
	for _, j := range d.Claims {
		judged[j.Name] = j.On
	}
	assert.Equal(t, conform.OnEvery, judged["one-version-among-writers"])
	assert.Equal(t, conform.OnEvery, judged["record-never-goes-back"])
	assert.Equal(t, conform.OnNone, judged["one-thread-per-package"])
}

// What a kept counterexample ends in is what its log is found to tell, or one of several things.
func TestKeptStoriesAreNotMistaken(t *testing.T) {
	certain := map[string]string{}
	for _, name := range []string{"stuck-after-overlap", "stuck-without-overlap", "incoming-empty-at-rest", "no-file-overlooked-at-rest", "copy-matches-record",
		"dp-serves-whole-version", "dp-never-goes-back", "record-never-goes-back", "accepted-served-at-rest", "overlap-heals", "one-version-among-writers"} {
		r := kept(t, name)
		if len(r.sys.Bounds().Sites) > 2 || len(r.lines) == 0 {
			continue
		}
		d := diagnosed(t, r)
		truth := r.truth(d.Case)
		require.Contains(t, d.Found, truth, name)
		if s := d.Certain(); s != nil {
			certain[name] = s.Name
		}
	}
	assert.Equal(t, "two-writers", certain["stuck-after-overlap"])
	assert.Greater(t, len(certain), 3)
}

// Without any one of its lines, the article's story is never mistaken for another.
func TestTheArticlesStoryWithoutLines(t *testing.T) {
	whole := kept(t, "stuck-after-overlap")
	still, tried := 0, 0
	for a := 0; a < len(whole.lines); a += times(3, 1) {
		tried++
		less := whole.without(func(i int) bool { return i == a })
		d := diagnosed(t, less)
		if s := d.Certain(); s != nil && !s.IsUnfinished() {
			require.Equal(t, less.truth(d.Case).Name, s.Name, "without line %d", a)
			still++
		}
	}
	t.Logf("still certain: %d of %d", still, tried)
	assert.Greater(t, still, tried/2)
}

func drawn(seed int, design string, updates, faults int) *run {
	return rapid.Custom(func(t *rapid.T) *run {
		scope := scopeOf(updates, rapid.IntRange(1, 2).Draw(t, "distribution points"), rapid.Bool().Draw(t, "ordered"))
		for _, f := range []model.Fault{model.Duplicate, model.DespoolerCrash, model.ManagerCrash, model.DPAway, model.SharingViolation, model.FailedDecompress} {
			scope.Faults[f] = faults
		}
		return drawRun(t, designNamed(design), scope, 150)
	}).Example(seed)
}

// A complete log is explained by the design that wrote it, without a fault that leaves no line.
func TestCompleteLogsAreExplained(t *testing.T) {
	for seed := range 15 {
		for _, design := range compared() {
			r := drawn(seed, design.Name, 1+seed%3, 0)
			for _, c := range r.cases() {
				a, err := c.asComplete(t.Context(), design, c.faults(), unhurried, false)
				require.NoError(t, err)
				require.Empty(t, a.told.missing, "seed %d, %s", seed, design.Name)
				require.Equal(t, conform.Explained, a.x.Outcome, "seed %d, %s: %v", seed, design.Name, a.x)
				if design.Name == model.SMS20.Name {
					d := diagnosed(t, r)
					require.True(t, d.Complete)
					require.Contains(t, d.Found, r.truth(c), "seed %d", seed)
				}
			}
		}
	}
}

var big = flag.Bool("big", false, "diagnose a hundred runs with lines missing, and not five, and cut logs at every line")

// times is how often something is tried.
func times(usual, many int) int {
	if *big {
		return many
	}
	return usual
}

// rates counts what became of logs with a share of their lines missing.
type rates struct{ right, undecided, wrong int }

func (r rates) String() string {
	return fmt.Sprintf("%3d right, %3d undecided, %d wrong", r.right, r.undecided, r.wrong)
}

// count takes a diagnosis as wrong if it is certain of what is not so, or that somebody has to act or nobody. That the log ends too
// early is no diagnosis. What is certain of the product as it shipped is right only if it was that one.
func (r *rates) count(d *Diagnosis, truth *Symptom, shipped bool) (wrong bool) {
	as := *d
	if shipped && d.AsShipped != nil {
		as.Found = d.AsShipped
	}
	s := as.Certain()
	known := s != nil && !s.IsUnfinished()
	switch {
	case known && s != truth, as.IsHarmed() && !truth.Harm, as.IsWell() && (truth.Harm || truth.IsUnfinished()):
		r.wrong++
		return true
	case s == truth:
		r.right++
	default:
		r.undecided++
	}
	return false
}

// missing leaves out a share of the lines.
func (r *run) missing(percent, seed int) *run {
	random := rand.New(rand.NewPCG(uint64(seed), uint64(percent)))
	return r.without(func(int) bool { return random.IntN(100) < percent })
}

func TestNoDiagnosisIsWrongWithLinesMissing(t *testing.T) {
	right := 0
	for _, design := range []string{"sms20", "repaired"} {
		for _, percent := range []int{0, 10, 30, 50} {
			var all, harms rates
			for seed := range times(5, 100) {
				r := drawn(seed, design, 1+seed%2, seed/2%3/2).missing(percent, seed)
				for _, c := range r.cases() {
					d, err := Diagnose(t.Context(), c, unhurried)
					require.NoError(t, err)
					truth := r.truth(c)
					if all.count(d, truth, design == "sms20") {
						t.Errorf("seed %d, %s, %d %%: %v, and it is %s", seed, design, percent, names(d.Found), truth.Name)
					}
					if truth.Harm {
						harms.count(d, truth, design == "sms20")
					}
				}
			}
			t.Logf("%-12s %2d %% missing: %v; where something is wrong: %v", design, percent, all, harms)
			right += harms.right
			assert.True(t, percent > 0 || all.right > 0)
		}
	}
	assert.Positive(t, right)
}

func TestTheArticlesStoryWithLinesMissing(t *testing.T) {
	whole := kept(t, "stuck-after-overlap")
	for _, percent := range []int{10, 30, 50} {
		var r rates
		for seed := range times(1, 100) {
			less := whole.missing(percent, seed)
			for _, c := range less.cases() {
				d, err := Diagnose(t.Context(), c, unhurried)
				require.NoError(t, err)
				if truth := less.truth(c); r.count(d, truth, true) {
					t.Errorf("seed %d, %d %%: %v, and it is %s, complete: %v", seed, percent, names(d.Found), truth.Name, d.Complete)
				}
			}
		}
		t.Logf("%2d %% missing: %v", percent, r)
		assert.Positive(t, r.right)
	}
}

// What the source site does comes first in a scope, and statuses are left out. That makes no difference to the site below.
func TestTheScopeIsThePlainModelForTheSiteBelow(t *testing.T) {
	explained := 0
	for seed := range 25 {
		r := drawn(seed, "sms20", 2, 0)
		cut := len(r.lines) * (seed%4 + 1) / 4
		r.lines = r.lines[:cut]
		for _, c := range r.cases() {
			a, err := c.asComplete(t.Context(), model.SMS20, c.faults(), unhurried, false)
			require.NoError(t, err)
			if !a.sc.named.Has(1) {
				continue
			}
			a.sc.starts = slices.DeleteFunc(a.sc.starts, func(s start) bool { return lastBelow(s.steps) >= 0 })
			require.NoError(t, a.explain(t.Context(), unhurried))
			plain := *a
			plain.sc = &scope{}
			*plain.sc = *a.sc
			plain.sc.model = props.Model(a.sc.sys)
			hidden := a.told.Hidden
			list := *a.told
			list.Hidden = func(step model.Step) bool { return step.Site == 0 || hidden(step) }
			plain.told = &list
			require.NoError(t, plain.explain(t.Context(), unhurried))
			require.Equal(t, plain.x.Outcome, a.x.Outcome)
			if a.x.Outcome != conform.Explained {
				continue
			}
			explained++
			require.Equal(t, sitesBelow(plain.x, a.sc), sitesBelow(a.x, a.sc), "seed %d", seed)
		}
	}
	assert.Greater(t, explained, 5)
}

// sitesBelow are the ends at the site below, without what is reported and what has still to come of versions that no line names.
func sitesBelow(x *conform.Explanation[model.State, model.Step], sc *scope) map[string]bool {
	list := map[string]bool{}
	for i := range x.Ends {
		e := &x.Ends[i]
		s := e.State.Sites[below]
		p := s.Packages[0]
		p.Status, p.Late, p.Reported, p.Content, p.Metadata = 0, 0, 0, 0, 0
		s.Packages[0] = p
		list[fmt.Sprint(s, e.Decided(0))] = true
	}
	return list
}

// A log with gaps is explained one distribution point at a time. Every end of the whole is an end of the part.
func TestOneDistributionPointAllowsMore(t *testing.T) {
	compared := 0
	for seed := range 20 {
		random := rand.New(rand.NewPCG(uint64(seed), 7))
		r := drawn(seed, "sms20", 2, 0).without(func(int) bool { return random.IntN(100) < 20 })
		for _, c := range r.cases() {
			points := c.points()
			if len(points) < 2 {
				continue
			}
			whole, err := c.asGaps(t.Context(), model.SMS20, points, c.faults(), unhurried)
			require.NoError(t, err)
			part, err := c.asGaps(t.Context(), model.SMS20, points[:1], c.faults(), unhurried)
			require.NoError(t, err)
			require.Equal(t, conform.Explained, whole.x.Outcome)
			compared++
			of := func(x *conform.Explanation[model.State, model.Step]) map[string]bool {
				for i := range x.Ends {
					at(x.Ends[i].State).DPs[1] = model.DP{}
				}
				return sitesBelow(x, whole.sc)
			}
			small := of(part.x)
			for end := range of(whole.x) {
				require.True(t, small[end], "seed %d: %s", seed, end)
			}
		}
	}
	assert.Greater(t, compared, 5)
}

func TestEveryKindOfMessageHasAReading(t *testing.T) {
	rules := model.RuleNames()
	written := map[string]bool{}
	for k := logs.UpdateFound; k <= logs.Status; k++ {
		r := readingOf[k]
		require.NotNil(t, r, k)
		for _, rule := range r.Rules {
			assert.Contains(t, rules, rule)
			written[rule] = true
		}
		if len(r.Rules) == 0 && r.State == nil {
			assert.NotEmpty(t, r.Why, r.Says)
		}
	}
	assert.Len(t, readings, int(logs.Status))
	for _, rule := range []string{"despooler.store", "despooler.commit", "replication.accept", "replication.skip", "replication.delete", "package.decompress", "dp.copy", "dp.commit", "package.done"} {
		assert.True(t, written[rule], rule)
	}
}

func TestVersionsAreNumberedFromWhatTheLogNames(t *testing.T) {
	for _, c := range []struct {
		named  []int
		before int
		most   int
		real   []int
		cut    bool
	}{
		{nil, 0, 3, []int{1}, false},
		{[]int{1, 2}, 0, 3, []int{1, 2}, false},
		{[]int{1, 3}, 0, 3, []int{1, 2, 3}, false},
		{[]int{8, 9}, 5, 3, []int{5, 8, 9}, false},
		{[]int{7, 8}, 0, 3, []int{6, 7, 8}, false},
		{[]int{3, 9}, 0, 3, []int{2, 3, 9}, false},
		{[]int{1, 2, 3, 4, 5}, 0, 3, []int{3, 4, 5}, true},
		{[]int{2, 5, 9}, 0, 3, []int{4, 5, 9}, true},
	} {
		real, cut := numbering(c.named, c.before, c.most)
		assert.Equal(t, c.real, real, c.named)
		assert.Equal(t, c.cut, cut, c.named)
	}
}

// A log that begins with version 7 is explained as one that begins with version 1 is, and is told with its own numbers.
func TestVersionsAreToldAsTheLogNumbersThem(t *testing.T) {
	r := kept(t, "stuck-after-overlap")
	for i := range r.lines {
		for _, v := range []*int{&r.lines[i].Version, &r.lines[i].Current} {
			if *v > 0 {
				*v += 6
			}
		}
	}
	d := diagnosed(t, r)
	assert.Equal(t, []string{"two-writers"}, names(d.Found))
	assert.Equal(t, 8, d.Version)
	doc, err := d.Document()
	require.NoError(t, err)
	assert.Contains(t, doc.Wrong, "Despooler stored version 8")
	told := ""
	for _, s := range doc.Steps {
		told += s.Sentence + "\n"
	}
	assert.Contains(t, told, "Despooler at site B begins to store version 8 of AUS0001B.")
	assert.NotContains(t, told, "version 1 ")
	last := doc.States[len(doc.States)-1]
	for _, f := range last.Fields {
		if f.Place == "B/AUS0001B" && f.Label == "StoredPkgVersion" {
			assert.Equal(t, "7", f.Value)
		}
	}
}

func TestTheStoryHasTheLinesBesideTheSteps(t *testing.T) {
	r := kept(t, "stuck-after-overlap")
	d := diagnosed(t, r)
	doc, err := d.Document()
	require.NoError(t, err)
	lines := 0
	for i, s := range doc.Steps {
		for _, line := range s.Log {
			lines++
			assert.False(t, s.Time.IsZero())
			if strings.HasPrefix(line, "despool.log:4 ") {
				assert.Equal(t, "despooler.store(site=B package=AUS0001B version=2)", s.Text)
			}
		}
		assert.Equal(t, d.story.sc.sys.Format(d.story.trace.Steps[i]), s.Text)
	}
	assert.Equal(t, 12, lines, "of each step that leaves lines, one")
	_, err = props.Model(d.story.sc.sys).Run(texts(d))
	assert.NoError(t, err, "it is a run of the model, from its beginning")
}

func texts(d *Diagnosis) (list []string) {
	for _, s := range d.story.trace.Steps {
		list = append(list, d.story.sc.sys.Format(s))
	}
	return list
}

func TestALineThatCannotBeIsNamed(t *testing.T) {
	lines := []string{received(1), received(1), received(1), received(1)} // with two duplicates at the most
	c := excerpt(t, lines...)
	d := diagnosedCase(t, c)
	require.Empty(t, d.Found)
	require.NotNil(t, d.Unexplained)
	assert.Equal(t, 4, d.Unexplained.Message.Line)
	assert.Contains(t, d.Unexplained.Why[0], "needs that")
}

func TestALimitLeavesACaseUndecided(t *testing.T) {
	r := kept(t, "stuck-after-overlap").without(func(i int) bool { return i%4 == 1 })
	d, err := Diagnose(t.Context(), r.cases()[0], Options{MaxCandidates: 5, Limit: time.Hour})
	require.NoError(t, err)
	assert.Nil(t, d.Certain())
	assert.Contains(t, d.Undecided, "more than 5 candidates")
}
