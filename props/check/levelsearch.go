package check

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"

	"pkgdist/props/check/internal/runs"
	"pkgdist/props/check/internal/store"
	"pkgdist/props/check/show"
)

// LevelSearch is a search of which somebody else keeps the states and says what is expanded where, level by level: an engine
// that explores on many machines, such as that of package beam. What the engine sees of states is rows of words, so that it
// need not know their type. The rows are those of packages inside this one, so such engines are below this package too.
//
// All goroutines may use it.
type LevelSearch[S any, T comparable] struct {
	model      Model[S, T]
	properties []Property[S]
	opt        Options
	search     *search[S, T] // of the model as it is
	capacity   atomic.Int64  // bytes that there are for an encoded state, where lengths vary
}

// Piece is some states of a level, and what a search knows when the level begins.
type Piece struct {
	Layout store.Layout // of the rows
	Level  int          // steps from an initial state
	First  int64        // states found before these: with it, the sample that is inspected is the same in every division
	SoFar  Tally        // of the levels before
	Rows   *runs.Set
	Marked *runs.Set // to go back: the marked states of the next level; nil in the level from which the search goes back
}

// Conclusion is what a search came to.
type Conclusion struct {
	Layout  store.Layout
	Levels  []int64 // states at each distance from an initial state
	Bytes   int64   // of their files
	Tally   Tally
	Stopped string      // why the search ended before the whole space was explored; empty if it was
	Marked  []*runs.Set // of each level, as far as the last one in which a property was decided
}

const (
	// firstCapacity is how many bytes there are for an encoded state of varying length at first. It is doubled as needed.
	firstCapacity = 64
	lengthBytes   = 4
	// pieceCandidates is how many words of candidates are yielded at a time, and candidateMemory the memory, in bytes, that
	// has room for twice as many, and for sorting.
	pieceCandidates = 1 << 21
	candidateMemory = 4 * wordBytes * pieceCandidates
)

// errWider is the error of a state that has more bytes than there is room for.
var errWider = errors.New("a state is longer than those before it")

// NewLevelSearch refuses what Exhaustive refuses on disk. Of the options, it uses Expect, Symmetry, Coverage and Subject.
func NewLevelSearch[S any, T comparable](m Model[S, T], properties []Property[S], opt Options) (*LevelSearch[S, T], error) {
	opt.Store, opt.Workers, opt.Dir, opt.MaxStates, opt.MaxMemory, opt.Progress, opt.Decided = OnDisk, 1, "", 0, 0, nil, nil
	if err := errors.Join(opt.validate(), validateProperties(properties)); err != nil {
		return nil, err
	}
	l := &LevelSearch[S, T]{model: m, properties: properties, opt: opt}
	l.capacity.Store(firstCapacity)
	var err error
	l.search, err = newSearch(context.Background(), m, nil, properties, opt)
	return l, err
}

// Identity is what has to be the same for a search to go on, of a program of the same contents.
func (l *LevelSearch[S, T]) Identity() ([]show.Item, error) { return l.search.identity() }

// Behaviour is what has to be the same in all processes that take part: the identity, but for the contents of the program.
func (l *LevelSearch[S, T]) Behaviour() ([]show.Item, error) {
	list, err := l.search.identity()
	if err != nil {
		return nil, err
	}
	return list[:len(list)-1], nil
}

// Empty is the figures of a search that has expanded nothing.
func (l *LevelSearch[S, T]) Empty() Tally {
	t := Tally{Verdicts: make([]savedVerdict, len(l.properties)), Coverage: newCoverage(l.model.Rules)}
	for i, p := range l.properties {
		t.Verdicts[i].Tested = p.kind.Liveness() // as on disk, where they are not decided
	}
	return t
}

// Begin returns the initial states, sorted, and the layout of their rows.
func (l *LevelSearch[S, T]) Begin() (layout store.Layout, rows []uint64, err error) {
	err = l.wideEnough(func() error {
		s, err := l.open(store.Layout{})
		if err != nil {
			return err
		}
		defer s.disk.close()
		images, err := s.initialImages()
		if err != nil {
			return err
		}
		layout = store.Layout{Base: images[0]}
		packer := layout.Rows(0)
		var bits []uint32
		for _, image := range images {
			_, unplaced := packer.Pack(image, make([]uint64, 1))
			bits = append(bits, unplaced...)
		}
		layout = layout.With(bits)
		packer, rows = layout.Rows(0), nil
		for _, image := range images {
			row := make([]uint64, layout.Words())
			packer.Pack(image, row)
			rows = append(rows, row...)
		}
		rows, _ = runs.Sort(rows, make([]uint64, len(rows)), layout.Words())
		return nil
	})
	return layout, rows, err
}

