package store

// Move fills empty Levels with the states of a store, in which each level has an end. What lies beyond the last end is left
// out.
func (l *Levels) Move(st *Store, ends []int64) error {
	l.layout = st.layout
	c := l.Candidates(0)
	c.most = l.candidates * l.workers / 4 // the store is still in memory
	if err := c.Reset(); err != nil {
		return err
	}
	row, number := make([]uint64, l.words), int64(0)
	for _, end := range ends {
		for ; number < end; number++ {
			b, state := st.at(number)
			for w := range row {
				row[w] = b.word(state, w)
			}
			if err := c.add(row); err != nil {
				return err
			}
		}
		if _, err := l.endLevel([]*Candidates{c}, nil, 0); err != nil {
			return err
		}
	}
	return nil
}
