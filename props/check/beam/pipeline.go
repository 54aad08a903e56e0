package beam

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/x/beamx"
)

func init() {
	register.DoFn4x1[context.Context, []byte, func(int, []byte), func([]byte), error](&expandFn{})
	register.DoFn5x1[context.Context, int, func(*[]byte) bool, func(*[]byte) bool, func([]byte), error](&mergeFn{})
	register.DoFn4x1[context.Context, []byte, func(int, []byte), func([]byte), error](&backFn{})
	register.DoFn4x1[context.Context, int, func(*[]byte) bool, func([]byte), error](&markFn{})
	register.DoFn3x1[context.Context, int, func(*[]byte) bool, error](&reportFn{})
	register.Emitter2[int, []byte]()
	register.Emitter1[[]byte]()
	register.Iter1[[]byte]()
}

// forward is the pipeline of a level: pieces are expanded, what is found is grouped by partition and merged, and all notes
// are written into one file. The bits that have no place yet are a side input, as all partitions need the same places.
func (t *task) forward(s beam.Scope, pieces []piece) {
	found, notes := beam.ParDo2(s, &expandFn{t.text()}, spread(s, pieces))
	merged := beam.ParDo(s, &mergeFn{t.text()}, beam.GroupByKey(s, found), beam.SideInput{Input: notes})
	t.report(s, notes, merged)
}

// backward is the pipeline of a level on the way back.
func (t *task) backward(s beam.Scope, pieces []piece) {
	marked, notes := beam.ParDo2(s, &backFn{t.text()}, spread(s, pieces))
	t.report(s, notes, beam.ParDo(s, &markFn{t.text()}, beam.GroupByKey(s, marked)))
}

// spread is the pieces, each free to go to another worker.
func spread(s beam.Scope, pieces []piece) beam.PCollection {
	var texts [][]byte
	for _, p := range pieces {
		b, err := json.Marshal(p)
		if err != nil {
			panic(err) // of a struct of plain fields
		}
		texts = append(texts, b)
	}
	return beam.Reshuffle(s, beam.CreateList(s, texts))
}

func (t *task) report(s beam.Scope, notes ...beam.PCollection) {
	beam.ParDo0(s, &reportFn{t.text()}, beam.GroupByKey(s, beam.AddFixedKey(s, beam.Flatten(s, notes...))))
}

// run runs a pipeline on the runner that the flags name.
func run(ctx context.Context, build func(s beam.Scope)) error {
	p, s := beam.NewPipelineWithRoot()
	build(s)
	return beamx.Run(ctx, p)
}

func (t *task) text() []byte {
	b, err := json.Marshal(t)
	if err != nil {
		panic(err) // of a struct of plain fields
	}
	return b
}

// taskOf reads the task of a function, and opens its search.
func taskOf(text []byte) (*task, searcher, error) {
	var t task
	if err := json.Unmarshal(text, &t); err != nil {
		return nil, nil, err
	}
	s, err := t.open()
	return &t, s, err
}

// Each function has the task as its only field, which Beam takes to the workers.
type (
	expandFn struct{ Task []byte }
	mergeFn  struct{ Task []byte }
	backFn   struct{ Task []byte }
	markFn   struct{ Task []byte }
	reportFn struct{ Task []byte }
)

func (f *expandFn) ProcessElement(ctx context.Context, text []byte, send func(int, []byte), tell func([]byte)) error {
	t, s, p, err := pieceOf(f.Task, text)
	if err != nil {
		return err
	}
	return work("expand", func(send func(int, []byte)) (*note, error) { return t.expand(ctx, s, p, send) }, send, tell)
}

func (f *mergeFn) ProcessElement(ctx context.Context, partition int, elements, notes func(*[]byte) bool, tell func([]byte)) error {
	t, _, err := taskOf(f.Task)
	if err != nil {
		return err
	}
	told, err := notesOf(slurp(notes))
	if err != nil {
		return err
	}
	var unplaced []uint32
	for _, n := range told {
		unplaced = append(unplaced, n.Unplaced...)
	}
	list := slurp(elements)
	return work("merge", func(func(int, []byte)) (*note, error) { return t.merge(ctx, partition, list, unplaced) }, nil, tell)
}

func (f *backFn) ProcessElement(ctx context.Context, text []byte, send func(int, []byte), tell func([]byte)) error {
	t, s, p, err := pieceOf(f.Task, text)
	if err != nil {
		return err
	}
	return work("back", func(send func(int, []byte)) (*note, error) { return t.back(ctx, s, p, send) }, send, tell)
}

func (f *markFn) ProcessElement(ctx context.Context, _ int, elements func(*[]byte) bool, tell func([]byte)) error {
	t, _, err := taskOf(f.Task)
	if err != nil {
		return err
	}
	list := slurp(elements)
	return work("mark", func(func(int, []byte)) (*note, error) { return t.mark(ctx, list) }, nil, tell)
}

func (f *reportFn) ProcessElement(ctx context.Context, _ int, notes func(*[]byte) bool) error {
	t, _, err := taskOf(f.Task)
	if err != nil {
		return err
	}
	list := slurp(notes)
	return work("report", func(func(int, []byte)) (*note, error) {
		return &note{}, t.Folder.replace(ctx, t.Report, slices.Concat([]byte("["), bytes.Join(list, []byte(",\n")), []byte("]\n")), false)
	}, nil, func([]byte) {})
}

func pieceOf(taskText, text []byte) (*task, searcher, piece, error) {
	var p piece
	t, s, err := taskOf(taskText)
	return t, s, p, errors.Join(err, json.Unmarshal(text, &p))
}

func notesOf(texts [][]byte) ([]note, error) {
	notes := make([]note, len(texts))
	for i, text := range texts {
		if err := json.Unmarshal(text, &notes[i]); err != nil {
			return nil, err
		}
	}
	return notes, nil
}

// slurp is all that an iterator has.
func slurp(next func(*[]byte) bool) (all [][]byte) {
	for b := []byte(nil); next(&b); b = nil {
		all = append(all, b)
	}
	return all
}

// disturb is called before and after each piece of work, and before it with what does it once more for nothing. An error fails
// the work. Tests alone change it.
var disturb = func(what string, again func() error) error { return nil }

// work does a piece of work, sends what it finds, and tells what came out of it.
func work(what string, do func(send func(int, []byte)) (*note, error), send func(int, []byte), tell func([]byte)) error {
	if err := disturb(what, func() error { _, err := do(func(int, []byte) {}); return err }); err != nil {
		return err
	}
	n, err := do(send)
	if err != nil {
		return err
	}
	tell(n.text())
	return disturb(what+" done", nil)
}
