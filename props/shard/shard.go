// Package shard divides work that is a list of independent parts among machines that know nothing of each other, and reads
// together again what they wrote.
//
// Goals: every part is in exactly one shard, whatever their numbers; what is read together belongs together and is whole, or the
// error names the file and what was expected.
//
// Non-goals: it runs nothing and sends nothing, and how results combine is known where the results live.
package shard

import (
	"fmt"
	"strconv"
	"strings"
)

// most is how many shards there can be: more than anybody has machines.
const most = 100_000

// A Shard is one of several shares of a list. The zero value is the whole list.
type Shard struct {
	Number int // from 1
	Of     int
}

// IsWhole tells whether nothing was divided.
func (s Shard) IsWhole() bool { return s == Shard{} }

// String is the shard as UnmarshalText reads it: "2/4".
func (s Shard) String() string { return fmt.Sprintf("%d/%d", s.Number, s.Of) }

// MarshalText writes the shard as String does.
func (s Shard) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a shard.
func (s *Shard) UnmarshalText(text []byte) error {
	number, of, _ := strings.Cut(string(text), "/")
	i, err := strconv.Atoi(number)
	n, err2 := strconv.Atoi(of)
	if err != nil || err2 != nil || i < 1 || i > n || n > most {
		return fmt.Errorf("expected a shard I/N such as 2/4, with I from 1 to N and N to %d, found %.40q", most, text)
	}
	*s = Shard{i, n}
	return nil
}

// Range is the share of a list of that length: the indices from the first up to the second, without it. The shares follow each
// other without gap, and differ in length by one at most. There are empty ones where there are more shards than parts.
func (s Shard) Range(parts int) (from, end int) {
	if s.IsWhole() {
		return 0, parts
	}
	return (s.Number - 1) * parts / s.Of, s.Number * parts / s.Of
}
