package check_test

import (
	"context"
	"fmt"

	"pkgdist/props/check"
)

// Cooks prepare a dish each, in three steps that are nobody else's business.
type kitchen [6]uint8

type cooks struct{}

func (c cooks) model() check.Model[kitchen, int] {
	return check.Model[kitchen, int]{
		Init: func() []kitchen { return []kitchen{{}} }, Steps: c.Steps,
		// A step is the number of a cook, and so is a variable: what that cook has done.
		Independence: &check.Independence[kitchen, int]{
			Universe:   func() []int { return []int{0, 1, 2, 3, 4, 5} },
			Conditions: func(cook int) [][]int { return [][]int{{cook}} },
			Effect:     func(cook int) (reads, writes []int) { return nil, []int{cook} },
			Obstacle:   c.Obstacle,
		},
	}
}

func (c cooks) Steps(s kitchen, yield func(cook int, next kitchen)) {
	for cook := range s {
		if c.Obstacle(&s, cook) < 0 {
			next := s
			next[cook]++
			yield(cook, next)
		}
	}
}

func (cooks) Obstacle(s *kitchen, cook int) int {
	if s[cook] < 3 {
		return -1
	}
	return 0 // the first of its conditions is not met
}

// Of all orders in which the cooks can work, one is enough to find out where that ends.
func Example_reduction() {
	served := check.Always("all dishes are done", func(s *kitchen) bool { return *s == kitchen{3, 3, 3, 3, 3, 3} }).OnlyAtRest()
	for _, reduction := range []bool{false, true} {
		result, err := check.Exhaustive(context.Background(), cooks{}.model(), []check.Property[kitchen]{served}, check.Options{Reduction: reduction})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%d states, %d at rest: %s %v\n", result.States, result.AtRest, served.Name(), result.Verdicts[0].Outcome)
	}
	// Output:
	// 4096 states, 1 at rest: all dishes are done holds
	// 19 states, 1 at rest: all dishes are done holds
}
