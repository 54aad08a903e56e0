package store

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"pkgdist/props/check/internal/runs"
)

// Levels is the visited set by distance from an initial state: each level is a sorted run on disk. Duplicates are found
// late, when a level is whole: what was found is sorted, and what is known is removed by merging (delayed duplicate
// detection: Korf and Schultze, Large-Scale Parallel Breadth-First Search, AAAI 2005). So a state takes a byte or so, in a
// file, and memory is needed for the candidates of the moment alone.
//
// States have no numbers here and no parents. The last level is the queue of the search.
type Levels struct {
	layout
	folder     string
	workers    int
	candidates int   // words of candidates that a worker has in memory
	small      int64 // rows of a level that stays in memory, if there is enough

	memory  int64          // bytes that cursors may take
	readers []*runs.Reader // of each worker

	levels  []level
	states  int64
	known   []*runs.Set // all states, for look-up: levels, of which small ones are merged
	looked  int64       // rows of known that small levels have read
	pending int64       // rows of the levels that are in memory alone
	written int         // files so far
}

// level is the states of a level, in sets: all rows of one are below those of the next.
type level struct{ sets []*runs.Set }

const (
	// What the files in the folder are named: those that a search needs to go on have the suffix of runs, and the others
	// are gone when it ends.
	levelPrefix, knownPrefix, foundPrefix, marksPrefix = "level-", "known-", "found-", "marks-"
	permanent, temporary                               = ".run", ".tmp"

	// mostSmall is how many rows of a level stay in memory at the most, until several levels are written together: a file
	// for each would be slow. They take that part of the memory of the cursors, but leastSmall rows stay in any case.
	leastSmall, mostSmall, smallPart = 1 << 6, 1 << 16, 16
	// fewKnown is how many runs for look-up are never merged, and mergeCost is how many rows are read in the time in which
	// one is merged.
	fewKnown, mergeCost = 8, 12
	// levelsSeed is what the keys of hashes are made from. Rows that are on many machines are divided by it: it stays.
	levelsSeed = 1
	// chunkRows is how many rows are merged at a time.
	chunkRows = 1 << 12
	// leastCandidates is how many words of candidates a worker may have in any case.
	leastCandidates = 1 << 11
)

func fileName(prefix string, number int, suffix string) string {
	return fmt.Sprintf("%s%06d%s", prefix, number, suffix)
}

// NewLevels keeps states whose images have so many words in a folder. The candidates take as many bytes of memory as are
// given at the most, and what reads runs takes half as much, or some megabytes if that is more.
func NewLevels(words int, folder string, memory int64, workers int) *Levels {
	l := &Levels{
		layout: newLayout(words, levelsSeed), folder: folder, workers: workers,
		candidates: int(max(leastCandidates, memory/(2*wordBytes*int64(workers)))),
		small:      mostSmall,
		memory:     memory / 2,
	}
	for range workers {
		l.readers = append(l.readers, runs.NewReader())
	}
	return l
}

// smallRows is how many rows of a level stay in memory.
func (l *Levels) smallRows() int64 {
	return min(l.small, max(leastSmall, l.memory/(smallPart*wordBytes*int64(max(1, l.words)))))
}

// recent is how many rows a worker remembers of those found last.
func (l *Levels) recent() int {
	rows := mostRecent
	for rows > leastRecent && int64(l.workers*rows*l.words*wordBytes) > l.memory/recentPart {
		rows /= 2
	}
	return rows
}

// Finder returns a finder, which has to be Reset first.
func (l *Levels) Finder() Finder { return l.layout.finder(nil) }

// Len is how many states there are.
func (l *Levels) Len() int64 { return l.states }

// Depth is how many levels there are.
func (l *Levels) Depth() int { return len(l.levels) }

// LevelLen is how many states a level has.
func (l *Levels) LevelLen(number int) (states int64) {
	for _, s := range l.levels[number].sets {
		states += s.Len()
	}
	return states
}

