package show

import (
	"encoding/json"
	"io"

	"pkgdist/model"
)

// The Informal Trace Format is that of Apalache's ADR-015. Its variables here
// are functions, as a TLA+ specification of the model would have them: from
// sites, and from sites and packages. Version 0 is none.
type (
	itfTrace struct {
		Meta   itfTraceMeta `json:"#meta"`
		Vars   []string     `json:"vars"`
		States []any        `json:"states"`
		Loop   *int         `json:"loop,omitempty"`
	}
	itfTraceMeta struct {
		Format      string `json:"format"`
		Description string `json:"description"`
		Source      string `json:"source"`
		Design      string `json:"design"`
		Property    string `json:"property"`
		Wrong       string `json:"wrong,omitempty"`
		// Closes is the step that leads from the last state to the one at which
		// the loop begins.
		Closes string `json:"closes,omitempty"`
	}
	itfState struct {
		Meta     itfStateMeta `json:"#meta"`
		Faults   itfMap       `json:"faultsLeft"`
		Sites    itfMap       `json:"sites"`
		Packages itfMap       `json:"packages"`
	}
	itfStateMeta struct {
		Index    int    `json:"index"`
		Step     string `json:"step,omitempty"` // which led to the state
		Sentence string `json:"sentence,omitempty"`
	}
	itfMap struct {
		Pairs [][2]any `json:"#map"`
	}
	itfSet struct {
		Elements []any `json:"#set"`
	}
	itfTuple struct {
		Elements []any `json:"#tup"`
	}
	itfRecord map[string]any
)

var itfVars = []string{"faultsLeft", "sites", "packages"}

// ITF writes the trace in the Informal Trace Format. The last state of a loop is
// the one before the loop begins again, and a run that stays where it is loops at
// its last state.
func ITF(w io.Writer, d *Document) error {
	states := d.Story.Trace.States
	t := itfTrace{
		Meta: itfTraceMeta{Format: "ITF", Description: d.Says, Source: d.Scenario, Design: d.Design, Property: d.Property, Wrong: d.Wrong},
		Vars: itfVars,
	}
	if d.Loops() {
		states = states[:len(states)-1]
		t.Meta.Closes = d.Steps[len(d.Steps)-1].Printed
	}
	if d.End != "" {
		t.Loop = &d.Loop
	}
	for i := range states {
		s := itfStateOf(d.Story.System.Bounds(), &states[i])
		s.Meta.Index = i
		if i > 0 {
			s.Meta.Step, s.Meta.Sentence = d.Steps[i-1].Printed, d.Steps[i-1].Sentence
		}
		t.States = append(t.States, s)
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", " ")
	enc.SetEscapeHTML(false)
	return enc.Encode(t)
}

func itfStateOf(scope *model.Scope, s *model.State) itfState {
	state := itfState{Faults: itfMap{[][2]any{}}}
	for f, n := range scope.Faults {
		if n > 0 {
			state.Faults.add(model.Fault(f).String(), s.FaultsLeft[f])
		}
	}
	for i, site := range scope.Sites {
		state.Sites.add(site.Name, itfSite(scope, &s.Sites[i]))
		for p, name := range scope.Packages {
			state.Packages.add(itfTuple{[]any{site.Name, name}}, itfPackage(&s.Sites[i].Packages[p], site.DPs))
		}
	}
	return state
}

func (m *itfMap) add(key, value any) { m.Pairs = append(m.Pairs, [2]any{key, value}) }

func itfSite(scope *model.Scope, s *model.SiteState) itfRecord {
	despooler := itfRecord{"phase": s.Despooler.Phase.String(), "package": "", "version": s.Despooler.Version}
	if s.Despooler.Phase != model.DespoolerIdle {
		despooler["package"] = scope.Packages[s.Despooler.Package]
	}
	away := itfSet{[]any{}}
	for d, is := range s.Away {
		if is {
			away.Elements = append(away.Elements, d+1)
		}
	}
	return itfRecord{
		"despooler":   despooler,
		"replication": itfRecord{"busy": s.Replication.Busy, "notified": s.Replication.Notified},
		"away":        away,
	}
}

func itfPackage(p *model.PackageState, dps int) itfRecord {
	served := itfMap{[][2]any{}}
	for i := range dps {
		served.add(i+1, itfRecord{"content": itfContent(p.DPs[i].Content), "phase": p.DPs[i].Phase.String()})
	}
	return itfRecord{
		"updates": itfVersions(p.Updates),
		"content": itfVersions(p.Content), "contentTwice": itfVersions(p.ContentTwice),
		"metadata": itfVersions(p.Metadata), "metadataTwice": itfVersions(p.MetadataTwice),
		"copy":     itfContent(p.Copy),
		"row":      itfRecord{"source": p.Row.Source, "stored": p.Row.Stored, "refresh": p.Row.Refresh},
		"incoming": itfVersions(p.Incoming), "listed": itfVersions(p.Listed),
		"thread":   itfRecord{"phase": p.Thread.Phase.String(), "version": p.Thread.Version},
		"unpacked": itfContent(p.Unpacked), "dps": served,
		"status": p.Status, "late": p.Late, "reported": p.Reported,
	}
}

func itfContent(c model.Content) itfRecord {
	return itfRecord{"version": c.Version, "torn": c.Torn}
}

func itfVersions(set model.Versions) itfSet {
	list := []any{}
	for ; set != 0; set &= set - 1 {
		list = append(list, set.Lowest())
	}
	return itfSet{list}
}
