package show

import (
	"cmp"
	"fmt"
	"io"
	"strings"
)

// MostStates bounds a graph of all states unless more are asked for. So many are drawn
// no larger than a screen, and can still be read.
const MostStates = 20

// mostChanges bounds how many changes the label of a node tells.
const mostChanges = 3

// graphWidth is how many characters a line has where there are many nodes.
const graphWidth = 26

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
	Label    string   // empty is its number
	Changes  []Change // since the state from which it is drawn first
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
	d := drawing{screen: len(g.Nodes) <= MostStates}
	d.title = []string{
		strings.TrimPrefix(fmt.Sprintf("%s: %v", g.Title, g), ": "),
		"Octagon, or bold step: violates a property, which its label names. Double border: at rest. State 0 is the first.",
	}
	if len(g.Properties) > 0 {
		d.title = append(d.title, wrap("Properties: "+strings.Join(g.Properties, ", "), 4*noteWidth)...)
	}
	for i, n := range g.Nodes {
		drawn := node{id: fmt.Sprintf("s%d", i), shape: shapeState, rests: n.AtRest, style: "rounded", lines: n.lines(i)}
		if len(n.Violates) > 0 {
			drawn.shape, drawn.style = shapeWrong, "bold,filled"
		}
		d.nodes = append(d.nodes, drawn)
	}
	for _, e := range g.Edges {
		if e.From < 0 || e.From >= len(g.Nodes) || e.To < 0 || e.To >= len(g.Nodes) {
			return fmt.Errorf("a step from state %d to state %d; expected 0 to %d", e.From, e.To, len(g.Nodes)-1)
		}
		drawn := edge{fmt.Sprintf("s%d", e.From), fmt.Sprintf("s%d", e.To), "solid", stepLines(e.Text), false}
		for _, name := range e.Violates {
			drawn.style, drawn.lines = "bold", append(drawn.lines, "violates "+name)
		}
		d.edges = append(d.edges, drawn)
	}
	return d.write(w)
}

// stepLines are the label of a step, its operands below it.
func stepLines(text string) []string {
	name, operands, ok := strings.Cut(text, "(")
	if !ok {
		return wrap(text, graphWidth)
	}
	return append([]string{name}, wrap("("+operands, graphWidth)...)
}

// lines are the label of node i: what it violates, and what has changed.
func (n *Node) lines(i int) []string {
	lines := append([]string{cmp.Or(n.Label, fmt.Sprint(i))}, n.Violates...)
	for k, c := range n.Changes {
		if k == mostChanges {
			return append(lines, fmt.Sprintf("and %d more", len(n.Changes)-k))
		}
		lines = append(lines, wrap(c.name()+": "+Excerpt(c.Value, noteWidth), graphWidth)...)
	}
	return lines
}
