package check

import (
	"fmt"
	"math/bits"
	"slices"
)

const (
	// memoWords and memoBits bound what the claims of a group observe together: with more, the same values are met too seldom.
	memoWords, memoBits = 4, 96
	// A group begins with slots for few answers, as most searches are small, and has for 2 to the power of memoMostBits at
	// the most: some megabytes, unless MaxMemory leaves less. An answer that needs the slot of another takes it.
	memoFirstBits, memoMostBits = 4, 14
	memoSlotBytes               = 128 // about what a slot takes
	// memoProperties is how many properties there can be: an answer has a bit for each.
	memoProperties = 64
)

// memo remembers what claims say of the values that they observe. It is for claims that say which variables these are, in a
// model whose variables are bits of the encoded state: different states agree in most of them. So claims are evaluated once
// for each value of what they observe, claims that observe much the same share a look-up, and a state need not be decoded.
//
// What is declared is not trusted: in the states that are inspected, all claims are evaluated.
type memo[S any, T comparable] struct {
	explorer *explorer[S, T]
	search   *search[S, T]
	states   []*memoGroup[values]
	steps    []*memoGroup[memoStep[T]]
	most     int // there are at most 1<<most slots in a group
	// covered are the properties about states whose claims are remembered, and coveredSteps those about steps. The other
	// claims are evaluated in each state.
	covered, coveredSteps uint64
	allSteps              bool   // there is no other claim about steps
	columns               []bool // which columns are remembered
	marks                 []uint64
}

// values are what a group observes of a state.
type values [memoWords]uint64

// memoStep is a step and the values before and after it.
type memoStep[T comparable] struct {
	step          T
	before, after values
}

// memoGroup is claims that observe much the same.
type memoGroup[K comparable] struct {
	words   []int // of an image
	masks   values
	changes values // what steps have to change to be judged
	members []member
	tested  bool // each property of the members has met its condition before this batch
	slots   []memoSlot[K]
	bits    int // there are 1<<bits slots
	filled  int
}

type memoSlot[K comparable] struct {
	key   K
	known bool
	answer
}

// member is a case of a property, or a column.
type member struct{ property, instance, column int }

// answer is what the claims of a group say, by property.
type answer struct {
	tested, decided uint64
	marks           []uint64 // the columns that are true; nil is none
}

func newMemo[S any, T comparable](e *explorer[S, T]) *memo[S, T] {
	m := &memo[S, T]{explorer: e, search: e.search, columns: make([]bool, len(e.search.columns)), marks: make([]uint64, (len(e.search.columns)+63)/64)}
	if e.search.Independence == nil || !e.search.Independence.Bits || len(e.search.properties) > memoProperties {
		return m
	}
	m.allSteps = true
	for i := range e.search.properties {
		p := &e.search.properties[i]
		if !p.observes() || p.atRest { // a claim about states at rest need not make sense in others
			m.allSteps = m.allSteps && !p.aboutSteps()
			continue
		}
		switch bit := uint64(1) << i; {
		case p.aboutSteps():
			m.coveredSteps |= bit
		case !p.kind.Liveness():
			m.covered |= bit
		}
		for instance := range p.cases {
			m.cover(i, instance)
		}
	}
	m.most = memoMostBits
	if e.search.opt.MaxMemory > 0 {
		slots := e.search.hand / memoPart / int64(e.search.opt.workers()*(len(m.states)+len(m.steps))+1) / memoSlotBytes
		m.most = max(memoFirstBits, min(memoMostBits, bits.Len64(uint64(slots))-1))
	}
	return m
}

// observes reports whether each case of the property says what it observes, and for steps what these change, and whether
// that is little enough.
func (p *Property[S]) observes() bool {
	for i := range p.cases {
		c := &p.cases[i]
		words := map[int]bool{}
		for _, bit := range slices.Concat(c.reads, c.changes) {
			words[bit>>6] = true
		}
		if !c.observed || c.reads == nil || p.aboutSteps() && c.changes == nil || len(words) > memoWords {
			return false
		}
	}
	return true
}

// cover adds a case of a property to a group.
func (m *memo[S, T]) cover(property, instance int) {
	p := &m.search.properties[property]
	c := &p.cases[instance]
	if p.aboutSteps() {
		g := join(&m.steps, len(m.search.codec.parts), c.reads, c.changes)
		g.members = append(g.members, member{property, instance, none})
		return
	}
	g := join(&m.states, len(m.search.codec.parts), c.reads, nil)
	if !p.kind.Liveness() {
		g.members = append(g.members, member{property, instance, none})
		return
	}
	from, to := m.search.columnsOfCase(property, instance)
	for _, column := range []int{from, to} {
		if column != cutColumn {
			m.columns[column] = true
			g.members = append(g.members, member{property, instance, column})
		}
	}
}

