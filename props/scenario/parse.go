package scenario

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"strings"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check/show"
)

// A document is a scenario file as YAML. Its keys are the names of the fields in
// small letters; those without omitempty are required. S is a map where the file
// is read, and keeps the order of the sites where it is written.
type document[S any] struct {
	Title    string
	Source   string `yaml:",omitempty"`
	About    string `yaml:",omitempty"`
	Story    string `yaml:",omitempty"`
	Sites    S
	Packages []string `yaml:",flow"`
	Updates  int
	Order    string
	Threads  int            `yaml:",omitempty"`
	Copies   int            `yaml:",omitempty"`
	Faults   map[string]int `yaml:",omitempty,flow"`
	Expect   Expect         `yaml:",omitempty"`
}

type site struct {
	Parent string `yaml:",omitempty"`
	Kind   string `yaml:",omitempty"`
	DPs    int    `yaml:",omitempty"`
}

const kept, none = "kept", "none" // the order of the channels

// Parse reads a scenario from the text of a file. Its errors are of type
// *show.FileError.
func Parse(file string, text []byte) (*Scenario, error) {
	if err := show.CheckText(file, text, MaxBytes); err != nil {
		return nil, err
	}
	doc := document[map[string]site]{Threads: model.DefaultThreads, Copies: model.DefaultCopies}
	r, err := decode(file, text, &doc)
	if err != nil {
		return nil, err
	}
	s := &Scenario{Name: baseName(file), Title: line(doc.Title), Source: line(doc.Source), About: strings.TrimSpace(doc.About), Story: doc.Story,
		Expect: doc.Expect, Text: bytes.Clone(text)}
	s.Scope = model.Scope{Packages: doc.Packages, Updates: doc.Updates, Ordered: doc.Order == kept, Threads: doc.Threads, Copies: doc.Copies}
	if s.Title == "" {
		r.errorf(path{"title"}, "expected a line of text, found none")
	}
	r.printable("title", doc.Title)
	r.printable("source", doc.Source)
	r.printable("about", doc.About)
	if doc.Story != "" {
		r.oneOf(path{"story"}, doc.Story, "the name of a property", props.Names())
	}
	r.names(path{"packages"}, doc.Packages, "", nil)
	r.oneOf(path{"order"}, doc.Order, "the order of the channels", []string{kept, none})
	r.names(path{"expect", "sometimes"}, doc.Expect.Sometimes, "the name of a sometimes property", props.SometimesNames())
	r.names(path{"expect", "rules"}, doc.Expect.Rules, "the name of a rule", model.RuleNames())
	s.Scope.Sites = r.sites(doc.Sites)
	s.Scope.Faults = r.faults(doc.Faults)
	if r.err == nil {
		r.scope(&s.Scope)
	}
	if r.err != nil {
		return nil, r.err
	}
	return s, nil
}

func line(text string) string { return strings.Join(strings.Fields(text), " ") }

// printable refuses control characters: people read the text on a terminal.
func (r *reader) printable(key, text string) {
	i := strings.IndexFunc(text, func(c rune) bool { return c != '\n' && c != '\t' && !strconv.IsGraphic(c) })
	if i >= 0 {
		r.errorf(path{key}, "expected printable text, found %q", []rune(text[i:])[0])
	}
}

func (r *reader) oneOf(p path, name, what string, known []string) {
	if !slices.Contains(known, name) {
		r.errorf(p, "expected %s, found %q%s", what, excerpt(name), show.DidYouMean(name, known))
	}
}

// names checks a list: each name stands once, and is known unless known is nil.
func (r *reader) names(p path, names []string, what string, known []string) {
	seen := map[string]bool{}
	for i, name := range names {
		if seen[name] {
			r.errorf(p.item(i), "expected each name once, found %q again", excerpt(name))
		}
		seen[name] = true
		if known != nil {
			r.oneOf(p.item(i), name, what, known)
		}
	}
}

func (r *reader) sites(docs map[string]site) (sites []model.Site) {
	names := r.keys(path{"sites"})
	kinds := []string{model.Primary.String(), model.Secondary.String()}
	for i, name := range names {
		p, doc := path{"sites", name}, docs[name]
		s := model.Site{Name: name, Parent: slices.Index(names, doc.Parent), DPs: doc.DPs}
		if r.has(p.child("parent")) {
			r.oneOf(p.child("parent"), doc.Parent, "the name of a site", names)
		} else if i > 0 {
			r.errorf(p, "expected the key parent, found none; only the first site, %s, is the source site", excerpt(names[0]))
		}
		if r.has(p.child("kind")) {
			r.oneOf(p.child("kind"), doc.Kind, "a kind of site", kinds)
			s.Kind = model.SiteKind(max(slices.Index(kinds, doc.Kind), 0))
		}
		sites = append(sites, s)
	}
	return sites
}

func (r *reader) faults(counts map[string]int) (faults [model.NumFaults]int) {
	var known []string
	for _, f := range model.Faults() {
		known = append(known, f.String())
		faults[f] = counts[f.String()]
	}
	for _, name := range r.keys(path{"faults"}) {
		if !slices.Contains(known, name) {
			r.unknownKey(path{"faults", name}, known)
		}
	}
	return faults
}

// scope says where in the file the scope is not valid.
func (r *reader) scope(scope *model.Scope) {
	err := scope.Validate()
	if err == nil {
		return
	}
	var wrong *model.ScopeError
	if !errors.As(err, &wrong) {
		r.errorf(nil, "%v", err)
		return
	}
	at, got := path(wrong.Path), wrong.Got
	// The scope knows a parent by its number, the file by its name.
	if _, notNumber := strconv.Atoi(got); notNumber == nil && scalar(r.parts[at.key()].node) {
		got = written(r.parts[at.key()].node)
	}
	// The scope's error is about all packages: find the first that makes it invalid.
	for i := range scope.Packages {
		upTo := *scope
		upTo.Packages = scope.Packages[:i+1]
		if len(at) == 1 && at[0] == "packages" && upTo.Validate() != nil {
			at = at.item(i)
			break
		}
	}
	r.errorf(at, "expected %s, found %s", wrong.Want, excerpt(got))
}
