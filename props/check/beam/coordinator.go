package beam

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/options/jobopts"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/runners"

	"pkgdist/props/check"
	"pkgdist/props/check/internal/runs"
)

// Options say where a search is kept, and how it is divided.
type Options struct {
	// Dir is the folder for the states, on a file system that Beam knows and all workers reach: a path, or one such as
	// gs://bucket/folder. It is empty, or that of an earlier run of the same search, which goes on there.
	Dir string
	// Partitions is into how many parts the states are divided, each of which one worker merges at a time. It is that of the
	// folder, if there is a search in it.
	Partitions int
	// AtHand has levels of no more states than this expanded by the coordinator, without a pipeline, by the same code: for a
	// few states, a pipeline takes far longer. 0 is none. Such levels survive a process that is killed, but not a failure of
	// the machine with a disk: the folder is refused then.
	AtHand int64
	// Attempts is how often a pipeline is tried that fails; 0 is once. Runners that try a bundle again do so within each.
	Attempts int
	// PipelineTimeout is how long a pipeline may take before it is given up and tried again; 0 is no limit. It is for runners
	// that wait for ever for a worker that has died, as Prism may.
	PipelineTimeout time.Duration
	// MaxStates ends the search at the end of the level with which there are more; 0 is no limit.
	MaxStates int64
	Progress  func(check.Progress) // called where a level ends; nil is silence
	Figures   func(Figures)        // told what each pipeline did; nil is nobody
}

// Figures are what a pipeline did, or the coordinator in its place.
type Figures struct {
	Level   int
	Back    bool // it went back, for the traces
	AtHand  bool
	States  int64 // expanded
	Sent    int64 // states from those who expand to those who merge
	Bytes   int64 // that these took
	Elapsed time.Duration
}

// Explore explores all states, level by level, and judges the properties. The result is that of check.Exhaustive with the
// states on disk. The limits are looked at where a level ends: MaxStates, the end of ctx, and a time limit in it.
func (s *Search[S, T]) Explore(ctx context.Context, arguments string, opt Options) (*check.Result[S, T], error) {
	if err := opt.validate(); err != nil {
		return nil, err
	}
	l, err := s.level(arguments)
	if err != nil {
		return nil, err
	}
	c := &coordinator{Options: opt, search: l, folder: folder(opt.Dir), began: time.Now()}
	c.task = task{Search: s.name, Arguments: arguments, Folder: c.folder, Partitions: opt.Partitions}
	if c.task.Behaviour, err = behaviour(l); err != nil {
		return nil, err
	}
	unlock, err := c.folder.lock()
	if err != nil {
		return nil, err
	}
	defer unlock()
	conclusion, err := c.explore(ctx)
	if err != nil {
		return nil, err
	}
	r, err := l.Conclude(conclusion.Conclusion)
	conclusion.close()
	return r, errors.Join(err, c.sweep(context.WithoutCancel(ctx)))
}

// legacy are the names of a runner whose counts were wrong, without an error.
var legacy = []string{"direct", "DirectRunner"}

func (o *Options) validate() error {
	switch {
	case slices.Contains(legacy, *runners.Runner):
		return fmt.Errorf("beam: the runner is %s, whose counts were wrong without an error; expected prism, which runs here too, or flink, spark or dataflow", *runners.Runner)
	case *jobopts.Async:
		return errors.New("beam: async is asked for; expected to wait for each pipeline, as the next level needs the one before it")
	case o.Dir == "":
		return errors.New("beam: Dir is empty; expected a folder that all workers reach")
	case o.Partitions < 1:
		return fmt.Errorf("beam: Partitions is %d; expected 1 or more", o.Partitions)
	case o.AtHand < 0, o.Attempts < 0, o.MaxStates < 0, o.PipelineTimeout < 0:
		return fmt.Errorf("beam: AtHand is %d, Attempts is %d, MaxStates is %d, PipelineTimeout is %v; expected 0 or more", o.AtHand, o.Attempts, o.MaxStates, o.PipelineTimeout)
	}
	return nil
}

// behaviour is a hash of what has to be the same in all processes.
func behaviour(s searcher) (string, error) {
	list, err := s.Behaviour()
	if err != nil {
		return "", err
	}
	hash := sha256.Sum256(fmt.Appendf(nil, "%q", list))
	return hex.EncodeToString(hash[:8]), nil
}

// coordinator has one pipeline run after the other, and keeps what came out of them.
type coordinator struct {
	Options
	search searcher
	folder folder
	task   task
	state  state
	began  time.Time
}

// conclusion is a conclusion with the files that it reads.
type conclusion struct {
	check.Conclusion
	open []*runs.File
}

