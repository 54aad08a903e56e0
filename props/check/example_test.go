package check_test

import (
	"context"
	"fmt"

	"pkgdist/props/check"
)

// Two clerks add one to the same account, each by reading it and then writing back what they read, plus one.
type office struct {
	account int8
	clerk   [2]struct {
		busy, done bool
		read       int8
	}
}

type ledger struct{}

func (m ledger) model() check.Model[office, string] {
	return check.Model[office, string]{Init: func() []office { return []office{{}} }, Steps: m.Steps}
}

func (ledger) Steps(s office, yield func(step string, next office)) {
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
}

func Example() {
	result, err := check.Exhaustive(context.Background(), ledger{}.model(), []check.Property[office]{
		check.Sometimes("both are busy", func(s *office) bool { return s.clerk[0].busy && s.clerk[1].busy }),
		check.OnStep("the account never falls", func(before, after *office) bool { return after.account >= before.account }),
		check.Always("both are counted", func(s *office) bool { return s.account == 2 }).OnlyAtRest(),
	}, check.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(result.States, "states,", result.AtRest, "of them at rest")
	for _, v := range result.Verdicts {
		fmt.Printf("%v %s: %v\n", v.Property.Kind(), v.Property.Name(), v.Outcome)
	}
	for _, step := range result.Verdict("both are counted").Trace.Steps {
		fmt.Println("-", step)
	}
	// Output:
	// 13 states, 3 of them at rest
	// sometimes both are busy: holds
	// step the account never falls: holds
	// always both are counted: violated
	// - clerk 0 reads 0
	// - clerk 1 reads 0
	// - clerk 0 writes 1
	// - clerk 1 writes 1
}
