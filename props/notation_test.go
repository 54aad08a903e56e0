package props_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
)

// A formula is compared with the function of its claim: this reads the notation
// and computes it, in states that are drawn at random and need not be reachable,
// so that no formula is right by a coincidence of the rules.

// A moment is where a formula is computed: in a state, or in a step between two.
type moment struct {
	sys         *model.System
	now, after  *model.State
	rest        bool
	vars        map[string]int
	definitions map[string]definition
	forced      leaf // what this part of a formula is taken for, whatever it is
}

// A leaf is a part of a formula that is true or false, by the number under which it
// was read, and what it is taken for.
type leaf struct {
	number int // from 1
	value  bool
}

type (
	// An expression computes a bool, an int, a set, a content or a word.
	expression func(m moment) any
	definition struct {
		parameters []string
		body       expression
	}
)

func (m moment) primed() moment {
	m.now = m.after
	return m
}

func (m moment) with(name string, value int) moment {
	vars := map[string]int{name: value}
	for k, v := range m.vars {
		if k != name {
			vars[k] = v
		}
	}
	m.vars = vars
	return m
}

// domain is how many values a variable has, and the first of them.
func (m moment) domain(name string) (first, n int) {
	scope := m.sys.Bounds()
	switch name {
	case "s":
		return 0, len(scope.Sites)
	case "p":
		return 0, len(scope.Packages)
	case "d":
		return 0, scope.Sites[m.vars["s"]].DPs
	case "v":
		return 1, int(m.sys.LastVersion())
	}
	panic("no such variable: " + name)
}

// read computes the terms that are read off a state.
func (m moment) read(name string, args []any) any {
	number := func(i int) int { return args[i].(int) }
	site := func() *model.SiteState { return &m.now.Sites[number(0)] }
	pkg := func() *model.PackageState { return &site().Packages[number(1)] }
	scope := m.sys.Bounds()
	switch name {
	case "source":
		return 0
	case "last":
		return int(m.sys.LastVersion())
	case "threadLimit":
		return scope.Threads
	case "copyLimit":
		return scope.Copies
	case "budget", "left":
		f := model.Fault(slices.IndexFunc(model.Faults(), func(f model.Fault) bool { return f.String() == args[0] }))
		if name == "left" {
			return int(m.now.FaultsLeft[f])
		}
		return scope.Faults[f]
	case "atRest":
		return m.rest
	case "files":
		n := 0
		for _, p := range site().Packages {
			n += p.Incoming.Len()
		}
		return n
	case "whole":
		return model.Content{Version: model.Version(number(0))}
	case "torn":
		return args[0].(model.Content).Torn
	case "version":
		return int(args[0].(model.Content).Version)
	case "running":
		n := 0
		for _, p := range site().Packages {
			if p.Thread.Phase != model.ThreadIdle {
				n++
			}
		}
		return n
	case "copies":
		n := 0
		for _, d := range pkg().DPs {
			if d.Phase == model.Copying {
				n++
			}
		}
		return n
	case "stores":
		return site().Despooler.Phase == model.Storing && int(site().Despooler.Package) == number(1)
	case "ways", "settled":
		ways, settled := m.sys.Judgements(m.now, number(0), number(1), model.Version(number(2)))
		if name == "ways" {
			return ways
		}
		return settled
	}
	term, ok := fieldTerms[name]
	if !ok {
		panic("no such term: " + name)
	}
	return term(m.now, args)
}

// fieldTerms read the terms that are a field, or a part of one.
var fieldTerms = func() map[string]func(*model.State, []any) any {
	terms := map[string]func(*model.State, []any) any{}
	for _, f := range model.StateFields() {
		for _, t := range f.Terms {
			terms[t.Name] = func(s *model.State, args []any) any {
				var operands [3]int
				operands[0] = args[0].(int)
				if f.Package {
					operands[1] = args[1].(int)
				}
				if f.DP {
					operands[2] = args[len(args)-1].(int)
				}
				value := reflect.ValueOf(f.At(s, operands[0], operands[1], operands[2])).Elem()
				if t.Part != "" {
					value = value.FieldByName(t.Part)
				}
				switch v := value.Interface().(type) {
				case model.Version:
					return int(v)
				case model.Versions, model.Content, bool:
					return v
				default: // a phase
					return fmt.Sprint(v)
				}
			}
		}
	}
	return terms
}()

// words are the phases and the faults, which stand in formulas for themselves.
var words = func() []string {
	list := []string{"idle", "started", "compressing", "sending", "decompressing", "distributing", "storing", "forwarding", "due", "copying"}
	for _, f := range model.Faults() {
		list = append(list, f.String())
	}
	return list
}()

