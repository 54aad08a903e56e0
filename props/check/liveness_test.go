package check_test

import (
	"fmt"
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
		{"a stutter is no step of a promise: the run that stays at 0 is not fair to it",
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
		{"true at once is eventually true",
			read("0-1"), eventually("p", in(0)), holds, ""},
		{"true at once but not eventually always",
			read("0-1"), always("p", in(0)), violated, "0 (1)"},
		{"true at once but not infinitely often",
			read("0-1"), again("p", in(0)), violated, "0 (1)"},
		{"reached and left infinitely often: eventually",
			read("0-1:a 1-2:b 2-1:c"), eventually("p", in(1)), holds, ""},
		{"reached and left infinitely often: always eventually",
			read("0-1:a 1-2:b 2-1:c"), again("p", in(1)), holds, ""},
		{"reached and left infinitely often: not eventually always",
			read("0-1:a 1-2:b 2-1:c"), always("p", in(1)), violated, "0 (1 2)"},
		{"reached and then left for ever: eventually, but not infinitely often",
			read("0-1:a 1-2:b"), again("p", in(1)), violated, "0 1 (2)"},
		{"left once, and then reached for ever",
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
		{"a fault in the loop is allowed: the repair is undone infinitely often",
			read("0-1:a 1-0! 1-2:b"), eventually("p", in(2)), violated, "(0 1)"},
		{"a fault is never forced, not even one with a promise",
			read("0-1:A!"), eventually("p", in(1)), violated, "(0)"},
		{"nor is a fault a step of its promise",
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
			r := explore(t, s.net.model(), check.Options{}, s.property)
			v := r.Verdicts[0]
			assert.Equal(t, s.outcome.String(), v.Outcome.String())
			assert.Equal(t, s.run, run(v))
			if s.outcome == check.Inconclusive {
				assert.Equal(t, "never put to the test: none of the 2 states is one that has to lead to another", v.Reason)
			} else {
				assert.Empty(t, v.Reason)
			}
			if v.Trace != nil {
				assert.Empty(t, flaw(s.net, asModelled, s.property, 0, v.Trace, v.Loop))
			}
		})
	}
}

func TestPromisesCanBeChanged(t *testing.T) {
	p := eventually("p", in(2))
	for text, want := range map[string][4]check.Outcome{ // as modelled, unfair, weakly, strongly
		"0-1:a 1-0:a 0-2:b":         {violated, violated, violated, holds},
		"0-1:a 1-0:a 0-2:B":         {holds, violated, violated, holds},
		"0-1:a 1-0:a 0-2:b 1-2:b":   {holds, violated, holds, holds},
		"0-1:a 1-0:a 0-2:b! 1-2:b!": {violated, violated, violated, violated},
	} {
		for f, outcome := range want {
			r := explore(t, under(read(text).model(), fairness(f)), check.Options{}, p)
			assert.Equal(t, outcome.String(), r.Verdicts[0].Outcome.String(), "%s, %v", text, fairness(f))
		}
	}
	v := explore(t, under(read("0-1:a 1-0:a 0-2:B").model(), unfair), check.Options{}, p).Verdicts[0]
	assert.Equal(t, "(0)", run(v), "without fairness the run does not even move")
}

func TestModelWithoutPromisesMayStayAnywhere(t *testing.T) {
	r := explore(t, way(2).Model(), check.Options{}, check.Eventually("two", is(2)), check.AlwaysEventually("small", func(s *int) bool { return *s < 3 }))
	assert.Equal(t, check.Violated, r.Verdicts[0].Outcome)
	assert.Equal(t, []int{0}, r.Verdicts[0].Trace.States)
	assert.Zero(t, r.Verdicts[0].Loop)
	assert.Equal(t, check.Holds, r.Verdicts[1].Outcome)
}

// each has one case for each pair of a beginning and an end.
func each(pairs ...[2]uint8) check.Property[uint8] {
	return check.Each("p", cases(len(pairs), func(i int) check.Property[uint8] {
		return leadsTo(fmt.Sprint(pairs[i]), in(pairs[i][0]), in(pairs[i][1]))
	})...)
}

