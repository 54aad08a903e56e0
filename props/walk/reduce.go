package walk

import (
	"slices"

	"pkgdist/model"
)

// A reduction is a scope that is smaller in one way, and what becomes of the
// steps of the larger one.
type reduction struct {
	scope model.Scope
	// step translates a step; false is for one that the smaller scope lacks.
	step func(model.Step) (model.Step, bool)
}

// reductions lists the ways to make a scope smaller by one thing, what tells a
// reader least first: packages and sites, then versions, distribution points
// and faults.
func reductions(sc model.Scope) []reduction {
	return slices.Concat(withoutPackages(sc), withoutSites(sc), withoutVersions(sc), withoutDPs(sc), withoutFaults(sc), withOrder(sc))
}

// cloned is a scope that can be changed without changing the other.
func cloned(sc model.Scope) model.Scope {
	sc.Sites, sc.Packages = slices.Clone(sc.Sites), slices.Clone(sc.Packages)
	return sc
}

// closed is a number after the one that is left out is gone; false is for that one.
func closed[N ~uint8](number *N, gone int) bool {
	if int(*number) > gone {
		*number--
		return true
	}
	return int(*number) != gone
}

func withoutPackages(sc model.Scope) []reduction {
	var list []reduction
	for p := range sc.Packages {
		if len(sc.Packages) == 1 {
			break
		}
		smaller := cloned(sc)
		smaller.Packages = slices.Delete(smaller.Packages, p, p+1)
		list = append(list, reduction{smaller, func(s model.Step) (model.Step, bool) {
			ok := model.Rules()[s.Rule].Site || closed(&s.Package, p)
			return s, ok
		}})
	}
	return list
}

// withoutSites leaves out one site below the source site each. Its child sites
// get its parent.
func withoutSites(sc model.Scope) []reduction {
	var list []reduction
	for i := 1; i < len(sc.Sites) && len(sc.Sites) > 2; i++ {
		smaller := cloned(sc)
		for c := range smaller.Sites {
			if smaller.Sites[c].Parent == i {
				smaller.Sites[c].Parent = smaller.Sites[i].Parent
			}
			if smaller.Sites[c].Parent > i {
				smaller.Sites[c].Parent--
			}
		}
		smaller.Sites = slices.Delete(smaller.Sites, i, i+1)
		list = append(list, reduction{smaller, func(s model.Step) (model.Step, bool) {
			ok := closed(&s.Site, i)
			return s, ok
		}})
	}
	return list
}

func withoutVersions(sc model.Scope) []reduction {
	var list []reduction
	for v := 1; v <= sc.Updates && sc.Updates > 1; v++ {
		smaller := cloned(sc)
		smaller.Updates--
		list = append(list, reduction{smaller, func(s model.Step) (model.Step, bool) {
			ok := closed(&s.Version, v)
			return s, ok
		}})
	}
	return list
}

func withoutDPs(sc model.Scope) []reduction {
	var list []reduction
	for i := range sc.Sites {
		for d := range sc.Sites[i].DPs {
			smaller := cloned(sc)
			smaller.Sites[i].DPs--
			list = append(list, reduction{smaller, func(s model.Step) (model.Step, bool) {
				ok := !model.Rules()[s.Rule].DP || int(s.Site) != i || closed(&s.DP, d)
				return s, ok
			}})
		}
	}
	return list
}

func withoutFaults(sc model.Scope) []reduction {
	var list []reduction
	for f, n := range sc.Faults {
		if n > 0 {
			smaller := cloned(sc)
			smaller.Faults[f]--
			list = append(list, reduction{smaller, same})
		}
	}
	return list
}

// withOrder lets the channels keep their order, which leaves less to happen.
func withOrder(sc model.Scope) []reduction {
	if sc.Ordered {
		return nil
	}
	smaller := cloned(sc)
	smaller.Ordered = true
	return []reduction{{smaller, same}}
}

func same(s model.Step) (model.Step, bool) { return s, true }
