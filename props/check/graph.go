package check

// graph holds the steps between the states of a search, for liveness properties. Stutters are not
// in it. The steps of a state stand together, in the order in which the model gives them.
type graph struct {
	ends    []uint64 // where the steps of each state end; they begin where those of the state before end
	targets []uint32
	labels  []uint16 // of the promises that the step is of
	marks   []byte   // what conditions say of each state, a bit a column
	stride  int      // bytes of marks for a state
}

// edges are the steps out of a state.
func (g *graph) edges(state uint32) (targets []uint32, labels []uint16) {
	begin := uint64(0)
	if state > 0 {
		begin = g.ends[state-1]
	}
	return g.targets[begin:g.ends[state]], g.labels[begin:g.ends[state]]
}

// append adds the states of a share, in their order.
func (g *graph) append(n *outline) {
	g.ends, g.targets, g.labels = enlarged(g.ends, n.ends), enlarged(g.targets, n.targets), enlarged(g.labels, n.labels)
	base := uint64(len(g.targets))
	for _, end := range n.ends {
		g.ends = append(g.ends, base+uint64(end))
	}
	g.targets = append(g.targets, n.targets...)
	g.labels = append(g.labels, n.labels...)
	g.marks, g.stride = append(enlarged(g.marks, n.marks), n.marks...), n.stride
}

func (g *graph) memory() int64 {
	return int64(cap(g.ends))*8 + int64(cap(g.targets))*4 + int64(cap(g.labels))*2 + int64(cap(g.marks))
}

// growth is the memory that it takes to append a share: while a slice is copied to a larger one, there are both.
func (g *graph) growth(n *outline) int64 {
	return grown(g.ends, n.ends)*8 + grown(g.targets, n.targets)*4 + grown(g.labels, n.labels)*2 + grown(g.marks, n.marks)
}

// grown is the capacity of the larger slice that have needs to take more, or 0 if it needs none.
func grown[E, F any](have []E, more []F) int64 {
	if len(have)+len(more) <= cap(have) {
		return 0
	}
	return int64(len(have)+len(more)) * 5 / 4
}

// enlarged is have with room for more. It is made by hand, as append does not say beforehand how much it takes.
func enlarged[E, F any](have []E, more []F) []E {
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

// step notes a step, whose target is filled in when it was looked up.
func (o *outline) step(label uint16) {
	o.targets = append(o.targets, 0)
	o.labels = append(o.labels, label)
}

// end notes that all steps of a state are noted.
func (o *outline) end() { o.ends = append(o.ends, uint32(len(o.targets))) }