// join returns the group with which the variables have most in common, or a new one.
func join[K comparable](groups *[]*memoGroup[K], words int, reads, changes []int) *memoGroup[K] {
	mask, change := make([]uint64, words), make([]uint64, words)
	for _, bit := range reads {
		mask[bit>>6] |= 1 << (bit & 63)
	}
	for _, bit := range changes {
		mask[bit>>6] |= 1 << (bit & 63)
		change[bit>>6] |= 1 << (bit & 63)
	}
	var best *memoGroup[K]
	most := 0
	for _, g := range *groups {
		if common, fits := g.common(mask); fits && common > most {
			best, most = g, common
		}
	}
	if best == nil {
		best = &memoGroup[K]{bits: memoFirstBits, slots: make([]memoSlot[K], 1<<memoFirstBits)}
		*groups = append(*groups, best)
	}
	best.add(mask, change)
	return best
}

// common counts the bits that the group has in common with a mask, and tells whether it has room for the others.
func (g *memoGroup[K]) common(mask []uint64) (common int, fits bool) {
	all, words := 0, len(g.words)
	for w, bitsOfWord := range mask {
		at := g.at(w)
		switch {
		case at >= 0:
			common += bits.OnesCount64(bitsOfWord & g.masks[at])
			all += bits.OnesCount64(bitsOfWord | g.masks[at])
		case bitsOfWord != 0:
			words++
			all += bits.OnesCount64(bitsOfWord)
		}
	}
	return common, words <= memoWords && all <= memoBits
}

func (g *memoGroup[K]) at(word int) int {
	for i, w := range g.words {
		if w == word {
			return i
		}
	}
	return -1
}

func (g *memoGroup[K]) add(mask, change []uint64) {
	for w, bitsOfWord := range mask {
		if bitsOfWord == 0 {
			continue
		}
		at := g.at(w)
		if at < 0 {
			at = len(g.words)
			g.words = append(g.words, w)
		}
		g.masks[at] |= bitsOfWord
		g.changes[at] |= change[w]
	}
}

// values are what the group observes of an image.
func (g *memoGroup[K]) values(image []uint64) (v values) {
	for i, w := range g.words {
		v[i] = image[w] & g.masks[i]
	}
	return v
}

// hash spreads the values over the slots. Their number is small, and so may be the quality.
func (v *values) hash() uint64 {
	h := v[0]*0x9e3779b97f4a7c15 ^ bits.RotateLeft64(v[1]*0xd6e8feb86659fd93, 17) ^ bits.RotateLeft64(v[2]*0xa0761d6478bd642f, 31) ^ v[3]*0xe7037ed1a0b428db
	return h ^ h>>32
}

// slot is where the answer for a key is, if it is known.
func (g *memoGroup[K]) slot(hash uint64) *memoSlot[K] {
	return &g.slots[hash*0x9e3779b97f4a7c15>>(64-g.bits)]
}

// keep remembers an answer, and makes room for more if most slots are taken: what they had is found out again.
func (g *memoGroup[K]) keep(slot *memoSlot[K], key K, a answer, most int) {
	if !slot.known {
		g.filled++
	}
	*slot = memoSlot[K]{key, true, a}
	if g.filled > len(g.slots)/2 && g.bits+2 <= most {
		g.bits, g.filled = g.bits+2, 0
		g.slots = make([]memoSlot[K], 1<<g.bits)
	}
}

// judge takes note of what the remembered claims say of the state being expanded.
func (m *memo[S, T]) judge() {
	clear(m.marks)
	var tested, decided uint64
	inspected := m.explorer.inspector.due(m.explorer.number)
	for _, g := range m.states {
		key := g.values(m.explorer.image)
		slot := g.slot(key.hash())
		if known := slot.known && slot.key == key; !known || inspected {
			fresh := m.ask(g.members, func(p *Property[S], instance int, j *judgement) { p.judgeCase(&m.explorer.state, instance, j) })
			if known && !fresh.equal(slot.answer) {
				m.explorer.fail(m.unobserved(slot.answer, fresh))
			}
			g.keep(slot, key, fresh, m.most)
		}
		tested, decided = tested|slot.tested, decided|slot.decided
		for i, word := range slot.marks {
			m.marks[i] |= word
		}
	}
	m.apply(tested, decided, func(p *Property[S], j *judgement) { p.judge(&m.explorer.state, m.explorer.number, j) })
}

