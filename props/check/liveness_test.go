package check_test

import (
	"testing"

	"pkgdist/props/check"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	inconclusive = check.Inconclusive
	holds        = check.Holds
	violated     = check.Violated
)

var (
	eventually = check.Eventually[uint8]
	always     = check.EventuallyAlways[uint8]
	again      = check.AlwaysEventually[uint8]
	leadsTo    = check.LeadsTo[uint8]
	anything   = func(*uint8) bool { return true }
	nothing    = func(*uint8) bool { return false }
)

// story is a net with a known answer. The run is that of the counterexample: stem, and loop in brackets.
type story struct {
	says     string
	net      net
	property check.Property[uint8]
	outcome  check.Outcome
	run      string
}

func TestStories(t *testing.T) {
	for _, s := range []story{
		{"a cycle of two states never gets to the goal",
			read("0-1:a 1-0:b"), eventually("p", in(2)), violated, "(0 1)"},
		{"and none of three does, if one step leads out of it but is never forced",
			read("0-1:a 1-0:b 0-2"), eventually("p", in(2)), violated, "(0 1)"},
		{"a way joins a state that another way has visited, and the goal was on that other way",
			read("0-1:a 1-3:a 0-2:a 2-3:a"), eventually("p", in(1)), violated, "0 2 (3)"},
		{"a way joins a state that was visited after the goal, in a loop",
			read("0-1:a 1-2:a 2-3:a 3-2:a 0-3:a"), eventually("p", in(1)), violated, "0 (3 2)"},
		{"without fairness a run may stay where it is",
			read("0-1"), eventually("p", in(1)), violated, "(0)"},
		{"with fairness it may not",
			read("0-1:a"), eventually("p", in(1)), holds, ""},
		{"it may where no step is possible",
			read("0-1:a 0-2:a"), eventually("p", in(2)), violated, "0 (1)"},
		{"a cycle that starves a step which is possible all the time does not count",
			read("0-1:a 1-0:a 0-2:b 1-2:b"), eventually("p", in(2)), holds, ""},
		{"two fair steps in turn are both taken, though neither is possible all the time",
			read("0-1:a 1-0:b"), again("p", in(0)), holds, ""},
		{"a step possible now and then may be starved by weak fairness",
			read("0-1:a 1-0:a 0-2:b"), eventually("p", in(2)), violated, "(0 1)"},
		{"but not by strong fairness",
			read("0-1:a 1-0:a 0-2:B"), eventually("p", in(2)), holds, ""},
		{"strong fairness asks nothing of a run that leaves the step behind",
			read("0-1:a 1-0:a 0-3:B 1-2:a"), eventually("p", in(3)), violated, "0 1 (2)"},
		{"a stutter does not take a step's turn: the run that stays at 0 is not fair to it",
			read("0-0:a 0-1:a"), eventually("p", in(1)), holds, ""},
		{"nor does it in a loop: 0 and 1 go round without the turn of b",
			read("0-1:a 1-0:a 0-0:b 1-1:b 0-2:b 1-2:b"), eventually("p", in(2)), holds, ""},
		{"a stutter does not make a step possible: nothing starves at 0",
			read("0-0:a"), eventually("p", in(1)), violated, "(0)"},
		{"nor strongly: in the loop of 0 and 1, B is never possible",
			read("0-1:a 1-0:a 0-0:B 1-1:B"), eventually("p", in(2)), violated, "(0 1)"},
		{"nor does it keep a step possible all the time: at 1, b is but a stutter",
			read("0-1:a 1-0:a 0-2:b 1-1:b"), eventually("p", in(2)), violated, "(0 1)"},
		{"one of several initial states is a bad one",
			read("0-2:a 1-3:a", 0, 1), eventually("p", in(2)), violated, "1 (3)"},
		{"and so is one that an initial state also leads to",
			read("0-1:a 1-2:a", 0, 1), eventually("p", in(0)), violated, "1 (2)"},
		{"true at once is true at last",
			read("0-1"), eventually("p", in(0)), holds, ""},
		{"true at once but not for good",
			read("0-1"), always("p", in(0)), violated, "0 (1)"},
		{"true at once but not again",
			read("0-1"), again("p", in(0)), violated, "0 (1)"},
		{"reached, and left again, for ever: at last",
			read("0-1:a 1-2:b 2-1:c"), eventually("p", in(1)), holds, ""},
		{"reached, and left again, for ever: again and again",
			read("0-1:a 1-2:b 2-1:c"), again("p", in(1)), holds, ""},
		{"reached, and left again, for ever: but not for good",
			read("0-1:a 1-2:b 2-1:c"), always("p", in(1)), violated, "0 (1 2)"},
		{"reached, and left for good: at last, but not again and again",
			read("0-1:a 1-2:b"), again("p", in(1)), violated, "0 1 (2)"},
		{"left once and then reached for good",
			read("0-1:a 1-2:a 2-1:a 1-3:B"), always("p", in(0, 1, 3)), holds, ""},
		{"of nested loops the inner one starves b, which leads on from the outer one",
			read("0-1:a 1-2:a 2-1:a 2-0:a 0-3:b"), eventually("p", in(3)), violated, "(0 1 2)"},
		{"of nested loops the outer one is not fair, the inner one, to which it is cut down, is",
			read("0-1:a 1-2:a 2-1:a 2-0:a 0-3:B"), eventually("p", in(3)), violated, "0 (1 2)"},
		{"and if that one is not either, nothing is",
			read("0-1:a 1-2:a 2-1:a 2-0:a 0-3:B 1-3:C"), eventually("p", in(3)), holds, ""},
		{"what strong fairness leaves has to be cut down twice: without 0 the loop of 1, 2 and 3 is without D, and so on",
			read("0-1:a 1-2:a 2-3:a 3-2:a 3-1:a 2-1:a 1-0:a 0-9:B 1-9:C"), eventually("p", in(9)), violated, "0 1 (2 3)"},
		{"three times, and nothing is left",
			read("0-1:a 1-0:a 1-2:a 2-1:a 2-3:a 3-2:a 0-9:B 1-9:C 2-9:D 3-9:a"), eventually("p", in(9)), holds, ""},
		{"a cut divides a loop in two, and only the farther half is fair",
			read("0-1:a 1-0:a 1-2:a 2-3:a 3-2:a 2-1:a 1-9:B 0-9:c 3-0!"), eventually("p", in(9)), violated, "0 1 (2 3)"},
		{"two cycles share a state; b wants the one and c the other, so that only the run through both is fair",
			read("0-1:B 1-0:a 0-2:C 2-0:a"), eventually("p", in(9)), violated, "(0 1 0 2)"},
		{"the same with a goal in one of them: there is no way round it",
			read("0-1:B 1-0:a 0-2:C 2-0:a"), eventually("p", in(2)), holds, ""},
		{"weakly fair steps are satisfied by a state in which they are not possible, not only by being taken",
			read("0-1:a 1-0:b 0-9:c"), eventually("p", in(9)), violated, "(0 1)"},
		{"a fault may go round for ever",
			read("0-1! 1-0:a"), again("p", in(2)), violated, "(0)"},
		{"a fault in the loop is allowed: the repair is undone again and again",
			read("0-1:a 1-0! 1-2:b"), eventually("p", in(2)), violated, "(0 1)"},
		{"a fault is never forced, not even one with a constraint",
			read("0-1:A!"), eventually("p", in(1)), violated, "(0)"},
		{"nor does a fault take the turn of its constraint",
			read("0-1:A! 1-0:b 0-2:A"), eventually("p", in(2)), holds, ""},
		{"what leads to the goal does, and what was true before the goal is not asked",
			read("0-1:a 1-2:a 2-3:a"), leadsTo("p", in(1), in(2)), holds, ""},
		{"a goal in the past is none",
			read("0-1:a 1-2:a 2-3:a"), leadsTo("p", in(2), in(1)), violated, "0 1 2 (3)"},
		{"true at once is then or later",
			read("0-1"), leadsTo("p", in(1), in(1)), holds, ""},
		{"the wait that was over does not begin again by itself",
			read("0-1:a 1-2:a 2-3:a 3-2:a"), leadsTo("p", in(0), in(1)), holds, ""},
		{"it does if its beginning is in the loop as well",
			read("0-1:a 1-2:a 2-3:a 3-2:a"), leadsTo("p", in(0, 3), in(1)), violated, "0 1 (2 3)"},
		{"the wait begins only inside the loop, far from where the run gets into it",
			read("0-1:a 1-2:a 2-3:a 3-0:a 0-9:b"), leadsTo("p", in(2), in(9)), violated, "(0 1 2 3)"},
		{"it begins in the loop, but a run that has begun it may stay in half of the loop",
			read("0-1:a 1-2:a 2-1:a 2-0:a"), leadsTo("p", in(0), in(9)), violated, "(0 1 2)"},
		{"it begins before the loop, which need not begin it again",
			read("0-1:a 1-2:a 2-1:a 2-3:a 3-1:a"), leadsTo("p", in(0, 3), in(9)), violated, "0 (1 2)"},
		{"a wait must not be followed through its goal: from 0 to the loop there is only the way through 1",
			read("0-1:a 1-2:a 2-3:a 3-2:a"), leadsTo("p", in(0), in(1)), holds, ""},
		{"nor counted as begun in a state that is a goal too",
			read("0-1:a 1-2:a"), leadsTo("p", in(0, 1), in(1)), holds, ""},
		{"the wait begins in a state of the shorter way, but the loop is got to without it",
			read("0-1:a 1-2:a 0-3:a 3-4:a 4-2:a"), leadsTo("p", in(4), in(9)), violated, "0 3 4 (2)"},
		{"a wait that never begins tests nothing",
			read("0-1"), leadsTo("p", in(9), in(1)), inconclusive, ""},
		{"a wait that would begin in a state that cannot be reached tests nothing",
			read("0-1 2-0"), leadsTo("p", in(2), in(9)), inconclusive, ""},
	} {
		t.Run(s.says, func(t *testing.T) {
			r := explore(t, s.net, check.Options{}, s.property)
			v := r.Verdicts[0]
			assert.Equal(t, s.outcome.String(), v.Outcome.String())
			assert.Equal(t, s.run, run(v))
			if s.outcome == check.Inconclusive {
				assert.Equal(t, "never put to the test: none of the 2 states is one that has to lead to another", v.Reason)
			} else {
				assert.Empty(t, v.Reason)
			}
			if v.Trace != nil {
				assert.Empty(t, flaw(s.net, check.FairAsModelled, s.property, 0, v.Trace, v.Loop))
			}
		})
	}
}