func (c *conclusion) close() {
	for _, f := range c.open {
		_ = f.Close() // it was read only
	}
}

func (c *coordinator) explore(ctx context.Context) (*conclusion, error) {
	if err := c.resume(ctx); err != nil {
		return nil, err
	}
	done := &conclusion{}
	work := context.WithoutCancel(ctx) // limits strike where a level ends
	for !c.state.Done {
		if done.Stopped = c.limit(ctx); done.Stopped != "" {
			break
		}
		if err := c.level(work); err != nil {
			return nil, err
		}
	}
	done.Layout, done.Levels, done.Tally, done.Bytes = c.state.Layout, c.state.lens(), c.state.Tally, c.state.bytes()
	return done, c.back(work, done)
}

// limit is why the search ends with the level that is whole, or empty.
func (c *coordinator) limit(ctx context.Context) string {
	if most := c.MaxStates; most > 0 && c.state.states() > most {
		return fmt.Sprintf("limit of %d states reached, at the end of a level", most)
	}
	if why := check.Interruption(ctx.Err()); why != "" {
		return why + ", at the end of a level"
	}
	return ""
}

// level expands the last level.
func (c *coordinator) level(ctx context.Context) error {
	last := len(c.state.Levels) - 1
	t := c.task
	t.Level, t.Layout, t.SoFar, t.Known = last, c.state.Layout, c.state.Tally, c.state.Known
	pieces := c.pieces(last)
	notes, err := c.run(ctx, &t, pieces, (*task).forward, (*task).forwardAtHand)
	if err != nil {
		return err
	}
	out, err := audit(pieces, c.state.lens()[last], c.Partitions, notes)
	if err != nil {
		return fmt.Errorf("level %d: %w", last, err)
	}
	next := c.state.then(out)
	if err := c.save(ctx, next, c.state.lens()[last] > c.AtHand); err != nil {
		return err
	}
	c.report()
	return nil
}

// pieces are the pieces of a level.
func (c *coordinator) pieces(level int) (pieces []piece) {
	first := int64(0)
	for _, before := range c.state.lens()[:level] {
		first += before
	}
	for _, run := range c.state.Levels[level] {
		block := runs.BlockRows(run.Words)
		for from := int64(0); from < run.Rows; from += pieceBlocks * block {
			pieces = append(pieces, piece{len(pieces), run, int(from / block), pieceBlocks, first + from})
		}
		first += run.Rows
	}
	return pieces
}

// run has a pipeline run, or does without for few states, and returns what came out of it.
func (c *coordinator) run(ctx context.Context, t *task, pieces []piece, build func(*task, beam.Scope, []piece), atHand func(*task, context.Context, []piece) ([]note, error)) (notes []note, err error) {
	f := Figures{Level: t.Level, Back: t.Known == nil, States: c.state.lens()[t.Level]}
	f.AtHand = f.States <= c.AtHand
	for range max(1, c.Attempts) {
		began := time.Now()
		if f.AtHand {
			notes, err = atHand(t, ctx, pieces)
		} else {
			notes, err = c.runPipeline(ctx, t, pieces, build)
		}
		f.Elapsed = time.Since(began)
		if err == nil {
			break
		}
	}
	if err != nil {
		return nil, fmt.Errorf("level %d: %w", t.Level, err)
	}
	for _, n := range notes {
		f.Sent, f.Bytes = f.Sent+n.Sent, f.Bytes+n.Bytes
	}
	if c.Figures != nil {
		c.Figures(f)
	}
	return notes, nil
}

func (c *coordinator) runPipeline(ctx context.Context, t *task, pieces []piece, build func(*task, beam.Scope, []piece)) ([]note, error) {
	attempted := *t
	attempted.Lasts = true
	attempted.Report = fmt.Sprintf("%s%06d-%s.json", reportPrefix, t.Level, attempt())
	limited := ctx
	if c.PipelineTimeout > 0 {
		var cancel context.CancelFunc
		limited, cancel = context.WithTimeout(ctx, c.PipelineTimeout)
		defer cancel()
	}
	if err := run(limited, func(s beam.Scope) { build(&attempted, s, pieces) }); err != nil {
		return nil, err
	}
	text, there, err := c.folder.read(ctx, attempted.Report)
	if err != nil {
		return nil, err
	}
	if !there {
		return nil, fmt.Errorf("the pipeline has ended, and %s is not there; expected the folder to be one that all workers reach", c.folder.path(attempted.Report))
	}
	var notes []note
	if err := json.Unmarshal(text, &notes); err != nil {
		return nil, fmt.Errorf("%s: %w", c.folder.path(attempted.Report), err)
	}
	return notes, c.folder.remove(ctx, []string{attempted.Report})
}

