package check

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// shareStates is what a worker takes at a time: enough to make the taking cheap, and few enough for all workers to
	// end at about the same time.
	shareStates = 64

	// batchStates is what is explored between two merges. It depends on nothing, as where a limit strikes depends on it.
	batchStates = 64 * shareStates

	progressInterval = 250 * time.Millisecond
)

// search is one exhaustive exploration. It goes from batch to batch of the states found, in two phases. First the workers
// explore shares of the batch, with the store only read, and note what they find. Then the states found are stored, and the
// notes are merged, in the order of the shares. So everything is found in the order in which a single worker would find it.
type search[S, T comparable] struct {
	model       Model[S, T]
	codec       *codec[S]
	environment Environment[T]
	ruled       Ruled[T]
	guarded     Guarded[S]
	symmetric   Symmetric[S] // nil unless it is to be made use of
	reduction   *reduction[S, T]
	rules       []string
	properties  []Property[S]
	onStep      bool // a property is about steps
	inTheEnd    bool // a property is about what happens in the end
	fair        Fair[T]
	promises    promises
	opt         Options

	explorers []*explorer[S, T]
	notes     [batchStates / shareStates]notes
	adoption  adoption

	store     *store
	graph     graph   // only for what happens in the end
	levels    []int64 // the end of the states at each distance from an initial state
	explored  int64   // states; those with lower numbers
	level     int64   // the end of the states that are as far from an initial state as those being explored
	depth     int     // that distance
	steps     int64
	atRest    int64
	verdicts  []judgement
	coverage  []Coverage
	watched   []int // rules of which is counted what blocks them
	stopped   string
	decided   int                   // properties that were decided in the end before that was given up
	undecided string                // why it was given up
	lassos    map[int]*proven[S, T] // of the violated properties about what happens in the end
}

// newSearch finds out what the model offers beyond its steps.
func newSearch[S, T comparable](m Model[S, T], properties []Property[S], opt Options) (*search[S, T], error) {
	codec, err := newCodec[S](m)
	if err != nil {
		return nil, err
	}
	s := &search[S, T]{
		model:      m,
		codec:      codec,
		properties: properties,
		opt:        opt,
		store:      newStore(len(codec.parts), opt.MaxStates, opt.MaxMemory),
		verdicts:   make([]judgement, len(properties)),
		onStep:     slices.ContainsFunc(properties, func(p Property[S]) bool { return p.aboutSteps() }),
	}
	if opt.Fingerprints {
		s.store = newFingerprints(len(codec.parts), opt.printBits(), opt.MaxStates, opt.MaxMemory)
	}
	s.inTheEnd = slices.ContainsFunc(properties, func(p Property[S]) bool { return p.Kind.InTheEnd() })
	if s.inTheEnd && opt.Fingerprints {
		return nil, errors.New("check: a property about what happens in the end needs the states themselves; expected none where Fingerprints is set")
	}
	s.fair, _ = any(m).(Fair[T])
	if s.promises, err = promisesOf(s.fair, opt.Fairness); err != nil {
		return nil, err
	}
	if s.symmetric, err = symmetryOf(m, properties, opt); err != nil {
		return nil, err
	}
	if s.reduction, err = newReduction[S, T](m, properties, opt); err != nil {
		return nil, err
	}
	s.environment, _ = any(m).(Environment[T])
	if ruled, ok := any(m).(Ruled[T]); ok && len(ruled.Rules()) > 0 {
		s.ruled, s.rules = ruled, ruled.Rules()
		s.guarded, _ = any(m).(Guarded[S])
	}
	s.coverage = newCoverage(s.rules)
	for _, name := range opt.Expect {
		if !s.expectable(name) {
			return nil, fmt.Errorf("check: %q is expected to come about, but it is the name of no sometimes property and of no rule", name)
		}
	}
	s.store.workers = opt.workers()
	for range opt.workers() {
		s.explorers = append(s.explorers, newExplorer(s))
	}
	return s, nil
}

func (s *search[S, T]) expectable(name string) bool {
	return slices.Contains(s.rules, name) || slices.ContainsFunc(s.properties, func(p Property[S]) bool {
		return p.Kind == KindSometimes && p.Name == name
	})
}

// begin stores the initial states.
func (s *search[S, T]) begin() error {
	initial, err := s.initialStates()
	if err != nil {
		return err
	}
	if len(initial) == 0 {
		return errors.New("check: the model has no initial state; expected Init to return at least one")
	}
	image, buffer := make([]uint64, len(s.codec.parts)), s.codec.buffer()
	for i := range initial {
		if !s.codec.faithful(&initial[i], buffer, new(S)) {
			return unfaithful(&initial[i])
		}
		s.codec.image(&initial[i], buffer, image)
		if _, err := s.store.add(image, noParent); err != nil {
			s.stopped = err.Error()
			return nil
		}
	}
	return nil
}

