package lattice

import (
	"context"
	"fmt"
	"strings"

	"pkgdist/model"
	"pkgdist/props/scenario"
)

// Smallest lists the smallest sets that are enough in every one of the scenarios.
// It tries the sets by size and ends with the first size that has one. What the
// larger sets come to it does not find out, so it can use scenarios in which
// nobody would explore all sets. Sets that have one of the mechanisms in without
// are left out. The second result is how many sets were tried.
func Smallest(ctx context.Context, scenarios []*scenario.Scenario, properties []string, without model.MechanismSet, opt Options) ([]model.MechanismSet, int, error) {
	var searches []*search
	for _, sc := range scenarios {
		s, err := newSearch(sc, properties, opt)
		if err != nil {
			return nil, 0, err
		}
		searches = append(searches, s)
	}
	judged := 0
	for n := range model.NumMechanisms + 1 {
		var found []model.MechanismSet
		for _, set := range Sets(func(set model.MechanismSet) bool { return size(set) == n && set&without == 0 }) {
			judged++
			if opt.Progress != nil {
				opt.Progress(Progress{Judged: judged, Searched: searchedBy(searches)})
			}
			ok, err := enough(ctx, searches, set)
			if err != nil {
				return nil, judged, err
			}
			if ok {
				found = append(found, set)
			}
		}
		if len(found) > 0 {
			return found, judged, nil
		}
	}
	return nil, judged, nil
}

func searchedBy(searches []*search) int {
	n := 0
	for _, s := range searches {
		n += s.Searched
	}
	return n
}

// enough tells whether a set is enough in every scenario. A trace that is known to
// refute others is tried first; where none does, the set is explored. What is
// neither enough nor refuted is an error, for the sets that follow are larger.
func enough(ctx context.Context, searches []*search, set model.MechanismSet) (bool, error) {
	for _, s := range searches {
		sys, err := model.NewSystem(s.scenario.Scope, designOf(set))
		if err != nil {
			return false, err
		}
		for range s.refuted(sys) {
			return false, nil
		}
	}
	for _, s := range searches {
		j := &job{set: set}
		if !s.alike(set) {
			s.judge(ctx, j)
			if err := s.merge(j); err != nil {
				return false, err
			}
		}
		switch v := s.Sets[set]; {
		case v.Violated != 0:
			return false, nil
		case v.Inconclusive != 0:
			return false, &UndecidedError{s.scenario.Name, set, s.Names(v.Inconclusive), j.stopped}
		}
	}
	return true, nil
}

// An UndecidedError says which set is neither enough nor refuted.
type UndecidedError struct {
	Scenario   string
	Set        model.MechanismSet
	Properties []string // that are inconclusive
	Stopped    string   // why the search ended, if it did
}

func (e *UndecidedError) Error() string {
	text := fmt.Sprintf("scenario %s, %v: inconclusive: %s", e.Scenario, e.Set, strings.Join(e.Properties, ", "))
	if e.Stopped != "" {
		text += " (" + e.Stopped + ")"
	}
	return text
}