func TestFairnessIsAsChosen(t *testing.T) {
	p := eventually("p", in(2))
	for text, want := range map[string][4]check.Outcome{ // as modelled, none, weak, strong
		"0-1:a 1-0:a 0-2:b":         {violated, violated, violated, holds},
		"0-1:a 1-0:a 0-2:B":         {holds, violated, violated, holds},
		"0-1:a 1-0:a 0-2:b 1-2:b":   {holds, violated, holds, holds},
		"0-1:a 1-0:a 0-2:b! 1-2:b!": {violated, violated, violated, violated},
	} {
		for f, outcome := range want {
			r := explore(t, read(text), check.Options{Fairness: check.Fairness(f)}, p)
			assert.Equal(t, outcome.String(), r.Verdicts[0].Outcome.String(), "%s, %v", text, check.Fairness(f))
		}
	}
	unfair := explore(t, read("0-1:a 1-0:a 0-2:B"), check.Options{Fairness: check.Unfair}, p).Verdicts[0]
	assert.Equal(t, "(0)", run(unfair), "without fairness the run does not even move")
}

func TestModelWithoutPromisesMayStayAnywhere(t *testing.T) {
	for _, f := range []check.Fairness{check.FairAsModelled, check.FairStrongly} {
		r := explore(t, way(2), check.Options{Fairness: f}, check.Eventually("two", is(2)), check.AlwaysEventually("small", func(s *int) bool { return *s < 3 }))
		assert.Equal(t, check.Violated, r.Verdicts[0].Outcome)
		assert.Equal(t, []int{0}, r.Verdicts[0].Trace.States)
		assert.Zero(t, r.Verdicts[0].Loop)
		assert.Equal(t, check.Holds, r.Verdicts[1].Outcome)
	}
}

