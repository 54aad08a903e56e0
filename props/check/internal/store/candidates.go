package store

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"pkgdist/props/check/internal/runs"
)

// mostRecent is how many states are remembered of those found last: a power of two, so few that they stay in the cache. All
// workers together have a part of the memory of the cursors for them, or leastRecent rows each.
const mostRecent, leastRecent, recentPart = 1 << 15, 1 << 6, 4

// firstCandidates is how many rows there is room for at first.
const firstCandidates = 1 << 10

// mostSpilled is how many runs of a worker are merged at a time. All of them together are read with a fourth of the memory
// that the rows in memory take: so small are their blocks. What was merged has larger ones, for the index of a run is in
// memory too. But fewer rows than some are not worth a block.
const mostSpilled, mergedBlock, spilledPart, leastBlock = 64, 8, 4, 64

// Candidates are states found that may be known, from one worker. They are sorted in memory, and written as a run where
// there are many.
type Candidates struct {
	levels   *Levels
	name     string
	most     int // words of rows in memory
	words    int
	rows     []uint64
	spare    []uint64
	recent   []uint64 // by hash: the state found last
	mask     int      // of that hash
	spilled  []*runs.File
	written  int          // files
	reader   *runs.Reader // of the worker
	unplaced []uint64     // images of states with a bit that has no place in the layout
}

// Candidates returns candidates for a worker, who has a number from 0.
func (l *Levels) Candidates(worker int) *Candidates {
	return &Candidates{levels: l, most: l.candidates, reader: l.readers[worker], name: fmt.Sprintf("%s%d-", foundPrefix, worker)}
}

// Reset makes the candidates as wide as the layout has become. It is needed after a Settle.
func (c *Candidates) Reset() error {
	if c.words == c.levels.words {
		return nil
	}
	if len(c.rows) > 0 {
		if err := c.spill(); err != nil {
			return err
		}
	}
	c.words, c.rows, c.spare = c.levels.words, nil, nil
	c.grow(firstCandidates)
	recent := c.levels.recent()
	c.recent, c.mask = make([]uint64, recent*c.words), recent-1
	return nil
}

// grow makes room for so many rows.
func (c *Candidates) grow(rows int) {
	c.rows, c.spare = append(make([]uint64, 0, rows*c.words), c.rows...), make([]uint64, rows*c.words)
}

// Fresh reports whether the state that waits with that number in the finder was not found a short while ago. The base is
// known throughout.
func (c *Candidates) Fresh(f *Finder, i int) bool {
	if _, unplaced := slices.BinarySearch(f.unplaced, i); unplaced {
		return true
	}
	row := f.packed[i*f.words:][:f.words]
	at := c.recent[(int(f.hashes[i])&c.mask)*c.words:][:c.words]
	if slices.Equal(at, row) {
		return false
	}
	copy(at, row)
	return true
}

// Keep adds the state that waits with that number in the finder.
func (c *Candidates) Keep(f *Finder, i int) error {
	if at, unplaced := slices.BinarySearch(f.unplaced, i); unplaced {
		n := len(f.image)
		c.unplaced = append(c.unplaced, f.images[at*n:][:n]...)
		return nil
	}
	return c.add(f.packed[i*f.words:][:f.words])
}

func (c *Candidates) add(row []uint64) error {
	if len(c.rows) == cap(c.rows) {
		rows := cap(c.rows) / c.words
		switch c.sort(); {
		case len(c.rows) <= cap(c.rows)/2: // there is room for as many again
		case 2*rows*c.words <= c.most:
			c.grow(2 * rows)
		default:
			if err := c.spill(); err != nil {
				return err
			}
		}
	}
	c.rows = append(c.rows, row...)
	return nil
}

// settle gives a place to each bit that has none, and adds the states that have one. Nobody else may be at work.
func (c *Candidates) settle() error {
	size := len(c.levels.base)
	for image := range slices.Chunk(c.unplaced, size) {
		c.levels.widen(image)
		if err := c.Reset(); err != nil {
			return err
		}
		row := make([]uint64, c.words)
		c.levels.pack(image, row)
		if err := c.add(row); err != nil {
			return err
		}
	}
	c.unplaced = c.unplaced[:0]
	return nil
}

