package check

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"pkgdist/props/check/internal/store"
	"pkgdist/props/check/show"

	"github.com/gofrs/flock"
)

// onDisk is where the states of a search are that keeps them by level, on disk. See store.Levels: no state has a number
// there, and none is known to have been found already until its level ends. So
//
//   - a level counts when it is whole, and a search that was killed goes on from there;
//   - a trace is found by going back from what it leads to, see backwards.go;
//   - liveness is not decided, as it needs the steps between states: they would take many times as much as the states.
type onDisk struct {
	levels   *store.Levels
	kept     census // those levels, or those that somebody else keeps
	folder   string
	own      bool // the folder was made for this search alone, and nothing is saved in it
	lock     *flock.Flock
	identity []show.Item
	values   [][]savedValues
	saved    time.Time
	done     bool           // an earlier search had ended
	marked   []*store.Marks // the states that were kept of each level, where somebody else has gone back; nil elsewhere

	expanded []uint64 // the rows of the batch being expanded
	width    int      // words of a row
}

// census is what is known of levels without their states.
type census interface {
	Len() int64
	Depth() int
	LevelLen(level int) int64
	Memory() int64
	Bytes() int64
}

const (
	// undecidedOnDisk is why liveness properties have no verdict.
	undecidedOnDisk = "the states are on disk, where the steps between them are not kept"

	// valuesPart is the part of MaxMemory that the parts of varying length may take: each different value is in memory.
	valuesPart = 4

	// diskMemory is what a search on disk takes where nothing limits it, in bytes.
	diskMemory = 512 << 20
)

// saveInterval is how often small levels are saved, for to write one takes some milliseconds. Tests alone change it.
var saveInterval = 2 * time.Second

// diskMemory is what the candidates may take, in bytes. The rest is for the runs being merged.
func (s *search[S, T]) diskMemory() int64 {
	if s.opt.MaxMemory > 0 {
		return s.opt.MaxMemory / 2
	}
	return diskMemory / 2
}

// useDisk has the search keep its states on disk from now on.
func (s *search[S, T]) useDisk() error {
	s.disk = &onDisk{saved: time.Now()}
	for i, p := range s.properties {
		s.verdicts[i].tested = s.verdicts[i].tested || p.kind.Liveness()
	}
	s.liveness, s.undecided, s.decided = false, undecidedOnDisk, 0
	return s.disk.openFolder(s.opt.Dir)
}

// beginOnDisk begins with the initial states, or where an earlier search ended.
func (s *search[S, T]) beginOnDisk(images [][]uint64) error {
	if err := s.useDisk(); err != nil {
		return err
	}
	found, err := s.resume()
	if err != nil {
		return err
	}
	if !found {
		s.disk.levels = store.NewLevels(len(s.codec.parts), s.disk.folder, s.diskMemory(), s.opt.workers())
		s.disk.kept = s.disk.levels
		if err := s.disk.levels.Begin(images, s.opt.MaxStates); err != nil {
			return s.full(err)
		}
	}
	s.employ()
	return nil
}

// runOnDisk explores level by level, from the last whole one.
func (s *search[S, T]) runOnDisk() error {
	for more := !s.disk.done; more && s.stopped == ""; {
		s.depth = s.disk.levels.Depth() - 1
		if err := s.levelOnDisk(); err != nil {
			return err
		}
		if s.stopped != "" {
			return nil
		}
		var err error
		more, err = s.disk.levels.EndLevel(s.candidates(), s.opt.MaxStates)
		if err != nil {
			return s.full(err)
		}
		if !more || s.disk.levels.Due() || time.Since(s.disk.saved) > saveInterval {
			if err := s.save(!more); err != nil {
				return err
			}
			s.disk.saved = time.Now()
		}
	}
	return nil
}

// full ends the search if the error is the limit of states, and else returns it.
func (s *search[S, T]) full(err error) error {
	if full := (store.Full{}); errors.As(err, &full) {
		s.stopped = full.Error()
		return nil
	}
	return err
}

func (s *search[S, T]) candidates() (all []*store.Candidates) {
	for _, e := range s.explorers {
		all = append(all, e.candidates)
	}
	return all
}