// A reader reads a formula from its tokens. What it cannot read is a panic.
type reader struct {
	tokens []string
	leaves *leaves
}

// leaves are the parts of the formulas that have been read, by number from 1.
type leaves []string

var token = regexp.MustCompile(`[A-Za-z][A-Za-z-]*′?|[0-9]+|\S`)

func (l *leaves) parse(formula string) expression {
	r := &reader{token.FindAllString(formula, -1), l}
	e := r.implication()
	if len(r.tokens) > 0 {
		panic(fmt.Sprintf("%s: not read: %v", formula, r.tokens))
	}
	return e
}

func (r *reader) next() string {
	if len(r.tokens) == 0 {
		panic("the formula ends too early")
	}
	t := r.tokens[0]
	r.tokens = r.tokens[1:]
	return t
}

func (r *reader) skip(t string) bool {
	if len(r.tokens) > 0 && r.tokens[0] == t {
		r.tokens = r.tokens[1:]
		return true
	}
	return false
}

func (r *reader) expect(t string) {
	if !r.skip(t) {
		panic(fmt.Sprintf("expected %s, found %v", t, r.tokens))
	}
}

func (r *reader) implication() expression {
	left := r.disjunction()
	if !r.skip("→") {
		return left
	}
	right := r.implication()
	return func(m moment) any { return !left(m).(bool) || right(m).(bool) }
}

func (r *reader) disjunction() expression {
	left := r.conjunction()
	for r.skip("∨") {
		a, b := left, r.conjunction()
		left = func(m moment) any { return a(m).(bool) || b(m).(bool) }
	}
	return left
}

func (r *reader) conjunction() expression {
	left := r.negation()
	for r.skip("∧") {
		a, b := left, r.negation()
		left = func(m moment) any { return a(m).(bool) && b(m).(bool) }
	}
	return left
}

func (r *reader) negation() expression {
	switch {
	case r.skip("¬"):
		e := r.negation()
		return func(m moment) any { return !e(m).(bool) }
	case r.skip("∀"):
		return r.quantified(true)
	case r.skip("∃"):
		return r.quantified(false)
	}
	return r.comparison()
}

// quantified reads what follows ∀ or ∃. All: the formula is true for each value.
func (r *reader) quantified(all bool) expression {
	names := []string{r.next()}
	for r.skip(",") {
		names = append(names, r.next())
	}
	r.expect(":")
	e := r.implication()
	for _, name := range slices.Backward(names) {
		body := e
		e = func(m moment) any {
			first, n := m.domain(name)
			for i := range n {
				if body(m.with(name, first+i)).(bool) != all {
					return !all
				}
			}
			return all
		}
	}
	return e
}

var comparisons = map[string]func(a, b any) bool{
	"=": func(a, b any) bool { return a == b },
	"≠": func(a, b any) bool { return a != b },
	"<": func(a, b any) bool { return a.(int) < b.(int) },
	"≤": func(a, b any) bool { return a.(int) <= b.(int) },
	">": func(a, b any) bool { return a.(int) > b.(int) },
	"≥": func(a, b any) bool { return a.(int) >= b.(int) },
	"∈": func(a, b any) bool { return b.(model.Versions).Has(model.Version(a.(int))) },
	"∉": func(a, b any) bool { return !b.(model.Versions).Has(model.Version(a.(int))) },
}

// comparison reads what is true or false, and gives it a number.
func (r *reader) comparison() expression {
	before := r.tokens
	e := r.compared()
	*r.leaves = append(*r.leaves, strings.Join(before[:len(before)-len(r.tokens)], " "))
	number := len(*r.leaves)
	return func(m moment) any {
		value := e(m)
		if _, is := value.(bool); !is { // a set in brackets
			(*r.leaves)[number-1] = ""
		} else if m.forced.number == number {
			return m.forced.value
		}
		return value
	}
}

func (r *reader) compared() expression {
	left := r.sets()
	if len(r.tokens) == 0 {
		return left
	}
	compare, ok := comparisons[r.tokens[0]]
	if !ok {
		return left
	}
	r.next()
	right := r.sets()
	return func(m moment) any { return compare(left(m), right(m)) }
}

func (r *reader) sets() expression {
	left := r.term()
	for len(r.tokens) > 0 && strings.Contains("∪∩∖", r.tokens[0]) {
		sign, a, b := r.next(), left, r.term()
		left = func(m moment) any {
			x, y := a(m).(model.Versions), b(m).(model.Versions)
			switch sign {
			case "∪":
				return x | y
			case "∩":
				return x & y
			}
			return x &^ y
		}
	}
	return left
}

