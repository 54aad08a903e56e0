package explore_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/props/check"
	"pkgdist/props/check/explore"
	"pkgdist/props/check/show"
	"pkgdist/props/internal/testmodel"
)

// A room has a lock, and two people who look before they take it.
type room struct {
	At     [2]string
	Locked bool
}

var people = []string{"Ann", "Bob"}

// mutex is a model that says a little of itself: who takes a step, and what stops the others.
func mutex() check.Model[room, string] {
	guards := map[string]func(s room, i int) bool{
		"looks":  func(s room, i int) bool { return s.At[i] == "outside" && !s.Locked },
		"enters": func(s room, i int) bool { return s.At[i] == "at the door" },
		"leaves": func(s room, i int) bool { return s.At[i] == "inside" },
	}
	needs := map[string]string{"looks": "the lock is free", "enters": "the lock was seen free", "leaves": "somebody is inside"}
	rules := []string{"looks", "enters", "leaves"}
	return check.Model[room, string]{
		Name: "A room and its lock",
		Init: func() []room { return []room{{At: [2]string{"outside", "outside"}}} },
		Steps: func(s room, yield func(string, room)) {
			for i, who := range people {
				for _, rule := range rules {
					if guards[rule](s, i) {
						next := s
						switch rule {
						case "looks":
							next.At[i] = "at the door"
						case "enters":
							next.At[i], next.Locked = "inside", true
						case "leaves":
							next.At[i], next.Locked = "outside", false
						}
						yield(who+" "+rule, next)
					}
				}
			}
		},
		Actors: people,
		Actor:  func(step string) show.Lane { who, _, _ := strings.Cut(step, " "); return show.Lane{Actor: who} },
		Rules:  rules,
		Rule:   func(step string) int { _, rule, _ := strings.Cut(step, " "); return slices.Index(rules, rule) },
		Blocked: func(s *room, rule int, yield func(string)) {
			for i := range people {
				if !guards[rules[rule]](*s, i) {
					yield(needs[rules[rule]])
				}
			}
		},
	}
}

func mutexClaims() []check.Property[room] {
	return []check.Property[room]{
		check.Never("both-inside", func(s *room) bool { return s.At[0] == "inside" && s.At[1] == "inside" }).Says("Never are both inside."),
		check.Sometimes("somebody-inside", func(s *room) bool { return s.Locked }),
		check.AlwaysEventually("free-again", func(s *room) bool { return !s.Locked }).Says("The room is free again and again."),
	}
}

func explorer[S any, T comparable](t testing.TB, m check.Model[S, T], claims []check.Property[S]) explore.Explorer {
	t.Helper()
	e, err := explore.New(m, claims, explore.Options{})
	require.NoError(t, err)
	return e
}

func at(steps ...string) explore.Place { return explore.Place{Steps: steps, At: len(steps)} }

func view(t testing.TB, e explore.Explorer, p explore.Place) *explore.View {
	t.Helper()
	v, err := e.View(p, explore.Window{})
	require.NoError(t, err)
	return v
}

func refs(v *explore.View) []string {
	list := []string{}
	for _, c := range v.Steps {
		list = append(list, c.Ref)
	}
	return list
}

func values(v *explore.View) map[string]string {
	list := map[string]string{}
	for _, p := range v.Panels {
		for _, b := range p.Boxes {
			for _, r := range b.Rows {
				list[r.Label] = r.Value
			}
		}
	}
	return list
}

func names(broken []explore.Broken) []string {
	list := []string{}
	for _, b := range broken {
		list = append(list, b.Name)
	}
	return list
}

// both leads to where both are inside.
var both = []string{"Ann looks", "Bob looks", "Ann enters", "Bob enters"}

