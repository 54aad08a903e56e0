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
// design and a mutation change a rule at all places alike:
//
//   - The distribution points of one site. Rules ask of one of them, of all, of
//     any, or how many copy; none asks which. What says something of one is its
//     record of each package and its bit of Away, and these move together.
//   - Sites with the same parent, of the same kind, with as many distribution
//     points and with matching sites below them. A rule looks at one site, at
//     what it sends to all of its child sites, at whether it has any, and at
//     whether all sites are at rest. A site moves with all that is below it. The
//     source site has no siblings, so that rules about it alone break nothing.
//   - The packages. Each is updated as often as the others, and rules ask of one
//     of them, of any, or how many have a thread. What says something of one is
//     its record at every site, and which of them a Despooler is at. An idle
//     Despooler is at none: its Package is 0, and stays.
//
// Versions are not interchangeable, as they are compared. The order in which
// steps are listed goes by place, and is no part of what can happen. The names of
// sites and packages are for people.
//
// The three kinds commute with each other, but for sites and their distribution
// points, which move with them.

// exchanges is what is interchangeable in a scope.
type exchanges struct {
	dps      []int          // the sites with several distribution points
	siblings [][]subtree    // which can be exchanged, those deeper in the hierarchy first
	orders   []packageOrder // of the packages: all, the given one first
}

// A subtree is a site and all sites below it. Two that can be exchanged list
// theirs in such an order that those with the same index correspond.
type subtree []int

// A packageOrder says which package comes to stand at each place.
type packageOrder [MaxPackages]uint8

func (sys *System) planExchanges() {
	e := &sys.exchanges
	for i, site := range sys.scope.Sites {
		if site.DPs > 1 {
			e.dps = append(e.dps, i)
		}
	}
	for parent := len(sys.scope.Sites) - 1; parent >= 0; parent-- { // child sites stand after their parents
		alike := map[string][]subtree{}
		var shapes []string
		for _, child := range sys.children[parent] {
			shape, sites := sys.shape(child)
			if alike[shape] == nil {
				shapes = append(shapes, shape)
			}
			alike[shape] = append(alike[shape], sites)
		}
		for _, shape := range shapes {
			if len(alike[shape]) > 1 {
				e.siblings = append(e.siblings, alike[shape])
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
		e.sort(sys, s)
		return
	}
	// The packages are first sorted by what the source site knows of each, so
	// that only those of which it knows the same have to be tried in each order.
	var known [MaxPackages]uint64
	for p := range sys.scope.Packages {
		known[p] = s.Sites[0].Packages[p].knownAtSource()
	}
	var least, other State
	found := false
	for i := range e.orders {
		order := &e.orders[i]
		if !sorts(order, known[:len(sys.scope.Packages)]) {
			continue
		}
		sys.reorder(s, order, &other)
		e.sort(sys, &other)
		if !found || bytes.Compare(sys.bytesOf(&other), sys.bytesOf(&least)) < 0 {
			least, found = other, true
		}
	}
	*s = least
}

// knownAtSource sums up a package at the source site, without its distribution
// points: no exchange of these, or of sites, changes it.
func (p *PackageState) knownAtSource() uint64 {
	return uint64(p.Updates) | uint64(p.Row.Source)<<8 | uint64(p.Row.Stored)<<16 | uint64(p.Thread.Phase)<<24 |
		uint64(p.Thread.Version)<<32 | uint64(p.Status)<<40 | uint64(p.Reported)<<48 | uint64(p.Late)<<56
}

// sorts tells whether the order puts what is known in ascending order.
func sorts(order *packageOrder, known []uint64) bool {
	for i := 1; i < len(known); i++ {
		if known[order[i-1]] > known[order[i]] {
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
func (e *exchanges) sort(sys *System, s *State) {
	for _, i := range e.dps {
		s.Sites[i].sortDPs(len(sys.scope.Packages), sys.scope.Sites[i].DPs)
	}
	for _, alike := range e.siblings {
		for i := 1; i < len(alike); i++ { // by insertion: there are few
			for j := i; j > 0 && s.compare(alike[j-1], alike[j]) > 0; j-- {
				s.exchange(alike[j-1], alike[j])
			}
		}
	}
}

// sortDPs sorts the distribution points of a site.
func (site *SiteState) sortDPs(packages, dps int) {
	for i := 1; i < dps; i++ {
		for j := i; j > 0 && site.dpKey(j-1, packages) > site.dpKey(j, packages); j-- {
			site.exchangeDPs(j-1, j, packages)
		}
	}
}

// dpKey is all that the site says of a distribution point: in 15 bits its record
// of each package, a version, which is at most MaxVersions, with the rest.
func (site *SiteState) dpKey(d, packages int) uint64 {
	key := uint64(site.Away >> d & 1)
	for p := range packages {
		dp := &site.Packages[p].DPs[d]
		key = key<<15 | uint64(dp.Content.Version)<<3 | uint64(dp.Phase)<<1
		if dp.Content.Torn {
			key |= 1
		}
	}
	return key
}

func (site *SiteState) exchangeDPs(i, j, packages int) {
	for p := range packages {
		dps := &site.Packages[p].DPs
		dps[i], dps[j] = dps[j], dps[i]
	}
	if site.Away>>i&1 != site.Away>>j&1 {
		site.Away ^= 1<<i | 1<<j
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

// siteBytes is a site as it lies in memory, where each field is a byte: any order
// of sites will do, as long as it is one.
func siteBytes(site *SiteState) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(site)), unsafe.Sizeof(*site))
}

// bytesOf is all sites of a state that the scope has.
func (sys *System) bytesOf(s *State) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(s)), uintptr(len(sys.scope.Sites))*unsafe.Sizeof(s.Sites[0]))
}
