package scenario

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/token"

	"pkgdist/model"
)

// YAML writes the scenario as a file that reads back as the same scenario. It
// is for scenarios that no person wrote: comments are in Text alone.
func (s *Scenario) YAML() []byte {
	var b strings.Builder
	entry := func(key, value string) { fmt.Fprintf(&b, "%s: %s\n", key, value) }
	entry("title", quote(s.Title))
	if s.Source != "" {
		entry("source", quote(s.Source))
	}
	if s.About != "" {
		entry("about", quote(s.About))
	}
	b.WriteString("sites:\n")
	for _, site := range s.Scope.Sites {
		fmt.Fprintf(&b, "  %s: %s\n", quote(site.Name), siteYAML(&s.Scope, site))
	}
	entry("packages", listYAML(s.Scope.Packages))
	entry("updates", strconv.Itoa(s.Scope.Updates))
	order := orders[1]
	if s.Scope.Ordered {
		order = orders[0]
	}
	entry("order", order)
	entry("threads", strconv.Itoa(s.Scope.Threads))
	entry("copies", strconv.Itoa(s.Scope.Copies))
	entry("faults", faultsYAML(&s.Scope))
	entry("expect", fmt.Sprintf("{sometimes: %s, rules: %s}", listYAML(s.Expect.Sometimes), listYAML(s.Expect.Rules)))
	return []byte(b.String())
}

func siteYAML(scope *model.Scope, site model.Site) string {
	var parts []string
	if site.Parent != model.NoParent {
		parts = append(parts, "parent: "+quote(scope.Sites[site.Parent].Name))
	}
	parts = append(parts, "kind: "+site.Kind.String(), fmt.Sprintf("dps: %d", site.DPs))
	return "{" + strings.Join(parts, ", ") + "}"
}

func faultsYAML(scope *model.Scope) string {
	var parts []string
	for _, f := range model.Faults() {
		if n := scope.Faults[f]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s: %d", f, n))
		}
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func listYAML(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = quote(name)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// quote leaves a plain word as it is, and puts all else in double quotes, in
// one line, numbers too: other readers of YAML would take the name 010 for 8.
// YAML knows Go's escapes of text that is printable.
func quote(s string) string {
	word := strings.Trim(s, "-_.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") == ""
	if word && s != "" && !strings.ContainsAny(s[:1], "-_.0123456789") && !token.IsNeedQuoted(s) {
		return s
	}
	return strconv.Quote(s)
}