// Memory is what the candidates and the indexes of runs take, in bytes.
func (l *Levels) Memory() int64 {
	bytes := int64(l.workers) * wordBytes * int64(2*l.candidates+l.recent()*l.words)
	for _, s := range l.known {
		bytes += s.Memory()
	}
	for _, level := range l.levels {
		for _, s := range level.sets {
			bytes += s.Memory()
		}
	}
	return bytes
}

// Bytes is the size of the files of states.
func (l *Levels) Bytes() (bytes int64) {
	for f := range l.files() {
		bytes += f.Bytes()
	}
	return bytes
}

func (l *Levels) files() map[*runs.File]bool {
	files := map[*runs.File]bool{}
	for _, s := range l.known {
		if f := s.File(); f != nil {
			files[f] = true
		}
	}
	for _, level := range l.levels {
		for _, s := range level.sets {
			if f := s.File(); f != nil {
				files[f] = true
			}
		}
	}
	return files
}

// Begin makes the images the first level. The limit is that of EndLevel.
func (l *Levels) Begin(images [][]uint64, limit int64) error {
	c := l.Candidates(0)
	for _, image := range images {
		l.begin(image)
		c.unplaced = append(c.unplaced, image...)
	}
	if err := errors.Join(c.Reset(), c.settle()); err != nil {
		return err
	}
	_, err := l.EndLevel([]*Candidates{c}, limit)
	return err
}

// Frontier goes through the states of a level.
type Frontier struct {
	levels *Levels
	sets   []*runs.Set
	reader *runs.Reader
	cursor *runs.Cursor
	words  int
}

// Level goes through the states of a level, in rows of as many words as the layout has now.
func (l *Levels) Level(number int) *Frontier {
	return &Frontier{levels: l, sets: l.levels[number].sets, reader: runs.NewReader(), words: l.words}
}

// Words is how many words a row has.
func (f *Frontier) Words() int { return f.words }

// Next returns the next rows: so many, or fewer at the end. They are in the memory of rows, which is used again.
func (f *Frontier) Next(rows []uint64, most int) ([]uint64, error) {
	rows = rows[:0]
	for len(rows) < most*f.words {
		if f.cursor == nil || len(f.cursor.Rows()) == 0 {
			if f.cursor != nil && f.cursor.Err() != nil {
				return nil, f.cursor.Err()
			}
			if len(f.sets) == 0 {
				break
			}
			f.cursor, f.sets = f.reader.Cursor(f.sets[0], f.words), f.sets[1:]
			continue
		}
		some := f.cursor.Rows()
		some = some[:min(len(some), most*f.words-len(rows))]
		rows = append(rows, some...)
		f.cursor.Skip(len(some) / f.words)
	}
	return rows, nil
}

// Settle gives places to the bits of candidates that have none, in the order of the workers. Nobody else may be at work.
func (l *Levels) Settle(all []*Candidates) error {
	for _, c := range all {
		if len(c.unplaced) > 0 {
			if err := c.settle(); err != nil {
				return err
			}
		}
	}
	return nil
}

// EndLevel makes the candidates that are not known the next level, and reports whether there are any. A limit of states,
// unless it is 0, cuts the level; the error is then Full.
func (l *Levels) EndLevel(all []*Candidates, limit int64) (more bool, err error) {
	return l.endLevel(all, l.known, limit)
}

// endLevel is EndLevel where so much is known.
func (l *Levels) endLevel(all []*Candidates, known []*runs.Set, limit int64) (more bool, err error) {
	var sources []*runs.Set
	var total int64
	for _, sets := range l.sorted(all) {
		for _, s := range sets {
			sources, total = append(sources, s), total+s.Len()
		}
	}
	parts := l.divide(sources, total)
	room := int64(0)
	if limit > 0 {
		if room = max(0, limit-l.states); l.states+total > limit {
			parts = parts[:1]
			parts[0].end = nil
		}
	}
	found := make([]*builder, len(parts))
	errs := make([]error, len(parts))
	atOnce(len(parts), func(i int) {
		found[i] = &builder{levels: l, name: fileName(levelPrefix, l.written+i, permanent), words: l.words, lasts: true}
		errs[i] = parts[i].build(l.readers[i], sources, known, found[i], limit, room)
	})
	full := Full{limit}
	if err := errors.Join(errs...); err != nil && !errors.Is(err, full) {
		for _, b := range found {
			b.abandon()
		}
		return false, err
	}
	l.written += len(parts)
	var next level
	for _, b := range found {
		if s, err := b.set(); err != nil {
			return false, err
		} else if s.Len() > 0 {
			next.sets = append(next.sets, s)
		}
	}
	for _, c := range all {
		if err := c.forget(); err != nil {
			return false, err
		}
	}
	if len(next.sets) > 0 {
		if err := l.add(next); err != nil {
			return false, err
		}
	}
	if errors.Is(errors.Join(errs...), full) {
		return false, full
	}
	return len(next.sets) > 0, nil
}

