package lattice_test

import (
	"context"
	"flag"
	"math/bits"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
	"pkgdist/props/check"
	"pkgdist/props/lattice"
	"pkgdist/props/run"
	"pkgdist/props/scenario"
)

var plainly = flag.String("plainly", "cannot-apply", "the scenarios in which every set is explored by itself (crash-and-duplicate: ten minutes)")

func load(t testing.TB, names ...string) []*scenario.Scenario {
	t.Helper()
	var list []*scenario.Scenario
	for _, name := range names {
		sc, err := scenario.Load(name)
		require.NoError(t, err)
		list = append(list, sc)
	}
	return list
}

func search(t testing.TB, sc *scenario.Scenario, properties []string, opt lattice.Options) *lattice.Lattice {
	t.Helper()
	l, err := lattice.Search(t.Context(), sc, properties, opt)
	require.NoError(t, err)
	return l
}

// What the lattice says of every set is what a run of that set says by itself:
// nothing is lost by what sets share.
func TestEverySetIsWalkedPlainlyToo(t *testing.T) {
	for _, sc := range load(t, strings.Split(*plainly, ",")...) {
		t.Run(sc.Name, func(t *testing.T) {
			l := search(t, sc, nil, lattice.Options{})
			assert.Less(t, l.Searched, lattice.NumSets/4, "sets share nearly all of the work")
			assert.Equal(t, lattice.NumSets, l.Searched+l.Alike+l.Refuted)
			sufficient := map[model.MechanismSet]bool{}
			for set := range model.MechanismSet(lattice.NumSets) {
				design, err := model.ParseDesign(set.String())
				require.NoError(t, err)
				r, err := run.Explore(t.Context(), sc, design, nil, check.Options{})
				require.NoError(t, err)
				sufficient[set] = r.Outcome() == check.Holds
				require.Equal(t, verdicts(r), [2][]string{l.Names(l.Sets[set].Violated), l.Names(l.Sets[set].Inconclusive)}, set)
			}
			assert.Equal(t, minimal(sufficient), l.Minimal())
		})
	}
}

// verdicts lists what is violated and what is inconclusive, of the claims that
// count.
func verdicts(r *run.Run) (names [2][]string) {
	names = [2][]string{{}, {}}
	for _, c := range r.Claims {
		switch v := r.Result.Verdict(c.Name); {
		case !r.Required(c):
		case v.Outcome == check.Violated:
			names[0] = append(names[0], c.Name)
		case v.Outcome == check.Inconclusive:
			names[1] = append(names[1], c.Name)
		}
	}
	return names
}

// minimal finds the sets of which no part is sufficient in the plainest way: by
// every part.
func minimal(sufficient map[model.MechanismSet]bool) []model.MechanismSet {
	var list []model.MechanismSet
	for set, ok := range sufficient {
		for part := (set - 1) & set; ok && part != set; part = (part - 1) & set {
			ok = !sufficient[part]
		}
		if ok {
			list = append(list, set)
		}
	}
	slices.SortFunc(list, func(a, b model.MechanismSet) int {
		if d := bits.OnesCount16(uint16(a)) - bits.OnesCount16(uint16(b)); d != 0 {
			return d
		}
		return int(a) - int(b)
	})
	return list
}

// The repair is what a search over the sets finds in the scenarios with faults,
// and no other is as small.
func TestTheRepairIsFoundAgain(t *testing.T) {
	scenarios := load(t, "article", "version-ahead", "dp-away", "file-in-use", "crash", "duplicates")
	found, tried, err := lattice.Smallest(t.Context(), scenarios, nil, 0, lattice.Options{})
	require.NoError(t, err)
	assert.Equal(t, []model.MechanismSet{model.Repair}, found)
	assert.Equal(t, 848, tried, "all sets of at most six of ten")

	// Whoever can have no timer needs all three ways to be woken.
	found, _, err = lattice.Smallest(t.Context(), scenarios, nil, model.Mechanisms(model.RescanTimer), lattice.Options{})
	require.NoError(t, err)
	wakes := model.Mechanisms(model.LatchedNotification, model.RescanOnDone, model.WakeOnStore)
	assert.Equal(t, []model.MechanismSet{model.Repair&^model.Mechanisms(model.RescanTimer) | wakes}, found)
}

// No switch on the mechanisms helps against a status that is overtaken, and the
// search says so.
func TestNoSetHelpsAgainstALateStatus(t *testing.T) {
	sc := load(t, "late-status")
	l := search(t, sc[0], []string{"status-never-goes-back"}, lattice.Options{})
	assert.Empty(t, l.Minimal())
	assert.Zero(t, l.Undecided())
	for set := range l.Sets {
		assert.Equal(t, []string{"status-never-goes-back"}, l.Names(l.Sets[set].Violated))
	}
	for _, m := range model.AllMechanisms() {
		assert.Empty(t, l.Needs(m), "what fails with it too does not need it")
	}
	found, tried, err := lattice.Smallest(t.Context(), sc, []string{"status-never-goes-back"}, 0, lattice.Options{})
	require.NoError(t, err)
	assert.Empty(t, found)
	assert.Equal(t, lattice.NumSets, tried)
}

