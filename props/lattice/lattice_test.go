package lattice_test

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
	"pkgdist/props/internal/testmodel"
	"pkgdist/props/lattice"
	"pkgdist/props/run"
	"pkgdist/props/scenario"
	"pkgdist/props/shard"
)

var plainly = flag.String("plainly", "", "the scenarios in which every set is explored by itself, and not one of eight (crash-and-duplicate: ten minutes)")

func load(names ...string) (list []*scenario.Scenario) {
	for _, name := range names {
		list = append(list, testmodel.Must(scenario.Load(name)))
	}
	return list
}

func search(t testing.TB, sc *scenario.Scenario, properties []string, opt lattice.Options) *lattice.Lattice {
	t.Helper()
	l, err := lattice.Search(t.Context(), sc, properties, opt)
	require.NoError(t, err)
	return l
}

// searched are the searches of all sets in a scenario, each made once.
var searched = map[string]*lattice.Lattice{}

func whole(t testing.TB, name string) *lattice.Lattice {
	if searched[name] == nil {
		searched[name] = search(t, load(name)[0], nil, lattice.Options{})
	}
	return searched[name]
}

// What the lattice says of every set is what a run of that set says by itself:
// nothing is lost by what sets share.
func TestEverySetIsWalkedPlainlyToo(t *testing.T) {
	names, each := []string{"cannot-apply"}, 7
	if *plainly != "" {
		names, each = strings.Split(*plainly, ","), 1
	}
	for _, name := range names {
		l := whole(t, name)
		took := l.Total()
		assert.Less(t, took.Searched, lattice.NumSets/4, "sets share nearly all of the work")
		assert.Equal(t, lattice.NumSets, took.Searched+took.Alike+took.Refuted)
		requirePlain(t, l, load(name)[0], nil, each)
		assert.Equal(t, minimal(l), l.Minimal())
	}
}

