package check_test

import (
	"fmt"
	"testing"

	"pkgdist/props/check"

	"github.com/stretchr/testify/assert"
)

var (
	eventually = check.Eventually[uint8]
	always     = check.EventuallyAlways[uint8]
	again      = check.AlwaysEventually[uint8]
	leadsTo    = check.LeadsTo[uint8]
)

// Nets with a known answer. The run is that of the counterexample: stem, and loop in brackets. What these tell one by one,
// the naive judge says of thousands of nets.
func TestStories(t *testing.T) {
	for _, s := range []struct {
		says     string
		net      net
		property check.Property[uint8]
		outcome  check.Outcome
		run      string
	}{
		{"a cycle of two states never gets to the goal",
			read("0-1:a 1-0:b"), eventually("p", in(2)), violated, "(0 1)"},
		{"a way joins a state that another way has visited, and the goal was on that other way",
			read("0-1:a 1-3:a 0-2:a 2-3:a"), eventually("p", in(1)), violated, "0 2 (3)"},
		{"a way joins a state that was visited after the goal, in a loop",
			read("0-1:a 1-2:a 2-3:a 3-2:a 0-3:a"), eventually("p", in(1)), violated, "0 (3 2)"},
		{"without fairness a run may stay where it is",
			read("0-1"), eventually("p", in(1)), violated, "(0)"},
		{"with fairness it may not",
			read("0-1:a"), eventually("p", in(1)), holds, ""},
		{"a cycle that starves a step which is possible all the time does not count",
			read("0-1:a 1-0:a 0-2:b 1-2:b"), eventually("p", in(2)), holds, ""},
		{"a step possible now and then may be starved by weak fairness",
			read("0-1:a 1-0:a 0-2:b"), eventually("p", in(2)), violated, "(0 1)"},
		{"but not by strong fairness",
			read("0-1:a 1-0:a 0-2:B"), eventually("p", in(2)), holds, ""},
		{"a stutter is no step of a promise: the run that stays at 0 is not fair to it",
			read("0-0:a 0-1:a"), eventually("p", in(1)), holds, ""},
		{"nor does it keep a step possible all the time: at 1, b is but a stutter",
			read("0-1:a 1-0:a 0-2:b 1-1:b"), eventually("p", in(2)), violated, "(0 1)"},
		{"one of several initial states is a bad one",
			read("0-2:a 1-3:a", 0, 1), eventually("p", in(2)), violated, "1 (3)"},
		{"reached and left infinitely often: always eventually",
			read("0-1:a 1-2:b 2-1:c"), again("p", in(1)), holds, ""},
		{"reached and left infinitely often: not eventually always",
			read("0-1:a 1-2:b 2-1:c"), always("p", in(1)), violated, "0 (1 2)"},
		{"of nested loops the outer one is not fair, the inner one, to which it is cut down, is",
			read("0-1:a 1-2:a 2-1:a 2-0:a 0-3:B"), eventually("p", in(3)), violated, "0 (1 2)"},
		{"what strong fairness leaves has to be cut down twice: without 0 the loop of 1, 2 and 3 is without D, and so on",
			read("0-1:a 1-2:a 2-3:a 3-2:a 3-1:a 2-1:a 1-0:a 0-9:B 1-9:C"), eventually("p", in(9)), violated, "0 1 (2 3)"},
		{"two cycles share a state; b wants the one and c the other, so that only the run through both is fair",
			read("0-1:B 1-0:a 0-2:C 2-0:a"), eventually("p", in(9)), violated, "(0 1 0 2)"},
		{"a fault in the loop is allowed: the repair is undone infinitely often",
			read("0-1:a 1-0! 1-2:b"), eventually("p", in(2)), violated, "(0 1)"},
		{"a fault is never forced, not even one with a promise",
			read("0-1:A!"), eventually("p", in(1)), violated, "(0)"},
		{"a goal in the past is none",
			read("0-1:a 1-2:a 2-3:a"), leadsTo("p", in(2), in(1)), violated, "0 1 2 (3)"},
		{"the wait begins only inside the loop, far from where the run gets into it",
			read("0-1:a 1-2:a 2-3:a 3-0:a 0-9:b"), leadsTo("p", in(2), in(9)), violated, "(0 1 2 3)"},
		{"it begins before the loop, which need not begin it again",
			read("0-1:a 1-2:a 2-1:a 2-3:a 3-1:a"), leadsTo("p", in(0, 3), in(9)), violated, "0 (1 2)"},
		{"the wait on the way is over, and the one inside the loop needs the loop to go on",
			read("0-1:a 1-2:a 2-3 3-2"), leadsTo("p", in(0, 3), in(1)), violated, "0 1 (2 3)"},
		{"a wait must not be followed through its goal: from 0 to the loop there is only the way through 1",
			read("0-1:a 1-2:a 2-3:a 3-2:a"), leadsTo("p", in(0), in(1)), holds, ""},
		{"machines may be active by messages for ever, but staying put is a shorter loop",
			read("0-1:a 1-2! 2-1! 2-3! 3-1:b"), eventually("p", in(9)), violated, "0 (1)"},
	} {
		v := explore(t, s.net.model(), check.Options{}, s.property).Verdicts[0]
		assert.Equal(t, s.outcome.String(), v.Outcome.String(), s.says)
		assert.Equal(t, s.run, run(v), s.says)
	}
}

