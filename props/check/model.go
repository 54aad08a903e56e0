package check

import (
	"errors"
	"fmt"

	"pkgdist/props/check/show"
)

// Model is a state machine: where it starts and, from any state, which steps it can take and where they lead. Init and
// one of Steps and StepsInPlace are required. Everything else that a model can say of itself stands here too, and may be
// left out.
//
// Each function must be a function of its arguments alone: several goroutines call it at once, and a trace is found by
// asking again. From one state, a step leads to one state. A step that leads back to the state that it came from is a
// stutter: it is counted as generated and changes nothing, so that it fires no rule, tests no property about steps, and
// does not keep a state from being at rest.
//
// States are of any type. Integers, floats, booleans, and arrays and structs of them are the fast way. States that hold
// strings, slices or maps are kept exactly too, each different value of such a part once. A nil slice or map is the same
// as an empty one. Pointers, interfaces, channels and functions need an Encoding.
type Model[S any, T comparable] struct {
	Name string // for titles and kept files

	// Steps.

	Init  func() []S                            // the initial states
	Steps func(s S, yield func(step T, next S)) // may not change what s refers to: copy a slice or a map first
	// StepsInPlace is instead of Steps, for large states, which are slow to copy. The pointers are valid during the call:
	// next may be s itself, changed while yield runs and put back after it.
	StepsInPlace func(s *S, yield func(step T, next *S))
	// Constraint bounds the space: a state for which it is false is counted and judged, and not expanded. Properties
	// about infinite runs cannot hold then, for what lies beyond is unknown.
	Constraint func(s *S) bool

	// What a person reads. Without these, Go's own formatting.

	Format   func(step T) string               // as a line that Parse reads back
	Parse    func(text string) (T, error)      // without it, a line is looked up among the steps that are possible
	Sentence func(step T) string               // who does what
	Describe func(s *S) []show.Field           // always the same fields in the same order
	Places   []show.Place                      // of the fields, in the order in which they are drawn
	Groups   []string                          // of the fields of a place, in their order
	Actors   []string                          // of a place, in their order
	Actor    func(step T) show.Lane            // who takes the step
	Messages func(step T) []show.Handover      // what the step hands over, and to whom
	WhyNot   func(s *S, step T) (guard string) // the first guard that stops the step, or empty
	Remarks  func(before *S, step T) []string  // what the step fails to do and what stops it, or what it does harm to
	About    []show.Item                       // what else titles say: "Design" "sms20"
	Glossary []show.Item                       // words that the sentences use, and what they mean

	// Whose steps. Without Environment, every step is the system's.

	Environment func(step T) bool // a step of the users, or a fault. A state is at rest if no other step changes it
	Rules       []string          // the kinds of steps; how often each fired is part of the result
	Rule        func(step T) int  // an index into Rules
	Fault       func(rule int) bool
	// Blocked yields, for each choice of operands with which the rule cannot fire in s, the first guard that stops it.
	Blocked func(s *S, rule int, yield func(guard string))
	// Barred is the guard that stops the rule in every state, or empty, so that Blocked need not be asked in each.
	Barred func(rule int) (guard string)

	// Fairness. Without Promises, any step may be put off for ever.

	Promises []Promise
	// Keeps yields the index of each promise that a step out of s, which changes s, is a step of.
	Keeps func(s *S, step T, yield func(promise int))

	// Symmetry.

	// Canonical replaces a state by the representative of its class: for all members of a class the same, one of them.
	// See Options.Symmetry.
	Canonical func(s *S)

	// Read and write sets.

	Independence *Independence[S, T]

	// Encoding.

	Encoding *Encoding[S] // nil is derived from the type
	// PackedSteps returns a function for one goroutine, or nil if there is none. It takes steps from encoded state to
	// encoded state, where that is faster, and yields the steps of Steps, in their order. States are in words here, as
	// many as hold the bytes of an Encoding that has a Width, the lowest byte first and zero beyond them. Both are valid
	// during the call. The search compares it with Steps in its first states and then in a sample.
	PackedSteps func() func(packed []uint64, yield func(step T, next []uint64))
}

