package scenario

import (
	"fmt"
	"strings"
)

// A kind is what a node is.
type kind uint8

const (
	nothing kind = iota // a key without a value
	text
	number // a whole decimal number; not parsed, for it can be too large
	scalar // what a scenario has no use for: 2.5, true, 0x10
	mapping
	list
)

// A node is a part of a scenario file, with its place.
type node struct {
	place
	kind   kind
	text   string  // of a text, a number or a scalar, as written
	plain  bool    // a text without quotes
	fields []field // of a mapping, in the order of the file
	items  []node  // of a list
}

type field struct{ key, value node }

// single tells whether the node can be a name.
func (n node) single() bool { return n.kind == text || n.kind == number || n.kind == scalar }

// found says what the node is, for a message.
func (n node) found() string {
	switch n.kind {
	case nothing:
		return "nothing"
	case mapping:
		return "a mapping"
	case list:
		return "a list"
	case text:
		// The parser takes a number of more than 64 bits for a text.
		if !n.plain || n.text == "" || strings.Trim(n.text, "+-0123456789") != "" {
			return fmt.Sprintf("text %q", excerpt(n.text))
		}
	}
	return excerpt(n.text)
}
