package walk

import (
	"fmt"
	"math"
	"slices"

	"pgregory.net/rapid"

	"pkgdist/props/check"
)

// Scheduler is a way to draw a step. A rule that is drawn first stays the same rule when other steps of the walk are left
// out, so that rapid can shrink the walk; an index into the possible steps means another step after any change.
type Scheduler int

// The schedulers. A model without Rules is walked by AnyStep whatever is asked for.
const (
	ByRuleMasked Scheduler = iota // a rule, then its step, with some of the faults switched off for the walk
	ByRule                        // a rule, then its step
	AnyStep                       // one of the steps that are possible
)

func (s Scheduler) String() string {
	switch s {
	case ByRuleMasked:
		return "by rule, masked"
	case ByRule:
		return "by rule"
	case AnyStep:
		return "any step"
	}
	return fmt.Sprintf("Scheduler(%d)", int(s))
}

// ruleTries is how many rules are drawn in search of one that is possible. After that the walk stutters, which keeps the
// number of draws bounded whatever rapid makes of them.
const ruleTries = 16

// stutter is the choice not to go anywhere.
const stutter = -1

// schedule draws the steps of one walk.
type schedule[T comparable] struct {
	scheduler Scheduler
	rules     []string
	ruleAt    func(step T) int
	fault     func(rule int) bool // nil is no rule
	masked    []bool
	draw      *rapid.Generator[int]

	steps []T   // out of the state that the walk is in
	rule  []int // of each
	found []int // by stepsOf
}

func newSchedule[S any, T comparable](m check.Model[S, T], scheduler Scheduler) *schedule[T] {
	s := &schedule[T]{scheduler: scheduler, rules: m.Rules, ruleAt: m.Rule, fault: m.Fault}
	if len(s.rules) == 0 {
		s.scheduler = AnyStep
	}
	s.masked = make([]bool, len(s.rules))
	// A generator of its own makes the draws for one step a group, which rapid can leave out as a whole.
	switch s.scheduler {
	case AnyStep:
		s.draw = rapid.Custom(func(t *rapid.T) int { return index(len(s.steps)).Draw(t, "index") })
	default:
		rules := index(len(s.rules))
		s.draw = rapid.Custom(func(t *rapid.T) int { return s.byRule(t, rules) })
	}
	return s
}

// index is one of n numbers from 0 on, by coins. From a range rapid draws small numbers several times as often as the
// rest, which would keep a walk among the first few rules; coins are fair, and 0 is still the least. Where n is no power
// of two, the first few numbers come up twice as often, and no more.
func index(n int) *rapid.Generator[int] {
	return rapid.Custom(func(t *rapid.T) int {
		number := 0
		for bit := 1; bit < max(n, 2); bit <<= 1 { // rapid wants a generator to draw something
			if coin.Draw(t, "bit") {
				number |= bit
			}
		}
		return number % n
	})
}

var coin = rapid.Bool()

// lengths are how long to walk. Two thirds of the walks have the full length, as rapid prefers large numbers to small ones
// within 64 bits. A number, unlike a coin for each step, lets rapid end a walk at once, or one step sooner.
func lengths(most int) *rapid.Generator[int] {
	return rapid.Map(rapid.Uint64Range(0, math.MaxInt64), func(n uint64) int { return int(min(n, uint64(most))) })
}

// drawMask draws which faults are off. A fault is on for false, the smaller value: then a mask is only in the way of rapid's
// shrinking where it has to be.
func (s *schedule[T]) drawMask(t *rapid.T) {
	if s.scheduler != ByRuleMasked || s.fault == nil {
		return
	}
	for rule, name := range s.rules {
		if s.fault(rule) {
			s.masked[rule] = rapid.Bool().Draw(t, "without "+name)
		}
	}
}

// look takes in the steps out of a state.
func (s *schedule[T]) look(steps []T) error {
	s.steps, s.rule = steps, s.rule[:0]
	for _, step := range steps {
		rule, err := s.ruleOf(step)
		if err != nil {
			return err
		}
		s.rule = append(s.rule, rule)
	}
	return nil
}

// noRule is the rule of a step of a model that has none.
const noRule = -1

func (s *schedule[T]) ruleOf(step T) (int, error) {
	if len(s.rules) == 0 {
		return noRule, nil
	}
	rule := s.ruleAt(step)
	if rule < 0 || rule >= len(s.rules) {
		return 0, fmt.Errorf("walk: step %v is of rule %d; expected an index into the %d rules of the model", step, rule, len(s.rules))
	}
	return rule, nil
}

// ends reports whether there is nothing to draw: no step that is not masked.
func (s *schedule[T]) ends() bool {
	return !slices.ContainsFunc(s.rule, func(rule int) bool { return rule == noRule || !s.masked[rule] })
}

// drawStep draws one of the steps, by its index, or stutter.
func (s *schedule[T]) drawStep(t *rapid.T) int { return s.draw.Draw(t, "step") }

func (s *schedule[T]) byRule(t *rapid.T, rules *rapid.Generator[int]) int {
	for range ruleTries {
		rule := rules.Draw(t, "rule")
		switch steps := s.stepsOf(rule); len(steps) {
		case 0:
		case 1:
			return steps[0]
		default:
			return steps[index(len(steps)).Draw(t, "which")]
		}
	}
	return stutter
}

// stepsOf are the indexes of the steps of a rule, unless it is masked.
func (s *schedule[T]) stepsOf(rule int) []int {
	s.found = s.found[:0]
	for i, r := range s.rule {
		if r == rule && !s.masked[rule] {
			s.found = append(s.found, i)
		}
	}
	return s.found
}
