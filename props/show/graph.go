package show

import (
	"fmt"
	"io"
	"strings"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
)

// MostStates bounds the graph of all states: nobody reads a larger one.
const MostStates = 500

// A Graph is what was drawn of all states.
type Graph struct {
	States, Steps int
	// Complete: there are no states beyond those.
	Complete bool
}

// String says how much it is.
func (g Graph) String() string {
	if g.Complete {
		return fmt.Sprintf("all %d states and %d steps", g.States, g.Steps)
	}
	return fmt.Sprintf("the first %d states and the %d steps between them; there are more, and no more than %[1]d are drawn", g.States, g.Steps)
}

// AllStates writes the graph of the states of a system, nearest first and at
// most so many, with the states and steps that violate one of the claims. What
// claims say about the end is in no state, so these are left out.
func AllStates(w io.Writer, sys *model.System, scenario string, claims []props.Claim, most int) (Graph, error) {
	g := &grower{sys: sys, claims: judged(claims), most: most, numbers: map[model.State]int{}}
	g.grow()
	var names []string
	for _, c := range g.claims {
		names = append(names, c.Name)
	}
	g.title = []string{
		fmt.Sprintf("%s, design %s: %v", scenario, sys.Design().Name, g.Graph),
		"Octagon, or bold step: violates a property, which its label names. Double circle: at rest. State 0 is the first.",
	}
	g.title = append(g.title, wrap("Properties: "+strings.Join(names, ", "), 4*noteWidth)...)
	return g.Graph, g.write(w)
}

// judged are the claims about states and steps.
func judged(claims []props.Claim) []props.Claim {
	var list []props.Claim
	for _, c := range claims {
		if c.Kind != check.KindSometimes && !c.Kind.Liveness() {
			list = append(list, c)
		}
	}
	return list
}

type grower struct {
	drawing
	Graph
	sys     *model.System
	claims  []props.Claim
	most    int
	numbers map[model.State]int
	states  []model.State // in the order of their numbers
}

func (g *grower) grow() {
	g.Complete = true
	for _, s := range g.sys.Init() {
		g.number(s)
	}
	for i := 0; i < len(g.states); i++ {
		s := g.states[i]
		g.sys.Steps(s, func(step model.Step, next model.State) {
			if n, ok := g.number(next); ok {
				g.step(i, n, step, &s, &next)
			} else {
				g.Complete = false
			}
		})
	}
	g.States = len(g.states)
}

// number returns the number of a state, unless it is one too many.
func (g *grower) number(s model.State) (int, bool) {
	if n, known := g.numbers[s]; known {
		return n, true
	}
	if len(g.states) == g.most {
		return 0, false
	}
	n := len(g.states)
	g.numbers[s], g.states = n, append(g.states, s)
	drawn := node{id: fmt.Sprintf("s%d", n), shape: shapeOf(g.sys, &s), style: "solid", lines: []string{fmt.Sprint(n)}}
	for _, c := range g.claims {
		if c.Kind != check.KindStep && (!c.AtRest || g.sys.AtRest(&s)) && c.Wrong(g.sys, &s, &s) != "" {
			drawn.shape, drawn.style = shapeWrong, "bold,filled"
			drawn.lines = append(drawn.lines, c.Name)
		}
	}
	g.nodes = append(g.nodes, drawn)
	return n, true
}

func (g *grower) step(from, to int, step model.Step, before, after *model.State) {
	g.Steps++
	e := edge{fmt.Sprintf("s%d", from), fmt.Sprintf("s%d", to), "solid", []string{g.sys.Format(step)}}
	for _, c := range g.claims {
		if c.Kind == check.KindStep && *before != *after && c.Wrong(g.sys, before, after) != "" {
			e.style = "bold"
			e.lines = append(e.lines, "violates "+c.Name)
		}
	}
	g.edges = append(g.edges, e)
}
