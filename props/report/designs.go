package report

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/dustin/go-humanize"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check/show"
	"pkgdist/props/lattice"
	"pkgdist/props/scenario"
)

// most is how many sets of a kind are listed.
const most = 12

// Designs writes which sets of mechanisms are enough, and what each mechanism is
// for. The failures are of the largest sets that are not enough.
func Designs(w io.Writer, l *lattice.Lattice, failures []lattice.Failure) {
	fmt.Fprintf(w, "%s sets of %d mechanisms, judged by %s:\n%s were explored, %s take the same steps as one of these, %s were refuted by traces of others.\n",
		humanize.Comma(lattice.NumSets), model.NumMechanisms, show.Count(len(l.Claims), "property", "properties"), number(l.Searched), number(l.Alike), number(l.Refuted))
	if n := l.Undecided(); n > 0 {
		fmt.Fprintf(w, "Inconclusive: %s, of which nothing is violated and not everything holds%s.\n", show.Count(n, "set", "sets"), because(l.Stopped))
	}
	minimal := l.Minimal()
	enough(w, l, minimal)
	purposes(w, l, minimal)
	notEnough(w, l, failures)
	onlyTheArticle(w, l)
	if worse := l.Worse(); len(worse) > 0 {
		fmt.Fprintf(w, "\nMore is not always better. These are not enough, and would be with one mechanism less:\n")
		sets(w, worse)
	}
}

func number(n int) string { return humanize.Comma(int64(n)) }

func because(reason string) string {
	if reason == "" {
		return ""
	}
	return " (" + reason + ")"
}

func enough(w io.Writer, l *lattice.Lattice, minimal []model.MechanismSet) {
	n := len(lattice.Sets(l.Sufficient))
	if n == 0 {
		fmt.Fprintf(w, "\nNo set is enough.\n")
		always := ^lattice.ClaimSet(0)
		for _, v := range l.Sets {
			always &= v.Violated
		}
		if names := l.Names(always); len(names) > 0 {
			list(w, "Under every set fails: ", names)
		}
		return
	}
	fmt.Fprintf(w, "\n%s enough. The smallest, of which nothing can be left out:\n", setsAre(n))
	sets(w, minimal)
}

// Smallest writes the smallest sets that are enough in all of the scenarios.
func Smallest(w io.Writer, scenarios []*scenario.Scenario, found []model.MechanismSet, tried int) {
	var names []string
	for _, sc := range scenarios {
		names = append(names, sc.Name)
	}
	list(w, "Scenarios: ", names)
	if len(found) == 0 {
		fmt.Fprintf(w, "Of %s that were tried, none is enough.\n", show.Count(tried, "set", "sets"))
		return
	}
	fmt.Fprintf(w, "The smallest that are enough in each of them, with every property that counts there:\n")
	sets(w, found)
	fmt.Fprintf(w, "%s that are smaller, or as small, fail.\n", show.Count(tried-len(found), "other set", "other sets"))
}

// sets lists sets, one a line.
func sets(w io.Writer, list []model.MechanismSet) {
	for i, set := range list {
		if i == most {
			fmt.Fprintf(w, "  and %d more\n", len(list)-most)
			return
		}
		fmt.Fprintf(w, "  %s%s\n", set.String(), known(set))
	}
}

// known adds the name of a design that has one.
func known(set model.MechanismSet) string {
	for _, d := range model.Designs() {
		if d.Policy == model.Eager && d.Mechanisms == set {
			return " (" + d.Name + ")"
		}
	}
	return ""
}

// purposes tells of each mechanism which properties need it, or what can stand in
// for it in a smallest set.
func purposes(w io.Writer, l *lattice.Lattice, minimal []model.MechanismSet) {
	fmt.Fprintf(w, "\nWhat each mechanism is for:\n")
	var idle []string
	for _, m := range model.AllMechanisms() {
		needs := l.Needs(m)
		i := slices.IndexFunc(minimal, func(set model.MechanismSet) bool { return set.Has(m) })
		switch {
		case len(needs) > 0:
			fmt.Fprintf(w, "  %s\n", m)
			list(w, "    without it, whatever else is on, fails: ", needs)
		case i >= 0:
			fmt.Fprintf(w, "  %s\n    in %s\n", m, minimal[i])
			standIns(w, "    instead of it: ", l.StandIns(minimal[i], m))
		default:
			idle = append(idle, m.String())
		}
	}
	if len(idle) > 0 {
		list(w, "  in no smallest set: ", idle)
	}
}

