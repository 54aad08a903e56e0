package check

// Tally is the figures of states that were expanded. It has the form in which they are saved.
type Tally struct {
	Explored int64
	Steps    int64
	AtRest   int64
	Cut      int64
	Verdicts []savedVerdict // in the order of the properties
	Coverage []Coverage
}

// savedVerdict is a judgement of which the state is known by its level alone.
type savedVerdict struct {
	Tested, Decided bool
	Level           int64
}

// Add adds the figures of states of the same level or of later ones.
func (t *Tally) Add(later *Tally) {
	t.Explored += later.Explored
	t.Steps += later.Steps
	t.AtRest += later.AtRest
	t.Cut += later.Cut
	for i, v := range later.Verdicts {
		if was := &t.Verdicts[i]; was.Decided {
			was.Tested = was.Tested || v.Tested
		} else {
			v.Tested = v.Tested || was.Tested
			*was = v
		}
	}
	for i := range later.Coverage {
		t.Coverage[i].merge(&later.Coverage[i])
	}
}

// Decided are the properties that were decided, by their index, and the level of the last one of which it was found: none if
// none was.
func (t *Tally) Decided() (properties []int, deepest int) {
	deepest = -1
	for i, v := range t.Verdicts {
		if v.Decided {
			properties, deepest = append(properties, i), max(deepest, int(v.Level))
		}
	}
	return properties, deepest
}

// figures are those of a search that keeps its states by level.
func (s *search[S, T]) figures() Tally {
	t := Tally{Explored: s.explored, Steps: s.steps, AtRest: s.atRest, Cut: s.cut, Coverage: s.coverage}
	for _, v := range s.verdicts {
		t.Verdicts = append(t.Verdicts, savedVerdict{v.tested, v.decided, v.at})
	}
	return t
}

// goOnFrom has the search begin with these figures.
func (s *search[S, T]) goOnFrom(t Tally) {
	s.explored, s.steps, s.atRest, s.cut, s.coverage = t.Explored, t.Steps, t.AtRest, t.Cut, t.Coverage
	for i, v := range t.Verdicts {
		s.verdicts[i] = judgement{tested: v.Tested, decided: v.Decided, at: v.Level}
	}
}
