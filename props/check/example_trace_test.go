package check_test

import (
	"context"
	"fmt"

	"pkgdist/props/check"
)

// A trace has the states and the steps between them. It is kept as its first state and its steps: Replay takes them
// again, and says at which one the model has changed.
func ExampleReplay() {
	model := ledger{}.model()
	counted := check.Always("both are counted", func(s *office) bool { return s.account == 2 }).OnlyAtRest()
	result, err := check.Exhaustive(context.Background(), model, []check.Property[office]{counted}, check.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	found := result.Verdicts[0].Trace
	again, err := check.Replay(model, counted, found.States[0], found.Steps, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	trace := again.Trace
	for i, step := range trace.Steps {
		fmt.Printf("%d. %s: the account goes from %d to %d\n", i+1, step, trace.States[i].account, trace.States[i+1].account)
	}
	_, err = check.Replay(model, counted, found.States[0], []string{"clerk 0 reads 0", "clerk 0 reads 0"}, 0)
	fmt.Println(err)
	// Output:
	// 1. clerk 0 reads 0: the account goes from 0 to 0
	// 2. clerk 1 reads 0: the account goes from 0 to 0
	// 3. clerk 0 writes 1: the account goes from 0 to 1
	// 4. clerk 1 writes 1: the account goes from 1 to 1
	// check: step 2, clerk 0 reads 0, is not possible in the state that the steps before it lead to
}
