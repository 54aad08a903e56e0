package lattice

import (
	"context"
	"fmt"
	"slices"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/check"
	"pkgdist/props/run"
	"pkgdist/props/scenario"
)

type search struct {
	*Lattice
	*Figures
	scenario *scenario.Scenario
	each     check.Options // of each set

	kin  []kin        // what was explored, and what is alike it
	pool [][]evidence // for each claim, traces that violate it under some set
}

func newSearch(sc *scenario.Scenario, properties []string, opt Options) (*search, error) {
	claims, err := run.Required(sc, model.SMS20, properties)
	if err != nil {
		return nil, err
	}
	if len(properties) == 0 {
		claims = slices.DeleteFunc(claims, notOfSets)
	}
	l := undecided([]Figures{{Scenario: sc.Name}}, claims)
	s := &search{Lattice: l, Figures: &l.Searches[0], scenario: sc, pool: make([][]evidence, len(claims))}
	_, s.each = run.AtOnce(opt.Check)
	s.each.Keep = true
	return s, nil
}

// notOfSets tells whether a claim is not about sets of mechanisms: a story, and a
// situation that some mechanism excludes on purpose.
func notOfSets(c props.Claim) bool {
	return !slices.Contains(props.CatalogueNames(), c.Name) || c.IsExcluded(designOf(All))
}

// kin is a set that was explored completely, and a test for designs that take the
// same steps in all of its states. A set that a limit has cut stands for no other:
// what was seen of it says nothing about the states behind the limit, where a trace
// of another set may have refuted it.
type kin struct {
	set    model.MechanismSet
	alikes *model.Equivalence
}

// A job is the work on one set: what it comes to, and what others can use of it.
type job struct {
	set      model.MechanismSet
	verdicts Verdicts
	searched bool
	found    []evidence
	kin      *kin
	stopped  string
	err      error
}

// alike judges a set by one that takes the same steps.
func (s *search) alike(set model.MechanismSet) bool {
	for _, k := range s.kin {
		if k.alikes.Includes(model.Design{Mechanisms: set}) {
			s.Sets[set] = s.Sets[k.set]
			s.Alike++
			return true
		}
	}
	return false
}

// judge refutes what traces of other sets refute, and explores the set for the
// rest.
func (s *search) judge(ctx context.Context, j *job) {
	sys, err := model.NewSystem(s.scenario.Scope, designOf(j.set))
	if err != nil {
		j.err = err
		return
	}
	for i := range s.refuted(sys) {
		j.verdicts.Violated |= 1 << i
	}
	open := s.Names(j.verdicts.holds())
	if len(open) == 0 {
		return
	}
	j.searched = true
	r, err := run.ExploreSystem(ctx, s.scenario, sys, open, s.each)
	if err != nil {
		j.err = err
		return
	}
	for _, name := range open {
		s.note(j, s.index(name), r.Result.Verdict(name))
	}
	if j.stopped = r.Result.Stopped; r.Result.Complete() {
		j.kin = &kin{j.set, sys.Equivalence()}
		var s model.State // one for all, as it is on the heap
		for s = range r.Result.All() {
			j.kin.alikes.Examine(&s)
		}
	}
}

func (s *search) note(j *job, i int, v run.Verdict) {
	switch v.Outcome {
	case check.Holds:
	case check.Violated:
		j.verdicts.Violated |= 1 << i
		j.found = append(j.found, evidence{claim: i, steps: v.Trace.Steps, loop: v.Loop})
	case check.Inconclusive:
		j.verdicts.Inconclusive |= 1 << i
	default:
		panic(fmt.Sprintf("lattice: unknown outcome %v of %s", v.Outcome, v.Property.Name()))
	}
}

func designOf(set model.MechanismSet) model.Design {
	return model.Design{Name: set.String(), Mechanisms: set}
}

func (s *search) merge(j *job) error {
	if j.err != nil {
		return j.err
	}
	s.Sets[j.set] = j.verdicts
	if j.searched {
		s.Searched++
	} else {
		s.Refuted++
	}
	if j.stopped != "" && s.Stopped == "" {
		s.Stopped = fmt.Sprintf("%v: %s", j.set, j.stopped)
	}
	if j.kin != nil {
		s.kin = append(s.kin, *j.kin)
	}
	for _, e := range j.found {
		if len(s.pool[e.claim]) < maxEvidence {
			s.pool[e.claim] = append(s.pool[e.claim], e)
		}
	}
	return nil
}
