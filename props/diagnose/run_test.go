package diagnose

import (
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
	"pkgdist/props/check/walk"
	"pkgdist/props/logs"
)

// A run of the model, with the lines that it writes: the readings the other way round.
type run struct {
	sys   *model.System
	trace check.Trace[model.State, model.Step]
	lines []written
}

// written is a line, and the step that wrote it.
type written struct {
	logs.Message
	step int
}

const packageID = "AUS0001B"

// runs are random runs of a scope with one site below the source site.
func drawRun(t *rapid.T, design model.Design, scope model.Scope, length int) *run {
	sys, err := model.NewSystem(scope, design)
	if err != nil {
		t.Fatal(err)
	}
	return runOf(sys, walk.Trace(t, walk.Walk{Length: length, Scheduler: walk.ByRuleMasked}, props.Model(sys)))
}

func runOf(sys *model.System, trace check.Trace[model.State, model.Step]) *run {
	r := &run{sys: sys, trace: trace}
	lines := map[string]int{}
	for i, step := range trace.Steps {
		if step.Site != below {
			continue
		}
		for _, m := range writes(step, at(&trace.States[i]), i) {
			m.File, m.Component = "site/distmgr.log", "SMS_DISTRIBUTION_MANAGER"
			if m.Kind == logs.Received || m.Kind == logs.Storing || m.Kind == logs.Stored || m.Kind == logs.InstructionDone {
				m.File, m.Component, m.Thread = "site/despool.log", "SMS_DESPOOLER", 1
			}
			lines[m.File]++
			m.Line, m.Time = lines[m.File], time.Date(2000, 3, 1, 10, 0, 0, 0, time.UTC).Add(time.Duration(i)*time.Second)
			m.Text = m.Say()
			said, ok := logs.Recognise(&m.Record)
			if !ok {
				panic(fmt.Sprintf("%q is not recognised", m.Text))
			}
			r.lines = append(r.lines, written{said, i})
		}
	}
	return r
}