func TestAViewSaysWhatIsAndWhatCanHappen(t *testing.T) {
	e := explorer(t, mutex(), mutexClaims())
	v := view(t, e, at())
	assert.Equal(t, []string{"Ann looks", "Bob looks"}, refs(v))
	assert.Equal(t, map[string]string{"At[0]": "outside", "At[1]": "outside", "Locked": "false"}, values(v))
	assert.Equal(t, "Ann", v.Steps[0].Who)
	assert.Empty(t, v.Broken)

	v = view(t, e, at(both[:3]...))
	assert.Equal(t, []string{"Ann leaves", "Bob enters"}, refs(v))
	assert.Equal(t, [][]string{nil, {"both-inside"}}, [][]string{v.Steps[0].Broken, v.Steps[1].Broken}, "what a step breaks is said before it is taken")
	assert.Equal(t, []string{"somebody-inside"}, names(v.Broken))
	assert.True(t, v.Broken[0].Reached)

	v = view(t, e, at(both...))
	assert.Equal(t, []string{"both-inside", "somebody-inside"}, names(v.Broken), "what is wrong comes first")
	assert.Equal(t, []explore.Change{{Field: 1, Label: "At[1]", Was: "at the door", Is: "inside"}}, v.Changed)
	assert.Equal(t, []string{"both-inside"}, v.Path[3].Broken)
}

// To go back is to stand earlier on the same path, and its next step is marked.
func TestAPathStaysWhileAPersonGoesBackOverIt(t *testing.T) {
	e := explorer(t, mutex(), nil)
	for n := range both {
		v := view(t, e, explore.Place{Steps: both, At: n})
		assert.Equal(t, n, v.At)
		assert.Len(t, v.Path, len(both))
		taken := slices.IndexFunc(v.Steps, func(c explore.Choice) bool { return c.Taken })
		assert.Equal(t, both[n], v.Steps[taken].Ref)
		assert.Equal(t, values(view(t, e, at(both[:n]...))), values(v))
	}
}

func TestAPathThatIsNotPossibleGoesAsFarAsItCan(t *testing.T) {
	e := explorer(t, mutex(), nil)
	v := view(t, e, at("Ann looks", "Ann leaves", "Bob looks"))
	assert.Equal(t, 1, v.At)
	assert.Equal(t, "step 2, Ann leaves, is not possible in the state that the steps before it lead to", v.Stopped)
	assert.Equal(t, []string{"Bob looks", "Ann enters"}, []string{refs(v)[1], refs(v)[0]})
	_, err := e.View(explore.Place{Initial: 3}, explore.Window{})
	assert.EqualError(t, err, "there is no initial state 4; expected 1 to 1")
	v = view(t, e, explore.Place{Steps: both, At: -7})
	assert.Zero(t, v.At)
	v = view(t, e, explore.Place{Steps: both, At: 1 << 40})
	assert.Equal(t, 4, v.At)
}

// Wherever a walk leads, the view is what the model says when it is asked plainly.
func TestAViewIsWhatTheModelSays(t *testing.T) {
	m := testmodel.DepotModel
	claims := testmodel.DepotClaims()
	e := explorer(t, m, claims)
	random := rand.New(rand.NewPCG(7, 7))
	for range 20 {
		s, p := m.Init()[0], explore.Place{}
		for range 30 {
			var steps []string
			nexts := map[string]testmodel.Depot{}
			m.Steps(s, func(d testmodel.Deed, next testmodel.Depot) {
				if next != s {
					steps = append(steps, d.String())
					nexts[d.String()] = next
				}
			})
			v := view(t, e, p)
			require.Equal(t, steps, refs(v))
			want := map[string]string{}
			for _, f := range m.Fields(&s) {
				want[f.Label] = f.Value
			}
			require.Equal(t, want, values(v))
			step := steps[random.IntN(len(steps))]
			s, p.Steps, p.At = nexts[step], append(p.Steps, step), p.At+1
		}
	}
}

// What has been walked is forgotten now and then, and found again.
func TestWhatIsForgottenIsFoundAgain(t *testing.T) {
	count := check.Model[int, int]{
		Init:  func() []int { return []int{0} },
		Steps: func(s int, yield func(int, int)) { yield(1, s+1); yield(2, s+2) },
	}
	e := explorer(t, count, nil)
	var p explore.Place
	for i := range 300 {
		p.Steps = append(p.Steps, fmt.Sprint(1+i%2))
	}
	for i := range 90 { // 27,000 states, which is more than are remembered
		p.Steps[i] = "1"
		p.Steps[i+1] = "1"
		p.At = len(p.Steps)
		sum := 0
		for _, step := range p.Steps {
			sum += int(step[0] - '0')
		}
		require.Equal(t, fmt.Sprint(sum), values(view(t, e, p))["state"])
	}
}