// each has one case for each pair of a beginning and an end.
func each(pairs ...[2]uint8) check.Property[uint8] {
	return check.LeadsToEach("p", len(pairs),
		func(s *uint8, i int) bool { return *s == pairs[i][0] }, func(s *uint8, i int) bool { return *s == pairs[i][1] })
}

func TestLeadsToEachNamesTheCaseThatIsViolated(t *testing.T) {
	n := read("0-1:a 1-2:a 2-3:a 3-4:a")
	for _, c := range []struct {
		says     string
		property check.Property[uint8]
		outcome  check.Outcome
		instance int
		run      string
	}{
		{"all hold", each([2]uint8{0, 1}, [2]uint8{1, 4}), holds, 0, ""},
		{"the last is violated", each([2]uint8{0, 1}, [2]uint8{1, 4}, [2]uint8{3, 2}), violated, 2, "0 1 2 3 (4)"},
		{"a case that was not tested spoils nothing", each([2]uint8{9, 1}, [2]uint8{0, 4}, [2]uint8{8, 2}), holds, 0, ""},
		{"none was tested", each([2]uint8{9, 1}, [2]uint8{8, 4}), inconclusive, 0, ""},
		{"a goal of one case is none of another", each([2]uint8{0, 9}, [2]uint8{8, 4}), violated, 0, "0 1 2 3 (4)"},
		{"of equals the first", each([2]uint8{0, 4}, [2]uint8{1, 0}, [2]uint8{2, 1}), violated, 1, "0 1 2 3 (4)"},
	} {
		v := explore(t, n, check.Options{}, c.property).Verdicts[0]
		assert.Equal(t, c.outcome.String(), v.Outcome.String(), c.says)
		assert.Equal(t, c.instance, v.Case, c.says)
		assert.Equal(t, c.run, run(v), c.says)
	}
	v := explore(t, read("0-1:a 1-2:a 0-3:b"), check.Options{}, each([2]uint8{1, 9}, [2]uint8{0, 2})).Verdicts[0]
	assert.Equal(t, []any{1, "0 (3)"}, []any{v.Case, run(v)}, "the shorter stem, though of a later case")
}

