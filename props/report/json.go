package report

import (
	"encoding/json"
	"io"

	"pkgdist/props/run"
	"pkgdist/props/story"
)

// The JSON object is an interface: its keys stay.
type (
	document struct {
		Scenario string   `json:"scenario"`
		Designs  []design `json:"designs"`
	}
	design struct {
		Design     string     `json:"design"`
		Mechanisms []string   `json:"mechanisms"`
		States     int64      `json:"states"`
		Steps      int64      `json:"steps"`
		Depth      int        `json:"depth"`
		Complete   bool       `json:"complete"`
		Symmetry   bool       `json:"symmetry,omitempty"`   // states and steps are counted up to symmetry
		Reduction  bool       `json:"reduction,omitempty"`  // of several orders of independent steps one was explored
		Collisions float64    `json:"collisions,omitempty"` // to be expected between fingerprints, where states are not kept
		Fairness   string     `json:"fairness"`
		Properties []property `json:"properties"`
		Rules      []rule     `json:"rules"`
	}
	property struct {
		Name    string   `json:"name"`
		Kind    string   `json:"kind"`
		Verdict string   `json:"verdict"`
		Reason  string   `json:"reason"`
		Trace   []string `json:"trace"`
		Loop    *int     `json:"loop,omitempty"` // the index of the step at which the loop of a violation begins
	}
	rule struct {
		Name  string `json:"name"`
		Fired int64  `json:"fired"`
	}
)

// JSON writes one object with all runs.
func JSON(w io.Writer, runs []*run.Run) error {
	doc := document{Scenario: runs[0].Scenario.Name}
	for _, r := range runs {
		doc.Designs = append(doc.Designs, designOf(r))
	}
	return encode(w, doc)
}

func encode(w io.Writer, doc any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(doc)
}

func designOf(r *run.Run) design {
	d := design{Design: r.Design.Name, Mechanisms: []string{}, Properties: []property{}, Rules: []rule{},
		States: r.Result.States, Steps: r.Result.Steps, Depth: r.Result.Depth, Complete: r.Result.Complete(), Symmetry: r.Symmetry, Reduction: r.Reduction, Collisions: r.Result.Collisions, Fairness: r.Fairness()}
	for _, m := range r.Design.Mechanisms.List() {
		d.Mechanisms = append(d.Mechanisms, m.String())
	}
	for _, c := range r.Claims {
		v := r.Result.Verdict(c.Name)
		p := property{Name: c.Name, Kind: c.Kind.String(), Verdict: v.Outcome.String(), Reason: v.Reason, Trace: []string{}}
		if v.Trace != nil {
			p.Trace = story.Lines(r.System, *v.Trace)
			if c.Kind.InTheEnd() {
				p.Loop = &v.Loop
			}
		}
		d.Properties = append(d.Properties, p)
	}
	for _, c := range r.Result.Rules {
		d.Rules = append(d.Rules, rule{c.Rule, c.Fired})
	}
	return d
}