func TestEachNamesTheCaseThatIsViolated(t *testing.T) {
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
		v := explore(t, n.model(), check.Options{}, c.property).Verdicts[0]
		assert.Equal(t, c.outcome.String(), v.Outcome.String(), c.says)
		assert.Equal(t, c.instance, v.Case, c.says)
		assert.Equal(t, c.run, run(v), c.says)
		assert.NotEmpty(t, v.CaseName(), c.says)
	}
	assert.Equal(t, "[3 2]", explore(t, n.model(), check.Options{}, each([2]uint8{0, 1}, [2]uint8{3, 2})).Verdicts[0].CaseName())
	v := explore(t, read("0-1:a 1-2:a 0-3:b").model(), check.Options{}, each([2]uint8{1, 9}, [2]uint8{0, 2})).Verdicts[0]
	assert.Equal(t, []any{1, "0 (3)"}, []any{v.Case, run(v)}, "the shorter stem, though of a later case")
}

func TestEachOfTheOtherKinds(t *testing.T) {
	three := check.Each("p", eventually("0", in(0)), eventually("1", in(1)), eventually("2", in(2)))
	v := explore(t, read("0-1:a").model(), check.Options{}, three).Verdicts[0]
	assert.Equal(t, []any{check.Violated, 2, "2", "0 (1)"}, []any{v.Outcome, v.Case, v.CaseName(), run(v)})
	back := func(name string, from uint8) check.Property[uint8] {
		return check.OnStep(name, func(_, after *uint8) bool { return *after > 0 }).GivenStep(func(before, _ *uint8) bool { return *before == from })
	}
	for want, p := range map[string]check.Property[uint8]{
		"violated, b, 0 (1)":   check.Each("never", check.Never("a", in(9)), check.Never("b", in(1))),
		"violated, a, (0)":     check.Each("always", check.Always("a", in(1)), check.Always("b", in(0))),
		"violated, 2, 0 1 (0)": check.Each("step", back("1", 0), back("2", 1)),
		"holds, b, 0 (1)":      check.Each("sometimes", check.Sometimes("a", in(9)), check.Sometimes("b", in(1))),
		"holds, a, ":           check.Each("untested case", check.Never("a", in(9)), check.Never("b", in(1)).Given(in(8))),
		"inconclusive, a, ":    check.Each("none", check.Sometimes("a", in(9)), check.Sometimes("b", in(8))),
	} {
		v := explore(t, read("0-1:a 1-0:b").model(), check.Options{}, p).Verdicts[0]
		assert.Equal(t, want, fmt.Sprintf("%v, %s, %s", v.Outcome, v.CaseName(), run(v)), p.Name())
	}
}

// A loop that does not get to the goal is at the very start, but nobody knows the rest: a lasso is not taken from a graph
// that was cut, nor does anything hold.
func TestLimitLeavesLivenessOpen(t *testing.T) {
	n := read("0-1:a 1-0:a 1-2 2-3 3-4 4-5")
	properties := []check.Property[uint8]{
		eventually("eventually", in(9)), always("eventually always", in(9)), again("always eventually", in(9)), leadsTo("leads to", in(0), in(9)),
		eventually("holds", in(0)), check.Never("one", in(1)),
	}
	r := explore(t, n.model(), check.Options{MaxStates: 4}, properties...)
	for _, v := range r.Verdicts[:5] {
		assert.Equal(t, check.Inconclusive, v.Outcome, v.Property.Name())
		assert.Equal(t, "the search ended after 4 of the 4 states found so far: limit of 4 states reached", v.Reason)
		assert.Nil(t, v.Trace)
	}
	assert.Equal(t, check.Violated, r.Verdict("one").Outcome)

	r = explore(t, n.model(), check.Options{MaxStates: 6}, properties...)
	for _, v := range r.Verdicts[:4] {
		assert.Equal(t, check.Violated, v.Outcome, "a limit that takes all states is none")
	}
	assert.Equal(t, check.Holds, r.Verdict("holds").Outcome)
}

func TestNoLivenessPropertyHoldsWhereAnExpectationFailed(t *testing.T) {
	r := explore(t, read("0-1:a").model(), check.Options{Expect: []string{"nine"}}, eventually("one", in(1)), eventually("two", in(2)), check.Sometimes("nine", in(9)))
	assert.Equal(t, check.Inconclusive, r.Verdict("one").Outcome)
	assert.Equal(t, "sometimes nine, which is expected, never occurred", r.Verdict("one").Reason)
	assert.Equal(t, check.Violated, r.Verdict("two").Outcome)
}

