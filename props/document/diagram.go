package document

import (
	"fmt"
	"strings"

	"pkgdist/model"
	"pkgdist/props/check/show"
)

// A node of a diagram is an actor, or something that a state says.
type node struct {
	id    string
	actor model.Actor // or, if there is none:
	field string      // the label of the field
	title string      // what to call it here, or empty
}

// An edge leads from who changes something to what is changed, or from what is
// read to who reads it.
type edge struct{ from, to string }

// A group of nodes has a frame.
type group struct {
	id, title string
	nodes     []node
}

// picture is the protocol at a glance: the way of a version from the
// administrator to the distribution points of a child site. It leaves out most of
// what the components read. A test compares the rest with the rules.
func picture() ([]group, []edge) {
	return []group{
			{"source", "Source site", []node{
				{id: "administrator", actor: model.ActorAdministrator},
				{id: "updates", field: "updates not noticed yet", title: "updates"},
				{id: "sourceThread", actor: model.ActorPackageThread},
				{id: "reported", field: "reported", title: "reported version"},
			}},
			{"channels", "Channels", []node{
				{id: "content", field: "content on its way", title: "content (.PCK)"},
				{id: "metadata", field: "metadata on its way", title: "metadata (.PKG)"},
				{id: "status", field: "status on its way", title: "status"},
			}},
			{"child", "Child site", []node{
				{id: "sender", actor: model.ActorSender},
				{id: "incoming", field: "INCOMING"},
				{id: "notification", field: "change notification"},
				{id: "replication", actor: model.ActorReplication},
				{id: "despooler", actor: model.ActorDespooler},
				{id: "copy", field: "stored copy"},
				{id: "stored", field: "StoredPkgVersion"},
				{id: "thread", actor: model.ActorPackageThread},
				{id: "unpacked", field: "unpacked", title: "unpacked files"},
				{id: "points", actor: model.ActorDPs},
				{id: "served", field: "DP {dp} serves", title: "what they serve"},
			}},
		}, []edge{
			{"administrator", "updates"}, {"updates", "sourceThread"},
			{"sourceThread", "content"}, {"sourceThread", "metadata"},
			{"content", "despooler"}, {"despooler", "copy"}, {"despooler", "stored"},
			{"metadata", "sender"}, {"sender", "incoming"}, {"sender", "notification"},
			{"notification", "replication"}, {"incoming", "replication"}, {"stored", "replication"}, {"replication", "thread"},
			{"copy", "thread"}, {"thread", "stored"}, {"thread", "unpacked"}, {"unpacked", "points"}, {"points", "served"},
			{"thread", "status"}, {"status", "reported"},
		}
}

// writePicture writes the protocol at a glance.
func writePicture(b *strings.Builder) {
	groups, edges := picture()
	b.WriteString("```mermaid\nflowchart TB\n")
	for _, g := range groups {
		fmt.Fprintf(b, "  subgraph %s[\"%s\"]\n", g.id, show.MermaidText(g.title))
		for _, n := range g.nodes {
			b.WriteString("    " + shape(n) + "\n")
		}
		b.WriteString("  end\n")
	}
	for _, e := range edges {
		fmt.Fprintf(b, "  %s --> %s\n", e.from, e.to)
	}
	b.WriteString("```\n\n")
}

// shape draws an actor with round corners, and what a state says as a box.
func shape(n node) string {
	title := n.title
	if title == "" {
		title = n.field
	}
	if n.actor != 0 {
		return fmt.Sprintf("%s([\"%s\"])", n.id, show.MermaidText(show.Capital(n.actor.String())))
	}
	return fmt.Sprintf("%s[\"%s\"]", n.id, show.MermaidText(title))
}

// A touch is what an actor does with a field, by any of its rules: in the product
// as shipped, or only in other designs.
type touch struct{ reads, changes, readsWith, changesWith bool }

// touches gathers what the rules of each actor touch, by actor and then by field.
// Faults are left out: nobody takes them.
func touches(rules []model.Rule) map[model.Actor]map[string]touch {
	all := map[model.Actor]map[string]touch{}
	for i := range rules {
		r := &rules[i]
		if r.Kind == model.ByFault {
			continue
		}
		fields := all[r.By]
		if fields == nil {
			fields = map[string]touch{}
			all[r.By] = fields
		}
		note := func(labels []string, is func(*touch)) {
			for _, label := range labels {
				t := fields[label]
				is(&t)
				fields[label] = t
			}
		}
		does := r.ReadWriteSets()
		note(does.Reads, func(t *touch) { t.reads = true })
		note(does.Writes, func(t *touch) { t.changes = true })
		note(does.ReadsWith, func(t *touch) { t.readsWith = true })
		note(does.WritesWith, func(t *touch) { t.changesWith = true })
	}
	return all
}

// writeActors draws which actor reads what and changes what, in the product as
// shipped.
func writeActors(b *strings.Builder, all map[model.Actor]map[string]touch) {
	b.WriteString("```mermaid\nflowchart LR\n")
	drawn := map[string]bool{}
	var edges []string
	for i, a := range model.Actors() {
		id := fmt.Sprintf("actor%d", i+1)
		fmt.Fprintf(b, "  %s\n", shape(node{id: id, actor: a}))
		for k, f := range model.StateFields() {
			if sign := arrow(all[a][f.Label]); sign != "" && len(f.Only) == 0 {
				edges = append(edges, fmt.Sprintf("  %s %s field%d", id, sign, k+1))
				drawn[f.Label] = true
			}
		}
	}
	for k, f := range model.StateFields() {
		if drawn[f.Label] {
			fmt.Fprintf(b, "  %s\n", shape(node{id: fmt.Sprintf("field%d", k+1), field: strings.ReplaceAll(f.Label, "{dp}", "d")}))
		}
	}
	b.WriteString(strings.Join(edges, "\n") + "\n```\n\n")
}

// arrow leads to what is changed, and is dotted where it is only read.
func arrow(t touch) string {
	switch {
	case t.changes:
		return "-->"
	case t.reads:
		return "-.-"
	}
	return ""
}
