package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check/show"
	"pkgdist/props/lattice"
	"pkgdist/props/scenario"
)

// most is how many sets of a kind are listed.
const most = 12

// Designs writes which sets of mechanisms are enough, and what each mechanism is
// for. The failures are of the largest sets that are not enough. Where verdicts are
// missing it says so first, and claims nothing that rests on them.
func Designs(w io.Writer, scenarios []*scenario.Scenario, l *lattice.Lattice, failures []lattice.Failure) {
	if n := l.Undecided(); n > 0 {
		paragraph(w, "", fmt.Sprintf("Inconclusive: %s, under which not every verdict is known%s. What is said below is true of the others; what depends on these is said to be not known.",
			show.Count(n, "set", "sets"), because(l.Stopped)))
	}
	for _, sc := range scenarios {
		fmt.Fprintf(w, "Scenario %s: %s (%s)\n", sc.Name, sc.Title, sc.Source)
	}
	fmt.Fprintf(w, "%s sets of %d mechanisms, judged by %s:\n%s were explored, %s take the same steps as one of these, %s were refuted by traces of others",
		show.Number(lattice.NumSets), model.NumMechanisms, show.Count(len(l.Claims), "property", "properties"), show.Number(l.Searched), show.Number(l.Alike), show.Number(l.Refuted))
	if l.Unreached > 0 {
		fmt.Fprintf(w, ", %s were not reached", show.Number(l.Unreached))
	}
	fmt.Fprintln(w, ".")
	minimal := l.Minimal()
	enough(w, l, minimal)
	harms(w, l, minimal)
	purposes(w, l, minimal)
	notEnough(w, l, failures)
	onlyTheArticle(w, l)
	if worse := l.Worse(); len(worse) > 0 {
		fmt.Fprintf(w, "\nMore is not always better. These are not enough, and would be with one mechanism less:\n")
		sets(w, worse)
	}
}

func because(reason string) string {
	if reason == "" {
		return ""
	}
	return " (" + reason + ")"
}

func enough(w io.Writer, l *lattice.Lattice, minimal []model.MechanismSet) {
	n := len(lattice.Sets(l.Sufficient))
	open := l.OpenMinimal()
	switch {
	case n > 0:
		fmt.Fprintf(w, "\n%s enough.", setsAre(n, l.Undecided()))
	case len(open) > 0:
		fmt.Fprintf(w, "\nNo set is known to be enough.\n")
	default:
		fmt.Fprintf(w, "\nNo set is enough.\n")
		always := ^lattice.ClaimSet(0)
		for _, v := range l.Sets {
			always &= v.Violated
		}
		if names := l.Names(always); len(names) > 0 {
			list(w, "Under every set fails: ", names)
		}
	}
	switch {
	case len(minimal) > 0 && len(open) > 0:
		fmt.Fprintf(w, " Of these nothing can be left out:\n")
	case len(minimal) > 0:
		fmt.Fprintf(w, " The smallest, of which nothing can be left out:\n")
	case n > 0:
		fmt.Fprintln(w)
	}
	sets(w, minimal)
	if larger := l.PerhapsSmaller(); len(larger) > 0 {
		fmt.Fprintf(w, "Enough, and not known whether something can be left out:\n")
		sets(w, larger)
	}
	if len(open) > 0 {
		fmt.Fprintf(w, "Not known whether enough, while every part is not:\n")
		sets(w, open)
	}
}

// harms tells which sets are enough against what harms somebody. A claim about how
// the components work can ask for a mechanism by which nobody else is served.
func harms(w io.Writer, l *lattice.Lattice, minimal []model.MechanismSet) {
	alone := l.MinimalFor(props.HarmNames()...)
	if len(alone) == 0 || slices.Equal(alone, minimal) {
		return
	}
	fmt.Fprintf(w, "Against the harms alone (torn, stuck, lost, gone back), the smallest are:\n")
	sets(w, alone)
}

