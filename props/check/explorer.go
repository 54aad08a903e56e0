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
	steps, atRest, cut int64
	found              discoveries
	verdicts           []judgement
	coverage           []Coverage
	outline            outline
	err                error // of the model
	outgrown           bool  // the finds took more than the quota: they are incomplete

	_ [cacheLines]byte
}

// outgrown is what is thrown to leave a share whose finds take too much.
type outgrown struct{}

func (n *notes) reset(properties int, rules []string, words int) {
	if n.verdicts == nil {
		n.verdicts = make([]judgement, properties)
		n.coverage = newCoverage(rules)
	}
	n.steps, n.atRest, n.cut, n.err, n.outgrown = 0, 0, 0, nil, false
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
	varying int      // bytes of their parts of varying length
}

func (d *discoveries) reset(words int) {
	d.words, d.varying = words, 0
	d.packed, d.hashes, d.parents = d.packed[:0], d.hashes[:0], d.parents[:0]
	d.strange, d.images = d.strange[:0], d.images[:0]
}

// bytes is what they take.
func (d *discoveries) bytes() int {
	return d.varying + wordBytes*(len(d.packed)+len(d.hashes)+len(d.images)) + parentBytes*len(d.parents)
}

// explorer is a worker, with all the memory it needs, so that a step allocates nothing.
type explorer[S any, T comparable] struct {
	*search[S, T]
	notes   *notes
	alone   bool // no other worker is at work, and the store may change
	stepped func(step T, next *S)
	copied  func(step T, next S)
	blocked func(guard string)
	keeps   func(promise int)

	number      int64    // of the state being expanded
	state       S        // given to the model, which may change it
	before      S        // a copy of it, for what looks at it while the model takes steps
	image       []uint64 // of the state
	words       []uint64 // of a next state
	packed      []uint64
	hash        uint64
	stepsBefore int64 // steps of the states before it
	moves       bool  // the system has a step that changes the state
	asked       bool  // somebody was given the state, and may have changed it
	rule        int   // being asked about
	judging     int   // the property being asked, or none
	promised    []int // of a step
	verified    *S    // the state whose encoding is being verified

	environment   func(step T) bool // of the model, near at hand
	rules, varies bool              // there are rules; states have varying lengths

	parts     []part // of the codec
	spots     []spot // of the store
	bytesOnly bool   // of a next state nothing but its bytes in memory is needed
	scratch   *scratch
	next      S // a copy, as a pointer to the argument of a callback costs an allocation a step unless it stays there
	waiting   waiting[S]

	packedSteps packedSteps[T]
	memo        *memo[S, T] // of what claims say of what they observe

	decoded        S
	representative S // of the next state, with symmetry
	stubborn       *stubborn[S, T]
	inspector      *inspector[S, T]

	_ [cacheLines]byte
}

// none is the property that is asked where none is.
const none = -1

// waiting are next states that are not looked up yet.
type waiting[S any] struct {
	lookup
	parents [lookupStates]uint32
	lengths [lookupStates]int // of their parts of varying length
	strange []int             // those that have no place in the layout
	images  []uint64          // of the strange ones
	states  []S               // themselves, if the model's encoding has to be verified
}

func newExplorer[S any, T comparable](s *search[S, T]) *explorer[S, T] {
	e := &explorer[S, T]{search: s, image: make([]uint64, len(s.codec.parts)), words: make([]uint64, len(s.codec.parts)), scratch: s.codec.scratch(), judging: none}
	e.stepped = e.step
	e.copied = func(step T, next S) {
		if !e.bytesOnly {
			e.next = next
			e.step(step, &e.next)
			return
		}
		e.count()
		if e.differs(bytesOf(&next)) {
			e.take(step, nil)
		}
	}
	e.parts, e.spots = s.codec.parts, s.store.spots
	e.environment, e.rules, e.varies = s.Environment, len(s.Rules) > 0, s.codec.varies()
	e.bytesOnly = s.codec.inPlace && !s.onStep && !s.opt.Symmetry
	e.blocked = func(guard string) { e.notes.coverage[e.rule].block(guard, 1) }
	e.keeps = func(promise int) { e.promised = append(e.promised, promise) }
	if s.codec.own != nil {
		e.waiting.states = make([]S, lookupStates)
	}
	e.memo = newMemo(e)
	e.inspector = newInspector(e)
	if s.reduction != nil {
		e.stubborn = newStubborn(s.machine, s.reduction)
	} else if !s.opt.Symmetry { // a representative is found of a state, not of its encoding
		e.usePackedSteps()
	}
	return e
}

// explore notes everything about the states from first up to end.
func (e *explorer[S, T]) explore(first, end int64, n *notes) {
	n.reset(len(e.properties), e.Rules, e.store.words)
	e.notes, e.verified, e.judging = n, nil, none
	defer e.rescue()
	e.waiting.reset(e.store.words)
	if len(e.packed) != e.store.words {
		e.packed = make([]uint64, e.store.words)
	}
	for e.number = first; e.number < end && n.err == nil; e.number++ {
		e.expand()
	}
	e.flush()
}

