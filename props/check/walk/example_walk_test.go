package walk_test

import (
	"context"
	"fmt"

	"pkgdist/props/check"

	"pgregory.net/rapid"
)

// In a test, rapid.Check(t, check.Random(check.Walk{}, draw, nil)) walks the model that draw returns. To go on with what
// a walk found, draw walks by hand. The walk of a seed is always the same.
func ExampleShrink() {
	counted := check.Always("both are counted", func(s *office) bool { return s.account == 2 }).OnlyAtRest()
	walk := rapid.Custom(func(t *rapid.T) *check.Found[office, string] {
		return check.DrawWalk(t, check.Walk{}, ledger{}, []check.Property[office]{counted})
	})
	for seed := range 100 {
		found := walk.Example(seed)
		if found == nil {
			continue
		}
		shrunk, err := check.Shrink(context.Background(), ledger{}, found.Property, found.Trace, 0)
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
