package beam

import (
	"context"
	"fmt"

	"pkgdist/props/check/internal/runs"
)

// back goes back through the levels, from the last one in which a property was decided, and marks the states that lead to what
// decides it, as check does on one machine: a pipeline a level again, which reads the states and sends the marked ones only.
func (c *coordinator) back(ctx context.Context, done *conclusion) error {
	_, deepest := c.state.Decided()
	marked := make([]*file, deepest+1)
	for level := deepest; level >= 0; level-- {
		t := c.task
		t.Level, t.Layout, t.SoFar = level, c.state.Layout, c.state.Tally
		if level < deepest {
			t.Marked = marked[level+1]
		}
		pieces := c.pieces(level)
		notes, err := c.run(ctx, &t, pieces, (*task).backward, (*task).backwardAtHand)
		if err != nil {
			return err
		}
		if marked[level], err = auditBack(pieces, c.state.lens()[level], notes); err != nil {
			return fmt.Errorf("level %d, on the way back: %w", level, err)
		}
	}
	done.Marked = make([]*runs.Set, len(marked))
	for level, from := range marked {
		f, err := c.folder.open(ctx, *from)
		if err != nil {
			return err
		}
		done.open, done.Marked[level] = append(done.open, f), f.Sets()[0]
	}
	return nil
}

// auditBack is audit on the way back, and returns the marked states, of which there is one in each level.
func auditBack(pieces []piece, states int64, notes []note) (*file, error) {
	var marked *file
	var sent, received, looked int64
	came := make([]bool, len(pieces))
	for i := range notes {
		n := &notes[i]
		switch {
		case n.Wrong != "":
			return nil, fmt.Errorf("%s", n.Wrong)
		case n.Piece != nil && *n.Piece >= 0 && *n.Piece < len(pieces) && !came[*n.Piece]:
			came[*n.Piece] = true
			sent, looked = sent+n.Sent, looked+n.Looked
		case n.Partition != nil && marked == nil && n.Found != nil:
			marked, received = n.Found, n.Received
		default:
			return nil, fmt.Errorf("something came out of the pipeline twice, or is unknown: %s; expected each piece and each level once", n.text())
		}
	}
	for i, is := range came {
		if !is {
			return nil, fmt.Errorf("piece %d of %d did not come out of the pipeline", i, len(pieces))
		}
	}
	if looked != states {
		return nil, fmt.Errorf("%d of %d states were looked at; expected all", looked, states)
	}
	if sent != received || marked == nil {
		return nil, fmt.Errorf("%d of %d marked states were received; expected all, and one at least, as the level leads to what decided a property", received, sent)
	}
	return marked, nil
}

// backwardAtHand does what the pipeline does, one thing after the other.
func (t *task) backwardAtHand(ctx context.Context, pieces []piece) (notes []note, err error) {
	s, err := t.open()
	if err != nil {
		return nil, err
	}
	var sent [][]byte
	for _, p := range pieces {
		n, err := t.back(ctx, s, p, func(_ int, element []byte) { sent = append(sent, element) })
		if err != nil {
			return nil, err
		}
		notes = append(notes, *n)
	}
	if len(sent) == 0 {
		return notes, nil
	}
	n, err := t.mark(ctx, sent)
	if err != nil {
		return nil, err
	}
	return append(notes, *n), nil
}
