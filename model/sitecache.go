package model

import (
	"encoding/binary"
	"slices"
)

// A rule reads one site, and writes only this and what is on its way to the child
// sites; a fault also reads and spends its budget. A site has far fewer states
// than all sites and faults together, so its steps are computed once for each of
// its states, and cached: taking a step then copies a few words.
//
// A site's steps are computed by the rules, in a state in which the other sites
// are empty and all faults are left; what a step changes at the other sites is
// what it sends. Tests compare every step with StepsInPlace, and the checker a
// sample.

const (
	// siteBits is how many bits a site can have for its steps to be kept.
	siteBits = 2 * 64
	// stateWords is how many words a state can have, with one to spare.
	stateWords = 17
	// keptSteps is how many steps are cached before the cache is emptied.
	keptSteps = 1 << 22
)

// A bitRange is where a site is in a packed state, or the budget of a fault.
type bitRange struct{ from, n int }

// PackedSteps returns a function that calls yield for every step out of a packed
// state, in the order of Steps, with the packed state that it leads to, which is
// valid during the call. The bytes of a packed state are those of the words, the
// lowest first. It is for one goroutine. It is nil where the scope is too large, and
// where a guard reads all sites, other than for whether they are at rest.
func (sys *System) PackedSteps() func(packed []uint64, yield func(Step, []uint64)) {
	if sys.readsEverywhere() || len(sys.slots) == 0 || sys.width > 8*(stateWords-1) {
		return nil
	}
	for _, r := range sys.sites {
		if r.n > siteBits {
			return nil
		}
	}
	w := &siteWalker{sys: *sys, words: (sys.width + 7) / 8, kept: make([]map[siteKey]siteSteps, len(sys.scope.Sites))}
	w.sys.askedRest = &w.asked
	w.full = sys.Init()[0]
	w.forget()
	return w.steps
}

// readsEverywhere tells whether a guard reads other sites than the step's.
func (sys *System) readsEverywhere() bool {
	return slices.ContainsFunc(sys.rules, func(r rule) bool {
		return slices.ContainsFunc(r.guards, func(g Guard) bool {
			return slices.ContainsFunc(g.Reads, func(f accessed) bool { return f.everywhere })
		})
	})
}

// A siteKey is the state of a site.
type siteKey [2]uint64

// siteSteps are the steps that are possible at a site, by their indices in the
// list of all. They have no pointers, which the garbage collector would follow.
type siteSteps struct {
	first, end uint32
	system     bool // one of them is the system's own
}

// A siteStep is a step, and what it makes of the packed state.
type siteStep struct {
	site   siteKey // after it
	sent   uint32  // what is sent to other sites, from 1
	step   Step
	fault  uint8 // whose budget it spends, from 1
	atRest bool  // it is possible only if all sites are at rest
}

// latest has, for each value of a hash of the state of a site, the last such
// state, which so is found without the map. It grows with the map: most systems
// that are searched by the thousand are small. Its length is a power of two.
type latest []recent

const (
	fewLatest  = 1 << 6
	latestBits = 13 // of the largest
)

type recent struct {
	key   siteKey
	steps siteSteps
	known bool
}

func (l latest) of(key siteKey) *recent {
	hash := key[0]*0x9e3779b97f4a7c15 ^ key[1]*0xd6e8feb86659fd93
	return &l[hash>>(64-latestBits)&uint64(len(l)-1)]
}

type siteWalker struct {
	sys   System // asks for no rest but notes it
	asked bool
	full  State // in which all faults are left
	words int
	kept  []map[siteKey]siteSteps
	near  [MaxSites]latest
	list  []siteStep
	sent  [][stateWords]uint64 // without two of the same

	in, out [stateWords]uint64
	buf     [8 * stateWords]byte // to pack and unpack
	heads   [MaxSites]siteSteps  // what is left of the steps at each site
}

func (w *siteWalker) forget() {
	for i := range w.kept {
		w.kept[i] = map[siteKey]siteSteps{}
		w.near[i] = make(latest, fewLatest)
	}
	w.list, w.sent = w.list[:0], w.sent[:0]
}

func (w *siteWalker) steps(packed []uint64, yield func(Step, []uint64)) {
	for i := range w.words {
		w.in[i] = packed[i]
	}
	rest := true
	if len(w.list) > keptSteps {
		w.forget()
	}
	for i := range w.kept {
		key := w.get(w.sys.sites[i])
		near := w.near[i].of(key)
		if !near.known || near.key != key {
			found := w.known(i, key)
			near = w.near[i].of(key) // which may be larger now
			*near = recent{key, found, true}
		}
		w.heads[i] = near.steps
		rest = rest && !near.steps.system
	}
	for {
		next := -1 // the site whose first step comes first: by rule, and then by site
		for i := range w.kept {
			if h := w.heads[i]; h.first < h.end && (next < 0 || w.list[h.first].step.Rule < w.list[w.heads[next].first].step.Rule) {
				next = i
			}
		}
		if next < 0 {
			return
		}
		s := &w.list[w.heads[next].first]
		w.heads[next].first++
		if (!s.atRest || rest) && (s.fault == 0 || w.left(s.fault-1) > 0) {
			yield(s.step, w.after(next, s))
		}
	}
}

