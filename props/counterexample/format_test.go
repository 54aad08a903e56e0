package counterexample

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"pkgdist/model"
	"pkgdist/props/scenario"
)

func parse(t require.TestingT, text string) *Counterexample {
	c, err := Parse("c.txtar", []byte(text))
	require.NoError(t, err, "%s", text)
	return c
}

func drawCounterexample(t *rapid.T) *Counterexample {
	shipped, err := scenario.Load(rapid.SampledFrom(scenario.Names()).Draw(t, "scenario"))
	require.NoError(t, err)
	shipped.Name = "c"
	c := &Counterexample{
		Scenario: shipped,
		Design:   model.MechanismSet(rapid.IntRange(0, 1<<model.NumMechanisms-1).Draw(t, "design")).String(),
	}
	c.Name, c.Property = "c", rapid.StringMatching(`[a-z][-a-z]{0,20}`).Draw(t, "property")
	c.Why = strings.TrimSpace(rapid.StringMatching(`([ -~é]{0,20}\n){0,4}`).Draw(t, "why"))
	c.Steps = drawSteps(t, 1)
	c.Loop = drawSteps(t, 0)
	return c
}

func drawSteps(t *rapid.T, least int) (steps []Line) {
	for _, text := range rapid.SliceOfN(rapid.StringMatching(`[a-z]+\.[a-z]+\(( ?[a-z]+=[A-Z0-9]+)*\)`), least, 30).Draw(t, "steps") {
		steps = append(steps, Line{Text: text})
	}
	return steps
}

func TestAnyCounterexampleReadsBackAsItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawCounterexample(t)
		text := want.Format()
		got := parse(t, string(text))
		require.Equal(t, string(text), string(got.Format()))

		for _, steps := range [][]Line{got.Steps, got.Loop} {
			for i := range steps {
				steps[i].Line = 0
			}
		}
		got.StepsLine = 0
		require.Equal(t, want, got)
	})
}

func TestAScenarioThatLooksLikeASectionIsWrittenAnew(t *testing.T) {
	c := parse(t, kept)
	c.Scenario.Text = append(c.Scenario.Text, "about: 'x\n-- steps --\n  y'\n"...)
	again := parse(t, string(c.Format()))
	assert.Equal(t, c.Scenario.Scope, again.Scenario.Scope)
	assert.Equal(t, c.Steps[0].Text, again.Steps[0].Text)
}

func TestAScenarioThatNobodyWroteIsWrittenOut(t *testing.T) {
	c := parse(t, kept)
	want := c.Scenario.Scope
	c.Scenario.Text = nil
	assert.Equal(t, want, parse(t, string(c.Format())).Scenario.Scope)
}
