package model_test

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"pkgdist/model"
)

// mixed is the state that has the bits of one state, and all others of another.
func mixed(sys *model.System, bits []int, one, other *model.State) *model.State {
	b, from := packed(sys, other), packed(sys, one)
	for _, i := range bits {
		b[i/8] = b[i/8]&^(1<<(i%8)) | from[i/8]&(1<<(i%8))
	}
	var s model.State
	sys.Unpack(b, &s)
	return &s
}

// has tells whether a bit of the packed state is set.
func has(b []byte, i int) bool { return b[i/8]>>(i%8)&1 != 0 }

// A strange state is any bits at all, whether or not a run leads there.
func drawStrange(t *rapid.T, sys *model.System) *model.State {
	var s model.State
	sys.Unpack(rapid.SliceOfN(rapid.Byte(), sys.Width(), sys.Width()).Draw(t, "state"), &s)
	return &s
}

// A rule reads and writes nothing but what it declares: with all other bits
// replaced, its conditions hold or not as before, and it changes the same.
func TestRulesReadAndWriteWhatTheyDeclare(t *testing.T) {
	conditions := map[string]bool{}
	rapid.Check(t, func(t *rapid.T) {
		sys := newDeclared(drawSystem(t))
		universe := sys.Universe()
		known := map[model.Step]bool{}
		for _, step := range universe {
			known[step] = true
		}
		strange := drawStrange(t, sys.System)
		walk(t, sys.System, func(s model.State) {
			steps, _ := possible(sys.System, s)
			for _, step := range steps {
				require.True(t, known[step], "%s is not in the universe", sys.Format(step))
				sys.requireEffect(t, step, &s, strange)
			}
			for range 8 {
				steps = append(steps, universe[rapid.IntRange(0, len(universe)-1).Draw(t, "step")])
			}
			for _, step := range steps {
				sys.requireConditions(t, step, &s, strange)
				conditions[model.RuleNames()[step.Rule]] = true
			}
			*strange = s
		})
	})
	for _, name := range model.RuleNames() {
		assert.True(t, conditions[name], name)
	}
}

// A declaration is what a step says of itself.
type declaration struct {
	conditions    [][]int
	all           []int // that the conditions and the effect read
	writes        []bool
	conditionRest []bool
}

// declared keeps the declarations of a system.
type declared struct {
	*model.System
	of map[model.Step]*declaration
}

func newDeclared(sys *model.System) declared {
	return declared{sys, map[model.Step]*declaration{}}
}

func (d declared) declaration(step model.Step) *declaration {
	if d.of[step] == nil {
		reads, writes := d.Effect(step)
		it := &declaration{conditions: d.Conditions(step), all: reads, writes: make([]bool, 8*d.Width())}
		for i, condition := range it.conditions {
			it.all = append(it.all, condition...)
			it.conditionRest = append(it.conditionRest, d.AsksForRest(step, i))
		}
		for _, i := range writes {
			it.writes[i] = true
		}
		d.of[step] = it
	}
	return d.of[step]
}

func (d declared) requireConditions(t require.TestingT, step model.Step, s, strange *model.State) {
	it, obstacle := d.declaration(step), d.Obstacle(s, step)
	for i, reads := range it.conditions {
		if it.conditionRest[i] {
			require.Empty(t, reads)
			continue
		}
		holds := d.Holds(s, step, i)
		if holds != d.Holds(mixed(d.System, reads, s, strange), step, i) {
			require.Fail(t, "a condition reads more than it declares", "condition %d of %s", i, d.Format(step))
		}
		if i == obstacle && holds || !holds && (obstacle < 0 || i < obstacle) {
			require.Fail(t, "not the first condition that is not met", "condition %d of %s", obstacle, d.Format(step))
		}
	}
}

func (d declared) requireEffect(t require.TestingT, step model.Step, s, strange *model.State) {
	it := d.declaration(step)
	other := mixed(d.System, it.all, s, strange)
	one, two := d.After(*s, step), d.After(*other, step)
	before, after := packed(d.System, s), packed(d.System, &one)
	otherBefore, otherAfter := packed(d.System, other), packed(d.System, &two)
	for i := range 8 * len(before) {
		same := has(before, i) == has(after, i) && has(otherBefore, i) == has(otherAfter, i)
		switch {
		case !same && !it.writes[i]:
			require.Fail(t, "a step changes more than it declares", "%s, bit %d", d.Format(step), i)
		case !same && has(after, i) != has(otherAfter, i):
			require.Fail(t, "what a step changes depends on more than it declares", "%s, bit %d", d.Format(step), i)
		}
	}
}

// All that every rule does in small systems, in designs that have all parts of it
// or none, and with each fault.
func TestRulesOfSmallSystemsReadAndWriteWhatTheyDeclare(t *testing.T) {
	tiers := small(true)
	tiers.Updates, tiers.Sites = 1, []model.Site{{Name: "A", Parent: model.NoParent}, {Name: "B"}, {Name: "C", Parent: 1, Kind: model.Secondary, DPs: 1}}
	scopes := []model.Scope{tiers}
	for f := range model.NumFaults {
		scope := small(false)
		scope.Faults[f] = 1
		scopes = append(scopes, scope)
	}
	random := rand.New(rand.NewPCG(1, 2))
	seen := map[string]bool{}
	for _, d := range []model.Design{model.SMS20, {Mechanisms: 1<<model.NumMechanisms - 1, Switches: 1<<model.NumSwitches - 1}} {
		for _, scope := range scopes {
			plain, err := model.NewSystem(scope, d)
			require.NoError(t, err)
			requireDeclared(t, newDeclared(plain), random, seen)
		}
	}
	for _, name := range model.RuleNames() {
		assert.True(t, seen[name], name)
	}
}

