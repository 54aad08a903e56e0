package check

import (
	"fmt"
	"math/bits"
)

// cacheLines is the least room for what two workers write at every step, in bytes: a processor fetches lines of 64, often
// in pairs, and two workers that write to the same ones are no faster than one.
const cacheLines = 128

// notes are what a worker found out about a share of the states. Their memory is used again for later shares.
type notes struct {
	steps, atRest int64
	found         discoveries
	verdicts      []judgement
	coverage      []Coverage
	outline       outline
	err           error // of the model

	_ [cacheLines]byte
}

func (n *notes) reset(properties int, rules []string, words int) {
	if n.verdicts == nil {
		n.verdicts = make([]judgement, properties)
		n.coverage = newCoverage(rules)
	}
	n.steps, n.atRest, n.err = 0, 0, nil
	n.found.reset(words)
	clear(n.verdicts)
	n.outline.reset()
	for i := range n.coverage {
		n.coverage[i].Fired = 0
		n.coverage[i].Blocked = n.coverage[i].Blocked[:0]
	}
}

// discoveries are states that were not known when the batch began, some of them more than once.
type discoveries struct {
	words   int // of each packed state
	packed  []uint64
	hashes  []uint64
	parents []uint32
	strange []int    // those that have no place in the layout yet, as indices
	images  []uint64 // of the strange ones
}

func (d *discoveries) reset(words int) {
	d.words = words
	d.packed, d.hashes, d.parents = d.packed[:0], d.hashes[:0], d.parents[:0]
	d.strange, d.images = d.strange[:0], d.images[:0]
}

// explorer is a worker, with all the memory it needs, so that a step allocates nothing.
type explorer[S, T comparable] struct {
	*search[S, T]
	notes   *notes
	inPlace InPlace[S, T]
	stepped func(step T, next *S)
	copied  func(step T, next S)
	blocked func(guard string)

	number      int64    // of the state being explored
	state       S        // lent to the model, which may change it
	before      S        // a copy of it for properties about steps, and for symmetry
	image       []uint64 // of the state
	words       []uint64 // of a next state
	packed      []uint64
	hash        uint64
	stepsBefore int64 // steps of the states before it
	moves       bool  // the system has a step that changes the state
	rule        int   // being asked about

	parts     []part // of the codec
	spots     []spot // of the store
	bytesOnly bool   // of a next state nothing but its bytes in memory is needed

	buffer  []byte
	next    S // a copy, as a pointer to the argument of a callback costs an allocation a step unless it stays there
	waiting waiting[S]

	packedSteps packedSteps[T]
	scratch     S

	representative S // of the next state, with symmetry
	ample          *ample[S, T]

	_ [cacheLines]byte
}

// waiting are next states that are not looked up yet.
type waiting[S any] struct {
	lookup
	parents [lookupStates]uint32
	strange []int    // those that have no place in the layout
	images  []uint64 // of the strange ones
	states  []S      // themselves, if the model's packing has to be verified
}

func newExplorer[S, T comparable](s *search[S, T]) *explorer[S, T] {
	e := &explorer[S, T]{search: s, image: make([]uint64, len(s.codec.parts)), words: make([]uint64, len(s.codec.parts)), buffer: s.codec.buffer()}
	e.inPlace, _ = any(s.model).(InPlace[S, T])
	e.stepped = e.step
	e.copied = func(step T, next S) {
		if !e.bytesOnly {
			e.next = next
			e.step(step, &e.next)
			return
		}
		e.notes.steps++
		if e.differs(e.codec.bytes(&next)) {
			e.take(step, nil)
		}
	}
	e.parts, e.spots = s.codec.parts, s.store.spots
	e.bytesOnly = s.codec.direct() && !s.onStep && s.symmetric == nil
	e.blocked = func(guard string) { e.notes.coverage[e.rule].block(guard, 1) }
	if s.codec.packing != nil {
		e.waiting.states = make([]S, lookupStates)
	}
	if s.reduction != nil {
		e.ample = newAmple(s.model, s.reduction)
	} else if s.symmetric == nil { // a representative is found of a state, not of its packing
		e.usePackedSteps()
	}
	return e
}

