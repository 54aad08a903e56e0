package store

import (
	"slices"
	"sync/atomic"
)

// Insert stores the finds of a share in their order. The error is a limit that the next one would have broken.
func (st *Store) Insert(found *Finds) error {
	unplaced := 0
	for i, hash := range found.hashes {
		st.touch(found.hashes, i)
		var number int64
		var err error
		if unplaced < len(found.unplaced) && found.unplaced[unplaced] == i {
			size := len(st.base)
			number, err = st.Add(found.images[unplaced*size:][:size], found.parents[i])
			unplaced++
		} else {
			number, err = st.addPacked(found.packed[i*found.words:][:found.words], hash, found.parents[i])
		}
		if err != nil {
			return err
		}
		if found.Told != nil {
			found.Told(i, uint32(number))
		}
	}
	return nil
}

// insertion is a parallel insert. Each find is a candidate for being stored, and of equal candidates the first one is, as
// if they were stored one by one.
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

// InsertAll stores the finds of all shares in their order, by all workers at once: work has them do what it is given for each
// share. If a limit may strike, or the table or the layout has to grow, the states have to be looked at one by one, and
// inserted is false. The store may not have changed since the finds were looked up.
func (st *Store) InsertAll(shares []*Finds, work func(do func(share int))) (inserted bool) {
	a, unplaced := &st.insertion, func(found *Finds) bool { return len(found.unplaced) > 0 }
	if slices.ContainsFunc(shares, unplaced) || !st.prepared(int64(a.prepare(st, shares))) {
		return false
	}
	work(func(share int) { a.claim(st, shares[share], share) })
	end := a.number(st, shares)
	st.extend(end)
	work(func(share int) { a.keep(st, shares[share], share) })
	st.states = end
	if shares[0].Told != nil {
		work(func(share int) { a.tell(st, shares[share], share) })
	}
	return true
}

// prepared reports whether so many states may be added with no limit near, and without a larger table.
func (st *Store) prepared(more int64) bool {
	end := st.states + more
	blocks := (end+blockStates-1)>>blockBits - int64(len(st.blocks)) + 1 // one more for the last block, if it has to be wider
	return end <= st.opt.MaxStates && !st.crowded(end) && st.allow(blocks*st.blockBytes(st.width)) == nil
}

// extend makes room for the states up to the one numbered end.
func (st *Store) extend(end int64) {
	now := st.states
	for ; st.states < end; st.states = min(end, (st.states>>blockBits+1)<<blockBits) {
		if _, err := st.lastBlock(); err != nil {
			panic("check: the store was not prepared for what it is to take: a bug in the checker")
		}
	}
	st.states = now
}

// prepare numbers the candidates.
func (a *insertion) prepare(st *Store, shares []*Finds) (candidates int) {
	a.words = st.words
	a.packed, a.first, a.start = a.packed[:0], a.first[:0], a.start[:0]
	for _, found := range shares {
		a.first = append(a.first, candidates)
		a.packed = append(a.packed, found.packed...)
		candidates += len(found.hashes)
	}
	a.first = append(a.first, candidates)
	a.slots = slices.Grow(a.slots[:0], candidates)[:candidates]
	a.again = slices.Grow(a.again[:0], candidates)[:candidates]
	clear(a.again)
	return candidates
}

// claim claims slots for the candidates of a share.
func (a *insertion) claim(st *Store, found *Finds, share int) {
	for i, hash := range found.hashes {
		st.touch(found.hashes, i)
		a.claimSlot(st, a.first[share]+i, hash)
	}
}

func (a *insertion) claimSlot(st *Store, candidate int, hash uint64) {
	entry := st.entry(st.states+int64(candidate), hash)
	numbers := uint32(1)<<st.bits - 1
	for slot := st.home(hash); ; {
		at := &st.slots[slot]
		there := atomic.LoadUint32(at)
		if there == 0 {
			if atomic.CompareAndSwapUint32(at, 0, entry) {
				a.slots[candidate] = uint32(slot)
				return
			}
			continue // somebody else's now
		}
		// A state that was stored before the batch is another one, or this would be no candidate.
		if other := int(int64(there&numbers) - 1 - st.states); (there^entry)&^numbers == 0 && other >= 0 && a.equal(candidate, other) {
			if other > candidate && !atomic.CompareAndSwapUint32(at, there, entry) {
				continue // taken by another one that is equal
			}
			a.slots[candidate] = uint32(slot)
			a.again[max(candidate, other)] = true
			return
		}
		slot = st.after(slot)
	}
}

func (a *insertion) equal(one, other int) bool {
	return slices.Equal(a.packed[one*a.words:][:a.words], a.packed[other*a.words:][:a.words])
}

// number gives the candidates that are new their numbers, and stores their parents. It returns the end of the numbers.
func (a *insertion) number(st *Store, shares []*Finds) (end int64) {
	for share, found := range shares {
		a.start = append(a.start, st.parents.states)
		for i, again := range a.again[a.first[share]:a.first[share+1]] {
			if !again {
				st.parents.append(found.parents[i])
			}
		}
	}
	return st.parents.states
}

// keep stores the new states of a share.
func (a *insertion) keep(st *Store, found *Finds, share int) {
	number := a.start[share]
	for i, hash := range found.hashes {
		candidate := a.first[share] + i
		if a.again[candidate] {
			continue
		}
		b, state := st.at(number)
		b.put(state, found.packed[i*found.words:][:found.words])
		st.slots[a.slots[candidate]] = st.entry(number, hash)
		number++
	}
}

// tell tells the numbers of a share's finds.
func (a *insertion) tell(st *Store, found *Finds, share int) {
	numbers := uint32(1)<<st.bits - 1
	for i := range found.hashes {
		found.Told(i, st.slots[a.slots[a.first[share]+i]]&numbers-1)
	}
}