func (r *reader) term() expression {
	t := r.next()
	switch n, err := strconv.Atoi(t); {
	case err == nil:
		return func(moment) any { return n }
	case t == "(":
		e := r.implication()
		r.expect(")")
		return e
	case t == "∅":
		return func(moment) any { return model.Versions(0) }
	case slices.Contains(words, t) && (len(r.tokens) == 0 || r.tokens[0] != "("):
		return func(moment) any { return t }
	}
	name, primed := strings.CutSuffix(t, "′")
	var args []expression
	if r.skip("(") {
		args = append(args, r.sets())
		for r.skip(",") {
			args = append(args, r.sets())
		}
		r.expect(")")
	}
	return func(m moment) any {
		if value, ok := m.vars[name]; ok && len(args) == 0 {
			return value
		}
		var values []any
		for _, a := range args {
			values = append(values, a(m))
		}
		if primed {
			m = m.primed()
		}
		return m.term(name, values)
	}
}

// term computes a term with its arguments, by its definition if it has one.
func (m moment) term(name string, args []any) any {
	d, ok := m.definitions[name]
	if !ok {
		return m.read(name, args)
	}
	vars := map[string]int{}
	for i, p := range d.parameters {
		switch value := args[i].(type) {
		case int:
			vars[p] = value
		case string: // a fault
			m.definitions = map[string]definition{p: {body: func(moment) any { return value }}}
		}
	}
	m.vars = vars
	return d.body(m)
}

// definitions reads the terms that abbreviate a formula.
func (l *leaves) definitions() map[string]definition {
	found := map[string]definition{}
	for _, t := range props.Notation() {
		name, parameters, _ := strings.Cut(strings.TrimSuffix(t.Name, ")"), "(")
		if t.Is == "" {
			continue
		}
		first := len(*l)
		found[name] = definition{strings.FieldsFunc(parameters, func(r rune) bool { return r == ',' }), l.parse(t.Is)}
		for i := first; i < len(*l); i++ {
			(*l)[i] = name + ": " + (*l)[i]
		}
	}
	return found
}

// A drawer draws states: most of what changes does so at one package of one site
// for a while, so that a claim about all places is sometimes so and sometimes not.
type drawer struct {
	*rand.Rand
	sys       *model.System
	state     model.State
	drawn     int
	site, pkg int
}

// samePlace is how many states are drawn before all begins anew at another place.
const samePlace = 60

func (d *drawer) version() model.Version { return model.Version(d.IntN(int(d.sys.LastVersion()) + 1)) }
func (d *drawer) versions() model.Versions {
	return model.Versions(d.IntN(1 << d.sys.LastVersion()))
}

func (d *drawer) content() model.Content {
	return model.Content{Version: d.version(), Torn: d.IntN(3) == 0}
}

// change changes one thing.
func (d *drawer) change(s *model.State) {
	scope := d.sys.Bounds()
	i, n := d.site, d.pkg
	if d.IntN(10) == 0 {
		i, n = d.IntN(len(scope.Sites)), d.IntN(len(scope.Packages))
	}
	site := &s.Sites[i]
	p := &site.Packages[n]
	dp := d.IntN(scope.Sites[i].DPs)
	fields := model.StateFields()
	changes := []func(){
		func() {
			for f, budget := range scope.Faults {
				s.FaultsLeft[f] = uint8(d.IntN(budget + 1))
			}
		},
		func() { // a component crashes
			f := []model.Fault{model.DespoolerCrash, model.ManagerCrash}[d.IntN(2)]
			s.FaultsLeft[f], site.Despooler, p.Thread = 0, model.Despooler{}, model.PackageThread{}
		},
		func() { // every site has the same
			for i := range scope.Sites {
				for n := range scope.Packages {
					q := &s.Sites[i].Packages[n]
					v := d.version()
					q.Row.Source, q.Row.Stored, q.Copy, q.Reported = d.sys.LastVersion(), v, model.Content{Version: v}, v
					for k := range scope.Sites[i].DPs {
						q.DPs[k].Content = model.Content{Version: v}
					}
				}
			}
		},
	}
	which := d.IntN(len(fields) + len(changes))
	if which >= len(fields) {
		changes[which-len(fields)]()
		return
	}
	switch f := fields[which].At(s, i, n, dp).(type) {
	case *bool:
		*f = d.IntN(2) == 0
	case *model.Version:
		*f = d.version()
	case *model.Versions:
		*f = d.versions()
	case *model.Content:
		*f = d.content()
	case *model.DPPhase:
		*f = model.DPPhase(d.IntN(int(model.Copying) + 1))
	case *model.PackageThread:
		*f = model.PackageThread{Phase: model.ThreadPhase(d.IntN(int(model.Distributing) + 1)), Version: d.version()}
	case *model.Despooler:
		*f = model.Despooler{Phase: model.DespoolerPhase(d.IntN(3)), Package: uint8(d.IntN(len(scope.Packages))), Version: d.version()}
	default:
		panic(fmt.Sprintf("%s: a field of type %T", fields[which].Label, f))
	}
}

