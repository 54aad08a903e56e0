package check

import (
	"context"
	"errors"
	"fmt"
	"math/bits"
	"slices"
)

// mostGroups is how many rules SmallestFairness can tell apart: a set of them is one word.
const mostGroups = 64

// SmallestFairness finds out which promises of fairness a liveness property needs: the smallest sets of rules
// that have to be fair for it to hold, each as a list of names. A rule is fair if all constraints of its steps are kept;
// in a model without rules, each constraint counts by itself. The verdict is the one under all promises; there are no
// sets unless it holds.
//
// A counterexample under some promises breaks others, or the property would not hold under all; and every set that is
// enough has one of those that it breaks. So the sets are found by asking only about those that have one of each such
// choice that is known so far.
func SmallestFairness[S any, T comparable](ctx context.Context, m Model[S, T], p Property[S], opt Options) ([][]string, Verdict[S, T], error) {
	none := Verdict[S, T]{}
	if !p.kind.Liveness() {
		return nil, none, fmt.Errorf("check: the property %q does not depend on fairness: it is no liveness property (%v)", p.name, p.kind)
	}
	s, err := explored(ctx, m, []Property[S]{p}, opt)
	if err != nil {
		return nil, none, err
	}
	result, err := s.conclude()
	if err != nil {
		return nil, none, err
	}
	verdict := result.Verdicts[0]
	if verdict.Outcome != Holds {
		return nil, verdict, nil
	}
	var sets [][]string
	err = abandonable(func() error {
		e, err := newExplanation(s)
		if err != nil {
			return err
		}
		sets, err = e.smallest(ctx)
		return err
	})
	return sets, verdict, err
}

// explanation asks which groups of constraints are enough.
type explanation[S any, T comparable] struct {
	search   *search[S, T]
	liveness *liveness[S, T]
	names    []string // of the groups
	groups   []int    // the group of each constraint
}

var errTooManyGroups = errors.New("check: the model has more than 64 rules that are fair; expected fewer")

func newExplanation[S any, T comparable](s *search[S, T]) (*explanation[S, T], error) {
	e := &explanation[S, T]{search: s, liveness: newLiveness(s), groups: make([]int, len(s.promises.names))}
	rules := e.rulesOf()
	for c, name := range s.promises.names {
		if rule, ok := rules[c]; ok {
			name = s.Rules[rule]
		} else if len(s.Rules) > 0 {
			e.groups[c] = -1 // no step of it was ever possible
			continue
		}
		group := slices.Index(e.names, name)
		if group < 0 {
			group = len(e.names)
			e.names = append(e.names, name)
		}
		e.groups[c] = group
	}
	if len(e.names) > mostGroups {
		return nil, errTooManyGroups
	}
	return e, nil
}

// rulesOf finds the rule of each constraint, by looking at all steps.
func (e *explanation[S, T]) rulesOf() map[int]int {
	rules := map[int]int{}
	if len(e.search.Rules) == 0 {
		return rules
	}
	var state S
	w := newStepper(e.search.machine, func(step T, _ *S) {
		for _, promise := range e.liveness.promises.of(e.liveness.labelAgain(&state, step)) {
			rules[promise] = e.search.Rule(step)
		}
	})
	reader := newReader(e.search.codec, e.search.store)
	for i := range e.search.store.Len() {
		e.liveness.poller.poll()
		reader.load(i, &state)
		w.steps(&state)
	}
	return rules
}

// smallest returns the smallest sets, in the order of the names.
func (e *explanation[S, T]) smallest(ctx context.Context) ([][]string, error) {
	var choices []uint64
	for size := 0; ; size++ {
		var enough []uint64
		for again := true; again; {
			again = false
			for _, set := range hitting(choices, size) {
				if err := ctx.Err(); err != nil {
					return nil, err
				}
				if slices.Contains(enough, set) {
					continue
				}
				choice := e.broken(set)
				if choice == 0 {
					enough = append(enough, set)
					continue
				}
				choices = append(choices, choice)
				again = true // with one choice more, fewer sets of this size are left to ask about
				break
			}
		}
		if len(enough) > 0 {
			slices.SortFunc(enough, func(a, b uint64) int { return slices.Compare(bitsOf(a), bitsOf(b)) })
			return e.named(enough), nil
		}
	}
}

// broken returns the groups that a counterexample under a set of groups breaks, or 0 if there is none.
func (e *explanation[S, T]) broken(set uint64) uint64 {
	e.liveness.relyOn(e.search.promises.only(func(c int) bool { return e.groups[c] >= 0 && set>>e.groups[c]&1 != 0 }))
	found := e.liveness.decide(0)
	if found == nil {
		return 0
	}
	e.liveness.promises = e.search.promises
	w := e.liveness.promises.weighing()
	visit := func(s uint32) {
		_, labels := e.search.graph.edges(s)
		w.visit(labels)
	}
	visit(found.last)
	for _, h := range found.loop {
		w.take(uint16(h.label))
		visit(h.to)
	}
	var groups uint64
	for _, c := range e.liveness.promises.brokenBy(w) {
		groups |= 1 << e.groups[c]
	}
	return groups
}

func (e *explanation[S, T]) named(sets []uint64) [][]string {
	var lists [][]string
	for _, set := range sets {
		list := []string{}
		for _, g := range bitsOf(set) {
			list = append(list, e.names[g])
		}
		lists = append(lists, list)
	}
	return lists
}

func bitsOf(set uint64) []int {
	var list []int
	for ; set != 0; set &= set - 1 {
		list = append(list, bits.TrailingZeros64(set))
	}
	return list
}

// hitting returns the sets of at most that size which have an element of each choice and none that they need not have.
func hitting(choices []uint64, size int) []uint64 {
	var sets []uint64
	seen := map[uint64]bool{}
	var extend func(set uint64, left int)
	extend = func(set uint64, left int) {
		i := slices.IndexFunc(choices, func(choice uint64) bool { return choice&set == 0 })
		switch {
		case seen[set]:
		case i < 0:
			sets = append(sets, set)
		case left > 0:
			for rest := choices[i]; rest != 0; rest &= rest - 1 {
				extend(set|rest&-rest, left-1)
			}
		}
		seen[set] = true
	}
	extend(0, size)
	return sets
}
