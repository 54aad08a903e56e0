package model

import "fmt"

// A Field is one thing that a state says, for a person: where it is, what it is
// called and its value.
type Field struct {
	// Place is the site, with the package where it concerns one: "B", "B/P".
	// It is empty for what concerns no site.
	Place string
	Label string
	Value string
}

// Describe lists everything that a state says, always the same fields in the
// same order for one system, so that two states can be compared field by field.
func (sys *System) Describe(s *State) []Field {
	var list []Field
	for f, n := range sys.scope.Faults {
		if n > 0 {
			list = append(list, Field{"", Fault(f).String() + " left", fmt.Sprint(s.FaultsLeft[f])})
		}
	}
	for i := range sys.scope.Sites {
		list = append(list, sys.describeSite(s, i)...)
		for p := range sys.scope.Packages {
			list = append(list, sys.describePackage(s, i, p)...)
		}
	}
	return list
}

func (sys *System) describeSite(s *State, i int) []Field {
	site, place := &s.Sites[i], sys.scope.Sites[i].Name
	var list []Field
	if i > 0 {
		despooler := site.Despooler.Phase.String()
		if site.Despooler.Phase != DespoolerIdle {
			despooler += fmt.Sprintf(" version %d of %s", site.Despooler.Version, sys.scope.Packages[site.Despooler.Package])
		}
		list = append(list,
			Field{place, "Despooler", despooler},
			Field{place, "replication thread", choose(site.Replication.Busy, "busy", "waiting")},
			Field{place, "change notification", choose(site.Replication.Notified, "fired", "none")})
	}
	if sys.scope.Faults[DPAway] > 0 {
		for d := range sys.scope.Sites[i].DPs {
			list = append(list, Field{place, fmt.Sprintf("DP %d", d+1), choose(site.Away>>d&1 != 0, "away", "reachable")})
		}
	}
	return list
}

func (sys *System) describePackage(s *State, i, pkg int) []Field {
	p, place := &s.Sites[i].Packages[pkg], sys.scope.Sites[i].Name+"/"+sys.scope.Packages[pkg]
	thread := p.Thread.Phase.String()
	if p.Thread.Phase != ThreadIdle {
		thread += fmt.Sprintf(" version %d", p.Thread.Version)
	}
	var list []Field
	add := func(label string, value any) { list = append(list, Field{place, label, fmt.Sprint(value)}) }
	if i == 0 {
		add("updates not noticed yet", p.Updates)
	} else {
		add("content on its way", p.Content)
		add("metadata on its way", p.Metadata)
		if sys.scope.Faults[Duplicate] > 0 {
			add("content on its way twice", p.ContentTwice)
			add("metadata on its way twice", p.MetadataTwice)
		}
		add("INCOMING", p.Incoming)
		add("listed, not judged", p.Listed)
		add("LastRefreshTime", p.Row.Refresh.text())
	}
	add("SourceVersion", p.Row.Source.text())
	add("stored copy", p.Copy)
	add("StoredPkgVersion", p.Row.Stored.text())
	add("package thread", thread)
	add("unpacked", p.Unpacked)
	for d := range sys.scope.Sites[i].DPs {
		add(fmt.Sprintf("DP %d serves", d+1), p.DPs[d].Content)
		add(fmt.Sprintf("copy to DP %d", d+1), p.DPs[d].Phase)
	}
	add("status on its way", p.Status.text())
	if sys.scope.Faults[LateStatus] > 0 {
		add("status held up on its way", p.Late.text())
	}
	add("reported", p.Reported.text())
	return list
}

func (v Version) text() string {
	if v == 0 {
		return "none"
	}
	return fmt.Sprint(uint8(v))
}

func choose(cond bool, yes, no string) string {
	if cond {
		return yes
	}
	return no
}