// each has one case for each pair of a beginning and an end.
func each(pairs ...[2]uint8) check.Property[uint8] {
	return check.Each("p", cases(len(pairs), func(i int) check.Property[uint8] {
		return leadsTo(fmt.Sprint(pairs[i]), in(pairs[i][0]), in(pairs[i][1]))
	})...)
}

func TestEachNamesTheCaseThatIsViolated(t *testing.T) {
	way, back := read("0-1:a 1-2:a 2-3:a 3-4:a"), read("0-1:a 1-0:b")
	to := func(name string, from uint8) check.Property[uint8] {
		return check.OnStep(name, func(_, after *uint8) bool { return *after > 0 }).GivenStep(func(before, _ *uint8) bool { return *before == from })
	}
	for _, c := range []struct {
		net      net
		property check.Property[uint8]
		want     string // outcome, case and run
	}{
		{way, each([2]uint8{0, 1}, [2]uint8{1, 4}), "holds, [0 1], "},
		{way, each([2]uint8{0, 1}, [2]uint8{1, 4}, [2]uint8{3, 2}), "violated, [3 2], 0 1 2 3 (4)"},
		{way, each([2]uint8{9, 1}, [2]uint8{0, 4}, [2]uint8{8, 2}), "holds, [9 1], "}, // an untested case spoils nothing
		{way, each([2]uint8{9, 1}, [2]uint8{8, 4}), "inconclusive, [9 1], "},
		{way, each([2]uint8{0, 4}, [2]uint8{1, 0}, [2]uint8{2, 1}), "violated, [1 0], 0 1 2 3 (4)"}, // of equals the first
		{read("0-1:a 1-2:a 0-3:b"), each([2]uint8{1, 9}, [2]uint8{0, 2}), "violated, [0 2], 0 (3)"}, // the shorter stem
		{read("0-1:a"), check.Each("p", eventually("0", in(0)), eventually("1", in(1)), eventually("2", in(2))), "violated, 2, 0 (1)"},
		{back, check.Each("p", check.Never("a", in(9)), check.Never("b", in(1))), "violated, b, 0 (1)"},
		{back, check.Each("p", check.Always("a", in(1)), check.Always("b", in(0))), "violated, a, (0)"},
		{back, check.Each("p", to("1", 0), to("2", 1)), "violated, 2, 0 1 (0)"},
		{back, check.Each("p", check.Sometimes("a", in(9)), check.Sometimes("b", in(1))), "holds, b, 0 (1)"},
		{back, check.Each("p", check.Sometimes("a", in(9)), check.Sometimes("b", in(8))), "inconclusive, a, "},
		{back, check.Each("p", check.Never("a", in(9)), check.Never("b", in(1)).Given(in(8))), "holds, a, "},
	} {
		v := explore(t, c.net.model(), check.Options{}, c.property).Verdicts[0]
		assert.Equal(t, c.want, fmt.Sprintf("%v, %s, %s", v.Outcome, v.CaseName(), run(v)))
	}
}