// explore notes everything about the states from first up to end.
func (e *explorer[S, T]) explore(first, end int64, n *notes) {
	n.reset(len(e.properties), e.rules, e.store.words)
	e.notes = n
	defer e.rescue()
	e.waiting.reset(e.store.words)
	if len(e.packed) != e.store.words {
		e.packed = make([]uint64, e.store.words)
	}
	for e.number = first; e.number < end && n.err == nil; e.number++ {
		e.store.read(e.number, e.packed)
		e.hash = e.store.unpack(e.packed, e.image)
		if e.packedSteps.take == nil || len(e.properties)+len(e.watched) > 0 {
			e.codec.restore(e.image, e.buffer, &e.state)
		}
		if e.onStep || e.symmetric != nil {
			e.before = e.state
		}
		e.moves, e.stepsBefore = false, n.steps
		e.steps()
		e.judge()
		if e.symmetric != nil {
			e.sampleSymmetry()
		}
		if e.inTheEnd {
			e.notes.outline.end()
		}
	}
	e.flush()
}

// steps has the model take all steps out of the state.
func (e *explorer[S, T]) steps() {
	if e.packedSteps.take != nil {
		e.takePackedSteps()
		return
	}
	if e.ample != nil {
		e.takeAmpleSteps()
		return
	}
	if e.inPlace == nil {
		e.model.Steps(e.state, e.copied)
		return
	}
	e.inPlace.StepsInPlace(&e.state, e.stepped)
	if !e.isState(&e.state) {
		e.fail(fmt.Errorf("check: StepsInPlace did not put the state back; left %+v", e.state))
	}
}

// isState reports whether s is the state being explored.
func (e *explorer[S, T]) isState(s *S) bool {
	memory := e.codec.memory(s, e.buffer)
	for i, p := range e.parts {
		if p.load(memory) != e.image[i] {
			return false
		}
	}
	return true
}

func (e *explorer[S, T]) fail(err error) {
	if e.notes.err == nil {
		e.notes.err = err
	}
}

// step takes note of one step out of the state.
func (e *explorer[S, T]) step(step T, next *S) {
	e.notes.steps++
	if e.symmetric != nil {
		e.stepToClass(step, next)
		return
	}
	if e.differs(e.codec.memory(next, e.buffer)) {
		e.take(step, next)
	}
}

// differs reports whether the memory holds another state than the one being explored, and has that one wait. Only the bits
// that differ make a difference to the packed words and to the hash.
func (e *explorer[S, T]) differs(memory []byte) bool {
	row := e.begin()
	changed, strange := false, false
	for i, p := range e.parts {
		if diff := p.load(memory) ^ e.image[i]; diff != 0 {
			changed = true
			strange = e.flip(row, i, diff) || strange
		}
	}
	if strange {
		for i, p := range e.parts {
			e.words[i] = p.load(memory)
		}
		e.estrange(e.words)
	}
	e.shorten()
	return changed
}

// differsInWords does the same for an image.
func (e *explorer[S, T]) differsInWords(next []uint64) bool {
	row := e.begin()
	changed, strange := false, false
	for i, word := range e.image {
		if diff := next[i] ^ word; diff != 0 {
			changed = true
			strange = e.flip(row, i, diff) || strange
		}
	}
	if strange {
		e.estrange(next)
	}
	e.shorten()
	return changed
}

// shorten shortens the hash of the next state, for tests.
func (e *explorer[S, T]) shorten() {
	if e.store.short > 0 {
		*e.nextHash() = e.store.shortened(*e.nextHash())
	}
}

// begin has the state being explored wait, for the difference to be made.
func (e *explorer[S, T]) begin() (row []uint64) {
	w := &e.waiting
	row = w.row(w.lookup.states)
	if row[0] = e.packed[0]; len(row) > 1 {
		copy(row, e.packed)
	}
	*e.nextHash() = e.hash
	return row
}

// flip makes the difference in one word, and reports whether one of the bits has no place in the layout.
func (e *explorer[S, T]) flip(row []uint64, word int, diff uint64) (strange bool) {
	spots := (*[64]spot)(e.spots[word<<6:])
	hash := uint64(0)
	for ; diff != 0; diff &= diff - 1 {
		b := &spots[bits.TrailingZeros64(diff)&63]
		hash ^= b.key
		if b.place == noPlace {
			strange = true
			continue
		}
		row[b.place>>6] ^= 1 << (b.place & 63)
	}
	*e.nextHash() ^= hash
	return strange
}

