package article_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/article"
	"pkgdist/props/check"
	"pkgdist/props/internal/testmodel"
	"pkgdist/props/lattice"
	"pkgdist/props/run"
	"pkgdist/props/scenario"
)

// secondUpdate is the rule whose removal means that a package is updated once.
const secondUpdate = "administrator.update"

func load(name string) *scenario.Scenario { return testmodel.Must(scenario.Load(name)) }

func design(text string) model.Design { return testmodel.Must(model.ParseDesign(text)) }

func explore(t *testing.T, sc *scenario.Scenario, d model.Design, properties ...string) *run.Run {
	t.Helper()
	r, err := run.Explore(t.Context(), sc, d, properties, check.Options{Keep: true})
	require.NoError(t, err)
	return r
}

// each calls test with every article, as a test of its name.
func each(t *testing.T, test func(*testing.T, article.Article)) {
	require.NotEmpty(t, article.All())
	for _, a := range article.All() {
		t.Run(a.Numbers[0], func(t *testing.T) { test(t, a) })
	}
}

func find(t *testing.T, number string) article.Article {
	t.Helper()
	i := slices.IndexFunc(article.All(), func(a article.Article) bool { return slices.Contains(a.Numbers, number) })
	require.GreaterOrEqual(t, i, 0, number)
	return article.All()[i]
}

func lines(t *testing.T, a article.Article) []string {
	t.Helper()
	m, err := article.Measure(t.Context(), a, check.Options{})
	require.NoError(t, err)
	sys, err := model.NewSystem(load(a.Scenario).Scope, design(a.ShownUnder))
	require.NoError(t, err)
	list := make([]string, len(m.Steps))
	for i, step := range m.Steps {
		list[i] = sys.Format(step)
	}
	return list
}

func rules(lines []string) []string {
	var list []string
	for _, line := range lines {
		rule, _, _ := strings.Cut(line, "(")
		list = append(list, rule)
	}
	return list
}

// Every article is as the table says: the symptom shows in the shortest trace
// that has its rule (or the second update), and is absent where it should be.
func TestEveryArticleIsWhatTheTableSays(t *testing.T) {
	seconds := 0
	each(t, func(t *testing.T, a article.Article) {
		m, err := article.Measure(t.Context(), a, check.Options{})
		require.NoError(t, err)
		assert.Empty(t, m.Wrong)
		assert.Empty(t, m.Cut)
		if n := len(m.Steps); assert.Positive(t, n) {
			r := explore(t, load(a.Scenario), design(a.ShownUnder), a.Property)
			assert.Len(t, r.Result.Verdict(a.Property).Trace.Steps, n)
		}
		way := lines(t, a)
		assert.Contains(t, rules(way), a.Rule)
		if a.Rule == secondUpdate {
			seconds++
			assert.Contains(t, way, "administrator.update(site=A package=P version=2)")
		}
	})
	assert.Positive(t, seconds)
}

// Whatever the table says wrongly is found.
func TestAWrongTableIsFound(t *testing.T) {
	each(t, func(t *testing.T, right article.Article) {
		for what, spoil := range map[string]func(*article.Article){
			"shown where it is absent":    func(a *article.Article) { a.ShownUnder = a.AbsentUnder },
			"absent where it is shown":    func(a *article.Article) { a.AbsentUnder = a.ShownUnder },
			"no cure":                     func(a *article.Article) { a.Cure = article.Cure{} },
			"a rule that it goes without": func(a *article.Article) { a.Rule = "dp.return" },
		} {
			wrong := right
			spoil(&wrong)
			m, err := article.Measure(t.Context(), wrong, check.Options{})
			require.NoError(t, err)
			assert.NotEmpty(t, m.Wrong, what)
		}
	})
}

// Nothing less cures it: neither nothing at all, nor the cure without one of its mechanisms.
func TestNothingLessIsACure(t *testing.T) {
	each(t, func(t *testing.T, a article.Article) {
		less := []article.Cure{{}}
		for _, m := range a.Cure.Mechanisms.List() {
			part := a.Cure
			part.Mechanisms &^= model.Mechanisms(m)
			less = append(less, part)
		}
		for _, cure := range less {
			assert.True(t, shows(t, a, cure.Of(design(a.ShownUnder))), "%v is enough", cure.Words())
		}
	})
}

// shows tells whether the symptom shows, at rest or in a loop.
func shows(t *testing.T, a article.Article, d model.Design) bool {
	return explore(t, load(a.Scenario), d, a.Properties()...).Outcome() == check.Violated
}

// Where the cure is no set of mechanisms, no set is one, of all there are. The
// shortest trace is tried first, for whatever can take its steps has the symptom.
func TestNoMechanismHelpsWhereTheCureIsAnother(t *testing.T) {
	cured := 0
	each(t, func(t *testing.T, a article.Article) {
		if a.Cure.Mechanisms != 0 {
			cured++
			return
		}
		replayed := 0
		shown := explore(t, load(a.Scenario), design(a.ShownUnder), a.Property)
		ce := shown.Counterexample(shown.Claims[0])
		for set := range model.MechanismSet(1 << model.NumMechanisms) {
			ce.Design = a.ShownUnder + "+" + set.String()
			r, err := run.Again(ce, "")
			require.NoError(t, err)
			if r.Reproduced {
				replayed++
				continue
			}
			assert.True(t, shows(t, a, design(ce.Design)), "%v cures it", set)
		}
		assert.Positive(t, replayed, "no set has the trace, not even the empty one")
	})
	assert.Positive(t, cured)
}

