package conform_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"pkgdist/props/check"
	"pkgdist/props/check/conform"
	"pkgdist/props/check/walk"
	"pkgdist/props/internal/testmodel"
)

type letterLine = conform.Line[[]string, string]

// logged are lines as a queue writes them: what was done, or "length 2", or "put ?" where the letter is not known.
func logged(lines ...string) conform.Log[[]string, string] {
	var log conform.Log[[]string, string]
	for _, text := range lines {
		line := letterLine{Text: text, Step: func(step string) bool { return step == text }}
		if text == "put ?" {
			line.Step = func(step string) bool { return strings.HasPrefix(step, "put ") }
		}
		if n, ok := strings.CutPrefix(text, "length "); ok {
			line.Step, line.After = nil, func(s *[]string) bool { return fmt.Sprint(len(*s)) == n }
		}
		log.Lines = append(log.Lines, line)
	}
	return log
}

func explain(t *testing.T, log conform.Log[[]string, string], claims ...check.Property[[]string]) *conform.Explanation[[]string, string] {
	t.Helper()
	x, err := conform.Explain(t.Context(), letters, log, claims...)
	require.NoError(t, err)
	return x
}

func TestALogIsExplainedByABehaviour(t *testing.T) {
	x := explain(t, logged("put ?", "length 1", "put b", "take", "take", "length 0"))
	assert.Equal(t, conform.Explained, x.Outcome)
	assert.Equal(t, 1, x.Candidates)
	assert.Equal(t, 2, x.Most, "the letter was a or b")
	assert.Equal(t, `explained: 6 lines, in 1 state at the end

   1. put a
      | line 1: put ?
        state [] -> [a]
   2. put b
      | line 3: put b
        state [a] -> [a b]
   3. take
      | line 4: take
        state [a b] -> [b]
   4. take
      | line 5: take
        state [b] -> []`, x.String())
}

func TestALogIsRefutedAtItsFirstLineThatNothingExplains(t *testing.T) {
	x := explain(t, logged("put ?", "put b", "put a", "take"))
	assert.Equal(t, conform.Refuted, x.Outcome)
	assert.Equal(t, `refuted: nothing explains line 3: put a
2 states are what may follow what is before it

1. after 2 steps:
     state [a b]
   => put a needs that there is room

2. after 2 steps:
     state [b b]
   => put a needs that there is room`, x.String())
	for text, why := range map[string]string{
		"length 1": "the line is false of this state",
		"put c":    "no step that was possible so far writes such a line",
	} {
		x := explain(t, logged("put a", "put b", text))
		assert.Equal(t, conform.Refuted, x.Outcome, text)
		assert.Equal(t, 2, x.Line, text)
		assert.Equal(t, []string{why}, x.Told[0].Why, text)
	}
	log := logged("put a", "take")
	log.Lines[1].After = func(s *[]string) bool { return len(*s) == 1 }
	assert.Equal(t, []string{"take is possible, and the line is false of the state that it leads to"}, explain(t, log).Told[0].Why)
}

func TestHiddenStepsLeaveNoLine(t *testing.T) {
	log := logged("put a", "put b", "put b")
	assert.Equal(t, conform.Refuted, explain(t, log).Outcome)
	log.Hidden = func(step string) bool { return step == "take" }
	x := explain(t, log)
	assert.Equal(t, []int{0, -1, 1, 2}, x.Wrote)
	assert.Equal(t, []string{"put a", "take", "put b", "put b"}, x.Trace.Steps)
	assert.Equal(t, 2, x.Candidates, "one or two letters are left")
}

func TestLinesMayBeOutOfOrderWithinTheTolerance(t *testing.T) {
	log := logged("take", "take", "put a", "put b")
	for tolerance, outcome := range []conform.Outcome{conform.Refuted, conform.Refuted, conform.Explained} {
		log.Tolerance = tolerance
		assert.Equal(t, outcome, explain(t, log).Outcome, tolerance)
	}
	log = logged("take", "put a", "take", "length 7")
	log.Tolerance = 1
	assert.Equal(t, 2, explain(t, log).Line, "the second take is the first line that nothing explains")
}