func TestCasesOfTheOtherKinds(t *testing.T) {
	p := check.Property[uint8]{Name: "p", Kind: check.KindEventually, Cases: 3, To: func(s *uint8, i int) bool { return int(*s) == i }}
	v := explore(t, read("0-1:a"), check.Options{}, p).Verdicts[0]
	assert.Equal(t, []any{check.Violated, 2, "0 (1)"}, []any{v.Outcome, v.Case, run(v)})
}

// A loop that does not get to the goal lies at the very start, but nobody knows the rest: a lasso is not taken from a
// graph that was cut, nor does anything hold.
func TestLimitLeavesWhatHappensInTheEndOpen(t *testing.T) {
	n := read("0-1:a 1-0:a 1-2 2-3 3-4 4-5")
	properties := []check.Property[uint8]{
		eventually("eventually", in(9)), always("for good", in(9)), again("again", in(9)), leadsTo("leads to", in(0), in(9)),
		eventually("holds", in(0)), check.Never("one", in(1)),
	}
	r := explore(t, n, check.Options{MaxStates: 4}, properties...)
	for _, v := range r.Verdicts[:5] {
		assert.Equal(t, check.Inconclusive, v.Outcome, v.Property.Name)
		assert.Equal(t, "the search ended after 4 of the 4 states found so far: limit of 4 states reached", v.Reason)
		assert.Nil(t, v.Trace)
	}
	assert.Equal(t, check.Violated, r.Verdict("one").Outcome)

	r = explore(t, n, check.Options{MaxStates: 6}, properties...)
	for _, v := range r.Verdicts[:4] {
		assert.Equal(t, check.Violated, v.Outcome, "a limit that takes all states is none")
	}
	assert.Equal(t, check.Holds, r.Verdict("holds").Outcome)
}

func TestExpectationThatFailedSpoilsWhatHoldsInTheEndToo(t *testing.T) {
	r := explore(t, read("0-1:a"), check.Options{Expect: []string{"nine"}}, eventually("one", in(1)), eventually("two", in(2)), check.Sometimes("nine", in(9)))
	assert.Equal(t, check.Inconclusive, r.Verdict("one").Outcome)
	assert.Equal(t, "sometimes nine, which is expected, never came about", r.Verdict("one").Reason)
	assert.Equal(t, check.Violated, r.Verdict("two").Outcome)
}

// Two steps lead from 0 to 1; the loop is fair only by the second. States alone do not tell them apart.
func TestLoopHasTheStepThatMakesItFair(t *testing.T) {
	n := read("0-1:a 0-1:B 1-0:a")
	v := explore(t, n, check.Options{}, eventually("p", in(2))).Verdicts[0]
	assert.Contains(t, v.Trace.Steps, n.moves[1])
}

