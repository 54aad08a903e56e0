// Package run brings a scenario, a design and the catalogue to the checker.
//
// Goals: one way from a scenario to verdicts, and from a kept counterexample to
// what it shows today, for the command and for tests alike; what a scenario
// expects is compared with what occurred.
//
// Non-goals: it prints nothing and decides nothing that the checker decides.
package run

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
	"pkgdist/props/check/show"
	"pkgdist/props/counterexample"
	"pkgdist/props/scenario"
)

// A Run is a scenario under a design, explored.
type Run struct {
	Scenario *scenario.Scenario
	Design   model.Design
	System   *model.System
	// Claims are the properties that were asked for, and Result has their
	// verdicts under the same names.
	Claims []props.Claim
	Result *check.Result[model.State, model.Step]
	// Others are further counterexamples of a violated claim, by its name: what Differ found.
	Others map[string]*check.Counterexamples[model.State, model.Step]
	Shortcuts

	named    bool // the claims were asked for by name
	fairness string
	// perhapsLonger are the claims whose traces need not be the shortest.
	perhapsLonger []string
}

// Fairness is which fairness of the system was assumed: the model's own is weak.
func (r *Run) Fairness() string {
	if r.fairness == "" {
		return "weak"
	}
	return r.fairness
}

// Model is the system under that fairness, as the checker takes it.
func (r *Run) Model() check.Model[model.State, model.Step] {
	return props.Under(props.Model(r.System), r.fairness)
}

// Explore checks properties of a scenario under a design: the ones named, or
// the whole catalogue if none is named. What the scenario expects is added to
// opt.Expect. With opt.Symmetry or opt.Reduction, what happens in
// the end is not judged: claims of the whole catalogue about it are inconclusive,
// and one that is named is refused.
func Explore(ctx context.Context, sc *scenario.Scenario, design model.Design, properties []string, opt check.Options) (*Run, error) {
	return ExploreUnder(ctx, sc, design, "", properties, opt)
}

// ExploreUnder does the same under the fairness that Under knows by that name.
func ExploreUnder(ctx context.Context, sc *scenario.Scenario, design model.Design, fairness string, properties []string, opt check.Options) (*Run, error) {
	sys, err := model.NewSystem(sc.Scope, design)
	if err != nil {
		return nil, err
	}
	return exploreSystem(ctx, sc, sys, fairness, properties, opt)
}

// ExploreSystem does the same with a system of the scenario's scope that is
// already there, such as a mutant.
func ExploreSystem(ctx context.Context, sc *scenario.Scenario, sys *model.System, properties []string, opt check.Options) (*Run, error) {
	return exploreSystem(ctx, sc, sys, "", properties, opt)
}

func exploreSystem(ctx context.Context, sc *scenario.Scenario, sys *model.System, fairness string, properties []string, opt check.Options) (*Run, error) {
	r, checked, opt, err := ask(sc, sys, fairness, properties, opt)
	if err != nil {
		return nil, err
	}
	result, err := check.Exhaustive(ctx, r.Model(), checked, opt)
	if err != nil {
		return nil, fmt.Errorf("scenario %s, design %s: %w", sc.Name, r.Design.Name, err)
	}
	return r, r.Answer(ctx, result)
}

// Ask is ExploreUnder up to where the checker begins, for another explorer than check.Exhaustive: it explores the Model of the
// run, with the properties and options that are returned, and gives the Answer.
func Ask(sc *scenario.Scenario, design model.Design, fairness string, properties []string, opt check.Options) (*Run, []check.Property[model.State], check.Options, error) {
	sys, err := model.NewSystem(sc.Scope, design)
	if err != nil {
		return nil, nil, opt, err
	}
	return ask(sc, sys, fairness, properties, opt)
}