// requirePlain explores each set by itself, or one of so many.
func requirePlain(t *testing.T, l *lattice.Lattice, sc *scenario.Scenario, properties []string, each int) {
	t.Helper()
	for set := range model.MechanismSet(lattice.NumSets) {
		if int(set)%each != 0 {
			continue
		}
		r, err := run.Explore(t.Context(), sc, testmodel.Must(model.ParseDesign(set.String())), properties, check.Options{})
		require.NoError(t, err)
		require.Equal(t, r.Outcome() == check.Holds, l.Sufficient(set), set)
		require.Equal(t, verdicts(r), [2][]string{l.Names(l.Sets[set].Violated), l.Names(l.Sets[set].Inconclusive)}, set)
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
func minimal(l *lattice.Lattice) []model.MechanismSet {
	list := lattice.Sets(func(set model.MechanismSet) bool {
		ok := l.Sufficient(set)
		for part := (set - 1) & set; ok && part != set; part = (part - 1) & set {
			ok = !l.Sufficient(part)
		}
		return ok
	})
	slices.SortStableFunc(list, func(a, b model.MechanismSet) int { return len(a.List()) - len(b.List()) })
	return list
}

// The repair is what a search over the sets finds in the scenarios with faults,
// and no other is as small.
func TestTheRepairIsFoundAgain(t *testing.T) {
	scenarios := load("article", "version-ahead", "dp-away", "file-in-use", "crash", "duplicates")
	found, tried, err := lattice.Smallest(t.Context(), scenarios, nil, 0, lattice.Options{})
	require.NoError(t, err)
	assert.Equal(t, []model.MechanismSet{model.Repair}, found)
	assert.Equal(t, 848, tried, "all sets of at most six of ten")

	// Whoever can have no timer needs all three ways to be woken.
	found, _, err = lattice.Smallest(t.Context(), load("article", "version-ahead"), nil, model.Mechanisms(model.RescanTimer), lattice.Options{})
	require.NoError(t, err)
	wakes := model.Mechanisms(model.LatchedNotification, model.RescanOnDone, model.WakeOnStore)
	assert.Equal(t, []model.MechanismSet{model.Mechanisms(model.ExclusiveSource) | wakes}, found)

	// Only the faults of distribution points need the copy to be tried again.
	found, _, err = lattice.Smallest(t.Context(), load("article", "version-ahead", "crash", "duplicates"), nil, 0, lattice.Options{})
	require.NoError(t, err)
	assert.Equal(t, []model.MechanismSet{model.Repair &^ model.Mechanisms(model.RetryDP)}, found)

	// Only the property about two writers needs the lock.
	found, _, err = lattice.Smallest(t.Context(), load("article"), props.HarmNames(), model.Mechanisms(model.ExclusiveSource), lattice.Options{})
	require.NoError(t, err)
	assert.Equal(t, []model.MechanismSet{model.Mechanisms(model.CompareAndSet, model.RescanTimer, model.StagedWrite)}, found)
}

// No switch on the mechanisms helps against a status that is overtaken, and the
// search says so.
func TestNoSetHelpsAgainstALateStatus(t *testing.T) {
	sc := load("late-status")
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
	l := whole(t, "article")
	timer := model.Mechanisms(model.ExclusiveSource, model.RescanTimer)
	wakes := model.Mechanisms(model.ExclusiveSource, model.LatchedNotification, model.RescanOnDone)
	assert.Equal(t, []model.MechanismSet{timer, wakes}, l.Minimal())
	assert.Equal(t, []string{"one-version-among-writers"}, l.Needs(model.ExclusiveSource))
	assert.Equal(t, []model.MechanismSet{model.Mechanisms(model.ExclusiveSource)}, l.MinimalFor("one-version-among-writers"))
	assert.Equal(t, []model.MechanismSet{0}, l.MinimalFor("sent-once"))
	assert.Empty(t, l.Needs(model.RescanTimer))
	standIns, _ := l.StandIns(timer, model.RescanTimer)
	assert.Equal(t, []model.MechanismSet{model.Mechanisms(model.LatchedNotification, model.RescanOnDone)}, standIns)
	standIns, open := l.StandIns(timer, model.ExclusiveSource)
	assert.Empty(t, standIns)
	assert.Empty(t, open)
	assert.Empty(t, l.Worse())
	assert.True(t, l.Sufficient(model.Repair))
	for _, set := range l.Maximal() {
		f, err := l.Fail(t.Context(), load("article"), set, lattice.Options{})
		require.NoError(t, err)
		assert.Empty(t, f.Cut)
		assert.NotEmpty(t, f.Story.Steps)
		assert.Contains(t, l.Names(l.Sets[set].Violated), f.Claim.Name)
	}
	only, judged := l.OnlyTheArticle()
	assert.True(t, judged)
	assert.Equal(t, lattice.OnlyTheArticle{}, only)
}

// How much is shared does not depend on the number of workers.
func TestWorkersChangeNothing(t *testing.T) {
	sc := load("cannot-apply")[0]
	one, many := whole(t, "cannot-apply"), search(t, sc, nil, lattice.Options{Check: check.Options{Workers: 7}})
	assert.Equal(t, one.Searches, many.Searches)
	assert.Equal(t, one.Sets, many.Sets)
}

// Every set is judged by exactly one shard, and what shards come to is joined to what one search comes to: verdicts, what it
// took, and what a limit has cut.
func TestShardsAreJoinedToTheWhole(t *testing.T) {
	sc, claims := load("cannot-apply")[0], []string{"one-version-among-writers", "accepted-served-at-rest"}
	for most, shards := range map[int64][]int{0: {3}, 60: {1, 40}} {
		opt := check.Options{MaxStates: most}
		want := search(t, sc, claims, lattice.Options{Check: opt})
		assert.Equal(t, opt.MaxStates > 0, want.Total().Stopped != "")
		for _, n := range shards {
			var all []*lattice.Lattice
			judged := 0
			for i := range n {
				l := search(t, sc, claims, lattice.Options{Check: opt, Shard: shard.Shard{Number: i + 1, Of: n}})
				judged += len(lattice.Judged(l.Shard))
				assert.Equal(t, len(lattice.Judged(l.Shard)), l.Total().Searched+l.Total().Alike+l.Total().Refuted)
				all = append(all, l)
			}
			assert.Equal(t, lattice.NumSets, judged)
			joined := lattice.Join(all...)
			assert.Equal(t, want.Sets, joined.Sets, "%d shards", n)
			assert.Equal(t, want.Searches, joined.Searches, "%d shards", n)
			assert.True(t, joined.Shard.IsWhole())
		}
	}
}

// What no shard has judged does not hold.
func TestTheSetsOfOtherShardsAreUndecided(t *testing.T) {
	l := search(t, load("cannot-apply")[0], nil, lattice.Options{Shard: shard.Shard{Number: 2, Of: 3}})
	judged := lattice.Judged(l.Shard)
	for set := range model.MechanismSet(lattice.NumSets) {
		assert.Equal(t, slices.Contains(judged, set), l.Sets[set].Inconclusive == 0, set)
	}
	requireNoOtherAnswer(t, whole(t, "cannot-apply"), l)
}

// Whatever ends the search early, and wherever: each verdict that it gives is that
// of the whole search, and each answer that it gives is one that the whole search
// gives too.
func TestALimitLeavesSetsUndecided(t *testing.T) {
	sc := load("cannot-apply")[0]
	claims := []string{"one-version-among-writers", "accepted-reaches-all-dps", "incoming-drains", "dp-never-goes-back"}
	whole := search(t, sc, claims, lattice.Options{})
	sufficient, insufficient := 0, 0
	agree := func(name string, ctx context.Context, opt lattice.Options) {
		t.Helper()
		l, err := lattice.Search(ctx, sc, claims, opt)
		require.NoError(t, err)
		require.NotEmpty(t, l.Total().Stopped, name)
		require.Positive(t, l.Undecided(), name)
		requireNoOtherAnswer(t, whole, l)
		sufficient += len(lattice.Sets(l.Sufficient))
		insufficient += len(lattice.Sets(l.Insufficient))
	}
	r, err := run.Explore(t.Context(), sc, model.SMS20, claims, check.Options{})
	require.NoError(t, err)
	agree("states", t.Context(), lattice.Options{Check: check.Options{MaxStates: r.Result.States - 1}})
	agree("memory", t.Context(), lattice.Options{Check: check.Options{Workers: 2, MaxMemory: 2 * r.Result.Memory}})
	for _, calls := range []int{0, 24, 400} {
		ctx, cancel := context.WithCancel(t.Context())
		n := 0
		stop := func(lattice.Progress) {
			if n++; n >= calls {
				cancel()
			}
		}
		if calls == 0 {
			cancel()
		}
		agree(fmt.Sprint("calls ", calls), ctx, lattice.Options{Progress: stop})
	}
	assert.Positive(t, sufficient)
	assert.Positive(t, insufficient)
	ended, end := context.WithCancel(t.Context())
	end()
	_, _, err = lattice.Smallest(ended, []*scenario.Scenario{sc}, nil, 0, lattice.Options{})
	assert.ErrorContains(t, err, "interrupted")
}

// Whichever verdicts are missing, no answer is given that they could change.
func TestAnswersDoNotRestOnWhatIsUndecided(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	given := map[string]int{}
	for n := range 8 {
		whole := made(random, n%4 == 0)
		requireNoOtherAnswer(t, whole, whole)
		missing := []func(model.MechanismSet) bool{}
		for _, share := range []float64{0.001, 0.01, 0.3, 0.9} {
			missing = append(missing, func(model.MechanismSet) bool { return random.Float64() < share })
		}
		for _, m := range model.AllMechanisms() {
			missing = append(missing, func(set model.MechanismSet) bool { return set.Has(m) }, func(set model.MechanismSet) bool { return !set.Has(m) })
		}
		for i, is := range missing {
			l, all := *whole, lattice.ClaimSet(1)<<len(whole.Claims)-1
			for set := range model.MechanismSet(lattice.NumSets) {
				if is(set) {
					some := all
					if i < 4 {
						some &= lattice.ClaimSet(random.Uint64() | random.Uint64())
					}
					l.Sets[set].Inconclusive |= some
					l.Sets[set].Violated &^= some
				}
			}
			requireNoOtherAnswer(t, whole, &l)
			given["minimal"] += len(l.Minimal())
			given["maximal"] += len(l.Maximal())
			given["perhaps smaller"] += len(l.PerhapsSmaller())
			given["open"] += len(l.OpenMinimal())
			for _, m := range model.AllMechanisms() {
				given["needs"] += len(l.Needs(m))
			}
			only, _ := l.OnlyTheArticle()
			given["only the article"] += only.Count
		}
	}
	require.Len(t, given, 6)
	for what, n := range given {
		assert.Positive(t, n, what)
	}
}

// made is a lattice that is made up: one of two mechanisms cures a claim, a single
// one another, two that are both on break one, and nothing cures one in a lattice
// that is hopeless.
func made(random *rand.Rand, hopeless bool) *lattice.Lattice {
	l := &lattice.Lattice{}
	for _, c := range props.Catalogue() {
		if c.Kind != check.KindSometimes && !c.TooStrong {
			l.Claims = append(l.Claims, c)
		}
	}
	any := func() model.Mechanism { return model.AllMechanisms()[random.IntN(model.NumMechanisms)] }
	breaks := model.Mechanisms(any(), any())
	for i := range 6 {
		claim := lattice.ClaimSet(1) << (i * 4)
		cures := model.Mechanisms(any(), any())
		if i == 1 {
			cures = model.Mechanisms(any())
		} else if i == 2 && hopeless {
			cures = 0
		}
		for set := range model.MechanismSet(lattice.NumSets) {
			if set&cures == 0 || i == 5 && set&breaks == breaks {
				l.Sets[set].Violated |= claim
			}
		}
	}
	return l
}

func requireNoOtherAnswer(t *testing.T, whole, l *lattice.Lattice) {
	t.Helper()
	for set, v := range l.Sets {
		want := whole.Sets[set]
		require.Zero(t, v.Violated&^want.Violated, "%v: what is violated is violated", model.MechanismSet(set))
		require.Zero(t, want.Violated&^(v.Violated|v.Inconclusive), "%v: what is not seen is open", model.MechanismSet(set))
	}
	require.Subset(t, whole.Minimal(), l.Minimal())
	require.Subset(t, whole.Maximal(), l.Maximal())
	require.Subset(t, whole.Worse(), l.Worse())
	if len(l.OpenMinimal()) == 0 {
		require.Equal(t, whole.Minimal(), l.Minimal())
	}
	for _, c := range whole.Claims {
		require.Subset(t, whole.MinimalFor(c.Name), l.MinimalFor(c.Name))
	}
	for _, m := range model.AllMechanisms() {
		require.Subset(t, whole.Needs(m), l.Needs(m))
		require.True(t, l.InMinimal(m) || !whole.InMinimal(m), m)
		for _, repair := range l.Minimal() {
			want, none := whole.StandIns(repair, m)
			require.Empty(t, none)
			got, open := l.StandIns(repair, m)
			require.Subset(t, want, got)
			if len(open) == 0 {
				require.Equal(t, want, got)
			}
		}
	}
	want, _ := whole.OnlyTheArticle()
	got, judged := l.OnlyTheArticle()
	require.True(t, judged)
	require.Subset(t, want.Minimal, got.Minimal)
	require.LessOrEqual(t, got.Count, want.Count)
	require.GreaterOrEqual(t, got.Count+got.Open, want.Count)
}

// That another set reaches a situation does not settle it where a rule that is
// expected never fires.
func TestASituationIsNotSettledByOtherSets(t *testing.T) {
	sc := load("cannot-apply")[0]
	sc.Expect.Rules = []string{"timer.rescan"}
	sc.Expect.Sometimes = []string{"content-first"}
	shared := search(t, sc, []string{"content-first"}, lattice.Options{})
	requirePlain(t, shared, sc, []string{"content-first"}, 7)
	assert.GreaterOrEqual(t, shared.Undecided(), lattice.NumSets/2, "those without the timer, at least")
	assert.NotEmpty(t, lattice.Sets(shared.Sufficient))
}

// Several scenarios ask more of a set than each of them.
func TestScenariosAreMerged(t *testing.T) {
	a, b := whole(t, "cannot-apply"), whole(t, "article")
	merged := lattice.Merge(a, b)
	assert.Equal(t, "cannot-apply,article", merged.Scenario())
	for set := range model.MechanismSet(lattice.NumSets) {
		assert.Equal(t, a.Sufficient(set) && b.Sufficient(set), merged.Sufficient(set))
	}
	assert.NotEqual(t, len(a.Claims), len(merged.Claims), "each has a situation that the other does not ask for")
}