func TestMarkKeepsPromises(t *testing.T) {
	past := func(s *check.Marked[uint8]) bool { return s.Seen && s.State == 2 }
	for text, want := range map[string]check.Outcome{
		"0-1:a 1-0:a 0-2:B 1-2:B": holds, "0-1:a 1-0:a 0-2:b": violated, "0-1:a 1-0:a 1-2:B": holds, "0-1:a 1-2:a!": violated,
	} {
		r := explore(t, check.Mark(read(text), in(0)), check.Options{}, check.Eventually("past", past))
		assert.Equal(t, want.String(), r.Verdicts[0].Outcome.String(), text)
	}
	r := explore(t, check.Mark(way(1), is(0)), check.Options{Fairness: check.FairStrongly}, check.Eventually("one", func(s *check.Marked[int]) bool { return s.State == 1 }))
	assert.Equal(t, check.Violated, r.Verdicts[0].Outcome, "a model without promises is marked without promises")
}

func TestWhatMakesNoSenseInTheEndIsAnError(t *testing.T) {
	either := func(*uint8, int) bool { return true }
	steps := func(_, _ *uint8) bool { return true }
	for want, p := range map[string]check.Property[uint8]{
		`property 0: the property "no goal" has no claim`:                                    eventually("no goal", nil),
		`the property "no goal at all" has no claim`:                                         {Name: "no goal at all", Kind: check.KindLeadsTo, From: either},
		`the property "no beginning" has no claim`:                                           {Name: "no beginning", Kind: check.KindLeadsTo, To: either},
		`"given" is about what happens in the end (eventually) and has a claim or a cond`:    eventually("given", anything).Given(anything),
		`"at rest" is about what happens in the end (always eventually) and has a claim or`:  again("at rest", anything).OnlyAtRest(),
		`"step" is about what happens in the end (eventually always) and has a claim or a c`: always("step", anything).GivenStep(steps),
		`"claim" is about what happens in the end (leads to) and has a claim or a condition`: {Name: "claim", Kind: check.KindLeadsTo, From: either, To: either, Claim: nothing},
		`"step claim" is about what happens in the end (eventually) and has a claim or a con`: {
			Name: "step claim", Kind: check.KindEventually, To: either, ClaimStep: steps},
		`the property "from" is of a kind (eventually) that has no condition`: {Name: "from", Kind: check.KindEventually, From: either, To: either},
		`the property "fewer" has -1 cases`:                                   {Name: "fewer", Kind: check.KindEventually, Cases: -1, To: either},
		`the property "to" is not about what happens in the end (always)`:     {Name: "to", Kind: check.KindAlways, Claim: anything, To: either},
		`the property "many" is not about what happens in the end (never)`:    {Name: "many", Kind: check.KindNever, Claim: anything, Cases: 1},
		`the property "beyond" is of no known kind: Kind(8)`:                  {Name: "beyond", Kind: check.KindAlwaysEventually + 1, To: either},
	} {
		_, err := check.Exhaustive(t.Context(), read("0-1"), []check.Property[uint8]{p}, check.Options{})
		assert.ErrorContains(t, err, want)
	}
	for _, f := range []check.Fairness{-1, 4} {
		_, err := check.Exhaustive(t.Context(), read("0-1"), nil, check.Options{Fairness: f})
		assert.ErrorContains(t, err, "check: Fairness is "+f.String()+"; expected FairAsModelled, Unfair, FairWeakly or FairStrongly")
	}
}

func TestStepOfAConstraintThatTheModelDoesNotHave(t *testing.T) {
	for _, c := range []int{-2, 1, 1 << 16, 1<<16 - 1, -1 << 16} {
		n := read("0-1:a")
		n.moves[0].constraint = c
		_, err := check.Exhaustive(t.Context(), n, []check.Property[uint8]{eventually("p", in(1))}, check.Options{})
		assert.ErrorContains(t, err, "expected -1 or an index into the 1 constraints of the model", c)
	}
}

// crowd has a constraint for each of very many steps out of the first state, and one step of the last constraint.
type crowd struct{ constraints int }

func (crowd) Init() []int { return []int{0} }

func (crowd) Steps(s int, yield func(string, int)) {
	if s == 0 {
		yield("on", 1)
	}
}

func (m crowd) Constraints() []string      { return make([]string, m.constraints) }
func (m crowd) Constraint(string) int      { return m.constraints - 1 }
func (m crowd) Strong(constraint int) bool { return false }

