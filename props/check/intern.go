package check

import (
	"sync"
	"unsafe"
)

// intern gives each different value of a part of the states a number, from 0, and keeps the value once. Any number of
// goroutines may use it.
type intern struct {
	mutex   sync.RWMutex
	numbers map[string]uint32
	values  []string
	bytes   int64
}

// internOverhead is about what an interned value takes besides its bytes: an entry of a map and one of a slice.
const internOverhead = 64

func newIntern() *intern { return &intern{numbers: map[string]uint32{}} }

// number is the number of a value, new or not.
func (n *intern) number(value []byte) uint32 {
	n.mutex.RLock()
	number, known := n.numbers[string(value)]
	n.mutex.RUnlock()
	if known {
		return number
	}
	n.mutex.Lock()
	defer n.mutex.Unlock()
	if number, known := n.numbers[string(value)]; known {
		return number
	}
	kept := string(value)
	number = uint32(len(n.values))
	n.numbers[kept] = number
	n.values = append(n.values, kept)
	n.bytes += int64(len(kept)) + internOverhead
	return number
}

// value is the value with a number, which must not be changed.
func (n *intern) value(number uint32) []byte {
	n.mutex.RLock()
	defer n.mutex.RUnlock()
	s := n.values[number]
	return unsafe.Slice(unsafe.StringData(s), len(s))
}

func (n *intern) memory() int64 {
	n.mutex.RLock()
	defer n.mutex.RUnlock()
	return n.bytes
}

// since are the values from a number on.
func (n *intern) since(number int) []string {
	n.mutex.RLock()
	defer n.mutex.RUnlock()
	return n.values[number:len(n.values):len(n.values)]
}