// after returns the packed state that a step at a site leads to.
func (w *siteWalker) after(site int, s *siteStep) []uint64 {
	for i := range w.words + 1 {
		w.out[i] = w.in[i]
	}
	w.put(w.sys.sites[site], s.site)
	if s.fault > 0 {
		w.out[0] -= 1 << w.sys.budgets[s.fault-1].from
	}
	if s.sent > 0 {
		for i, word := range w.sent[s.sent-1][:w.words] {
			w.out[i] |= word
		}
	}
	return w.out[:w.words]
}

// left is how much is left of the budget of a fault. All budgets are in the first
// word.
func (w *siteWalker) left(f uint8) uint64 {
	return w.in[0] >> w.sys.budgets[f].from & mask(w.sys.budgets[f].n)
}

// pack makes the state the one to take bits out of.
func (w *siteWalker) pack(s *State) {
	clear(w.buf[:])
	w.sys.Pack(s, w.buf[:w.sys.width])
	for i := range w.words {
		w.in[i] = binary.LittleEndian.Uint64(w.buf[8*i:])
	}
}

// get takes a range of bits out of the state.
func (w *siteWalker) get(r bitRange) siteKey {
	return siteKey{w.word(r.from) & mask(r.n), w.word(r.from+64) & mask(r.n-64)}
}

func (w *siteWalker) word(from int) uint64 {
	i, shift := from/64, from%64
	if i >= stateWords-1 {
		return 0
	}
	return w.in[i]>>shift | w.in[i+1]<<(64-shift)
}

// mask has n bits, at most 64.
func mask(n int) uint64 {
	if n <= 0 {
		return 0
	}
	return ^uint64(0) >> (64 - min(n, 64))
}

// put sets a range of bits.
func (w *siteWalker) put(r bitRange, bits siteKey) {
	w.putWord(r.from, mask(r.n), bits[0])
	if r.n > 64 {
		w.putWord(r.from+64, mask(r.n-64), bits[1])
	}
}

func (w *siteWalker) putWord(from int, mask, value uint64) {
	i, shift := from/64, from%64
	w.out[i] = w.out[i]&^(mask<<shift) | value<<shift
	w.out[i+1] = w.out[i+1]&^(mask>>(64-shift)) | value>>(64-shift)
}

// known returns the steps at a site, and computes them if they are not cached.
func (w *siteWalker) known(site int, key siteKey) siteSteps {
	found, ok := w.kept[site][key]
	if !ok {
		found = w.find(site, key)
		w.kept[site][key] = found
		if many := len(w.kept[site]); many > len(w.near[site]) && many < 1<<latestBits {
			w.near[site] = make(latest, min(4*len(w.near[site]), 1<<latestBits))
		}
	}
	return found
}

// find computes the steps at a site, by the rules, in a state in which the other
// sites are empty.
func (w *siteWalker) find(site int, key siteKey) siteSteps {
	in := w.in
	w.out = [stateWords]uint64{}
	w.put(w.sys.sites[site], key)
	for i := range w.words {
		binary.LittleEndian.PutUint64(w.buf[8*i:], w.out[i])
	}
	var s State
	w.sys.Unpack(w.buf[:w.sys.width], &s)
	s.FaultsLeft = w.full.FaultsLeft
	found := siteSteps{first: uint32(len(w.list))}
	for i := range w.sys.rules {
		r := &w.sys.rules[i]
		for _, at := range r.targets {
			if int(at.site) == site {
				w.sys.bindingsAt(r, at, &s, func(c binding) bool {
					w.try(&found, r, site, c)
					return true
				})
			}
		}
	}
	w.in = in
	found.end = uint32(len(w.list))
	return found
}

// try adds the step if it is possible.
func (w *siteWalker) try(found *siteSteps, r *rule, site int, c binding) {
	w.asked = false
	if r.blocked(c) != nil {
		return
	}
	step := siteStep{step: c.Step, atRest: w.asked}
	r.apply(c, func(_ Step, next *State) {
		w.pack(next)
		step.site = w.get(w.sys.sites[site])
		if r.Kind == ByFault {
			step.fault = uint8(r.Fault) + 1
		}
		if r.sends {
			w.out = w.in
			w.put(w.sys.sites[site], siteKey{})
			for _, budget := range w.sys.budgets {
				w.put(budget, siteKey{})
			}
			step.sent = w.sentAs(w.out)
		}
	})
	w.list = append(w.list, step)
	found.system = found.system || r.Kind == BySystem
}

// sentAs returns the number of what is sent, from 1. There are few: a version of
// a package to the child sites of a site.
func (w *siteWalker) sentAs(sent [stateWords]uint64) uint32 {
	for i := range w.sent {
		if w.sent[i] == sent {
			return uint32(i) + 1
		}
	}
	w.sent = append(w.sent, sent)
	return uint32(len(w.sent))
}