// Two steps lead from 0 to 1; the loop is fair only by the second. States alone do not tell them apart.
func TestLoopHasTheStepThatMakesItFair(t *testing.T) {
	n := read("0-1:a 0-1:B 1-0:a")
	v := explore(t, n.model(), check.Options{}, eventually("p", in(2))).Verdicts[0]
	assert.Contains(t, v.Trace.Steps, n.moves[1])
}

// A history variable is a field of the state.
func TestHistoryVariable(t *testing.T) {
	type history struct {
		at   uint8
		seen bool
	}
	for text, want := range map[string]check.Outcome{
		"0-1:a 1-0:a 0-2:B 1-2:B": holds, "0-1:a 1-0:a 0-2:b": violated, "0-1:a 1-0:a 1-2:B": holds, "0-1:a 1-2:a!": violated,
	} {
		n := read(text).model()
		m := check.Model[history, move]{
			Init: func() []history { return []history{{seen: true}} },
			Steps: func(s history, yield func(move, history)) {
				n.Steps(s.at, func(m move, to uint8) { yield(m, history{to, s.seen || to == 0}) })
			},
			Environment: n.Environment, Promises: n.Promises,
			Keeps: func(s *history, m move, yield func(int)) { n.Keeps(&s.at, m, yield) },
		}
		r := explore(t, m, check.Options{}, check.Eventually("past", func(s *history) bool { return s.seen && s.at == 2 }))
		assert.Equal(t, want.String(), r.Verdicts[0].Outcome.String(), text)
	}
}

func TestInvalidLivenessPropertiesAreErrors(t *testing.T) {
	steps := func(_, _ *uint8) bool { return true }
	for want, p := range map[string]check.Property[uint8]{
		`property 0: the property "no goal" (eventually) has no claim`:                         eventually("no goal", nil),
		`the property "no goal at all" (leads to) has no claim`:                                leadsTo("no goal at all", anything, nil),
		`the property "no beginning" (leads to) has no condition from which it leads`:          leadsTo("no beginning", nil, anything),
		`"given" (eventually) is not about states, and has a condition about states`:           eventually("given", anything).Given(anything),
		`"at rest" (always eventually) is not about states, and its claim cannot be made only`: again("at rest", anything).OnlyAtRest(),
		`"step" (eventually always) is not about steps, and has a condition about steps`:       always("step", anything).GivenStep(steps),
		`the property "none" (always) has no cases`:                                            check.Each[uint8]("none"),
		`the property "flawed" (eventually) has a case, "one", that has no claim`:              check.Each("flawed", eventually("one", nil)),
		`the property "mixed" (eventually) has cases of different kinds: "one" and "two"`:      check.Each("mixed", eventually("one", anything), always("two", anything)),
		`the property "rest" (never) has cases of different kinds: "one" and "two"`:            check.Each("rest", check.Never("one", nothing), check.Never("two", nothing).OnlyAtRest()),
		`the property "steps" (sometimes) has cases of different kinds: "one" and "two"`:       check.Each("steps", check.Sometimes("one", nothing), check.SometimesStep("two", steps)),
		`the property "deadlock" (always) has cases of different kinds: "one" and "two"`:       check.Each("deadlock", check.Always("one", nothing).OnlyAtRest(), check.DeadlockFree("two", nothing)),
	} {
		_, err := check.Exhaustive(t.Context(), read("0-1").model(), []check.Property[uint8]{p}, check.Options{})
		assert.ErrorContains(t, err, want)
	}
}

func TestStepOfAPromiseThatTheModelDoesNotHave(t *testing.T) {
	for _, c := range []int{-1, -2, 1, 1 << 16, 1<<16 - 1, -1 << 16} {
		m := read("0-1:a").model()
		m.Keeps = func(_ *uint8, _ move, yield func(int)) { yield(0); yield(c) }
		_, err := check.Exhaustive(t.Context(), m, []check.Property[uint8]{eventually("p", in(1))}, check.Options{})
		assert.ErrorContains(t, err, fmt.Sprintf("is of promise %d; expected an index into the 1 promises of the model", c))
	}
}

