package show

import (
	"fmt"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
	"pkgdist/props/check/show"
)

// AllStates returns the graph of the states of a system, nearest first and at
// most so many, with the states and steps that violate one of the claims. What
// claims say about the end is in no state, so these are left out.
func AllStates(sys *model.System, scenario string, claims []props.Claim, most int) *show.Graph {
	g := &show.Graph{Title: fmt.Sprintf("%s, design %s", scenario, sys.Design().Name)}
	var judged []props.Claim
	for _, c := range claims {
		if c.Kind != check.KindSometimes && !c.Kind.InTheEnd() {
			judged, g.Properties = append(judged, c), append(g.Properties, c.Name)
		}
	}
	numbers := map[model.State]int{}
	var states []model.State
	number := func(s model.State) (int, bool) {
		n, known := numbers[s]
		if known || len(states) == most {
			return n, known
		}
		n = len(states)
		numbers[s], states = n, append(states, s)
		node := show.Node{AtRest: sys.AtRest(&s)}
		for _, c := range judged {
			if c.Kind != check.KindStep && (!c.AtRest || node.AtRest) && c.Wrong(sys, &s, &s) != "" {
				node.Violates = append(node.Violates, c.Name)
			}
		}
		g.Nodes = append(g.Nodes, node)
		return n, true
	}
	for _, s := range sys.Init() {
		number(s)
	}
	for i := 0; i < len(states); i++ {
		before := states[i]
		sys.Steps(before, func(step model.Step, after model.State) {
			n, ok := number(after)
			if !ok {
				g.Cut = true
				return
			}
			e := show.Edge{From: i, To: n, Text: sys.Format(step)}
			for _, c := range judged {
				if c.Kind == check.KindStep && before != after && c.Wrong(sys, &before, &after) != "" {
					e.Violates = append(e.Violates, c.Name)
				}
			}
			g.Edges = append(g.Edges, e)
		})
	}
	return g
}
