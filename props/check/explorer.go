package check

import (
	"fmt"
	"slices"

	"pkgdist/props/check/internal/store"
)

// cacheLines is the least room for what two workers write at every step, in bytes: a processor fetches lines of 64, often
// in pairs, and two workers that write to the same ones are no faster than one.
const cacheLines = 128

// notes are what a worker found out about a share of the states. Their memory is used again for later shares.
type notes struct {
	steps, atRest, cut int64
	found              store.Finds
	varying            int // bytes of their parts of varying length
	verdicts           []judgement
	coverage           []Coverage
	outline            outline
	err                error // of the model
	outgrown           bool  // they took more than the quota: they are incomplete

	_ [cacheLines]byte
}

// bytes is what they take that grows with the steps of the share.
func (n *notes) bytes() int64 { return int64(n.found.Bytes()+n.varying) + n.outline.bytes() }

// outgrown is what is thrown to leave a share whose notes take too much.
type outgrown struct{}

func (n *notes) reset(properties int, rules []string) {
	if n.verdicts == nil {
		n.verdicts = make([]judgement, properties)
		n.coverage = newCoverage(rules)
	}
	n.steps, n.atRest, n.cut, n.varying, n.err, n.outgrown = 0, 0, 0, 0, nil, false
	n.found.Reset()
	clear(n.verdicts)
	n.outline.reset()
	for i := range n.coverage {
		n.coverage[i].Fired = 0
		n.coverage[i].Blocked = n.coverage[i].Blocked[:0]
	}
}

// explorer is a worker, with all the memory it needs, so that a step allocates nothing.
type explorer[S any, T comparable] struct {
	search  *search[S, T]
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
	words       []uint64 // of the image of a next state
	stepsBefore int64    // steps of the states before it
	moves       bool     // the system has a step that changes the state
	asked       bool     // somebody was given the state, and may have changed it
	rule        int      // being asked about
	judging     int      // the property being asked, or none
	promised    []int    // of a step
	verified    *S       // the state whose encoding is being verified

	environment   func(step T) bool // of the model, near at hand
	rules, varies bool              // there are rules; states have varying lengths

	finder     store.Finder
	candidates *store.Candidates      // where states are on disk
	lengths    [store.BatchStates]int // of the states that wait: of their parts of varying length
	waiting    []S                    // the states that wait, if the model's encoding has to be verified
	bytesOnly  bool                   // of a next state nothing but its bytes in memory is needed
	scratch    *scratch
	next       S // a copy, as a pointer to the argument of a callback costs an allocation a step unless it stays there

	packedSteps packedSteps[S, T]
	memo        *memo[S, T] // of what claims say of what they observe

	decoded        S
	representative S // of the next state, with symmetry
	stubborn       *stubborn[S, T]
	inspector      *inspector[S, T]

	_ [cacheLines]byte
}

// none is the property that is asked where none is.
const none = -1

func newExplorer[S any, T comparable](s *search[S, T], worker int) *explorer[S, T] {
	e := &explorer[S, T]{search: s, words: make([]uint64, len(s.codec.parts)), scratch: s.codec.scratch(), judging: none}
	if s.disk != nil {
		e.finder, e.candidates = s.disk.levels.Finder(), s.disk.levels.Candidates(worker)
	} else {
		e.finder = s.store.Finder()
	}
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
	e.environment, e.rules, e.varies = s.Environment, len(s.Rules) > 0, s.codec.varies()
	e.bytesOnly = s.codec.inPlace && !s.onStep && !s.opt.Symmetry && s.avoid == nil
	e.blocked = func(guard string) { e.notes.coverage[e.rule].block(guard, 1) }
	e.keeps = func(promise int) { e.promised = append(e.promised, promise) }
	e.memo = newMemo(e)
	e.inspector = newInspector(e)
	if s.reduction != nil {
		e.stubborn = newStubborn(s.machine, s.reduction)
	} else if !s.opt.Symmetry && s.avoid == nil { // a representative is found of a state, not of its encoding
		e.usePackedSteps()
	}
	if s.codec.own != nil && e.packedSteps.take == nil { // listSteps verifies the encoding otherwise
		e.waiting = make([]S, store.BatchStates)
	}
	return e
}

