package beam

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"pkgdist/props/check"
	"pkgdist/props/check/internal/runs"
	"pkgdist/props/check/internal/store"
)

// What workers do is in this file, without Beam: to expand a piece, to merge what a partition was sent, and to go back.

// task is what each worker needs to know of a level.
type task struct {
	Search, Arguments string
	Behaviour         string // of the model, as the coordinator sees it
	Folder            folder
	Partitions        int
	Level             int
	Layout            store.Layout
	SoFar             check.Tally
	Known             [][]file // of each partition: the states that are known
	Marked            *file    // to go back: of the next level
	Lasts             bool     // runs survive a failure of the machine
	Report            string   // the file in which the pipeline says what came out
}

// piece is some blocks of a run, for one worker.
type piece struct {
	Number        int
	Run           file
	Block, Blocks int
	First         int64
}

// note is what came out of a piece, or of a partition. Of each there must be one.
type note struct {
	Piece     *int         `json:",omitempty"`
	Tally     *check.Tally `json:",omitempty"`
	Unplaced  []uint32     `json:",omitempty"` // bits that differ between states, and have no place in the layout
	Looked    int64        `json:",omitempty"` // at states, on the way back
	Sent      int64        `json:",omitempty"` // states to partitions, and their bytes
	Bytes     int64        `json:",omitempty"`
	Wrong     string       `json:",omitempty"` // with the model
	Partition *int         `json:",omitempty"`
	Found     *file        `json:",omitempty"` // the run of the next level, unless it is empty
	Known     []file       `json:",omitempty"` // what is known in place of what was, unless that stays
	Received  int64        `json:",omitempty"`
}

func (n *note) text() []byte {
	b, err := json.Marshal(n)
	if err != nil {
		panic(err) // of a struct of plain fields
	}
	return b
}

const (
	// pieceBlocks is how many blocks a piece has: a quarter of a million states, which take a worker some seconds.
	pieceBlocks = 16
	// elementBytes is what an element may take that goes through Beam, before it is compressed: messages of gRPC are limited
	// to 4 MiB where nobody says more.
	elementBytes = 2 << 20
	// fanIn is how many sets are merged at once: each takes the memory of a block.
	fanIn = 64
	// mostKnown is how many runs of known states a partition has at the most. The smaller half is merged then.
	mostKnown = 8
	// mostMarked bounds the states that are kept of a level for a property on the way back, as on one machine.
	mostMarked = 1 << 20
)

// What an element has: packed rows, or images of states with a bit that has no place in the layout.
const rowsKind, imagesKind = 'r', 'i'

// element is sorted rows as a run in memory.
func element(kind byte, rows []uint64, words int) ([]byte, error) {
	b := bytes.NewBuffer([]byte{kind})
	w, err := runs.NewWriter(b, words, false)
	if err == nil {
		err = errors.Join(w.Append(rows), w.EndSection(), w.End())
	}
	return b.Bytes(), err
}

// elementRows is how many rows an element has at the most.
func elementRows(words int) int { return max(1, elementBytes/(words*8)) * words }

// sent opens an element.
func sent(b []byte) (kind byte, set *runs.Set, err error) {
	if len(b) == 0 {
		return 0, nil, errors.New("an element is empty; expected a run")
	}
	f, err := runs.Read("an element between workers", bytes.NewReader(b[1:]), int64(len(b)-1))
	if err != nil {
		return 0, nil, err
	}
	return b[0], f.Sets()[0], nil
}

// open is the model of the task, the same as that of the coordinator.
func (t *task) open() (searcher, error) {
	s, err := opened(t.Search, t.Arguments)
	if err != nil {
		return nil, err
	}
	if s.behaviour != t.Behaviour {
		return nil, fmt.Errorf("beam: the model %q of this worker is not that of the coordinator; expected the same program everywhere. Here it is %s, there %s", t.Search, s.behaviour, t.Behaviour)
	}
	return s, nil
}

// enter is a piece as package check knows it, and ends the use of its file.
func (t *task) enter(ctx context.Context, p piece) (entered check.Piece, leave func() error, err error) {
	run, err := t.Folder.open(ctx, p.Run)
	if err != nil {
		return check.Piece{}, nil, err
	}
	return check.Piece{Layout: t.Layout, Level: t.Level, First: p.First, SoFar: t.SoFar, Rows: run.Sets()[0].Piece(p.Block, p.Blocks)}, run.Close, nil
}

// expand expands a piece, and sends what it finds to the partitions.
func (t *task) expand(ctx context.Context, s searcher, p piece, send func(partition int, element []byte)) (*note, error) {
	entered, leave, err := t.enter(ctx, p)
	if err != nil {
		return nil, err
	}
	out := &sender{note: note{Piece: &p.Number}, task: t, send: send, packer: t.Layout.Rows(0)}
	tally, err := s.Expand(ctx, entered, out.take)
	err = errors.Join(err, leave())
	if wrong := (check.ModelError{}); errors.As(err, &wrong) && ctx.Err() == nil {
		out.note.Wrong = wrong.Error()
		return &out.note, nil
	}
	out.note.Tally = &tally
	return &out.note, err
}