// Among all sets of mechanisms the one in the table is a smallest that cures it.
func TestTheCureIsASmallestOfAllSets(t *testing.T) {
	each(t, func(t *testing.T, a article.Article) {
		if a.Cure.Mechanisms == 0 {
			return // no set is a cure: see above
		}
		require.Equal(t, model.SMS20.Name, a.ShownUnder)
		smallest, _, err := lattice.Smallest(t.Context(), []*scenario.Scenario{load(a.Scenario)}, a.Properties(), 0, lattice.Options{})
		require.NoError(t, err)
		assert.Contains(t, smallest, a.Cure.Mechanisms)
	})
}

// Without its rule the symptom does not occur, although the rest does:
// the property holds. A fault, or the second update, is taken out of the scope;
// a rule of the system out of the table.
func TestWithoutItsRuleTheSymptomIsGone(t *testing.T) {
	each(t, func(t *testing.T, a article.Article) {
		sc, d := load(a.Scenario), design(a.ShownUnder)
		sc.Expect = scenario.Expect{} // it may expect that very rule
		require.Equal(t, check.Violated, explore(t, sc, d, a.Property).Outcome())
		r := without(t, sc, d, a)
		for _, name := range a.Properties() {
			v := r.Result.Verdict(name)
			assert.Equal(t, check.Holds, v.Outcome, "%s: %s", name, v.Reason)
		}
	})
}

func without(t *testing.T, sc *scenario.Scenario, d model.Design, a article.Article) *run.Run {
	i := slices.Index(model.RuleNames(), a.Rule)
	require.GreaterOrEqual(t, i, 0, a.Rule)
	rule := model.Rules()[i]
	switch rule.Kind {
	case model.ByFault:
		require.Positive(t, sc.Scope.Faults[rule.Fault])
		sc.Scope.Faults[rule.Fault] = 0
	case model.ByAdministrator:
		require.Equal(t, secondUpdate, a.Rule)
		require.Greater(t, sc.Scope.Updates, 1)
		sc.Scope.Updates = 1
	default:
		sys, err := model.NewMutant(sc.Scope, d, model.Mutation{Rule: a.Rule, Part: model.WholeRule})
		require.NoError(t, err)
		r, err := run.ExploreSystem(t.Context(), sc, sys, a.Properties(), check.Options{})
		require.NoError(t, err)
		return r
	}
	return explore(t, sc, d, a.Properties()...)
}

// Q184489: what a file in use leaves can be of the old version too: neither that
// one nor the new one is whole, and nobody copies any more. With staged writes
// the old version is served on.
func TestTheOldFilesAreGoneBeforeTheNewOnesAreThere(t *testing.T) {
	a := find(t, "Q184489")
	for text, served := range map[string]model.Content{a.ShownUnder: {Version: 1, Torn: true}, "staged-write": {Version: 1}} {
		r := explore(t, load(a.Scenario), design(text), a.Property)
		found := false
		for s := range r.Result.All() {
			p := &s.Sites[0].Packages[0]
			found = found || p.Thread.Phase == model.ThreadIdle && p.Row.Stored == 2 && p.DPs[0] == model.DP{Content: served} &&
				s.FaultsLeft[model.SharingViolation] == 0
		}
		assert.True(t, found, "%s: no distribution point holds %v after the copy of version 2", text, served)
	}
}

// An article has one number in the table, and its scenario names it.
func TestArticlesAreSpelledTheSameEverywhere(t *testing.T) {
	spelled := map[string]bool{}
	each(t, func(t *testing.T, a article.Article) {
		for _, n := range a.Numbers {
			assert.Regexp(t, `^(Q|KB)\d{6}$`, n)
			digits := strings.TrimLeft(n, "QKB")
			assert.False(t, spelled[digits], "twice in the table")
			spelled[digits] = true
			assert.Contains(t, strings.Split(load(a.Scenario).Source, ", "), n, "the source of scenario %s", a.Scenario)
		}
	})
	// And it is spelled like that in what scenarios, rules, claims, designs and switches say.
	named := regexp.MustCompile(`[A-Za-z]*\d{6}\b`)
	for _, text := range texts() {
		for _, n := range named.FindAllString(text, -1) {
			assert.Regexp(t, `^(Q|KB)\d{6}$`, n, text)
		}
	}
}

func texts() (list []string) {
	for _, name := range scenario.Names() {
		list = append(list, load(name).Source, load(name).About)
	}
	for _, r := range model.Rules() {
		for _, origin := range r.Origins() {
			list = append(list, origin.Source)
		}
	}
	for _, c := range props.Catalogue() {
		list = append(list, c.Source)
	}
	for _, d := range slices.Concat(model.Designs(), model.OtherDesigns()) {
		list = append(list, d.Doc)
	}
	return list
}

// What stands for a sentence of the article is there, and shows where the table
// says so. A design that waits too little still leaves a file in INCOMING.
func TestEverySentenceIsShown(t *testing.T) {
	for _, s := range article.Sentences() {
		assert.NotEmpty(t, s.Note+strings.Join(slices.Concat(s.Rules, s.Properties, s.Designs), ""), s.Says)
		assert.Subset(t, model.RuleNames(), s.Rules)
		assert.Equal(t, len(s.Properties)+len(s.Designs) > 0, s.Scenario != "", s.Says)
		for _, name := range s.Properties {
			r := explore(t, load(s.Scenario), model.SMS20, name)
			assert.NotNil(t, r.Result.Verdict(name).Trace, "%s: %s", s.Scenario, name)
		}
		for _, name := range s.Designs {
			r := explore(t, load(s.Scenario), design(name), "incoming-empty-at-rest")
			assert.Equal(t, check.Violated, r.Outcome(), "%s under %s", s.Scenario, name)
		}
	}
}
