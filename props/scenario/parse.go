package scenario

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"pkgdist/model"
	"pkgdist/props"
)

// Parse reads a scenario from the text of a file. Its errors are of type
// *Error.
func Parse(file string, text []byte) (*Scenario, error) {
	if err := CheckText(file, text, MaxBytes); err != nil {
		return nil, err
	}
	root, err := parseYAML(file, text)
	if err != nil {
		return nil, err
	}
	s := &Scenario{
		Name:  baseName(file),
		Scope: model.Scope{Threads: model.DefaultThreads, Copies: model.DefaultCopies},
		Text:  bytes.Clone(text),
	}
	r := &reader{file: file, nodes: map[string]node{}}
	if err := r.scenario(s, root); err != nil {
		return nil, err
	}
	if err := s.Scope.Validate(); err != nil {
		return nil, r.scopeError(&s.Scope, err)
	}
	return s, nil
}

// A reader turns the nodes of a file into a scenario. It keeps the node of
// every path, for the scope is judged once it is complete.
type reader struct {
	file  string
	nodes map[string]node // by pathKey
}

// A path names a part of a scenario, as in model.ScopeError: sites, B, parent.
type path []string

func (p path) child(name string) path { return append(slices.Clip(p), name) }

// key is the path as a key of a map; a name can hold a dot, but no valid one a
// line feed.
func (p path) key() string { return strings.Join(p, "\n") }

// String ends with a colon, to stand before a message; the whole file has none.
func (p path) String() string {
	if len(p) == 0 {
		return ""
	}
	short := make([]string, len(p))
	for i, name := range p {
		short[i] = excerpt(name)
	}
	return strings.Join(short, ".") + ": "
}

func (r *reader) errorf(at place, p path, format string, args ...any) error {
	return &Error{r.file, at.line, at.column, p.String() + fmt.Sprintf(format, args...)}
}

// The names that a scenario file uses.
var (
	scenarioKeys = []string{"title", "source", "about", "sites", "packages", "updates", "order", "threads", "copies", "faults", "expect"}
	requiredKeys = []string{"title", "sites", "packages", "updates", "order"}
	siteKeys     = []string{"parent", "kind", "dps"}
	expectKeys   = []string{"sometimes", "rules"}
	kinds        = []string{model.Primary.String(), model.Secondary.String()}
	orders       = []string{"kept", "none"}
)

func (r *reader) scenario(s *Scenario, root node) error {
	fields, err := r.fields(root, nil, scenarioKeys)
	if err != nil {
		return err
	}
	for _, key := range requiredKeys {
		if !slices.ContainsFunc(fields, func(f field) bool { return f.key.text == key }) {
			return r.errorf(root.place, nil, "expected the key %s, found none", key)
		}
	}
	for _, f := range fields {
		if err := r.part(s, f); err != nil {
			return err
		}
	}
	return nil
}

// part reads one key of a scenario and its value.
func (r *reader) part(s *Scenario, f field) (err error) {
	n, p, scope := f.value, path{f.key.text}, &s.Scope
	switch f.key.text {
	case "title":
		s.Title, err = r.line(n, p)
		if err == nil && s.Title == "" {
			err = r.errorf(n.place, p, "expected a line of text, found none")
		}
	case "source":
		s.Source, err = r.line(n, p)
	case "about":
		s.About, err = r.prose(n, p)
	case "sites":
		scope.Sites, err = r.sites(n, p)
	case "packages":
		scope.Packages, err = r.names(n, p, "the name of a package")
	case "updates":
		scope.Updates, err = r.number(n, p)
	case "order":
		var order string
		order, err = r.oneOf(n, p, "the order of the channels", orders)
		scope.Ordered = order == orders[0]
	case "threads":
		scope.Threads, err = r.number(n, p)
	case "copies":
		scope.Copies, err = r.number(n, p)
	case "faults":
		scope.Faults, err = r.faults(n, p)
	case "expect":
		s.Expect, err = r.expect(n, p)
	}
	return err
}