// sorted sorts what the workers have, all at once.
func (l *Levels) sorted(all []*Candidates) [][]*runs.Set {
	sets := make([][]*runs.Set, len(all))
	atOnce(len(all), func(i int) { sets[i] = all[i].sets() })
	return sets
}

func atOnce(n int, do func(i int)) {
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() { do(i) })
	}
	wait.Wait()
}

// add adds a level.
func (l *Levels) add(next level) error {
	l.levels = append(l.levels, next)
	for _, s := range next.sets {
		l.states += s.Len()
		if s.File() == nil {
			l.pending += s.Len()
		}
		if err := l.know(s); err != nil {
			return err
		}
	}
	return l.mergeKnown(l.LevelLen(len(l.levels) - 1))
}

// know adds a set to those for look-up. Small ones are merged at once, each about as often as there are doublings.
func (l *Levels) know(s *runs.Set) error {
	l.known = append(l.known, s)
	for n := len(l.known); n >= 2; n = len(l.known) {
		one, other := l.known[n-2], l.known[n-1]
		if one.Len() > 2*other.Len() || one.Len()+other.Len() > l.smallRows() {
			break
		}
		if err := l.mergeTwo(n-2, n-1); err != nil {
			return err
		}
	}
	return nil
}

// mergeKnown merges the smallest runs for look-up, as soon as to read them one by one has cost as much, or takes too much
// memory. A level of few states reads a block of each, in a graph that is deep and narrow again and again; a large level reads
// all of them anyway.
func (l *Levels) mergeKnown(states int64) error {
	if states < l.smallRows() {
		for _, s := range l.known {
			l.looked += min(states*runs.BlockRows(l.words), s.Len())
		}
	}
	for len(l.known) > fewKnown {
		slices.SortFunc(l.known, func(a, b *runs.Set) int { return cmp.Compare(b.Len(), a.Len()) })
		n := len(l.known)
		cost := mergeCost * (l.known[n-2].Len() + l.known[n-1].Len())
		if l.looked < cost && cursorBytes(l.known, l.words) <= l.memory/2 {
			return nil
		}
		l.looked = max(0, l.looked-cost)
		if err := l.mergeTwo(n-2, n-1); err != nil {
			return err
		}
	}
	return nil
}

