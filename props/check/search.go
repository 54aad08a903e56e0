package check

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"pkgdist/props/check/internal/store"
)

const (
	// shareStates is what a worker takes at a time: enough to make the taking cheap, and few enough for all workers to
	// end at about the same time.
	shareStates = 64
	// batchStates is what is expanded between two merges. It depends on nothing, as where a limit strikes depends on it.
	batchStates = 64 * shareStates
	// shareBytes is what the finds of a share may take, unless MaxMemory leaves less: 64 KiB at the least. A share that
	// outgrows this is expanded again by one worker, with its finds stored as they come. It does not depend on the number
	// of workers either.
	shareBytes, leastShareBytes = 4 << 20, 64 << 10
	// handPart is the part of MaxMemory that is left for the work in hand: an eighth. Half of it is for the notes of a batch,
	// and half for what the workers remember.
	handPart, notesPart, memoPart = 8, 2, 2
	// movePart is the part of MaxMemory that is left where the states may have to be moved to disk: a quarter, in which the
	// states of a level are sorted.
	movePart = 4

	noParent = store.None // the parent of an initial state
)

// progressInterval is how often the progress is told. Tests alone change it.
var progressInterval = 250 * time.Millisecond

// search is one exhaustive exploration. It goes from batch to batch of the states found, in two phases. First the workers
// expand shares of the batch, with the store only read, and note what they find. Then the states found are stored, and the
// notes are merged, in the order of the shares. So everything is found in the order in which a single worker would find it.
//
// Who works for it has it as a field and does not embed it: the compiler makes each promoted method anew for each model, and
// that was more than half of what it made.
type search[S any, T comparable] struct {
	*machine[S, T]
	ctx        context.Context
	properties []Property[S]
	columns    []column[S] // of the marks
	promises   promises
	labels     *labels
	reduction  *reduction[S, T]
	avoid      func(before *S, step T, next *S) bool // steps that are possible, and not taken, on the way to a nearest violation or a lasso; nil is none
	opt        Options
	quota      int   // bytes that the finds of a share may take
	hand       int64 // bytes of MaxMemory that are left for the work in hand

	onStep   bool // a property is about steps
	liveness bool // a property is about infinite runs

	explorers []*explorer[S, T]
	notes     [batchStates / shareStates]notes

	store  *store.Store
	graph  graph   // only for liveness
	disk   *onDisk // nil while states are in the store
	back   *backwards
	left   int64   // states to be looked at on the way back
	marked *marked // for a search that may go on on disk

	levels   []int64 // the end of the states at each distance from an initial state, in the store
	explored int64   // states; those with lower numbers
	level    int64   // the end of the states that are as far from an initial state as those being expanded
	depth    int     // that distance
	steps    int64
	atRest   int64
	cut      int64
	verdicts []judgement
	coverage []Coverage
	watched  []int // rules of which is counted what blocks them
	stopped  string
	noTraces bool // there was no time to go back

	began, reported time.Time // the search, and its progress for the last time
	told            []bool    // of each property, whether Decided has heard of it

	decided   int                   // properties whose liveness was decided before that was given up
	undecided string                // why it was given up
	lassos    map[int]*proven[S, T] // of the violated liveness properties
}

// newSearch refuses what the model cannot do.
func newSearch[S any, T comparable](ctx context.Context, m Model[S, T], avoid func(before *S, step T, next *S) bool, properties []Property[S], opt Options) (*search[S, T], error) {
	compiled, err := compile(m)
	if err != nil {
		return nil, err
	}
	s := &search[S, T]{
		machine: compiled, ctx: ctx, properties: slices.Clone(properties), avoid: avoid, opt: opt,
		verdicts: make([]judgement, len(properties)), began: time.Now(), reported: time.Now(),
		onStep:   slices.ContainsFunc(properties, func(p Property[S]) bool { return p.aboutSteps() }),
		liveness: slices.ContainsFunc(properties, func(p Property[S]) bool { return p.kind.Liveness() }),
		quota:    shareBytes,
		coverage: newCoverage(m.Rules),
	}
	if opt.MaxMemory > 0 {
		const shares = batchStates / shareStates
		s.hand = min(opt.MaxMemory/handPart, notesPart*shareBytes*shares)
		s.quota = int(max(leastShareBytes, s.hand/notesPart/shares))
		if opt.Store == MemoryThenDisk {
			s.hand = max(s.hand, opt.MaxMemory/movePart)
		}
	}
	s.store = store.New(len(s.codec.parts), store.Options{
		MaxStates: opt.MaxStates, MaxMemory: opt.MaxMemory, Workers: opt.workers(),
		Beside: func() int64 { return s.hand + s.graph.memory() + s.codec.memory() },
	})
	if s.promises, s.labels, err = promisesOf(m.Promises); err != nil {
		return nil, err
	}
	if err := s.validateSymmetry(); err != nil {
		return nil, err
	}
	if s.reduction, err = newReduction(s); err != nil {
		return nil, err
	}
	for _, name := range opt.Expect {
		if !s.expectable(name) {
			return nil, fmt.Errorf("check: %q is expected to occur, and no sometimes property and no rule has that name", name)
		}
	}
	if err := s.validateObserved(); err != nil {
		return nil, err
	}
	s.columns = columnsOf(s.properties)
	s.employ()
	return s, nil
}