func ask(sc *scenario.Scenario, sys *model.System, fairness string, properties []string, opt check.Options) (*Run, []check.Property[model.State], check.Options, error) {
	r := &Run{Scenario: sc, Design: sys.Design(), System: sys, Shortcuts: shortcuts(opt), named: len(properties) > 0, fairness: fairness}
	var err error
	if r.Claims, err = claims(sc, properties); err != nil {
		return nil, nil, opt, err
	}
	var checked []check.Property[model.State]
	for _, c := range props.All() {
		if r.leavesOut(c) {
			continue
		}
		if r.asked(c.Name) || slices.Contains(sc.Expect.Sometimes, c.Name) {
			checked = append(checked, c.For(sys))
		}
	}
	opt.Expect = append(slices.Clone(opt.Expect), r.expected()...)
	opt.Subject = []show.Item{
		{Label: "scenario", Value: sc.Name}, {Label: "design", Value: r.Design.Name}, {Label: "fairness", Value: r.Fairness()},
		{Label: "scope", Value: fmt.Sprintf("%+v", sc.Scope)},
	}
	return r, checked, opt, nil
}

// Answer is what the explorer found that the run was asked of.
func (r *Run) Answer(ctx context.Context, result *check.Result[model.State, model.Step]) error {
	r.Result = result
	r.addLeftOut()
	return r.shorten(ctx)
}

// Required lists the claims that count for the outcome of a scenario under a
// design: of those named, or of the whole catalogue if none is.
func Required(sc *scenario.Scenario, design model.Design, properties []string) ([]props.Claim, error) {
	list, err := claims(sc, properties)
	if err != nil {
		return nil, err
	}
	r := &Run{Scenario: sc, Design: design, named: len(properties) > 0}
	return slices.DeleteFunc(list, func(c props.Claim) bool { return !r.Required(c) }), nil
}

// claims are those named, or else the catalogue and the story of the scenario.
func claims(sc *scenario.Scenario, properties []string) ([]props.Claim, error) {
	for _, name := range properties {
		if _, err := props.Find(name); err != nil {
			return nil, err
		}
	}
	if len(properties) == 0 {
		properties = append(props.CatalogueNames(), sc.Story)
	}
	return slices.DeleteFunc(props.All(), func(c props.Claim) bool { return !slices.Contains(properties, c.Name) }), nil
}

func (r *Run) asked(name string) bool {
	return slices.ContainsFunc(r.Claims, func(c props.Claim) bool { return c.Name == name })
}

// expected are the situations and rules that the scenario expects under this
// design: all that it names, but for what the administrator of the design
// avoids on purpose. A scenario speaks of the product as shipped, so a rule
// that belongs to an administrator in a hurry is not expected of one who waits.
func (r *Run) expected() []string {
	var list []string
	for _, name := range r.Scenario.Expect.Sometimes {
		if c, err := props.Find(name); err == nil && !c.IsExcluded(r.Design) {
			list = append(list, name)
		}
	}
	if r.Design.Policy == model.Eager || r.Design.Policy == model.Twice {
		list = append(list, r.Scenario.Expect.Rules...)
	}
	return list
}

// Required tells whether the verdict on a claim counts for the outcome of the
// run: all claims that were named, or else all but those that are too strong and
// the situations that this scenario does not expect under this design.
func (r *Run) Required(c props.Claim) bool {
	if c.TooStrong {
		return r.named
	}
	return r.named || c.Kind != check.KindSometimes || slices.Contains(r.expected(), c.Name)
}

// Outcome sums the run up: violated if anything required is, else inconclusive
// if anything required is, else holds.
func (r *Run) Outcome() check.Outcome {
	outcome := check.Holds
	for _, c := range r.Claims {
		if !r.Required(c) {
			continue
		}
		switch o := r.Result.Verdict(c.Name).Outcome; o {
		case check.Holds:
		case check.Violated:
			return check.Violated
		case check.Inconclusive:
			outcome = check.Inconclusive
		default:
			panic(fmt.Sprintf("run: unknown outcome %v of %s", o, c.Name))
		}
	}
	return outcome
}

// A Verdict is the checker's verdict on a claim about the model.
type Verdict = check.Verdict[model.State, model.Step]