// Conclude is the result of the search, the same as that of Exhaustive with the states on disk.
func (l *LevelSearch[S, T]) Conclude(c Conclusion) (r *Result[S, T], err error) {
	err = l.wideEnough(func() error {
		s, err := l.open(c.Layout)
		if err != nil {
			return err
		}
		defer s.disk.close()
		s.disk.kept = elsewhere{c.Levels, c.Bytes}
		s.stopped = c.Stopped
		s.goOnFrom(c.Tally)
		decided, _ := c.Tally.Decided()
		for _, set := range c.Marked {
			s.disk.marked = append(s.disk.marked, s.disk.levels.MarksOf(set, strideOf(decided)))
		}
		r, err = s.conclude()
		return err
	})
	return r, err
}

// open is a search for rows of a layout, with a folder of its own.
func (l *LevelSearch[S, T]) open(layout store.Layout) (*search[S, T], error) {
	for l.varies() && l.capacity.Load()+lengthBytes < int64(wordBytes*layout.ImageWords()) {
		l.widen(l.capacity.Load())
	}
	s, err := newSearch(context.Background(), l.inline(int(l.capacity.Load())), nil, l.properties, l.opt)
	if err != nil {
		return nil, err
	}
	if err := s.useDisk(); err != nil {
		return nil, err
	}
	s.disk.levels = store.NewLevels(len(s.codec.parts), s.disk.folder, candidateMemory, 1)
	if layout.Base != nil {
		s.disk.levels.Use(layout)
	}
	s.disk.kept = s.disk.levels
	s.employ()
	return s, nil
}

func (l *LevelSearch[S, T]) varies() bool { return l.search.codec.varies() }

func (l *LevelSearch[S, T]) widen(from int64) { l.capacity.CompareAndSwap(from, 2*from) }

// inline is the model, with states of varying length in as many bytes as there is room for: their length, the bytes, and
// zeros. The numbers that such states have on one machine mean nothing on another.
func (l *LevelSearch[S, T]) inline(capacity int) Model[S, T] {
	m, c := l.model, l.search.codec
	if !l.varies() {
		return m
	}
	m.Encoding = &Encoding[S]{
		Width: lengthBytes + capacity,
		Append: func(b []byte, s *S) []byte {
			at := len(b)
			b = c.identity(append(b, 0, 0, 0, 0), s)
			length := len(b) - at - lengthBytes
			if length > capacity {
				panic(abandoned{errWider})
			}
			for shift := range lengthBytes {
				b[at+shift] = byte(length >> (8 * shift))
			}
			return append(b, make([]byte, capacity-length)...)
		},
		Decode: func(b []byte, s *S) {
			length := 0
			for shift := range lengthBytes {
				length |= int(b[shift]) << (8 * shift)
			}
			b = b[lengthBytes:][:length:length]
			if c.plain == nil {
				c.own.Decode(b, s)
				return
			}
			c.plain.decode(b, bytesOf(s))
		},
	}
	return m
}

// wideEnough tries with more and more room until it is enough for all states.
func (l *LevelSearch[S, T]) wideEnough(try func() error) error {
	for {
		capacity := l.capacity.Load()
		if err := abandonable(try); !errors.Is(err, errWider) {
			return err
		}
		l.widen(capacity)
	}
}

// elsewhere is levels that somebody else keeps.
type elsewhere struct {
	levels []int64
	bytes  int64
}

func (e elsewhere) Len() (states int64) {
	for _, n := range e.levels {
		states += n
	}
	return states
}
func (e elsewhere) Depth() int               { return len(e.levels) }
func (e elsewhere) LevelLen(level int) int64 { return e.levels[level] }
func (e elsewhere) Memory() int64            { return 0 }
func (e elsewhere) Bytes() int64             { return e.bytes }

