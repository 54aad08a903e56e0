package article

import (
	"context"
	"fmt"
	"slices"

	"pkgdist/model"
	"pkgdist/props/check"
	"pkgdist/props/run"
	"pkgdist/props/scenario"
)

// Measured is what runs make of an article today.
type Measured struct {
	Article
	// Steps are those of a shortest way to the symptom; there is none if the
	// symptom does not show.
	Steps []model.Step
	// Wrong says where the runs are not what the article says; it is empty if
	// they are.
	Wrong []string
	// Cut says why a run ended early, or is empty.
	Cut string
}

// Measure holds an article against the model: under the design that shows the
// symptom, under the one without it, and with the cure and nothing else.
func Measure(ctx context.Context, a Article, opt check.Options) (*Measured, error) {
	m := &Measured{Article: a}
	sc, err := scenario.Load(a.Scenario)
	if err != nil {
		return nil, err
	}
	shown, err := model.ParseDesign(a.ShownUnder)
	if err != nil {
		return nil, err
	}
	absent, err := model.ParseDesign(a.AbsentUnder)
	if err != nil {
		return nil, err
	}
	if err := m.show(ctx, sc, shown, opt); err != nil {
		return nil, err
	}
	if err := m.holds(ctx, sc, absent, a.keptUnder(absent), opt); err != nil {
		return nil, err
	}
	return m, m.holds(ctx, sc, a.Cure.Of(shown), a.Properties(), opt)
}

// keptUnder is what the named design without the symptom keeps. An administrator
// who updates a second time at rest is promised by nobody to do so, so that
// design keeps nothing about the end.
func (a Article) keptUnder(d model.Design) []string {
	if d.Policy == model.Twice {
		return []string{a.Property}
	}
	return a.Properties()
}

// show finds the shortest way to the symptom.
func (m *Measured) show(ctx context.Context, sc *scenario.Scenario, d model.Design, opt check.Options) error {
	r, err := run.Explore(ctx, sc, d, []string{m.Property}, opt)
	if err != nil {
		return err
	}
	v := r.Result.Verdict(m.Property)
	if m.note(r, m.Property, check.Violated); v.Outcome != check.Violated {
		return nil
	}
	m.Steps = v.Trace.Steps
	if !slices.ContainsFunc(m.Steps, func(step model.Step) bool { return model.RuleNames()[step.Rule] == m.Rule }) {
		m.Wrong = append(m.Wrong, fmt.Sprintf("the shortest way to violate %s under %s is without %s", m.Property, d.Name, m.Rule))
	}
	return nil
}

func (m *Measured) holds(ctx context.Context, sc *scenario.Scenario, d model.Design, properties []string, opt check.Options) error {
	r, err := run.Explore(ctx, sc, d, properties, opt)
	if err != nil {
		return err
	}
	for _, name := range properties {
		m.note(r, name, check.Holds)
	}
	return nil
}

// note notes where a verdict is not the one expected.
func (m *Measured) note(r *run.Run, property string, want check.Outcome) {
	if m.Cut == "" {
		m.Cut = r.Result.Stopped
	}
	v := r.Result.Verdict(property)
	if v.Outcome == want {
		return
	}
	text := fmt.Sprintf("%s under %s: expected %v, found %v", property, r.Design.Name, want, v.Outcome)
	if v.Reason != "" {
		text += " (" + v.Reason + ")"
	}
	m.Wrong = append(m.Wrong, text)
}
