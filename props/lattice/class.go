package lattice

import (
	"context"
	"slices"
	"sync"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/run"
	"pkgdist/props/scenario"
	"pkgdist/props/shard"
)

// order is the order of the sets. The first of these mechanisms matter nearly everywhere.
var order = [model.NumMechanisms]model.Mechanism{
	model.ExclusiveSource, model.StagedWrite, model.RescanTimer, model.LatchedNotification, model.RescanOnDone,
	model.WakeOnStore, model.DropOlderContent, model.CompareAndSet, model.Journal, model.RetryDP,
}

// numClasses is the number of classes. A class is the sets that have the same ones of
// the first five mechanisms, so that few sets of different classes are alike. Each class
// is judged by itself, by whoever it may be: what is shared between sets, and so what
// comes of a limit, depends on the class alone.
const numClasses = 1 << 5

// class lists the sets of a class.
func class(number int) []model.MechanismSet {
	var sets []model.MechanismSet
	for i := number; i < NumSets; i += numClasses {
		var set model.MechanismSet
		for bit, m := range order {
			if i>>bit&1 != 0 {
				set |= model.Mechanisms(m)
			}
		}
		sets = append(sets, set)
	}
	return sets
}

// Judged lists the sets of a shard. It is of whole classes.
func Judged(s shard.Shard) []model.MechanismSet {
	var sets []model.MechanismSet
	for from, end := s.Range(numClasses); from < end; from++ {
		sets = append(sets, class(from)...)
	}
	slices.Sort(sets)
	return sets
}

// Search judges the properties, or all that count in the scenario if none is
// named, under every set of mechanisms, or those of a shard.
func Search(ctx context.Context, sc *scenario.Scenario, properties []string, opt Options) (*Lattice, error) {
	whole, err := newSearch(sc, properties, opt)
	if err != nil {
		return nil, err
	}
	whole.Shard = opt.Shard
	from, end := opt.Shard.Range(numClasses)
	classes, errs := make([]*search, end-from), make([]error, end-from)
	progress := opt.shared()
	workers, _ := run.AtOnce(opt.Check)
	run.Each(workers, len(classes), func(i int) {
		if classes[i], errs[i] = newSearch(sc, properties, opt); errs[i] == nil {
			errs[i] = classes[i].all(ctx, class(from+i), progress)
		}
	})
	for i, s := range classes {
		if errs[i] != nil {
			return nil, errs[i]
		}
		whole.take(class(from+i), s.Lattice)
	}
	return whole.Lattice, nil
}

// shared sums up the progress of several searches.
func (opt Options) shared() func(Figures) {
	var mutex sync.Mutex // of what follows
	var sum Progress
	return func(f Figures) {
		mutex.Lock()
		defer mutex.Unlock()
		sum.Judged += f.Searched + f.Alike + f.Refuted
		sum.Searched += f.Searched
		if opt.Progress != nil {
			opt.Progress(sum)
		}
	}
}

// all judges sets one after the other, each with what those before it came to.
func (s *search) all(ctx context.Context, sets []model.MechanismSet, progress func(Figures)) error {
	for _, set := range sets {
		before := *s.Figures
		switch {
		case s.alike(set):
		case ctx.Err() != nil && s.Stopped != "":
			s.Unreached++ // and stays inconclusive, as no search can be made
		default:
			j := &job{set: set}
			s.judge(ctx, j)
			if err := s.merge(j); err != nil {
				return err
			}
		}
		progress(Figures{Searched: s.Searched - before.Searched, Alike: s.Alike - before.Alike, Refuted: s.Refuted - before.Refuted})
	}
	return nil
}

// undecided is a lattice in which nothing is judged, so that nothing holds.
func undecided(searches []Figures, claims []props.Claim) *Lattice {
	l := &Lattice{Searches: searches, Claims: claims}
	for set := range l.Sets {
		l.Sets[set].Inconclusive = 1<<len(claims) - 1
	}
	return l
}

// take adds the verdicts under sets that another search has judged, and what that took.
func (l *Lattice) take(sets []model.MechanismSet, other *Lattice) {
	for _, set := range sets {
		l.Sets[set] = other.Sets[set]
	}
	for i, f := range other.Searches {
		l.Searches[i].add(f)
	}
}

// Join combines the lattices of all shards, in their order: searches of the same
// properties in the same scenarios.
func Join(shards ...*Lattice) *Lattice {
	var searches []Figures
	for _, f := range shards[0].Searches {
		searches = append(searches, Figures{Scenario: f.Scenario})
	}
	joined := undecided(searches, shards[0].Claims)
	for _, l := range shards {
		joined.take(Judged(l.Shard), l)
	}
	return joined
}
