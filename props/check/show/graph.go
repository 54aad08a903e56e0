package show

import (
	"fmt"
	"io"
	"strings"
)

// MostStates bounds a graph of all states: nobody reads a larger one.
const MostStates = 500

// A Graph is the states of a model and the steps between them, nearest first.
type Graph struct {
	Title      string
	Properties []string // those that were judged in each state and step
	Nodes      []Node
	Edges      []Edge
	Cut        bool // there are states beyond those
}

// A Node is a state.
type Node struct {
	Label    string // empty is its number
	AtRest   bool
	Violates []string // properties
}

// An Edge is a step from one node to another.
type Edge struct {
	From, To int // in Nodes
	Text     string
	Violates []string
}

// String says how much it is.
func (g *Graph) String() string {
	if g.Cut {
		return fmt.Sprintf("the first %d states and the %d steps between them; there are more, and no more than %[1]d are drawn", len(g.Nodes), len(g.Edges))
	}
	return fmt.Sprintf("all %d states and %d steps", len(g.Nodes), len(g.Edges))
}

// DOT writes the graph in the language of Graphviz.
func (g *Graph) DOT(w io.Writer) error {
	var d drawing
	d.title = []string{
		strings.TrimPrefix(fmt.Sprintf("%s: %v", g.Title, g), ": "),
		"Octagon, or bold step: violates a property, which its label names. Double circle: at rest. State 0 is the first.",
	}
	if len(g.Properties) > 0 {
		d.title = append(d.title, wrap("Properties: "+strings.Join(g.Properties, ", "), 4*noteWidth)...)
	}
	for i, n := range g.Nodes {
		drawn := node{id: fmt.Sprintf("s%d", i), shape: shapeOf(n.AtRest), style: "solid", lines: append([]string{n.Label}, n.Violates...)}
		if n.Label == "" {
			drawn.lines[0] = fmt.Sprint(i)
		}
		if len(n.Violates) > 0 {
			drawn.shape, drawn.style = shapeWrong, "bold,filled"
		}
		d.nodes = append(d.nodes, drawn)
	}
	for _, e := range g.Edges {
		if e.From < 0 || e.From >= len(g.Nodes) || e.To < 0 || e.To >= len(g.Nodes) {
			return fmt.Errorf("a step from state %d to state %d; expected 0 to %d", e.From, e.To, len(g.Nodes)-1)
		}
		drawn := edge{fmt.Sprintf("s%d", e.From), fmt.Sprintf("s%d", e.To), "solid", []string{e.Text}, false}
		for _, name := range e.Violates {
			drawn.style, drawn.lines = "bold", append(drawn.lines, "violates "+name)
		}
		d.edges = append(d.edges, drawn)
	}
	return d.write(w)
}
