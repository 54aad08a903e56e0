package check

import (
	"context"
	"errors"
	"time"

	"pkgdist/props/check/internal/store"
)

// backwards finds the traces of a search on disk, where no state knows its parent. It goes back from level to level. Of the
// level in which a property was decided, it keeps the states that decide it; of each level before, those that lead to one
// that was kept. From an initial state that was kept, a trace then goes forward, through the first state that was kept each
// time. It is the trace that a search in memory finds, whose states are in the order in which they were found: so the
// first of them has, of all shortest ways to any of them, the first.
//
// Each level is expanded once more, for all properties together.
type backwards struct {
	level  int
	next   *store.Marks // of the level after
	kept   []uint64     // for each state of the batch: a bit for each property
	stride int          // words of that
}

// mostMarked bounds the states that are kept of a level for a property. Where more decide it or lead there, the trace is
// still a shortest one, and may be another one than in memory. MaxMemory makes the bound smaller, but for leastMarked: all
// that is kept of a level may take a fourth of it.
const mostMarked, leastMarked, marksPart = 1 << 20, 1 << 13, 4

// whileLate is how long a search whose time is up goes on, to find the traces of what it found. Tests alone change it.
var whileLate = func(took time.Duration) time.Duration { return max(2*time.Second, took/8) }

// errLate is the error of a search that takes longer.
var errLate = errors.New("no time is left")

// chains are the states that lead to what decided each of the properties that are not about infinite runs.
func (s *search[S, T]) chains() (map[int][]S, error) {
	chains := map[int][]S{}
	for i, v := range s.verdicts {
		if v.decided && !s.properties[i].kind.Liveness() {
			if s.disk != nil {
				return s.chainsOnDisk()
			}
			chains[i] = s.chain(i)
		}
	}
	return chains, nil
}

func (s *search[S, T]) chainsOnDisk() (map[int][]S, error) {
	figures := s.figures()
	decided, deepest := figures.Decided()
	if s.disk.marked != nil {
		return s.chainsThrough(s.disk.marked, decided)
	}
	b := s.goingBack(decided)
	var cancel func()
	b.ctx, cancel = s.late()
	defer cancel()
	marks := make([]*store.Marks, deepest+1)
	defer func() {
		for _, m := range marks {
			if m != nil {
				_ = m.Remove() // else it is removed when the folder is opened again
			}
		}
	}()
	for level := range deepest + 1 {
		s.left += s.levelLen(level)
	}
	for b.back.level = deepest; b.back.level >= 0; b.back.level-- {
		var err error
		if marks[b.back.level], err = b.levelBack(s, decided); err != nil {
			return nil, err
		}
		b.back.next = marks[b.back.level]
	}
	return s.chainsThrough(marks, decided)
}

// chainsThrough are the chains through states that were kept.
func (s *search[S, T]) chainsThrough(marks []*store.Marks, decided []int) (map[int][]S, error) {
	chains := map[int][]S{}
	for bit, i := range decided {
		var err error
		if chains[i], err = s.forward(marks[:s.verdicts[i].at+1], bit); err != nil {
			return nil, err
		}
	}
	return chains, nil
}

// late ends a while after the context of the search does.
func (s *search[S, T]) late() (context.Context, func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(s.ctx))
	while := whileLate(time.Since(s.began))
	stop := context.AfterFunc(s.ctx, func() { time.AfterFunc(while, cancel) })
	return ctx, func() { stop(); cancel() }
}

// goingBack is a search of the same states for the properties that were decided.
func (s *search[S, T]) goingBack(decided []int) *search[S, T] {
	b := *s
	b.properties, b.watched, b.opt.Progress, b.opt.Coverage = nil, nil, nil, false
	for _, i := range decided {
		b.properties = append(b.properties, s.properties[i])
		b.onStep = b.onStep || s.properties[i].aboutSteps()
	}
	b.verdicts, b.coverage = make([]judgement, len(decided)), newCoverage(s.Rules)
	b.columns = columnsOf(b.properties)
	b.back = &backwards{stride: strideOf(decided)}
	disk := *s.disk
	b.disk = &disk
	b.employ()
	return &b
}

// strideOf is how many words have a bit for each.
func strideOf(decided []int) int { return (len(decided) + 63) / 64 }