// nextHash is the hash of the next state.
func (e *explorer[S, T]) nextHash() *uint64 {
	return &e.waiting.hashes[e.waiting.lookup.states&(lookupStates-1)]
}

// estrange notes that the next state has no place in the layout.
func (e *explorer[S, T]) estrange(image []uint64) {
	w := &e.waiting
	w.strange = append(w.strange, w.lookup.states)
	w.images = append(w.images, image...)
}

// take takes note of a step that changes the state, and keeps the next state waiting. A nil next is not asked for.
func (e *explorer[S, T]) take(step T, next *S) {
	if e.environment == nil || !e.environment.Environment(step) {
		e.moves = true
	}
	if e.ruled != nil {
		e.fire(step)
	}
	if e.onStep {
		e.judgeStep(next)
	}
	if e.inTheEnd {
		e.outline(step)
	}
	w := &e.waiting
	i := w.lookup.states & (lookupStates - 1)
	w.parents[i] = uint32(e.number)
	if w.states != nil {
		w.states[i] = *next
		if e.symmetric != nil {
			w.states[i] = e.representative
		}
	}
	w.lookup.states++
	if w.lookup.states == lookupStates {
		e.flush()
	}
}

// flush looks up the states that wait.
func (e *explorer[S, T]) flush() {
	w, found := &e.waiting, &e.notes.found
	w.find(e.store)
	strange, outlined := 0, len(e.notes.outline.targets)-w.lookup.states
	for i := range w.lookup.states {
		odd := strange < len(w.strange) && w.strange[strange] == i
		if odd {
			strange++
		} else if w.numbers[i] != 0 {
			if e.inTheEnd {
				e.notes.outline.targets[outlined+i] = w.numbers[i] - 1
			}
			continue
		}
		if w.states != nil && !e.codec.faithful(&w.states[i], e.buffer, &e.scratch) {
			e.fail(unfaithful(&w.states[i]))
			continue
		}
		if odd {
			n := len(e.parts)
			found.strange = append(found.strange, len(found.hashes))
			found.images = append(found.images, w.images[(strange-1)*n:strange*n]...)
		}
		if e.inTheEnd {
			e.notes.outline.pending = append(e.notes.outline.pending, uint32(outlined+i))
		}
		found.packed = append(found.packed, w.row(i)...)
		found.hashes = append(found.hashes, w.hashes[i])
		found.parents = append(found.parents, w.parents[i])
	}
	w.lookup.states, w.strange, w.images = 0, w.strange[:0], w.images[:0]
}

func (e *explorer[S, T]) outline(step T) {
	label := e.label(step)
	if label == wrongLabel {
		const wrong = "check: step %v is of constraint %d; expected -1 or an index into the %d constraints of the model"
		e.fail(fmt.Errorf(wrong, step, e.fair.Constraint(step), len(e.promises.names)))
	}
	e.notes.outline.step(label)
}

func (e *explorer[S, T]) fire(step T) {
	rule := e.ruled.Rule(step)
	if rule < 0 || rule >= len(e.rules) {
		e.fail(fmt.Errorf("check: step %v is of rule %d; expected an index into the %d rules of the model", step, rule, len(e.rules)))
		return
	}
	e.notes.coverage[rule].Fired++
}

// judge takes note of what the explored state says about the properties, and about the rules.
func (e *explorer[S, T]) judge() {
	if !e.moves {
		e.notes.atRest++
	}
	for i := range e.properties {
		p, j := &e.properties[i], &e.notes.verdicts[i]
		if p.Kind.InTheEnd() {
			if !e.verdicts[i].tested {
				p.meet(&e.state, j)
			}
			continue
		}
		if p.aboutSteps() || (p.AtRest && e.moves) || e.decided(i) {
			continue
		}
		p.judge(&e.state, e.number, j)
	}
	for _, e.rule = range e.watched {
		e.guarded.Blocked(&e.state, e.rule, e.blocked)
	}
}

func (e *explorer[S, T]) judgeStep(next *S) {
	for i := range e.properties {
		if p := &e.properties[i]; p.aboutSteps() && !e.decided(i) {
			p.judgeStep(&e.before, next, e.number, &e.notes.verdicts[i])
		}
	}
}

// decided reports whether a property needs no further look: an earlier state decides it.
func (e *explorer[S, T]) decided(i int) bool {
	return e.verdicts[i].decided || e.notes.verdicts[i].decided
}
