package mutant

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"pkgdist/model"
	"pkgdist/props/check/show"
)

//go:embed kept.jsonl
var kept []byte

// KeptFile is where the results of the repaired design are kept, in this folder:
// a line for each mutant.
const KeptFile = "kept.jsonl"

// The JSON object is an interface: its keys stay.
type resultObject struct {
	Rule       string `json:"rule"`
	Part       string `json:"part"`
	Name       string `json:"name"` // of the guard or the effect
	Back       bool   `json:"back"` // put back, not left out
	Outcome    string `json:"outcome"`
	Scenario   string `json:"scenario"`
	Why        string `json:"why"`
	Equivalent string `json:"equivalent"`
	Kills      []Kill `json:"kills"`
}

// MarshalJSON writes a result as one object.
func (r Result) MarshalJSON() ([]byte, error) {
	var text bytes.Buffer
	m := r.Mutation
	err := show.WriteJSON(&text, "", resultObject{m.Rule, m.Part.String(), m.Name, m.Back, r.Outcome.String(), r.Scenario, r.Why, r.Equivalent, append([]Kill{}, r.Kills...)})
	return text.Bytes(), err
}

// Keep returns the text of the file that keeps a report. The reasons why mutants
// are equivalent are left out: they are in the list.
func (r *Report) Keep() ([]byte, error) {
	var text bytes.Buffer
	for _, m := range r.Results {
		m.Equivalent = ""
		if err := show.WriteJSON(&text, "", m); err != nil {
			return nil, err
		}
	}
	return text.Bytes(), nil
}

// Kept returns what became of the mutants of the repaired design in Scenarios, as
// it is kept. A test explores them again.
func Kept() (*Report, error) {
	r, err := read(kept)
	if err != nil {
		return nil, fmt.Errorf("props/mutant/%s: %w; write it again with: go test ./props/mutant -update", KeptFile, err)
	}
	return r, nil
}

func read(text []byte) (*Report, error) {
	design, err := model.ParseDesign("repaired")
	if err != nil {
		return nil, err
	}
	r := &Report{Design: design, Scenarios: Scenarios()}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	for _, m := range model.Mutations(design) {
		var o resultObject
		if err := dec.Decode(&o); err == io.EOF {
			return nil, fmt.Errorf("expected the mutant %v, found the end of the file", m)
		} else if err != nil {
			return nil, fmt.Errorf("line %d: %w", len(r.Results)+1, err)
		}
		if o.Rule != m.Rule || o.Part != m.Part.String() || o.Name != m.Name || o.Back != m.Back {
			return nil, fmt.Errorf("line %d: expected the mutant %v, found another of the rule %s", len(r.Results)+1, m, o.Rule)
		}
		outcome := slices.Index(outcomes[:], o.Outcome)
		if outcome < 0 {
			return nil, fmt.Errorf("line %d: expected an outcome, found %q", len(r.Results)+1, o.Outcome)
		}
		result := Result{Mutation: m, Outcome: Outcome(outcome), Scenario: o.Scenario, Why: o.Why, Kills: append([]Kill(nil), o.Kills...)}
		if result.Outcome == Survived {
			result.Equivalent = equivalent(design, m)
		}
		r.Results = append(r.Results, result)
	}
	if dec.More() {
		return nil, fmt.Errorf("line %d: expected the end of the file, found another mutant", len(r.Results)+1)
	}
	return r, nil
}
