package scenario

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"pkgdist/props/check/show"
)

func decode(file string, text []byte, doc any) (r *reader, err error) {
	// The parser is not ours: a fault in it must not end the program.
	defer func() {
		if broken := recover(); broken != nil {
			err = &show.FileError{File: file, Line: 1, Column: 1, Message: fmt.Sprintf("cannot be read as YAML: %v", broken)}
		}
	}()
	r = &reader{file: file, parts: map[string]part{}}
	tokens := lexer.Tokenize(string(bytes.TrimPrefix(text, []byte("\ufeff")))) // a byte order mark
	if r.tokens(tokens); r.err != nil {
		return nil, r.err
	}
	tree, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey()) // check finds them, with their path
	if err != nil {
		return nil, r.syntax(err)
	}
	docs := slices.DeleteFunc(tree.Docs, func(d *ast.DocumentNode) bool { return d.Body == nil })
	if len(docs) == 0 {
		return nil, r.errorAt(nil, nil, "expected a scenario, found only comments")
	}
	if len(docs) > 1 {
		return nil, r.errorAt(begin(docs[1].Body), nil, "expected one document, found another")
	}
	if r.check(&docs[0].Body, begin(docs[0].Body), nil, reflect.TypeOf(doc).Elem()); r.err != nil {
		return nil, r.err
	}
	if err := yaml.NodeToValue(docs[0].Body, doc, yaml.Strict()); err != nil {
		return nil, r.syntax(err)
	}
	return r, nil
}

// The parser recurses into mappings and lists. A scenario needs 3 levels.
const maxFlows, maxColumn = 8, 100

// tokens refuses what the parser must not see: deep nesting, and what makes a
// small file large or a value something else than it looks like.
func (r *reader) tokens(tokens token.Tokens) {
	flows, ended := 0, false
	for _, tk := range tokens {
		_, column := position(tk)
		if ended && tk.Type != token.CommentType && tk.Type != token.DocumentEndType {
			r.errorAt(tk, nil, "expected one document, found another")
		}
		switch tk.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType, token.TagType, token.DirectiveType, token.MappingKeyType:
			r.errorAt(tk, nil, "expected plain YAML (no anchor, alias, merge key, tag, directive or complex key), found %q; write the value out, or put text in quotes", tk.Value)
		case token.DocumentEndType:
			ended = true
		case token.MappingStartType, token.SequenceStartType:
			if flows++; flows > maxFlows {
				r.errorAt(tk, nil, "expected at most %d levels of mappings and lists, found more", maxFlows)
			}
		case token.MappingEndType, token.SequenceEndType:
			flows--
		case token.MappingValueType:
			_, column = position(tk.Prev) // its key
			fallthrough
		case token.SequenceEntryType:
			if flows == 0 && column > maxColumn {
				r.errorAt(tk, nil, "expected block mappings and lists to begin before column %d, found one after it", maxColumn)
			}
		}
	}
}

// syntax keeps the place and the message of an error of the library, but not its
// excerpt of the source.
func (r *reader) syntax(err error) error {
	var detailed yaml.Error
	if !errors.As(err, &detailed) {
		return r.errorAt(nil, nil, "not YAML: %s", line(err.Error()))
	}
	return r.errorAt(detailed.GetToken(), nil, "not YAML: %s", line(strings.ReplaceAll(detailed.GetMessage(), "\t", `\t`)))
}

// A reader knows where each part of a file stands, and keeps the first error.
type reader struct {
	file  string
	parts map[string]part // by the key of its path
	err   error
}

// A part is a node and the token of its key, which is its place unless it is a
// scalar. What has no key has its first token.
type part struct {
	node ast.Node
	key  *token.Token
}

func (p part) place() *token.Token {
	if scalar(p.node) {
		return p.node.GetToken()
	}
	return p.key
}

// check compares a part with the type that it is decoded into. Even in strict mode
// the library accepts too much: it takes 2.5 for 2, 010 for 8, nothing for 0, the
// name 001 for 1, and a mapping with a number among its keys for an empty one. Of
// several unknown keys it names a random one.
func (r *reader) check(slot *ast.Node, key *token.Token, p path, t reflect.Type) {
	r.parts[p.key()] = part{*slot, key}
	kind := t.Kind()
	switch n := (*slot).(type) {
	case *ast.MappingNode:
		if kind == reflect.Struct || kind == reflect.Map {
			r.mapping(n, p, t)
			return
		}
	case *ast.SequenceNode:
		if kind == reflect.Slice {
			for i := range n.Values {
				r.check(&n.Values[i], begin(n.Values[i]), p.item(i), t.Elem())
			}
			return
		}
	case *ast.NullNode: // a collection whose entries are commented out
		if len(p) > 0 && kind != reflect.String && kind != reflect.Int {
			return
		}
	case *ast.IntegerNode:
		if _, err := strconv.Atoi(n.Token.Value); kind == reflect.Int && err == nil && n.Token.Type == token.IntegerType {
			return
		}
	}
	if kind == reflect.String && scalar(*slot) {
		*slot = text(*slot)
		return
	}
	r.errorf(p, "expected %s, found %s", expected[kind], found(*slot))
}

