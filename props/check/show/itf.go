package show

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
)

// The Informal Trace Format is that of Apalache's ADR-015. What a document says
// of no place is a variable for each label; what it says of places is one
// variable, a map from places to records with a field for each label.
type (
	itfTrace struct {
		Meta   itfTraceMeta     `json:"#meta"`
		Vars   []string         `json:"vars"`
		States []map[string]any `json:"states"`
		Loop   *int             `json:"loop,omitempty"`
	}
	itfTraceMeta struct {
		Format      string `json:"format"`
		Description string `json:"description"`
		Source      string `json:"source"`
		Property    string `json:"property"`
		Wrong       string `json:"wrong,omitempty"`
		// Turn says which step decided the end, and what could have been done instead.
		Turn []string `json:"turn,omitempty"`
		// Closes is the step that leads from the last state to the one at which
		// the loop begins.
		Closes string `json:"closes,omitempty"`
	}
	itfStateMeta struct {
		Index    int      `json:"index"`
		Step     string   `json:"step,omitempty"` // which led to the state
		Sentence string   `json:"sentence,omitempty"`
		Remarks  []string `json:"remarks,omitempty"`
		Log      []string `json:"log,omitempty"`
	}
)

// itfPlaces is the variable of what is at places.
const itfPlaces = "places"

// writeITF writes the run in the Informal Trace Format. The last state of a loop
// is the one before the loop begins again, and a run that stays where it is loops
// at its last state.
func writeITF(w io.Writer, d *Document) error {
	t := itfTrace{Meta: itfTraceMeta{Format: "ITF", Description: d.Says, Source: d.Title, Property: d.Property, Wrong: d.Wrong, Turn: d.turn()}}
	states := d.States
	if d.Ending() != "" {
		t.Loop = &d.Loop
		if d.Loops() {
			states = states[:len(states)-1]
			t.Meta.Closes = d.Steps[len(d.Steps)-1].Text
		}
	}
	places, vars := itfNames(d.States[0].Fields)
	t.Vars = vars
	for i := range states {
		s := itfState(states[i].Fields, places)
		meta := itfStateMeta{Index: i}
		if i > 0 {
			step := &d.Steps[i-1]
			meta.Step, meta.Sentence, meta.Remarks, meta.Log = step.Text, step.Sentence, step.Remarks, step.Log
		}
		s["#meta"] = meta
		t.States = append(t.States, s)
	}
	return WriteJSON(w, " ", t)
}

// itfNames returns the name of each field, as a variable or in the record of its
// place, and the variables.
func itfNames(fields []Field) (names, vars []string) {
	taken := map[string][]string{} // by their places
	vars = []string{}
	if slices.ContainsFunc(fields, func(f Field) bool { return f.Place != "" }) {
		vars, taken[""] = append(vars, itfPlaces), []string{itfPlaces}
	}
	for _, f := range fields {
		base := itfName(f.Label)
		name := base
		for n := 2; slices.Contains(taken[f.Place], name); n++ {
			name = fmt.Sprintf("%s %d", base, n)
		}
		taken[f.Place] = append(taken[f.Place], name)
		names = append(names, name)
		if f.Place == "" {
			vars = append(vars, name)
		}
	}
	return names, vars
}

// itfName is a name that means nothing to the format and is there once it is
// written: what JSON cannot hold is replaced.
func itfName(label string) string {
	label = strings.ToValidUTF8(label, "\uFFFD")
	if strings.HasPrefix(label, "#") {
		label = "_" + label
	}
	return cmp.Or(label, "_")
}

func itfState(fields []Field, names []string) map[string]any {
	state := map[string]any{}
	var places [][2]any
	records := map[string]map[string]any{}
	for i, f := range fields {
		if f.Place == "" {
			state[names[i]] = f.itf()
			continue
		}
		if records[f.Place] == nil {
			records[f.Place] = map[string]any{}
			places = append(places, [2]any{f.Place, records[f.Place]})
		}
		records[f.Place][names[i]] = f.itf()
	}
	if places != nil {
		state[itfPlaces] = map[string]any{"#map": places}
	}
	return state
}
