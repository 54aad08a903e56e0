package model

import "encoding/binary"

// A rule looks at one site and at the faults that are left, and changes no more
// than these and what is on its way to the child sites. A site has far fewer
// states than all sites together, so what can happen at it is worked out once
// for each of its states, and kept: a step then is a few words copied.
//
// Nothing of that is declared. A site's steps are found by the rules themselves,
// in a state in which the other sites are empty; what a step puts into those is
// what it sends. Tests hold every step against the plain way.

const (
	// siteBits is how many bits a site can have for its steps to be kept.
	siteBits = 2*64 - faultBits
	// faultBits are enough for what is left of all faults: NumFaults of at most
	// MaxFaults.
	faultBits = 16
	// stateWords is how many words a state can have, with one to spare.
	stateWords = 17
	// keptSites is how many states of sites are kept before they are forgotten.
	keptSites = 1 << 20
)

// A bitRange is where a site lies in a packed state, or the faults.
type bitRange struct{ from, n int }

// PackedSteps returns a function that calls yield for every step out of a packed
// state, in the order of Steps, with the packed state that it leads to, which is
// lent. It is for one goroutine. It is nil where the scope is too large for it.
func (sys *System) PackedSteps() func(b []byte, yield func(Step, []byte)) {
	if len(sys.slots) == 0 || sys.width > 8*(stateWords-1) || sys.ranges[len(sys.scope.Sites)].n > faultBits {
		return nil
	}
	for _, r := range sys.ranges[:len(sys.scope.Sites)] {
		if r.n > siteBits {
			return nil
		}
	}
	w := &siteWalker{sys: *sys, words: (sys.width + 7) / 8, kept: make([]map[siteKey]*siteSteps, len(sys.scope.Sites))}
	w.sys.askedRest = &w.asked
	w.forget()
	return w.steps
}

// A siteKey is the state of a site, and what is left of the faults.
type siteKey [2]uint64

// siteSteps are the steps that are possible at a site.
type siteSteps struct {
	list   []siteStep
	system bool // one of them is the system's own
}

// A siteStep is a step, and what it makes of the packed state.
type siteStep struct {
	step   Step
	site   siteKey // the site and the faults after it
	sent   []uint64
	atRest bool // it is possible only if all sites are at rest
}

type siteWalker struct {
	sys   System // asks for no rest but notes it
	asked bool
	words int
	kept  []map[siteKey]*siteSteps
	count int

	in, out [stateWords]uint64
	buf     [8 * stateWords]byte
	heads   [MaxSites][]siteStep
}

func (w *siteWalker) forget() {
	for i := range w.kept {
		w.kept[i] = map[siteKey]*siteSteps{}
	}
	w.count = 0
}

func (w *siteWalker) steps(b []byte, yield func(Step, []byte)) {
	w.load(b)
	faults := w.get(w.sys.ranges[len(w.kept)])[0]
	rest := true
	for i := range w.kept {
		key := w.get(w.sys.ranges[i])
		key[1] |= faults << (64 - faultBits)
		at := w.kept[i][key]
		if at == nil {
			at = w.find(i, key, faults)
		}
		w.heads[i] = at.list
		rest = rest && !at.system
	}
	for {
		next := -1 // the site whose first step comes first: by rule, and then by site
		for i := range w.kept {
			if len(w.heads[i]) > 0 && (next < 0 || w.heads[i][0].step.Rule < w.heads[next][0].step.Rule) {
				next = i
			}
		}
		if next < 0 {
			return
		}
		s := &w.heads[next][0]
		w.heads[next] = w.heads[next][1:]
		if !s.atRest || rest {
			yield(s.step, w.after(next, s))
		}
	}
}

// after returns the packed state that a step at a site leads to.
func (w *siteWalker) after(site int, s *siteStep) []byte {
	w.out = w.in
	w.put(w.sys.ranges[site], siteKey{s.site[0], s.site[1] & (1<<(64-faultBits) - 1)})
	w.put(w.sys.ranges[len(w.kept)], siteKey{s.site[1] >> (64 - faultBits)})
	for i, word := range s.sent {
		w.out[i] |= word
	}
	for i := range w.words {
		binary.LittleEndian.PutUint64(w.buf[8*i:], w.out[i])
	}
	return w.buf[:w.sys.width]
}

func (w *siteWalker) load(b []byte) {
	copy(w.buf[:8*w.words], zeros[:])
	copy(w.buf[:], b)
	for i := range w.words {
		w.in[i] = binary.LittleEndian.Uint64(w.buf[8*i:])
	}
}

var zeros [8 * stateWords]byte

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

// find works out the steps at a site, by the rules, in a state in which the other
// sites are empty.
func (w *siteWalker) find(site int, key siteKey, faults uint64) *siteSteps {
	if w.count++; w.count > keptSites {
		w.forget()
	}
	in := w.in
	w.out = [stateWords]uint64{}
	w.put(w.sys.ranges[site], siteKey{key[0], key[1] & (1<<(64-faultBits) - 1)})
	w.put(w.sys.ranges[len(w.kept)], siteKey{faults})
	for i := range w.words {
		binary.LittleEndian.PutUint64(w.buf[8*i:], w.out[i])
	}
	var s State
	w.sys.Unpack(w.buf[:w.sys.width], &s)
	found := &siteSteps{}
	for i := range w.sys.rules {
		r := &w.sys.rules[i]
		for _, at := range r.places {
			if int(at.site) == site {
				w.sys.operandsAt(r, at, &s, func(c spot) bool {
					w.try(found, r, site, c)
					return true
				})
			}
		}
	}
	w.in = in
	w.kept[site][key] = found
	return found
}

// try adds the step if it is possible.
func (w *siteWalker) try(found *siteSteps, r *rule, site int, c spot) {
	w.asked = false
	if r.blocked(c) != nil {
		return
	}
	step := siteStep{step: c.Step, atRest: w.asked}
	r.take(c, func(_ Step, next *State) {
		b := make([]byte, w.sys.width)
		w.sys.Pack(next, b)
		w.load(b)
		step.site = w.get(w.sys.ranges[site])
		step.site[1] |= w.get(w.sys.ranges[len(w.kept)])[0] << (64 - faultBits)
		w.out = w.in
		w.put(w.sys.ranges[site], siteKey{})
		w.put(w.sys.ranges[len(w.kept)], siteKey{})
		if r.sends {
			step.sent = append(step.sent, w.out[:w.words]...)
		}
	})
	found.list = append(found.list, step)
	found.system = found.system || r.Kind == BySystem
}