func (d *drawer) step() (before, after *model.State) {
	if d.drawn++; d.drawn%samePlace == 1 {
		scope := d.sys.Bounds()
		d.state, d.site, d.pkg = d.sys.Init()[0], d.IntN(len(scope.Sites)), d.IntN(len(scope.Packages))
	}
	for range 1 + d.IntN(3) {
		d.change(&d.state)
	}
	was, is := d.state, d.state
	for range 1 + d.IntN(4) {
		d.change(&is)
	}
	return &was, &is
}

// systems are where formulas are computed: the second and the third have two ways
// to judge a file, and one that leaves it on the list.
func systems(t *testing.T) []*model.System {
	scope := model.Scope{
		Sites:    []model.Site{{Name: "A", Parent: model.NoParent, DPs: 1}, {Name: "B", Kind: model.Secondary, DPs: 2}},
		Packages: []string{"P", "Q"}, Updates: 2, Threads: 1, Copies: 1,
	}
	for f := range scope.Faults {
		scope.Faults[f] = 1
	}
	sys, err := model.NewSystem(scope, model.SMS20)
	require.NoError(t, err)
	list := []*model.System{sys}
	for _, m := range []model.Mutation{
		{Rule: "replication.delete", Part: model.OneGuard, Name: "its version is behind the stored one"},
		{Rule: "replication.skip", Part: model.OneEffect, Name: "the file is judged"},
	} {
		sys, err := model.NewMutant(scope, model.SMS20, m)
		require.NoError(t, err)
		list = append(list, sys)
	}
	return list
}

// A formula and the function of its claim agree, in so many cases that no part of
// the formula could be left out, nor be taken for always so, without a case in
// which that makes a difference.
func TestFormulasSayWhatTheFunctionsCompute(t *testing.T) {
	read := &leaves{}
	defined := read.definitions()
	shared := len(*read)
	matters := map[leaf]bool{}
	for _, c := range props.All() {
		first := len(*read)
		var drawers []*drawer
		var agree []agreement
		e := opened(t, c, read)
		for i, sys := range systems(t) {
			drawers = append(drawers, &drawer{Rand: rand.New(rand.NewPCG(1, uint64(i))), sys: sys})
			agree = append(agree, e(sys, defined))
		}
		var open []leaf
		for number := range *read {
			term, _, _ := strings.Cut((*read)[number], ":")
			if number >= first || number < shared && strings.Contains(c.Formula, term) {
				for _, value := range []bool{false, true} {
					open = append(open, leaf{number + 1, value})
				}
			}
		}
		own := func(l leaf) bool { return l.number > first }
		for n := 0; n < 3000 || len(open) > 0; n++ {
			require.Less(t, n, 400_000, "%s: no case tells what is left of the formula: %v", c.Name, left(*read, open))
			before, after := drawers[n%len(drawers)].step()
			got, want := agree[n%len(agree)](before, after, leaf{})
			require.Equal(t, want, got, "%s: %s\nbefore %+v\nafter %+v", c.Name, c.Formula, before, after)
			open = slices.DeleteFunc(open, func(l leaf) bool {
				if (*read)[l.number-1] == "" || !own(l) && (matters[l] || n >= 100_000) {
					return true // it is none, or another claim tells
				}
				other, _ := agree[n%len(agree)](before, after, l)
				matters[l] = matters[l] || !slices.Equal(got, other)
				return matters[l]
			})
		}
	}
	for number := range shared {
		for _, value := range []bool{false, true} {
			assert.True(t, (*read)[number] == "" || matters[leaf{number + 1, value}], "no claim depends on whether this is always %v: %s", value, (*read)[number])
		}
	}
}

// left names parts of formulas.
func left(read leaves, open []leaf) []string {
	var names []string
	for _, l := range open {
		names = append(names, fmt.Sprintf("%s, taken for %v", read[l.number-1], l.value))
	}
	return names
}

