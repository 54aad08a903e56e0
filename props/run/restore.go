package run

import (
	"fmt"
	"slices"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
	"pkgdist/props/check/show"
	"pkgdist/props/scenario"
)

// Restore makes a run of what was written down of it: the figures of ExploreUnder with these arguments. It takes every trace
// again, step by step, so that no violation is believed that is none here, and nothing holds that was not explored to its end.
func Restore(sc *scenario.Scenario, design model.Design, fairness string, properties []string, f show.Figures) (*Run, error) {
	sys, err := model.NewSystem(sc.Scope, design)
	if err != nil {
		return nil, err
	}
	r := &Run{Scenario: sc, Design: design, System: sys, Shortcuts: Shortcuts{f.Symmetry, f.Reduction}, named: len(properties) > 0,
		fairness: fairness, Others: map[string]*check.Counterexamples[model.State, model.Step]{}}
	if r.Claims, err = claims(sc, properties); err != nil {
		return nil, err
	}
	r.Result = &check.Result[model.State, model.Step]{States: f.States, Steps: f.Steps, Depth: f.Depth, Stopped: f.Stopped, OnDisk: f.OnDisk}
	if f.Complete != r.Result.Complete() || f.Fairness != r.Fairness() || len(f.Verdicts) != len(r.Claims) {
		return nil, fmt.Errorf("expected verdicts on %d properties under %s fairness, and why they are not complete, found %d under %s", len(r.Claims), r.Fairness(), len(f.Verdicts), f.Fairness)
	}
	for i, c := range r.Claims {
		if err := r.restore(c, f.Verdicts[i]); err != nil {
			return nil, fmt.Errorf("%s: %w", c.Name, err)
		}
	}
	return r, r.restoreRules(f.Rules)
}

// restore adds the verdict on a claim, and its other counterexamples.
func (r *Run) restore(c props.Claim, told show.Verdict) error {
	outcomes := []check.Outcome{check.Inconclusive, check.Holds, check.Violated}
	i := slices.IndexFunc(outcomes, func(o check.Outcome) bool { return o.String() == told.Outcome })
	if i < 0 || told.Name != c.Name || told.Kind != c.Kind.String() {
		return fmt.Errorf("expected its verdict, found %.40q on %.40q", told.Outcome, told.Name)
	}
	v := Verdict{Property: c.For(r.System), Outcome: outcomes[i], Reason: told.Reason}
	if shown := c.Kind == check.KindSometimes; shown || v.Outcome == check.Violated || len(told.Trace) > 0 {
		again, err := r.replay(c, told.Trace, told.Loop)
		switch {
		case err == nil:
			again.Outcome, again.Reason = v.Outcome, v.Reason
			v = again
		case v.Outcome == check.Inconclusive && len(told.Trace) == 0: // the situation was not reached, not even at first
		default:
			return fmt.Errorf("expected a trace that shows it (%v): %w", v.Outcome, err)
		}
	}
	if v.Outcome == check.Holds && !r.Result.Complete() {
		return fmt.Errorf("expected no property that holds where not all was explored (%s)", r.Result.Stopped)
	}
	r.Result.Verdicts = append(r.Result.Verdicts, v)
	if told.OrFewer {
		r.perhapsLonger = append(r.perhapsLonger, c.Name)
	}
	return r.restoreOthers(c, told)
}

func (r *Run) restoreOthers(c props.Claim, told show.Verdict) error {
	others := &check.Counterexamples[model.State, model.Step]{Stopped: told.Perhaps}
	for _, o := range told.Others {
		v, err := r.replay(c, o.Trace, o.Loop)
		if err != nil {
			return err
		}
		others.Found = append(others.Found, check.Counterexample[model.State, model.Step]{Verdict: v, Without: o.Without})
	}
	if len(others.Found) > 0 || others.Stopped != "" {
		r.Others[c.Name] = others
	}
	return nil
}

// replay takes the steps of a trace again.
func (r *Run) replay(c props.Claim, trace []string, loop *int) (Verdict, error) {
	if loop == nil {
		n := len(trace)
		loop = &n
	}
	return r.Model().ReplayLines(c.For(r.System), trace, *loop)
}

// restoreRules adds how often each rule fired, and the guard that stopped one that never did.
func (r *Run) restoreRules(told []show.Rule) error {
	names := r.System.Rules()
	if len(told) != len(names) {
		return fmt.Errorf("expected %d rules, found %d", len(names), len(told))
	}
	for i, rule := range told {
		if rule.Name != names[i] {
			return fmt.Errorf("expected the rule %s, found %.40q", names[i], rule.Name)
		}
		c := check.Coverage{Rule: rule.Name, Fired: rule.Fired}
		if rule.Stopped != "" {
			c.Blocked = append(c.Blocked, struct {
				Guard string
				Times int64
			}{Guard: rule.Stopped})
		}
		r.Result.Rules = append(r.Result.Rules, c)
	}
	return nil
}
