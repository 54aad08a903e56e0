package check

import (
	"bytes"
	"fmt"
)

// cacheLines is the least room for what two workers write at every step, in bytes: a processor fetches lines of 64, often
// in pairs, and two workers that write to the same ones are no faster than one.
const cacheLines = 128

// notes are what a worker found out about a share of the states. Their memory is used again for later shares.
type notes struct {
	steps, atRest int64
	found         []byte   // records of states that were not known when the batch began; some of them more than once
	hashes        []uint64 // of the states in found
	verdicts      []judgement
	coverage      []Coverage
	outline       outline
	err           error // of the model

	_ [cacheLines]byte
}

func (n *notes) reset(properties int, rules []string) {
	if n.verdicts == nil {
		n.verdicts = make([]judgement, properties)
		n.coverage = newCoverage(rules)
	}
	n.steps, n.atRest, n.err = 0, 0, nil
	n.found, n.hashes = n.found[:0], n.hashes[:0]
	clear(n.verdicts)
	n.outline.reset()
	for i := range n.coverage {
		n.coverage[i].Fired = 0
		n.coverage[i].Blocked = n.coverage[i].Blocked[:0]
	}
}

// explorer is a worker, with all the memory it needs, so that a step allocates nothing.
type explorer[S, T comparable] struct {
	*search[S, T]
	notes   *notes
	stepper *stepper[S, T]
	blocked func(guard string)

	number int64 // of the state being explored
	state  S     // lent to the model, which may change it
	before S     // a copy of it for properties about steps
	packed []byte
	moves  bool // the system has a step that changes the state
	rule   int  // being asked about

	record  []byte // of the next state
	scratch S
}

func newExplorer[S, T comparable](s *search[S, T]) *explorer[S, T] {
	e := &explorer[S, T]{search: s, record: make([]byte, s.store.stride, max(s.store.stride, cacheLines))}
	e.stepper = newStepper(s.model, e.step)
	e.blocked = func(guard string) { e.notes.coverage[e.rule].block(guard, 1) }
	return e
}

// explore notes everything about the states from first up to end.
func (e *explorer[S, T]) explore(first, end int64, n *notes) {
	n.reset(len(e.properties), e.rules)
	e.notes = n
	for e.number = first; e.number < end; e.number++ {
		e.packed = e.store.at(e.number)
		e.packing.Unpack(e.packed, &e.state)
		if e.onStep {
			e.before = e.state
		}
		e.moves = false
		e.stepper.steps(&e.state)
		if e.stepper.inPlace != nil {
			e.pack(&e.state)
			if !bytes.Equal(e.next(), e.packed) {
				e.fail(fmt.Errorf("check: StepsInPlace did not put the state back; left %+v", e.state))
				return
			}
		}
		e.judge()
		if e.inTheEnd {
			e.notes.outline.end()
		}
	}
}

func (e *explorer[S, T]) next() []byte { return e.record[:e.store.width] }

func (e *explorer[S, T]) pack(s *S) {
	next := e.next()
	clear(next)
	e.packing.Pack(s, next)
}

func (e *explorer[S, T]) fail(err error) {
	if e.notes.err == nil {
		e.notes.err = err
	}
}

// step takes note of one step out of the state.
func (e *explorer[S, T]) step(step T, next *S) {
	e.notes.steps++
	e.pack(next)
	if bytes.Equal(e.next(), e.packed) {
		return // a stutter
	}
	if e.environment == nil || !e.environment.Environment(step) {
		e.moves = true
	}
	if e.ruled != nil {
		e.fire(step)
	}
	if e.onStep {
		e.judgeStep(next)
	}
	hash := e.store.hash(e.next())
	number, _, known := e.store.find(e.next(), hash)
	if e.inTheEnd {
		e.outline(step, number, known)
	}
	if known {
		return
	}
	if e.verify && !faithful(e.packing, next, e.next(), &e.scratch) {
		e.fail(unfaithful(next))
		return
	}
	setParent(e.record, uint32(e.number))
	e.notes.found = append(e.notes.found, e.record...)
	e.notes.hashes = append(e.notes.hashes, hash)
}

func (e *explorer[S, T]) outline(step T, number int64, known bool) {
	label := e.label(step)
	if label == wrongLabel {
		const wrong = "check: step %v is of constraint %d; expected -1 or an index into the %d constraints of the model"
		e.fail(fmt.Errorf(wrong, step, e.fair.Constraint(step), len(e.promises.names)))
	}
	e.notes.outline.step(number, known, label)
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