// employ makes the workers.
func (s *search[S, T]) employ() {
	for i := range s.notes {
		if s.notes[i] = (notes{}); s.liveness {
			n := &s.notes[i]
			n.found.Told = n.outline.complete
		}
	}
	s.explorers = nil
	for worker := range s.opt.workers() {
		s.explorers = append(s.explorers, newExplorer(s, worker))
	}
}

// validateObserved refuses variables that are no bits of the encoded state, where they have to be.
func (s *search[S, T]) validateObserved() error {
	if s.Independence == nil || !s.Independence.Bits {
		return nil
	}
	most := 8 * s.Encoding.Width
	for _, p := range s.properties {
		for _, c := range p.cases {
			for _, v := range slices.Concat(c.reads, c.changes) {
				if v < 0 || v >= most {
					return fmt.Errorf("check: the property %q observes variable %d; expected a bit of the encoded state, 0 to %d", p.name, v, most-1)
				}
			}
		}
	}
	return nil
}

func (s *search[S, T]) expectable(name string) bool {
	return slices.Contains(s.Rules, name) || slices.ContainsFunc(s.properties, func(p Property[S]) bool {
		return p.kind == KindSometimes && p.name == name
	})
}

// begin stores the initial states.
func (s *search[S, T]) begin() error {
	images, err := s.initialImages()
	if err != nil {
		return err
	}
	if s.opt.Store == OnDisk || s.mayMove() && s.hasSaved() {
		return s.beginOnDisk(images)
	}
	for _, image := range images {
		if _, err := s.store.Add(image, noParent); err != nil {
			if s.stopped = err.Error(); s.mayGoOnOnDisk() {
				s.stopped = ""
				return s.beginOnDisk(images)
			}
			return nil
		}
	}
	return nil
}

// initialImages are the images of the initial states.
func (s *search[S, T]) initialImages() (images [][]uint64, err error) {
	defer func() {
		switch value := recover().(type) {
		case nil:
		case abandoned:
			err = value.err
		default:
			err = panicked(value, "in an initial state")
		}
	}()
	initial, err := s.initialStates()
	if err != nil {
		return nil, err
	}
	scratch := s.codec.scratch()
	for i := range initial {
		if !s.codec.faithful(&initial[i], scratch, new(S)) {
			return nil, unfaithful(&initial[i])
		}
		image := make([]uint64, len(s.codec.parts))
		s.codec.image(&initial[i], scratch, image)
		images = append(images, image)
	}
	return images, nil
}

// run explores level by level until nothing is left or a limit strikes.
func (s *search[S, T]) run() error {
	if s.disk != nil {
		return s.runOnDisk()
	}
	s.levels = append(s.levels, s.store.Len())
	s.mark()
	for s.level = s.store.Len(); s.explored < s.level && s.stopped == ""; {
		if err := s.batch(min(s.explored+batchStates, s.level)); err != nil {
			return err
		}
		if s.stopped == "" && s.explored == s.level && s.store.Len() > s.level {
			s.level = s.store.Len()
			s.levels = append(s.levels, s.level)
			s.depth++
			s.mark()
		}
		if err := s.tellDecided(); err != nil {
			return err
		}
		s.report()
	}
	if s.mayGoOnOnDisk() {
		return s.moveToDisk()
	}
	return nil
}

// report tells the progress, if it is time.
func (s *search[S, T]) report() {
	if s.opt.Progress == nil || time.Since(s.reported) < progressInterval {
		return
	}
	s.reported = time.Now()
	p := Progress{
		States: s.found(), Steps: s.steps, Frontier: s.found() - s.explored,
		Depth: s.depth, Memory: s.memory(), Back: s.left, Elapsed: time.Since(s.began),
	}
	p.Level, p.Before, p.Levels = s.levelLen(s.depth), s.levelLen(s.depth-1), s.levelLens()
	if s.disk != nil {
		p.Disk = s.disk.kept.Bytes()
	}
	s.opt.Progress(p)
}

// levelLen is how many states a level has that is whole, or 0.
func (s *search[S, T]) levelLen(level int) int64 {
	switch {
	case level < 0:
		return 0
	case s.disk != nil:
		return s.disk.kept.LevelLen(level)
	case level == 0:
		return s.levels[0]
	}
	return s.levels[level] - s.levels[level-1]
}

// levelLens is how many states each level has that is whole.
func (s *search[S, T]) levelLens() (all []int64) {
	whole := len(s.levels)
	if s.disk != nil {
		whole = s.disk.kept.Depth()
	}
	for level := range whole {
		all = append(all, s.levelLen(level))
	}
	return all
}