// run explores level by level until nothing is left or a limit strikes.
func (s *search[S, T]) run(ctx context.Context) error {
	begin := time.Now()
	reported := begin
	s.levels = append(s.levels, s.store.states)
	for s.level = s.store.states; s.explored < s.level && s.stopped == ""; {
		if err := s.batch(ctx, min(s.explored+batchStates, s.level)); err != nil {
			return err
		}
		if s.explored == s.level && s.store.states > s.level {
			s.level = s.store.states
			s.levels = append(s.levels, s.level)
			s.depth++
		}
		if s.opt.Progress != nil && time.Since(reported) >= progressInterval {
			reported = time.Now()
			s.opt.Progress(s.progress(time.Since(begin)))
		}
	}
	return nil
}

// farthest is the distance of the last state found.
func (s *search[S, T]) farthest() int {
	if s.store.states > s.level {
		return s.depth + 1
	}
	return s.depth
}

func (s *search[S, T]) progress(elapsed time.Duration) Progress {
	return Progress{
		States: s.store.states, Steps: s.steps, Frontier: s.store.states - s.explored,
		Depth: s.depth, Memory: s.memory(), Elapsed: elapsed,
	}
}

// batch explores the states up to the one numbered end. If the context ends meanwhile, nothing of the batch counts.
func (s *search[S, T]) batch(ctx context.Context, end int64) error {
	s.watch()
	shares := int((end - s.explored + shareStates - 1) / shareStates)
	s.work(shares, func(e *explorer[S, T], i int) {
		if first := s.explored + int64(i)*shareStates; ctx.Err() == nil {
			e.explore(first, min(first+shareStates, end), &s.notes[i])
		}
	})
	if err := ctx.Err(); err != nil {
		s.stopped = interruption(err)
		return nil
	}
	adopted := s.adoptAll(s.notes[:shares])
	for i := range s.notes[:shares] {
		if err := s.merge(&s.notes[i], adopted); err != nil {
			return err
		}
	}
	s.explored = end
	s.store.forget(end)
	return nil
}

// work has the workers share the work.
func (s *search[S, T]) work(shares int, do func(e *explorer[S, T], share int)) {
	if len(s.explorers) == 1 || shares == 1 {
		for i := range shares {
			do(s.explorers[0], i)
		}
		return
	}
	var taken atomic.Int64
	var wait sync.WaitGroup
	for _, e := range s.explorers {
		wait.Go(func() {
			for i := int(taken.Add(1)) - 1; i < shares; i = int(taken.Add(1)) - 1 {
				do(e, i)
			}
		})
	}
	wait.Wait()
}

// watch chooses the rules of which is counted what blocks them. A rule that never fires has been watched throughout.
func (s *search[S, T]) watch() {
	s.watched = s.watched[:0]
	if s.guarded == nil {
		return
	}
	for i, c := range s.coverage {
		if (s.opt.Coverage || c.Fired == 0) && s.barred(i) == "" {
			s.watched = append(s.watched, i)
		}
	}
}

// barred is what stops a rule in every state, if the model knows.
func (s *search[S, T]) barred(rule int) string {
	if m, ok := s.guarded.(Barred); ok {
		return m.Barred(rule)
	}
	return ""
}

func (s *search[S, T]) merge(n *notes, adopted bool) error {
	if n.err != nil {
		return n.err
	}
	s.steps += n.steps
	s.atRest += n.atRest
	for i, later := range n.verdicts {
		s.verdicts[i] = s.verdicts[i].then(later)
	}
	for i := range s.coverage {
		s.coverage[i].merge(&n.coverage[i])
	}
	if !adopted {
		s.adopt(n)
	}
	if s.inTheEnd && s.stopped == "" {
		if s.opt.MaxMemory > 0 && s.memory()+s.graph.growth(&n.outline) > s.opt.MaxMemory {
			s.stopped = limitOfMemory(s.opt.MaxMemory).Error()
			return nil
		}
		s.graph.append(&n.outline)
	}
	return nil
}

// adopt stores the states that were found, and tells the outline their numbers.
func (s *search[S, T]) adopt(n *notes) {
	found, strange := &n.found, 0
	for i := 0; i < len(found.hashes) && s.stopped == ""; i++ {
		if i%lookupStates == 0 {
			s.store.touch(found.hashes[i:min(i+lookupStates, len(found.hashes))])
		}
		var number int64
		var err error
		if strange < len(found.strange) && found.strange[strange] == i {
			size := len(s.codec.parts)
			number, err = s.store.add(found.images[strange*size:(strange+1)*size], found.parents[i])
			strange++
		} else {
			number, err = s.store.addPacked(found.packed[i*found.words:(i+1)*found.words], found.hashes[i], found.parents[i])
		}
		if err != nil {
			s.stopped = err.Error()
		} else if s.inTheEnd {
			n.outline.targets[n.outline.pending[i]] = uint32(number)
		}
	}
}

// load sets state to the one of the number.
func (s *search[S, T]) load(number int64, state *S) {
	newReader(s.codec, s.store).load(number, state)
}

// memory is what the search keeps: the states, and the steps between them if they are kept.
func (s *search[S, T]) memory() int64 { return s.store.memory() + s.graph.memory() }

// label is the label of a step that changes the state.
func (s *search[S, T]) label(step T) uint16 {
	if len(s.promises.names) == 0 || s.environment != nil && s.environment.Environment(step) {
		return noLabel
	}
	c := s.fair.Constraint(step)
	if c < -1 || c >= len(s.promises.names) {
		return wrongLabel
	}
	return uint16(c + 1)
}