func TestClaimsAreJudgedOnWhatExplainsTheWholeLog(t *testing.T) {
	both := func(s *[]string) bool { return len(*s) == 2 }
	b := func(s *[]string) bool { return slices.Contains(*s, "b") }
	claims := []check.Property[[]string]{
		check.Never("two", both), check.Never("b", b), check.Never("c", func(s *[]string) bool { return slices.Contains(*s, "c") }),
		check.OnStep("grows", func(before, after *[]string) bool { return len(*after) > len(*before) }),
		check.Sometimes("b in", b),
	}
	x := explain(t, logged("put a", "put ?", "take", "take"), claims...)
	var shares []conform.Share
	for i, j := range x.Claims {
		shares = append(shares, j.On)
		require.Equal(t, j.On != conform.OnNone, j.Trace != nil)
		if j.Trace != nil && j.Property.Kind() != check.KindSometimes {
			shrunk, err := check.Shrink(t.Context(), letters, claims[i], *j.Trace, 0)
			require.NoError(t, err, "the trace violates the claim")
			require.LessOrEqual(t, len(shrunk.Trace.Steps), len(j.Trace.Steps))
		}
	}
	assert.Equal(t, []conform.Share{conform.OnEvery, conform.OnSome, conform.OnNone, conform.OnEvery, conform.OnSome}, shares)
	assert.Contains(t, x.String(), "two (never): violated on every one of the behaviours that explain it\nb (never): violated on some of the behaviours that explain it\n")
	// The behaviour in which b was put does not explain the whole log.
	x = explain(t, conform.Log[[]string, string]{Lines: append(logged("put ?").Lines, letterLine{After: func(s *[]string) bool { return (*s)[0] == "a" }})}, claims[1])
	assert.Equal(t, conform.OnNone, x.Claims[0].On)
}

func TestTheEndsOfBehavioursAreHandedOut(t *testing.T) {
	b := func(s *[]string) bool { return slices.Contains(*s, "b") }
	x := explain(t, logged("put ?", "put ?", "take"), check.Never("b", b))
	var ends []string
	for i := range x.Ends {
		run, wrote, err := x.Ends[i].Behaviour()
		require.NoError(t, err)
		assert.Equal(t, []int{0, 1, 2}, wrote)
		assert.Equal(t, *x.Ends[i].State, run.States[3])
		assert.Equal(t, x.Ends[i].Decided(0), slices.ContainsFunc(run.Steps, func(step string) bool { return step == "put b" }))
		ends = append(ends, fmt.Sprint(*x.Ends[i].State, x.Ends[i].Decided(0)))
	}
	assert.ElementsMatch(t, []string{"[a] false", "[a] true", "[b] true"}, ends)
}

func TestALimitLeavesALogUndecided(t *testing.T) {
	log := logged("put ?", "put ?", "take", "take")
	log.MaxCandidates = 3
	x := explain(t, log)
	assert.Equal(t, conform.Undecided, x.Outcome)
	assert.Equal(t, "undecided: more than 3 candidates after 1 of the 4 lines", x.String())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	x, err := conform.Explain(ctx, letters, logged("take"))
	require.NoError(t, err)
	assert.Equal(t, "undecided: interrupted after 0 of the 1 lines: context canceled", x.String())
}

func TestALogThatMakesNoSenseIsAnError(t *testing.T) {
	for want, log := range map[string]conform.Log[[]string, string]{
		"Tolerance is 64; expected a number of lines up to 63": {Tolerance: 64},
		"MaxCandidates is -1":                      {MaxCandidates: -1},
		`line 1, "x", says nothing; expected Step`: {Lines: []letterLine{{Text: "x"}}},
	} {
		_, err := conform.Explain(t.Context(), letters, log)
		assert.ErrorContains(t, err, want)
	}
	_, err := conform.Explain(t.Context(), letters, logged("take"), check.Eventually("empty", func(s *[]string) bool { return len(*s) == 0 }))
	assert.ErrorContains(t, err, "is about infinite runs")
}

// brute tries every behaviour: every order of the lines within the tolerance, and between two lines every run of hidden steps
// that does not come back to where it was.
type brute struct {
	out    map[int][]testmodel.Edge
	log    conform.Log[int, testmodel.Edge]
	bad    int // the state that violates the claim
	ends   map[int]bool
	shares map[bool]bool // whether the claim is violated, over all behaviours
}

