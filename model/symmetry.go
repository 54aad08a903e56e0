package model

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unsafe"
)

// Some parts of a scope are interchangeable: exchange them in a state, and what
// can happen is the same, with the parts exchanged. Each kind of exchange is an
// automorphism of the state machine, whatever the design and the mutation, for a
// design and a mutation change a rule at all sites alike:
//
//   - The distribution points of one site. Rules ask of one of them, of all, of
//     any, or how many copy; none asks which. Whatever the table of fields has for
//     each distribution point moves with it.
//   - Sites with the same parent, of the same kind, with as many distribution
//     points and with matching sites below them. A rule reads one site, what it
//     sends to all of its child sites, whether it has any, and whether all sites
//     are at rest. A site moves with all that is below it. The
//     source site has no siblings, so that rules about it alone break nothing.
//   - The packages. Each is updated as often as the others, and rules ask of one
//     of them, of any, or how many have a thread. Its state at
//     every site moves with it, and so does the package that a Despooler works
//     on. An idle Despooler works on none: its Package is 0, and stays.
//
// Versions are not interchangeable, as they are compared. The order in which
// steps are listed does not matter, nor do the names of sites and packages.
//
// The three kinds commute with each other, but for sites and their distribution
// points, which move with them.

// exchanges is what is interchangeable in a scope.
type exchanges struct {
	dps      [][][]slot     // of each site with several distribution points, the slots of each of these
	known    [][]slot       // of each package at the source site, the slots but those of distribution points
	siblings [][]subtree    // which can be exchanged, those deeper in the hierarchy first
	orders   []packageOrder // of the packages: all, the given one first
}

// A subtree is a site and all sites below it. Two that can be exchanged list
// theirs in such an order that those with the same index correspond.
type subtree []int

// A packageOrder says which package each package is replaced by.
type packageOrder [MaxPackages]uint8

func (sys *System) planExchanges() {
	e := &sys.exchanges
	e.known = make([][]slot, len(sys.scope.Packages))
	dps := make([][MaxDPs][]slot, len(sys.scope.Sites))
	for i := range sys.parts {
		switch at := sys.parts[i].operands; {
		case sys.parts[i].DP:
			dps[at.Site][at.DP] = append(dps[at.Site][at.DP], sys.slots[i])
		case sys.parts[i].Package && at.Site == 0:
			e.known[at.Package] = append(e.known[at.Package], sys.slots[i])
		}
	}
	for i, site := range sys.scope.Sites {
		if site.DPs > 1 {
			e.dps = append(e.dps, dps[i][:site.DPs])
		}
	}
	for parent := len(sys.scope.Sites) - 1; parent >= 0; parent-- { // child sites stand after their parents
		equal := map[string][]subtree{}
		var shapes []string
		for _, child := range sys.children[parent] {
			shape, sites := sys.shape(child)
			if equal[shape] == nil {
				shapes = append(shapes, shape)
			}
			equal[shape] = append(equal[shape], sites)
		}
		for _, shape := range shapes {
			if len(equal[shape]) > 1 {
				e.siblings = append(e.siblings, equal[shape])
			}
		}
	}
	e.orders = ordersOf(len(sys.scope.Packages))
}

// shape describes a site and what is below it, without names and whatever the
// order of siblings, and lists the sites in the order of the description.
func (sys *System) shape(site int) (string, subtree) {
	type below struct {
		shape string
		sites subtree
	}
	var list []below
	for _, child := range sys.children[site] {
		shape, sites := sys.shape(child)
		list = append(list, below{shape, sites})
	}
	slices.SortStableFunc(list, func(a, b below) int { return cmp.Compare(a.shape, b.shape) })
	var text strings.Builder
	fmt.Fprintf(&text, "(%v with %d", sys.scope.Sites[site].Kind, sys.scope.Sites[site].DPs)
	sites := subtree{site}
	for _, b := range list {
		text.WriteString(b.shape)
		sites = append(sites, b.sites...)
	}
	return text.String() + ")", sites
}

// ordersOf lists the orders of n packages.
func ordersOf(n int) []packageOrder {
	var orders []packageOrder
	var extend func(order packageOrder, used uint, at int)
	extend = func(order packageOrder, used uint, at int) {
		if at == n {
			orders = append(orders, order)
			return
		}
		for p := range n {
			if used>>p&1 == 0 {
				order[at] = uint8(p)
				extend(order, used|1<<p, at+1)
			}
		}
	}
	extend(packageOrder{}, 0, 0)
	return orders
}

