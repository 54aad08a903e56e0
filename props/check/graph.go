package check

import (
	"math"
	"slices"
)

const (
	// sectionStates is how many states have their steps in one section: enough for the sections to be few, and few enough for
	// the one that grows to be small.
	sectionBits   = 12
	sectionStates = 1 << sectionBits
)

// graph holds the steps between the states of a search, for liveness properties. Stutters are not
// in it. The steps of a state stand together, in the order in which the model gives them.
type graph struct {
	sections []section // the last one has room for more
	states   int
	complete int64 // bytes of the sections but the last
	stride   int   // bytes of marks for a state
}

// section is the graph of some states in a row.
type section struct {
	ends    []uint32 // where the steps of each state end; they begin where those of the state before end
	targets []uint32
	labels  []uint16 // of the promises that the step is of
	marks   []byte   // what conditions say of each state, a bit a column
}

// edges are the steps out of a state.
func (g *graph) edges(state uint32) (targets []uint32, labels []uint16) {
	s, i := &g.sections[state>>sectionBits], state&(sectionStates-1)
	begin, end := uint32(0), s.ends[i]
	if i > 0 {
		begin = s.ends[i-1]
	}
	return s.targets[begin:end], s.labels[begin:end]
}

// append adds the states of a share, in their order.
func (g *graph) append(o *outline) {
	g.stride = o.stride
	begin := uint32(0)
	for at := 0; at < len(o.ends); {
		s := g.growing()
		n := min(sectionStates-len(s.ends), len(o.ends)-at)
		end, base := o.ends[at+n-1], len(s.targets)
		s.add(o.ends[at:at+n], o.targets[begin:end], o.labels[begin:end], o.marks[at*g.stride:(at+n)*g.stride])
		if len(s.targets) > math.MaxUint32 {
			panic("more than 4 billion steps lead out of 4,096 states: expected fewer")
		}
		for i := range s.ends[len(s.ends)-n:] {
			s.ends[len(s.ends)-n+i] += uint32(base) - begin
		}
		at, begin, g.states = at+n, end, g.states+n
	}
}

func (s *section) add(ends, targets []uint32, labels []uint16, marks []byte) {
	s.ends = append(enlarged(s.ends, ends), ends...)
	s.targets = append(enlarged(s.targets, targets), targets...)
	s.labels = append(enlarged(s.labels, labels), labels...)
	s.marks = append(enlarged(s.marks, marks), marks...)
}

// growing is the section that has room for another state. A full one is cut to its size, and leaves its room to the next.
func (g *graph) growing() *section {
	if g.states%sectionStates > 0 {
		return &g.sections[len(g.sections)-1]
	}
	var next section
	if last := len(g.sections) - 1; last >= 0 {
		s := &g.sections[last]
		next = section{s.ends[:0], s.targets[:0], s.labels[:0], s.marks[:0]}
		*s = section{slices.Clone(s.ends), slices.Clone(s.targets), slices.Clone(s.labels), slices.Clone(s.marks)}
		g.complete += s.bytes()
	}
	g.sections = append(g.sections, next)
	return &g.sections[len(g.sections)-1]
}

func (s *section) bytes() int64 {
	return int64(cap(s.ends)+cap(s.targets))*4 + int64(cap(s.labels))*2 + int64(cap(s.marks))
}

func (g *graph) memory() int64 {
	if len(g.sections) == 0 {
		return 0
	}
	return g.complete + g.sections[len(g.sections)-1].bytes()
}

// room is the most memory that it takes to append a share: while the section that grows is moved to where it has more room,
// or cut to its size, there are both.
func (g *graph) room(o *outline) int64 {
	var s section
	if len(g.sections) > 0 {
		s = g.sections[len(g.sections)-1]
	}
	room := grown(s.ends, o.ends)*4 + grown(s.targets, o.targets)*4 + grown(s.labels, o.labels)*2 + grown(s.marks, o.marks)
	if len(s.ends)+len(o.ends) > sectionStates {
		room += s.bytes() + o.bytes()
	}
	return room
}

// grown is the capacity of the larger slice that have needs to take more, or 0 if it needs none.
func grown[E any](have, more []E) int64 {
	if len(have)+len(more) <= cap(have) {
		return 0
	}
	return int64(len(have)+len(more)) * 5 / 4
}

// enlarged is have with room for more. It is made by hand, as append does not say beforehand how much it takes.
func enlarged[E any](have, more []E) []E {
	if size := grown(have, more); size > 0 {
		return append(make([]E, 0, size), have...)
	}
	return have
}

// outline is the graph of a share, while its new states have no numbers yet.
type outline struct {
	ends    []uint32
	targets []uint32
	labels  []uint16
	pending []uint32 // which targets are the states in notes.found, in their order
	marks   []byte
	stride  int
}

func (o *outline) reset() {
	o.ends, o.targets, o.labels, o.pending = o.ends[:0], o.targets[:0], o.labels[:0], o.pending[:0]
	o.marks = o.marks[:0]
}

// bytes is what it takes.
func (o *outline) bytes() int64 {
	return int64(len(o.ends)+len(o.targets)+len(o.pending))*4 + int64(len(o.labels))*2 + int64(len(o.marks))
}

// step notes a step, whose target is filled in when it was looked up.
func (o *outline) step(label uint16) {
	o.targets = append(o.targets, 0)
	o.labels = append(o.labels, label)
}

// complete fills in the target of a step that led to a find.
func (o *outline) complete(find int, number uint32) { o.targets[o.pending[find]] = number }

// end notes that all steps of a state are noted.
func (o *outline) end() { o.ends = append(o.ends, uint32(len(o.targets))) }
