// Command example explores a model of one's own on any runner of Apache Beam: two-phase commit, with as many resource
// managers as its argument says.
//
//	go run ./example 7
package main

import (
	"strconv"

	"pkgdist/props/check"
	"pkgdist/props/check/beam"
)

func main() {
	beam.Main("two-phase-commit", func(managers string) (check.Model[state, string], []check.Property[state], check.Options, error) {
		n, err := strconv.Atoi(managers)
		return model(n), []check.Property[state]{consistent, everybodyCommits}, check.Options{}, err
	})
}
