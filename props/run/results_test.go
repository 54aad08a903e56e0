package run_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"pkgdist/model"
	"pkgdist/props"
	"pkgdist/props/run"
	"pkgdist/props/scenario"
)

// results are what a scenario comes to: for each design the cells of its column, by
// the names of their rows.
type results map[string]map[string]string

// measures are the rows above those of the properties.
var measures = []string{"states", "steps", "at rest", "depth"}

func column(r *run.Run) map[string]string {
	cells := map[string]string{
		"states": fmt.Sprint(r.Result.States), "steps": fmt.Sprint(r.Result.Steps),
		"at rest": fmt.Sprint(r.Result.AtRest), "depth": fmt.Sprint(r.Result.Depth),
	}
	for _, c := range r.Claims {
		cells[c.Name] = cell(c, r.Result.Verdict(c.Name), r.Result.States)
	}
	return cells
}

// cell is a verdict, with the steps of its trace: those of the stem and those of the
// loop, of a property that has one.
func cell(c props.Claim, v run.Verdict, states int64) string {
	text := v.Outcome.String()
	if v.Trace != nil {
		n := len(v.Trace.Steps)
		if c.Kind.Liveness() {
			text += fmt.Sprintf(" %d+%d", v.Loop, n-v.Loop)
		} else {
			text += fmt.Sprintf(" %d", n)
		}
	}
	switch v.Reason {
	case "":
		return text
	case fmt.Sprintf("never occurred in the %d states of the scope", states):
		return text + ", not reached"
	}
	return text + ", " + v.Reason
}

func resultsFile(scenario string) string { return filepath.Join("testdata", scenario+".txt") }

var columns = regexp.MustCompile(`  +`)

// readResults reads the table of a scenario: the command, and below it the names of
// the designs and the rows.
func readResults(t *testing.T, scenario string) results {
	t.Helper()
	text, err := os.ReadFile(resultsFile(scenario))
	if *update && os.IsNotExist(err) {
		return results{}
	}
	require.NoError(t, err)
	_, table, _ := strings.Cut(string(text), "\n\n")
	r := results{}
	var designs []string
	for line := range strings.Lines(table) {
		cells := columns.Split(strings.TrimSuffix(line, "\n"), -1)
		if designs == nil {
			designs = cells[1:]
			for _, d := range designs {
				r[d] = map[string]string{}
			}
			continue
		}
		require.Len(t, cells, len(designs)+1, line)
		for i, d := range designs {
			r[d][cells[0]] = cells[i+1]
		}
	}
	return r
}

// states is the number of states under a design, or 0 if it is not written down.
func (r results) states(t *testing.T, design string) int {
	t.Helper()
	if r[design] == nil {
		return 0
	}
	n, err := strconv.Atoi(r[design]["states"])
	require.NoError(t, err)
	return n
}

// keep compares the file with the table, to the letter, or writes it.
func (r results) keep(t *testing.T, scenario string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(resultsFile(scenario), []byte(r.table(scenario)), 0o666))
	}
	text, err := os.ReadFile(resultsFile(scenario))
	require.NoError(t, err)
	assert.Equal(t, r.table(scenario), string(text))
}

func (r results) table(scenario string) string {
	var text strings.Builder
	fmt.Fprintf(&text, "go tool pkgdist check --scenario %s\n\n", scenario)
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	row := func(name string, cell func(design string) string) {
		fmt.Fprint(w, name)
		for _, d := range model.Designs() {
			fmt.Fprint(w, "\t", cell(d.Name))
		}
		fmt.Fprintln(w)
	}
	row("", func(design string) string { return design })
	for _, name := range slices.Concat(measures, props.Names()) {
		if r[model.SMS20.Name][name] == "" {
			continue // a story that the scenario does not tell
		}
		row(name, func(design string) string { return r[design][name] })
	}
	w.Flush()
	return text.String()
}

// The READMEs say where the repair and the administrator who waits are enough.
func TestWhereTheRepairAndWaitingAreEnough(t *testing.T) {
	for _, name := range scenario.Names() {
		if name == "company" { // nobody can explore it
			continue
		}
		broken := map[string][]string{}
		for d, cells := range readResults(t, name) {
			for _, c := range props.Catalogue() {
				if !c.TooStrong && strings.HasPrefix(cells[c.Name], "violated") {
					broken[d] = append(broken[d], c.Name)
				}
			}
		}
		var late []string
		if name == "late-status" {
			late = []string{"status-never-goes-back", "status-agrees-at-rest"}
		}
		assert.Equal(t, late, broken["repaired"], name)

		scope := load(name).Scope
		scope.Faults[model.EarlyRead], scope.Faults[model.LateStatus] = 0, 0
		calm := scope.Ordered && scope.Faults == [model.NumFaults]int{}
		assert.Equal(t, calm, broken["workaround-wait"] == nil, "%s: %v", name, broken["workaround-wait"])
	}
}