// requireDeclared goes through one in eight of the states of a system.
func requireDeclared(t *testing.T, sys declared, random *rand.Rand, seen map[string]bool) {
	universe, b := sys.Universe(), make([]byte, sys.Width())
	for s := range reachable(sys.System) {
		if random.IntN(8) > 0 {
			continue
		}
		for i := range b {
			b[i] = byte(random.Uint32())
		}
		var strange model.State
		sys.Unpack(b, &strange)
		steps, _ := possible(sys.System, s)
		for _, step := range steps {
			sys.requireEffect(t, step, &s, &strange)
			seen[model.RuleNames()[step.Rule]] = true
		}
		sys.requireConditions(t, universe[random.IntN(len(universe))], &s, &strange)
	}
}

// Some that anybody can read off the rules.
func TestReadAndWriteSets(t *testing.T) {
	want := map[string]model.ReadWriteSets{
		"status.report": {Reads: []string{"status on its way"}, Writes: []string{"status on its way", "reported"}, ReadsWith: []string{"reported"}},
		"dp.return":     {Reads: []string{"DP {dp}"}, Writes: []string{"DP {dp}"}},
		"package.decompress": {
			Reads: []string{"stored copy", "StoredPkgVersion", "package thread"}, ReadsWith: []string{"Despooler"},
			Writes: []string{"package thread", "unpacked"},
		},
		"despooler.forward": {Reads: []string{"Despooler"}, Writes: []string{"Despooler", "content on its way", "metadata on its way"}},
		"timer.rescan": {
			ReadsWith:  []string{"replication thread", "change notification", "INCOMING"},
			WritesWith: []string{"change notification"},
		},
	}
	for _, r := range model.Rules() {
		if sets, ok := want[r.Name]; ok {
			assert.Equal(t, sets, r.ReadWriteSets(), r.Name)
			delete(want, r.Name)
		}
	}
	assert.Empty(t, want)
}

var ofDP = regexp.MustCompile(`DP \d+`)

// A step changes nothing in a description but what its rule says, and some rule
// changes each field.
func TestStepsChangeTheFieldsThatTheirRulesWrite(t *testing.T) {
	changes, changed := make([]map[string]bool, len(model.Rules())), map[string]bool{}
	for i, r := range model.Rules() {
		sets := r.ReadWriteSets()
		changes[i] = map[string]bool{}
		for _, label := range slices.Concat(sets.Writes, sets.WritesWith) {
			changes[i][label], changed[label] = true, true
		}
	}
	for _, f := range model.StateFields() {
		require.True(t, changed[f.Label], f.Label)
	}
	scope := small(true)
	scope.Sites = append(scope.Sites[:1], model.Site{Name: "B", DPs: 1}, model.Site{Name: "C", Parent: 1, Kind: model.Secondary, DPs: 1})
	for f := range scope.Faults {
		scope.Faults[f] = 1
	}
	random := rand.New(rand.NewPCG(1, 2))
	taken := map[string]bool{}
	for i := range 100 {
		scope.Ordered = i%2 == 0
		sys, err := model.NewSystem(scope, model.Design{Mechanisms: model.MechanismSet(random.IntN(1 << model.NumMechanisms)), Switches: model.SwitchSet(random.IntN(1 << model.NumSwitches))})
		require.NoError(t, err)
		s := sys.Init()[0]
		was := sys.Describe(&s)
		for range 80 {
			steps, next := possible(sys, s)
			if len(steps) == 0 {
				break
			}
			i := random.IntN(len(steps))
			is, rule := sys.Describe(&next[i]), steps[i].Rule
			for n := range is {
				label := ofDP.ReplaceAllString(is[n].Label, "DP {dp}")
				if is[n] != was[n] && is[n].Place != "" {
					require.True(t, changes[rule][label], "%s changes %s", sys.Format(steps[i]), label)
				}
			}
			taken[model.RuleNames()[rule]] = true
			s, was = next[i], is
		}
	}
	assert.Greater(t, len(taken), len(changes)*4/5, "nearly every rule")
}

// Sets are as precise as the steps allow: of a set of versions the step's own bit,
// of several distribution points the step's own.
func TestReadAndWriteSetsArePrecise(t *testing.T) {
	scope := articleScope()
	scope.Faults[model.DPAway] = 1
	sys, err := model.NewSystem(scope, model.SMS20)
	require.NoError(t, err)
	for text, want := range map[string]int{
		"replication.discard(site=B package=P version=2)":  2,             // its bit in INCOMING and in what is listed
		"replication.skip(site=B package=P version=2)":     1,             // the latter
		"package.send(site=A package=P version=2)":         2 + 3,         // content and metadata below A, and the phase of the thread
		"dp.copy(site=B package=P version=2 dp=2)":         2 + 1,         // the phase, and torn
		"fault.dp-away(site=B dp=1)":                       1 + 1,         // its bit, and the budget
		"despooler.store(site=B package=P version=1)":      1 + 4 + 1 + 1, // content, Despooler, and torn twice
		"replication.wake(site=B)":                         2 + 2,
		"administrator.update(site=A package=P version=1)": 2 + 1,
	} {
		step, err := sys.ParseStep(text)
		require.NoError(t, err)
		_, writes := sys.Effect(step)
		assert.Len(t, writes, want, text)
	}
}
