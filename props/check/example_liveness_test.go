package check_test

import (
	"context"
	"fmt"

	"pkgdist/props/check"
)

// Two people share a lock. Whoever wants it asks for it, and takes it when it is free; the one who has it gives it back.
type sharing [2]uint8

const (
	away uint8 = iota
	waits
	inside
)

type lock struct{ strong bool }

func (lock) Init() []sharing { return []sharing{{away, away}} }

func (lock) Steps(s sharing, yield func(step string, next sharing)) {
	for i, name := range []string{"Ann", "Bob"} {
		next := s
		switch {
		case s[i] == away:
			next[i] = waits
			yield(name+" asks", next)
		case s[i] == waits && s[1-i] != inside:
			next[i] = inside
			yield(name+" takes the lock", next)
		case s[i] == inside:
			next[i] = away
			yield(name+" gives it back", next)
		}
	}
}

func (lock) Environment(step string) bool { return step[3:] == " asks" } // nobody has to

func (lock) Constraints() []string {
	return []string{"Ann takes the lock", "Bob takes the lock", "Ann gives it back", "Bob gives it back"}
}

func (m lock) Constraint(step string) int {
	for i, name := range m.Constraints() {
		if step == name {
			return i
		}
	}
	return -1
}

func (m lock) Strong(constraint int) bool { return m.strong && constraint < 2 }

// Whether everybody who waits gets the lock depends on what fairness means. The lock is free again and again, but not
// without interruption: that Bob can take it for a moment is no reason for a weakly fair one to let him.
func Example_fairness() {
	inTurn := check.LeadsTo("Bob gets in", func(s *sharing) bool { return s[1] == waits }, func(s *sharing) bool { return s[1] == inside })
	for _, strong := range []bool{false, true} {
		result, err := check.Exhaustive(context.Background(), lock{strong}, []check.Property[sharing]{inTurn}, check.Options{})
		if err != nil {
			fmt.Println(err)
			return
		}
		v := result.Verdicts[0]
		fmt.Println("strong:", strong, v.Outcome)
		if v.Trace == nil {
			continue
		}
		for i, step := range v.Trace.Steps {
			if i == v.Loop {
				fmt.Println("for ever:")
			}
			fmt.Println("-", step)
		}
	}
	// Output:
	// strong: false violated
	// - Bob asks
	// for ever:
	// - Ann asks
	// - Ann takes the lock
	// - Ann gives it back
	// strong: true holds
}
