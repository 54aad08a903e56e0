package model

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A Step is a rule with its operands. Operands that the rule does not have are
// zero; sites, packages and distribution points count from zero.
type Step struct {
	Rule, Site, Package uint8
	Version             Version
	DP                  uint8
}

// operand is one operand of a printed step.
type operand struct{ key, value string }

// operandsOf returns the operands of a step in the order in which they print.
func (sys *System) operandsOf(step Step) []operand {
	r := &table[step.Rule]
	list := []operand{{"site", sys.scope.Sites[step.Site].Name}}
	if !r.Site {
		list = append(list, operand{"package", sys.scope.Packages[step.Package]})
	}
	if r.Of != nil {
		list = append(list, operand{"version", fmt.Sprint(step.Version)})
	}
	if r.DP {
		list = append(list, operand{"dp", fmt.Sprint(step.DP + 1)})
	}
	return list
}

// Format prints a step: "despooler.store(site=B package=P version=2)".
// Distribution points print from 1.
func (sys *System) Format(step Step) string {
	return format(step, sys.operandsOf(step))
}

// formatWithoutVersion prints a step without its version: promises of fairness are
// about a rule with its other operands.
func (sys *System) formatWithoutVersion(step Step) string {
	return format(step, slices.DeleteFunc(sys.operandsOf(step), func(o operand) bool { return o.key == "version" }))
}

func format(step Step, operands []operand) string {
	var parts []string
	for _, o := range operands {
		parts = append(parts, o.key+"="+o.value)
	}
	return table[step.Rule].Name + "(" + strings.Join(parts, " ") + ")"
}

// Sentence tells a step as a sentence.
func (sys *System) Sentence(step Step) string {
	return sys.fill(table[step.Rule].Says, step)
}

// ParseStep reads a step as Format prints it.
func (sys *System) ParseStep(text string) (Step, error) {
	name, rest, found := strings.Cut(strings.TrimSpace(text), "(")
	inner, closed := strings.CutSuffix(rest, ")")
	if !found || !closed {
		return Step{}, fmt.Errorf("expected a step such as despooler.store(site=B package=P version=2), found %.80q", text)
	}
	i := slices.Index(RuleNames(), name)
	if i < 0 {
		return Step{}, &UnknownError{What: "rule", Name: name, Known: RuleNames()}
	}
	step := Step{Rule: uint8(i)}
	want := sys.operandsOf(step)
	words := strings.Fields(inner)
	if len(words) != len(want) {
		return Step{}, fmt.Errorf("%s has the operands %s, found %.80q", name, keys(want), inner)
	}
	for i, word := range words {
		key, value, _ := strings.Cut(word, "=")
		if key != want[i].key {
			return Step{}, fmt.Errorf("%s has the operands %s, found %.80q", name, keys(want), inner)
		}
		if err := sys.setOperand(&step, key, value); err != nil {
			return Step{}, err
		}
	}
	return step, sys.validDP(step)
}

func keys(list []operand) string {
	var names []string
	for _, o := range list {
		names = append(names, o.key)
	}
	return strings.Join(names, ", ")
}

func (sys *System) setOperand(step *Step, key, value string) error {
	switch key {
	case "site":
		names := make([]string, len(sys.scope.Sites))
		for i, site := range sys.scope.Sites {
			names[i] = site.Name
		}
		return setNamed(&step.Site, key, value, names)
	case "package":
		return setNamed(&step.Package, key, value, sys.scope.Packages)
	case "version":
		n, err := parseCount(key, value, int(sys.last))
		step.Version = Version(n)
		return err
	default: // dp
		n, err := parseCount(key, value, MaxDPs)
		step.DP = uint8(n - 1)
		return err
	}
}

func setNamed(operand *uint8, key, value string, names []string) error {
	i := slices.Index(names, value)
	if i < 0 {
		return &UnknownError{What: key, Name: value, Known: names}
	}
	*operand = uint8(i)
	return nil
}

func parseCount(key, value string, most int) (int, error) {
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 || n > most || strconv.Itoa(n) != value {
		return 1, fmt.Errorf("expected a %s from 1 to %d, found %.40q", key, most, value)
	}
	return n, nil
}

func (sys *System) validDP(step Step) error {
	site := sys.scope.Sites[step.Site]
	if table[step.Rule].DP && int(step.DP) >= site.DPs {
		return fmt.Errorf("expected a dp from 1 to %d at site %s, found %d", site.DPs, site.Name, step.DP+1)
	}
	return nil
}