// A Promise of fairness is about a set of steps, such as those of one rule, or of one rule at one place. A step may be in
// several. Steps in no promise, and those of the environment, may be put off for ever.
//
// The meaning is that of TLA+. A run may stay in a state for ever, unless a promise forbids it. Weak fairness: if from
// some point on a step of the promise is possible in every state, one is taken infinitely often. Strong fairness: if a
// step of the promise is possible infinitely often, one is taken infinitely often. A stutter is neither possible nor taken.
type Promise struct {
	Name   string
	Strong bool
}

// Encoding is an exact encoding of states: different states have different bytes. The search refuses an encoding with
// which a state that is encoded and decoded is another one.
type Encoding[S any] struct {
	Width  int                         // the length of every encoded state in bytes; 0 if lengths vary
	Append func(b []byte, s *S) []byte // appends the encoded state to b
	Decode func(b []byte, s *S)        // sets all of *s, and does not keep b
}

// Independence is what steps read and write, in terms of variables that are numbered from 0. Two steps neither of which
// writes what the other reads or writes are independent: their order makes no difference. See Options.Reduction.
type Independence[S, T any] struct {
	// Universe lists all steps that are possible in some state, each once.
	Universe func() []T
	// Conditions lists the variables on each of which depends whether a step is possible: a list for each of its
	// conditions. That the state is at rest is a condition of no variables.
	Conditions func(step T) [][]int
	// Effect is which variables decide what a step changes, besides those of the conditions, and which it may change.
	Effect func(step T) (reads, writes []int)
	// Obstacle is which one of its Conditions a step does not meet in s, or -1 if it is possible.
	Obstacle func(s *S, step T) int
	// Bits: variable i is bit i of the encoded state. Then a claim about steps that says what it observes is evaluated
	// only on steps that change that.
	Bits bool
}

// validate refuses a model of which something would be ignored in silence.
func (m *Model[S, T]) validate() error {
	needs := func(hook string, is bool, other string, there bool) error {
		if is && !there {
			return fmt.Errorf("check: the model has %s and no %s; expected both", hook, other)
		}
		return nil
	}
	if m.Init == nil {
		return errors.New("check: the model has no Init; expected the initial states")
	}
	if (m.Steps == nil) == (m.StepsInPlace == nil) {
		return errors.New("check: expected the model to have Steps or StepsInPlace, and not both")
	}
	if i := m.Independence; i != nil && (i.Universe == nil || i.Conditions == nil || i.Effect == nil || i.Obstacle == nil) {
		return errors.New("check: Independence has no Universe, Conditions, Effect or Obstacle; expected all four")
	}
	if e := m.Encoding; e != nil && (e.Append == nil || e.Decode == nil || e.Width < 0) {
		return fmt.Errorf("check: Encoding has no Append, no Decode or a width of %d bytes; expected both, and a length or 0", e.Width)
	}
	return errors.Join(
		needs("Rule", m.Rule != nil, "Rules", len(m.Rules) > 0),
		needs("Rules", len(m.Rules) > 0, "Rule", m.Rule != nil),
		needs("Fault", m.Fault != nil, "Rules", len(m.Rules) > 0),
		needs("Blocked", m.Blocked != nil, "Rules", len(m.Rules) > 0),
		needs("Barred", m.Barred != nil, "Blocked", m.Blocked != nil),
		needs("Messages", m.Messages != nil, "Actor", m.Actor != nil),
		needs("Parse", m.Parse != nil, "Format", m.Format != nil),
		needs("Keeps", m.Keeps != nil, "Promises", len(m.Promises) > 0),
		needs("Promises", len(m.Promises) > 0, "Keeps", m.Keeps != nil),
		needs("PackedSteps", m.PackedSteps != nil, "Encoding with a Width", m.Encoding != nil && m.Encoding.Width > 0),
		needs("Independence of Bits", m.Independence != nil && m.Independence.Bits, "Encoding with a Width", m.Encoding != nil && m.Encoding.Width > 0),
	)
}
