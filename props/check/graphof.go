package check

import "pkgdist/props/check/show"

// Graph is the graph of the states of m, nearest first and at most so many, with the states and steps that violate one of
// the properties. Properties about infinite runs and sometimes properties are in no state, so these are left out.
func (m Model[S, T]) Graph(properties []Property[S], most int) (*show.Graph, error) {
	x, err := m.Expansion()
	if err != nil {
		return nil, err
	}
	initial, err := x.machine.initial()
	if err != nil {
		return nil, err
	}
	g := &show.Graph{Title: m.Name}
	for _, item := range m.About {
		g.Title += ", " + item.Label + " " + item.Value
	}
	var judged []*Property[S]
	for i := range properties {
		if properties[i].kind.Finite() {
			judged, g.Properties = append(judged, &properties[i]), append(g.Properties, properties[i].name)
		}
	}
	numbers := map[string]int{}
	var states []S
	var fields [][]show.Field
	number := func(s *S, parent int) (int, bool) {
		key := x.Identity(s)
		n, known := numbers[key]
		if known || len(states) == most {
			return n, known
		}
		n = len(states)
		numbers[key], states, fields = n, append(states, x.Clone(s)), append(fields, x.machine.Fields(s))
		g.Nodes = append(g.Nodes, show.Node{Changes: show.Changes(fields[parent], fields[n])})
		return n, true
	}
	for i := range initial {
		number(&initial[i], len(states)) // its own parent: nothing has changed
	}
	for i := 0; i < len(states); i++ {
		x.Enter(&states[i])
		node := &g.Nodes[i]
		node.AtRest = x.AtRest
		for _, p := range judged {
			if x.Decides(p) {
				node.Violates = append(node.Violates, p.name)
			}
		}
		for s, step := range x.Steps {
			to, ok := number(&x.Nexts[s], i)
			if !ok {
				g.Cut = true
				continue
			}
			e := show.Edge{From: i, To: to, Text: m.Text(step)}
			for _, p := range judged {
				if x.StepDecides(p, s) {
					e.Violates = append(e.Violates, p.name)
				}
			}
			g.Edges = append(g.Edges, e)
		}
	}
	return g, nil
}
