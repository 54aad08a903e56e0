package scenario

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// maxDepth is how deep mappings and lists can nest. A scenario needs 3
// (scenario, sites, site); the parser works through them by recursion.
const maxDepth = 8

// parseYAML reads the one document of a file.
func parseYAML(file string, text []byte) (n node, err error) {
	// The parser is not ours: a fault in it must not end the program.
	defer func() {
		if broken := recover(); broken != nil {
			err = &Error{file, 1, 1, fmt.Sprintf("cannot be read as YAML: %v", broken)}
		}
	}()
	text = bytes.TrimPrefix(text, []byte("\ufeff")) // what some editors put first
	tokens := lexer.Tokenize(string(text))
	if err := checkTokens(file, tokens); err != nil {
		return node{}, err
	}
	// Keys that stand twice are found later, with a message of our own.
	tree, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return node{}, syntaxError(file, err)
	}
	for _, doc := range tree.Docs {
		if doc.Body != nil {
			return (&builder{file}).node(doc.Body, begin(doc.Body))
		}
	}
	return node{}, &Error{file, 1, 1, "expected a scenario, found no more than comments"}
}

// refused says what of YAML a scenario cannot have: what makes a small file
// large, or a value something else than it looks like.
var refused = map[token.Type]string{
	token.AnchorType:     "an anchor (&)",
	token.AliasType:      "an alias (*)",
	token.MergeKeyType:   "a merge key (<<)",
	token.TagType:        "a tag (!)",
	token.DirectiveType:  "a directive (%)",
	token.MappingKeyType: "a complex key (?)",
}

// checkTokens refuses what the parser must not see: what scenarios do not use,
// a second document, and nesting that the parser's recursion would follow.
func checkTokens(file string, tokens token.Tokens) error {
	content, ended, flow := false, false, 0
	var blocks []int // the columns of the block collections that are open
	for _, tk := range tokens {
		p := at(tk)
		if what, ok := refused[tk.Type]; ok {
			return &Error{file, p.line, p.column, "expected plain YAML, found " + what + "; write the value out, or put text in quotes"}
		}
		switch tk.Type {
		case token.CommentType:
			continue
		case token.DocumentEndType:
			ended = true
			continue
		case token.DocumentHeaderType:
			if !content && !ended {
				continue
			}
			ended = true
		case token.MappingStartType, token.SequenceStartType:
			flow++
		case token.MappingEndType, token.SequenceEndType:
			flow--
		case token.SequenceEntryType:
			blocks = open(blocks, p.column)
		case token.MappingValueType:
			if flow == 0 && tk.Prev != nil {
				blocks = open(blocks, at(tk.Prev).column)
			}
		}
		if ended {
			return &Error{file, p.line, p.column, "expected one document, found another"}
		}
		content = true
		if flow+len(blocks) > maxDepth {
			return &Error{file, p.line, p.column, fmt.Sprintf("expected at most %d levels of mappings and lists, found more", maxDepth)}
		}
	}
	return nil
}

// open returns the columns that are open once a collection's entry begins at
// a column: it closes all that stand further right, and belongs to its own.
func open(columns []int, column int) []int {
	for len(columns) > 0 && columns[len(columns)-1] >= column {
		columns = columns[:len(columns)-1]
	}
	return append(columns, column)
}

// syntaxError takes the place out of the parser's error, and leaves its drawing
// of the source.
func syntaxError(file string, err error) error {
	var detailed interface {
		GetMessage() string
		GetToken() *token.Token
	}
	if !errors.As(err, &detailed) {
		return &Error{file, 1, 1, "not YAML: " + strings.Join(strings.Fields(err.Error()), " ")}
	}
	p := at(detailed.GetToken())
	return &Error{file, p.line, p.column, "not YAML: " + strings.Join(strings.Fields(detailed.GetMessage()), " ")}
}

// A place is where something stands in a file.
type place struct{ line, column int }

func at(tk *token.Token) place {
	if tk == nil || tk.Position == nil {
		return place{1, 1}
	}
	// The scanner counts the column of some block text as 0.
	return place{max(tk.Position.Line, 1), max(tk.Position.Column, 1)}
}

// begin returns where a part begins: the parser's place of a mapping is that of
// its first colon.
func begin(n ast.Node) place {
	if m, ok := n.(ast.MapNode); ok {
		if entry := m.MapRange(); entry.Next() {
			return at(entry.Key().GetToken())
		}
	}
	return at(n.GetToken())
}

// A builder turns the parser's tree, which knows all of YAML, into nodes.
type builder struct{ file string }

// node returns the node of a part of the parser's tree; where is where a part
// begins that has no text of its own: nothing, a mapping, a list.
func (b *builder) node(n ast.Node, where place) (node, error) {
	switch n := n.(type) {
	case ast.MapNode:
		return b.mapping(n, where)
	case *ast.SequenceNode:
		return b.list(n, where)
	case *ast.NullNode:
		return node{kind: nothing, place: where}, nil
	case *ast.StringNode:
		return node{kind: text, place: at(n.Token), text: n.Value, plain: n.Token.Type == token.StringType}, nil
	case *ast.LiteralNode:
		return node{kind: text, place: at(n.Start), text: n.Value.Value}, nil
	case *ast.IntegerNode:
		kind := number
		if n.Token.Type != token.IntegerType {
			kind = scalar // 010 is 8 in some versions of YAML and 10 in others
		}
		return node{kind: kind, place: at(n.Token), text: n.Token.Value}, nil
	case ast.ScalarNode:
		return node{kind: scalar, place: at(n.GetToken()), text: n.GetToken().Value}, nil
	}
	p := at(n.GetToken())
	return node{}, &Error{b.file, p.line, p.column, "expected plain YAML, found a " + strings.ToLower(n.Type().String())}
}

func (b *builder) mapping(n ast.MapNode, where place) (node, error) {
	m := node{kind: mapping, place: where}
	for entry := n.MapRange(); entry.Next(); {
		begins := at(entry.Key().GetToken())
		key, err := b.node(entry.Key(), begins)
		if err != nil {
			return node{}, err
		}
		if !key.single() {
			return node{}, &Error{b.file, begins.line, begins.column, "expected a name as key, found " + key.found()}
		}
		value, err := b.node(entry.Value(), begins)
		if err != nil {
			return node{}, err
		}
		m.fields = append(m.fields, field{key, value})
	}
	return m, nil
}

func (b *builder) list(n *ast.SequenceNode, where place) (node, error) {
	l := node{kind: list, place: where}
	for _, v := range n.Values {
		item, err := b.node(v, begin(v))
		if err != nil {
			return node{}, err
		}
		l.items = append(l.items, item)
	}
	return l, nil
}