// levelOnDisk expands the last level.
func (s *search[S, T]) levelOnDisk() error {
	frontier := s.disk.levels.Level(s.depth)
	s.disk.width = frontier.Words()
	for {
		var err error
		if s.disk.expanded, err = frontier.Next(s.disk.expanded, batchStates); err != nil || len(s.disk.expanded) == 0 {
			return err
		}
		if err := s.batchOnDisk(); err != nil || s.stopped != "" {
			return err
		}
		if err := s.disk.levels.Settle(s.candidates()); err != nil {
			return err
		}
		if limit := s.opt.MaxMemory / valuesPart; limit > 0 && s.codec.memory() > limit {
			s.stopped = s.outOfMemory()
			return nil
		}
		s.report()
	}
}

// batchOnDisk expands the batch. If the context ends meanwhile, nothing of the batch counts.
func (s *search[S, T]) batchOnDisk() error {
	s.watch()
	end := s.explored + int64(len(s.disk.expanded)/s.disk.width)
	shares := s.expand(end)
	if s.interrupted() {
		return nil
	}
	for i := range s.notes[:shares] {
		n := &s.notes[i]
		if n.err != nil {
			return n.err
		}
		for p := range n.verdicts {
			n.verdicts[p].at = int64(s.depth)
		}
		s.tally(n)
	}
	s.explored = end
	return nil
}

// exploreOnDisk expands some of the states of the batch.
func (e *explorer[S, T]) exploreOnDisk(first, end int64) {
	if err := e.candidates.Reset(); err != nil {
		e.fail(err)
		return
	}
	w := e.search.disk.width
	for e.number = first; e.number < end && e.notes.err == nil; e.number++ {
		at := int(e.number - e.search.explored)
		e.image = e.finder.EnterRow(e.search.disk.expanded[at*w:][:w], uint32(at))
		e.expand()
		if e.search.back != nil {
			e.noteDecided(at)
		}
	}
	e.flush()
}

// flushOnDisk makes candidates of the states that wait.
func (e *explorer[S, T]) flushOnDisk() {
	if e.search.back != nil {
		e.lookBack()
		return
	}
	for i := range e.finder.Waiting() {
		if !e.candidates.Fresh(&e.finder, i) || e.waiting != nil && !e.verify(&e.waiting[i]) {
			continue
		}
		if err := e.candidates.Keep(&e.finder, i); err != nil {
			e.fail(err)
			break
		}
	}
	e.finder.Clear()
}

// marked is the figures of a search when a level began.
type marked struct {
	explored, steps, atRest, cut int64
	verdicts                     []judgement
	coverage                     []Coverage
}

// mark takes note of the figures at the beginning of a level, if the search may have to take it again on disk.
func (s *search[S, T]) mark() {
	if !s.mayMove() {
		return
	}
	m := &marked{s.explored, s.steps, s.atRest, s.cut, slices.Clone(s.verdicts), slices.Clone(s.coverage)}
	for i := range m.coverage {
		m.coverage[i].Blocked = slices.Clone(m.coverage[i].Blocked)
	}
	s.marked = m
}

// mayMove reports whether the search may leave memory. A reduction may not: on disk it is not known in time which states are
// new.
func (s *search[S, T]) mayMove() bool { return s.opt.Store == MemoryThenDisk && s.reduction == nil }

// mayGoOnOnDisk reports whether the search has ended because of memory, and need not.
func (s *search[S, T]) mayGoOnOnDisk() bool {
	return s.mayMove() && s.opt.MaxMemory > 0 && s.stopped == s.outOfMemory()
}

// moveToDisk moves the whole levels from the store to disk, and goes on there from the last one.
func (s *search[S, T]) moveToDisk() error {
	m := s.marked
	s.explored, s.steps, s.atRest, s.cut, s.verdicts, s.coverage = m.explored, m.steps, m.atRest, m.cut, m.verdicts, m.coverage
	for i := range s.verdicts {
		if v := &s.verdicts[i]; v.decided {
			v.at = int64(s.levelOf(v.at))
		}
	}
	s.graph, s.stopped, s.explorers = graph{}, "", nil
	if err := s.useDisk(); err != nil {
		return err
	}
	s.undecided = fmt.Sprintf("%s, and %s", s.outOfMemory(), undecidedOnDisk)
	found, err := s.resume()
	if err != nil {
		return err
	}
	if !found {
		s.disk.levels = store.NewLevels(len(s.codec.parts), s.disk.folder, s.diskMemory(), s.opt.workers())
		s.disk.kept = s.disk.levels
		if err := s.disk.levels.Move(s.store, s.levels); err != nil {
			return err
		}
	}
	s.store = nil
	s.employ()
	return s.runOnDisk()
}

// levelOf is the distance of a state in the store.
func (s *search[S, T]) levelOf(number int64) int {
	level, _ := slices.BinarySearch(s.levels, number+1)
	return level
}
