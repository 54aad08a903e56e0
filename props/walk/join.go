package walk

import (
	"cmp"
	"slices"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
	"pkgdist/props/scenario"
)

// Join combines the reports of all shards, in their order. A claim is violated if it is in one of them, first by the walk with
// the lowest number, and the walks ended early if those of one shard did.
func Join(shards ...*Report) *Report {
	all := &Report{System: shards[0].System, Missed: slices.Clone(shards[0].Missed)}
	for _, r := range shards {
		all.Tally.Merge(&r.Tally)
		all.Stopped = cmp.Or(all.Stopped, r.Stopped)
		for _, f := range r.Found {
			if !has(all.Found, f.Claim) {
				all.Found = append(all.Found, f)
			}
		}
		all.Missed = append(all.Missed, r.Missed...)
	}
	slices.SortFunc(all.Found, func(a, b Finding) int { return order(a.Claim) - order(b.Claim) })
	slices.SortFunc(all.Missed, func(a, b props.Claim) int { return order(a) - order(b) })
	all.Missed = slices.CompactFunc(all.Missed, func(a, b props.Claim) bool { return a.Name == b.Name })
	all.Missed = slices.DeleteFunc(all.Missed, func(c props.Claim) bool { return has(all.Found, c) })
	return all
}

func has(found []Finding, c props.Claim) bool {
	return slices.ContainsFunc(found, func(f Finding) bool { return f.Claim.Name == c.Name })
}

// Restore makes a finding of what was written down of it: the number and the length of the walk, and its story, which is taken
// again step by step.
func Restore(sys *model.System, claim string, walk, length int, scope []byte, trace []string, proof string) (Finding, error) {
	f := Finding{Walk: walk, Length: length}
	var err error
	if f.Claim, err = props.Find(claim); err != nil {
		return f, err
	}
	small, err := scenario.Parse("scenario", scope)
	if err != nil {
		return f, err
	}
	s := Story{Claim: f.Claim}
	if s.System, err = model.NewSystem(small.Scope, sys.Design()); err != nil {
		return f, err
	}
	v, err := props.Model(s.System).ReplayLines(f.Claim.For(s.System), trace, len(trace))
	if err != nil {
		return f, err
	}
	s.Shrunk = check.Shrunk[model.State, model.Step]{Trace: *v.Trace, Proof: proof}
	f.small = &s
	return f, nil
}