// mergeTwo merges two of the runs for look-up. The run of a level stays, for its level.
func (l *Levels) mergeTwo(i, j int) error {
	one, other := l.known[i], l.known[j]
	merged, err := l.merged(one, other)
	if err != nil {
		return err
	}
	l.known[i] = merged
	l.known = slices.Delete(l.known, j, j+1)
	for _, old := range []*runs.Set{one, other} {
		if f := old.File(); f != nil && strings.HasSuffix(f.Name(), temporary) {
			if err := f.Remove(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l *Levels) merged(sets ...*runs.Set) (*runs.Set, error) {
	b := &builder{levels: l, name: fileName(knownPrefix, l.written, temporary), words: l.words}
	l.written++
	if err := (&part{}).build(l.readers[0], sets, nil, b, 0, 0); err != nil {
		b.abandon()
		return nil, err
	}
	return b.set()
}

// part is the rows from the first up to the end; nil is no bound.
type part struct{ first, end []uint64 }

// divide divides what is found into parts with about as many rows each, one for each worker.
func (l *Levels) divide(sources []*runs.Set, total int64) []part {
	parts := []part{{}}
	together := int(l.memory / max(1, cursorBytes(l.known, l.words)+cursorBytes(sources, l.words)))
	if total < l.smallRows() || l.workers == 1 || together <= 1 {
		return parts
	}
	largest := slices.MaxFunc(sources, func(a, b *runs.Set) int { return int(a.Len() - b.Len()) })
	together = min(together, l.workers)
	for i := 1; i < together; i++ {
		bound := largest.Row(float64(i)/float64(together), l.words)
		if last := &parts[len(parts)-1]; last.first == nil || runs.Compare(last.first, bound) < 0 {
			last.end = bound
			parts = append(parts, part{first: bound})
		}
	}
	return parts
}

// cursorBytes is the memory of a cursor for each of the sets.
func cursorBytes(sets []*runs.Set, words int) (bytes int64) {
	for _, s := range sets {
		bytes += s.CursorBytes(words)
	}
	return bytes
}

// build merges the rows of the part, without those that are known.
func (p *part) build(reader *runs.Reader, sources, known []*runs.Set, b *builder, limit, room int64) error {
	reader.Reset()
	cursors := func(sets []*runs.Set) (all []*runs.Cursor) {
		for _, s := range sets {
			c := reader.Cursor(s, b.words)
			if p.first != nil {
				c.Seek(p.first)
			}
			all = append(all, c)
		}
		return all
	}
	removed := cursors(known) // first, for the reader keeps its memory: their blocks are large, and they stay about as many
	merge := runs.NewMerge(b.words, cursors(sources))
	rows := make([]uint64, 0, chunkRows*b.words)
	for {
		rows = merge.Fill(rows[:0])
		left := p.below(rows, b.words)
		last := len(left) < len(rows) || len(rows) == 0
		for _, c := range removed {
			if left = c.Remove(left); c.Err() != nil {
				return c.Err()
			}
		}
		if limit > 0 && int64(len(left)/b.words) > room {
			return errors.Join(b.add(left[:room*int64(b.words)]), Full{limit})
		}
		room -= int64(len(left) / b.words)
		if err := b.add(left); err != nil {
			return err
		}
		if last {
			return merge.Err()
		}
	}
}

// below cuts the rows off that are not in the part.
func (p *part) below(rows []uint64, words int) []uint64 {
	if p.end == nil {
		return rows
	}
	for len(rows) > 0 && runs.Compare(rows[len(rows)-words:], p.end) >= 0 {
		rows = rows[:len(rows)-words]
	}
	return rows
}

// builder builds a set: in memory while it is small, and then in a file.
type builder struct {
	levels *Levels
	name   string
	words  int
	lasts  bool
	rows   []uint64
	writer *runs.Writer
}

func (b *builder) add(rows []uint64) (err error) {
	if b.writer == nil && len(b.rows)+len(rows) > int(b.levels.smallRows())*b.words {
		if b.writer, err = runs.Create(filepath.Join(b.levels.folder, b.name), b.words, b.lasts); err != nil {
			return err
		}
		if err := b.writer.Append(b.rows); err != nil {
			return err
		}
		b.rows = nil
	}
	if b.writer != nil {
		return b.writer.Append(rows)
	}
	b.rows = append(b.rows, rows...)
	return nil
}

func (b *builder) set() (*runs.Set, error) {
	if b.writer == nil {
		return runs.InMemory(slices.Clip(b.rows), b.words), nil
	}
	if err := b.writer.EndSection(); err != nil {
		return nil, err
	}
	f, err := b.writer.Close()
	if err != nil {
		return nil, err
	}
	return f.Sets()[0], nil
}

func (b *builder) abandon() {
	if b.writer != nil {
		b.writer.Abandon()
	}
}

// Close closes the files, and removes those that are not needed to go on.
func (l *Levels) Close() (err error) {
	for f := range l.files() {
		if strings.HasSuffix(f.Name(), temporary) {
			err = errors.Join(err, f.Remove())
		} else {
			err = errors.Join(err, f.Close())
		}
	}
	return err
}
