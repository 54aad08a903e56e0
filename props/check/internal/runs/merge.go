package runs

import "errors"

// Merge goes through the rows of several sets in order, each row once.
type Merge struct {
	words   int
	cursors []*Cursor // a heap by their current rows
	all     []*Cursor
	last    []uint64 // the row before
	begun   bool
}

// NewMerge returns a merge of what the cursors, of rows of so many words, go through.
func NewMerge(words int, cursors []*Cursor) *Merge {
	m := &Merge{words: words, all: cursors, last: make([]uint64, words)}
	for _, c := range cursors {
		if len(c.rows) > 0 {
			m.cursors = append(m.cursors, c)
		}
	}
	for i := len(m.cursors)/2 - 1; i >= 0; i-- {
		m.sink(i)
	}
	return m
}

func (m *Merge) less(a, b *Cursor) bool {
	if m.words == 1 {
		return a.rows[0] < b.rows[0]
	}
	return Compare(a.rows[:m.words], b.rows[:m.words]) < 0
}

func (m *Merge) sink(i int) {
	for {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(m.cursors); child++ {
			if m.less(m.cursors[child], m.cursors[least]) {
				least = child
			}
		}
		if least == i {
			return
		}
		m.cursors[i], m.cursors[least] = m.cursors[least], m.cursors[i]
		i = least
	}
}

// Fill appends the next rows, as long as there is room for them without allocation. It appends none at the end, or after
// an error.
func (m *Merge) Fill(rows []uint64) []uint64 {
	for len(m.cursors) > 0 && cap(rows)-len(rows) >= m.words {
		top := m.cursors[0]
		bound := m.second()
		n := m.take(&rows, top.rows, bound)
		if top.Skip(n); len(top.rows) == 0 {
			last := len(m.cursors) - 1
			m.cursors[0] = m.cursors[last]
			m.cursors = m.cursors[:last]
		}
		m.sink(0)
	}
	return rows
}

// second is the least row but that of the first cursor, or nil.
func (m *Merge) second() []uint64 {
	switch {
	case len(m.cursors) < 2:
		return nil
	case len(m.cursors) == 2 || m.less(m.cursors[1], m.cursors[2]):
		return m.cursors[1].rows[:m.words]
	}
	return m.cursors[2].rows[:m.words]
}

// take appends rows up to the bound, and returns how many were used: at least one.
func (m *Merge) take(rows *[]uint64, from, bound []uint64) (used int) {
	w, room := m.words, (cap(*rows)-len(*rows))/m.words
	for i := 0; i < len(from) && room > 0; i += w {
		row := from[i : i+w]
		if bound != nil && Compare(row, bound) > 0 {
			break
		}
		used++
		if m.begun && Compare(row, m.last) == 0 {
			continue
		}
		m.begun = true
		copy(m.last, row)
		*rows = append(*rows, row...)
		room--
	}
	return used
}

// Err is why the merge has ended before its time, if it has.
func (m *Merge) Err() error {
	var err error
	for _, c := range m.all {
		err = errors.Join(err, c.err)
	}
	return err
}

// Remove removes from rows, which rise, those that the cursor goes through. The cursor may not be past the first of them.
func (c *Cursor) Remove(rows []uint64) []uint64 {
	if len(rows) == 0 {
		return rows
	}
	w := c.words
	c.Seek(rows[:w])
	last := rows[len(rows)-w:]
	kept, at := 0, 0
	for at < len(rows) && len(c.rows) > 0 && Compare(c.rows[:w], last) <= 0 {
		var used int
		if w == 1 {
			used, at, kept = removeWords(rows, c.rows, at, kept)
		} else {
			used, at, kept = removeRows(rows, c.rows, at, kept, w)
		}
		c.Skip(used)
	}
	if kept == at {
		return rows
	}
	n := copy(rows[kept:], rows[at:])
	return rows[:kept+n]
}

// removeWords moves the rows from at on to kept, unless known has them, until one of both ends. It returns how many of the
// known ones are no longer needed.
func removeWords(rows, known []uint64, at, kept int) (used, nextAt, nextKept int) {
	for ; at < len(rows) && used < len(known); used++ {
		next := at
		for next < len(rows) && rows[next] < known[used] {
			next++
		}
		at, kept = move(rows, at, next, kept)
		if at == len(rows) {
			break
		}
		if rows[at] == known[used] {
			at++
		}
	}
	return used, at, kept
}

// removeRows is removeWords for rows of several words.
func removeRows(rows, known []uint64, at, kept, words int) (used, nextAt, nextKept int) {
	for ; at < len(rows) && used*words < len(known); used++ {
		other := known[used*words:][:words]
		next, order := at, 1
		for next < len(rows) {
			if order = Compare(rows[next:next+words], other); order >= 0 {
				break
			}
			next += words
		}
		at, kept = move(rows, at, next, kept)
		if at == len(rows) {
			break
		}
		if order == 0 {
			at += words
		}
	}
	return used, at, kept
}

// move moves the rows from at to next, and returns where both go on.
func move(rows []uint64, at, next, kept int) (nextAt, nextKept int) {
	if at == kept {
		return next, next
	}
	return next, kept + copy(rows[kept:], rows[at:next])
}