func (c *Candidates) sort() {
	capacity := cap(c.rows)
	rows, spare := runs.Sort(c.rows, c.spare[:cap(c.spare)], c.words)
	c.rows, c.spare = rows[:len(rows):capacity], spare[:0:capacity]
}

// spill writes the rows as a run.
func (c *Candidates) spill() error {
	c.sort()
	f, err := c.write(1, func(w *runs.Writer) error { return w.Append(c.rows) })
	if err != nil {
		return err
	}
	if c.spilled, c.rows = append(c.spilled, f), c.rows[:0]; len(c.spilled) < mostSpilled {
		return nil
	}
	return c.mergeSpilled()
}

// mergeSpilled makes one run of those that were written.
func (c *Candidates) mergeSpilled() error {
	c.reader.Reset()
	var cursors []*runs.Cursor
	for _, f := range c.spilled {
		cursors = append(cursors, c.reader.Cursor(f.Sets()[0], c.words))
	}
	merge, rows := runs.NewMerge(c.words, cursors), c.spare[:0]
	f, err := c.write(mergedBlock, func(w *runs.Writer) error {
		for rows = merge.Fill(rows); len(rows) > 0; rows = merge.Fill(rows[:0]) {
			if err := w.Append(rows); err != nil {
				return err
			}
		}
		return merge.Err()
	})
	if err != nil {
		return err
	}
	old := c.spilled
	c.spilled = []*runs.File{f}
	return removeAll(old)
}

// write writes a run whose blocks are so many times as large as those of what is spilled.
func (c *Candidates) write(times int, rows func(*runs.Writer) error) (*runs.File, error) {
	path := filepath.Join(c.levels.folder, fmt.Sprint(c.name, c.written, temporary))
	c.written++
	w, err := runs.CreateFast(path, c.words, times*max(leastBlock, c.most/(spilledPart*(mostSpilled+mergedBlock)*c.words)))
	if err != nil {
		return nil, err
	}
	if err := errors.Join(rows(w), w.EndSection()); err != nil {
		w.Abandon()
		return nil, err
	}
	return w.Close()
}

func removeAll(files []*runs.File) (err error) {
	for _, f := range files {
		err = errors.Join(err, f.Remove())
	}
	return err
}

// sets are the sorted sets of which the candidates are made.
func (c *Candidates) sets() (sets []*runs.Set) {
	for _, f := range c.spilled {
		sets = append(sets, f.Sets()...)
	}
	if c.words > 0 {
		c.sort()
		sets = append(sets, runs.InMemory(c.rows, c.words))
	}
	return sets
}

// Full reports whether there are rows of so many words or more, half of them different.
func (c *Candidates) Full(words int) bool {
	if len(c.rows) < words {
		return len(c.spilled) > 0
	}
	c.sort()
	return len(c.rows) >= words/2
}

// Take yields all candidates, sorted and each once, as some rows at a time, and forgets them. Those with a bit that has no
// place are images, in no order.
func (c *Candidates) Take(yield func(rows, images []uint64) error) error {
	sets, words := c.sets(), max(1, c.words)
	var cursors []*runs.Cursor
	reader := runs.NewReader()
	for _, s := range sets {
		cursors = append(cursors, reader.Cursor(s, words))
	}
	merge := runs.NewMerge(words, cursors)
	images := c.unplaced
	for {
		rows := c.rows
		if len(c.spilled) > 0 {
			rows = merge.Fill(make([]uint64, 0, chunkRows*words))
		}
		if len(rows)+len(images) == 0 {
			break
		}
		if err := yield(rows, images); err != nil {
			return err
		}
		if images = nil; len(c.spilled) == 0 {
			break
		}
	}
	c.unplaced = c.unplaced[:0]
	return errors.Join(merge.Err(), c.forget())
}

// forget removes all candidates.
func (c *Candidates) forget() error {
	old := c.spilled
	c.spilled, c.rows = nil, c.rows[:0]
	return removeAll(old)
}