// with tries everything from a state on; passed are the places within this run of hidden steps.
func (b *brute) with(s int, lines []int, violated bool, passed map[string]bool) {
	violated = violated || s == b.bad
	if len(lines) == 0 {
		b.ends[s], b.shares[violated] = true, true
		return
	}
	place := fmt.Sprint(s, violated)
	if passed[place] {
		return
	}
	passed[place] = true
	defer delete(passed, place)
	for i, line := range lines {
		if line-lines[0] > b.log.Tolerance {
			break
		}
		l, rest := b.log.Lines[line], slices.Delete(slices.Clone(lines), i, i+1)
		if l.Step == nil && l.After(&s) {
			b.with(s, rest, violated, map[string]bool{})
		}
		for _, e := range b.out[s] {
			if l.Step != nil && l.Step(e) && (l.After == nil || l.After(&e.To)) {
				b.with(e.To, rest, violated, map[string]bool{})
			}
		}
	}
	for _, e := range b.out[s] {
		if b.log.Hidden(e) {
			b.with(e.To, lines, violated, passed)
		}
	}
}

func TestExplainAgreesWithAllBehaviours(t *testing.T) {
	outcomes := map[conform.Outcome]int{}
	rapid.Check(t, func(rt *rapid.T) {
		g := graphs(4, 8).Draw(rt, "graph")
		for i := range g.Edges {
			g.Edges[i].Name = rapid.SampledFrom([]string{"x", "y", "z"}).Draw(rt, "name")
		}
		g.Edges = slices.CompactFunc(g.Edges, func(a, b testmodel.Edge) bool { return a == b })
		hidden := rapid.SampledFrom([]string{"", "z", "yz"}).Draw(rt, "hidden")
		log := conform.Log[int, testmodel.Edge]{
			Hidden:    func(e testmodel.Edge) bool { return strings.Contains(hidden, e.Name) },
			Tolerance: rapid.IntRange(0, 2).Draw(rt, "tolerance"),
		}
		for _, text := range rapid.SliceOfN(rapid.SampledFrom([]string{"x", "y", "z", "x0", "y1", "?2", "0", "1"}), 0, 4).Draw(rt, "lines") {
			log.Lines = append(log.Lines, edgeLine(text))
		}
		log.MaxCandidates = rapid.SampledFrom([]int{0, 8}).Draw(rt, "candidates") // few: states are forgotten between two lines
		b := brute{out: g.Out(), log: log, bad: rapid.IntRange(0, 3).Draw(rt, "bad"), ends: map[int]bool{}, shares: map[bool]bool{}}
		places := make([]int, len(log.Lines))
		for i := range places {
			places[i] = i
		}
		for _, s := range g.Initial {
			b.with(s, places, false, map[string]bool{})
		}
		x, err := conform.Explain(t.Context(), g.Model(), log, check.Never("bad", testmodel.Is(b.bad)))
		require.NoError(rt, err)
		outcomes[x.Outcome]++
		if x.Outcome == conform.Undecided {
			require.Equal(rt, 8, log.MaxCandidates)
			return
		}
		require.Equal(rt, len(b.ends) > 0, x.Outcome == conform.Explained, "%v", x)
		require.Equal(rt, len(b.ends) == 0, x.Outcome == conform.Refuted, "%v", x)
		if x.Outcome == conform.Refuted {
			requireFirst(t, rt, g, log, x.Line)
			return
		}
		require.Equal(rt, len(b.ends), x.Candidates)
		require.Equal(rt, !b.shares[false], x.Claims[0].On == conform.OnEvery)
		require.Equal(rt, !b.shares[true], x.Claims[0].On == conform.OnNone)
		requireExplains(rt, g, log, x)
	})
	assert.Greater(t, outcomes[conform.Explained], 10)
	assert.Greater(t, outcomes[conform.Refuted], 10)
}

// edgeLine is a line about a step of that name, or any ("?"), which leads to the state of that number; or about the state.
func edgeLine(text string) conform.Line[int, testmodel.Edge] {
	name, state := strings.TrimRight(text, "012"), strings.TrimLeft(text, "xyz?")
	line := conform.Line[int, testmodel.Edge]{Text: text}
	if name != "" {
		line.Step = func(e testmodel.Edge) bool { return name == "?" || e.Name == name }
	}
	if state != "" {
		line.After = func(s *int) bool { return fmt.Sprint(*s) == state }
	}
	return line
}

