package document

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
	"pkgdist/props/check/show"
	"pkgdist/props/counterexample"
	"pkgdist/props/mutant"
	"pkgdist/props/scenario"
)

const (
	protocolFile   = "../../model/PROTOCOL.md"
	invariantsFile = "../INVARIANTS.md"
	mutantsFile    = "../MUTANTS.md"
	again          = "write it again with: go tool pkgdist doc"
)

func file(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

// A rule that is changed without writing the document again fails here.
func TestTheProtocolIsCurrent(t *testing.T) {
	want := strings.Split(file(t, protocolFile), "\n")
	for i, line := range strings.Split(Protocol(model.Rules()), "\n") {
		require.Less(t, i, len(want), "model/PROTOCOL.md is too short; "+again)
		require.Equal(t, want[i], line, "model/PROTOCOL.md, line %d; %s", i+1, again)
	}
}

// What the catalogue says of each claim stands in the document. What runs say is
// left to the command, which explores the scenarios.
func TestTheDocumentHasWhatTheCatalogueSays(t *testing.T) {
	text := file(t, invariantsFile)
	for _, c := range props.All() {
		assert.True(t, strings.Contains(text, Statement(c)), "props/INVARIANTS.md has not what the catalogue says of %s; %s", c.Name, again)
	}
	var b strings.Builder
	writePicture(&b)
	writeNotation(&b)
	assert.Contains(t, text, b.String()[strings.Index(b.String(), "## How"):])
	assert.Equal(t, len(props.All()), strings.Count(text, "\n- **Kind:**"), "as many sections as claims")
}

// What the article's scenario comes to is explored here, and stands in the
// document.
func TestTheArticlesTableIsCurrent(t *testing.T) {
	explored, err := explore(t.Context(), first, model.Designs(), check.Options{})
	require.NoError(t, err)
	e := &Evidence{Designs: model.Designs(), Scenarios: []Explored{explored}}
	var b strings.Builder
	e.writeTable(&b, first)
	assert.Contains(t, file(t, invariantsFile), b.String(), again)
}

// sample is evidence from one scenario, under names that mean something to
// Markdown and to Mermaid.
func sample(t *testing.T) *Evidence {
	t.Helper()
	sc, err := scenario.Load(first)
	require.NoError(t, err)
	sc.Title, sc.About = "a | b <script> `c` *d*", "one\ntwo | [three](four)"
	e := &Evidence{
		Designs: []model.Design{model.SMS20, {Name: "a|b", Doc: "as shipped, but <b>", Mechanisms: model.Repair}},
		Needs:   map[string]Need{"dp-never-goes-back": {}, "sites-converge": {Scenario: first}, "incoming-drains": {Scenario: first, Sets: []model.MechanismSet{model.Repair}}},
		Killers: map[string]mutant.Killer{"incoming-drains": {Kills: 3, Alone: 1}},
		Kept: []*counterexample.Counterexample{{Scenario: sc, Design: "sms20", Kept: show.Kept{Name: "kept", Property: "incoming-drains",
			Steps: make([]counterexample.Line, 2), Loop: make([]counterexample.Line, 3)}}},
	}
	for _, name := range []string{first, second, "late|status"} {
		named := *sc
		named.Name = name
		explored := Explored{Scenario: &named}
		for range e.Designs {
			o := Outcome{States: 1234, Steps: 2345, Depth: 7, Verdicts: map[string]Verdict{}}
			for _, c := range props.Catalogue() {
				o.Verdicts[c.Name] = Verdict{Outcome: check.Holds, Cell: "holds"}
			}
			explored.Under = append(explored.Under, o)
		}
		e.Scenarios = append(e.Scenarios, explored)
	}
	return e
}

func violate(e *Evidence, scenario, design int, claim string, length int) {
	e.Scenarios[scenario].Under[design].Verdicts[claim] = Verdict{Outcome: check.Violated, Cell: "VIOLATED (9 steps)", Length: length}
}

// No name breaks a table: each row has as many cells as its header.
func TestNamesDoNotBreakTables(t *testing.T) {
	rules := model.Rules()
	rules[0].Says = "a | b <script> of {package}"
	rules[0].Guards[0].Name = "x | y"
	e := sample(t)
	violate(e, 2, 0, "incoming-drains", 5)
	for name, text := range map[string]string{"protocol": Protocol(rules), "invariants": Invariants(e)} {
		header := 0
		for line := range strings.Lines(text) {
			if !strings.HasPrefix(line, "|") {
				header = 0
				continue
			}
			cells := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
			if header == 0 {
				header = cells
			}
			assert.Equal(t, header, cells, "%s: %s", name, line)
		}
		assert.NotContains(t, text, "<script>")
		assert.NotContains(t, text, "<b>")
	}
}

// The beginning says what the evidence says, and no more.
func TestTheIntroductionCounts(t *testing.T) {
	e := sample(t)
	text := Invariants(e)
	assert.Contains(t, text, "Of the 25 promises below the product as shipped breaks 0; with 6 mechanisms of\nprotection added, 25 of them are kept")
	assert.Contains(t, text, "in 3 small set-ups, of up to 1,234 states each")
	assert.Contains(t, text, "With the protection, no set-up breaks any of them.")

	violate(e, 2, 1, "incoming-drains", 5)
	violate(e, 0, 1, "noticed-before-sent", 5) // too strong: it was not promised
	e.Scenarios[1].Under[0].Verdicts["sites-converge"] = Verdict{Outcome: check.Inconclusive}
	for i := range e.Scenarios {
		e.Scenarios[i].Under[0].Verdicts["sent-once"] = Verdict{Outcome: check.Inconclusive}
	}
	text = Invariants(e)
	assert.Contains(t, text, "the product as shipped breaks 1; with 6 mechanisms of\nprotection added, 24 of them are kept", "what is never shown to hold is not kept")
	assert.Contains(t, text, "With the protection, too, the set-up `late\\|status` breaks [`incoming-drains`](#incoming-drains). one two \\| \\[three\\](four)")
	assert.NotContains(t, text, "no set-up breaks any")
}

// What becomes of a claim in the scenarios without a column is summed up, the
// shortest counterexample with its scenario.
func TestTheOtherScenariosAreSummedUp(t *testing.T) {
	e := sample(t)
	e.Scenarios = append(e.Scenarios, sample(t).Scenarios[2], sample(t).Scenarios[2])
	e.Scenarios[3].Scenario.Name = "soonest"
	claim := func(name string) props.Claim {
		c, err := props.Find(name)
		require.NoError(t, err)
		return c
	}
	drains, situation, strong := claim("incoming-drains"), claim("metadata-first"), claim("accepted-served-exactly")
	assert.Equal(t, "holds in 3", e.elsewhere(drains, 0))
	violate(e, 2, 0, drains.Name, 9)
	violate(e, 3, 0, drains.Name, 1)
	assert.Equal(t, "**violated** in 2, at the earliest after 1 step in `soonest`; holds in 1", e.elsewhere(drains, 0))
	e.Scenarios[4].Under[0].Verdicts[drains.Name] = Verdict{Outcome: check.Inconclusive}
	assert.Equal(t, "**violated** in 2, at the earliest after 1 step in `soonest`; inconclusive in 1", e.elsewhere(drains, 0))
	violate(e, 3, 0, strong.Name, 4)
	assert.Equal(t, "too strong in 1, at the earliest after 4 steps in `soonest`; holds in 2", e.elsewhere(strong, 0))
	e.Scenarios[2].Under[0].Verdicts[situation.Name] = Verdict{Outcome: check.Inconclusive}
	e.Scenarios[3].Under[0].Verdicts[situation.Name] = Verdict{Outcome: check.Holds, Length: 6}
	e.Scenarios[4].Under[0].Verdicts[situation.Name] = Verdict{Outcome: check.Holds, Length: 8}
	assert.Equal(t, "reached in 2, at the earliest after 6 steps in `soonest`; not reached in 1", e.elsewhere(situation, 0))
}

func TestNeedsKillsAndCounterexamplesAreTold(t *testing.T) {
	text := Invariants(sample(t))
	_, section, _ := strings.Cut(text, "\n### incoming-drains\n")
	section, _, _ = strings.Cut(section, "\n### ")
	assert.Contains(t, section, "in `article`: `exclusive-source`, `rescan-timer`, `staged-write`, `drop-older-content`, `journal`, `retry-dp` (nothing can be left out).")
	assert.Contains(t, section, "3, of which 1 violate no other property")
	assert.Contains(t, section, "[`kept`](../fixtures/counterexamples/kept.txtar), under `sms20`, 2+3 steps")
	assert.Equal(t, 1, strings.Count(text, "no set of them is enough in `article`"))
	assert.Equal(t, 1, strings.Count(text, "none; the product as shipped violates it in no scenario that was explored"))
}

// What each claim needs: in the article's scenario every set is judged, and what
// nothing violates there is asked of another.
func TestWhatClaimsNeed(t *testing.T) {
	e := &Evidence{Designs: []model.Design{model.SMS20}, Needs: map[string]Need{}}
	for _, name := range []string{"cannot-apply", "late-status"} {
		explored, err := explore(t.Context(), name, e.Designs, check.Options{})
		require.NoError(t, err)
		e.Scenarios = append(e.Scenarios, explored)
	}
	late := e.Scenarios[1].Under[0].Verdicts
	e.Scenarios[1].Under[0].Verdicts = map[string]Verdict{ // one claim, for each takes its time
		"status-never-goes-back": late["status-never-goes-back"],
	}
	require.NoError(t, e.need(t.Context(), check.Options{}, func(string) {}))
	timer, wakes := model.Mechanisms(model.RescanTimer), model.Mechanisms(model.LatchedNotification, model.RescanOnDone)
	assert.Equal(t, Need{Scenario: "cannot-apply", Sets: []model.MechanismSet{timer, wakes}}, e.Needs["incoming-drains"])
	assert.Equal(t, Need{Scenario: "late-status", Smallest: true}, e.Needs["status-never-goes-back"])
	assert.Equal(t, Need{}, e.Needs["sent-once"])
	assert.NotContains(t, e.Needs, "content-first", "a situation needs nothing")
}

// Nothing is written from what was cut.
func TestWhatIsCutIsNotWritten(t *testing.T) {
	_, err := Gather(t.Context(), check.Options{MaxStates: 50}, func(string) {})
	require.ErrorIs(t, err, ErrCut)
	assert.Contains(t, err.Error(), "scenario article, design sms20")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = Gather(ctx, check.Options{}, func(string) {})
	require.ErrorIs(t, err, ErrCut)
}

func TestTheMutantsAreCurrent(t *testing.T) {
	kept, err := mutant.Kept()
	require.NoError(t, err)
	assert.Equal(t, file(t, mutantsFile), Mutants(kept), again)
	for _, k := range kept.Killers() {
		rest := fmt.Sprintf("**Mutants that it kills:** %d, of which %d violate no other", k.Kills, k.Alone)
		_, section, _ := strings.Cut(file(t, invariantsFile), "\n### "+k.Property+"\n")
		section, _, _ = strings.Cut(section, "\n### ")
		assert.True(t, strings.Contains(section, rest), "%s: %s; %s", k.Property, rest, again)
	}
}

// Every kind of property is told of, and what is none is not passed over.
func TestEveryKindIsTold(t *testing.T) {
	kind := check.KindAlways
	for ; !strings.HasPrefix(kind.String(), "Kind("); kind++ {
		assert.Regexp(t, "^"+kind.String()+": it (is claimed of|must be)", kindOf(props.Claim{Kind: kind}))
	}
	assert.Panics(t, func() { kindOf(props.Claim{Kind: kind}) })
}

// What is drawn at a glance is true: who is drawn as changing something has a rule
// that changes it, and so with looking.
func TestThePictureShowsWhatTheRulesDo(t *testing.T) {
	all := touches(model.Rules())
	groups, edges := picture()
	nodes := map[string]node{}
	for _, g := range groups {
		for _, n := range g.nodes {
			nodes[n.id] = n
		}
	}
	drawn := map[string]bool{}
	for _, e := range edges {
		from, to := nodes[e.from], nodes[e.to]
		drawn[e.from], drawn[e.to] = true, true
		switch {
		case from.actor != 0 && to.actor != 0: // it starts a thread
			assert.Equal(t, model.ActorPackageThread, to.actor)
			assert.True(t, all[from.actor]["package thread"].changes, "%v", e)
		case from.actor != 0:
			assert.True(t, all[from.actor][to.field].changes, "%v: no rule of %s changes %s", e, from.actor, to.field)
		case to.actor != 0:
			assert.True(t, all[to.actor][from.field].reads, "%v: no rule of %s reads %s", e, to.actor, from.field)
		default: // on its way up
			assert.Equal(t, edge{"status", "reported"}, e)
			assert.True(t, all[model.ActorPackageThread][from.field].reads && all[model.ActorPackageThread][to.field].changes)
		}
	}
	assert.Len(t, drawn, len(nodes), "every node has an edge")
}

// Every source that a rule or a claim names is told of, and everything that is
// told of is named by one.
func TestEverySourceIsTold(t *testing.T) {
	cited := map[string]bool{}
	look := func(name, source string) {
		facts := model.Cited(source)
		if strings.Contains(source, "our choice") {
			return
		}
		mechanism, is := strings.CutPrefix(source, "mechanism ")
		if is {
			_, err := model.ParseDesign(mechanism)
			assert.NoError(t, err, name)
			return
		}
		assert.NotEmpty(t, facts, "%s: %s", name, source)
		for _, f := range facts {
			cited[f] = true
			assert.NotEmpty(t, said(f), "%s: %s", name, f)
		}
	}
	for _, r := range model.Rules() {
		for _, origin := range r.Origins() {
			if origin.Source != "" {
				look(r.Name, origin.Source)
			}
		}
	}
	for _, c := range props.All() {
		look(c.Name, c.Source)
	}
	for _, f := range model.Facts() {
		assert.True(t, cited[f.Name], "nobody names %s", f.Name)
		assert.Regexp(t, `^[A-Z].*\.$`, f.Says, f.Name)
	}
}

// The same evidence makes the same text.
func TestDocumentsAreReproducible(t *testing.T) {
	e := sample(t)
	assert.Equal(t, Invariants(e), Invariants(e))
	assert.Equal(t, Protocol(model.Rules()), Protocol(model.Rules()))
}

// Links lead to files and sections that are there.
func TestLinksLeadSomewhere(t *testing.T) {
	for _, path := range []string{protocolFile, invariantsFile} {
		text := file(t, path)
		links := regexp.MustCompile(`\]\(([^)]+)\)`).FindAllStringSubmatch(text, -1)
		require.NotEmpty(t, links)
		for _, l := range links {
			if section, ok := strings.CutPrefix(l[1], "#"); ok {
				assert.True(t, strings.Contains(text, "\n### "+section+"\n"), "%s: no section %s", path, section)
				continue
			}
			_, err := os.Stat(filepath.Join(filepath.Dir(path), l[1]))
			assert.NoError(t, err, path)
		}
	}
}