// sender divides what is found among the partitions.
type sender struct {
	note   note
	task   *task
	packer *store.Rows
	send   func(partition int, element []byte)
}

func (o *sender) take(rows, images []uint64, imageWords int) error {
	words, parts := o.task.Layout.Words(), make([][]uint64, o.task.Partitions)
	for row := range slices.Chunk(rows, words) {
		to := o.packer.Partition(o.packer.Hash(row), len(parts))
		parts[to] = append(parts[to], row...)
	}
	if err := o.emit(rowsKind, parts, words); err != nil || len(images) == 0 {
		return err
	}
	packer, parts := o.task.Layout.Rows(imageWords), make([][]uint64, o.task.Partitions)
	row := make([]uint64, words)
	for image := range slices.Chunk(images, imageWords) {
		hash, unplaced := packer.Pack(image, row)
		o.note.Unplaced = append(o.note.Unplaced, unplaced...)
		to := packer.Partition(hash, len(parts))
		parts[to] = append(parts[to], image...)
	}
	slices.Sort(o.note.Unplaced)
	o.note.Unplaced = slices.Compact(o.note.Unplaced)
	for i := range parts {
		parts[i], _ = runs.Sort(parts[i], make([]uint64, len(parts[i])), imageWords)
	}
	return o.emit(imagesKind, parts, imageWords)
}

func (o *sender) emit(kind byte, parts [][]uint64, words int) error {
	for to, rows := range parts {
		for some := range slices.Chunk(rows, elementRows(words)) {
			b, err := element(kind, some, words)
			if err != nil {
				return err
			}
			o.note.Sent += int64(len(some) / words)
			o.note.Bytes += int64(len(b))
			o.send(to, b)
		}
	}
	return nil
}

// merge makes what a partition was sent, without what it knows, its run of the next level.
func (t *task) merge(ctx context.Context, partition int, elements [][]byte, unplaced []uint32) (*note, error) {
	layout := t.Layout.With(unplaced)
	m := merger{task: t, layout: layout, words: layout.Words(), note: note{Partition: &partition}, reader: runs.NewReader()}
	if err := m.collect(elements); err != nil {
		return nil, err
	}
	known, err := m.openKnown(ctx, partition)
	defer func() {
		for _, f := range m.open {
			_ = f.Close() // it was read only
		}
	}()
	if err != nil {
		return nil, err
	}
	out := t.Folder.create(ctx, fmt.Sprintf("%s%06d-%04d-%s.run", levelPrefix, t.Level+1, partition, attempt()), m.words, t.Lasts)
	m.reader.Reset()
	if err := m.through(m.sets, known, out.append); err != nil {
		return nil, err
	}
	if m.note.Found, err = out.end(); m.note.Found != nil {
		m.note.Found.Partition = partition
	}
	return &m.note, err
}

type merger struct {
	task   *task
	layout store.Layout // of the next level
	words  int          // of a row
	note   note
	reader *runs.Reader
	sets   []*runs.Set
	open   []*runs.File
}

// collect takes what was sent.
func (m *merger) collect(elements [][]byte) error {
	for _, b := range elements {
		kind, set, err := sent(b)
		if err != nil {
			return err
		}
		m.note.Received += set.Len()
		if kind == imagesKind {
			if set, err = m.packed(set); err != nil {
				return err
			}
		}
		if m.sets = append(m.sets, set); len(m.sets) == fanIn {
			if err := m.mergeSets(); err != nil {
				return err
			}
		}
	}
	return nil
}

// mergeSets makes one set of those that were sent.
func (m *merger) mergeSets() error {
	var b bytes.Buffer
	w, err := runs.NewWriter(&b, m.words, false)
	if err != nil {
		return err
	}
	m.reader.Reset()
	if err := errors.Join(m.through(m.sets, nil, w.Append), w.EndSection(), w.End()); err != nil {
		return err
	}
	f, err := runs.Read("what was sent", bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		return err
	}
	m.sets = f.Sets()
	return nil
}

// packed is images as rows.
func (m *merger) packed(images *runs.Set) (*runs.Set, error) {
	m.reader.Reset()
	cursor, packer := m.reader.Cursor(images, images.Words()), m.layout.Rows(images.Words())
	var rows []uint64
	for row := make([]uint64, m.words); len(cursor.Rows()) > 0; cursor.Skip(1) {
		if _, unplaced := packer.Pack(cursor.Rows()[:images.Words()], row); len(unplaced) > 0 {
			return nil, fmt.Errorf("the bits %v have no place in the layout; expected all that were sent: a bug in the checker, or in the runner", unplaced)
		}
		rows = append(rows, row...)
	}
	rows, _ = runs.Sort(rows, make([]uint64, len(rows)), m.words)
	return runs.InMemory(rows, m.words), cursor.Err()
}

