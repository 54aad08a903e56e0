package check_test

import (
	"encoding/binary"
	"flag"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"testing"
	"time"

	"pkgdist/props/check"
	"pkgdist/props/internal/testmodel"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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
		word |= (uint64(s.RM[rm]) | bit(s.TMPrepared[rm])<<2 | bit(s.SaysReady[rm])<<3) << (4 + 4*rm)
	}
	return binary.LittleEndian.AppendUint64(b, word)
}

func (m twoPhase) Decode(b []byte, s *transaction) {
	word := binary.LittleEndian.Uint64(b)
	*s = transaction{TM: managerState(word & 3), SaysCommit: word>>2&1 == 1, SaysAbort: word>>3&1 == 1}
	for rm := range m.n {
		w := word >> (4 + 4*rm)
		s.RM[rm], s.TMPrepared[rm], s.SaysReady[rm] = managerState(w&3), w>>2&1 == 1, w>>3&1 == 1
	}
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

func TestTwoPhaseCommitShortestWayToACommit(t *testing.T) {
	nobody := check.Never("nobody commits", func(s *transaction) bool { return slices.Contains(s.RM[:], committed) })
	for _, workers := range []int{1, 2, 8} {
		r := explore(t, twoPhase{2}.model(), check.Options{Workers: workers}, nobody, consistent(2))
		v := r.Verdict("nobody commits")
		require.Equal(t, check.Violated, v.Outcome)
		assert.Equal(t, "[RMPrepare(0) TMRcvPrepared(0) RMPrepare(1) TMRcvPrepared(1) TMCommit RMRcvCommitMsg(0)]", fmt.Sprint(v.Trace.Steps))
		assert.Equal(t, check.Holds, r.Verdict("consistent").Outcome, "a violation of one property says nothing of another")
	}
}

// everything is all that a result says, in a form that can be compared.
func everything(r *check.Result[transaction, action]) any {
	digest := fnv.New64a()
	for s := range r.All() {
		binary.Write(digest, binary.LittleEndian, s)
	}
	type verdict struct {
		name, reason string
		outcome      check.Outcome
		trace        *check.Trace[transaction, action]
	}
	var verdicts []verdict
	for _, v := range r.Verdicts {
		verdicts = append(verdicts, verdict{v.Property.Name(), v.Reason, v.Outcome, v.Trace})
	}
	return []any{r.States, r.Steps, r.AtRest, r.Depth, r.Stopped, r.Rules, r.Memory, digest.Sum64(), verdicts}
}

func TestResultsDoNotDependOnWorkersOrRun(t *testing.T) {
	properties := []check.Property[transaction]{
		consistent(6),
		check.Never("nobody commits", func(s *transaction) bool { return slices.Contains(s.RM[:], committed) }),
		check.Sometimes("half prepared", func(s *transaction) bool { return s.RM[3] == prepared && s.RM[5] == aborted }),
		check.OnStep("nothing said twice", func(before, after *transaction) bool { return !(before.SaysReady[5] && after.SaysAbort) }),
		check.Always("all aborted", func(s *transaction) bool { return s.RM[4] == aborted }).OnlyAtRest(),
	}
	for name, opt := range map[string]check.Options{
		"everything": {},
		"states cut": {MaxStates: 40_001}, // within a level of several batches
		"memory cut": {MaxMemory: 1 << 19},
	} {
		t.Run(name, func(t *testing.T) {
			var first any
			for _, opt.Workers = range []int{1, 2, 8, 2} {
				got := everything(explore(t, twoPhase{6}.packed(), opt, properties...))
				if first == nil {
					first = got
				}
				assert.Equal(t, first, got, "%d workers", opt.Workers)
			}
		})
	}
}
