package testmodel

import (
	"fmt"

	"pkgdist/props/check"
)

// MaxManagers is the highest number of resource managers.
const MaxManagers = 9

// ManagerState is what a manager has come to.
type ManagerState uint8

// The states of a manager.
const (
	Working ManagerState = iota
	Prepared
	Committed
	Aborted
)

// Transaction is a state of two-phase commit as published with the TLA+ examples (TwoPhase.tla): resource managers (RMs)
// and a transaction manager (TM), which talk through a set of messages that only grows. Written as a user would: a plain
// struct and a few ifs.
type Transaction struct {
	TM         ManagerState // working until it decides
	RM         [MaxManagers]ManagerState
	TMPrepared [MaxManagers]bool // the RMs that the TM has heard to be prepared
	SaysReady  [MaxManagers]bool // messages "Prepared"
	SaysCommit bool
	SaysAbort  bool
}

// Action is a step of two-phase commit.
type Action struct {
	Name string
	RM   int // -1: of the TM alone
}

func (a Action) String() string {
	if a.RM < 0 {
		return a.Name
	}
	return fmt.Sprintf("%s(%d)", a.Name, a.RM)
}

// TwoPhase is two-phase commit with n resource managers.
func TwoPhase(n int) check.Model[Transaction, Action] {
	return check.Model[Transaction, Action]{
		Init: func() []Transaction { return []Transaction{{}} },
		Steps: func(s Transaction, yield func(Action, Transaction)) {
			decisions(n, &s, yield)
			for rm := range n {
				stepsOf(rm, &s, yield)
			}
		},
	}
}

func decisions(n int, s *Transaction, yield func(Action, Transaction)) {
	if s.TM != Working {
		return
	}
	next := *s
	next.TM, next.SaysAbort = Aborted, true
	yield(Action{"TMAbort", -1}, next)
	for rm := range n {
		if !s.TMPrepared[rm] {
			return
		}
	}
	next = *s
	next.TM, next.SaysCommit = Committed, true
	yield(Action{"TMCommit", -1}, next)
}

func stepsOf(rm int, s *Transaction, yield func(Action, Transaction)) {
	if s.TM == Working && s.SaysReady[rm] {
		next := *s
		next.TMPrepared[rm] = true
		yield(Action{"TMRcvPrepared", rm}, next)
	}
	if s.RM[rm] == Working {
		next := *s
		next.RM[rm], next.SaysReady[rm] = Prepared, true
		yield(Action{"RMPrepare", rm}, next)
		next = *s
		next.RM[rm] = Aborted
		yield(Action{"RMChooseToAbort", rm}, next)
	}
	if s.SaysCommit {
		next := *s
		next.RM[rm] = Committed
		yield(Action{"RMRcvCommitMsg", rm}, next)
	}
	if s.SaysAbort {
		next := *s
		next.RM[rm] = Aborted
		yield(Action{"RMRcvAbortMsg", rm}, next)
	}
}
