package walk_test

import (
	"context"
	"fmt"

	"pkgdist/props/check"
	"pkgdist/props/check/walk"

	"pgregory.net/rapid"
)

// Two clerks add one to the same account, each by reading it and then writing back what they read, plus one.
type office struct {
	account int8
	clerk   [2]struct {
		busy, done bool
		read       int8
	}
}

var ledger = check.Model[office, string]{
	Init: func() []office { return []office{{}} },
	Steps: func(s office, yield func(step string, next office)) {
		for i, c := range s.clerk {
			next := s
			switch {
			case !c.busy && !c.done:
				next.clerk[i].busy, next.clerk[i].read = true, s.account
				yield(fmt.Sprintf("clerk %d reads %d", i, s.account), next)
			case c.busy:
				next.account = c.read + 1
				next.clerk[i].busy, next.clerk[i].done = false, true
				yield(fmt.Sprintf("clerk %d writes %d", i, c.read+1), next)
			}
		}
	},
}

// In a test, rapid.Check(t, walk.Random(walk.Walk{}, draw, nil)) walks the model that draw returns. To go on with what a walk
// found, Draw walks by hand. The walk of a seed is always the same.
func ExampleDraw() {
	counted := check.Always("both are counted", func(s *office) bool { return s.account == 2 }).OnlyAtRest()
	one := rapid.Custom(func(t *rapid.T) *walk.Found[office, string] {
		return walk.Draw(t, walk.Walk{}, ledger, []check.Property[office]{counted})
	})
	for seed := range 100 {
		found := one.Example(seed)
		if found == nil {
			continue
		}
		shrunk, err := check.Shrink(context.Background(), ledger, found.Property, found.Trace, 0)
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, step := range shrunk.Trace.Steps {
			fmt.Println("-", step)
		}
		fmt.Println(shrunk.Proof)
		return
	}
	// Output:
	// - clerk 0 reads 0
	// - clerk 1 reads 0
	// - clerk 1 writes 1
	// - clerk 0 writes 1
	// smallest: breadth-first proof
}
