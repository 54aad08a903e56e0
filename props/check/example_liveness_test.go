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

func (m lock) model() check.Model[sharing, string] {
	promises := []check.Promise{
		{Name: "Ann takes the lock", Strong: m.strong}, {Name: "Bob takes the lock", Strong: m.strong},
		{Name: "Ann gives it back"}, {Name: "Bob gives it back"},
	}
	return check.Model[sharing, string]{
		Init: func() []sharing { return []sharing{{away, away}} }, Steps: m.Steps,
		Environment: func(step string) bool { return step[3:] == " asks" }, // nobody has to
		Promises:    promises,
		Keeps: func(_ *sharing, step string, yield func(promise int)) {
			for i, promise := range promises {
				if step == promise.Name {
					yield(i)
				}
			}
		},
	}
}

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

// Whether everybody who waits gets the lock depends on what fairness means. The lock is free infinitely often, but not
// without interruption. So weak fairness does not make Bob take it.
func Example_fairness() {
	inTurn := check.LeadsTo("Bob gets in", func(s *sharing) bool { return s[1] == waits }, func(s *sharing) bool { return s[1] == inside })
	for _, strong := range []bool{false, true} {
		result, err := check.Exhaustive(context.Background(), lock{strong}.model(), []check.Property[sharing]{inTurn}, check.Options{})
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
