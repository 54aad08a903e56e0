package mutant

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
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

// UnmarshalJSON reads a result strictly.
func (r *Result) UnmarshalJSON(text []byte) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	var o resultObject
	if err := dec.Decode(&o); err != nil {
		return err
	}
	parts := []model.Part{model.WholeRule, model.OneGuard, model.OneEffect}
	part := slices.IndexFunc(parts, func(p model.Part) bool { return p.String() == o.Part })
	outcome := slices.Index(outcomes[:], o.Outcome)
	if part < 0 || outcome < 0 {
		return fmt.Errorf("expected a part of the table of rules and an outcome, found %.40q and %.40q", o.Part, o.Outcome)
	}
	*r = Result{Mutation: model.Mutation{Rule: o.Rule, Part: parts[part], Name: o.Name, Back: o.Back}, Outcome: Outcome(outcome),
		Scenario: o.Scenario, Why: o.Why, Equivalent: o.Equivalent, Kills: append([]Kill(nil), o.Kills...)}
	return nil
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
	var results []Result
	for dec.More() {
		var one Result
		if err := dec.Decode(&one); err != nil {
			return nil, fmt.Errorf("line %d: %w", len(results)+1, err)
		}
		results = append(results, one)
	}
	return r, r.Append(model.Mutations(design), results)
}

// Append adds what became of further mutants, as it was written. It is an error if they are not those of the mutations.
func (r *Report) Append(mutations []model.Mutation, written []Result) error {
	for i, m := range mutations {
		if i == len(written) {
			return fmt.Errorf("expected the mutant %v, found the end", m)
		}
		result := written[i]
		if o := result.Mutation; o.Rule != m.Rule || o.Part != m.Part || o.Name != m.Name || o.Back != m.Back {
			return fmt.Errorf("line %d: expected the mutant %v, found %v", i+1, m, o)
		}
		result.Mutation, result.Equivalent = m, ""
		if result.Outcome == Survived {
			result.Equivalent = equivalent(r.Design, m)
		}
		r.Results = append(r.Results, result)
	}
	if len(written) > len(mutations) {
		return fmt.Errorf("line %d: expected the end, found the mutant %v", len(mutations)+1, written[len(mutations)].Mutation)
	}
	return nil
}
