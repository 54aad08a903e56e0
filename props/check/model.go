package check

// Model is a state machine: where it starts and, from any state, which steps it can take and where they lead. It must
// be a function of the state alone: several goroutines ask it at once, and a trace is found by asking it again. From one
// state, a step leads to one state.
//
// A step that leads back to the state it came from is a stutter: it is counted as generated, and it changes nothing, so
// that it fires no rule, meets no condition of a step property and does not keep a state from being at rest.
//
// The interfaces below are optional. Exhaustive looks whether the model has their methods.
type Model[S comparable, T comparable] interface {
	Init() []S
	Steps(s S, yield func(step T, next S))
}

// InPlace is for large states, which are slow to copy. It is used instead of Steps. The pointers are only lent: next may
// be s itself, changed for the duration of yield and put back after it.
type InPlace[S, T any] interface {
	StepsInPlace(s *S, yield func(step T, next *S))
}

// Packed is a model with its own exact encoding of states. Without it the bytes of the state in memory are used, less
// the padding, and these must be integers and booleans, or arrays and structs of them.
type Packed[S any] interface {
	Width() int            // the length of every packed state, in bytes
	Pack(s *S, b []byte)   // b has Width bytes, all zero; different states must differ in b
	Unpack(b []byte, s *S) // must set all of *s
}

// Environment tells the steps of users and faults from the steps of the system. Without it every step is the system's.
// A state is at rest when no step of the system changes it.
type Environment[T any] interface {
	Environment(step T) bool
}

// Ruled is a model whose steps are instances of named rules. How often each rule fired is part of the result. Without any
// Rules the model is not asked for the Rule of a step.
type Ruled[T any] interface {
	Rules() []string
	Rule(step T) int // an index into Rules
}

// Guarded is a Ruled model that can say what stops a rule.
type Guarded[S any] interface {
	// Blocked yields, for each choice of operands with which the rule cannot fire in s, the first guard that stops it.
	Blocked(s *S, rule int, yield func(guard string))
}

// Barred is a Guarded model that knows rules which can fire in no state, whatever happens, so that it need not be asked in
// each.
type Barred interface {
	Barred(rule int) (guard string) // what stops it in every state, or empty
}

// stepper asks a model for steps, in place if it can. It owns the memory of the next state, as a pointer to the argument
// of a callback would cost an allocation a step.
type stepper[S, T comparable] struct {
	model   Model[S, T]
	inPlace InPlace[S, T]
	next    S
	yield   func(step T, next *S)
	copied  func(step T, next S)
}

func newStepper[S, T comparable](m Model[S, T], yield func(step T, next *S)) *stepper[S, T] {
	w := &stepper[S, T]{model: m, yield: yield}
	w.inPlace, _ = any(m).(InPlace[S, T])
	w.copied = func(step T, next S) {
		w.next = next
		w.yield(step, &w.next)
	}
	return w
}

// steps yields the steps out of *s, which it may change until it returns.
func (w *stepper[S, T]) steps(s *S) {
	if w.inPlace != nil {
		w.inPlace.StepsInPlace(s, w.yield)
		return
	}
	w.model.Steps(*s, w.copied)
}
