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
	"pkgdist/props/shard"
)

// How many sets of a kind, and properties in a row, are listed: in full, and on a
// screen.
const (
	most, mostOnScreen           = 12, 3
	mostNames, mostNamesOnScreen = 64, 2
)

// A designsReport is what is written about a lattice, and how much of it.
type designsReport struct {
	writer
	*lattice.Lattice
	minimal         []model.MechanismSet
	most, mostNames int
}

// Designs writes the answer on one screen: which sets of mechanisms are enough, what
// each mechanism is for, and what to type next. Where verdicts are missing it says
// so first, and claims nothing that rests on them.
func (s Screen) Designs(w io.Writer, scenarios []*scenario.Scenario, l *lattice.Lattice) error {
	r := designsReport{s.writer(w), l, l.Minimal(), mostOnScreen, mostNamesOnScreen}
	r.answer(scenarios)
	at := at(scenarios...)
	r.line("")
	rows := [][2]string{{"designs" + at + " --all", "what fails, how"}}
	if len(r.minimal) > 0 && len(scenarios) == 1 {
		rows = append(rows, [2]string{"check" + at + " --design " + r.minimal[0].String(), "the first of these"})
	}
	r.commands(append(rows, [2]string{"check --list", "all mechanisms"}))
	return r.err
}

// AllDesigns writes that in full, and the stories of the largest sets that are not
// enough.
func (s Screen) AllDesigns(w io.Writer, scenarios []*scenario.Scenario, l *lattice.Lattice, failures []lattice.Failure) error {
	r := designsReport{s.writer(w), l, l.Minimal(), most, mostNames}
	r.answer(scenarios)
	r.line("")
	took := l.Total()
	r.wrap("", fmt.Sprintf("Judged by %s. %s were explored, %s take the same steps as one of these, %s were refuted by traces of others, %s were not reached.",
		show.Count(len(l.Claims), "property", "properties"), show.Count(took.Searched, "set", "sets"), show.Number(took.Alike), show.Number(took.Refuted), show.Number(took.Unreached)))
	r.onlyTheArticle()
	if worse := l.Worse(); len(worse) > 0 {
		r.line("")
		r.sets("More is not always better. These are not enough, and would be with one mechanism less:", worse)
	}
	for _, f := range failures[:min(len(failures), most)] {
		r.failure(f)
	}
	if more := len(failures) - most; more > 0 {
		r.line(fmt.Sprintf("\nand %d more sets that are not enough", more))
	}
	return r.err
}

func (r *designsReport) answer(scenarios []*scenario.Scenario) {
	if n := r.Undecided(); n > 0 {
		why := ""
		if stopped := r.Total().Stopped; stopped != "" {
			why = " (" + stopped + ")"
		}
		r.wrap("", fmt.Sprintf("Inconclusive: %s, under which not every verdict is known%s. What is said below is true of the others; what depends on these is said to be not known.",
			show.Count(n, "set", "sets"), why))
	}
	for _, sc := range scenarios {
		if len(scenarios) <= r.most {
			r.wrap("", sc.Heading())
		}
	}
	if len(scenarios) > r.most {
		r.list("Scenarios: ", scenarioNames(scenarios))
	}
	r.line("")
	r.enough()
	r.harms()
	r.purposes()
}

func scenarioNames(scenarios []*scenario.Scenario) []string {
	var names []string
	for _, sc := range scenarios {
		names = append(names, sc.Name)
	}
	return names
}

func (r *designsReport) enough() {
	n := len(lattice.Sets(r.Sufficient))
	open := r.OpenMinimal()
	text := ""
	switch {
	case n > 0:
		text = fmt.Sprintf("Of %s sets of %d mechanisms, %s enough.", show.Number(lattice.NumSets), model.NumMechanisms, are(n, r.Undecided()))
	case len(open) > 0:
		text = "No set is known to be enough."
	default:
		text = "No set is enough."
		always := ^lattice.ClaimSet(0)
		for _, v := range r.Lattice.Sets {
			always &= v.Violated
		}
		if names := r.Names(always); len(names) > 0 {
			text += " Under every set fails: " + r.few(names)
		}
	}
	switch {
	case len(r.minimal) > 0 && len(open) > 0:
		text += " Of these nothing can be left out:"
	case len(r.minimal) > 0:
		text += " The smallest:"
	}
	r.sets(text, r.minimal)
	if larger := r.PerhapsSmaller(); len(larger) > 0 {
		r.sets("Enough, and not known whether something can be left out:", larger)
	}
	if len(open) > 0 {
		r.sets("Not known whether enough, while every part is not:", open)
	}
}