// ModelError is an error of the model or of a property, which comes again whenever the piece is expanded again.
type ModelError struct{ Err error }

func (e ModelError) Error() string { return e.Err.Error() }

// Unwrap returns Err.
func (e ModelError) Unwrap() error { return e.Err }

// Expand yields the states that the steps out of the piece lead to: sorted rows that have the layout, some at a time, and
// images, of so many words each, of states with a bit that has no place in it. The same state may be yielded again.
func (l *LevelSearch[S, T]) Expand(ctx context.Context, p Piece, yield func(rows, images []uint64, imageWords int) error) (t Tally, err error) {
	err = l.wideEnough(func() error {
		s, err := l.enter(ctx, &p)
		if err != nil {
			return err
		}
		defer s.disk.close()
		candidates := s.explorers[0].candidates
		take := func() error {
			return candidates.Take(func(rows, images []uint64) error { return yield(rows, images, len(s.codec.parts)) })
		}
		err = s.eachBatch(&p, func(rows []uint64) error {
			s.disk.expanded = rows
			if err := s.batchOnDisk(); err != nil {
				return ModelError{err}
			}
			if s.stopped != "" {
				return ctx.Err()
			}
			if candidates.Full(pieceCandidates) {
				return take()
			}
			return nil
		})
		if err != nil {
			return err
		}
		t = s.figures()
		t.Explored -= p.First
		for i := range t.Coverage {
			t.Coverage[i].Fired -= p.SoFar.Coverage[i].Fired
		}
		return take()
	})
	return t, err
}

// Back yields the marked states of the piece, as sorted rows with a mask before each: those that decide a property in this
// level, and those that lead to a marked one of the next. It returns how many states it has looked at.
func (l *LevelSearch[S, T]) Back(ctx context.Context, p Piece, yield func(marked []uint64) error) (looked int64, err error) {
	err = l.wideEnough(func() error {
		looked = 0
		s, err := l.enter(ctx, &p)
		if err != nil {
			return err
		}
		defer s.disk.close()
		decided, _ := p.SoFar.Decided()
		b := s.goingBack(decided)
		b.ctx, b.back.level = ctx, p.Level
		b.seek(s, decided)
		if p.Marked != nil {
			b.back.next = b.disk.levels.MarksOf(p.Marked, b.back.stride)
			if err := b.back.next.Load(); err != nil {
				return err
			}
		}
		return b.eachBatch(&p, func(rows []uint64) error {
			if err := b.batchBack(rows); err != nil {
				return ModelError{err}
			}
			var marked []uint64
			looked += int64(len(rows) / b.disk.width)
			for i := range len(rows) / b.disk.width {
				mask := b.back.kept[i*b.back.stride:][:b.back.stride]
				if slices.ContainsFunc(mask, func(word uint64) bool { return word != 0 }) {
					marked = append(append(marked, mask...), rows[i*b.disk.width:][:b.disk.width]...)
				}
			}
			return errors.Join(yield(marked), ctx.Err())
		})
	})
	return looked, err
}

// enter is a search that is about to expand a piece.
func (l *LevelSearch[S, T]) enter(ctx context.Context, p *Piece) (*search[S, T], error) {
	s, err := l.open(p.Layout)
	if err != nil {
		return nil, err
	}
	s.ctx, s.depth, s.disk.width = ctx, p.Level, p.Layout.Words()
	before := p.SoFar
	before.Explored, before.Steps, before.AtRest, before.Cut = p.First, 0, 0, 0
	before.Coverage = slices.Clone(before.Coverage)
	for i := range before.Coverage {
		before.Coverage[i].Blocked = nil
	}
	s.goOnFrom(before)
	return s, nil
}

// eachBatch yields the rows of a piece, some at a time.
func (s *search[S, T]) eachBatch(p *Piece, yield func(rows []uint64) error) error {
	cursor := runs.NewReader().Cursor(p.Rows, s.disk.width)
	for len(cursor.Rows()) > 0 {
		rows := cursor.Rows()
		rows = rows[:min(len(rows), batchStates*s.disk.width)]
		if err := yield(rows); err != nil {
			return err
		}
		cursor.Skip(len(rows) / s.disk.width)
	}
	return cursor.Err()
}
