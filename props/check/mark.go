package check

// Marked is a state with a memory of one thing about its past.
type Marked[S comparable] struct {
	State S
	Seen  bool // a state like that was passed, or is this one
}

// Mark adds a history variable to a model: whether a state for which seen is true was passed, the present one included.
// What m offers beyond Model, of the interfaces of this package, the marked model offers too. Environment, Ruled,
// Guarded and Fair it has in any case: where m lacks them, every step is the system's, there are no rules, no guards, and
// no promises.
func Mark[S comparable, T comparable](m Model[S, T], seen func(s *S) bool) Model[Marked[S], T] {
	k := marked[S, T]{model: m, seen: seen}
	k.inPlace, _ = any(m).(InPlace[S, T])
	k.environment, _ = any(m).(Environment[T])
	k.ruled, _ = any(m).(Ruled[T])
	k.guarded, _ = any(m).(Guarded[S])
	k.fair, _ = any(m).(Fair[T])
	packed, isPacked := any(m).(Packed[S])
	symmetric, isSymmetric := any(m).(Symmetric[S])
	switch {
	case isPacked && isSymmetric:
		return struct {
			markedPacked[S, T]
			markedSymmetric[S]
		}{markedPacked[S, T]{k, packed}, markedSymmetric[S]{symmetric}}
	case isPacked:
		return markedPacked[S, T]{k, packed}
	case isSymmetric:
		return struct {
			marked[S, T]
			markedSymmetric[S]
		}{k, markedSymmetric[S]{symmetric}}
	}
	return k
}

// markedSymmetric leaves the mark as it is: what was passed has to be symmetric itself.
type markedSymmetric[S comparable] struct{ symmetric Symmetric[S] }

func (k markedSymmetric[S]) Canonical(s *Marked[S]) { k.symmetric.Canonical(&s.State) }

type marked[S, T comparable] struct {
	model       Model[S, T]
	seen        func(s *S) bool
	inPlace     InPlace[S, T]
	environment Environment[T]
	ruled       Ruled[T]
	guarded     Guarded[S]
	fair        Fair[T]
}

func (k marked[S, T]) Init() []Marked[S] {
	var initial []Marked[S]
	for _, s := range k.model.Init() {
		initial = append(initial, Marked[S]{s, k.seen(&s)})
	}
	return initial
}

func (k marked[S, T]) Steps(s Marked[S], yield func(step T, next Marked[S])) {
	k.StepsInPlace(&s, func(step T, next *Marked[S]) { yield(step, *next) })
}

// StepsInPlace changes the mark together with the state, and puts it back, if the model works on the state that it is
// lent. Otherwise the next state is copied beside its mark.
func (k marked[S, T]) StepsInPlace(s *Marked[S], yield func(step T, next *Marked[S])) {
	before := s.Seen
	var other Marked[S]
	var copied S // outside of the callback, where it would be allocated at every step
	step := func(step T, next *S) {
		seen := before || k.seen(next)
		if next == &s.State {
			s.Seen = seen
			yield(step, s)
			s.Seen = before
			return
		}
		other.State, other.Seen = *next, seen
		yield(step, &other)
	}
	if k.inPlace != nil {
		k.inPlace.StepsInPlace(&s.State, step)
		return
	}
	k.model.Steps(s.State, func(t T, next S) {
		copied = next
		step(t, &copied)
	})
}

func (k marked[S, T]) Environment(step T) bool {
	return k.environment != nil && k.environment.Environment(step)
}

func (k marked[S, T]) Rules() []string {
	if k.ruled == nil {
		return nil
	}
	return k.ruled.Rules()
}

func (k marked[S, T]) Rule(step T) int {
	if k.ruled == nil {
		return -1
	}
	return k.ruled.Rule(step)
}

func (k marked[S, T]) Blocked(s *Marked[S], rule int, yield func(guard string)) {
	if k.guarded != nil {
		k.guarded.Blocked(&s.State, rule, yield)
	}
}

func (k marked[S, T]) Constraints() []string {
	if k.fair == nil {
		return nil
	}
	return k.fair.Constraints()
}

func (k marked[S, T]) Constraint(step T) int {
	if k.fair == nil {
		return -1
	}
	return k.fair.Constraint(step)
}

func (k marked[S, T]) Strong(constraint int) bool { return k.fair != nil && k.fair.Strong(constraint) }

// markedPacked packs the mark as one byte after the state.
type markedPacked[S, T comparable] struct {
	marked[S, T]
	packed Packed[S]
}

func (k markedPacked[S, T]) Width() int { return k.packed.Width() + 1 }

func (k markedPacked[S, T]) Pack(s *Marked[S], b []byte) {
	last := len(b) - 1
	k.packed.Pack(&s.State, b[:last])
	if s.Seen {
		b[last] = 1
	}
}

func (k markedPacked[S, T]) Unpack(b []byte, s *Marked[S]) {
	last := len(b) - 1
	k.packed.Unpack(b[:last], &s.State)
	s.Seen = b[last] == 1
}