var expected = map[reflect.Kind]string{
	reflect.Struct: "a mapping (key: value)", reflect.Map: "a mapping (key: value)", reflect.Slice: "a list ([a, b])",
	reflect.Int: "a whole number", reflect.String: "text",
}

// mapping checks the keys: each is known, and stands once; none that is required
// is missing.
func (r *reader) mapping(n *ast.MappingNode, p path, t reflect.Type) {
	fields := map[string]reflect.StructField{}
	var known []string
	for i := 0; t.Kind() == reflect.Struct && i < t.NumField(); i++ {
		known = append(known, strings.ToLower(t.Field(i).Name))
		fields[known[i]] = t.Field(i)
	}
	for _, e := range n.Values {
		key, name := e.Key.GetToken(), written(e.Key)
		at, before := p.child(name), r.has(p.child(name))
		r.parts[at.key()] = part{e.Value, key}
		field, isKnown := fields[name]
		switch {
		case !scalar(e.Key):
			r.errorAt(key, p, "expected a name as key, found %s", found(e.Key))
		case before:
			r.errorAt(key, p, "expected each key once, found %q again", excerpt(name))
		case t.Kind() == reflect.Map:
			e.Key = text(e.Key)
			r.check(&e.Value, key, at, t.Elem())
		case !isKnown:
			r.unknownKey(at, known)
		default:
			r.check(&e.Value, key, at, field.Type)
		}
	}
	for _, name := range known {
		if !r.has(p.child(name)) && !strings.Contains(fields[name].Tag.Get("yaml"), "omitempty") {
			r.errorf(p, "expected the key %s, found none", name)
		}
	}
}

func (r *reader) has(p path) bool { _, ok := r.parts[p.key()]; return ok }

func (r *reader) keys(p path) (keys []string) {
	if n, ok := r.parts[p.key()].node.(*ast.MappingNode); ok {
		for _, entry := range n.Values {
			keys = append(keys, written(entry.Key))
		}
	}
	return keys
}

// errorf keeps an error at the part of a path, or at the nearest part above it
// that the file has.
func (r *reader) errorf(p path, format string, args ...any) {
	above := p
	for len(above) > 0 && !r.has(above) {
		above = above[:len(above)-1]
	}
	r.errorAt(r.parts[above.key()].place(), p, format, args...)
}

func (r *reader) unknownKey(p path, known []string) {
	above, name := p[:len(p)-1], p[len(p)-1]
	r.errorAt(r.parts[p.key()].key, above, "expected a known key, found %q%s", excerpt(name), show.DidYouMean(name, known))
}

// errorAt returns the first error.
func (r *reader) errorAt(tk *token.Token, p path, format string, args ...any) error {
	if r.err == nil {
		line, column := position(tk)
		r.err = &show.FileError{File: r.file, Line: line, Column: column, Message: p.String() + fmt.Sprintf(format, args...)}
	}
	return r.err
}

// A path leads to a part of a scenario, as in model.ScopeError: sites, B, parent.
type path []string

func (p path) child(name string) path { return append(slices.Clip(p), name) }
func (p path) item(i int) path        { return p.child(fmt.Sprintf("[%d]", i)) }

// key is the path as a key of a map: no valid name has a line feed.
func (p path) key() string { return strings.Join(append(path{"$"}, p...), "\n") }

// String is the path before a message: "sites.B.parent: ".
func (p path) String() string {
	if len(p) == 0 {
		return ""
	}
	var short []string
	for _, name := range p {
		short = append(short, excerpt(name))
	}
	return strings.ReplaceAll(strings.Join(short, "."), ".[", "[") + ": "
}

// position counts from 1. The scanner counts the column of some block text as 0.
func position(tk *token.Token) (line, column int) {
	if tk == nil || tk.Position == nil {
		return 1, 1
	}
	return max(tk.Position.Line, 1), max(tk.Position.Column, 1)
}

// begin is where a node begins: the parser's token of a mapping is its first colon.
func begin(n ast.Node) *token.Token {
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 {
		return m.Values[0].Key.GetToken()
	}
	return n.GetToken()
}

func scalar(n ast.Node) bool {
	_, ok := n.(ast.ScalarNode)
	_, null := n.(*ast.NullNode)
	return ok && !null
}

// written is a scalar as it stands in the file: 001, and not 1.
func written(n ast.Node) string {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value
	case *ast.LiteralNode:
		return n.Value.Value
	}
	return n.GetToken().Value
}

func text(n ast.Node) *ast.StringNode {
	return &ast.StringNode{BaseNode: &ast.BaseNode{}, Token: n.GetToken(), Value: written(n)}
}

func found(n ast.Node) string {
	switch n := n.(type) {
	case *ast.NullNode:
		return "nothing"
	case *ast.MappingNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	case *ast.StringNode, *ast.LiteralNode:
		// The lexer takes a number of more than 64 bits for a text.
		if n.GetToken().Type != token.StringType || strings.Trim(written(n), "+-0123456789") != "" {
			return fmt.Sprintf("text %q", excerpt(written(n)))
		}
	}
	return excerpt(n.GetToken().Value)
}
