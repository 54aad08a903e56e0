package main

import (
	"fmt"
	"strings"

	"pkgdist/props/check"
)

// state is what each manager has come to, a letter each: working, prepared, committed or aborted; and what was decided.
type state struct {
	Managers string
	Decision string
}

func model(n int) check.Model[state, string] {
	return check.Model[state, string]{
		Name: fmt.Sprintf("Two-phase commit of %d", n),
		Init: func() []state { return []state{{Managers: strings.Repeat("w", n)}} },
		Steps: func(s state, yield func(step string, next state)) {
			if s.Decision == "" {
				yield("decide to abort", state{s.Managers, "abort"})
				if !strings.ContainsAny(s.Managers, "wa") {
					yield("decide to commit", state{s.Managers, "commit"})
				}
			}
			for i, m := range s.Managers {
				become := func(m string) state { return state{s.Managers[:i] + m + s.Managers[i+1:], s.Decision} }
				switch {
				case m == 'w':
					yield(fmt.Sprintf("%d prepares", i), become("p"))
					yield(fmt.Sprintf("%d aborts", i), become("a"))
				case m == 'p' && s.Decision != "":
					yield(fmt.Sprintf("%d hears %s", i, s.Decision), become(s.Decision[:1]))
				}
			}
		},
	}
}

var consistent = check.Never("one-commits-another-aborts", func(s *state) bool {
	return strings.Contains(s.Managers, "c") && strings.Contains(s.Managers, "a")
}).Says("No manager commits if another one aborts.")

var everybodyCommits = check.Sometimes("everybody-commits", func(s *state) bool { return strings.Trim(s.Managers, "c") == "" })