func TestMostConstraints(t *testing.T) {
	one := check.Eventually("one", is(1))
	r := explore[int, string](t, crowd{1<<16 - 2}, check.Options{}, one)
	assert.Equal(t, check.Holds, r.Verdicts[0].Outcome)
	_, err := check.Exhaustive[int, string](t.Context(), crowd{1<<16 - 1}, []check.Property[int]{one}, check.Options{})
	assert.EqualError(t, err, "check: the model has 65535 fairness constraints; expected at most 65534")
}

func TestWordsOfTheEnd(t *testing.T) {
	var words []string
	for k := check.KindLeadsTo; k <= check.KindAlwaysEventually+1; k++ {
		words = append(words, k.String())
		assert.Equal(t, k <= check.KindAlwaysEventually, k.InTheEnd())
	}
	assert.Equal(t, []string{"leads to", "eventually", "eventually always", "always eventually", "Kind(8)"}, words)
	assert.False(t, check.KindSometimes.InTheEnd())
	words = nil
	for f := check.FairAsModelled; f <= check.FairStrongly+1; f++ {
		words = append(words, f.String())
	}
	assert.Equal(t, []string{"as modelled", "none", "weak", "strong", "Fairness(4)"}, words)
}

func TestReplayLassoTellsCounterexamplesFromOtherRuns(t *testing.T) {
	n := read("0-1:a 1-0:b 1-1:c 0-2:c 1-2:c 2-2:a")
	a, b, stay, c := n.moves[0], n.moves[1], n.moves[2], n.moves[3]
	p := eventually("p", in(9))
	for _, r := range []struct {
		says  string
		steps []move
		loop  int
		f     check.Fairness
		want  string
	}{
		{"round and round, without fairness", []move{a, b}, 0, check.Unfair, ""},
		{"round and round starves c", []move{a, b}, 0, check.FairAsModelled, "it breaks the fairness of c"},
		{"a stutter does not take its turn", []move{a, stay, b}, 0, check.FairAsModelled, "it breaks the fairness of c"},
		{"to stay at the end is fair", []move{c}, 1, check.FairStrongly, ""},
		{"to stay at the beginning is not", nil, 0, check.FairWeakly, "it breaks the fairness of a"},
		{"a way is no loop", []move{a, b, a}, 0, check.Unfair, "its loop does not close"},
		{"a loop begins in the run", []move{c}, 2, check.Unfair, "its loop begins after 2 of its 1 steps"},
		{"and not before it", []move{c}, -1, check.Unfair, "its loop begins after -1 of its 1 steps"},
	} {
		_, instance, err := check.ReplayLasso(n, p, 0, r.steps, r.loop, r.f)
		assert.Zero(t, instance)
		if r.want == "" {
			assert.NoError(t, err, r.says)
			continue
		}
		assert.Equal(t, &check.NoCounterexample{Property: "p", Flaw: r.want}, err, r.says)
	}
	_, _, err := check.ReplayLasso(n, eventually("p", in(2)), 0, []move{c}, 1, check.Unfair)
	assert.EqualError(t, err, "check: the run is no counterexample for p: the run satisfies the property")
	_, _, err = check.ReplayLasso(n, leadsTo("p", in(0), in(1)), 0, []move{a, b}, 0, check.Unfair)
	assert.ErrorContains(t, err, "the run satisfies the property", "the wait that begins where the loop ends is over in the next round")
	_, _, err = check.ReplayLasso(n, p, 1, []move{b, a}, 0, check.Unfair)
	assert.ErrorContains(t, err, "it does not begin in an initial state")
	_, instance, err := check.ReplayLasso(n, each([2]uint8{0, 2}, [2]uint8{2, 1}), 0, []move{c}, 1, check.FairWeakly)
	assert.NoError(t, err)
	assert.Equal(t, 1, instance)
	var impossible *check.Impossible[uint8, move]
	_, _, err = check.ReplayLasso(n, p, 0, []move{b}, 0, check.Unfair)
	require.ErrorAs(t, err, &impossible)
	_, _, err = check.ReplayLasso(n, check.Never("p", in(2)), 0, []move{c}, 1, check.Unfair)
	assert.ErrorContains(t, err, "not about what happens in the end (never)")
	_, _, err = check.ReplayLasso(n, check.Property[uint8]{}, 0, []move{c}, 1, check.Unfair)
	assert.ErrorContains(t, err, "has no name")
	_, _, err = check.ReplayLasso(n, p, 0, []move{c}, 1, 7)
	assert.ErrorContains(t, err, "Fairness is Fairness(7)")
}
