package walk

import (
	"context"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
	"pkgdist/props/check/show"
	"pkgdist/props/counterexample"
	"pkgdist/props/run"
	"pkgdist/props/scenario"
)

const (
	// proofStates is how many states the search for a shorter story may store, in
	// the smallest scenario that was found.
	proofStates = 400_000
	// tryStates is the same while the scenario is still being made smaller.
	tryStates = 3_000
	// searchStates is how many states of a smaller scope are searched for another
	// violation of the claim.
	searchStates = 20_000
	// drainSteps is more than a system in a small scope takes to come to rest.
	drainSteps = 400
)

// A Story is a violation in the smallest scenario that was found for it, told
// in as few steps as can be.
type Story struct {
	System *model.System
	Claim  props.Claim
	check.Shrunk[model.State, model.Step]
}

// Smaller makes a finding small: fewer packages, sites, versions, distribution
// points and faults as long as the claim is violated, and then fewer steps. A finding
// that was restored is small already.
func Smaller(ctx context.Context, sys *model.System, f Finding) (Story, error) {
	if f.small != nil {
		return *f.small, nil
	}
	s := Story{System: sys, Claim: f.Claim}
	var err error
	if s.Shrunk, err = check.Shrink(ctx, props.Model(sys), f.Claim.For(sys), f.Trace, tryStates); err != nil {
		return s, err
	}
	if s, err = s.smallest(ctx, tellAgain); err != nil {
		return s, err
	}
	if s, err = s.smallest(ctx, search); err != nil {
		return s, err
	}
	s.Shrunk, err = check.Shrink(ctx, props.Model(s.System), s.Claim.For(s.System), s.Trace, proofStates)
	return s, err
}

// smallest makes the scope smaller for as long as the claim is violated in one
// that is, and tells how.
func (s Story) smallest(ctx context.Context, in func(context.Context, Story, *model.System, reduction) (Story, bool, error)) (Story, error) {
	for again := true; again && ctx.Err() == nil; {
		again = false
		for _, r := range reductions(s.System.Scope()) {
			sys, err := model.NewSystem(r.scope, s.System.Design())
			if err != nil {
				continue // not a scope: no distribution point is left, say
			}
			smaller, ok, err := in(ctx, s, sys, r)
			if err != nil {
				return s, err
			}
			if ok {
				s, again = smaller, true
				break
			}
		}
	}
	return s, nil
}

// search looks for any violation in the smaller scope, for the steps may say
// nothing there any more.
func search(ctx context.Context, s Story, sys *model.System, _ reduction) (Story, bool, error) {
	result, err := check.Exhaustive(ctx, props.Model(sys), []check.Property[model.State]{s.Claim.For(sys)}, check.Options{MaxStates: searchStates})
	if err != nil || result.Verdicts[0].Outcome != check.Violated {
		return s, false, err
	}
	s.System, s.Trace = sys, *result.Verdicts[0].Trace
	return s, true, nil
}

// tellAgain tells the story in the smaller scope, if the claim is violated there
// by what is left of the steps.
func tellAgain(ctx context.Context, s Story, sys *model.System, r reduction) (Story, bool, error) {
	trace, violated := retell(sys, s.Claim, s.Trace.Steps, r.step, s.Claim.AtRest)
	if !violated {
		return s, false, nil
	}
	var err error
	s.System = sys
	s.Shrunk, err = check.Shrink(ctx, props.Model(sys), s.Claim.For(sys), trace, tryStates)
	return s, err == nil, err
}

// retell takes those steps that are possible, and then lets the system come to
// rest, if asked to. It ends at the first violation.
func retell(sys *model.System, claim props.Claim, steps []model.Step, translate func(model.Step) (model.Step, bool), rest bool) (check.Trace[model.State, model.Step], bool) {
	var trace check.Trace[model.State, model.Step]
	trace.States = sys.Init()
	take := func(step model.Step) (violated bool) {
		before := trace.States[len(trace.States)-1]
		after, err := sys.Next(before, step)
		if err != nil {
			return false
		}
		trace.Steps = append(trace.Steps, step)
		trace.States = append(trace.States, after)
		return (!claim.AtRest || sys.AtRest(&after)) && claim.Wrong(sys, &before, &after) != ""
	}
	for _, step := range steps {
		if translated, ok := translate(step); ok && take(translated) {
			return trace, true
		}
	}
	for range drainSteps {
		step, ok := ownStep(sys, trace.States[len(trace.States)-1])
		if !rest || !ok {
			break
		}
		if take(step) {
			return trace, true
		}
	}
	return trace, false
}

func ownStep(sys *model.System, s model.State) (first model.Step, ok bool) {
	sys.Steps(s, func(step model.Step, _ model.State) {
		if !ok && !sys.Environment(step) {
			first, ok = step, true
		}
	})
	return first, ok
}

// Counterexample returns the story in the form in which it is kept.
func (s Story) Counterexample(from *scenario.Scenario) (*counterexample.Counterexample, error) {
	v, err := s.verdict()
	if err != nil {
		return nil, err
	}
	small := &scenario.Scenario{Name: from.Name, Title: from.Title + ", made smaller", Source: from.Source, Scope: s.System.Scope()}
	return run.Counterexample(small, s.System, s.Claim, &v), nil
}

// Document returns the story as it is shown. The counterexample is that of the story.
func (s Story) Document(ce *counterexample.Counterexample) (*show.Document, error) {
	v, err := s.verdict()
	if err != nil {
		return nil, err
	}
	return run.Document(ce, &v), nil
}

func (s Story) verdict() (check.Verdict[model.State, model.Step], error) {
	return check.Replay(props.Model(s.System), s.Claim.For(s.System), s.Trace.States[0], s.Trace.Steps, len(s.Trace.Steps))
}