// exploreAlone does so while nobody else works, and stores what it finds as it comes.
func (e *explorer[S, T]) exploreAlone(first, end int64, n *notes) {
	e.alone = true
	defer func() { e.alone = false }()
	e.explore(first, end, n)
}

// expand takes the steps out of a state, and judges it.
func (e *explorer[S, T]) expand() {
	e.store.read(e.number, e.packed)
	e.hash = e.store.unpack(e.packed, e.image)
	if e.packedSteps.take == nil || len(e.properties)+len(e.watched) > 0 || e.Constraint != nil {
		e.codec.restore(e.image, e.scratch, &e.state)
	}
	e.moves, e.stepsBefore, e.asked = false, e.notes.steps, e.packedSteps.take == nil
	if e.Constraint != nil && !e.Constraint(&e.state) {
		e.notes.cut++
		e.judge(true)
		e.note(true)
		return
	}
	if e.StepsInPlace != nil || e.opt.Symmetry {
		e.codec.clone(&e.state, &e.before, e.scratch)
	}
	if e.inspector.due(e.number) {
		e.inspector.inspect()
	}
	e.steps()
	e.judge(false)
	if e.opt.Symmetry {
		e.sampleSymmetry()
	}
	e.note(false)
	if e.asked && !e.isState(&e.state) || e.old() != &e.state && !e.isState(e.old()) {
		e.fail(e.inspector.blame())
	}
}

// note ends what the graph has of the state.
func (e *explorer[S, T]) note(cut bool) {
	if e.liveness {
		e.markColumns(cut)
		e.notes.outline.end()
	}
}

// steps has the model take all steps out of the state.
func (e *explorer[S, T]) steps() {
	switch {
	case e.packedSteps.take != nil:
		e.takePackedSteps()
	case e.stubborn != nil:
		e.takeStubbornSteps()
	case e.StepsInPlace == nil:
		e.Steps(e.state, e.copied)
	default:
		e.StepsInPlace(&e.state, e.stepped)
	}
}

// old is the state being expanded, as it is while the model takes a step.
func (e *explorer[S, T]) old() *S {
	if e.StepsInPlace != nil && e.packedSteps.take == nil || e.opt.Symmetry {
		return &e.before
	}
	return &e.state
}

// isState reports whether s is the state being expanded.
func (e *explorer[S, T]) isState(s *S) bool { return e.isImage(s, e.image) }