// requireExplains checks the behaviour that is shown: it is a run, each step of which is hidden or wrote a line.
func requireExplains(t *rapid.T, g testmodel.Graph, log conform.Log[int, testmodel.Edge], x *conform.Explanation[int, testmodel.Edge]) {
	require.Contains(t, g.Initial, x.Trace.States[0])
	require.Len(t, x.Wrote, len(x.Trace.Steps))
	written := map[int]bool{}
	for i, e := range x.Trace.Steps {
		require.Contains(t, g.Edges, e)
		require.Equal(t, []int{e.From, e.To}, x.Trace.States[i:i+2])
		if line := x.Wrote[i]; line < 0 {
			require.True(t, log.Hidden(e))
		} else {
			require.True(t, log.Lines[line].Step(e))
			require.False(t, written[line])
			written[line] = true
		}
	}
	for i, line := range log.Lines {
		require.Equal(t, line.Step != nil, written[i])
	}
}

// requireFirst checks that the lines before the first that nothing explains are explained by themselves, where none is out
// of order.
func requireFirst(t *testing.T, rt *rapid.T, g testmodel.Graph, log conform.Log[int, testmodel.Edge], line int) {
	if log.Tolerance > 0 {
		return
	}
	all := log.Lines
	for n := range all {
		log.Lines = all[:n+1]
		x, err := conform.Explain(t.Context(), g.Model(), log)
		require.NoError(rt, err)
		require.Equal(rt, n < line, x.Outcome == conform.Explained, "line %d of %d", n, line)
		if n == line {
			return
		}
	}
}

// What a driven run of two-phase commit writes is explained, with the steps of some actions hidden as often as not. A line that is
// changed into one of another step is refused, unless that step might have been taken as well.
func TestLogsOfDrivenRunsAreExplainedAndChangedOnesRefused(t *testing.T) {
	m := testmodel.TwoPhase(3)
	all := slices.Collect(steps(t, m))
	refused, allowed := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		var driven []*check.Trace[testmodel.Transaction, testmodel.Action]
		_, err := conform.Drive(t.Context(), m, mirroring(m, &driven), conform.Options[testmodel.Transaction, testmodel.Action]{
			Traces: []check.Trace[testmodel.Transaction, testmodel.Action]{walk.Trace(rt, walk.Walk{Length: 30, Drain: 30, Scheduler: walk.AnyStep}, m)},
		})
		require.NoError(rt, err)
		hidden := func(a testmodel.Action) bool { return strings.Contains(a.Name, "Prepare") }
		log := conform.Log[testmodel.Transaction, testmodel.Action]{Hidden: hidden}
		var wrote []testmodel.Action
		for _, step := range driven[0].Steps {
			if !hidden(step) || rapid.Bool().Draw(rt, "writes") {
				wrote, log.Lines = append(wrote, step), append(log.Lines, actionLine(step))
			}
		}
		x, err := conform.Explain(t.Context(), m, log)
		require.NoError(rt, err)
		require.Equal(rt, conform.Explained, x.Outcome, "%v", x)
		if len(wrote) == 0 {
			return
		}
		at := rapid.IntRange(0, len(wrote)-1).Draw(rt, "line")
		other := rapid.SampledFrom(all).Filter(func(a testmodel.Action) bool { return a != wrote[at] }).Draw(rt, "other")
		log.Lines[at] = actionLine(other)
		x, err = conform.Explain(t.Context(), m, log)
		require.NoError(rt, err)
		if x.Outcome == conform.Refuted {
			refused++
			require.GreaterOrEqual(rt, x.Line, at)
			return
		}
		// Another run writes the changed log: this one.
		allowed++
		require.Equal(rt, other, x.Trace.Steps[slices.Index(x.Wrote, at)])
		_, err = check.Replay(m, check.Never("anything", func(*testmodel.Transaction) bool { return false }), m.Init()[0], x.Trace.Steps, 0)
		require.ErrorContains(rt, err, "the property is not violated", "each step was taken")
	})
	t.Logf("%d of %d changed logs are refused; another run writes the others", refused, refused+allowed)
	assert.Greater(t, refused, 0)
}

func actionLine(a testmodel.Action) conform.Line[testmodel.Transaction, testmodel.Action] {
	return conform.Line[testmodel.Transaction, testmodel.Action]{Text: a.String(), Step: func(other testmodel.Action) bool { return other == a }}
}

// steps are all steps that are possible in some state.
func steps[S any, T comparable](t *testing.T, m check.Model[S, T]) func(yield func(T) bool) {
	result, err := check.Exhaustive(t.Context(), m, nil, check.Options{Keep: true})
	require.NoError(t, err)
	seen, list := map[T]bool{}, []T(nil)
	for s := range result.All() {
		m.Steps(s, func(step T, _ S) {
			if !seen[step] {
				seen[step] = true
				list = append(list, step)
			}
		})
	}
	return slices.Values(list)
}
