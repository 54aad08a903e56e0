package check_test

import (
	"encoding/binary"
	"flag"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pkgdist/props/check"
	"pkgdist/props/internal/testmodel"

	"github.com/stretchr/testify/assert"
)

var big = flag.Bool("big", false, "also check two-phase commit with 8 and 9 resource managers, which takes a minute")

// Two-phase commit, with more that a model can say of itself.
type (
	transaction  = testmodel.Transaction
	action       = testmodel.Action
	managerState = testmodel.ManagerState
)

const (
	maxManagers = testmodel.MaxManagers
	prepared    = testmodel.Prepared
	committed   = testmodel.Committed
	aborted     = testmodel.Aborted
)

type twoPhase struct{ n int }

func (m twoPhase) model() check.Model[transaction, action] { return testmodel.TwoPhase(m.n) }

// packed is the same model with its states in 8 bytes.
func (m twoPhase) packed() check.Model[transaction, action] {
	model := m.model()
	model.Encoding = &check.Encoding[transaction]{Width: 8, Append: m.Append, Decode: m.Decode}
	return model
}

func (m twoPhase) Append(b []byte, s *transaction) []byte {
	word := uint64(s.TM) | bit(s.SaysCommit)<<2 | bit(s.SaysAbort)<<3
	for rm := range m.n {
		word |= managerOf(s, rm) << (4 + 4*rm)
	}
	return binary.LittleEndian.AppendUint64(b, word)
}

func (m twoPhase) Decode(b []byte, s *transaction) {
	word := binary.LittleEndian.Uint64(b)
	*s = transaction{TM: managerState(word & 3), SaysCommit: word>>2&1 == 1, SaysAbort: word>>3&1 == 1}
	for rm := range m.n {
		setManager(s, rm, word>>(4+4*rm))
	}
}

// managerOf is all that the state says of one resource manager, in four bits.
func managerOf(s *transaction, rm int) uint64 {
	return uint64(s.RM[rm]) | bit(s.TMPrepared[rm])<<2 | bit(s.SaysReady[rm])<<3
}

func setManager(s *transaction, rm int, m uint64) {
	s.RM[rm], s.TMPrepared[rm], s.SaysReady[rm] = managerState(m&3), m>>2&1 == 1, m>>3&1 == 1
}

func bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// The published counts of transitions are those of checkers that also count the initial state as generated; Steps does
// not. They do count stutters, such as hearing the same message again, and so does Steps.
func TestTwoPhaseCommitHasThePublishedCounts(t *testing.T) {
	for _, c := range []struct {
		n                 int
		states, generated int64 // as published
		big               bool
	}{
		{n: 3, states: 288, generated: 1_146}, // generated: not published, but pinned
		{n: 5, states: 8_832, generated: 58_146},
		{n: 7, states: 296_448, generated: 2_744_706},
		{n: 8, states: 1_745_408, generated: 18_507_778, big: true},
		{n: 9, states: 10_340_352, generated: 123_558_402, big: true},
	} {
		for name, m := range map[string]check.Model[transaction, action]{
			"derived": twoPhase{c.n}.model(), "packed": twoPhase{c.n}.packed(),
		} {
			t.Run(fmt.Sprintf("%d/%s", c.n, name), func(t *testing.T) {
				if c.big && !*big {
					t.Skip("needs -big")
				}
				begin := time.Now()
				r := explore(t, m, check.Options{}, consistent(c.n))
				t.Logf("%d states, %d steps, %.1f bytes a state, %v", r.States, r.Steps, float64(r.Memory)/float64(r.States), time.Since(begin))
				assert.Equal(t, c.states, r.States)
				assert.Equal(t, c.generated, r.Steps+1)
				assert.Equal(t, 3*c.n+1, r.Depth)
				// At rest all have aborted, each RM having said that it was ready and been heard, or not been heard, or not
				// having said so; or all have committed.
				assert.EqualValues(t, math.Pow(3, float64(c.n))+1, r.AtRest)
				assert.Equal(t, check.Holds, r.Verdict("consistent").Outcome, r.Verdict("consistent").Reason)
			})
		}
	}
}

// consistent is TCConsistent of the published specification.
func consistent(n int) check.Property[transaction] {
	return check.Never("consistent", func(s *transaction) bool {
		return slices.Contains(s.RM[:n], committed) && slices.Contains(s.RM[:n], aborted)
	})
}