// isImage reports whether s is the state of an image.
func (e *explorer[S, T]) isImage(s *S, image []uint64) bool {
	record := e.codec.record(s, e.scratch)
	for i, p := range e.parts {
		if p.load(record) != image[i] {
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

// count counts a step, and looks at the context now and then: one state may have millions of steps.
func (e *explorer[S, T]) count() {
	if e.notes.steps++; e.notes.steps&(pollEvery-1) == 0 {
		if err := e.ctx.Err(); err != nil {
			panic(abandoned{err})
		}
	}
}

// step takes note of one step out of the state.
func (e *explorer[S, T]) step(step T, next *S) {
	e.count()
	if e.opt.Symmetry {
		e.stepToClass(step, next)
		return
	}
	if e.differs(e.codec.record(next, e.scratch)) {
		e.take(step, next)
	}
}

// differs reports whether the record is of another state than the one being expanded, and has that one wait. Only the bits
// that differ make a difference to the packed words and to the hash.
func (e *explorer[S, T]) differs(record []byte) bool {
	row := e.begin()
	changed, strange := false, false
	for i, p := range e.parts {
		if diff := p.load(record) ^ e.image[i]; diff != 0 {
			changed = true
			strange = e.flip(row, i, diff) || strange
		}
	}
	if strange {
		for i, p := range e.parts {
			e.words[i] = p.load(record)
		}
		e.waitUnplaced(e.words)
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
		e.waitUnplaced(next)
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

// begin has the state being expanded wait, for the difference to be made.
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

// waitUnplaced records that the next state needs a wider layout.
func (e *explorer[S, T]) waitUnplaced(image []uint64) {
	w := &e.waiting
	w.strange = append(w.strange, w.lookup.states)
	w.images = append(w.images, image...)
}

// take takes note of a step that changes the state, and keeps the next state waiting. A nil next is not asked for.
func (e *explorer[S, T]) take(step T, next *S) {
	own := e.environment == nil || !e.environment(step)
	e.moves = e.moves || own
	if e.rules {
		e.fire(step)
	}
	if e.onStep && next != nil {
		e.judgeStep(next)
	}
	if e.liveness {
		label := uint16(noLabel)
		if own && len(e.Promises) > 0 {
			label = e.label(step)
		}
		e.notes.outline.step(label)
	}
	w := &e.waiting
	i := w.lookup.states & (lookupStates - 1)
	w.parents[i] = uint32(e.number)
	if e.varies {
		w.lengths[i] = e.scratch.length
	}
	if w.states != nil && next != nil {
		if e.opt.Symmetry {
			next = &e.representative
		}
		e.codec.clone(next, &w.states[i], e.scratch)
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
			if e.liveness {
				e.notes.outline.targets[outlined+i] = w.numbers[i] - 1
			}
			continue
		}
		if w.states != nil && !e.verify(&w.states[i]) {
			continue
		}
		if odd {
			n := len(e.parts)
			found.strange = append(found.strange, len(found.hashes))
			found.images = append(found.images, w.images[(strange-1)*n:strange*n]...)
		}
		if e.liveness {
			e.notes.outline.pending = append(e.notes.outline.pending, uint32(outlined+i))
		}
		found.packed = append(found.packed, w.row(i)...)
		found.hashes = append(found.hashes, w.hashes[i])
		found.parents = append(found.parents, w.parents[i])
		found.varying += w.lengths[i]
	}
	w.lookup.states, w.strange, w.images = 0, w.strange[:0], w.images[:0]
	if found.bytes() > e.quota || e.alone {
		e.relieve()
	}
}

// verify reports whether a state survives the model's own encoding.
func (e *explorer[S, T]) verify(s *S) bool {
	e.verified = s
	ok := e.codec.faithful(s, e.scratch, &e.decoded)
	if e.verified = nil; !ok {
		e.fail(unfaithful(s))
	}
	return ok
}

// relieve makes room for more finds: it stores them if nobody else is at work, and leaves the share otherwise.
func (e *explorer[S, T]) relieve() {
	if !e.alone {
		panic(outgrown{})
	}
	if e.insert(e.notes); e.stopped != "" {
		panic(outgrown{})
	}
	e.notes.outline.pending = e.notes.outline.pending[:0]
	e.notes.found.reset(e.store.words)
	e.waiting.reset(e.store.words)
	for len(e.packed) < e.store.words { // the layout has become wider
		e.packed = append(e.packed, 0)
	}
}

// fire counts a step of a rule.
func (e *explorer[S, T]) fire(step T) {
	rule := e.Rule(step)
	if rule < 0 || rule >= len(e.Rules) {
		e.fail(fmt.Errorf("check: step %v is of rule %d; expected an index into the %d rules of the model", step, rule, len(e.Rules)))
		return
	}
	e.notes.coverage[rule].Fired++
}

// label is the label of a step of the system that changes the state.
func (e *explorer[S, T]) label(step T) uint16 {
	e.promised = e.promised[:0]
	e.Keeps(e.old(), step, e.keeps)
	if len(e.promised) == 1 && uint(e.promised[0]) < uint(len(e.Promises)) {
		return uint16(e.promised[0] + 1)
	}
	label, err := e.labels.of(e.promised)
	if err != nil {
		e.fail(fmt.Errorf("check: step %v: %w", step, err))
	}
	return label
}

// judge takes note of what the state says about the properties, and about the rules. Of a state that the constraint cuts
// it is not known whether it is at rest.
func (e *explorer[S, T]) judge(cut bool) {
	if !e.moves && !cut {
		e.notes.atRest++
	}
	e.memo.judge()
	for i := range e.properties {
		p, j := &e.properties[i], &e.notes.verdicts[i]
		if p.kind.Liveness() || p.aboutSteps() || e.memo.covered>>i&1 != 0 || e.decidedAlready(i) {
			continue
		}
		if p.restful && !cut {
			j.tested = true
		}
		if p.atRest && (e.moves || cut) {
			continue
		}
		e.judging, e.asked = i, true
		p.judge(&e.state, e.number, j)
	}
	e.judging = none
	if cut {
		return
	}
	for _, e.rule = range e.watched {
		e.Blocked(&e.state, e.rule, e.blocked)
	}
}

// judgeStep judges a step by the claims that are not remembered.
func (e *explorer[S, T]) judgeStep(next *S) {
	inspected := e.inspector.due(e.number)
	if inspected {
		e.inspector.watch(next)
	}
	for i := range e.properties {
		if p := &e.properties[i]; p.aboutSteps() && !e.decidedAlready(i) && !(e.packedSteps.take != nil && e.memo.coveredSteps>>i&1 != 0) {
			e.judging = i
			p.judgeStep(e.old(), next, e.number, &e.notes.verdicts[i])
			if inspected && !e.inspector.unchanged(next) {
				e.fail(changes(p, next))
			}
		}
	}
	e.judging = none
}

// decidedAlready reports whether a property needs no further look: an earlier state decides it.
func (e *explorer[S, T]) decidedAlready(i int) bool {
	return e.verdicts[i].decided || e.notes.verdicts[i].decided
}
