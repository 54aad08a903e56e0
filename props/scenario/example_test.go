package scenario_test

import (
	"fmt"

	"pkgdist/props/scenario"
)

func Example() {
	s, err := scenario.Load("article")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s.Title)
	for _, site := range s.Scope.Sites {
		fmt.Println(site.Name, site.Kind, site.DPs)
	}

	_, err = scenario.Parse("mine.yaml", []byte("title: Mine\nsite: {A: {}}\n"))
	fmt.Println(err)
	// Output:
	// Two updates of one package in a close time frame
	// A primary 0
	// B secondary 2
	// mine.yaml:2:1: expected a known key, found "site"; did you mean sites?
}
