package spin

import (
	"fmt"
	"strings"

	"pkgdist/model"
)

// Macros returns the parameters that make distribution.pml the model of a scope under a design. A scope that is larger
// than the rules in that file are written out for is an error of Compile.
func Macros(scope model.Scope, design model.Design) []string {
	var macros []string
	set := func(name string, value int) { macros = append(macros, fmt.Sprintf("%s=%d", macroName(name), value)) }
	set("sites", len(scope.Sites))
	mostDPs := 0
	for i, site := range scope.Sites {
		if i > 0 {
			set(fmt.Sprintf("parent_%d", i), site.Parent)
		}
		set(fmt.Sprintf("dps_%d", i), site.DPs)
		mostDPs = max(mostDPs, site.DPs)
	}
	set("max-dps", mostDPs)
	set("packages", len(scope.Packages))
	set("updates", scope.Updates)
	set("ordered", number(scope.Ordered))
	set("threads", scope.Threads)
	set("copies", scope.Copies)
	for _, f := range model.Faults() {
		set(f.String(), scope.Faults[f])
	}
	for _, m := range model.AllMechanisms() {
		set(m.String(), number(design.Mechanisms.Has(m)))
	}
	for _, s := range model.AllSwitches() {
		set(s.String(), number(design.Switches.Has(s)))
	}
	for _, p := range []model.Policy{model.Waits, model.Twice, model.WaitsForPackage, model.WaitsForDPs} {
		set(p.String(), number(design.Policy == p))
	}
	return macros
}

func macroName(name string) string { return strings.ToUpper(strings.ReplaceAll(name, "-", "_")) }

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}