// setsAre counts sets, of which there may be so many more.
func setsAre(n, more int) string {
	text := show.Count(n, "set is", "sets are")
	if more > 0 {
		return "At least " + text
	}
	return text
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

func sets(w io.Writer, list []model.MechanismSet) {
	first(w, list, "", func(set model.MechanismSet) { fmt.Fprintf(w, "  %s%s\n", set.String(), known(set)) })
}

// first lists the first of a kind, and says how many more there are.
func first[T any](w io.Writer, list []T, lead string, write func(T)) {
	for _, item := range list[:min(len(list), most)] {
		write(item)
	}
	if more := len(list) - most; more > 0 {
		fmt.Fprintf(w, "%s  and %d more\n", lead, more)
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
	var idle, unknown []string
	for _, m := range model.AllMechanisms() {
		needs := l.Needs(m)
		i := slices.IndexFunc(minimal, func(set model.MechanismSet) bool { return set.Has(m) })
		switch {
		case len(needs) > 0:
			fmt.Fprintf(w, "  %s\n", m)
			list(w, "    without it, whatever else is on, fails: ", needs)
		case i >= 0:
			fmt.Fprintf(w, "  %s\n    in %s\n", m, minimal[i])
			standIns(w, l, minimal[i], m)
		case l.InMinimal(m):
			unknown = append(unknown, m.String())
		default:
			idle = append(idle, m.String())
		}
	}
	if len(idle) > 0 {
		list(w, "  in no smallest set: ", idle)
	}
	if len(unknown) > 0 {
		list(w, "  not known whether in a smallest set: ", unknown)
	}
}

func list(w io.Writer, lead string, names []string) {
	paragraph(w, lead, strings.Join(names, ", "))
}

func standIns(w io.Writer, l *lattice.Lattice, repair model.MechanismSet, m model.Mechanism) {
	proven, open := l.StandIns(repair, m)
	var words []string
	for _, set := range proven {
		words = append(words, set.String(), "or")
	}
	switch {
	case len(open) > 0 && len(proven) > 0:
		words = append(words, "not known what else")
	case len(open) > 0:
		words = []string{"not known"}
	case len(proven) > 0:
		words = words[:len(words)-1]
	default:
		words = []string{"nothing"}
	}
	show.Wrap(w, show.DefaultWidth, "    instead of it: ", words)
}

// notEnough tells of the largest sets that are not enough what they lack, and how
// that goes wrong.
func notEnough(w io.Writer, l *lattice.Lattice, failures []lattice.Failure) {
	if len(failures) > 0 {
		fmt.Fprintf(w, "\nNot enough, with all else on:\n")
	}
	first(w, failures, "\n", func(f lattice.Failure) {
		fmt.Fprintf(w, "\n  without %v:\n", lattice.All&^f.Set)
		list(w, "    fails: ", l.Names(l.Sets[f.Set].Violated))
		if open := l.Names(l.Sets[f.Set].Inconclusive); len(open) > 0 {
			list(w, "    not known: ", open)
		}
		shortest(w, l, f)
	})
}

func shortest(w io.Writer, l *lattice.Lattice, f lattice.Failure) {
	if f.Cut != "" {
		fmt.Fprintf(w, "    how soon is not known: %s\n", f.Cut)
		return
	}
	fmt.Fprintf(w, "    at the earliest %s%s, after %s:\n", f.Claim.Name, inScenario(l, f), show.Length(len(f.Trace.Steps), f.Loop))
	for i, step := range f.Trace.Steps {
		if i == f.Loop {
			fmt.Fprintf(w, "         for ever:\n")
		}
		fmt.Fprintf(w, "    %3d. %s\n", i+1, f.System.Format(step))
	}
	paragraph(w, "      => ", f.Wrong)
}

func inScenario(l *lattice.Lattice, f lattice.Failure) string {
	if f.Scenario == l.Scenario {
		return ""
	}
	return " in " + f.Scenario
}

func onlyTheArticle(w io.Writer, l *lattice.Lattice) {
	only, judged := l.OnlyTheArticle()
	switch {
	case !judged:
		return
	case only.Count > 0:
		fmt.Fprintf(w, "\n%s enough for the article's two claims and not for the rest.", setsAre(only.Count, only.Open))
	case only.Open > 0:
		fmt.Fprintf(w, "\nNot known whether a set is enough for the article's two claims and not for the rest.")
	default:
		fmt.Fprintf(w, "\nEvery set that satisfies the article's two claims satisfies the rest.")
	}
	if len(only.Minimal) > 0 {
		fmt.Fprint(w, " The smallest:")
	}
	fmt.Fprintln(w)
	first(w, only.Minimal, "", func(set model.MechanismSet) {
		fmt.Fprintf(w, "  %v\n", set)
		list(w, "    fails: ", l.Names(l.Sets[set].Violated))
	})
}

// The JSON object is an interface: its keys stay.
type (
	latticeDocument struct {
		Scenario   string   `json:"scenario"`
		Mechanisms []string `json:"mechanisms"`
		Properties []string `json:"properties"`
		// Complete: every verdict is known. Where it is false, Minimal and Needs have
		// what is proven all the same, and need not have all.
		Complete    bool                `json:"complete"`
		Stopped     string              `json:"stopped,omitempty"`
		Undecided   int                 `json:"undecided"` // designs with something inconclusive
		Designs     []latticeDesign     `json:"designs"`
		Minimal     [][]string          `json:"minimal"`
		OpenMinimal [][]string          `json:"open_minimal"` // not known to be enough, while every part is known not to be
		Needs       map[string][]string `json:"needs"`
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
		Scenario: l.Scenario, Mechanisms: mechanismNames(lattice.All), Properties: l.Names(^lattice.ClaimSet(0)),
		Complete: l.Undecided() == 0, Stopped: l.Stopped, Undecided: l.Undecided(),
		Minimal: setNames(l.Minimal()), OpenMinimal: setNames(l.OpenMinimal()), Needs: map[string][]string{},
	}
	for set, v := range l.Sets {
		doc.Designs = append(doc.Designs, latticeDesign{mechanismNames(model.MechanismSet(set)), l.Names(v.Violated), l.Names(v.Inconclusive)})
	}
	for _, m := range model.AllMechanisms() {
		doc.Needs[m.String()] = l.Needs(m)
	}
	return show.WriteJSON(w, "  ", doc)
}

func setNames(sets []model.MechanismSet) [][]string {
	names := [][]string{}
	for _, set := range sets {
		names = append(names, mechanismNames(set))
	}
	return names
}

func mechanismNames(set model.MechanismSet) []string {
	names := []string{}
	for _, m := range set.List() {
		names = append(names, m.String())
	}
	return names
}
