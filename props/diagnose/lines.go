package diagnose

import (
	"fmt"
	"slices"

	"pkgdist/model"
	"pkgdist/props/check/conform"
	"pkgdist/props/logs"
)

// told is a log as Explain takes it, and for each of its lines the message that it stands for.
type told struct {
	conform.Log[model.State, model.Step]
	messages []int
	// missing says which lines have to be missing, though nothing was explained yet.
	missing []Gap
}

// A Gap says that a line is missing.
type Gap struct {
	Message *logs.Message // that should not stand alone
	Why     string
}

// A script is what one step writes: lines that belong together.
type script struct {
	rules []string
	lines []int // messages
	dp    string
}

// complete reads the messages as all that were written: each step of a rule that leaves lines has left all of them.
func (c *Case) complete(sc *scope) *told {
	scripts := c.scripts(sc)
	t := &told{missing: c.gaps(scripts)}
	visible := c.visible()
	t.Hidden = func(step model.Step) bool { return !visible[step.Rule] }
	starts := map[int]*script{}
	for _, s := range scripts {
		starts[s.lines[0]] = s
	}
	for i := range c.Messages {
		m := &c.Messages[i]
		if s := starts[i]; s != nil {
			if r := readingOf[m.Kind]; r.Before {
				t.says(i, m, r.State(sc, m))
			}
			t.step(sc, c, s)
		} else if r := readingOf[m.Kind]; len(r.Rules) == 0 && r.State != nil {
			t.says(i, m, r.State(sc, m))
		}
	}
	t.endsWith(len(c.Messages)-1, c)
	return t
}

// endsWith has the log end with the last message, whatever it says: what left no line may have happened until then.
func (t *told) endsWith(last int, c *Case) {
	if n := len(t.messages); n == 0 || t.messages[n-1] != last {
		t.says(last, &c.Messages[last], func(*model.State) bool { return true })
	}
}

// step adds a line for the step that wrote a script.
func (t *told) step(sc *scope, c *Case, s *script) {
	rules := map[uint8]bool{}
	for _, name := range s.rules {
		rules[uint8(slices.Index(model.RuleNames(), name))] = true
	}
	m := &c.Messages[s.lines[0]]
	line := conform.Line[model.State, model.Step]{Text: place(m), Step: func(step model.Step) bool {
		return step.Site == below && rules[step.Rule] && !slices.ContainsFunc(s.lines, func(i int) bool { return !sc.agrees(step, &c.Messages[i]) })
	}}
	for _, i := range s.lines {
		if k := c.Messages[i].Kind; k == logs.VersionAhead || k == logs.VersionBehind {
			line.After = believes(sc, &c.Messages[i])
		}
	}
	t.Lines, t.messages = append(t.Lines, line), append(t.messages, s.lines[0])
}

// says adds a line about the state.
func (t *told) says(i int, m *logs.Message, holds func(*model.State) bool) {
	if holds != nil {
		t.Lines = append(t.Lines, conform.Line[model.State, model.Step]{Text: place(m), After: holds})
		t.messages = append(t.messages, i)
	}
}

// withGaps reads the messages as some of those that were written. A step may have left no line, or one of its lines, so that of
// the kinds that one step writes only one stands for a step; what the others say of the state stays.
func (c *Case) withGaps(sc *scope) *told {
	t := &told{}
	t.Hidden = func(model.Step) bool { return true }
	chosen := c.chosen()
	for i := range c.Messages {
		m := &c.Messages[i]
		r := readingOf[m.Kind]
		if r.Before {
			t.says(i, m, r.State(sc, m))
		}
		switch {
		case r.AtSource || !sc.isAbout(m):
		case chosen[variantOf(m)]:
			t.step(sc, c, &script{rules: r.Rules, lines: []int{i}})
		case r.State != nil && !r.Before:
			t.says(i, m, r.State(sc, m))
		}
	}
	t.endsWith(len(c.Messages)-1, c)
	return t
}

// isAbout tells whether the scope has the version and the distribution point that a message names.
func (sc *scope) isAbout(m *logs.Message) bool {
	_, version := sc.current(m.Version)
	_, dp := sc.dp(m.DP)
	return version && (m.DP == "" || dp)
}

// chosen are the variants that stand for steps: of those that one rule writes, the first in the order of the readings.
func (c *Case) chosen() map[variant]bool {
	list := map[variant]bool{}
	taken := map[string]bool{}
	for _, r := range readings {
		if r.Kind == logs.IncomingFile || len(r.Rules) == 0 || r.AtSource || taken[r.Rules[0]] {
			continue
		}
		for i := range c.Messages {
			if v := variantOf(&c.Messages[i]); v.kind == r.Kind {
				list[v], taken[r.Rules[0]] = true, true
				break
			}
		}
	}
	return list
}

