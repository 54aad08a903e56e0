package runs

import "sort"

// Set is a sorted set of rows, in memory or in a file. It does not change.
type Set struct {
	words int
	len   int64

	rows []uint64 // in memory, or

	file       *File // in these blocks of a file
	first, end int
	section    int
}

// InMemory is the set of rows, which rise.
func InMemory(rows []uint64, words int) *Set {
	return &Set{words: words, len: int64(len(rows) / words), rows: rows}
}

// Len is how many rows there are.
func (s *Set) Len() int64 { return s.len }

// Words is how many words a row has.
func (s *Set) Words() int { return s.words }

// Piece is a part of a set in a file: so many of its blocks from one on, or those that there are.
func (s *Set) Piece(block, blocks int) *Set {
	p := *s
	p.first = min(s.first+block, s.end)
	p.end, p.len = min(p.first+blocks, s.end), 0
	for _, k := range s.file.blocks[p.first:p.end] {
		p.len += int64(k.rows)
	}
	return &p
}

// File is the file that has the set, or nil.
func (s *Set) File() *File { return s.file }

// Section is which section of its file the set is.
func (s *Set) Section() int { return s.section }

// Rows are the rows of a set in memory, with so many words.
func (s *Set) Rows(words int) []uint64 { return widen(nil, s.rows, s.words, words) }

// Memory is the bytes that the set takes in memory.
func (s *Set) Memory() int64 {
	return 8 * int64(len(s.rows)+(s.words+3)*(s.end-s.first))
}

// Reader reads sets, with memory that is used again. It is for one goroutine.
type Reader struct {
	codec *codec
	rooms [][]uint64 // of blocks
	taken int        // of these
}

// NewReader returns a reader.
func NewReader() *Reader { return &Reader{codec: newDecoder()} }

// Memory is the bytes that the reader keeps for cursors.
func (r *Reader) Memory() (bytes int64) {
	for _, room := range r.rooms {
		bytes += 8 * int64(len(room))
	}
	return bytes
}

// Reset ends the use of all cursors of the reader.
func (r *Reader) Reset() { r.taken = 0 }

// room is memory for so many words.
func (r *Reader) room(words int) []uint64 {
	if r.taken == len(r.rooms) {
		r.rooms = append(r.rooms, nil)
	}
	room := &r.rooms[r.taken]
	r.taken++
	if len(*room) < words {
		*room = make([]uint64, words)
	}
	return *room
}

// CursorBytes is the memory of a cursor of rows of so many words, in bytes.
func (s *Set) CursorBytes(words int) int64 {
	switch {
	case s.file == nil && words == s.words:
		return 0
	case s.file == nil:
		return 8 * s.len * int64(words)
	case words == s.words:
		return 8 * int64(s.file.most*words)
	}
	return 8 * int64(s.file.most*(words+s.words)) // a block as it is, and made wider
}

// Cursor goes through the rows of a set, in their order, as rows of at least as many words as the set has.
type Cursor struct {
	set    *Set
	reader *Reader
	words  int
	narrow []uint64 // a block with as many words as the set has, if these are fewer
	next   int      // the block to be read
	rows   []uint64 // of the block, from the current row on; empty at the end
	room   []uint64
	err    error
}

// Cursor returns a cursor that stands at the first row.
func (r *Reader) Cursor(s *Set, words int) *Cursor {
	c := &Cursor{set: s, reader: r, words: words, next: s.first}
	if s.file == nil {
		c.rows = widen(nil, s.rows, s.words, words)
		return c
	}
	c.fill()
	return c
}

// widen appends rows, with zeros as their last words, to wide.
func widen(wide, rows []uint64, from, to int) []uint64 {
	if from == to && wide == nil {
		return rows
	}
	for i := 0; i < len(rows); i += from {
		wide = append(wide, rows[i:i+from]...)
		for range to - from {
			wide = append(wide, 0)
		}
	}
	return wide
}

// fill reads the next block.
func (c *Cursor) fill() {
	c.rows = nil
	s := c.set
	if s.file == nil || c.next == s.end || c.err != nil {
		return
	}
	if c.room == nil {
		c.room = c.reader.room(s.file.most * c.words)
		if c.words != s.words {
			c.narrow = c.reader.room(s.file.most * s.words)
		}
	}
	if c.narrow == nil {
		c.rows, c.err = s.file.read(c.next, c.reader.codec, c.room)
	} else {
		var narrow []uint64
		narrow, c.err = s.file.read(c.next, c.reader.codec, c.narrow)
		c.rows = widen(c.room[:0], narrow, s.words, c.words)
	}
	c.next++
}

// Rows are those of the block from the current one on. There are none at the end, or after an error.
func (c *Cursor) Rows() []uint64 { return c.rows }

// Err is why the cursor has ended before its time, if it has.
func (c *Cursor) Err() error { return c.err }

// Skip goes so many of the Rows on.
func (c *Cursor) Skip(rows int) {
	if c.rows = c.rows[rows*c.words:]; len(c.rows) == 0 {
		c.fill()
	}
}

// Seek goes on to the first row that is no less than the given one.
func (c *Cursor) Seek(row []uint64) {
	if len(c.rows) == 0 || Compare(c.rows[:c.words], row) >= 0 {
		return
	}
	if s := c.set; s.file != nil && Compare(c.rows[len(c.rows)-c.words:], row) < 0 {
		// The last block that begins no later may have it.
		later := sort.Search(s.end-c.next, func(i int) bool {
			return compareWidths(s.file.firsts[(c.next+i)*s.words:][:s.words], row) > 0
		})
		c.next += max(later-1, 0)
		c.fill()
		if len(c.rows) == 0 {
			return
		}
	}
	n := sort.Search(len(c.rows)/c.words, func(i int) bool { return Compare(c.rows[i*c.words:][:c.words], row) >= 0 })
	c.Skip(n)
}

// compareWidths compares a row with one of at least as many words.
func compareWidths(narrow, wide []uint64) int {
	for _, word := range wide[len(narrow):] {
		if word != 0 {
			return -1
		}
	}
	return Compare(narrow, wide[:len(narrow)])
}

// Row is a row that about that share of the set is below, with so many words.
func (s *Set) Row(share float64, words int) []uint64 {
	if s.file == nil {
		at := int(share * float64(s.len))
		return widen([]uint64{}, s.rows[at*s.words:][:s.words], s.words, words)
	}
	at := s.first + int(share*float64(s.end-s.first))
	return widen([]uint64{}, s.file.firsts[at*s.words:][:s.words], s.words, words)
}
