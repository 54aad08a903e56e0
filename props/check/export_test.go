package check

import (
	"testing"
	"time"
)

// SaveEachLevel has searches on disk save themselves after each level.
func SaveEachLevel(t *testing.T) {
	before := saveInterval
	saveInterval = 0
	t.Cleanup(func() { saveInterval = before })
}

// ReportAlways has searches report their progress after each batch.
func ReportAlways(t *testing.T) {
	before := progressInterval
	progressInterval = 0
	t.Cleanup(func() { progressInterval = before })
}

// Claim is what a property claims in one of its cases, for tests that judge by themselves.
func (p Property[S]) Claim(i int) (when, holds func(s *S) bool, whenStep, onStep func(before, after *S) bool) {
	c := p.cases[i]
	return c.when, c.holds, c.whenStep, c.onStep
}

// Cases is the number of cases.
func (p Property[S]) Cases() int { return len(p.cases) }

// Of is the property claimed of states of another type, from which the states that it is about can be read.
func Of[A, B any](p Property[A], read func(*B) A) Property[B] {
	ofState := func(claim func(*A) bool) func(*B) bool {
		if claim == nil {
			return nil
		}
		return func(s *B) bool { a := read(s); return claim(&a) }
	}
	ofStep := func(claim func(_, _ *A) bool) func(_, _ *B) bool {
		if claim == nil {
			return nil
		}
		return func(s, t *B) bool { a, b := read(s), read(t); return claim(&a, &b) }
	}
	q := Property[B]{name: p.name, kind: p.kind, atRest: p.atRest, restful: p.restful}
	for _, c := range p.cases {
		q.cases = append(q.cases, claim[B]{
			name: c.name, when: ofState(c.when), holds: ofState(c.holds), whenStep: ofStep(c.whenStep), onStep: ofStep(c.onStep),
		})
	}
	return q
}

// LeaveNoTime has no search go on when its time is up, to find traces.
func LeaveNoTime(t *testing.T) {
	before := whileLate
	whileLate = func(time.Duration) time.Duration { return 0 }
	t.Cleanup(func() { whileLate = before })
}
