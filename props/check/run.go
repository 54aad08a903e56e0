package check

import "pkgdist/props/check/show"

// Document is a run of the model read for a person, of which nothing is judged. The trace has to be one of m.
func (m Model[S, T]) Document(t *Trace[S, T]) (*show.Document, error) {
	compiled, err := compile(m)
	if err != nil {
		return nil, err
	}
	return compiled.document(t), nil
}

// Run takes steps as Format prints them, from whichever initial state they are all possible. The error is a *ReplayError if
// there is none; the trace goes as far as it can then.
func (m Model[S, T]) Run(lines []string) (longest Trace[S, T], failed error) {
	compiled, err := compile(m)
	if err != nil {
		return longest, err
	}
	initial, err := compiled.initial()
	if err != nil {
		return longest, err
	}
	for _, s := range initial {
		t, err := compiled.replayLines(s, lines)
		if err == nil {
			return t, nil
		}
		if len(t.States) > len(longest.States) {
			longest, failed = t, err
		}
	}
	return longest, failed
}
