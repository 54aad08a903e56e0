package show

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// A drawing is a graph in the language of Graphviz.
type drawing struct {
	screen bool     // it is to fit one
	title  []string // lines above the graph
	nodes  []node
	edges  []edge
}

type node struct {
	id    string
	shape string
	style string
	lines []string // its label
	about string   // what a pointer over it shows
	story bool     // it stands in a line with others of the story
	rests bool     // no step of the system is possible: it has a double border
}

type edge struct {
	from, to string
	style    string
	lines    []string
	wide     bool // a wider line
}

// The shapes say what a state is, so that nobody needs to see colours.
const (
	shapeState = "box"     // a state
	shapeWrong = "octagon" // a state that violates a property
	shapeNote  = "note"    // a text
)

// Graphviz gives up on labels beyond some size; nobody reads one.
const longestLine = 400

func (g *drawing) write(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "digraph trace {\n  label=\"%s\"; labelloc=t; labeljust=l;\n", dotLines(g.title))
	if g.screen {
		fmt.Fprint(out, "  size=\"20,11\";\n") // inches, of 96 points
	}
	fmt.Fprint(out, "  nodesep=0.2; ranksep=0.35;\n  node [fontname=\"sans-serif\", fontsize=11, height=0.3, margin=\"0.1,0.05\"];\n  edge [fontname=\"sans-serif\", fontsize=10];\n")
	for _, n := range g.nodes {
		fmt.Fprintf(out, "  %s [shape=%s, style=\"%s\", label=\"%s\"", n.id, n.shape, n.style, dotLines(n.lines))
		if n.about != "" {
			fmt.Fprintf(out, ", tooltip=\"%s\"", dotText(n.about))
		}
		if n.rests {
			fmt.Fprint(out, ", peripheries=2")
		}
		if n.story {
			fmt.Fprint(out, ", group=story")
		}
		fmt.Fprint(out, "];\n")
	}
	for _, e := range g.edges {
		fmt.Fprintf(out, "  %s -> %s [style=\"%s\", label=\"%s\"", e.from, e.to, e.style, dotLines(e.lines))
		if e.wide {
			fmt.Fprint(out, ", penwidth=5")
		}
		fmt.Fprint(out, "];\n")
	}
	fmt.Fprint(out, "}\n")
	return out.Flush()
}

// dotLines joins lines, each flush left.
func dotLines(lines []string) string {
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(dotText(Excerpt(line, longestLine)))
		if len(lines) > 1 {
			b.WriteString(`\l`)
		}
	}
	return b.String()
}

// A neighbourhood is a drawing of the states and steps of a run, and of the other
// steps that are possible out of each state.
type neighbourhood struct {
	drawing
	*Document
	names map[int]string // of the nodes, by the IDs of the states
}

func writeDOT(w io.Writer, d *Document) error {
	g := &neighbourhood{Document: d, names: map[int]string{}}
	g.describe()
	for i, s := range d.States {
		if g.names[s.ID] == "" { // a loop comes back
			g.names[s.ID] = fmt.Sprintf("s%d", i)
			g.nodes = append(g.nodes, node{id: g.names[s.ID], shape: shapeState, rests: s.AtRest, style: "bold", story: true,
				lines: []string{fmt.Sprint(i)}, about: fmt.Sprintf("state %d", i)})
		}
	}
	for i, step := range d.Steps {
		from, to := d.States[i].ID, d.States[i+1].ID
		lines := wrap(numbered(i, step.Sentence), noteWidth)
		for _, text := range g.notes(i) {
			lines = append(lines, wrap(text, noteWidth)...)
		}
		g.edges = append(g.edges, edge{g.names[from], g.names[to], "bold", lines, g.decides(i)})
		for _, c := range d.States[i].Possible {
			if c.Text != step.Text || c.To != to {
				g.other(from, c)
			}
		}
	}
	g.end()
	return g.write(w)
}

func (g *neighbourhood) describe() {
	line := g.Title
	for _, item := range g.About {
		line += ", " + strings.ToLower(item.Label) + " " + item.Value
	}
	if line = strings.TrimPrefix(line, ", "); line != "" {
		g.title = append(g.title, line)
	}
	if g.Property != "" {
		g.title = append(g.title, strings.TrimSuffix(g.Property+": "+g.Says, ": "))
	}
	g.title = append(g.title, "Bold: the story. Dashed: what else could have happened. Double border: at rest.")
	if g.Turn != nil && !g.fails() {
		g.title = append(g.title, "Widest: the step that decides it.")
	}
	if g.fails() {
		g.title = append(g.title, strings.Split(g.Conclusion, "\n")...)
	}
}

// end draws the end of the story: why it is wrong, and what could still follow.
func (g *neighbourhood) end() {
	last := g.States[len(g.States)-1]
	if !g.Loops() {
		for _, c := range last.Possible {
			g.other(last.ID, c)
		}
	}
	var lines []string
	for _, text := range g.endings() {
		lines = append(lines, wrap(text, 2*noteWidth)...)
	}
	if len(lines) > 0 {
		g.nodes = append(g.nodes, node{id: "end", shape: shapeNote, style: "bold", lines: lines})
		g.edges = append(g.edges, edge{from: g.names[last.ID], to: "end", style: "dotted"})
	}
	for i := range g.nodes {
		if g.Wrong != "" && g.nodes[i].id == g.names[last.ID] {
			g.nodes[i].shape = shapeWrong
		}
	}
}

// other draws a step that the run does not take. States beside the run are drawn
// once, however many steps lead there.
func (g *neighbourhood) other(from int, c Choice) {
	if g.names[c.To] == "" {
		g.names[c.To] = fmt.Sprintf("o%d", len(g.names))
		g.nodes = append(g.nodes, node{id: g.names[c.To], shape: shapeState, rests: c.AtRest, style: "dashed", about: "a state beside the story"})
	}
	g.edges = append(g.edges, edge{g.names[from], g.names[c.To], "dashed", []string{c.Text}, false})
}