func isOutcome(k logs.Kind) bool {
	return k == logs.VersionAhead || k == logs.VersionBehind || k == logs.WriteConflict
}

// scripts finds the lines that belong together.
func (c *Case) scripts(sc *scope) (list []*script) {
	open := map[string]*script{}
	for i := range c.Messages {
		m := &c.Messages[i]
		r := readingOf[m.Kind]
		if len(r.Rules) == 0 || r.AtSource || !sc.isAbout(m) {
			continue
		}
		key := r.Rules[0] + point(m.DP)
		if isJudged(m.Kind) {
			key = "judged"
		}
		if s := open[key]; s != nil && c.joins(s, m) {
			if s.lines = append(s.lines, i); m.Kind != logs.IncomingFile {
				s.rules = r.Rules
			}
			continue
		}
		s := &script{rules: r.Rules, lines: []int{i}, dp: point(m.DP)}
		open[key], list = s, append(list, s)
	}
	return list
}

// isJudged tells whether the replication thread writes such a line when it judges a file.
func isJudged(k logs.Kind) bool {
	return k == logs.IncomingFile || k == logs.Applied || k == logs.ThreadStarted || isOutcome(k)
}

// joins tells whether a message is one more of the step that wrote the script.
func (c *Case) joins(s *script, m *logs.Message) bool {
	for _, i := range s.lines {
		has := &c.Messages[i]
		if variantOf(has) == variantOf(m) {
			return false
		}
		if isOutcome(has.Kind) && isJudged(m.Kind) || isOutcome(m.Kind) && has.Kind != logs.IncomingFile {
			return false
		}
	}
	return m.Kind != logs.IncomingFile
}

// gaps says where a line stands without another that belongs to it wherever else it is written.
func (c *Case) gaps(scripts []*script) (list []Gap) {
	for _, s := range scripts {
		last := s.lines[len(s.lines)-1] == len(c.Messages)-1 // the log may end in the middle of a step
		for _, v := range c.belonging(s) {
			written := slices.ContainsFunc(s.lines, func(i int) bool { return variantOf(&c.Messages[i]) == v })
			if !written && !last {
				m := &c.Messages[s.lines[0]]
				list = append(list, Gap{m, fmt.Sprintf("no line %q belongs to it", v.example())})
			}
		}
	}
	return list
}

// belonging are the variants that the site's logs have, and that a step with this script writes.
func (c *Case) belonging(s *script) (list []variant) {
	for v := range c.known {
		r := readingOf[v.kind]
		switch {
		case len(r.Rules) == 0 || v.kind == logs.Storing:
		case v.kind == logs.IncomingFile:
			if isJudged(c.Messages[s.lines[0]].Kind) && slices.ContainsFunc(c.Messages, func(m logs.Message) bool { return m.Kind == logs.IncomingFile }) {
				list = append(list, v)
			}
		case slices.Equal(r.Rules, s.rules) && !isOutcome(v.kind):
			list = append(list, v)
		}
	}
	return list
}

// core are the kinds of which a log has one each, if it tells of every step by which a version goes to a distribution point.
var core = [][]logs.Kind{{logs.Received, logs.Storing}, {logs.Stored}, {logs.Applied, logs.ThreadStarted}, {logs.Decompressing}, {logs.DPBegins}, {logs.DPDone}, {logs.PackageDone, logs.ThreadExits}}

// Lacks lists a line of each kind that the logs of the site have nowhere, and without which they do not tell of every step.
func (c *Case) Lacks() (list []string) {
	for _, kinds := range core {
		has := false
		for v := range c.known {
			has = has || slices.Contains(kinds, v.kind)
		}
		if !has {
			list = append(list, variant{kind: kinds[0]}.example())
		}
	}
	return list
}

// visible are the rules whose steps leave a line in these logs.
func (c *Case) visible() map[uint8]bool {
	list := map[uint8]bool{}
	for v := range c.known {
		if v.kind == logs.IncomingFile && !slices.ContainsFunc(c.Messages, func(m logs.Message) bool { return m.Kind == logs.IncomingFile }) {
			continue
		}
		for _, rule := range readingOf[v.kind].Rules {
			list[uint8(slices.Index(model.RuleNames(), rule))] = true
		}
	}
	// What is skipped or deleted leaves a line in every log that tells what the replication thread does.
	for _, rule := range []string{"replication.skip", "replication.delete"} {
		list[uint8(slices.Index(model.RuleNames(), rule))] = true
	}
	return list
}

// example is a line of the variant, without what it names.
func (v variant) example() string {
	m := logs.Message{Kind: v.kind, Status: v.status}
	if v.named {
		m.Version = 1
	}
	return m.Say()
}

func place(m *logs.Message) string { return fmt.Sprintf("%s:%d: %s", m.File, m.Line, m.Text) }
