package report

import (
	"cmp"
	"fmt"
	"io"

	"pkgdist/model"
	"pkgdist/props/lattice"
)

// History writes which sets of mechanisms are consistent with the order in which
// the product was corrected.
func History(w io.Writer, h *lattice.History) {
	if n := max(h.First.Undecided(), h.Second.Undecided()); n > 0 {
		fmt.Fprintf(w, "Inconclusive: %s undecided%s, and may be missing below.\n\n", setsAre(n), because(cmp.Or(h.First.Stopped, h.Second.Stopped)))
	}
	first, second := lattice.Sets(h.FirstPack), lattice.Sets(h.SecondPack)
	fmt.Fprint(w, `Q235788 was corrected in Service Pack 1 of SMS 2.0, and Q245579 in Service Pack 2. How is not said. Which sets of
mechanisms are consistent with that? What follows is no more than consistent: a correction may be none of
these mechanisms.

`)
	fmt.Fprintf(w, "Service Pack 1: the article's two claims hold in scenario %s, and fail in %s. %s consistent.\n",
		h.First.Scenario, h.Second.Scenario, setsAre(len(first)))
	has, lacks := common(first)
	if len(first) > 0 {
		fmt.Fprintf(w, "  each has:  %v\n  none has:  %v\n  the smallest, and what has to be added for Service Pack 2:\n", has, lacks)
	}
	for i, set := range lattice.MinimalOf(h.FirstPack) {
		if i == most {
			fmt.Fprintf(w, "    and more\n")
			break
		}
		fmt.Fprintf(w, "    %v\n", set)
		standIns(w, "      + ", h.Next(set))
	}
	fmt.Fprintf(w, "\nService Pack 2: they hold in both. %s consistent, the smallest of them:\n", setsAre(len(second)))
	sets(w, lattice.MinimalOf(h.SecondPack))
	if n := len(lattice.Sets(h.First.Sufficient)) - len(first); n > 0 {
		fmt.Fprintf(w, "\n%s ruled out as the first correction, for with it Q245579 would have been gone too.\n", setsAre(n))
	}
}

func setsAre(n int) string {
	if n == 1 {
		return "1 set is"
	}
	return number(n) + " sets are"
}

// common is what all sets have, and what none of them has.
func common(list []model.MechanismSet) (all, none model.MechanismSet) {
	all, none = lattice.NumSets-1, lattice.NumSets-1
	for _, set := range list {
		all &= set
		none &^= set
	}
	return all, none
}
