package lattice

import (
	"context"

	"pkgdist/model"
	"pkgdist/props/scenario"
)

// A History holds the sets of mechanisms against what is known of how the product
// was corrected: Q235788 in one service pack, and Q245579 in the next.
//
// It says with which sets that is consistent, and proves nothing about what the
// service packs did: a correction may be none of these mechanisms, or more than
// was asked for.
type History struct {
	// First and Second have the claims of the article judged in the scenario of
	// each of the two articles.
	First, Second *Lattice
}

// The scenarios of the two articles.
const (
	firstScenario  = "article"
	secondScenario = "version-ahead"
)

// SearchHistory judges the article's claims under every set in both scenarios.
func SearchHistory(ctx context.Context, opt Options) (*History, error) {
	var h History
	for _, part := range []struct {
		scenario string
		into     **Lattice
	}{{firstScenario, &h.First}, {secondScenario, &h.Second}} {
		sc, err := scenario.Load(part.scenario)
		if err != nil {
			return nil, err
		}
		if *part.into, err = Search(ctx, sc, articlesClaims, opt); err != nil {
			return nil, err
		}
	}
	return &h, nil
}

// FirstPack tells whether a set can be the first correction: what Q235788 tells
// of is gone, and what Q245579 tells of is not.
func (h *History) FirstPack(set model.MechanismSet) bool {
	return h.First.Sufficient(set) && h.Second.insufficient(set)
}

// SecondPack tells whether a set can be the second: both are gone.
func (h *History) SecondPack(set model.MechanismSet) bool {
	return h.First.Sufficient(set) && h.Second.Sufficient(set)
}

// Next lists what has to be added to a first correction to make it a second: the
// smallest sets of other mechanisms.
func (h *History) Next(first model.MechanismSet) []model.MechanismSet {
	return MinimalOf(func(added model.MechanismSet) bool { return added&first == 0 && h.SecondPack(first|added) })
}