// tellDecided tells what was decided since it was called last. A level later nothing shorter can be found.
func (s *search[S, T]) tellDecided() error {
	if s.opt.Decided == nil {
		return nil
	}
	if s.told == nil {
		s.told = make([]bool, len(s.properties))
	}
	for i, p := range s.properties {
		if s.told[i] || !s.verdicts[i].decided {
			continue
		}
		t, err := s.trace(s.chain(i), &s.properties[i])
		if err != nil {
			return err
		}
		var steps []string
		for _, step := range t.Steps {
			steps = append(steps, s.Text(step))
		}
		s.told[i] = true
		s.opt.Decided(p.name, steps)
	}
	return nil
}

// found is how many states were found so far, on disk those of whole levels.
func (s *search[S, T]) found() int64 {
	if s.disk != nil {
		return s.disk.kept.Len()
	}
	return s.store.Len()
}

// farthest is the distance of the last state found.
func (s *search[S, T]) farthest() int {
	switch {
	case s.disk != nil:
		return s.disk.kept.Depth() - 1
	case s.store.Len() > s.level:
		return s.depth + 1
	}
	return s.depth
}

// batch expands the states up to the one numbered end. If the context ends meanwhile, nothing of the batch counts.
func (s *search[S, T]) batch(end int64) error {
	s.watch()
	first := func(i int) int64 { return s.explored + int64(i)*shareStates }
	shares := s.expand(end)
	if s.interrupted() {
		return nil
	}
	inserted := s.insertAll(s.notes[:shares])
	for i := range s.notes[:shares] {
		if s.notes[i].outgrown && s.stopped == "" {
			s.explorers[0].exploreAlone(first(i), min(first(i)+shareStates, end), &s.notes[i])
			if s.interrupted() {
				return nil
			}
		}
		if err := s.merge(&s.notes[i], inserted); err != nil {
			return err
		}
	}
	s.explored = end
	return nil
}

// expand has the workers expand the states up to the one numbered end, in so many shares.
func (s *search[S, T]) expand(end int64) (shares int) {
	shares = int((end - s.explored + shareStates - 1) / shareStates)
	s.work(shares, func(e *explorer[S, T], i int) {
		if s.ctx.Err() == nil {
			first := s.explored + int64(i)*shareStates
			e.explore(first, min(first+shareStates, end), &s.notes[i])
		}
	})
	return shares
}

func (s *search[S, T]) interrupted() bool {
	if err := s.ctx.Err(); err != nil {
		s.stopped = Interruption(err)
		return true
	}
	return false
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
	if s.Blocked == nil {
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
	if s.Barred == nil {
		return ""
	}
	return s.Barred(rule)
}

// tally adds up the figures of a share.
func (s *search[S, T]) tally(n *notes) {
	s.steps += n.steps
	s.atRest += n.atRest
	s.cut += n.cut
	for i, later := range n.verdicts {
		s.verdicts[i] = s.verdicts[i].then(later)
	}
	for i := range s.coverage {
		s.coverage[i].merge(&n.coverage[i])
	}
}

func (s *search[S, T]) merge(n *notes, inserted bool) error {
	if n.err != nil {
		return n.err
	}
	s.tally(n)
	if !inserted {
		s.insert(n)
	}
	if s.liveness && s.stopped == "" {
		if !s.fits(s.graph.room(&n.outline)) {
			return nil
		}
		s.graph.append(&n.outline)
	}
	return nil
}

// insertAll stores what all shares found, unless that has to be done share by share. One worker alone is faster that way.
func (s *search[S, T]) insertAll(all []notes) (inserted bool) {
	if len(s.explorers) == 1 || (s.liveness || s.codec.varies()) && s.opt.MaxMemory > 0 {
		return false // if memory is limited, the steps count too, and grow share by share
	}
	finds := make([]*store.Finds, len(all))
	for i := range all {
		if all[i].err != nil || all[i].outgrown {
			return false
		}
		finds[i] = &all[i].found
	}
	return s.store.InsertAll(finds, func(do func(share int)) {
		s.work(len(all), func(_ *explorer[S, T], share int) { do(share) })
	})
}

// insert stores the states that a share found.
func (s *search[S, T]) insert(n *notes) {
	if s.stopped == "" && s.fits(0) {
		if err := s.store.Insert(&n.found); err != nil {
			s.stopped = err.Error()
		}
	}
}

// load sets state to the one of the number.
func (s *search[S, T]) load(number int64, state *S) {
	newReader(s.codec, s.store).load(number, state)
}

// outOfMemory is why a search stops for which there is not enough.
func (s *search[S, T]) outOfMemory() string { return store.OutOfMemory{Bytes: s.opt.MaxMemory}.Error() }

// fits reports whether MaxMemory leaves room for so much more. If not, the search is stopped.
func (s *search[S, T]) fits(more int64) bool {
	if s.opt.MaxMemory > 0 && s.hand+s.memory()+more > s.opt.MaxMemory {
		s.stopped = s.outOfMemory()
	}
	return s.stopped == ""
}

// memory is what the search keeps: the states, and the steps between them if they are kept.
func (s *search[S, T]) memory() int64 {
	if s.disk != nil {
		return s.disk.kept.Memory() + s.codec.memory()
	}
	return s.store.Memory() + s.graph.memory() + s.codec.memory()
}