func TestALoopIsJudgedByWhatIsTrueForEver(t *testing.T) {
	stay := check.Model[room, string]{Init: mutex().Init, Steps: func(s room, yield func(string, room)) {
		switch {
		case !s.Locked:
			yield("lock", room{Locked: true})
		case s.At[0] == "":
			yield("turn", room{At: [2]string{"x", ""}, Locked: true})
		default:
			yield("turn back", room{Locked: true})
		}
	}}
	e := explorer(t, stay, mutexClaims()[2:])
	assert.Empty(t, view(t, e, at("lock", "turn")).Broken)
	v := view(t, e, at("lock", "turn", "turn back"))
	assert.Equal(t, []string{"free-again"}, names(v.Broken))
	assert.True(t, v.Broken[0].Forever)
	assert.Equal(t, 1, v.Met)
	why, err := e.Why(at("lock", "turn", "turn back"), "free-again")
	require.NoError(t, err)
	assert.Equal(t, "And so on with step 2.", why.Ending)
	kept, err := explore.Keep(e, at("lock", "turn", "turn back"), "txtar")
	require.NoError(t, err)
	assert.Equal(t, explore.Kept{File: "free-again.txtar", Text: "-- property --\nfree-again\n-- steps --\nlock\n-- loop --\nturn\nturn back\n"}, *kept)
}

func TestWhySaysWhatIsWrongAndWhatDecidedIt(t *testing.T) {
	e := explorer(t, mutex(), mutexClaims())
	why, err := e.Why(at(both...), "both-inside")
	require.NoError(t, err)
	assert.Equal(t, explore.Why{Property: "both-inside", Says: "Never are both inside.", Wrong: "This violates Never are both inside.",
		Decided: "Step 4 decides it: Bob enters", Step: 4, Instead: "Ann leaves"}, *why)
	_, err = e.Why(at(both[:3]...), "both-inside")
	assert.EqualError(t, err, "both-inside is not violated here")
}

func TestWhatCannotHappenIsSaidWithWhatStopsIt(t *testing.T) {
	i, err := explorer(t, mutex(), nil).Impossible(at("Ann looks"))
	require.NoError(t, err)
	assert.Equal(t, []explore.Rule{
		{Name: "leaves", Guards: []explore.Guard{{Name: "somebody is inside", Times: 2}}},
		{Name: "looks", Possible: true, Guards: []explore.Guard{{Name: "the lock is free", Times: 1}}},
		{Name: "enters", Possible: true, Guards: []explore.Guard{{Name: "the lock was seen free", Times: 1}}},
	}, i.Rules)

	m := mutex() // one that lists its steps
	m.Independence = &check.Independence[room, string]{
		Universe: func() (list []string) {
			for _, who := range people {
				for _, rule := range m.Rules {
					list = append(list, who+" "+rule)
				}
			}
			return list
		},
		Conditions: func(string) [][]int { return nil },
		Effect:     func(string) (reads, writes []int) { return nil, nil },
		Obstacle:   func(*room, string) int { return -1 },
	}
	m.WhyNot = func(s *room, step string) string { return "not now" }
	i, err = explorer(t, m, nil).Impossible(at("Ann looks"))
	require.NoError(t, err)
	assert.Equal(t, explore.Guard{Name: "not now", Times: 2, Steps: [][]show.Word{{{Text: "Ann leaves"}}, {{Text: "Bob leaves"}}}}, i.Rules[0].Guards[0])

	i, err = explorer(t, testmodel.Way(3).Model(), nil).Impossible(at())
	require.NoError(t, err)
	assert.True(t, i.Silent)
}