// Interchangeable tells whether the scope has parts that can be exchanged.
func (sys *System) Interchangeable() bool {
	e := &sys.exchanges
	return len(e.dps) > 0 || len(e.siblings) > 0 || len(e.orders) > 1
}

// Canonical replaces a state by the one that represents all states that differ
// from it only by an exchange of interchangeable parts. For each order of the
// packages the distribution points of each site are sorted, then siblings, from
// the bottom up; the least of what comes out is the representative. It allocates
// nothing.
func (sys *System) Canonical(s *State) {
	e := &sys.exchanges
	if len(e.orders) == 1 {
		e.sort(s)
		return
	}
	// The packages are first sorted by their state at the source site without its
	// distribution points, which no exchange of these or of sites changes. So only
	// packages with the same state there have to be tried in each order.
	var rank [MaxPackages]uint8
	for p := range e.known {
		for q := range p {
			switch c := compareSlots(s, e.known[p], e.known[q]); {
			case c > 0:
				rank[p]++
			case c < 0:
				rank[q]++
			}
		}
	}
	var least, other State
	found := false
	for i := range e.orders {
		order := &e.orders[i]
		if !sorts(order, rank[:len(e.known)]) {
			continue
		}
		sys.reorder(s, order, &other)
		e.sort(&other)
		if !found || bytes.Compare(sys.bytesOf(&other), sys.bytesOf(&least)) < 0 {
			least, found = other, true
		}
	}
	*s = least
}

// compareSlots compares what corresponding slots hold, from the last to the first.
func compareSlots(s *State, a, b []slot) int {
	b = b[:len(a)] // spares a check of bounds in the loop
	for i := len(a) - 1; i >= 0; i-- {
		if x, y := *a[i].of(s), *b[i].of(s); x != y {
			return int(x) - int(y)
		}
	}
	return 0
}

// sorts tells whether the order puts the ranks in ascending order.
func sorts(order *packageOrder, rank []uint8) bool {
	for i := 1; i < len(rank); i++ {
		if rank[order[i-1]] > rank[order[i]] {
			return false
		}
	}
	return true
}

// reorder sets other to s with its packages in the order given.
func (sys *System) reorder(s *State, order *packageOrder, other *State) {
	*other = *s
	for i := range sys.scope.Sites {
		from, to := &s.Sites[i], &other.Sites[i]
		for at := range sys.scope.Packages {
			to.Packages[at] = from.Packages[order[at]]
			if from.Despooler.Phase != DespoolerIdle && from.Despooler.Package == order[at] {
				to.Despooler.Package = uint8(at)
			}
		}
	}
}

// sort sorts all but the packages.
func (e *exchanges) sort(s *State) {
	for _, dps := range e.dps {
		for i := 1; i < len(dps); i++ { // by insertion: there are few
			for j := i; j > 0 && compareSlots(s, dps[j-1], dps[j]) > 0; j-- {
				for k := range dps[j] {
					a, b := dps[j-1][k].of(s), dps[j][k].of(s)
					*a, *b = *b, *a
				}
			}
		}
	}
	for _, trees := range e.siblings {
		for i := 1; i < len(trees); i++ {
			for j := i; j > 0 && s.compare(trees[j-1], trees[j]) > 0; j-- {
				s.exchange(trees[j-1], trees[j])
			}
		}
	}
}

// compare compares two subtrees whose sites correspond.
func (s *State) compare(a, b subtree) int {
	for i := range a {
		if c := bytes.Compare(siteBytes(&s.Sites[a[i]]), siteBytes(&s.Sites[b[i]])); c != 0 {
			return c
		}
	}
	return 0
}

func (s *State) exchange(a, b subtree) {
	for i := range a {
		s.Sites[a[i]], s.Sites[b[i]] = s.Sites[b[i]], s.Sites[a[i]]
	}
}

// siteBytes is a site as it is in memory, where each field is a byte: any order
// of sites will do, as long as it is one.
func siteBytes(site *SiteState) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(site)), unsafe.Sizeof(*site))
}

// bytesOf is all sites of a state that the scope has.
func (sys *System) bytesOf(s *State) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(s)), uintptr(len(sys.scope.Sites))*unsafe.Sizeof(s.Sites[0]))
}