// explore notes everything about the states from first up to end.
func (e *explorer[S, T]) explore(first, end int64, n *notes) {
	n.reset(len(e.search.properties), e.search.Rules)
	e.notes, e.verified, e.judging = n, nil, none
	defer e.rescue()
	e.finder.Reset()
	if e.search.disk != nil {
		e.exploreOnDisk(first, end)
		return
	}
	for e.number = first; e.number < end && n.err == nil; e.number++ {
		e.image = e.finder.Enter(e.number)
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

// expand takes the steps out of the state whose image is there, and judges it.
func (e *explorer[S, T]) expand() {
	if e.packedSteps.take == nil || len(e.search.properties)+len(e.search.watched) > 0 || e.search.Constraint != nil {
		e.search.codec.restore(e.image, e.scratch, &e.state)
	}
	e.moves, e.stepsBefore, e.asked = false, e.notes.steps, e.packedSteps.take == nil
	if e.search.Constraint != nil && !e.search.Constraint(&e.state) {
		e.notes.cut++
		e.judge(true)
		e.note(true)
		return
	}
	if e.search.StepsInPlace != nil || e.search.opt.Symmetry {
		e.search.codec.clone(&e.state, &e.before, e.scratch)
	}
	if e.inspector.due(e.number) {
		e.inspector.inspect()
	}
	e.steps()
	e.judge(false)
	if e.search.opt.Symmetry {
		e.sampleSymmetry()
	}
	e.note(false)
	if e.asked && !e.isState(&e.state) || e.old() != &e.state && !e.isState(e.old()) {
		e.fail(e.inspector.blame())
	}
}

// note ends what the graph has of the state.
func (e *explorer[S, T]) note(cut bool) {
	if e.search.liveness {
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
	case e.search.StepsInPlace == nil:
		e.search.Steps(e.state, e.copied)
	default:
		e.search.StepsInPlace(&e.state, e.stepped)
	}
}

// old is the state being expanded, as it is while the model takes a step.
func (e *explorer[S, T]) old() *S {
	if e.search.StepsInPlace != nil && e.packedSteps.take == nil || e.search.opt.Symmetry {
		return &e.before
	}
	return &e.state
}

// isState reports whether s is the state being expanded.
func (e *explorer[S, T]) isState(s *S) bool { return e.isImage(s, e.image) }

// isImage reports whether s is the state of an image.
func (e *explorer[S, T]) isImage(s *S, image []uint64) bool {
	e.search.codec.image(s, e.scratch, e.words)
	return slices.Equal(e.words, image)
}

func (e *explorer[S, T]) fail(err error) {
	if e.notes.err == nil {
		e.notes.err = err
	}
}

// count counts a step, and looks at the context now and then: one state may have millions of steps.
func (e *explorer[S, T]) count() {
	if e.notes.steps++; e.notes.steps&(pollEvery-1) == 0 {
		if err := e.search.ctx.Err(); err != nil {
			panic(abandoned{err})
		}
	}
}

// step takes note of one step out of the state.
func (e *explorer[S, T]) step(step T, next *S) {
	e.count()
	if e.search.opt.Symmetry {
		e.stepToClass(step, next)
		return
	}
	if e.search.avoids(e.old(), step, next) && !e.search.codec.equal(e.old(), next, e.scratch) {
		e.pass(step)
		return
	}
	if e.differs(e.search.codec.record(next, e.scratch)) {
		e.take(step, next)
	}
}

// pass takes note of a step that is possible and not taken: in the graph it leads back.
func (e *explorer[S, T]) pass(step T) {
	if e.finder.Waiting() > 0 { // the last targets are those of what waits
		e.flush()
	}
	e.outlineStep(step)
	e.notes.outline.targets[len(e.notes.outline.targets)-1] = uint32(e.number)
}

// differs reports whether the record is of another state than the one being expanded, and makes it the next state.
func (e *explorer[S, T]) differs(record []byte) bool {
	return e.finder.DiffersIn(record, e.search.codec.parts)
}

// take takes note of a step that changes the state, and keeps the next state waiting. A nil next is not asked for.
func (e *explorer[S, T]) take(step T, next *S) {
	e.moves = e.moves || e.own(step)
	if e.rules {
		e.fire(step)
	}
	if e.search.onStep && next != nil {
		e.judgeStep(next)
	}
	if e.search.liveness {
		e.outlineStep(step)
	}
	i := e.finder.Waiting() & (store.BatchStates - 1)
	if e.varies {
		e.lengths[i] = e.scratch.length
	}
	if e.waiting != nil && next != nil {
		if e.search.opt.Symmetry {
			next = &e.representative
		}
		e.search.codec.clone(next, &e.waiting[i], e.scratch)
	}
	if e.finder.Wait() {
		e.flush()
	}
}

// outlineStep notes a step in the graph, of which the target is not known yet.
func (e *explorer[S, T]) outlineStep(step T) {
	label := uint16(noLabel)
	if len(e.search.Promises) > 0 && e.own(step) {
		label = e.label(step)
	}
	e.notes.outline.step(label)
}

// own reports whether the step is one of the system.
func (e *explorer[S, T]) own(step T) bool { return e.environment == nil || !e.environment(step) }

// flush looks up the states that wait.
func (e *explorer[S, T]) flush() {
	if e.search.disk != nil {
		e.flushOnDisk()
		return
	}
	n, numbers := e.notes, e.finder.Find()
	outlined := len(n.outline.targets) - len(numbers)
	for i, number := range numbers {
		if number != store.None {
			if e.search.liveness {
				n.outline.targets[outlined+i] = number
			}
			continue
		}
		if e.waiting != nil && !e.verify(&e.waiting[i]) {
			continue
		}
		if e.search.liveness {
			n.outline.pending = append(n.outline.pending, uint32(outlined+i))
		}
		e.finder.Keep(i, &n.found)
		n.varying += e.lengths[i]
	}
	e.finder.Clear()
	if n.bytes() > int64(e.search.quota) || e.alone {
		e.relieve()
	}
}

// verify reports whether a state survives the model's own encoding.
func (e *explorer[S, T]) verify(s *S) bool {
	e.verified = s
	ok := e.search.codec.faithful(s, e.scratch, &e.decoded)
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
	if e.search.insert(e.notes); !e.search.fits(e.notes.outline.bytes()) {
		panic(outgrown{})
	}
	e.notes.outline.pending = e.notes.outline.pending[:0]
	e.notes.found.Reset()
	e.notes.varying = 0
	e.finder.Reset()
}

// fire counts a step of a rule.
func (e *explorer[S, T]) fire(step T) {
	rule := e.search.Rule(step)
	if rule < 0 || rule >= len(e.search.Rules) {
		e.fail(fmt.Errorf("check: step %v is of rule %d; expected an index into the %d rules of the model", step, rule, len(e.search.Rules)))
		return
	}
	e.notes.coverage[rule].Fired++
}

// label is the label of a step of the system that changes the state.
func (e *explorer[S, T]) label(step T) uint16 {
	e.promised = e.promised[:0]
	e.search.Keeps(e.old(), step, e.keeps)
	if len(e.promised) == 1 && uint(e.promised[0]) < uint(len(e.search.Promises)) {
		return uint16(e.promised[0] + 1)
	}
	label, err := e.search.labels.of(e.promised)
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
	for i := range e.search.properties {
		p, j := &e.search.properties[i], &e.notes.verdicts[i]
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
	for _, e.rule = range e.search.watched {
		e.search.Blocked(&e.state, e.rule, e.blocked)
	}
}

// judgeStep judges a step by the claims that are not remembered.
func (e *explorer[S, T]) judgeStep(next *S) {
	inspected := e.inspector.due(e.number)
	if inspected {
		e.inspector.watch(next)
	}
	for i := range e.search.properties {
		if p := &e.search.properties[i]; p.aboutSteps() && !e.decidedAlready(i) && !(e.packedSteps.take != nil && e.memo.coveredSteps>>i&1 != 0) {
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
	return e.search.verdicts[i].decided || e.notes.verdicts[i].decided
}