// The article's scenario needs a lock, and something that looks again.
func TestWhatTheArticleNeeds(t *testing.T) {
	l := search(t, load(t, "article")[0], nil, lattice.Options{})
	timer := model.Mechanisms(model.ExclusiveSource, model.RescanTimer)
	wakes := model.Mechanisms(model.ExclusiveSource, model.LatchedNotification, model.RescanOnDone)
	assert.Equal(t, []model.MechanismSet{timer, wakes}, l.Minimal())
	assert.Equal(t, []string{"one-version-among-writers"}, l.Needs(model.ExclusiveSource))
	assert.Equal(t, []model.MechanismSet{model.Mechanisms(model.ExclusiveSource)}, l.MinimalFor("one-version-among-writers"))
	assert.Equal(t, []model.MechanismSet{0}, l.MinimalFor("sent-once"))
	assert.Empty(t, l.Needs(model.RescanTimer))
	assert.Equal(t, []model.MechanismSet{model.Mechanisms(model.LatchedNotification, model.RescanOnDone)}, l.StandIns(timer, model.RescanTimer))
	assert.Empty(t, l.StandIns(timer, model.ExclusiveSource))
	assert.Empty(t, l.Worse())
	assert.True(t, l.Sufficient(model.Repair))
	for _, set := range l.Maximal() {
		f, err := l.Fail(t.Context(), load(t, "article"), set, lattice.Options{})
		require.NoError(t, err)
		trace, _ := f.Trace()
		assert.NotEmpty(t, trace.Steps)
		assert.Contains(t, l.Names(l.Sets[set].Violated), f.Claim.Name)
	}
	_, n, judged := l.OnlyTheArticle()
	assert.True(t, judged)
	assert.Zero(t, n)
}

// How much is shared does not depend on the number of workers.
func TestWorkersChangeNothing(t *testing.T) {
	sc := load(t, "cannot-apply")[0]
	one := search(t, sc, nil, lattice.Options{Check: check.Options{Workers: 1}})
	many := search(t, sc, nil, lattice.Options{Check: check.Options{Workers: 7}})
	assert.Equal(t, [3]int{one.Searched, one.Alike, one.Refuted}, [3]int{many.Searched, many.Alike, many.Refuted})
	assert.Equal(t, one.Sets, many.Sets)
	plain := search(t, sc, nil, lattice.Options{Plain: true})
	assert.Equal(t, lattice.NumSets, plain.Searched)
	assert.Equal(t, one.Sets, plain.Sets)
}

// A limit leaves open what it cuts, and only that.
func TestALimitLeavesSetsUndecided(t *testing.T) {
	sc := load(t, "cannot-apply")[0]
	cut := search(t, sc, nil, lattice.Options{Check: check.Options{MaxStates: 60}})
	whole := search(t, sc, nil, lattice.Options{})
	assert.NotEmpty(t, cut.Stopped)
	assert.Empty(t, cut.Minimal())
	assert.Positive(t, cut.Undecided())
	for set := range cut.Sets {
		assert.Zero(t, cut.Sets[set].Violated&^whole.Sets[set].Violated, "what is violated is violated")
		assert.Zero(t, whole.Sets[set].Violated&^(cut.Sets[set].Violated|cut.Sets[set].Inconclusive), "what is not seen is open")
	}
	ended, end := context.WithCancel(t.Context())
	end()
	l, err := lattice.Search(ended, sc, nil, lattice.Options{})
	require.NoError(t, err)
	assert.NotEmpty(t, l.Stopped)
	assert.Equal(t, lattice.NumSets, l.Undecided())
	_, _, err = lattice.Smallest(ended, load(t, "cannot-apply"), nil, 0, lattice.Options{})
	assert.ErrorContains(t, err, "interrupted")
}

// Several scenarios ask more of a set than each of them.
func TestScenariosAreMerged(t *testing.T) {
	a, b := search(t, load(t, "cannot-apply")[0], nil, lattice.Options{}), search(t, load(t, "version-ahead")[0], nil, lattice.Options{})
	merged := lattice.Merge(a, b)
	assert.Equal(t, "cannot-apply,version-ahead", merged.Scenario)
	for set := range model.MechanismSet(lattice.NumSets) {
		assert.Equal(t, a.Sufficient(set) && b.Sufficient(set), merged.Sufficient(set))
	}
	assert.NotEqual(t, len(a.Claims), len(merged.Claims), "each has a situation that the other does not ask for")
}

// The order of the corrections tells that the first one woke the replication
// thread, and looked at INCOMING at no other time.
func TestTheFixHistory(t *testing.T) {
	h, err := lattice.SearchHistory(t.Context(), lattice.Options{})
	require.NoError(t, err)
	wakes := model.Mechanisms(model.ExclusiveSource, model.LatchedNotification, model.RescanOnDone)
	assert.Equal(t, []model.MechanismSet{wakes}, lattice.MinimalOf(h.FirstPack))
	for _, set := range lattice.Sets(h.FirstPack) {
		assert.False(t, set.Has(model.RescanTimer) || set.Has(model.WakeOnStore), set)
		assert.False(t, h.SecondPack(set))
	}
	assert.Equal(t, []model.MechanismSet{model.Mechanisms(model.WakeOnStore), model.Mechanisms(model.RescanTimer)}, h.Next(wakes))
	assert.True(t, h.SecondPack(model.Repair))
}
