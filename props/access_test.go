package props

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"pkgdist/model"
	"pkgdist/props/check"
)

// A claim about a state or a step reads nothing but what it declares, and what the
// step itself may write: with all else replaced, it says the same, place by place.
// And it says nothing of a step that changes nothing of what it declares as such.
func TestClaimsReadWhatTheyDeclare(t *testing.T) {
	said := map[string]bool{}
	rapid.Check(t, func(t *rapid.T) {
		sys := drawSystem(t)
		strange := make([]byte, sys.Width())
		walk(t, sys, func(step model.Step, before, after *model.State) {
			for i := range strange {
				strange[i] ^= rapid.Byte().Draw(t, "bits")
			}
			for _, c := range Catalogue() {
				if c.AtRest { // these are evaluated in each state at rest
					assert.Nil(t, c.reads.And(c.changes), c.Name)
					continue
				}
				said[c.Name] = requireDeclared(t, &c, sys, step, before, after, strange) || said[c.Name]
			}
			sys.Pack(after, strange)
		})
	})
	for _, c := range Catalogue() {
		if !c.AtRest {
			assert.Contains(t, said, c.Name)
		}
	}
}

// drawSystem draws a system with two or three sites and every fault.
func drawSystem(t *rapid.T) *model.System {
	scope := model.Scope{
		Sites: []model.Site{
			{Name: "A", Parent: model.NoParent, DPs: rapid.IntRange(0, 1).Draw(t, "dps")},
			{Name: "B", Kind: model.Primary, DPs: rapid.IntRange(1, 3).Draw(t, "dps")},
			{Name: "C", Parent: rapid.IntRange(0, 1).Draw(t, "parent"), Kind: model.Secondary, DPs: 1},
		}[:rapid.IntRange(2, 3).Draw(t, "sites")],
		Packages: []string{"P", "Q"}[:rapid.IntRange(1, 2).Draw(t, "packages")],
		Updates:  rapid.IntRange(1, 3).Draw(t, "updates"), Ordered: rapid.Bool().Draw(t, "ordered"), Threads: 2, Copies: 2,
	}
	for f := range scope.Faults {
		scope.Faults[f] = 2
	}
	sys, err := model.NewSystem(scope, model.Design{Mechanisms: model.MechanismSet(rapid.IntRange(0, 1<<model.NumMechanisms-1).Draw(t, "mechanisms"))})
	require.NoError(t, err)
	return sys
}

// walk calls visit with the steps of a random walk.
func walk(t *rapid.T, sys *model.System, visit func(step model.Step, before, after *model.State)) {
	s := sys.Init()[0]
	for range rapid.IntRange(1, 100).Draw(t, "length") {
		var steps []model.Step
		sys.Steps(s, func(step model.Step, _ model.State) { steps = append(steps, step) })
		if len(steps) == 0 {
			return
		}
		step := rapid.SampledFrom(steps).Draw(t, "step")
		after := sys.After(s, step)
		visit(step, &s, &after)
		s = after
	}
}

// packing is the packed state.
func packing(sys *model.System, s *model.State) []byte {
	b := make([]byte, sys.Width())
	sys.Pack(s, b)
	return b
}

// requireDeclared compares what a claim says of a step, or of the state after it,
// with what it says where all is strange that it does not declare. It tells whether
// the claim says anything at all.
func requireDeclared(t *rapid.T, c *Claim, sys *model.System, step model.Step, before, after *model.State, strange []byte) (said bool) {
	aboutSteps := c.Kind == check.KindStep || c.perStep
	if !aboutSteps {
		before = after
	}
	_, writes := sys.Effect(step) // a claim about a step reads them
	from, to := packing(sys, before), packing(sys, after)
	var places []place
	c.places(sys, before, after, func(at place) bool {
		places = append(places, at)
		return true
	})
	for _, at := range places {
		here := model.Step{Site: at.site, Package: at.pkg, DP: at.dp}
		marked := make([]byte, len(from))
		for _, bit := range sys.Bits(here, c.reads) {
			marked[bit/8] |= 1 << (bit % 8)
		}
		for _, bit := range writes {
			if aboutSteps {
				marked[bit/8] |= 1 << (bit % 8)
			}
		}
		concerns := false
		for _, bit := range sys.Bits(here, c.changes) {
			concerns = concerns || (from[bit/8]^to[bit/8])>>(bit%8)&1 != 0
		}
		says := c.says(at)
		require.True(t, !aboutSteps || concerns || says == "", "%s says %q of a step that does not concern it", c.Name, says)
		require.Equal(t, says, c.says(elsewhere(sys, at, marked, from, to, strange)), "%s reads more than it declares", c.Name)
		said = said || says != ""
	}
	return said
}

// says is what a claim says at a place: nothing, or that it holds or not.
func (c *Claim) says(at place) string {
	switch {
	case c.Kind == check.KindLeadsTo:
		return fmt.Sprintf("from %v to %v", c.when(at), c.holds(at))
	case !c.applies(at):
		return ""
	case c.holds(at):
		return "holds"
	case c.Kind == check.KindSometimes:
		return ""
	}
	return "is violated"
}

// elsewhere is the place in a step in which all but the marked bits is strange.
func elsewhere(sys *model.System, at place, marked, from, to, strange []byte) place {
	mixed := func(b []byte) *model.State {
		mix := make([]byte, len(b))
		for i := range b {
			mix[i] = b[i]&marked[i] | strange[i]&^marked[i]
		}
		var s model.State
		sys.Unpack(mix, &s)
		return &s
	}
	return at.in(mixed(from), mixed(to))
}