// crowd has very many promises, and one step, of the last of them.
func crowd(promises int) check.Model[int, string] {
	return check.Model[int, string]{
		Init: func() []int { return []int{0} },
		Steps: func(s int, yield func(string, int)) {
			if s == 0 {
				yield("on", 1)
			}
		},
		Promises: make([]check.Promise, promises),
		Keeps:    func(_ *int, _ string, yield func(int)) { yield(promises - 1) },
	}
}

func TestMostPromises(t *testing.T) {
	one := check.Eventually("one", is(1))
	r := explore(t, crowd(1<<16-1), check.Options{}, one)
	assert.Equal(t, check.Holds, r.Verdicts[0].Outcome)
	_, err := check.Exhaustive(t.Context(), crowd(1<<16), []check.Property[int]{one}, check.Options{})
	assert.EqualError(t, err, "check: the model has 65536 promises of fairness; expected at most 65535")
}

func TestKindsOfLiveness(t *testing.T) {
	var words []string
	for k := check.KindLeadsTo; k <= check.KindAlwaysEventually+1; k++ {
		words = append(words, k.String())
		assert.Equal(t, k <= check.KindAlwaysEventually, k.Liveness())
	}
	assert.Equal(t, []string{"leads to", "eventually", "eventually always", "always eventually", "Kind(8)"}, words)
	assert.False(t, check.KindSometimes.Liveness())
}

func TestReplayTellsLassosFromOtherRuns(t *testing.T) {
	n := read("0-1:a 1-0:b 1-1:c 0-2:c 1-2:c 2-2:a")
	a, b, stay, c := n.moves[0], n.moves[1], n.moves[2], n.moves[3]
	p := eventually("p", in(9))
	for _, r := range []struct {
		says  string
		steps []move
		loop  int
		f     fairness
		want  string
	}{
		{"round and round, without fairness", []move{a, b}, 0, unfair, ""},
		{"round and round starves c", []move{a, b}, 0, asModelled, "it breaks the fairness of c"},
		{"a stutter does not take its turn", []move{a, stay, b}, 0, asModelled, "it breaks the fairness of c"},
		{"to stay at the end is fair", []move{c}, 1, strongly, ""},
		{"to stay at the beginning is not", nil, 0, weakly, "it breaks the fairness of a"},
		{"a way is no loop", []move{a, b, a}, 0, unfair, "its loop does not close"},
		{"a loop begins in the run", []move{c}, 2, unfair, "its loop begins after 2 of its 1 steps"},
		{"and not before it", []move{c}, -1, unfair, "its loop begins after -1 of its 1 steps"},
	} {
		v, err := check.Replay(under(n.model(), r.f), p, 0, r.steps, r.loop)
		assert.Zero(t, v.Case)
		if r.want == "" {
			assert.NoError(t, err, r.says)
			assert.Equal(t, []any{violated, r.loop}, []any{v.Outcome, v.Loop}, r.says)
			continue
		}
		assert.EqualError(t, err, "check: the run is no counterexample: "+r.want, r.says)
	}
	free := under(n.model(), unfair)
	_, err := check.Replay(free, eventually("p", in(2)), 0, []move{c}, 1)
	assert.EqualError(t, err, "check: the run is no counterexample: the run satisfies the property")
	_, err = check.Replay(free, leadsTo("p", in(0), in(1)), 0, []move{a, b}, 0)
	assert.ErrorContains(t, err, "the run satisfies the property", "the wait that begins where the loop ends is over in the next round")
	_, err = check.Replay(free, p, 1, []move{b, a}, 0)
	assert.ErrorContains(t, err, "it does not begin in an initial state")
	v, err := check.Replay(under(n.model(), weakly), each([2]uint8{0, 2}, [2]uint8{2, 1}), 0, []move{c}, 1)
	assert.NoError(t, err)
	assert.Equal(t, []any{1, "[2 1]"}, []any{v.Case, v.CaseName()})
	var impossible *check.ReplayError
	_, err = check.Replay(free, p, 0, []move{b}, 0)
	require.ErrorAs(t, err, &impossible)
	_, err = check.Replay(free, check.Property[uint8]{}, 0, []move{c}, 1)
	assert.ErrorContains(t, err, "the property was not made by a function of this package")
}