// harms tells which sets are enough against what harms somebody. A claim about how
// the components work can ask for a mechanism by which nobody else is served.
func (r *designsReport) harms() {
	also := slices.DeleteFunc(r.MinimalFor(props.HarmNames()...), func(set model.MechanismSet) bool { return slices.Contains(r.minimal, set) })
	switch {
	case len(also) == 0:
	case len(r.minimal) == 0:
		r.sets("Against the harms alone (torn, stuck, lost, gone back) these are enough:", also)
	default:
		r.sets("Against the harms alone (torn, stuck, lost, gone back) these are enough too:", also)
	}
}

// are counts sets, of which there may be so many more.
func are(n, more int) string {
	text := show.Number(n) + " are"
	if n == 1 {
		text = "1 is"
	}
	if more > 0 {
		return "at least " + text
	}
	return text
}

// Smallest writes the smallest sets that are enough in all of the scenarios.
func (s Screen) Smallest(w io.Writer, scenarios []*scenario.Scenario, found []model.MechanismSet, tried int) error {
	r := designsReport{writer: s.writer(w), most: most, mostNames: mostNames}
	r.list("Scenarios: ", scenarioNames(scenarios))
	if len(found) == 0 {
		r.line(fmt.Sprintf("Of %s that were tried, none is enough.", show.Count(tried, "set", "sets")))
		return r.err
	}
	r.sets("The smallest that are enough in each of them, with every property that counts there:", found)
	r.line(fmt.Sprintf("%s that are smaller, or as small, fail.", show.Count(tried-len(found), "other set", "other sets")))
	return r.err
}