// Violated lists the violated claims.
func (r *Run) Violated() []props.Claim {
	return slices.DeleteFunc(slices.Clone(r.Claims), func(c props.Claim) bool {
		return r.Result.Verdict(c.Name).Outcome != check.Violated
	})
}

// Differ finds up to n different counterexamples of each violated claim, with the one of the result. What they differ in are
// rules, the other claims of the catalogue about states and steps that they break, and its situations.
func (r *Run) Differ(ctx context.Context, n int, opt check.Options) error {
	r.Others = map[string]*check.Counterexamples[model.State, model.Step]{}
	for _, c := range r.Violated() {
		var situations []check.Property[model.State]
		for _, other := range props.All() {
			if p := other.For(r.System); other.Name != c.Name && !other.TooStrong && !p.Kind().Liveness() && !p.AtRest() {
				situations = append(situations, p)
			}
		}
		found, err := check.Different(ctx, r.Model(), c.For(r.System), situations, n, opt)
		if err != nil {
			return err
		}
		found.Found = found.Found[min(1, len(found.Found)):]
		r.Others[c.Name] = found
	}
	return nil
}

// Counterexample returns the trace of a violated claim in the form in which it
// is kept.
func (r *Run) Counterexample(claim props.Claim) *counterexample.Counterexample {
	v := r.Result.Verdict(claim.Name)
	return Counterexample(r.Scenario, r.System, claim, &v)
}

// Counterexamples yields all that are known of a violated claim, the shortest first. The names of the others end in a number.
func (r *Run) Counterexamples(claim props.Claim) iter.Seq2[*counterexample.Counterexample, *Verdict] {
	return func(yield func(*counterexample.Counterexample, *Verdict) bool) {
		v := r.Result.Verdict(claim.Name)
		if !yield(Counterexample(r.Scenario, r.System, claim, &v), &v) || r.Others[claim.Name] == nil {
			return
		}
		for i, other := range r.Others[claim.Name].Found {
			ce := Counterexample(r.Scenario, r.System, claim, &other.Verdict)
			ce.Name += fmt.Sprintf("-%d", i+2)
			ce.Why += "\nUnlike the counterexamples before it, it does without: " + strings.Join(other.Without, "; ") + "."
			if !yield(ce, &other.Verdict) {
				return
			}
		}
	}
}

// Counterexample is the form in which a trace that violates a claim is kept.
func Counterexample(sc *scenario.Scenario, sys *model.System, claim props.Claim, v *Verdict) *counterexample.Counterexample {
	ce := &counterexample.Counterexample{Scenario: sc, Design: sys.Design().Name}
	ce.Name = strings.Join([]string{sc.Name, ce.Design, claim.Name}, "-")
	ce.Why, ce.Property = claim.Says+"\n"+v.Wrong(), claim.Name
	for i, step := range v.Trace.Steps {
		line := counterexample.Line{Text: sys.Format(step)}
		if i < v.Loop {
			ce.Steps = append(ce.Steps, line)
		} else {
			ce.Loop = append(ce.Loop, line)
		}
	}
	return ce
}

// Graph is the graph of the states of the run, nearest first and at most so many.
func (r *Run) Graph(most int) (*show.Graph, error) {
	m := r.Model()
	m.Name, m.About = r.Scenario.Title, []show.Item{{Label: "design", Value: r.Design.Name}}
	var properties []check.Property[model.State]
	for _, c := range r.Claims {
		properties = append(properties, c.For(r.System))
	}
	return m.Graph(properties, most)
}

// ExplainFairness finds the smallest sets of rules that have to be fair for a
// liveness claim to hold, and the verdict under the
// fairness given. There are no sets unless it holds.
func ExplainFairness(ctx context.Context, sc *scenario.Scenario, design model.Design, fairness, property string, opt check.Options) ([][]string, Verdict, error) {
	claim, err := props.Find(property)
	if err != nil {
		return nil, Verdict{}, err
	}
	sys, err := model.NewSystem(sc.Scope, design)
	if err != nil {
		return nil, Verdict{}, err
	}
	return check.SmallestFairness(ctx, props.Under(props.Model(sys), fairness), claim.For(sys), opt)
}
