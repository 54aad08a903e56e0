package spin_test

import (
	"fmt"
	"testing"

	"pkgdist/props/check"
	"pkgdist/props/spin"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Two-phase commit as published with the TLA+ examples, written as a user would: a plain struct and a few ifs. Package
// check is tested with the same model and more of it; here it is measured against what Spin makes of twophase.pml.

const maxManagers = 9

type managerState uint8

const (
	working managerState = iota
	prepared
	committed
	aborted
)

type transaction struct {
	tm         managerState // working until it decides
	rm         [maxManagers]managerState
	tmPrepared [maxManagers]bool // the RMs that the TM has heard to be prepared
	saysReady  [maxManagers]bool // messages "Prepared"
	saysCommit bool
	saysAbort  bool
}

type action struct {
	name string
	rm   int // -1: of the TM alone
}

type twoPhase struct{ n int }

func (m twoPhase) model() check.Model[transaction, action] {
	return check.Model[transaction, action]{Init: func() []transaction { return []transaction{{}} }, Steps: m.Steps}
}

func (m twoPhase) Steps(s transaction, yield func(action, transaction)) {
	if s.tm == working {
		next := s
		next.tm, next.saysAbort = aborted, true
		yield(action{"TMAbort", -1}, next)
		if m.allPrepared(&s) {
			next := s
			next.tm, next.saysCommit = committed, true
			yield(action{"TMCommit", -1}, next)
		}
	}
	for rm := range m.n {
		m.stepsOf(rm, &s, yield)
	}
}

func (m twoPhase) stepsOf(rm int, s *transaction, yield func(action, transaction)) {
	if s.tm == working && s.saysReady[rm] {
		next := *s
		next.tmPrepared[rm] = true
		yield(action{"TMRcvPrepared", rm}, next)
	}
	if s.rm[rm] == working {
		next := *s
		next.rm[rm], next.saysReady[rm] = prepared, true
		yield(action{"RMPrepare", rm}, next)
		next = *s
		next.rm[rm] = aborted
		yield(action{"RMChooseToAbort", rm}, next)
	}
	if s.saysCommit {
		next := *s
		next.rm[rm] = committed
		yield(action{"RMRcvCommitMsg", rm}, next)
	}
	if s.saysAbort {
		next := *s
		next.rm[rm] = aborted
		yield(action{"RMRcvAbortMsg", rm}, next)
	}
}

func (m twoPhase) allPrepared(s *transaction) bool {
	for rm := range m.n {
		if !s.tmPrepared[rm] {
			return false
		}
	}
	return true
}

// A path of two-phase commit is short, for no step can be undone.
var shallow = spin.Limits{Depth: 1000, HashBits: 20}

func TestSpinCountsThePublishedStates(t *testing.T) {
	needSpin(t)
	for _, c := range []struct {
		n                   int
		states, transitions int64
		big                 bool
	}{
		{n: 3, states: 288, transitions: 1_146},
		{n: 5, states: 8_832, transitions: 58_146},
		{n: 7, states: 296_448, transitions: 2_744_706},
		{n: 8, states: 1_745_408, transitions: 18_507_778, big: true},
		{n: 9, states: 10_340_352, transitions: 0, big: true}, // Spin rounds it to 1.235584e+08
	} {
		t.Run(fmt.Sprint(c.n), func(t *testing.T) {
			if c.big && !*big {
				t.Skip("needs -big")
			}
			t.Parallel()
			checker, err := spin.Compile(t.Context(), t.TempDir(), spin.TwoPhase, []string{fmt.Sprintf("N=%d", c.n)}, "-O1")
			require.NoError(t, err)
			theirs, err := checker.Run(t.Context(), shallow)
			require.NoError(t, err)
			assert.Equal(t, c.states, theirs.States)
			assert.Equal(t, c.transitions, theirs.Transitions)
			if c.big {
				return // package check's own tests count these
			}
			ours, err := check.Exhaustive(t.Context(), twoPhase{c.n}.model(), nil, check.Options{})
			require.NoError(t, err)
			assert.Equal(t, theirs.States, ours.States)
			assert.Equal(t, theirs.Transitions, ours.Steps+1, "steps, and the initial state")
		})
	}
}
