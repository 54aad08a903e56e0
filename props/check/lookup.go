package check

// lookupStates is how many states are looked up together: enough for a processor to have all the reads under way that it
// can, and few enough for what is looked up to stay in its nearest cache.
const lookupStates = 128

// lookup asks a store about many states at a time. Nearly every look at a large table, and at a state that the table
// names, has to wait for the main memory. So the looks at the table are made one after the other, with nothing between
// them that depends on them, then those at the states, and the processor waits for many of them at once.
type lookup struct {
	states  int // to look up
	words   int // of each packed state
	packed  []uint64
	hashes  [lookupStates]uint64
	numbers [lookupStates]uint32 // the answer: the number plus one, or 0 if it is not known
	first   [lookupStates]uint64 // the first word of the state that the table names, or its fingerprint
}

// reset forgets the states, and expects others of so many words.
func (l *lookup) reset(words int) {
	l.states = 0
	if l.words != words {
		l.words, l.packed = words, make([]uint64, lookupStates*words)
	}
}

// row is where the packed words of a state are.
func (l *lookup) row(state int) []uint64 { return l.packed[state*l.words : (state+1)*l.words] }

// find answers for all states.
func (l *lookup) find(st *store) {
	hashes, numbers := l.hashes[:l.states], l.numbers[:l.states]
	shift := 64 - st.bits
	for i, hash := range hashes {
		numbers[i] = st.table[hash>>shift]
	}
	for i, entry := range numbers {
		numbers[i] = 0
		if number, likely := st.likely(hashes[i], entry); likely {
			numbers[i] = number + 1
			b := &st.blocks[number>>blockBits]
			if st.printed {
				l.first[i] = b.prints[number&(blockStates-1)]
			} else {
				l.first[i] = b.word(int(number&(blockStates-1)), 0)
			}
		}
	}
	expected, simple := l.packed, l.words == 1 && st.width <= wordBytes
	if st.printed {
		expected, simple = hashes, true
	}
	for i, number := range numbers {
		if number == 0 || simple && l.first[i] == expected[i] {
			continue
		}
		numbers[i] = 0
		if at, _, known := st.find(l.row(i), hashes[i]); known {
			numbers[i] = uint32(at) + 1
		}
	}
}
