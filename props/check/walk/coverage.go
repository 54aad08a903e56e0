package walk

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
)

// mostCounted is how many different states a Coverage tells apart, at some 20 bytes each.
const mostCounted = 1 << 20

// Coverage counts what walks have reached. Its Note is a Visit function:
//
//	var coverage walk.Coverage
//	walk := walk.Walk{Visit: coverage.Note}
//
// It is for one goroutine, as rapid.Check is. Its JSON has all that Merge needs, also that of another process.
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

// Merge adds what other walks of the same model have reached. It comes to the same as if they all had been noted here.
func (t *Coverage) Merge(other *Coverage) {
	t.Walks += other.Walks
	t.Steps += other.Steps
	t.Deepest = max(t.Deepest, other.Deepest)
	for rule, times := range other.Fired {
		if rule == len(t.Fired) {
			t.Fired = append(t.Fired, 0)
		}
		t.Fired[rule] += times
	}
	t.Full = t.Full || other.Full
	for state := range other.states {
		t.visit(state)
	}
}

// coverageObject is the JSON of a Coverage.
type coverageObject struct {
	Walks   int64   `json:"walks"`
	Steps   int64   `json:"steps"`
	Deepest int     `json:"deepest"`
	Fired   []int64 `json:"fired"`
	Full    bool    `json:"more_states"`
	States  []byte  `json:"states"` // eight bytes each, in ascending order
}

// MarshalJSON writes the counts, and the hashes of the states.
func (t *Coverage) MarshalJSON() ([]byte, error) {
	var states []uint64
	for state := range t.states {
		states = append(states, state)
	}
	slices.Sort(states)
	o := coverageObject{t.Walks, t.Steps, t.Deepest, append([]int64{}, t.Fired...), t.Full, make([]byte, 0, 8*len(states))}
	for _, state := range states {
		o.States = binary.BigEndian.AppendUint64(o.States, state)
	}
	return json.Marshal(o)
}

// UnmarshalJSON reads what MarshalJSON writes, and nothing else.
func (t *Coverage) UnmarshalJSON(text []byte) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	var o coverageObject
	if err := dec.Decode(&o); err != nil {
		return err
	}
	if len(o.States)%8 != 0 {
		return fmt.Errorf("walk: expected eight bytes for each state, found %d bytes", len(o.States))
	}
	*t = Coverage{Walks: o.Walks, Steps: o.Steps, Deepest: o.Deepest, Fired: o.Fired}
	for i := 0; i < len(o.States); i += 8 {
		t.visit(binary.BigEndian.Uint64(o.States[i:]))
	}
	t.Full = t.Full || o.Full
	return nil
}
