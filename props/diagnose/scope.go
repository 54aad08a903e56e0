package diagnose

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
	"pkgdist/props/check/show"
	"pkgdist/props/logs"
)

// below is the site whose logs are read, in a scope of two sites.
const below = 1

// scope is the part of the model in which a log is explained: the source site A, which leaves no line here, and the site below
// it. What A does goes before all else, and its sites are not told apart by what is still on its way: whenever A really sends a
// version, the site below can do the same with it.
type scope struct {
	sys    *model.System
	model  check.Model[model.State, model.Step]
	starts []start
	real   []int // the version of the package that version i+1 of the model is
	named  model.Versions
	cut    bool     // versions that the log names are left out
	points []string // distribution points
	// settles: the first version stands for those before the log, which had come to all distribution points. The log says that the
	// site had one.
	settles bool
}

// start is a state in which the log may begin, and the steps to it.
type start struct {
	state model.State
	steps []model.Step
}

// numbering maps the versions of a package to those of the model, from 1: those named, and those between them that are not,
// if there is room for that. Where the first is not version 1, another stands for all before it. The others, before the last that
// there is room for, are cut.
func numbering(named []int, before, most int) (real []int, cut bool) {
	if len(named) == 0 {
		return []int{max(1, before)}, false
	}
	first, last := named[0], named[len(named)-1]
	base := []int{}
	if first > 1 {
		base = []int{cmp.Or(before, first-1)}
	}
	if last-first < most-len(base) {
		for v := first; v <= last; v++ {
			base = append(base, v)
		}
		return base, false
	}
	if cut = len(named) > most-1; cut {
		named = named[len(named)-(most-1):]
		base = []int{named[0] - 1}
	}
	return append(base, named...), cut
}

// number is a version of the package as the model has it.
func (sc *scope) number(version int) (model.Version, bool) {
	i := slices.Index(sc.real, version)
	return model.Version(i + 1), i >= 0
}

// current is the same of a version that a site has, which may be none.
func (sc *scope) current(version int) (model.Version, bool) {
	if version == 0 {
		return 0, true
	}
	return sc.number(version)
}

// dp is the index of the distribution point in a NAL path.
func (sc *scope) dp(path string) (uint8, bool) {
	i := slices.Index(sc.points, point(path))
	return uint8(i), i >= 0
}

func (c *Case) scope(design model.Design, most int, points []string, faults [model.NumFaults]int, complete bool) (*scope, error) {
	sc := &scope{points: points}
	named, before := c.versions()
	sc.real, sc.cut = numbering(named, before, most)
	for _, v := range named {
		if n, ok := sc.number(v); ok {
			sc.named |= n.Set()
		}
	}
	if sc.named == 0 { // there is one, or there would be no log
		sc.named = 1
	}
	var err error
	sc.sys, err = model.NewSystem(model.Scope{
		Sites:    []model.Site{{Name: c.sourceName(), Parent: model.NoParent}, {Name: c.siteName(), Kind: model.Secondary, DPs: max(1, len(points))}},
		Packages: []string{c.Package}, Updates: len(sc.real), Threads: model.DefaultThreads, Copies: model.DefaultCopies, Faults: faults,
	}, design)
	if err != nil {
		return nil, err
	}
	sc.model = sc.tells()
	sc.settles = before > 0 && complete && !sc.named.Has(1)
	return sc, sc.begin(complete)
}

// siteName is the site's code, or the letter that this project has for a site below another.
func (c *Case) siteName() string {
	if c.Site == "" {
		return "B"
	}
	return c.Site
}

// sourceName is the site in whose name packages are numbered.
func (c *Case) sourceName() string {
	if name := c.Package[:min(3, len(c.Package))]; name != c.siteName() {
		return name
	}
	return "A"
}

// tells is the model without what no line is about: the source site, which has done all it does, and reports.
func (sc *scope) tells() check.Model[model.State, model.Step] {
	m := props.Model(sc.sys)
	rules := model.RuleNames()
	m.Init = func() (states []model.State) {
		for _, s := range sc.starts {
			states = append(states, s.state)
		}
		return states
	}
	m.StepsInPlace = func(s *model.State, yield func(model.Step, *model.State)) {
		sc.sys.StepsInPlace(s, func(step model.Step, next *model.State) {
			switch rules[step.Rule] {
			case "status.report", "status.report-late", "fault.status-late":
			default:
				if step.Site == below {
					yield(step, next)
				}
			}
		})
	}
	m.Canonical, m.Independence, m.PackedSteps, m.Blocked, m.Barred, m.Promises, m.Keeps = nil, nil, nil, nil, nil, nil, nil
	m.Sentence = func(step model.Step) string { return sc.renumber(sc.sys.Sentence(step)) }
	messages, describe := m.Messages, m.Describe
	m.Messages = func(step model.Step) []show.Handover {
		list := messages(step)
		for i := range list {
			list[i].What = sc.renumber(list[i].What)
		}
		return list
	}
	m.Describe = func(s *model.State) []show.Field {
		list := describe(s)
		for i := range list {
			list[i].Label = label.ReplaceAllStringFunc(list[i].Label, func(found string) string {
				if name := sc.point(strings.TrimPrefix(found, "DP ")); name != strings.TrimPrefix(found, "DP ") {
					return name
				}
				return found
			})
			switch list[i].Data.(type) {
			case bool, uint8, model.DPPhase:
			default:
				list[i].Value = numbers.ReplaceAllStringFunc(list[i].Value, sc.shown)
			}
		}
		return list
	}
	return m
}

