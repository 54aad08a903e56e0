package runs

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// blockRows and blockBytes are how many rows a block has at the most, and what they take: enough for compression to find what
// repeats, and few enough for a block of each of some hundred runs to be in memory at a time.
var blockRows = 1 << 14 // changed by tests alone

const blockBytes = 1 << 19

// codec encodes and decodes blocks. It is for one goroutine.
type codec struct {
	encoder *zstd.Encoder
	decoder *zstd.Decoder
	plain   []byte // what is compressed
	bytes   []byte // what is read
	diff    []uint64
}

// encoders are those that are not in use, by whether they make blocks small: one takes up to some megabytes.
var encoders = map[bool]*sync.Pool{
	false: {New: func() any { return newEncoder(false) }},
	true:  {New: func() any { return newEncoder(true) }},
}

func newEncoder(small bool) *codec {
	level := zstd.SpeedFastest
	if small {
		level = zstd.SpeedDefault
	}
	e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(level), zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false), zstd.WithWindowSize(1<<18))
	if err != nil {
		panic(err) // of options, which are constants
	}
	return &codec{encoder: e}
}

func newDecoder() *codec {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true))
	if err != nil {
		panic(err) // of options, which are constants
	}
	return &codec{decoder: d}
}

// encode appends the block of some rows, which rise. Each row is the difference from the one before it, as a number of
// variable length; the first row is in the index. So rows that are near to each other take about a byte.
func (c *codec) encode(b []byte, rows []uint64, words int) []byte {
	c.plain = c.plain[:0]
	if words == 1 {
		for i := 1; i < len(rows); i++ {
			c.plain = binary.AppendUvarint(c.plain, rows[i]-rows[i-1])
		}
	} else {
		c.diff = slices.Grow(c.diff[:0], words)[:words]
		for i := words; i < len(rows); i += words {
			c.plain = appendNumber(c.plain, subtract(c.diff, rows[i:i+words], rows[i-words:i]))
		}
	}
	return c.encoder.EncodeAll(c.plain, b)
}

// subtract puts a-b into diff, and returns it without the words that are zero at the end.
func subtract(diff, a, b []uint64) []uint64 {
	var borrow uint64
	last := 0
	for w := range a {
		if diff[w], borrow = bits.Sub64(a[w], b[w], borrow); diff[w] != 0 {
			last = w
		}
	}
	return diff[:last+1]
}

// appendNumber appends a number of several words, seven bits a byte and the lowest first.
func appendNumber(b []byte, number []uint64) []byte {
	if len(number) == 1 {
		return binary.AppendUvarint(b, number[0])
	}
	last := len(number)*64 - bits.LeadingZeros64(number[len(number)-1])
	for at := 0; ; at += 7 {
		w, shift := at>>6, at&63
		digit := number[w] >> shift
		if shift > 57 && w+1 < len(number) {
			digit |= number[w+1] << (64 - shift)
		}
		if at+7 >= last {
			return append(b, byte(digit&0x7f))
		}
		b = append(b, byte(digit)|0x80)
	}
}

// decode puts the rows of a block into rows, which has room for them; the first is there already.
func (c *codec) decode(payload []byte, rows []uint64, words int) error {
	var err error
	if c.plain, err = c.decoder.DecodeAll(payload, c.plain[:0]); err != nil {
		return err
	}
	plain := c.plain
	for i := words; i < len(rows); i += words {
		n := 0
		if words == 1 {
			rows[i], n = addSmall(plain, rows[i-1])
		} else {
			n = add(plain, rows[i-words:i], rows[i:i+words])
		}
		if n <= 0 {
			return fmt.Errorf("row %d has no number", i/words)
		}
		plain = plain[n:]
	}
	if len(plain) > 0 {
		return fmt.Errorf("%d bytes are left", len(plain))
	}
	return nil
}

// addSmall adds the number at the beginning of b, which has n bytes.
func addSmall(b []byte, before uint64) (sum uint64, n int) {
	if len(b) > 0 && b[0] < 0x80 {
		return before + uint64(b[0]), 1
	}
	diff, n := binary.Uvarint(b)
	return before + diff, n
}

// add adds the number at the beginning of b, which has n bytes, to the row before; n is 0 if it is too large for a row.
func add(b []byte, before, row []uint64) (n int) {
	copy(row, before)
	var word uint64 // of the number
	w, shift := 0, 0
	for n < len(b) {
		digit := uint64(b[n] & 0x7f)
		last := b[n] < 0x80
		n++
		word |= digit << shift
		if shift += 7; shift < 64 && !last {
			continue
		}
		if w == len(row) {
			return 0
		}
		addAt(row[w:], word)
		w++
		if shift -= 64; shift < 0 {
			return n
		}
		word = digit >> (7 - shift)
		switch {
		case last && word == 0:
			return n
		case last && w == len(row):
			return 0
		case last:
			addAt(row[w:], word)
			return n
		}
	}
	return 0
}

// addAt adds to the first word, and carries.
func addAt(row []uint64, value uint64) {
	carry := uint64(0)
	row[0], carry = bits.Add64(row[0], value, 0)
	for w := 1; carry != 0 && w < len(row); w++ {
		row[w], carry = bits.Add64(row[w], 0, carry)
	}
}

// BlockRows is how many rows of so many words are read at a time: each block has as many, but the last of a section.
func BlockRows(words int) int64 { return int64(min(blockRows, max(1, blockBytes/(8*words)))) }
