package show

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"pkgdist/model"
)

// A drawing is a graph in the language of Graphviz.
type drawing struct {
	title []string // lines above the graph
	nodes []node
	edges []edge
}

type node struct {
	id    string
	shape string
	style string
	lines []string // its label
	about string   // what a pointer over it shows
	story bool     // it stands in a line with others of the story
}

type edge struct {
	from, to string
	style    string
	lines    []string
}

// The shapes say what a state is, so that nobody needs to see colours.
const (
	shapeState = "ellipse"      // a state
	shapeRest  = "doublecircle" // a state at rest: no step of the system is possible
	shapeWrong = "octagon"      // a state that violates a property
	shapeNote  = "note"         // a text
)

// Graphviz gives up on labels beyond some size; nobody reads one.
const longestLine = 400

func (g *drawing) write(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "digraph trace {\n  label=\"%s\"; labelloc=t; labeljust=l;\n", dotLines(g.title))
	fmt.Fprint(out, "  node [fontname=\"sans-serif\", fontsize=11];\n  edge [fontname=\"sans-serif\", fontsize=10];\n")
	for _, n := range g.nodes {
		fmt.Fprintf(out, "  %s [shape=%s, style=\"%s\", label=\"%s\"", n.id, n.shape, n.style, dotLines(n.lines))
		if n.about != "" {
			fmt.Fprintf(out, ", tooltip=\"%s\"", dotText(n.about))
		}
		if n.story {
			fmt.Fprint(out, ", group=story")
		}
		fmt.Fprint(out, "];\n")
	}
	for _, e := range g.edges {
		fmt.Fprintf(out, "  %s -> %s [style=\"%s\", label=\"%s\"];\n", e.from, e.to, e.style, dotLines(e.lines))
	}
	fmt.Fprint(out, "}\n")
	return out.Flush()
}

// dotLines joins lines, each flush left.
func dotLines(lines []string) string {
	var b strings.Builder
	for _, line := range lines {
		if runes := []rune(line); len(runes) > longestLine {
			line = string(runes[:longestLine]) + "…"
		}
		b.WriteString(dotText(line))
		if len(lines) > 1 {
			b.WriteString(`\l`)
		}
	}
	return b.String()
}

// DOT writes the neighbourhood of the trace: its states and steps, and the other
// steps that are possible out of each state.
func DOT(w io.Writer, d *Document) error { return neighbourhood(d).write(w) }

func neighbourhood(d *Document) *drawing {
	g := &drawing{title: []string{
		fmt.Sprintf("%s, design %s", d.Scenario, d.Design),
		fmt.Sprintf("%s: %s", d.Property, d.Says),
		"Bold: the story. Dashed: what else could have happened. Double circle: at rest.",
	}}
	if !d.Reproduced {
		g.title = append(g.title, strings.Split(d.Conclusion, "\n")...)
	}
	sys, trace := d.Story.System, &d.Story.Trace
	ids := map[model.State]string{}
	for i, s := range trace.States {
		if ids[s] == "" { // a loop comes back
			ids[s] = fmt.Sprintf("s%d", i)
			g.nodes = append(g.nodes, node{id: ids[s], shape: shapeOf(sys, &s), style: "bold", story: true,
				lines: []string{fmt.Sprint(i)}, about: fmt.Sprintf("state %d", i)})
		}
	}
	for i, step := range trace.Steps {
		from := ids[trace.States[i]]
		g.edges = append(g.edges, edge{from, ids[trace.States[i+1]], "bold", wrap(fmt.Sprintf("%d. %s", i+1, d.Steps[i].Sentence), noteWidth)})
		sys.Steps(trace.States[i], func(other model.Step, next model.State) {
			if other != step {
				g.other(sys, ids, from, other, next)
			}
		})
	}
	g.last(d, ids)
	return g
}

// last draws the end of the story: why it is wrong, and what could still follow.
func (g *drawing) last(d *Document, ids map[model.State]string) {
	sys, trace := d.Story.System, &d.Story.Trace
	end := trace.States[len(trace.States)-1]
	if !d.Loops() {
		sys.Steps(end, func(other model.Step, next model.State) { g.other(sys, ids, ids[end], other, next) })
	}
	var lines []string
	for _, text := range endings(d) {
		lines = append(lines, wrap(text, 2*noteWidth)...)
	}
	if len(lines) > 0 {
		g.nodes = append(g.nodes, node{id: "end", shape: shapeNote, style: "bold", lines: lines})
		g.edges = append(g.edges, edge{from: ids[end], to: "end", style: "dotted"})
	}
	for i := range g.nodes {
		if d.Wrong != "" && g.nodes[i].id == ids[end] {
			g.nodes[i].shape = shapeWrong
		}
	}
}

// other draws a step that the story does not take. States beside the story are
// drawn once, however many steps lead there.
func (g *drawing) other(sys *model.System, ids map[model.State]string, from string, step model.Step, next model.State) {
	if ids[next] == "" {
		ids[next] = fmt.Sprintf("o%d", len(ids))
		g.nodes = append(g.nodes, node{id: ids[next], shape: shapeOf(sys, &next), style: "dashed", about: "a state beside the story"})
	}
	g.edges = append(g.edges, edge{from, ids[next], "dashed", []string{sys.Format(step)}})
}

func shapeOf(sys *model.System, s *model.State) string {
	if sys.AtRest(s) {
		return shapeRest
	}
	return shapeState
}