func (r *reader) sites(n node, p path) ([]model.Site, error) {
	fields, err := r.fields(n, p, nil)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, f := range fields {
		names = append(names, f.key.text)
	}
	var sites []model.Site
	for i, f := range fields {
		site, err := r.site(i, f, names, p.child(f.key.text))
		if err != nil {
			return nil, err
		}
		sites = append(sites, site)
	}
	return sites, nil
}

// site reads the i-th site; names are those of all sites.
func (r *reader) site(i int, f field, names []string, p path) (model.Site, error) {
	site := model.Site{Name: f.key.text, Parent: model.NoParent}
	fields, err := r.fields(f.value, p, siteKeys)
	if err != nil {
		return site, err
	}
	for _, part := range fields {
		n, at := part.value, p.child(part.key.text)
		switch part.key.text {
		case "parent":
			var parent string
			parent, err = r.oneOf(n, at, "the name of a site", names)
			site.Parent = slices.Index(names, parent)
		case "kind":
			var kind string
			kind, err = r.oneOf(n, at, "a kind of site", kinds)
			site.Kind = model.SiteKind(max(slices.Index(kinds, kind), 0))
		case "dps":
			site.DPs, err = r.number(n, at)
		}
		if err != nil {
			return site, err
		}
	}
	// The scope knows the parent as a number and could not say it this way.
	if i > 0 && site.Parent == model.NoParent {
		return site, r.errorf(f.key.place, p, "expected the key parent, found none; only the first site, %s, is the source site", excerpt(names[0]))
	}
	return site, nil
}

func (r *reader) faults(n node, p path) (counts [model.NumFaults]int, err error) {
	var names []string
	for _, f := range model.Faults() {
		names = append(names, f.String())
	}
	fields, err := r.fields(n, p, names)
	if err != nil {
		return counts, err
	}
	for _, f := range fields {
		i := slices.Index(names, f.key.text)
		if counts[i], err = r.number(f.value, p.child(f.key.text)); err != nil {
			return counts, err
		}
	}
	return counts, nil
}

func (r *reader) expect(n node, p path) (e Expect, err error) {
	fields, err := r.fields(n, p, expectKeys)
	if err != nil {
		return e, err
	}
	for _, f := range fields {
		at := p.child(f.key.text)
		switch f.key.text {
		case "sometimes":
			e.Sometimes, err = r.known(f.value, at, "the name of a sometimes property", props.SometimesNames())
		case "rules":
			e.Rules, err = r.known(f.value, at, "the name of a rule", model.RuleNames())
		}
		if err != nil {
			return e, err
		}
	}
	return e, nil
}

// fields returns the entries of a mapping, or of nothing, which is a mapping
// whose entries somebody commented out. Each key stands once, and is one of
// the known keys, unless these are nil.
func (r *reader) fields(n node, p path, known []string) ([]field, error) {
	r.nodes[p.key()] = n
	if n.kind != mapping && (n.kind != nothing || len(p) == 0) {
		return nil, r.errorf(n.place, p, "expected a mapping (key: value), found %s", n.found())
	}
	first := map[string]node{}
	for _, f := range n.fields {
		name := f.key.text
		if known != nil && !slices.Contains(known, name) {
			return nil, r.errorf(f.key.place, p, "expected a known key, found %q%s", excerpt(name), DidYouMean(name, known))
		}
		if before, twice := first[name]; twice {
			return nil, r.errorf(f.key.place, p, "expected each key once, found %q again, which stands in line %d", excerpt(name), before.line)
		}
		first[name] = f.key
		r.nodes[p.child(name).key()] = f.value
	}
	return n.fields, nil
}

// number leaves the question how large a number can be to the scope.
func (r *reader) number(n node, p path) (int, error) {
	value, err := strconv.Atoi(n.text)
	if n.kind != number || err != nil {
		return 0, r.errorf(n.place, p, "expected a whole number, found %s", n.found())
	}
	return value, nil
}