func TestStepOfAPromiseThatTheModelDoesNotHave(t *testing.T) {
	for _, c := range []int{-1, 1, 1 << 16, -1 << 16} {
		for _, others := range []int{0, 1} {
			m := read("0-1:a").model()
			m.Keeps = func(_ *uint8, _ move, yield func(int)) {
				for i := range others {
					yield(i)
				}
				yield(c)
			}
			refused(t, fmt.Sprintf("is of promise %d; expected an index into the 1 promises of the model", c), m, check.Options{}, eventually("p", in(1)))
		}
	}
}

func TestReplayTellsLassosFromOtherRuns(t *testing.T) {
	n := read("0-1:a 1-0:b 1-1:c 0-2:c 1-2:c 2-2:a 1-3:D")
	a, b, stay, c := n.moves[0], n.moves[1], n.moves[2], n.moves[3]
	nine := eventually("p", in(9))
	for _, r := range []struct {
		says  string
		p     check.Property[uint8]
		steps []move
		loop  int
		f     fairness
		want  string
	}{
		{"round and round, without fairness", nine, []move{a, b}, 0, unfair, ""},
		{"round and round starves c", nine, []move{a, b}, 0, asModelled, "it breaks the fairness of c"},
		{"a stutter does not take its turn", nine, []move{a, stay, b}, 0, asModelled, "it breaks the fairness of c"},
		{"to stay at the end is fair", nine, []move{c}, 1, strongly, ""},
		{"to stay at the beginning is not", nine, nil, 0, weakly, "it breaks the fairness of a"},
		{"a way is no loop", nine, []move{a, b, a}, 0, unfair, "its loop does not close"},
		{"a loop begins in the run", nine, []move{c}, 2, unfair, "its loop begins after 2 of its 1 steps"},
		{"and not before it", nine, []move{c}, -1, unfair, "its loop begins after -1 of its 1 steps"},
		{"the goal is met", eventually("p", in(2)), []move{c}, 1, unfair, "the run satisfies the property"},
		{"but not infinitely often", again("p", in(1)), []move{a, b, c}, 3, unfair, ""},
		{"it stays", always("p", in(2)), []move{c}, 1, unfair, "the run satisfies the property"},
		{"a wait that begins where the loop ends is over in the next round", leadsTo("p", in(0), in(1)), []move{a, b}, 0, unfair, "the run satisfies the property"},
		{"a wait that is over, and begins again", leadsTo("p", in(0), in(1)), []move{a, b, c}, 3, unfair, ""},
		{"a wait that never begins", leadsTo("p", in(1), in(9)), []move{c}, 1, unfair, "the run satisfies the property"},
		{"a property about states", check.Never("p", in(2)), []move{a}, 0, unfair, "at the end the property is not violated"},
	} {
		v, err := check.Replay(under(n.model(), r.f), r.p, 0, r.steps, r.loop)
		if r.want == "" {
			assert.NoError(t, err, r.says)
			assert.Equal(t, []any{violated, r.loop}, []any{v.Outcome, v.Loop}, r.says)
			continue
		}
		assert.EqualError(t, err, "check: the run is no counterexample: "+r.want, r.says)
	}
	free := under(n.model(), unfair)
	_, err := check.Replay(free, nine, 1, []move{b, a}, 0)
	assert.ErrorContains(t, err, "it does not begin in an initial state")
	_, err = check.Replay(free, nine, 0, []move{b}, 0)
	assert.Equal(t, &check.ReplayError{Text: fmt.Sprint(b)}, err)
	v, err := check.Replay(free, each([2]uint8{0, 2}, [2]uint8{2, 1}), 0, []move{c}, 1)
	assert.NoError(t, err)
	assert.Equal(t, []any{1, "[2 1]"}, []any{v.Case, v.CaseName()})
}
