package scenario

import (
	"regexp"
	"strconv"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/token"

	"pkgdist/model"
)

// YAML writes the scenario as a file that reads back as the same scenario. It
// is for scenarios that no person wrote: comments are in Text alone.
func (s *Scenario) YAML() []byte {
	doc := document[yaml.MapSlice]{
		Title: s.Title, Source: s.Source, About: s.About, Story: s.Story, Packages: s.Scope.Packages, Updates: s.Scope.Updates, Order: none,
		Threads: s.Scope.Threads, Copies: s.Scope.Copies, Faults: map[string]int{}, Expect: s.Expect,
	}
	if s.Scope.Ordered {
		doc.Order = kept
	}
	for _, at := range s.Scope.Sites {
		written := site{Kind: at.Kind.String(), DPs: at.DPs}
		if at.Parent != model.NoParent {
			written.Parent = s.Scope.Sites[at.Parent].Name
		}
		doc.Sites = append(doc.Sites, yaml.MapItem{Key: at.Name, Value: written})
	}
	for _, f := range model.Faults() {
		if n := s.Scope.Faults[f]; n > 0 {
			doc.Faults[f.String()] = n
		}
	}
	text, err := yaml.MarshalWithOptions(doc, yaml.CustomMarshaler[string](quote))
	if err != nil {
		panic("scenario: " + err.Error()) // texts and numbers alone
	}
	return text
}

var word = regexp.MustCompile(`^[A-Za-z][-_.A-Za-z0-9]*$`)

// quote puts all but plain words in double quotes: the library would leave
// "? x" as it is, which does not read back. YAML knows Go's escapes of text that
// is printable.
func quote(s string) ([]byte, error) {
	if word.MatchString(s) && !token.IsNeedQuoted(s) {
		return []byte(s), nil
	}
	return []byte(strconv.Quote(s)), nil
}

// MarshalYAML writes a site in one line.
func (s site) MarshalYAML() ([]byte, error) {
	type fields site
	return yaml.MarshalWithOptions(fields(s), yaml.Flow(true))
}
