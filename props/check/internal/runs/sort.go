package runs

import (
	"cmp"
	"math/bits"
)

// Compare compares two rows of the same length as numbers, the last word first.
func Compare(a, b []uint64) int {
	for i := len(a) - 1; i >= 0; i-- {
		if a[i] != b[i] {
			return cmp.Compare(a[i], b[i])
		}
	}
	return 0
}

// Sort sorts rows of so many words and drops those that are there twice. The spare memory is as long as the rows; the
// result is in one of both, and the other one is the new spare memory.
func Sort(rows, spare []uint64, words int) (sorted, other []uint64) {
	if words == 1 {
		rows, spare = sortWords(rows, spare)
		return uniqueWords(rows), spare
	}
	rows, spare = sortRows(rows, spare, words)
	return unique(rows, words), spare
}

// digitBits is the size of the digits by which rows are sorted, the last one first: so many that the counts, and the places
// that are written to at a time, stay in the cache.
const digitBits = 8

// sortWords is a radix sort. Digits begin at bits that differ, as many bits are the same in all rows.
func sortWords(rows, spare []uint64) (sorted, other []uint64) {
	spare = spare[:len(rows)]
	for vary := varying(rows, 1, 0); vary != 0; {
		shift := bits.TrailingZeros64(vary)
		vary &^= (1<<digitBits - 1) << shift
		var next [1 << digitBits]int
		for _, row := range rows {
			next[row>>shift&(1<<digitBits-1)]++
		}
		sumUp(&next)
		for _, row := range rows {
			digit := row >> shift & (1<<digitBits - 1)
			spare[next[digit]] = row
			next[digit]++
		}
		rows, spare = spare, rows
	}
	return rows, spare
}

// sortRows is sortWords for rows of several words.
func sortRows(rows, spare []uint64, words int) (sorted, other []uint64) {
	spare = spare[:len(rows)]
	for word := range words {
		for vary := varying(rows, words, word); vary != 0; {
			shift := bits.TrailingZeros64(vary)
			vary &^= (1<<digitBits - 1) << shift
			var next [1 << digitBits]int
			for i := word; i < len(rows); i += words {
				next[rows[i]>>shift&(1<<digitBits-1)]++
			}
			sumUp(&next)
			for i := 0; i < len(rows); i += words {
				row := rows[i : i+words]
				digit := row[word] >> shift & (1<<digitBits - 1)
				copy(spare[next[digit]*words:][:words], row)
				next[digit]++
			}
			rows, spare = spare, rows
		}
	}
	return rows, spare
}

// varying has the bits in which a word is not the same in all rows.
func varying(rows []uint64, words, word int) (vary uint64) {
	for i := word; i < len(rows); i += words {
		vary |= rows[i] ^ rows[word]
	}
	return vary
}

// sumUp turns counts into the places where the rows with each digit begin.
func sumUp(counts *[1 << digitBits]int) {
	place := 0
	for digit, count := range counts {
		counts[digit] = place
		place += count
	}
}

func uniqueWords(rows []uint64) []uint64 {
	kept := 0
	for i, row := range rows {
		if i == 0 || row != rows[kept-1] {
			rows[kept] = row
			kept++
		}
	}
	return rows[:kept]
}

func unique(rows []uint64, words int) []uint64 {
	kept := 0
	for i := 0; i < len(rows); i += words {
		if row := rows[i : i+words]; kept == 0 || Compare(row, rows[kept-words:kept]) != 0 {
			copy(rows[kept:kept+words], row)
			kept += words
		}
	}
	return rows[:kept]
}