// An agreement computes a claim in two ways: by its formula, with one part taken
// for what it may not be, and by its functions.
type agreement func(before, after *model.State, forced leaf) (formula, function []bool)

// opened reads the formula of a claim.
func opened(t *testing.T, c props.Claim, read *leaves) func(*model.System, map[string]definition) agreement {
	body, ok := withoutOperator(c)
	require.True(t, ok, "%s is %v, and its formula is %s", c.Name, c.Kind, c.Formula)
	if c.Kind == check.KindLeadsTo {
		return leadsTo(c, read)
	}
	e := read.parse(body)
	return func(sys *model.System, defined map[string]definition) agreement {
		return func(before, after *model.State, forced leaf) ([]bool, []bool) {
			m := moment{sys: sys, now: before, after: after, definitions: defined, forced: forced}
			to := before
			if c.AboutSteps() {
				to = after
			}
			holds := c.Wrong(sys, before, to) == ""
			if c.Kind == check.KindSometimes {
				holds = c.Occurs(sys, before, to)
			}
			if c.AtRest {
				// At rest and not at rest, whatever the state: the function is then asked, or not.
				moving := e(m).(bool)
				m.rest = true
				return []bool{moving, e(m).(bool)}, []bool{true, holds}
			}
			return []bool{e(m).(bool)}, []bool{holds}
		}
	}
}

// leadsTo computes both sides of a "leads to" in all of its cases.
func leadsTo(c props.Claim, read *leaves) func(*model.System, map[string]definition) agreement {
	body, _ := strings.CutPrefix(c.Formula, "∀ s,p,v: ")
	from, to, _ := strings.Cut(body, " ⇝ ")
	left, right := read.parse(from), read.parse(to)
	return func(sys *model.System, defined map[string]definition) agreement {
		scope := sys.Bounds()
		return func(s, after *model.State, forced leaf) (got, want []bool) {
			m := moment{sys: sys, now: s, after: after, definitions: defined, forced: forced}
			for site := range scope.Sites {
				for pkg := range scope.Packages {
					for v := 1; v <= int(sys.LastVersion()); v++ {
						here := m.with("s", site).with("p", pkg).with("v", v)
						got = append(got, left(here).(bool), right(here).(bool))
					}
				}
			}
			return got, c.Sides(sys, s)
		}
	}
}

// withoutOperator takes the temporal operator off a formula, if it is that of the
// kind.
func withoutOperator(c props.Claim) (string, bool) {
	switch c.Kind {
	case check.KindAlways:
		return strings.CutPrefix(c.Formula, "□ ")
	case check.KindStep:
		body, ok := strings.CutPrefix(c.Formula, "□[")
		return strings.TrimSuffix(body, "]"), ok && strings.HasSuffix(body, "]")
	case check.KindEventuallyAlways:
		return strings.CutPrefix(c.Formula, "◇□ ")
	case check.KindLeadsTo:
		return c.Formula, strings.HasPrefix(c.Formula, "∀ s,p,v: ") && strings.Count(c.Formula, " ⇝ ") == 1
	case check.KindSometimes:
		if body, ok := strings.CutPrefix(c.Formula, "E◇⟨"); ok {
			return strings.TrimSuffix(body, "⟩"), strings.HasSuffix(body, "⟩")
		}
		return strings.CutPrefix(c.Formula, "E◇ ")
	}
	return "", false
}

// Every term that a formula uses is explained, and every one that is explained is
// used.
func TestEveryTermIsExplainedAndUsed(t *testing.T) {
	used := map[string]bool{}
	use := func(formula string) {
		for _, word := range token.FindAllString(formula, -1) {
			used[strings.TrimSuffix(word, "′")] = true
		}
	}
	for _, c := range props.All() {
		use(c.Formula)
	}
	explained := map[string]bool{}
	for _, term := range props.Notation() {
		use(term.Is)
		name, _, _ := strings.Cut(term.Name, "(")
		assert.False(t, explained[name], "%s is explained twice", name)
		explained[name] = true
		assert.NotRegexp(t, `\.$`, term.Says)
	}
	for name := range explained {
		assert.True(t, used[name], "%s is explained, and no formula uses it", name)
	}
	variable := regexp.MustCompile(`^[a-zE]$`)
	for name := range used {
		if regexp.MustCompile(`^[A-Za-z]`).MatchString(name) && !variable.MatchString(name) && !slices.Contains(words, name) {
			assert.True(t, explained[name], "a formula uses %s, which is not explained", name)
		}
	}
}
