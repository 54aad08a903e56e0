package main

import (
	"context"
	"encoding/json"
	"fmt"

	"pkgdist/model"
	"pkgdist/props/check"
	"pkgdist/props/check/beam"
	"pkgdist/props/run"
	"pkgdist/props/scenario"
)

// question is what workers make the model and its properties from.
type question struct {
	Name, Text string // the scenario, as it was read
	Design     string
	Fairness   string
	Properties []string
	Symmetry   bool
}

// search is known to all workers.
var search = beam.Register("pkgdist", func(arguments string) (m check.Model[model.State, model.Step], properties []check.Property[model.State], opt check.Options, err error) {
	var q question
	if err := json.Unmarshal([]byte(arguments), &q); err != nil {
		return m, nil, opt, err
	}
	sc, err := scenario.Parse(q.Name+".yaml", []byte(q.Text))
	if err != nil {
		return m, nil, opt, err
	}
	r, properties, opt, err := q.ask(sc)
	if err != nil {
		return m, nil, opt, err
	}
	return r.Model(), properties, opt, nil
})

func (q *question) ask(sc *scenario.Scenario) (*run.Run, []check.Property[model.State], check.Options, error) {
	d, err := model.ParseDesign(q.Design)
	if err != nil {
		return nil, nil, check.Options{}, err
	}
	return run.Ask(sc, d, q.Fairness, q.Properties, check.Options{Symmetry: q.Symmetry})
}

// explore explores the scenario on the runner that the flags name.
func explore(ctx context.Context, sc *scenario.Scenario, q question, opt beam.Options) (*run.Run, error) {
	r, _, _, err := q.ask(sc)
	if err != nil {
		return nil, err
	}
	arguments, err := json.Marshal(q)
	if err != nil {
		return nil, err
	}
	result, err := search.Explore(ctx, string(arguments), opt)
	if err != nil {
		return nil, fmt.Errorf("scenario %s, design %s: %w", sc.Name, q.Design, err)
	}
	return r, r.Answer(ctx, result)
}