// list writes names, separated by commas, in lines that fit a terminal.
func list(w io.Writer, lead string, names []string) {
	paragraph(w, lead, strings.Join(names, ", "))
}

func standIns(w io.Writer, lead string, sets []model.MechanismSet) {
	words := []string{"nothing"}
	for i, set := range sets {
		if i == 0 {
			words = nil
		} else {
			words = append(words, "or")
		}
		words = append(words, set.String())
	}
	show.Wrap(w, show.DefaultWidth, lead, words)
}

// notEnough tells of the largest sets that are not enough what they lack, and how
// that goes wrong.
func notEnough(w io.Writer, l *lattice.Lattice, failures []lattice.Failure) {
	if len(failures) > 0 {
		fmt.Fprintf(w, "\nNot enough, whatever else is on:\n")
	}
	for i, f := range failures {
		if i == most {
			fmt.Fprintf(w, "\n  and %d more\n", len(failures)-most)
			return
		}
		trace, loop := f.Trace()
		fmt.Fprintf(w, "\n  without %v:\n", ^f.Set&(lattice.NumSets-1))
		list(w, "    fails: ", l.Names(l.Sets[f.Set].Violated))
		fmt.Fprintf(w, "    at the earliest %s%s, after %s:\n", f.Claim.Name, inScenario(l, f), length(f.Claim, len(trace.Steps), loop))
		for i, step := range trace.Steps {
			if f.Claim.Kind.Liveness() && i == loop {
				fmt.Fprintf(w, "         for ever:\n")
			}
			fmt.Fprintf(w, "    %3d. %s\n", i+1, f.Run.System.Format(step))
		}
		paragraph(w, "      => ", f.Wrong())
	}
}

func length(c props.Claim, steps, loop int) string {
	if !c.Kind.Liveness() {
		loop = steps
	}
	return show.Length(steps, loop)
}

func inScenario(l *lattice.Lattice, f lattice.Failure) string {
	if f.Run.Scenario.Name == l.Scenario {
		return ""
	}
	return " in " + f.Run.Scenario.Name
}

func onlyTheArticle(w io.Writer, l *lattice.Lattice) {
	minimal, n, judged := l.OnlyTheArticle()
	switch {
	case !judged:
		return
	case n == 0:
		fmt.Fprintf(w, "\nEvery set that satisfies the article's two claims satisfies the rest.\n")
		return
	}
	fmt.Fprintf(w, "\n%s enough for the article's two claims and not for the rest. The smallest:\n", setsAre(n))
	for i, set := range minimal {
		if i == most {
			fmt.Fprintf(w, "  and %d more\n", len(minimal)-most)
			return
		}
		fmt.Fprintf(w, "  %v\n", set)
		list(w, "    fails: ", l.Names(l.Sets[set].Violated))
	}
}

// The JSON object is an interface: its keys stay.
type (
	latticeDocument struct {
		Scenario   string              `json:"scenario"`
		Mechanisms []string            `json:"mechanisms"`
		Properties []string            `json:"properties"`
		Designs    []latticeDesign     `json:"designs"`
		Minimal    [][]string          `json:"minimal"`
		Needs      map[string][]string `json:"needs"`
	}
	latticeDesign struct {
		Mechanisms   []string `json:"mechanisms"`
		Violated     []string `json:"violated"`
		Inconclusive []string `json:"inconclusive"`
	}
)

// DesignsJSON writes one object with the verdicts under every set.
func DesignsJSON(w io.Writer, l *lattice.Lattice) error {
	doc := latticeDocument{
		Scenario: l.Scenario, Mechanisms: mechanismNames(lattice.NumSets - 1), Properties: claimNames(l.Claims),
		Minimal: [][]string{}, Needs: map[string][]string{},
	}
	for set, v := range l.Sets {
		doc.Designs = append(doc.Designs, latticeDesign{mechanismNames(model.MechanismSet(set)), l.Names(v.Violated), l.Names(v.Inconclusive)})
	}
	for _, set := range l.Minimal() {
		doc.Minimal = append(doc.Minimal, mechanismNames(set))
	}
	for _, m := range model.AllMechanisms() {
		doc.Needs[m.String()] = l.Needs(m)
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(doc)
}

func mechanismNames(set model.MechanismSet) []string {
	names := []string{}
	for _, m := range set.List() {
		names = append(names, m.String())
	}
	return names
}

func claimNames(claims []props.Claim) []string {
	names := []string{}
	for _, c := range claims {
		names = append(names, c.Name)
	}
	return names
}
