package check

import "sync/atomic"

// insertion stores what was found in a batch, by all workers at once. Each state found is a candidate for being stored,
// and of equal candidates the first one is, as if they came one by one.
//
// First the workers claim slots of the table, each for the candidates of other shares: a slot goes to whoever comes first,
// but a candidate with a lower number takes it from one that is equal. Then the candidates that have slots get their
// numbers, and are stored where those say. Which slot a state gets depends on chance, but nothing depends on the slot.
type insertion struct {
	words  int
	packed []uint64 // by candidate: so many words each
	slots  []uint32 // by candidate: where it, or the one that it is equal to, stands
	again  []bool   // by candidate: it is equal to one before it
	first  []int    // by share: the number of its first candidate; there is one share more
	start  []int64  // by share: the number of the first state that is stored of it
}

// prepare numbers the candidates. If the store goes by fingerprints, those are all that tells them apart.
func (a *insertion) prepare(all []notes, printed bool) (candidates int) {
	a.words = all[0].found.words
	if printed {
		a.words = 1
	}
	a.packed, a.first, a.start = a.packed[:0], a.first[:0], a.start[:0]
	for i := range all {
		a.first = append(a.first, candidates)
		if printed {
			a.packed = append(a.packed, all[i].found.hashes...)
		} else {
			a.packed = append(a.packed, all[i].found.packed...)
		}
		candidates += len(all[i].found.hashes)
	}
	a.first = append(a.first, candidates)
	if cap(a.slots) < candidates {
		a.slots, a.again = make([]uint32, candidates*5/4), make([]bool, candidates*5/4)
	}
	a.slots, a.again = a.slots[:candidates], a.again[:candidates]
	clear(a.again)
	return candidates
}

// claim claims slots for the candidates of a share.
func (a *insertion) claim(st *store, found *discoveries, share int) {
	for i, hash := range found.hashes {
		if i%lookupStates == 0 {
			st.touch(found.hashes[i:min(i+lookupStates, len(found.hashes))])
		}
		a.claimSlot(st, a.first[share]+i, hash)
	}
}

func (a *insertion) claimSlot(st *store, candidate int, hash uint64) {
	entry := st.entry(st.states+int64(candidate), hash)
	numbers := uint32(1)<<st.bits - 1
	last := uint64(len(st.table) - 1)
	for slot := hash >> (64 - st.bits); ; {
		there := atomic.LoadUint32(&st.table[slot])
		if there == 0 {
			if atomic.CompareAndSwapUint32(&st.table[slot], 0, entry) {
				a.slots[candidate] = uint32(slot)
				return
			}
			continue // somebody else's now
		}
		// A state that was stored before the batch is another one, or this would be no candidate.
		if other := int(int64(there&numbers) - 1 - st.states); (there^entry)&^numbers == 0 && other >= 0 && a.equal(candidate, other) {
			if other > candidate && !atomic.CompareAndSwapUint32(&st.table[slot], there, entry) {
				continue // taken by another one that is equal
			}
			a.slots[candidate] = uint32(slot)
			a.again[max(candidate, other)] = true
			return
		}
		slot = (slot + 1) & last
	}
}

func (a *insertion) equal(one, other int) bool {
	p, q := a.packed[one*a.words:], a.packed[other*a.words:]
	for i := range a.words {
		if p[i] != q[i] {
			return false
		}
	}
	return true
}

// number gives the candidates that are new their numbers, from the first one on, and returns the end.
func (a *insertion) number(first int64) (end int64) {
	next := 0
	for _, last := range a.first[1:] {
		a.start = append(a.start, first)
		for ; next < last; next++ {
			if !a.again[next] {
				first++
			}
		}
	}
	return first
}

// keep stores the new states of a share.
func (a *insertion) keep(st *store, found *discoveries, share int) {
	number := a.start[share]
	for i, hash := range found.hashes {
		candidate := a.first[share] + i
		if a.again[candidate] {
			continue
		}
		b, state := &st.blocks[number>>blockBits], int(number&(blockStates-1))
		b.take(state, found.packed[i*found.words:(i+1)*found.words], hash, found.parents[i])
		st.table[a.slots[candidate]] = st.entry(number, hash)
		number++
	}
}

// complete tells the outline of a share the numbers of its targets.
func (a *insertion) complete(st *store, o *outline, share int) {
	numbers := uint32(1)<<st.bits - 1
	for i, at := range o.pending {
		o.targets[at] = st.table[a.slots[a.first[share]+i]]&numbers - 1
	}
}

// insertAll stores what all shares found, unless a limit may strike, or the table or the layout has to grow: then the states
// have to be looked at one by one, and inserted is false. One worker alone is faster if it does that.
func (s *search[S, T]) insertAll(all []notes) (inserted bool) {
	if len(s.explorers) == 1 || (s.liveness || s.codec.varies()) && s.opt.MaxMemory > 0 {
		return false // if memory is limited, the steps count too, and grow share by share
	}
	for i := range all {
		if all[i].err != nil || all[i].outgrown || len(all[i].found.strange) > 0 {
			return false
		}
	}
	a := &s.insertion
	if !s.store.prepared(int64(a.prepare(all, s.store.printed))) {
		return false
	}
	s.work(len(all), func(_ *explorer[S, T], share int) { a.claim(s.store, &all[share].found, share) })
	end := a.number(s.store.states)
	s.store.extend(end)
	s.work(len(all), func(_ *explorer[S, T], share int) { a.keep(s.store, &all[share].found, share) })
	s.store.states = end
	if s.liveness {
		s.work(len(all), func(_ *explorer[S, T], share int) { a.complete(s.store, &all[share].outline, share) })
	}
	return true
}
