package check

// column is a condition of a liveness property, which is evaluated once for each state, while the state is at hand. What it
// says of all states is a column of bits in the marks of the graph.
type column[S any] struct {
	property int
	of       func(s *S) bool
	asks     bool // it says whether the state tests the property
	always   bool // and that it does in any case
}

// tests reports whether the state of which the column says this tests the property.
func (c *column[S]) tests(is bool) bool { return c.asks && (is || c.always) }

// cutColumn is the column of the states that the constraint cuts.
const cutColumn = 0

// columnsOf lists the conditions: for each case of a liveness property, where it leads from, if it does, and where to.
func columnsOf[S any](properties []Property[S]) []column[S] {
	columns := make([]column[S], 1)
	for i := range properties {
		if !properties[i].kind.Liveness() {
			continue
		}
		for _, c := range properties[i].cases {
			if c.when != nil {
				columns = append(columns, column[S]{property: i, of: c.when, asks: true})
			}
			columns = append(columns, column[S]{property: i, of: c.holds, asks: c.when == nil, always: c.when == nil})
		}
	}
	return columns
}

// columnsOfCase are the columns of a case of a property. The first is 0 if it leads from nowhere.
func (s *search[S, T]) columnsOfCase(property, instance int) (from, to int) {
	at := 1
	for s.columns[at].property != property {
		at++
	}
	for _, c := range s.properties[property].cases[:instance] {
		if at++; c.when != nil {
			at++
		}
	}
	if s.properties[property].cases[instance].when != nil {
		return at, at + 1
	}
	return 0, at
}

// markColumns evaluates the conditions in the state being expanded.
func (e *explorer[S, T]) markColumns(cut bool) {
	o := &e.notes.outline
	o.stride = (len(e.search.columns) + 7) / 8
	first := len(o.marks)
	for i := range o.stride {
		o.marks = append(o.marks, byte(e.memo.marks[i>>3]>>(8*(i&7))))
	}
	mark := func(i int) { o.marks[first+i>>3] |= 1 << (i & 7) }
	if cut {
		mark(cutColumn)
	}
	for i := 1; i < len(e.search.columns); i++ {
		c := &e.search.columns[i]
		if e.memo.columns[i] {
			continue
		}
		e.judging, e.asked = c.property, true
		is := c.of(&e.state)
		if is {
			mark(i)
		}
		if c.tests(is) {
			e.notes.verdicts[c.property].tested = true
		}
	}
	e.judging = none
}

// marked is what a condition says of a state.
func (g *graph) marked(state uint32, column int) bool {
	at := int(state&(sectionStates-1))*g.stride + column>>3
	return g.sections[state>>sectionBits].marks[at]>>(column&7)&1 != 0
}