// name takes numbers and the like as they are written: a site can be called 001.
func (r *reader) name(n node, p path, what string) (string, error) {
	if !n.single() {
		return "", r.errorf(n.place, p, "expected %s, found %s", what, n.found())
	}
	return n.text, nil
}

func (r *reader) oneOf(n node, p path, what string, known []string) (string, error) {
	name, err := r.name(n, p, what)
	if err == nil && !slices.Contains(known, name) {
		err = r.errorf(n.place, p, "expected %s, found %q%s", what, excerpt(name), DidYouMean(name, known))
	}
	return name, err
}

// names reads a list, or nothing, in which each name stands once.
func (r *reader) names(n node, p path, what string) ([]string, error) {
	if n.kind != list && n.kind != nothing {
		return nil, r.errorf(n.place, p, "expected a list ([a, b]), found %s", n.found())
	}
	var names []string
	for _, item := range n.items {
		name, err := r.name(item, p, what)
		if err != nil {
			return nil, err
		}
		if slices.Contains(names, name) {
			return nil, r.errorf(item.place, p, "expected each name once, found %q again", excerpt(name))
		}
		names = append(names, name)
	}
	return names, nil
}

// known reads a list of known names.
func (r *reader) known(n node, p path, what string, known []string) ([]string, error) {
	names, err := r.names(n, p, what)
	if err != nil {
		return nil, err
	}
	for i, item := range n.items {
		if !slices.Contains(known, names[i]) {
			return nil, r.errorf(item.place, p, "expected %s, found %q%s", what, excerpt(names[i]), DidYouMean(names[i], known))
		}
	}
	return names, nil
}

// prose reads text that people read, on a terminal as well: it cannot hold
// control characters.
func (r *reader) prose(n node, p path) (string, error) {
	if !n.single() {
		return "", r.errorf(n.place, p, "expected text, found %s", n.found())
	}
	if i := strings.IndexFunc(n.text, unprintable); i >= 0 {
		return "", r.errorf(n.place, p, "expected printable text, found %q", []rune(n.text[i:])[0])
	}
	return strings.TrimSpace(n.text), nil
}

// line reads prose of one line: line feeds become spaces.
func (r *reader) line(n node, p path) (string, error) {
	prose, err := r.prose(n, p)
	return strings.Join(strings.Fields(prose), " "), err
}

func unprintable(r rune) bool { return r != '\n' && r != '\t' && !strconv.IsGraphic(r) }

// scopeError says where in the file the scope is wrong.
func (r *reader) scopeError(scope *model.Scope, err error) error {
	var wrong *model.ScopeError
	if !errors.As(err, &wrong) {
		return &Error{File: r.file, Message: err.Error()}
	}
	n, exact := r.nearest(wrong.Path)
	got := wrong.Got
	// The scope knows a parent by its number, the file by its name.
	if _, notNumber := strconv.Atoi(got); exact && notNumber == nil && n.single() {
		got = n.text
	}
	if slices.Equal(wrong.Path, []string{"packages"}) {
		n = r.culprit(n, scope)
	}
	return r.errorf(n.place, wrong.Path, "expected %s, found %s", wrong.Want, excerpt(got))
}

// nearest returns the node of a path, or of the part of it that the file has.
func (r *reader) nearest(p path) (n node, exact bool) {
	for end := len(p); end > 0; end-- {
		if n, ok := r.nodes[p[:end].key()]; ok {
			return n, end == len(p)
		}
	}
	return r.nodes[path{}.key()], false
}

// culprit returns the package at which the scope stops being valid, for the
// scope names them as a whole.
func (r *reader) culprit(packages node, scope *model.Scope) node {
	for i, item := range packages.items {
		upTo := *scope
		upTo.Packages = scope.Packages[:i+1]
		if upTo.Validate() != nil {
			return item
		}
	}
	return packages
}