// outcome is what came out of a level, and was found complete.
type outcome struct {
	tally    check.Tally
	unplaced []uint32
	found    []file
	known    map[int][]file // of partitions where it was merged
}

// audit checks that each piece was expanded once, that together they were all states of the level, and that all that was sent
// was received once, whatever the runner did.
func audit(pieces []piece, states int64, partitions int, notes []note) (*outcome, error) {
	out := &outcome{known: map[int][]file{}}
	tallies, merged := make([]*check.Tally, len(pieces)), make([]bool, partitions)
	var sent, received, expanded int64
	for i := range notes {
		n := &notes[i]
		switch {
		case n.Wrong != "":
			return nil, errors.New(n.Wrong)
		case n.Piece != nil && *n.Piece >= 0 && *n.Piece < len(pieces) && tallies[*n.Piece] == nil && n.Tally != nil:
			tallies[*n.Piece] = n.Tally
			out.unplaced = append(out.unplaced, n.Unplaced...)
			sent += n.Sent
			expanded += n.Tally.Explored
		case n.Partition != nil && *n.Partition >= 0 && *n.Partition < partitions && !merged[*n.Partition]:
			merged[*n.Partition] = true
			if received += n.Received; n.Found != nil {
				out.found = append(out.found, *n.Found)
			}
			if n.Known != nil {
				out.known[*n.Partition] = n.Known
			}
		default:
			return nil, fmt.Errorf("something came out of the pipeline twice, or is unknown: %s; expected each piece and each partition once", n.text())
		}
	}
	if i := slices.Index(tallies, nil); i >= 0 {
		return nil, fmt.Errorf("piece %d of %d did not come out of the pipeline", i, len(pieces))
	}
	if sent != received || expanded != states {
		return nil, fmt.Errorf("%d of %d states were expanded, and %d of %d that were sent were received; expected all", expanded, states, received, sent)
	}
	for i, t := range tallies { // in the order of the pieces, for the sums to be in an order
		if i == 0 {
			out.tally = *t
		} else {
			out.tally.Add(t)
		}
	}
	slices.SortFunc(out.found, func(a, b file) int { return a.Partition - b.Partition })
	return out, nil
}

// forwardAtHand does what the pipeline does, one thing after the other.
func (t *task) forwardAtHand(ctx context.Context, pieces []piece) (notes []note, err error) {
	s, err := t.open()
	if err != nil {
		return nil, err
	}
	sent, unplaced := make([][][]byte, t.Partitions), []uint32(nil)
	for _, p := range pieces {
		n, err := t.expand(ctx, s, p, func(to int, element []byte) { sent[to] = append(sent[to], element) })
		if err != nil {
			return nil, err
		}
		notes, unplaced = append(notes, *n), append(unplaced, n.Unplaced...)
	}
	for partition, elements := range sent {
		if len(elements) == 0 {
			continue
		}
		n, err := t.merge(ctx, partition, elements, unplaced)
		if err != nil {
			return nil, err
		}
		notes = append(notes, *n)
	}
	return notes, nil
}

// report tells the progress, at the end of a level.
func (c *coordinator) report() {
	if c.Progress == nil {
		return
	}
	lens := c.state.lens()
	last := len(lens) - 1
	p := check.Progress{
		States: c.state.states(), Steps: c.state.Steps, Frontier: c.state.states() - c.state.Explored,
		Depth: last, Disk: c.state.bytes(), Levels: lens, Level: lens[last], Elapsed: time.Since(c.began),
	}
	if last > 0 {
		p.Before = lens[last-1]
	}
	c.Progress(p)
}

// firstLevel is the initial states, as runs of the partitions.
func (c *coordinator) firstLevel(ctx context.Context) (*state, error) {
	layout, rows, err := c.search.Begin()
	if err != nil {
		return nil, err
	}
	words, packer := layout.Words(), layout.Rows(0)
	outs := make([]*output, c.Partitions)
	for i := range outs {
		outs[i] = c.folder.create(ctx, fmt.Sprintf("%s%06d-%04d-%s.run", levelPrefix, 0, i, attempt()), words, false)
	}
	for row := range slices.Chunk(rows, words) {
		if err := outs[packer.Partition(packer.Hash(row), len(outs))].append(row); err != nil {
			return nil, err
		}
	}
	first := &state{Layout: layout, Tally: c.search.Empty(), Known: make([][]file, c.Partitions)}
	var level []file
	for i, out := range outs {
		f, err := out.end()
		if err != nil {
			return nil, err
		}
		if f != nil {
			f.Partition = i
			level = append(level, *f)
			first.Known[i] = []file{*f}
		}
	}
	first.Levels = [][]file{level}
	return first, nil
}
