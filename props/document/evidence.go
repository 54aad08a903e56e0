package document

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
	"pkgdist/props/counterexample"
	"pkgdist/props/lattice"
	"pkgdist/props/mutant"
	"pkgdist/props/report"
	"pkgdist/props/run"
	"pkgdist/props/scenario"
)

// Evidence is what the document about the properties is written from, beside the
// catalogue.
type Evidence struct {
	// Designs are those that are compared, and Scenarios those in which each of
	// them was explored.
	Designs   []model.Design
	Scenarios []Explored
	// Needs tells which mechanisms each claim needs. A situation needs none.
	Needs map[string]Need
	// Killers tells how many mutants violate each claim.
	Killers map[string]mutant.Killer
	// Kept are the counterexamples that are kept, in the order of their names.
	Kept []*counterexample.Counterexample
}

// Explored is a scenario, explored under every design.
type Explored struct {
	Scenario *scenario.Scenario
	Under    []Outcome // in the order of the designs
}

// An Outcome is the result of a scenario under a design.
type Outcome struct {
	States, Steps int64
	Depth         int
	Verdicts      map[string]Verdict // of each claim, by its name
}

// A Verdict is the verdict on a claim.
type Verdict struct {
	Outcome check.Outcome
	// Cell is the verdict in a table: "VIOLATED (18 steps)".
	Cell string
	// Length is the length of the shortest counterexample, or of the shortest way
	// to a situation.
	Length int
}

// A Need is which mechanisms a claim needs.
type Need struct {
	// Scenario is the first in which the product as shipped violates the claim, or
	// empty.
	Scenario string
	// Sets are the sets of mechanisms of which nothing can be left out; none means
	// that no set is enough. Smallest: they are those with the fewest mechanisms,
	// and there may be larger ones of which nothing can be left out.
	Sets     []model.MechanismSet
	Smallest bool
}

// ErrCut says that an exploration was ended before it was complete, so that the
// document cannot be written.
var ErrCut = errors.New("an exploration was ended before it was complete")

// first is the scenario of the article, which comes first in the document, and
// second the small one with the most violations.
const (
	first  = "article"
	second = "crash-and-duplicate"
)

// scenarios are those that are explored: the article's, and the other small ones
// in the order of their states.
func scenarios() []string {
	names := []string{first}
	for _, name := range slices.Concat(mutant.Scenarios(), mutant.Stories()) {
		if name != first {
			names = append(names, name)
		}
	}
	return names
}

// Gather explores the scenarios under every design that has a name, and finds out
// which mechanisms each claim needs. The kept counterexamples are left to whoever
// reads files.
func Gather(ctx context.Context, opt check.Options, progress func(what string)) (*Evidence, error) {
	kept, err := mutant.Kept()
	if err != nil {
		return nil, err
	}
	e := &Evidence{Designs: model.Designs(), Needs: map[string]Need{}, Killers: map[string]mutant.Killer{}}
	for _, k := range kept.Killers() {
		e.Killers[k.Property] = k
	}
	for _, name := range scenarios() {
		progress(name)
		explored, err := explore(ctx, name, e.Designs, opt)
		if err != nil {
			return nil, err
		}
		e.Scenarios = append(e.Scenarios, explored)
	}
	return e, e.need(ctx, opt, progress)
}

func explore(ctx context.Context, name string, designs []model.Design, opt check.Options) (Explored, error) {
	sc, err := scenario.Load(name)
	if err != nil {
		return Explored{}, err
	}
	explored := Explored{Scenario: sc}
	for _, d := range designs {
		r, err := run.Explore(ctx, sc, d, nil, opt)
		if err != nil {
			return Explored{}, err
		}
		if !r.Result.Complete() {
			return Explored{}, fmt.Errorf("scenario %s, design %s: %s: %w", name, d.Name, r.Result.Stopped, ErrCut)
		}
		explored.Under = append(explored.Under, outcome(r))
	}
	return explored, nil
}

func outcome(r *run.Run) Outcome {
	o := Outcome{States: r.Result.States, Steps: r.Result.Steps, Depth: r.Result.Depth, Verdicts: map[string]Verdict{}}
	for _, c := range r.Claims {
		v := r.Result.Verdict(c.Name)
		verdict := Verdict{Outcome: v.Outcome, Cell: report.Cell(r, c)}
		if v.Trace != nil {
			verdict.Length = len(v.Trace.Steps)
		}
		o.Verdicts[c.Name] = verdict
	}
	return o
}

// need finds the mechanisms of each claim that is not about what must be
// reachable. In the first scenario every set is judged. A claim that nothing
// violates there is judged in the first scenario in which something does.
func (e *Evidence) need(ctx context.Context, opt check.Options, progress func(string)) error {
	var here []string
	first := e.Scenarios[0].Scenario
	for _, c := range props.Catalogue() {
		where := e.firstViolated(c.Name)
		switch {
		case c.Kind == check.KindSometimes:
		case where == first.Name:
			here = append(here, c.Name)
		case where == "":
			e.Needs[c.Name] = Need{}
		default:
			progress("mechanisms for " + c.Name)
			if err := e.smallest(ctx, c.Name, where, opt); err != nil {
				return err
			}
		}
	}
	progress("every set of mechanisms in " + first.Name)
	l, err := lattice.Search(ctx, first, here, lattice.Options{Check: opt})
	if err != nil {
		return err
	}
	if l.Undecided() > 0 {
		return fmt.Errorf("the sets of mechanisms in %s: %w", first.Name, ErrCut)
	}
	for _, name := range here {
		e.Needs[name] = Need{Scenario: first.Name, Sets: l.MinimalFor(name)}
	}
	return nil
}

// firstViolated returns the first scenario in which the product as shipped
// violates a claim, or nothing.
func (e *Evidence) firstViolated(claim string) string {
	for _, s := range e.Scenarios {
		if s.Under[0].Verdicts[claim].Outcome == check.Violated {
			return s.Scenario.Name
		}
	}
	return ""
}

func (e *Evidence) smallest(ctx context.Context, claim, where string, opt check.Options) error {
	sc, err := scenario.Load(where)
	if err != nil {
		return err
	}
	sets, _, err := lattice.Smallest(ctx, []*scenario.Scenario{sc}, []string{claim}, 0, lattice.Options{Check: opt})
	var undecided *lattice.UndecidedError
	if errors.As(err, &undecided) {
		return fmt.Errorf("%s in %s: %w", claim, where, ErrCut)
	}
	e.Needs[claim] = Need{Scenario: where, Sets: sets, Smallest: true}
	return err
}