// Whatever path was walked is kept as a file that is replayed, and as a Go test: of what it violates, or of the path alone.
func TestAnyPathIsKept(t *testing.T) {
	m := mutex()
	e := explorer(t, m, mutexClaims())
	for steps, property := range map[int]string{0: "", 2: "", 3: "", 4: "both-inside"} {
		p := at(both[:steps]...)
		file, err := explore.Keep(e, p, "txtar")
		require.NoError(t, err)
		kept, err := show.Parse(file.File, []byte(file.Text))
		require.NoError(t, err)
		assert.Equal(t, property, kept.Property)
		var lines []string
		for _, l := range kept.Steps {
			lines = append(lines, l.Text)
		}
		run, err := m.Run(lines)
		require.NoError(t, err)
		assert.Len(t, run.Steps, steps)
		test, err := explore.Keep(e, p, "go")
		require.NoError(t, err)
		if property != "" {
			assert.Contains(t, test.Text, "func TestBothInsideIsViolated(t *testing.T) {")
			assert.Contains(t, test.Text, "check.RequireViolated(t, model, property, `\nAnn looks\n")
		} else {
			assert.Contains(t, test.Text, "func TestPath(t *testing.T) {\n\tcheck.RequireRun(t, model, ")
		}
		for _, f := range show.Formats() {
			kept, err := explore.Keep(e, p, f.Name)
			require.NoError(t, err, f.Name)
			assert.NotEmpty(t, kept.Text)
			assert.True(t, strings.HasSuffix(kept.File, f.Extension))
		}
	}
	_, err := explore.Keep(e, at("Ann leaves"), "txtar")
	assert.EqualError(t, err, "step 1, Ann leaves, is not possible in the state that the steps before it lead to")
	_, err = explore.Keep(e, at(), "pdf")
	assert.ErrorContains(t, err, `unknown format "pdf"`)
}

func TestAModelThatPanicsOrHasNoStateIsAnError(t *testing.T) {
	m := mutex()
	m.Init = func() []room { return nil }
	_, err := explore.New(m, nil, explore.Options{})
	assert.EqualError(t, err, "explore: the model has no initial state; expected Init to return at least one")
	m = mutex()
	steps := m.Steps
	m.Steps = func(s room, yield func(string, room)) {
		if s.Locked {
			panic("no key")
		}
		steps(s, yield)
	}
	e := explorer(t, m, nil)
	_, err = e.View(at(both...), explore.Window{})
	assert.EqualError(t, err, "explore: the model panics: no key")
	assert.Len(t, refs(view(t, e, at())), 2, "elsewhere it goes on")
	e.Search(t.Context())
	assert.Contains(t, e.Searched().Failed, "no key")
}

// A twin prints like another step, and is another one.
type twin struct{ number int }

func (twin) String() string { return "twin" }

// Steps that print alike can be told apart, and the same step twice is one.
func TestStepsThatPrintAlikeAreToldApart(t *testing.T) {
	e := explorer(t, check.Model[int, twin]{Init: func() []int { return []int{0} }, Steps: func(s int, yield func(twin, int)) {
		for _, n := range []int{1, 2, 1, 3} {
			yield(twin{n}, s*10+n)
		}
	}}, nil)
	assert.Equal(t, []string{"twin", "twin\t#2", "twin\t#3"}, refs(view(t, e, at())))
	assert.Equal(t, "213", values(view(t, e, at("twin\t#2", "twin", "twin\t#3")))["state"])
}

func TestStepsAreFilteredByTheirWords(t *testing.T) {
	e := explorer(t, wide(), nil)
	v, err := e.View(at(), explore.Window{Filter: " DOOR  77 "})
	require.NoError(t, err)
	assert.Equal(t, doors, v.All)
	want := []string{}
	for i := range doors {
		if strings.Contains(fmt.Sprint(i), "77") {
			want = append(want, fmt.Sprint("open door ", i))
		}
	}
	assert.Equal(t, len(want), v.Total)
	assert.Equal(t, want[:100], refs(v))
	v, err = e.View(at(), explore.Window{Filter: "77", From: 200})
	require.NoError(t, err)
	assert.Equal(t, want[200:], refs(v))
	v, err = e.View(at(), explore.Window{Filter: "window"})
	require.NoError(t, err)
	assert.Empty(t, v.Steps)
}
