package document

import (
	"fmt"
	"strconv"
	"strings"

	"pkgdist/props/mutant"
)

// Mutants writes what notices when a rule is changed.
func Mutants(r *mutant.Report) string {
	var b strings.Builder
	b.WriteString(notice)
	fmt.Fprintf(&b, `# What notices when a rule is changed

Each mutant is the design %s with one change to the table of rules: a rule, a guard or an effect is left out, or one that the
design takes away is put back. It is explored in one scenario after the other until a property is violated that holds without the
change. The table names the one with the shortest counterexample in that scenario, and how many steps it has; "22+3" ends in a loop
of 3. What is only *noticed* violates nothing, but something that the scenario expects no longer occurs, so that nothing can be
concluded. What nothing notices is *equivalent*, for the reason that stands there.

%v

Scenarios, in this order: %s.

`, code(r.Design.Name), r, strings.Join(r.Scenarios, ", "))
	var rows [][]string
	for _, m := range r.Results {
		fate := m.Fate()
		rows = append(rows, []string{code(m.Mutation.Rule), plain(m.Change()), plain(fate[0]), fate[1], fate[2]})
	}
	table(&b, []string{"rule", "change", "killed by", "scenario", "steps"}, rows)
	b.WriteString("## What the properties are good for\n\nHow many mutants violate each property where they are killed, and how many of them violate no other there.\n\n")
	rows = nil
	for _, k := range r.Killers() {
		rows = append(rows, []string{code(k.Property), strconv.Itoa(k.Kills), strconv.Itoa(k.Alone)})
	}
	table(&b, []string{"property", "mutants", "no other"}, rows)
	return strings.TrimRight(b.String(), "\n") + "\n"
}