// writes are the lines of a step.
func writes(step model.Step, before *model.PackageState, number int) []logs.Message {
	v, stored := int(step.Version), int(before.Row.Stored)
	file := logs.Message{Kind: logs.IncomingFile, Path: `D:\SMS\INBOXES\DISTMGR.BOX\INCOMING\` + packageID + ".PKG"}
	dp := fmt.Sprintf(`["Display=\\DP%d\"]MSWNET:["SMS_SITE=B"]\\DP%d\`, step.DP+1, step.DP+1)
	of := func(m logs.Message) logs.Message {
		m.Package = packageID
		return m
	}
	pck := `D:\SMSPKG\` + packageID + ".PCK"
	switch model.RuleNames()[step.Rule] {
	case "despooler.store":
		list := []logs.Message{of(logs.Message{Kind: logs.Received, Version: v, Path: "X.PCK", Target: pck})}
		if stored > 0 && stored < v {
			list = append(list, of(logs.Message{Kind: logs.Storing, Version: v, Current: stored}))
		}
		return list
	case "despooler.commit":
		return []logs.Message{of(logs.Message{Kind: logs.Stored, Version: v}), {Kind: logs.InstructionDone}}
	case "replication.skip":
		return []logs.Message{file, of(logs.Message{Kind: logs.VersionAhead, Version: v, Current: stored, Path: file.Path})}
	case "replication.delete":
		return []logs.Message{file, of(logs.Message{Kind: logs.VersionBehind, Version: v, Current: stored, Path: file.Path})}
	case "replication.leave", "replication.discard":
		return []logs.Message{file}
	case "replication.accept":
		return []logs.Message{file, of(logs.Message{Kind: logs.Applied}), of(logs.Message{Kind: logs.ThreadStarted, Worker: 100 + number})}
	case "package.decompress":
		return []logs.Message{of(logs.Message{Kind: logs.VersionsSeen, Version: int(before.Row.Source), Current: stored}), {Kind: logs.Decompressing, Path: pck, Target: `D:\PKG`}}
	case "package.record":
		return []logs.Message{of(logs.Message{Kind: logs.StoredVersionSeen, Version: v, Current: stored})}
	case "dp.copy":
		return []logs.Message{of(logs.Message{Kind: logs.DPBegins, DP: dp})}
	case "dp.commit":
		return []logs.Message{of(logs.Message{Kind: logs.DPDone, DP: dp})}
	case "fault.file-in-use", "dp.fail":
		return []logs.Message{of(logs.Message{Kind: logs.DPFailed, DP: dp, Status: 2328, Site: "B"})}
	case "fault.decompress-fails":
		return []logs.Message{{Kind: logs.DecompressFailed, Path: pck, Target: `D:\PKG`, Code: 1}}
	case "package.done":
		return []logs.Message{of(logs.Message{Kind: logs.PackageDone}), of(logs.Message{Kind: logs.ThreadExits})}
	}
	return nil
}

// without leaves out lines.
func (r *run) without(drop func(i int) bool) *run {
	less := *r
	less.lines = nil
	for i, line := range r.lines {
		if !drop(i) {
			less.lines = append(less.lines, line)
		}
	}
	return &less
}

// cases are what Collect makes of the lines.
func (r *run) cases() []*Case {
	var c Collect
	for _, line := range r.lines {
		c.Add(line.Message)
	}
	return c.Cases()
}

// truth is what has become of the package when the last of the lines was written.
func (r *run) truth(c *Case) *Symptom {
	last := -1
	for _, line := range r.lines {
		if line.Package != "" || line.Kind == logs.Sleep {
			last = line.step
		}
	}
	var overlapped, skipped model.Versions
	for i := range last + 1 {
		for v := model.Version(1); v <= model.MaxVersions; v++ {
			if overlap(&r.trace.States[i+1], v) {
				overlapped |= v.Set()
			}
			if skips(&r.trace.States[i], &r.trace.States[i+1], v) {
				skipped |= v.Set()
			}
		}
	}
	has := func(set model.Versions) func(model.Version) bool {
		return func(v model.Version) bool { return v == 0 && set != 0 || set.Has(v) }
	}
	var named model.Versions
	for _, v := range c.Versions() {
		named |= model.Version(v).Set()
	}
	if named == 0 {
		named = 1
	}
	state := r.trace.States[last+1]
	r.hideUnnamed(c, named, &state)
	sc := &scope{sys: r.sys, model: props.Model(r.sys)}
	e := ending{sc: sc, ahead: sc.rest(), s: &state, named: named, overlapped: has(overlapped), skipped: has(skipped)}
	return e.symptom()
}

// hideUnnamed leaves out the versions on their way that no line names, which a diagnosis takes for granted not to be there, and has
// the distribution points that no line names be as those that one does.
func (r *run) hideUnnamed(c *Case, versions model.Versions, s *model.State) {
	s.Sites[0] = model.SiteState{}
	for _, way := range []*model.Versions{&at(s).Content, &at(s).ContentTwice, &at(s).Metadata, &at(s).MetadataTwice} {
		*way &= versions
	}
	named := c.points()
	dps := at(s).DPs[:r.sys.Bounds().Sites[below].DPs]
	is := func(d int) bool { return slices.Contains(named, fmt.Sprintf("DP%d", d+1)) }
	for d := range dps {
		for other := range dps {
			if !is(d) && is(other) {
				dps[d] = dps[other]
			}
		}
	}
}

func scopeOf(updates, dps int, ordered bool) model.Scope {
	return model.Scope{
		Sites:    []model.Site{{Name: "A", Parent: model.NoParent}, {Name: "B", Kind: model.Secondary, DPs: dps}},
		Packages: []string{"P"}, Updates: updates, Ordered: ordered, Threads: model.DefaultThreads, Copies: model.DefaultCopies,
	}
}

func designNamed(name string) model.Design {
	all := slices.Concat(model.Designs(), compared())
	return all[slices.IndexFunc(all, func(d model.Design) bool { return d.Name == name })]
}