var (
	numbers = regexp.MustCompile(`\b\d+\b`)
	label   = regexp.MustCompile(`DP \d+`)
	operand = regexp.MustCompile(`([Dd]istribution point|version) (\d+)`)
)

// shown is a version of the model as the version of the package that it is.
func (sc *scope) shown(number string) string {
	if n, err := strconv.Atoi(number); err == nil && n > 0 && n <= len(sc.real) {
		return strconv.Itoa(sc.real[n-1])
	}
	return number
}

// point is a distribution point of the model as the log names it.
func (sc *scope) point(number string) string {
	if n, err := strconv.Atoi(number); err == nil && n > 0 && n <= len(sc.points) && sc.points[n-1] != "" {
		return sc.points[n-1]
	}
	return number
}

// renumber is a sentence of the model with the versions and the distribution points of the log.
func (sc *scope) renumber(text string) string {
	return operand.ReplaceAllStringFunc(text, func(found string) string {
		parts := operand.FindStringSubmatch(found)
		if parts[1] == "version" {
			return parts[1] + " " + sc.shown(parts[2])
		}
		return parts[1] + " " + sc.point(parts[2])
	})
}

// begin finds where the log may begin: with each choice of versions that A has sent. Where the log begins with a version after
// the first, one before it may have come as well. How far is not known: if lines are missing, any of its steps may be hidden.
func (sc *scope) begin(complete bool) error {
	last := model.Version(len(sc.real))
	for set := range model.Versions(1) << last {
		if set&sc.named != sc.named {
			continue
		}
		based := complete && set.Has(1) && !sc.named.Has(1)
		if !based || !sc.settles {
			s, err := sc.sent(set, last)
			if err != nil {
				return err
			}
			sc.starts = append(sc.starts, s)
		}
		if based {
			s, err := sc.settled(set, last)
			if err != nil {
				return err
			}
			sc.starts = append(sc.starts, s)
		}
	}
	return nil
}

// sent is the state when A has sent some versions, and the site below has done nothing.
func (sc *scope) sent(set model.Versions, last model.Version) (start, error) {
	b := builder{sc: sc, start: start{state: sc.sys.Init()[0]}}
	for v := model.Version(1); v <= last; v++ {
		b.send(v, set)
	}
	return b.start, b.err
}

// settled is the same when the first version has come to all distribution points before.
func (sc *scope) settled(set model.Versions, last model.Version) (start, error) {
	b := builder{sc: sc, start: start{state: sc.sys.Init()[0]}}
	b.send(1, set)
	for _, rule := range []string{"despooler.store", "despooler.commit", "sender.deliver", "replication.wake", "replication.accept", "replication.wait", "package.decompress", "package.record"} {
		b.take(rule, below, 1, 0)
	}
	for _, rule := range []string{"dp.copy", "dp.commit"} {
		for dp := range sc.sys.Bounds().Sites[below].DPs {
			b.take(rule, below, 1, dp)
		}
	}
	b.take("package.done", below, 1, 0)
	for v := model.Version(2); v <= last; v++ {
		b.send(v, set)
	}
	return b.start, b.err
}

// builder takes steps one after the other.
type builder struct {
	sc *scope
	start
	unsent []model.Version // updates that A has not noticed
	err    error
}

// send has A updated, and if the version is one of the set, has it sent: with what was updated before and was not.
func (b *builder) send(v model.Version, set model.Versions) {
	b.take("administrator.update", 0, v, 0)
	b.unsent = append(b.unsent, v)
	if !set.Has(v) {
		return
	}
	b.take("manager.start", 0, b.unsent[0], 0)
	for _, rule := range []string{"package.snapshot", "package.compress", "package.send", "package.done"} {
		b.take(rule, 0, v, 0)
	}
	for _, u := range b.unsent[1:] {
		b.take("manager.ignore", 0, u, 0)
	}
	b.unsent = nil
}

func (b *builder) take(rule string, site uint8, v model.Version, dp int) {
	step := model.Step{Rule: uint8(slices.Index(model.RuleNames(), rule)), Site: site, Version: v, DP: uint8(dp)}
	if rule == "replication.wake" || rule == "replication.wait" {
		step.Version = 0
	}
	b.step(step)
}

func (b *builder) step(step model.Step) {
	if b.err != nil {
		return
	}
	next, err := b.sc.sys.Next(b.state, step)
	if err != nil {
		b.err = fmt.Errorf("diagnose: %w", err)
		return
	}
	b.state, b.steps = next, append(b.steps, step)
}

// agrees tells whether a step is about what the message names.
func (sc *scope) agrees(step model.Step, m *logs.Message) bool {
	if v, ok := sc.number(m.Version); m.Version > 0 && (!ok || step.Version != v) {
		return false
	}
	if m.DP == "" {
		return true
	}
	dp, ok := sc.dp(m.DP)
	return ok && step.DP == dp
}
