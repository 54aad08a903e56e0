package counterexample_test

import (
	"fmt"

	"pkgdist/props/counterexample"
)

func Example() {
	c, err := counterexample.Parse("stuck.txtar", []byte(`The second update overtakes the first.

-- scenario --
title: Two updates
sites:
  A: {}
  B: {parent: A, dps: 1}
packages: [P]
updates: 2
order: none
-- property --
accepted-reaches-all-dps
-- design --
sms20
-- steps --
# Both at once.
administrator.update(package=P)
administrator.update(package=P)
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(c.Name, "breaks", c.Property, "under", c.Design)
	for _, step := range c.Steps {
		fmt.Printf("line %d: %s\n", step.Line, step.Text)
	}
	// Output:
	// stuck breaks accepted-reaches-all-dps under sms20
	// line 17: administrator.update(package=P)
	// line 18: administrator.update(package=P)
}