// judgeStep does so for a step that leads to another image.
func (m *memo[S, T]) judgeStep(step T, next []uint64) {
	var tested, decided uint64
	decoded := false
	decode := func() {
		if !decoded {
			m.search.codec.restore(next, m.explorer.scratch, &m.explorer.next)
			decoded = true
		}
	}
	inspected := m.explorer.inspector.due(m.explorer.number)
	for _, g := range m.steps {
		if !inspected && !m.changes(g, next) && m.allTested(g) {
			continue
		}
		key := memoStep[T]{step, g.values(m.explorer.image), g.values(next)}
		slot := g.slot(key.before.hash() ^ bits.RotateLeft64(key.after.hash(), 21))
		if known := slot.known && slot.key == key; !known || inspected {
			decode()
			fresh := m.ask(g.members, func(p *Property[S], instance int, j *judgement) {
				if p.judgeStepCase(&m.explorer.state, &m.explorer.next, instance, j); inspected && !m.explorer.isImage(&m.explorer.next, next) {
					m.explorer.fail(changes(p, &m.explorer.next))
				}
			})
			if known && !fresh.equal(slot.answer) || fresh.decided != 0 && !m.changes(g, next) {
				m.explorer.fail(m.unobserved(slot.answer, fresh))
			}
			g.keep(slot, key, fresh, m.most)
		}
		tested, decided = tested|slot.tested, decided|slot.decided
	}
	m.apply(tested, decided, func(p *Property[S], j *judgement) {
		decode()
		p.judgeStep(&m.explorer.state, &m.explorer.next, m.explorer.number, j)
	})
}

func (m *memo[S, T]) changes(g *memoGroup[memoStep[T]], next []uint64) bool {
	for i, w := range g.words {
		if (m.explorer.image[w]^next[w])&g.changes[i] != 0 {
			return true
		}
	}
	return false
}

// allTested reports whether each property of a group has met its condition before this batch.
func (m *memo[S, T]) allTested(g *memoGroup[memoStep[T]]) bool {
	if !g.tested {
		g.tested = !slices.ContainsFunc(g.members, func(one member) bool { return !m.search.verdicts[one.property].tested })
	}
	return g.tested
}

// ask evaluates the claims of a group.
func (m *memo[S, T]) ask(members []member, judge func(p *Property[S], instance int, j *judgement)) answer {
	var a answer
	m.explorer.asked = true
	for _, one := range members {
		m.explorer.judging = one.property
		if one.column != none {
			column := &m.search.columns[one.column]
			is := column.of(&m.explorer.state)
			if is {
				if a.marks == nil {
					a.marks = make([]uint64, len(m.marks))
				}
				a.marks[one.column>>6] |= 1 << (one.column & 63)
			}
			if column.tests(is) {
				a.tested |= 1 << one.property
			}
			continue
		}
		var j judgement
		judge(&m.search.properties[one.property], one.instance, &j)
		if j.tested {
			a.tested |= 1 << one.property
		}
		if j.decided {
			a.decided |= 1 << one.property
		}
	}
	m.explorer.judging = none
	return a
}

// apply takes note of which properties are tested and decided. One that is decided for the first time is judged again, to
// find out in which case.
func (m *memo[S, T]) apply(tested, decided uint64, judge func(p *Property[S], j *judgement)) {
	for ; tested != 0; tested &= tested - 1 {
		m.explorer.notes.verdicts[bits.TrailingZeros64(tested)].tested = true
	}
	for ; decided != 0; decided &= decided - 1 {
		if i := bits.TrailingZeros64(decided); !m.explorer.decidedAlready(i) {
			m.explorer.judging = i
			judge(&m.search.properties[i], &m.explorer.notes.verdicts[i])
			m.explorer.judging = none
		}
	}
}

func (a answer) equal(b answer) bool {
	if a.tested != b.tested || a.decided != b.decided {
		return false
	}
	for i := range max(len(a.marks), len(b.marks)) {
		var x, y uint64
		if a.marks != nil {
			x = a.marks[i]
		}
		if b.marks != nil {
			y = b.marks[i]
		}
		if x != y {
			return false
		}
	}
	return true
}

// unobserved is the error for a property that says of the same values now this and now that.
func (m *memo[S, T]) unobserved(a, fresh answer) error {
	differ := a.tested ^ fresh.tested | a.decided ^ fresh.decided
	name := "a liveness property"
	if differ != 0 {
		name = fmt.Sprintf("%q", m.search.properties[bits.TrailingZeros64(differ)].name)
	}
	return fmt.Errorf("check: %s does not say all that it observes: it says something else of the same values, or of a step that changes none of its variables, in %+v", name, m.explorer.state)
}