// sets lists the first of some sets below a text, each on a line of its own where it
// fits one, so that it can be copied.
func (r *designsReport) sets(text string, list []model.MechanismSet) {
	r.wrap("", text)
	for _, set := range list[:min(len(list), r.most)] {
		name := set.String() + known(set)
		if len(name)+2 > r.width {
			name = strings.ReplaceAll(name, "+", " + ")
		}
		r.wrap("  ", name)
	}
	if more := len(list) - r.most; more > 0 {
		r.line(fmt.Sprintf("  and %d more", more))
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
func (r *designsReport) purposes() {
	r.line("\nWhat each mechanism is for:")
	var idle, unknown []string
	for _, m := range model.AllMechanisms() {
		needs := r.Needs(m)
		i := slices.IndexFunc(r.minimal, func(set model.MechanismSet) bool { return set.Has(m) })
		lead := fmt.Sprintf("  %-20s  ", m)
		switch {
		case len(needs) > 0:
			r.wrap(lead, "needed: without it fails "+r.few(needs))
		case i >= 0:
			r.wrap(lead, r.standIns(r.minimal[i], m))
		case r.InMinimal(m):
			unknown = append(unknown, m.String())
		default:
			idle = append(idle, m.String())
		}
	}
	if len(r.minimal)+len(unknown) > 0 {
		r.list("  in no smallest set: ", idle)
	}
	r.list("  not known whether in a smallest set: ", unknown)
}

// few joins the first of some names, and counts the rest.
func (r *designsReport) few(names []string) string {
	text := strings.Join(names[:min(len(names), r.mostNames)], ", ")
	if more := len(names) - r.mostNames; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

func (r *designsReport) standIns(repair model.MechanismSet, m model.Mechanism) string {
	proven, open := r.StandIns(repair, m)
	var names []string
	for _, set := range proven {
		names = append(names, set.String())
	}
	switch text := "can be replaced by " + strings.Join(names, " or "); {
	case len(open) > 0 && len(proven) > 0:
		return text + "; not known what else"
	case len(open) > 0:
		return "not known what can replace it"
	case len(proven) > 0:
		return text
	}
	return "nothing can replace it"
}

// failure tells what a large set that is not enough lacks, and how that goes wrong.
func (r *designsReport) failure(f lattice.Failure) {
	heading := fmt.Sprintf("Not enough, with all on but %v", lattice.All&^f.Set)
	r.line("")
	r.wrap("", heading)
	r.line(strings.Repeat("-", min(len(heading), r.width)))
	r.list("Fails: ", r.Names(r.Lattice.Sets[f.Set].Violated))
	r.list("Not known: ", r.Names(r.Lattice.Sets[f.Set].Inconclusive))
	if f.Cut != "" {
		r.wrap("", "How soon is not known: "+f.Cut)
		return
	}
	in := ""
	if f.Scenario != r.Scenario() {
		in = " in " + f.Scenario
	}
	loop := len(f.Story.Steps)
	if f.Story.Forever {
		loop = f.Story.Loop
	}
	r.wrap("", fmt.Sprintf("The first to fail is %s%s, after %s:", f.Claim.Name, in, show.Length(len(f.Story.Steps), loop)))
	r.line("")
	if r.err == nil {
		r.err = show.Text{Width: r.width}.Story(r.w, f.Story)
	}
}

func (r *designsReport) onlyTheArticle() {
	only, judged := r.OnlyTheArticle()
	text := "Every set that satisfies the article's two claims satisfies the rest."
	switch {
	case !judged:
		return
	case only.Count > 0:
		text = are(only.Count, only.Open) + " enough for the article's two claims and not for the rest."
		text = strings.ToUpper(text[:1]) + text[1:]
	case only.Open > 0:
		text = "Not known whether a set is enough for the article's two claims and not for the rest."
	}
	if len(only.Minimal) > 0 {
		text += " The smallest:"
	}
	r.sets(text, only.Minimal)
}

// The JSON object is an interface: its keys stay.
type (
	latticeDocument struct {
		Shard      *shard.Header `json:"shard,omitempty"` // then Designs has only its sets, and of the others nothing is known
		Scenario   string        `json:"scenario"`
		Mechanisms []string      `json:"mechanisms"`
		Properties []string      `json:"properties"`
		// Complete: every verdict is known. Where it is false, Minimal and Needs have
		// what is proven all the same, and need not have all.
		Complete    bool                `json:"complete"`
		Stopped     string              `json:"stopped,omitempty"`
		Undecided   int                 `json:"undecided"` // designs with something inconclusive
		Designs     []latticeDesign     `json:"designs"`
		Minimal     [][]string          `json:"minimal"`
		OpenMinimal [][]string          `json:"open_minimal"` // not known to be enough, while every part is known not to be
		Needs       map[string][]string `json:"needs"`
		Searches    []lattice.Figures   `json:"searches"` // what it took in each scenario
	}
	latticeDesign struct {
		Mechanisms   []string `json:"mechanisms"`
		Violated     []string `json:"violated"`
		Inconclusive []string `json:"inconclusive"`
	}
)

// DesignsJSON writes one object with the verdicts under every set, or those of the shard
// with that header.
func DesignsJSON(w io.Writer, header *shard.Header, l *lattice.Lattice) error {
	doc := latticeDocument{
		Shard: header, Scenario: l.Scenario(), Mechanisms: mechanismNames(lattice.All), Properties: l.Names(^lattice.ClaimSet(0)),
		Complete: l.Undecided() == 0, Stopped: l.Total().Stopped, Undecided: l.Undecided(), Designs: []latticeDesign{},
		Minimal: setNames(l.Minimal()), OpenMinimal: setNames(l.OpenMinimal()), Needs: map[string][]string{}, Searches: l.Searches,
	}
	for _, set := range lattice.Judged(l.Shard) {
		v := l.Sets[set]
		doc.Designs = append(doc.Designs, latticeDesign{mechanismNames(set), l.Names(v.Violated), l.Names(v.Inconclusive)})
	}
	for _, m := range model.AllMechanisms() {
		doc.Needs[m.String()] = l.Needs(m)
	}
	return write(w, header, doc)
}

// Lattice reads what all shards wrote.
func Lattice(parts []shard.Part) (*lattice.Lattice, error) {
	var all []*lattice.Lattice
	for _, p := range parts {
		var doc latticeDocument
		if err := p.Decode(&doc); err != nil {
			return nil, err
		}
		l, err := doc.lattice(p.Shard)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.File, err)
		}
		if first := append(all, l)[0]; l.Scenario() != first.Scenario() || !slices.Equal(doc.Properties, first.Names(^lattice.ClaimSet(0))) {
			return nil, fmt.Errorf("%s: expected the scenarios and properties of %s", p.File, parts[0].File)
		}
		all = append(all, l)
	}
	return lattice.Join(all...), nil
}

// lattice is what a shard wrote.
func (doc *latticeDocument) lattice(s shard.Shard) (*lattice.Lattice, error) {
	l := &lattice.Lattice{Searches: doc.Searches, Shard: s}
	for _, name := range doc.Properties {
		c, err := props.Find(name)
		if err != nil {
			return nil, err
		}
		l.Claims = append(l.Claims, c)
	}
	sets := lattice.Judged(s)
	if len(doc.Designs) != len(sets) {
		return nil, fmt.Errorf("expected %d sets of mechanisms, found %d", len(sets), len(doc.Designs))
	}
	for i, set := range sets {
		told := doc.Designs[i]
		if !slices.Equal(told.Mechanisms, mechanismNames(set)) {
			return nil, fmt.Errorf("expected the set %v, found %v", set, told.Mechanisms)
		}
		for bit, name := range doc.Properties {
			if slices.Contains(told.Violated, name) {
				l.Sets[set].Violated |= 1 << bit
			}
			if slices.Contains(told.Inconclusive, name) {
				l.Sets[set].Inconclusive |= 1 << bit
			}
		}
	}
	return l, nil
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