// levelBack expands a level, and returns the states that are kept of it.
func (b *search[S, T]) levelBack(s *search[S, T], decided []int) (*store.Marks, error) {
	b.seek(s, decided)
	if b.back.next != nil {
		if err := b.back.next.Load(); err != nil {
			return nil, err
		}
		defer b.back.next.Unload()
	}
	frontier := b.disk.levels.Level(b.back.level)
	b.disk.width = frontier.Words()
	marks := b.disk.levels.NewMarks(b.back.stride, b.mostMarks(len(decided)))
	for b.explored = 0; ; {
		rows, err := frontier.Next(b.disk.expanded, batchStates)
		if err != nil {
			return nil, err
		}
		if len(rows) == 0 {
			return marks, marks.Done()
		}
		if err := b.batchBack(rows); err != nil {
			return nil, err
		}
		if b.ctx.Err() != nil {
			marks.Abandon()
			return nil, errLate
		}
		if err := marks.Add(rows, b.back.kept); err != nil {
			return nil, err
		}
		s.left -= int64(len(rows) / b.disk.width)
		s.report()
	}
}

// mostMarks is how many states are kept of a level for each of so many properties.
func (b *search[S, T]) mostMarks(properties int) int {
	if b.opt.MaxMemory == 0 {
		return mostMarked
	}
	bytes := store.MarkBytes(b.disk.width, b.back.stride) * int64(properties)
	return int(max(leastMarked, min(mostMarked, b.opt.MaxMemory/marksPart/bytes)))
}

// seek has the level tell which of its states decide a property that is decided there.
func (b *search[S, T]) seek(s *search[S, T], decided []int) {
	for bit, i := range decided {
		b.verdicts[bit].decided = int(s.verdicts[i].at) != b.back.level
	}
}

// batchBack expands some states of a level, and keeps those that decide a property or lead to a state that was kept.
func (b *search[S, T]) batchBack(rows []uint64) error {
	b.disk.expanded = rows
	states := len(rows) / b.disk.width
	b.back.kept = make([]uint64, states*b.back.stride)
	shares := b.expand(b.explored + int64(states))
	for i := range b.notes[:shares] {
		if err := b.notes[i].err; err != nil {
			return err
		}
	}
	b.explored += int64(states)
	return nil
}

// noteDecided keeps the state being expanded for the properties that it decides.
func (e *explorer[S, T]) noteDecided(at int) {
	for i := range e.notes.verdicts {
		if v := &e.notes.verdicts[i]; v.decided {
			e.search.back.kept[at*e.search.back.stride+i>>6] |= 1 << (i & 63)
			v.decided = false
		}
	}
}

// lookBack keeps the states that lead to states that were kept.
func (e *explorer[S, T]) lookBack() {
	if e.search.back.next != nil {
		for i := range e.finder.Waiting() {
			if mask, at := e.search.back.next.Find(&e.finder, i); mask != nil {
				for w, word := range mask {
					e.search.back.kept[at*e.search.back.stride+w] |= word
				}
			}
		}
	}
	e.finder.Clear()
}

// forward goes through the levels by states that were kept for a property.
func (s *search[S, T]) forward(levels []*store.Marks, bit int) ([]S, error) {
	keeps := func(m *store.Marks, state *S) (bool, error) {
		image := make([]uint64, len(s.codec.parts))
		s.codec.image(state, s.codec.scratch(), image)
		mask, err := m.Of(image)
		return mask != nil && mask[bit>>6]>>(bit&63)&1 != 0, err
	}
	initial, err := s.initialStates()
	if err != nil {
		return nil, err
	}
	var chain []S
	for i := range initial {
		if is, err := keeps(levels[0], &initial[i]); err != nil {
			return nil, err
		} else if is {
			chain = append(chain, initial[i])
			break
		}
	}
	for level := 1; level < len(levels) && len(chain) == level; level++ {
		newStepper(s.machine, func(_ T, next *S) {
			if len(chain) > level || err != nil {
				return
			}
			if s.opt.Symmetry {
				next = s.representative(next)
			}
			var is bool
			if is, err = keeps(levels[level], next); is {
				var state S
				s.codec.clone(next, &state, s.codec.scratch())
				chain = append(chain, state)
			}
		}).steps(&chain[level-1])
		if err != nil {
			return nil, err
		}
	}
	if len(chain) < len(levels) {
		return nil, errFickle
	}
	return chain, nil
}
