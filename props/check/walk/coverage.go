package walk

// mostCounted is how many different states a Coverage tells apart, at some 20 bytes each.
const mostCounted = 1 << 20

// Coverage counts what walks have reached. Its Note is a Visit function:
//
//	var coverage walk.Coverage
//	walk := walk.Walk{Visit: coverage.Note}
//
// It is for one goroutine, as rapid.Check is.
type Coverage struct {
	Walks, Steps int64
	Deepest      int     // steps of the longest walk
	Fired        []int64 // how often each rule fired, by its index; no longer than the last rule that did
	Full         bool    // States has stopped counting

	states map[uint64]struct{}
}

// Note counts one visit.
func (t *Coverage) Note(v Visit) {
	if v.Steps == 0 {
		t.Walks++
	} else {
		t.Steps++
	}
	t.Deepest = max(t.Deepest, v.Steps)
	t.fire(v.Rule)
	t.visit(v.State)
}

// States is the number of different states. They are told apart by 64 bits of hash, so it can be too low, by one in some
// million runs; and it goes no further than about a million.
func (t *Coverage) States() int { return len(t.states) }

// HasFired reports whether the rule of that index fired in a walk.
func (t *Coverage) HasFired(rule int) bool { return rule < len(t.Fired) && t.Fired[rule] > 0 }

func (t *Coverage) fire(rule int) {
	if rule < 0 {
		return
	}
	for len(t.Fired) <= rule {
		t.Fired = append(t.Fired, 0)
	}
	t.Fired[rule]++
}

func (t *Coverage) visit(state uint64) {
	if _, known := t.states[state]; known {
		return
	}
	if len(t.states) == mostCounted {
		t.Full = true
		return
	}
	if t.states == nil {
		t.states = make(map[uint64]struct{})
	}
	t.states[state] = struct{}{}
}