// openKnown opens what the partition knows, and merges the smaller half of it if it is too many.
func (m *merger) openKnown(ctx context.Context, partition int) (known []*runs.Set, err error) {
	files := slices.Clone(m.task.Known[partition])
	slices.SortStableFunc(files, func(a, b file) int { return int(b.Rows - a.Rows) })
	for _, from := range files {
		f, err := m.task.Folder.open(ctx, from)
		if err != nil {
			return nil, err
		}
		m.open = append(m.open, f)
		known = append(known, f.Sets()[0])
	}
	if len(known) <= mostKnown {
		return known, nil
	}
	keep := mostKnown / 2
	out := m.task.Folder.create(ctx, fmt.Sprintf("%s%06d-%04d-%s.run", knownPrefix, m.task.Level, partition, attempt()), m.task.Layout.Words(), m.task.Lasts)
	m.reader.Reset()
	cursors := m.cursors(known[keep:], out.words)
	if err := all(runs.NewMerge(out.words, cursors), out.words, out.append); err != nil {
		return nil, err
	}
	merged, err := out.end()
	if err != nil {
		return nil, err
	}
	merged.Partition = partition
	f, err := m.task.Folder.open(ctx, *merged)
	if err != nil {
		return nil, err
	}
	m.open = append(m.open, f)
	m.note.Known = append(files[:keep:keep], *merged)
	return append(known[:keep:keep], f.Sets()[0]), nil
}

func (m *merger) cursors(sets []*runs.Set, words int) (cursors []*runs.Cursor) {
	for _, s := range sets {
		cursors = append(cursors, m.reader.Cursor(s, words))
	}
	return cursors
}

// through yields the rows of some sets, in order and each once, without the known ones.
func (m *merger) through(sets, known []*runs.Set, yield func(rows []uint64) error) error {
	merge, removed := runs.NewMerge(m.words, m.cursors(sets, m.words)), m.cursors(known, m.words)
	return all(merge, m.words, func(rows []uint64) error {
		for _, c := range removed {
			if rows = c.Remove(rows); c.Err() != nil {
				return c.Err()
			}
		}
		return yield(rows)
	})
}

// all yields the rows of a merge, some at a time.
func all(merge *runs.Merge, words int, yield func(rows []uint64) error) error {
	room := make([]uint64, 0, int(runs.BlockRows(words))*words)
	for rows := merge.Fill(room); len(rows) > 0; rows = merge.Fill(room) {
		if err := yield(rows); err != nil {
			return err
		}
	}
	return merge.Err()
}

// back sends the marked states of a piece.
func (t *task) back(ctx context.Context, s searcher, p piece, send func(partition int, element []byte)) (*note, error) {
	entered, leave, err := t.enter(ctx, p)
	if err != nil {
		return nil, err
	}
	n := &note{Piece: &p.Number}
	if t.Marked != nil {
		f, err := t.Folder.open(ctx, *t.Marked)
		if err != nil {
			return nil, errors.Join(err, leave())
		}
		defer f.Close()
		entered.Marked = f.Sets()[0]
	}
	words := t.markedWords()
	var pending []uint64
	flush := func() error {
		b, err := element(rowsKind, pending, words)
		n.Sent += int64(len(pending) / words)
		n.Bytes += int64(len(b))
		if pending = nil; err == nil {
			send(0, b)
		}
		return err
	}
	n.Looked, err = s.Back(ctx, entered, func(marked []uint64) error {
		if pending = append(pending, marked...); len(pending) < elementRows(words) {
			return nil
		}
		return flush()
	})
	if err == nil && len(pending) > 0 {
		err = flush()
	}
	err = errors.Join(err, leave())
	if wrong := (check.ModelError{}); errors.As(err, &wrong) && ctx.Err() == nil {
		n.Wrong, err = wrong.Error(), nil
	}
	return n, err
}

// markedWords is how many words a marked state has: its mask, which has a bit for each property that was decided, and its row.
func (t *task) markedWords() int {
	decided, _ := t.SoFar.Decided()
	return (len(decided)+63)/64 + t.Layout.Words()
}

// mark writes the marked states of a level into one file.
func (t *task) mark(ctx context.Context, elements [][]byte) (*note, error) {
	zero, words := 0, t.markedWords()
	m := merger{task: t, words: words, note: note{Partition: &zero}, reader: runs.NewReader()}
	if err := m.collect(elements); err != nil {
		return nil, err
	}
	stride := words - t.Layout.Words()
	out := t.Folder.create(ctx, fmt.Sprintf("%s%06d-%s.run", backPrefix, t.Level, attempt()), words, false)
	bound := store.NewBound(stride, mostMarked)
	m.reader.Reset()
	err := m.through(m.sets, nil, func(rows []uint64) error {
		var kept []uint64
		for row := range slices.Chunk(rows, words) {
			if bound.Cut(row[:stride]) {
				kept = append(kept, row...)
			}
		}
		return out.append(kept)
	})
	if err != nil {
		return nil, err
	}
	m.note.Found, err = out.end()
	return &m.note, err
}
